/*
 * ATS: what a translation request is answered, and how ranges are encoded
 *
 * PCIe r6 10.2.3 "Translation Completion", 10.3 "ATS Invalidation"; VT-d
 * rev 4.x 4.2 "Device-TLB", 7.1 (which condition gives which status).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_ATS_H
#define HW_SVA_CORE_ATS_H

#include "fault.h"
#include "hw/sva/types.h"

/* A naturally aligned range; @mask is size - 1, UINT64_MAX is everything. */
typedef struct SvaAtsRange {
    uint64_t addr;
    uint64_t mask;
} SvaAtsRange;

/*
 * A translation that was found, by a walk or in the IOTLB.
 *
 * @addr:   translation of SvaRequest.addr
 * @mask:   size of the range - 1, at least 0xfff
 * @access: rights that the tables grant to the request's privilege, and that
 *          may be cached (without SVA_WRITE where the dirty bit is clear)
 * @snoop:  device must not use No Snoop: N=1
 */
typedef struct SvaAtsGrant {
    uint64_t addr;
    uint64_t mask;
    uint8_t access;
    bool snoop;
} SvaAtsGrant;

/* Success with R=W=0: nothing may be used or cached. */
void sva_ats_no_access(SvaAtsCompletion *out);

/* The answer when the lookup ended with @fault, by its class. */
void sva_ats_from_fault(SvaFault fault, SvaAtsCompletion *out);

/*
 * The answer for a translation.  Exe only if asked for and with R; write
 * permission is returned unasked if it is there; without R and W the answer
 * is R=W=0.  Priv echoes the request.
 */
void sva_ats_from_grant(const SvaRequest *req, const SvaAtsGrant *grant,
                        SvaAtsCompletion *out);

/* U=1: the device must use untranslated requests for this page. */
void sva_ats_untranslated_only(const SvaRequest *req, SvaAtsCompletion *out);

/*
 * Decode ADDR (bits 63:12 of @addr; the rest is ignored) and the S bit of an
 * invalidate request or translation completion.  Total: with S=1 and all of
 * bits 62:12 set the range is everything, whatever bit 63 is.
 */
SvaAtsRange sva_ats_decode_range(uint64_t addr, bool s);

#endif
