/*
 * ATS: answers to translation requests, decoding of ranges
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ats.h"

#define ATS_SIZE_BITS 0x7ffffffffffff000ull     /* 62:12 */

void sva_ats_no_access(const SvaRequest *req, SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) {
        .map = { .mask = SVA_PAGE_SIZE - 1, .access = sva_ats_priv(req) },
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
            .access = SVA_WRITE | sva_ats_priv(req),
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
