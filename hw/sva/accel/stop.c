/*
 * sva-accel: stops of a work context
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/request.h"
#include "counters.h"
#include "sched.h"
#include "stop.h"

#define LEAVES_GROUP (SVA_INJECT_NO_WAIT | SVA_INJECT_STOP_MARKER)
#define WITHHOLDS (SVA_INJECT_PRG_DROP | SVA_INJECT_PRG_NO_LAST)

void sva_ctx_stop(SvaCtx *ctx, SvaStop stop)
{
    ctx->delayed_stop = SVA_STOP_NONE;
    ctx->accel->env->ops->timer_cancel(ctx->stop_timer);
    ctx->stop = stop;
    if (!sva_ctx_running(ctx)) {
        sva_ctx_stopped(ctx);
    } else if (stop == SVA_STOP_ABORT && ctx->wait != SVA_WAIT_STALL) {
        /* A stalled request cannot be taken back. */
        sva_sched_wake(ctx);
    }
}

void sva_ctx_stop_timer(void *opaque)
{
    SvaCtx *ctx = opaque;

    if (ctx->delayed_stop) {
        sva_ctx_stop(ctx, ctx->delayed_stop);
    }
}

/* The group is left behind, if it is to be, instead of waiting for it. */
static bool stop_leaves_group(SvaCtx *ctx)
{
    if (!sva_ctx_injects(ctx, LEAVES_GROUP)) {
        return false;
    }
    sva_count(ctx->accel, ctx, SVA_CNT_STOPS_NO_WAIT, 1);
    sva_page_group_leave(&ctx->access.group);
    return true;
}

static void stop_send_marker(SvaCtx *ctx)
{
    SvaFunction *fn = &ctx->accel->fn;
    SvaPasid pasid = sva_ctx_pasid(ctx);

    if (sva_ctx_injects(ctx, SVA_INJECT_STOP_MARKER) && pasid.valid &&
        sva_ctx_mode(ctx) == SVA_ACCESS_ATS_PRI &&
        sva_function_pri_usable(fn, pasid)) {
        sva_request_stop_marker(fn, ctx, pasid);
    }
}

/* A dropped stop that is made good has no command left to complete. */
void sva_ctx_stopped(SvaCtx *ctx)
{
    ctx->active = false;
    ctx->head = ctx->tail;
    if (ctx->access.group.open && !stop_leaves_group(ctx)) {
        sva_sched_wait(ctx, SVA_WAIT_RESPONSE);
        return;
    }
    ctx->stop = SVA_STOP_NONE;
    stop_send_marker(ctx);
    sva_ctx_set_state(ctx, SVA_CTX_DISABLED);
    if (ctx->cmd_status & SVA_CMDST_BUSY) {
        sva_ctx_finish_command(ctx, SVA_CMDRES_OK);
    }
}

static void stop_drop(SvaCtx *ctx)
{
    sva_count(ctx->accel, ctx, SVA_CNT_STOPS_IGNORED, 1);
    ctx->stop = SVA_STOP_NONE;
    ctx->delayed_stop = SVA_STOP_NONE;
    ctx->accel->env->ops->timer_cancel(ctx->stop_timer);
    sva_ctx_set_state(ctx, SVA_CTX_DISABLED);
    sva_ctx_finish_command(ctx, SVA_CMDRES_OK);
}

static void stop_delay(SvaCtx *ctx, SvaStop stop)
{
    SvaAccel *accel = ctx->accel;
    uint64_t delay = sva_ctx_reg(ctx, SVA_CTX_STOP_DELAY);

    sva_count(accel, ctx, SVA_CNT_STOPS_LATE, 1);
    ctx->stop = SVA_STOP_NONE;
    ctx->delayed_stop = stop;
    ctx->stop_until = sva_accel_now(accel) + (int64_t)(delay * 1000000);
    accel->env->ops->timer_at(ctx->stop_timer, ctx->stop_until);
}

void sva_ctx_begin_stop(SvaCtx *ctx, SvaStop stop)
{
    bool running = sva_ctx_running(ctx);

    sva_ctx_set_state(ctx, stop == SVA_STOP_DRAIN ? SVA_CTX_DRAINING
                                                  : SVA_CTX_ABORTING);
    if (running && sva_ctx_injects(ctx, SVA_INJECT_IGNORE_STOP)) {
        stop_drop(ctx);
    } else if (running && sva_ctx_injects(ctx, SVA_INJECT_LATE_STOP)) {
        stop_delay(ctx, stop);
    } else {
        sva_ctx_stop(ctx, stop);
    }
}

void sva_ctx_inject_changed(SvaCtx *ctx)
{
    if (!sva_ctx_injects(ctx, SVA_INJECT_LATE_STOP) && ctx->delayed_stop) {
        sva_ctx_stop(ctx, ctx->delayed_stop);
    }
    if (!sva_ctx_injects(ctx, SVA_INJECT_IGNORE_STOP) &&
        ctx->state == SVA_CTX_DISABLED && sva_ctx_running(ctx) &&
        !ctx->stop) {
        sva_ctx_stop(ctx, SVA_STOP_ABORT);
    }
    if (!sva_ctx_injects(ctx, WITHHOLDS)) {
        sva_page_group_send_withheld(&ctx->access.group);
    }
    if (sva_ctx_injects(ctx, LEAVES_GROUP) && ctx->stop == SVA_STOP_ABORT) {
        sva_sched_wake_from(ctx, SVA_WAIT_RESPONSE);
    }
}
