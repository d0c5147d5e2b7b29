/*
 * ATS: answers to translation requests, decoding of ranges
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ats.h"

#define ATS_SIZE_BITS 0x7ffffffffffff000ull     /* 62:12 */

/* What the completion says of privilege: it comes with a PASID only. */
static uint8_t echo(const SvaRequest *req)
{
    return req->pasid.valid ? req->access & SVA_PRIV : SVA_NONE;
}

void sva_ats_no_access(const SvaRequest *req, SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) {
        .map = { .mask = SVA_PAGE_SIZE - 1, .access = echo(req) },
        .status = SVA_ATS_SUCCESS,
    };
}

void sva_ats_refuse(SvaAtsStatus status, SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) {
        .map.mask = SVA_PAGE_SIZE - 1,
        .status = status,
    };
}

void sva_ats_grant(const SvaRequest *req, SvaAtsCompletion *out)
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
    map->access = access | echo(req);
    out->untranslated_only = false;
    out->status = SVA_ATS_SUCCESS;
}

void sva_ats_interrupt(const SvaRequest *req, SvaAtsCompletion *out)
{
    if (!(req->access & SVA_WRITE)) {
        sva_ats_no_access(req, out);
        return;
    }
    *out = (SvaAtsCompletion) {
        .map = {
            .addr = req->addr,
            .mask = SVA_PAGE_SIZE - 1,
            .access = SVA_WRITE | echo(req),
        },
        .untranslated_only = true,
        .status = SVA_ATS_SUCCESS,
    };
}

SvaAtsRange sva_ats_decode_range(uint64_t addr, bool s)
{
    uint64_t zeros = ~addr & ATS_SIZE_BITS;
    uint64_t mask = SVA_PAGE_SIZE - 1;

    if (s) {
        /* The lowest zero, bit k, gives the size: 2^(k+1). */
        mask = zeros ? (zeros & -zeros) * 2 - 1 : UINT64_MAX;
    }
    return (SvaAtsRange) { .addr = addr & ~mask, .mask = mask };
}
