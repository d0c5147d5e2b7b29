/*
 * ATS: what a translation request is answered, and how ranges are encoded
 *
 * PCIe r6 10.2.3 "Translation Completion", 10.3 "ATS Invalidation"; VT-d
 * rev 5.10, 4.2.3 and 7.1 (which condition gives which status); IHI 0070
 * G.b section 13.7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_ATS_H
#define HW_SVA_CORE_ATS_H

#include "hw/sva/event.h"
#include "agent.h"

/* A naturally aligned range; @mask is size - 1, UINT64_MAX is everything. */
typedef struct SvaAtsRange {
    uint64_t addr;
    uint64_t mask;
} SvaAtsRange;

/* What the completion says of privilege: it comes with a PASID only. */
static inline uint8_t sva_ats_priv(const SvaRequest *req)
{
    return req->pasid.valid ? req->access & SVA_PRIV : SVA_NONE;
}

/*
 * Success with R=W=0: nothing may be used or cached.  Priv echoes the request
 * all the same.
 */
void sva_ats_no_access(const SvaRequest *req, SvaAtsCompletion *out);

/* UR or CA: a completion without data. */
void sva_ats_refuse(SvaAtsStatus status, SvaAtsCompletion *out);

/*
 * Complete the answer for translation @out->map, whose rights are those that
 * the tables grant to the request's privilege and that may be cached (without
 * SVA_WRITE where the dirty bit is clear).  Exe only if asked for and with R;
 * without R and W the answer is R=W=0.  Priv echoes the request.
 */
static inline void sva_ats_grant(const SvaRequest *req, SvaAtsCompletion *out)
{
    SvaMapping *map = &out->map;
    uint8_t access = map->access & SVA_RW;

    if (!access) {
        bool cached = map->cached;

        sva_ats_no_access(req, out);
        map->cached = cached;
        return;
    }
    if (access & SVA_READ) {
        access |= req->access & map->access & SVA_EXEC;
    }
    map->access = access | sva_ats_priv(req);
    out->untranslated_only = false;
    out->status = SVA_ATS_SUCCESS;
}

/*
 * An address of interrupts: U=1, W=1, R=0, so that the device uses untranslated
 * writes; R=W=0 if it does not want to write.
 */
void sva_ats_interrupt(const SvaRequest *req, SvaAtsCompletion *out);

/*
 * Decode ADDR (bits 63:12 of @addr; the rest is ignored) and the S bit of an
 * invalidate request or translation completion.  Total: with S=1 and all of
 * bits 62:12 set the range is everything, whatever bit 63 is.
 */
SvaAtsRange sva_ats_decode_range(uint64_t addr, bool s);

/*
 * Size - 1 of the ranges that identity is answered in: endpoints are known to
 * mishandle a huge one in a translation completion.
 */
#define SVA_IDENTITY_MASK 0x1fffffull

static inline SvaRequestCounter sva_ats_counter(const SvaRequest *req,
                                                const SvaAtsCompletion *out)
{
    uint8_t want = req->access & SVA_RWX;

    if (out->status != SVA_ATS_SUCCESS) {
        return SVA_REQ_ATS_ERRORS;
    }
    if (!(out->map.access & SVA_RW)) {
        return SVA_REQ_ATS_NO_ACCESS;
    }
    return want & ~out->map.access ? SVA_REQ_ATS_PARTIAL : SVA_REQ_ATS_GRANTED;
}

/* @req was answered: count and announce that. */
static inline void sva_ats_answered(const SvaAgent *agent,
                                    const SvaRequest *req,
                                    const SvaAtsCompletion *out)
{
    sva_agent_count(agent, SVA_REQ_ATS_REQUESTS);
    sva_agent_count(agent, sva_ats_counter(req, out));
    sva_emit(agent->env, .kind = SVA_EV_ATS, .rid = req->rid,
             .pasid = req->pasid, .addr = req->addr, .access = req->access,
             .ats = *out);
}

#endif
