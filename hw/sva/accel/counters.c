/*
 * sva-accel: counters
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

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
    [SVA_CNT_HOLDS] = "holds",
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
