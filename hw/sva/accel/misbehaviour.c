/*
 * sva-accel: misbehaviour on command
 *
 * PCIe r6 6.20.1 "Managing PASID usage", 10.4.1 "Page Request Message",
 * 10.3.2 "Invalidate Completion".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/announce.h"
#include "../endpoint/inval.h"
#include "misbehaviour.h"

G_STATIC_ASSERT((int)SVA_BREAK_BEFORE_XLATE == SVA_ACCESS_BEFORE_TRANSLATION);
G_STATIC_ASSERT((int)SVA_BREAK_BEFORE_ACCESS == SVA_ACCESS_BEFORE_REQUEST);
G_STATIC_ASSERT((int)SVA_BREAK_BEFORE_PRG == SVA_ACCESS_BEFORE_GROUP);
G_STATIC_ASSERT((int)SVA_BREAK_IN_PRG == SVA_ACCESS_IN_GROUP);
G_STATIC_ASSERT((int)SVA_BREAK_AFTER_PRG == SVA_ACCESS_AFTER_RESPONSE);

static bool decide_breakpoint(void *ctx, SvaAccessPoint point)
{
    return sva_ctx_reg(ctx, SVA_CTX_BREAK_MASK) & point;
}

static bool decide_withhold(void *ctx, bool last)
{
    return sva_ctx_injects(ctx, SVA_INJECT_PRG_DROP) ||
           (last && sva_ctx_injects(ctx, SVA_INJECT_PRG_NO_LAST));
}

static bool decide_duplicate(void *ctx)
{
    return sva_ctx_injects(ctx, SVA_INJECT_PRG_DUP);
}

static bool decide_exceed(void *ctx)
{
    return sva_ctx_injects(ctx, SVA_INJECT_PRG_EXCESS);
}

static bool decide_share_index(void *ctx)
{
    return sva_ctx_injects(ctx, SVA_INJECT_PRG_SHARE);
}

static bool decide_keep_stale(void *device)
{
    const SvaAccel *accel = device;

    return accel->inject & SVA_GINJECT_STALE_ATC;
}

static SvaInvalTiming decide_inval_timing(void *device, int64_t *delay)
{
    const SvaAccel *accel = device;

    *delay = accel->inval_delay * 1000000ll;
    return accel->inject & SVA_GINJECT_KEEP_INVAL ? SVA_INVAL_WITHHELD
           : accel->inject & SVA_GINJECT_LATE_INVAL ? SVA_INVAL_LATE
           : SVA_INVAL_NOW;
}

const SvaMisbehaviour sva_accel_misbehaviour = {
    .breakpoint = decide_breakpoint,
    .withhold = decide_withhold,
    .duplicate = decide_duplicate,
    .exceed = decide_exceed,
    .share_index = decide_share_index,
    .keep_stale = decide_keep_stale,
    .inval_timing = decide_inval_timing,
};

void sva_accel_set_inject(SvaAccel *accel, uint32_t inject)
{
    uint32_t cleared = accel->inject & ~inject;

    accel->inject = inject;
    if (cleared & SVA_GINJECT_STALE_ATC) {
        sva_function_flush_atc(&accel->fn);
    }
    sva_inval_complete(&accel->fn, cleared & SVA_GINJECT_LATE_INVAL,
                       cleared & SVA_GINJECT_KEEP_INVAL);
}
