/*
 * sva-accel: scheduling of the contexts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "sched.h"

void sva_sched_arm(SvaAccel *accel, int64_t delay)
{
    accel->env->ops->timer_at(accel->timer, sva_accel_now(accel) + delay);
}

void sva_sched_enqueue(SvaCtx *ctx)
{
    SvaAccel *accel = ctx->accel;

    if (ctx->queued) {
        return;
    }
    ctx->queued = true;
    g_queue_push_tail_link(&accel->run_queue, &ctx->run_link);
    if (accel->run_queue.length == 1) {
        sva_sched_arm(accel, 0);
    }
}

SvaCtx *sva_sched_dequeue(SvaAccel *accel)
{
    GList *link = g_queue_pop_head_link(&accel->run_queue);
    SvaCtx *ctx = link ? link->data : NULL;

    if (ctx) {
        ctx->queued = false;
    }
    return ctx;
}

void sva_sched_wait(SvaCtx *ctx, SvaWait wait)
{
    ctx->wait = wait;
}

void sva_sched_break(SvaCtx *ctx, uint8_t point)
{
    ctx->wait = SVA_WAIT_BREAKPOINT;
    ctx->held = point;
}

void sva_sched_sleep(SvaCtx *ctx, int64_t until)
{
    ctx->wait = SVA_WAIT_TIME;
    ctx->wait_until = until;
    ctx->accel->env->ops->timer_at(ctx->timer, until);
}

void sva_sched_wake(SvaCtx *ctx)
{
    ctx->accel->env->ops->timer_cancel(ctx->timer);
    ctx->wait = SVA_WAIT_NONE;
    ctx->held = 0;
    sva_sched_enqueue(ctx);
}

void sva_sched_wake_from(SvaCtx *ctx, SvaWait wait)
{
    if (ctx->wait == wait) {
        sva_sched_wake(ctx);
    }
}

void sva_sched_timer(void *opaque)
{
    sva_sched_wake_from(opaque, SVA_WAIT_TIME);
}
