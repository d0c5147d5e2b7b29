/*
 * sva-accel: requests that the IOMMU has suspended
 *
 * A stalled request cannot be taken back: a stop waits for its end as well.
 *
 * SMMUv3 (IHI 0070 G.b) 3.12 "Fault models": stall, CMD_RESUME.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

/* Below it in a cookie is the number of the context. */
#define COOKIE_SHIFT 10

G_STATIC_ASSERT(SVA_ACCEL_CONTEXTS_MAX <= 1u << COOKIE_SHIFT);

/* Of the next request; another one once it has stalled. */
uint32_t sva_stall_cookie(const SvaCtx *ctx)
{
    return ctx->accel->stall_seq << COOKIE_SHIFT | ctx->index;
}

SvaXferResult sva_stall_begin(SvaCtx *ctx)
{
    ctx->stall_cookie = sva_stall_cookie(ctx);
    ctx->accel->stall_seq++;
    ctx->xfer.stage = SVA_XFER_STALLED;
    ctx->wait = SVA_WAIT_STALL;
    sva_count(ctx->accel, ctx, SVA_CNT_STALLS, 1);
    return SVA_XFER_WAITS;
}

bool sva_stall_end(SvaAccel *accel, const SvaStallEnd *end)
{
    unsigned index = end->cookie & ((1u << COOKIE_SHIFT) - 1);
    SvaCtx *ctx = &accel->ctx[index];

    if (index >= accel->config.contexts || ctx->wait != SVA_WAIT_STALL ||
        ctx->stall_cookie != end->cookie) {
        return false;
    }
    ctx->xfer.action = end->action;
    ctx->xfer.stage = SVA_XFER_STALL_ENDED;
    sva_ctx_wake(ctx);
    return true;
}
