/*
 * sva-accel: a job from the fetch of its descriptor to its retirement
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "completion.h"
#include "counters.h"
#include "../endpoint/direct.h"
#include "ctx-access.h"
#include "descriptor.h"
#include "irq.h"
#include "job.h"
#include "model.h"
#include "operation.h"
#include "sched.h"
#include "stop.h"

/* Jobs from the one that begins to the one whose addresses are looked at. */
#define AHEAD 2

static uint32_t ring_slot(const SvaCtx *ctx)
{
    return ctx->head & ((1u << sva_ctx_reg(ctx, SVA_CTX_RING_SIZE)) - 1);
}

static void fetch_request(const SvaCtx *ctx, SvaMemRequest *req)
{
    uint64_t addr = sva_ctx_reg64(ctx, SVA_CTX_RING_BASE) +
                    (uint64_t)ring_slot(ctx) * sizeof(struct sva_desc);

    sva_ctx_request_set(req, ctx, addr, SVA_BUF_DESC,
                        sizeof(struct sva_desc));
    req->block = true;
}

void sva_job_start_fetch(SvaCtx *ctx)
{
    SvaMemRequest req;

    fetch_request(ctx, &req);
    ctx->job = (SvaJob) { .phase = SVA_JOB_FETCH };
    sva_mem_access_start(&ctx->access, &req);
}

static void job_end(SvaCtx *ctx)
{
    ctx->job.phase = SVA_JOB_COMPLETE;
    sva_cpl_begin(ctx);
}

static void job_decode(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    enum sva_status status = sva_desc_decode(ctx->buf + SVA_BUF_DESC,
                                             &job->desc);

    sva_emit(ctx->accel->env, .kind = SVA_EV_JOB_START,
             .rid = sva_function_rid(&ctx->accel->fn),
             .pasid = sva_ctx_pasid(ctx),
             .job = {
                 .id = job->desc.id,
                 .context = ctx->index,
                 .opcode = job->desc.opcode,
             });
    if (status != SVA_ST_SUCCESS) {
        sva_count(ctx->accel, ctx, SVA_CNT_BAD_DESCRIPTORS, 1);
        job->status = status;
        job_end(ctx);
        return;
    }
    job->phase = SVA_JOB_EXEC;
}

/*
 * Translations that a job after the one at @desc will need can come nearer
 * meanwhile.  That is all that is done with what is read too early here.
 */
static void expect_job(const SvaCtx *ctx, const struct sva_desc *desc)
{
    const SvaAtc *atc = ctx->accel->fn.atc;
    uint64_t last = sva_ctx_reg64(ctx, SVA_CTX_RING_BASE) +
                    (ring_slot(ctx) + 1) * sizeof(*desc) - 1;

    if (ctx->tail - ctx->head > AHEAD &&
        (last & ~SVA_PAGE_MASK) + AHEAD * sizeof(*desc) < SVA_PAGE_SIZE) {
        desc += AHEAD;
        sva_atc_expect(atc, sva_ctx_pasid(ctx), GUINT64_FROM_LE(desc->src));
        sva_atc_expect(atc, sva_ctx_pasid(ctx), GUINT64_FROM_LE(desc->dst));
    }
}

/* As start and end of a fetch; false: it has to be sent. */
static bool job_fetch_in_place(SvaCtx *ctx)
{
    SvaMemRequest req;
    SvaDirect from;

    fetch_request(ctx, &req);
    if (!sva_direct_find(&ctx->accel->fn, ctx, &req, &from)) {
        return false;
    }
    ctx->job = (SvaJob) { .phase = SVA_JOB_FETCH };
    memcpy(req.buf, from.ram.host, req.len);
    expect_job(ctx, from.ram.host);
    sva_direct_done(&ctx->accel->fn, ctx, &from);
    ctx->budget -= ctx->budget > 0;
    job_decode(ctx);
    return true;
}

static bool job_fetch(SvaCtx *ctx)
{
    switch (sva_ctx_access_step(ctx)) {
    case SVA_ACCESS_DONE:
        job_decode(ctx);
        return true;
    case SVA_ACCESS_FAILED:
        ctx->job.phase = SVA_JOB_IDLE;
        sva_ctx_halt(ctx, sva_ctx_access_status(ctx),
                     ctx->access.fault_addr);
        return true;
    case SVA_ACCESS_AGAIN:
        return true;
    case SVA_ACCESS_WAITS:
    default:
        return false;
    }
}

/* BW_LIMIT: what was transferred has to be paid for before going on. */
static void job_pay(SvaCtx *ctx, uint64_t bytes)
{
    uint64_t limit = sva_ctx_reg(ctx, SVA_CTX_BW_LIMIT);
    int64_t now;

    if (!limit) {
        return;
    }
    now = sva_accel_now(ctx->accel);
    ctx->bw_next = MAX(ctx->bw_next, now) +
                   bytes * 1000000000ull / (limit * 1024);
    if (ctx->bw_next > now) {
        sva_sched_sleep(ctx, ctx->bw_next);
    }
}

static bool job_next_access(SvaCtx *ctx)
{
    ctx->moved = 0;
    switch (sva_op_next(ctx)) {
    case SVA_OP_ACCESS:
        ctx->job.access_active = true;
        return true;
    case SVA_OP_DIRECT:
        job_pay(ctx, ctx->moved);
        return true;
    case SVA_OP_END:
        job_end(ctx);
        return true;
    case SVA_OP_SLEEP:
    default:
        return false;
    }
}

static bool job_exec(SvaCtx *ctx)
{
    if (!ctx->job.access_active) {
        return job_next_access(ctx);
    }
    switch (sva_ctx_access_step(ctx)) {
    case SVA_ACCESS_DONE:
        ctx->job.access_active = false;
        sva_op_done(ctx);
        job_pay(ctx, ctx->access.req.len);
        return true;
    case SVA_ACCESS_FAILED:
        ctx->job.access_active = false;
        if (!sva_op_failed(ctx)) {
            job_end(ctx);
        }
        return true;
    case SVA_ACCESS_AGAIN:
        return true;
    case SVA_ACCESS_WAITS:
    default:
        return false;
    }
}

static void job_retire(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    ctx->head++;
    job->phase = SVA_JOB_IDLE;
    sva_count(ctx->accel, ctx, SVA_CNT_JOBS, 1);
    sva_emit(ctx->accel->env, .kind = SVA_EV_JOB_DONE,
             .rid = sva_function_rid(&ctx->accel->fn),
             .pasid = sva_ctx_pasid(ctx), .addr = job->fault_addr,
             .job = {
                 .id = job->desc.id,
                 .context = ctx->index,
                 .opcode = job->desc.opcode,
                 .status = job->status,
             });
    if (job->desc.flags & SVA_DF_IRQ) {
        sva_accel_interrupt(ctx->accel, sva_ctx_reg(ctx, SVA_CTX_VECTOR));
    }
}

static bool job_complete(SvaCtx *ctx)
{
    switch (sva_cpl_step(ctx)) {
    case SVA_ACCESS_DONE:
        job_retire(ctx);
        return true;
    case SVA_ACCESS_WAITS:
        return false;
    default:
        return true;
    }
}

/* Between two jobs: begin the next one, or finish a stop. */
static bool job_idle(SvaCtx *ctx)
{
    bool more = ctx->active && ctx->head != ctx->tail;

    if (ctx->stop == SVA_STOP_ABORT ||
        (ctx->stop == SVA_STOP_DRAIN && !more)) {
        sva_ctx_stopped(ctx);
        return false;
    }
    if (!more) {
        return false;
    }
    if (!job_fetch_in_place(ctx)) {
        sva_job_start_fetch(ctx);
    }
    return true;
}

void sva_job_abort(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    sva_mem_access_cancel(&ctx->access);
    job->aborted = true;
    if (job->phase == SVA_JOB_EXEC) {
        job->status = SVA_ST_ABORTED;
    }
    if (job->phase == SVA_JOB_EXEC || job->phase == SVA_JOB_COMPLETE) {
        job_end(ctx);
    } else {
        job->phase = SVA_JOB_IDLE;
    }
}

bool sva_job_step(SvaCtx *ctx)
{
    switch (ctx->job.phase) {
    case SVA_JOB_FETCH:
        return job_fetch(ctx);
    case SVA_JOB_EXEC:
        return job_exec(ctx);
    case SVA_JOB_COMPLETE:
        return job_complete(ctx);
    case SVA_JOB_IDLE:
    default:
        return job_idle(ctx);
    }
}
