/*
 * sva-accel: the engine
 *
 * A timer that is always due at once steps the contexts that can go on, so
 * that the processors run between two slices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ctx-access.h"
#include "engine.h"
#include "job.h"
#include "sched.h"

/* Pause after a full slice: without it the processors might starve. */
#define SLICE_GAP_NS 1000

/* Returns how many requests were made; at least 1, so that turns end. */
static unsigned ctx_slice(SvaCtx *ctx)
{
    ctx->budget = SVA_SLICE_REQUESTS;
    while (ctx->wait == SVA_WAIT_NONE && !ctx->accel->fn.reset_pending) {
        if (!ctx->budget) {
            sva_sched_enqueue(ctx);
            break;
        }
        if (ctx->stop == SVA_STOP_ABORT && !ctx->job.aborted) {
            sva_job_abort(ctx);
        }
        if (!sva_job_step(ctx)) {
            break;
        }
    }
    return MAX(SVA_SLICE_REQUESTS - ctx->budget, 1u);
}

void sva_engine_run(void *opaque)
{
    SvaAccel *accel = opaque;
    unsigned used = 0;
    SvaCtx *ctx;

    sva_function_begin(&accel->fn);
    while (used < SVA_SLICE_REQUESTS && (ctx = sva_sched_dequeue(accel))) {
        used += ctx_slice(ctx);
    }
    if (accel->run_queue.length) {
        sva_sched_arm(accel, SLICE_GAP_NS);
    }
    sva_function_end(&accel->fn);
}
