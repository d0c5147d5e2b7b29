/*
 * ATS: answers to translation requests, decoding of ranges
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ats.h"

#define ATS_SIZE_BITS 0x7ffffffffffff000ull     /* 62:12 */

void sva_ats_no_access(SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) {
        .mask = SVA_PAGE_SIZE - 1,
        .access = SVA_NONE,
        .status = SVA_ATS_SUCCESS,
    };
}

void sva_ats_from_fault(SvaFault fault, SvaAtsCompletion *out)
{
    sva_ats_no_access(out);
    switch (fault.cls) {
    case SVA_FAULT_FUNCTION:
        out->status = SVA_ATS_UR;
        break;
    case SVA_FAULT_ERROR:
        out->status = SVA_ATS_CA;
        break;
    default:
        break;
    }
}

void sva_ats_from_grant(const SvaRequest *req, const SvaAtsGrant *grant,
                        SvaAtsCompletion *out)
{
    uint8_t access = grant->access & (SVA_READ | SVA_WRITE);

    if (!access) {
        sva_ats_no_access(out);
        return;
    }
    if (access & SVA_READ) {
        access |= req->access & grant->access & SVA_EXEC;
    }
    *out = (SvaAtsCompletion) {
        .addr = grant->addr,
        .mask = grant->mask,
        .access = access | (req->access & SVA_PRIV),
        .no_snoop_clear = grant->snoop,
        .status = SVA_ATS_SUCCESS,
    };
}

void sva_ats_untranslated_only(const SvaRequest *req, SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) {
        .addr = req->addr,
        .mask = SVA_PAGE_SIZE - 1,
        .access = SVA_READ | SVA_WRITE | (req->access & SVA_PRIV),
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
