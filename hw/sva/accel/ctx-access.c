/*
 * sva-accel: memory accesses of a context
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "counters.h"
#include "ctx-access.h"
#include "model.h"
#include "sched.h"

static const SvaWait waits[] = {
    [SVA_ACCESS_WAIT_BREAKPOINT] = SVA_WAIT_BREAKPOINT,
    [SVA_ACCESS_WAIT_CREDIT] = SVA_WAIT_CREDIT,
    [SVA_ACCESS_WAIT_RESPONSE] = SVA_WAIT_RESPONSE,
    [SVA_ACCESS_WAIT_STALL] = SVA_WAIT_STALL,
};

static const uint8_t statuses[SVA_ACCESS_ERRORS] = {
    [SVA_ACCESS_OK] = SVA_ST_SUCCESS,
    [SVA_ACCESS_PAGE_FAULT] = SVA_ST_PAGE_FAULT,
    [SVA_ACCESS_INVALID_REQUEST] = SVA_ST_INVALID_REQUEST,
    [SVA_ACCESS_PRI_FAILURE] = SVA_ST_PRI_FAILURE,
    [SVA_ACCESS_ATS_ERROR] = SVA_ST_XLATE_ERROR,
    [SVA_ACCESS_ABORTED] = SVA_ST_ACCESS_ABORTED,
    [SVA_ACCESS_FAULT_LOOP] = SVA_ST_FAULT_LOOP,
};

static void ctx_stop_at(SvaCtx *ctx, uint8_t point)
{
    sva_sched_break(ctx, point);
    sva_count(ctx->accel, ctx, SVA_CNT_BREAKPOINTS, 1);
    sva_emit(ctx->accel->env, .kind = SVA_EV_BREAKPOINT,
             .rid = sva_function_rid(&ctx->accel->fn),
             .pasid = sva_ctx_pasid(ctx), .addr = ctx->access.req.addr,
             .breakpoint = { .context = ctx->index, .point = point });
}

bool sva_ctx_break(SvaCtx *ctx, uint8_t point)
{
    if (!(sva_ctx_reg(ctx, SVA_CTX_BREAK_MASK) & point)) {
        return false;
    }
    ctx_stop_at(ctx, point);
    return true;
}

void sva_ctx_release(SvaCtx *ctx)
{
    sva_sched_wake_from(ctx, SVA_WAIT_BREAKPOINT);
}

void sva_ctx_access_wait(SvaCtx *ctx)
{
    const SvaMemAccess *access = &ctx->access;

    if (access->wait == SVA_ACCESS_WAIT_BREAKPOINT) {
        ctx_stop_at(ctx, access->point);
    } else {
        sva_sched_wait(ctx, waits[access->wait]);
    }
}

enum sva_status sva_ctx_access_status(const SvaCtx *ctx)
{
    return statuses[ctx->access.error];
}

void sva_ctx_access_wake(void *ctx, SvaAccessWait ended)
{
    sva_sched_wake_from(ctx, waits[ended]);
}
