/*
 * sva-accel: counters
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "counters.h"

static const char *const counter_names[SVA_CNT_MAX] = {
    [SVA_CNT_JOBS] = "jobs",
    [SVA_CNT_ACCESSES] = "accesses",
    [SVA_CNT_BYTES_READ] = "bytes-read",
    [SVA_CNT_BYTES_WRITTEN] = "bytes-written",
    [SVA_CNT_ABORTS] = "aborts",
    [SVA_CNT_XLATE_REQS] = "xlate-reqs",
    [SVA_CNT_ATS_GRANTED] = "ats-granted",
    [SVA_CNT_ATS_NO_ACCESS] = "ats-no-access",
    [SVA_CNT_ATS_PARTIAL] = "ats-partial",
    [SVA_CNT_ATS_ERROR] = "ats-error",
    [SVA_CNT_ATC_HITS] = "atc-hits",
    [SVA_CNT_PAGE_REQS] = "page-reqs",
    [SVA_CNT_PRG_SUCCESS] = "prg-success",
    [SVA_CNT_PRG_INVALID] = "prg-invalid",
    [SVA_CNT_PRG_FAILURE] = "prg-failure",
    [SVA_CNT_CPL_LOST] = "cpl-lost",
    [SVA_CNT_INVALIDATIONS] = "invalidations",
    [SVA_CNT_ATC_DROPPED] = "atc-dropped",
    [SVA_CNT_PRG_UNEXPECTED] = "prg-unexpected",
    [SVA_CNT_DOORBELLS] = "doorbells",
    [SVA_CNT_BAD_DESCRIPTORS] = "bad-descriptors",
    [SVA_CNT_STOPS_IGNORED] = "stops-ignored",
    [SVA_CNT_STOPS_LATE] = "stops-late",
    [SVA_CNT_BREAKPOINTS] = "breakpoints",
    [SVA_CNT_PROBES] = "probes",
    [SVA_CNT_INTERRUPTS] = "interrupts",
    [SVA_CNT_INVAL_LATE] = "inval-late",
    [SVA_CNT_STALE_KEPT] = "stale-kept",
    [SVA_CNT_STALE_HITS] = "stale-hits",
    [SVA_CNT_PRG_UNSENT] = "prg-unsent",
    [SVA_CNT_PRG_DUPLICATES] = "prg-duplicates",
    [SVA_CNT_PRG_EXCESS] = "prg-excess",
    [SVA_CNT_PRG_SHARED] = "prg-shared",
    [SVA_CNT_STOPS_NO_WAIT] = "stops-no-wait",
    [SVA_CNT_STOP_MARKERS] = "stop-markers",
    [SVA_CNT_STALLS] = "stalls",
};

const char *sva_accel_counter_name(enum sva_counter which)
{
    return counter_names[which];
}

uint64_t sva_accel_counter(const SvaAccel *accel, enum sva_counter which)
{
    return accel->counter[which];
}

void sva_count(SvaAccel *accel, SvaCtx *ctx, enum sva_counter which,
               uint64_t n)
{
    accel->counter[which] += n;
    if (ctx && which < SVA_CNT_CTX_MAX) {
        ctx->counter[which] += n;
    }
}

static const uint8_t function_counters[SVA_FN_COUNTERS] = {
    [SVA_FN_REQUESTS] = SVA_CNT_ACCESSES,
    [SVA_FN_BYTES_READ] = SVA_CNT_BYTES_READ,
    [SVA_FN_BYTES_WRITTEN] = SVA_CNT_BYTES_WRITTEN,
    [SVA_FN_ABORTS] = SVA_CNT_ABORTS,
    [SVA_FN_STALLS] = SVA_CNT_STALLS,
    [SVA_FN_ATS_REQUESTS] = SVA_CNT_XLATE_REQS,
    [SVA_FN_ATS_GRANTED] = SVA_CNT_ATS_GRANTED,
    [SVA_FN_ATS_NO_ACCESS] = SVA_CNT_ATS_NO_ACCESS,
    [SVA_FN_ATS_PARTIAL] = SVA_CNT_ATS_PARTIAL,
    [SVA_FN_ATS_ERROR] = SVA_CNT_ATS_ERROR,
    [SVA_FN_ATC_HITS] = SVA_CNT_ATC_HITS,
    [SVA_FN_ATC_STALE_HITS] = SVA_CNT_STALE_HITS,
    [SVA_FN_PAGE_REQUESTS] = SVA_CNT_PAGE_REQS,
    [SVA_FN_STOP_MARKERS] = SVA_CNT_STOP_MARKERS,
    [SVA_FN_PRG_SUCCESS] = SVA_CNT_PRG_SUCCESS,
    [SVA_FN_PRG_INVALID] = SVA_CNT_PRG_INVALID,
    [SVA_FN_PRG_FAILURE] = SVA_CNT_PRG_FAILURE,
    [SVA_FN_PRG_UNEXPECTED] = SVA_CNT_PRG_UNEXPECTED,
    [SVA_FN_PRG_WITHHELD] = SVA_CNT_PRG_UNSENT,
    [SVA_FN_PRG_DUPLICATES] = SVA_CNT_PRG_DUPLICATES,
    [SVA_FN_PRG_EXCESS] = SVA_CNT_PRG_EXCESS,
    [SVA_FN_PRG_SHARED] = SVA_CNT_PRG_SHARED,
    [SVA_FN_INVALIDATIONS] = SVA_CNT_INVALIDATIONS,
    [SVA_FN_ATC_DROPPED] = SVA_CNT_ATC_DROPPED,
    [SVA_FN_ATC_STALE_KEPT] = SVA_CNT_STALE_KEPT,
    [SVA_FN_INVALS_LATE] = SVA_CNT_INVAL_LATE,
};

void sva_count_function(void *accel, void *ctx, SvaFunctionCounter which,
                        uint64_t n)
{
    sva_count(accel, ctx, function_counters[which], n);
}
