/*
 * sva-accel: saving and restoring a context with its job
 *
 * An access that was begun is begun again from what the job says, and put
 * back to the stage it was in: its addresses cannot come from a stream.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "completion.h"
#include "descriptor.h"
#include "operation.h"
#include "regs.h"
#include "sched.h"
#include "state-ctx.h"

#define CMD_STATUS_BITS (SVA_CMDST_BUSY | SVA_CMDST_RESULT | SVA_CMDST_CMD)

static uint64_t time_left(const SvaCtx *ctx, int64_t until)
{
    int64_t now = sva_accel_now(ctx->accel);

    return until > now ? until - now : 0;
}

static void access_save(const SvaCtx *ctx, SvaCtxSaved *out)
{
    SvaMemAccessSaved access;

    if (!sva_job_in_access(&ctx->job)) {
        return;
    }
    sva_mem_access_save(&ctx->access, &access);
    out->stage = access.stage;
    out->passed = access.passed;
    out->retries = access.retries;
    out->code = access.code;
    out->action = access.action;
    if (access.alone) {
        out->flags |= SVA_SAVED_ALONE;
    }
    if (access.stage == SVA_ACCESS_STALLED) {
        out->stall_cookie = access.cookie;
    }
}

static void job_save(const SvaCtx *ctx, SvaCtxSaved *out)
{
    const SvaJob *job = &ctx->job;

    out->phase = job->phase;
    out->part = job->part;
    out->cpl_part = job->cpl_part;
    out->status = job->status;
    out->offset = job->offset;
    out->round = job->round;
    out->bytes = job->bytes;
    out->fault_addr = job->fault_addr;
    out->result = job->result;
    memcpy(out->desc, ctx->buf + SVA_BUF_DESC, sizeof(out->desc));
    if (job->part == 1) {
        memcpy(out->data, ctx->buf + SVA_BUF_DATA(0), sizeof(out->data));
    }
}

static uint8_t flags_save(const SvaCtx *ctx)
{
    const SvaJob *job = &ctx->job;
    /* The last job leaves it behind. */
    bool access = job->phase != SVA_JOB_IDLE && job->access_active;

    return (ctx->active ? SVA_SAVED_ACTIVE : 0) |
           (access ? SVA_SAVED_ACCESS : 0) |
           (job->aborted ? SVA_SAVED_ABORTED : 0) |
           (job->cpl_breakpoint ? SVA_SAVED_CPL_BREAK : 0) |
           (job->fault_write ? SVA_SAVED_FAULT_WRITE : 0);
}

void sva_ctx_save(const SvaCtx *ctx, SvaCtxSaved *out)
{
    memcpy(out->reg, ctx->reg, sizeof(out->reg));
    memcpy(out->counter, ctx->counter, sizeof(out->counter));
    out->head = ctx->head;
    out->tail = ctx->tail;
    out->cmd_status = ctx->cmd_status;
    out->probe_status = ctx->probe_status;
    out->err_status = ctx->err_status;
    out->err_id = ctx->err_id;
    out->err_addr = ctx->err_addr;
    out->state = ctx->state;
    out->held = ctx->held;
    out->stop = ctx->stop;
    out->delayed_stop = ctx->delayed_stop;
    out->wait = ctx->wait;
    out->flags = flags_save(ctx);
    if (ctx->wait == SVA_WAIT_TIME) {
        out->wait_left = time_left(ctx, ctx->wait_until);
    }
    if (ctx->delayed_stop) {
        out->stop_left = time_left(ctx, ctx->stop_until);
    }
    out->bw_left = time_left(ctx, ctx->bw_next);
    sva_page_group_save(&ctx->access.group, &out->group);
    sva_page_group_save(&ctx->probe, &out->probe);
    job_save(ctx, out);
    access_save(ctx, out);
}

/* -- restoring -- */

static bool registers_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    if (!sva_ctx_regs_possible(in->reg) || in->state > SVA_CTX_HALTED ||
        in->cmd_status & ~CMD_STATUS_BITS) {
        return false;
    }
    memcpy(ctx->reg, in->reg, sizeof(ctx->reg));
    memcpy(ctx->counter, in->counter, sizeof(ctx->counter));
    ctx->head = in->head;
    ctx->tail = in->tail;
    ctx->cmd_status = in->cmd_status;
    ctx->probe_status = in->probe_status;
    ctx->err_status = in->err_status;
    ctx->err_id = in->err_id;
    ctx->err_addr = in->err_addr;
    ctx->state = in->state;
    ctx->active = in->flags & SVA_SAVED_ACTIVE;
    return true;
}

/*
 * What is in a ring of a size that ENABLE has checked.  While nothing goes on
 * software may write any size; a dropped stop leaves the rest as it was then.
 */
static bool ring_possible(const SvaCtx *ctx)
{
    uint32_t ahead = ctx->tail - ctx->head;

    if (ctx->state == SVA_CTX_DISABLED && !sva_ctx_running(ctx)) {
        return true;
    }
    /* HEAD stays at a descriptor until its job is over. */
    return sva_ctx_config_possible(ctx) &&
           ahead >= (ctx->job.phase != SVA_JOB_IDLE) &&
           ahead <= 1u << sva_ctx_reg(ctx, SVA_CTX_RING_SIZE);
}

static bool stop_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    bool busy = in->cmd_status & SVA_CMDST_BUSY;

    if (in->stop > SVA_STOP_ABORT || in->delayed_stop > SVA_STOP_ABORT ||
        (in->stop && in->delayed_stop) ||
        (busy && !in->stop && !in->delayed_stop) ||
        (in->delayed_stop && !busy) ||
        busy != (in->state == SVA_CTX_DRAINING ||
                 in->state == SVA_CTX_ABORTING) ||
        in->stop_left > SVA_TIME_LEFT_MAX) {
        return false;
    }
    ctx->stop = in->stop;
    ctx->delayed_stop = in->delayed_stop;
    if (ctx->delayed_stop) {
        ctx->stop_until = sva_accel_now(ctx->accel) + (int64_t)in->stop_left;
        ctx->accel->env->ops->timer_at(ctx->stop_timer, ctx->stop_until);
    }
    return true;
}

static bool wait_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    bool one_point = in->held && !(in->held & (in->held - 1)) &&
                     !(in->held & ~SVA_BREAK_ALL);
    int64_t now = sva_accel_now(ctx->accel);

    if (in->wait > SVA_WAIT_STALL || in->wait_left > SVA_TIME_LEFT_MAX ||
        in->bw_left > SVA_TIME_LEFT_MAX ||
        (in->wait == SVA_WAIT_BREAKPOINT ? !one_point : in->held)) {
        return false;
    }
    ctx->bw_next = now + (int64_t)in->bw_left;
    if (in->wait == SVA_WAIT_TIME) {
        sva_sched_sleep(ctx, now + (int64_t)in->wait_left);
    } else if (in->wait == SVA_WAIT_BREAKPOINT) {
        sva_sched_break(ctx, in->held);
    } else {
        sva_sched_wait(ctx, in->wait);
    }
    return true;
}

/* Is what an operation says about its progress within its range? */
static bool progress_possible(const SvaJob *job)
{
    const struct sva_desc *desc = &job->desc;

    switch (desc->opcode) {
    case SVA_OP_TOUCH:
        return !job->part && !(job->offset % 8) &&
               (!desc->rounds || job->round < desc->rounds);
    case SVA_OP_COMPARE:
        return job->part <= 2 && job->bytes <= desc->size;
    case SVA_OP_NOP:
    case SVA_OP_DELAY:
        return job->part <= 1 && !job->access_active;
    default:
        return job->part <= 1 && job->bytes <= desc->size;
    }
}

static bool exec_resume(SvaCtx *ctx, enum sva_status decoded)
{
    SvaJob *job = &ctx->job;

    return decoded == SVA_ST_SUCCESS && !job->aborted &&
           progress_possible(job) &&
           (!job->access_active || sva_op_next(ctx) == SVA_OP_ACCESS);
}

static bool complete_resume(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    if (job->cpl_part > 1 ||
        (job->access_active &&
         (!(job->desc.flags & SVA_DF_COMPLETION) ||
          job->desc.completion % sizeof(struct sva_completion)))) {
        return false;
    }
    sva_cpl_resume(ctx);
    return true;
}

static void job_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    ctx->job = (SvaJob) {
        .phase = in->phase,
        .access_active = in->flags & SVA_SAVED_ACCESS,
        .aborted = in->flags & SVA_SAVED_ABORTED,
        .cpl_breakpoint = in->flags & SVA_SAVED_CPL_BREAK,
        .fault_write = in->flags & SVA_SAVED_FAULT_WRITE,
        .part = in->part,
        .cpl_part = in->cpl_part,
        .status = in->status,
        .offset = in->offset,
        .round = in->round,
        .bytes = in->bytes,
        .fault_addr = in->fault_addr,
        .result = in->result,
    };
    memcpy(ctx->buf + SVA_BUF_DESC, in->desc, sizeof(in->desc));
    memcpy(ctx->buf + SVA_BUF_DATA(0), in->data, sizeof(in->data));
}

static bool job_resume(SvaCtx *ctx)
{
    enum sva_status decoded = sva_desc_decode(ctx->buf + SVA_BUF_DESC,
                                              &ctx->job.desc);

    switch (ctx->job.phase) {
    case SVA_JOB_IDLE:
        return !ctx->job.access_active;
    case SVA_JOB_FETCH:
        sva_job_start_fetch(ctx);
        return true;
    case SVA_JOB_EXEC:
        return exec_resume(ctx, decoded);
    case SVA_JOB_COMPLETE:
        return complete_resume(ctx);
    default:
        return false;
    }
}

/* The response to a group whose job an abort will end is not waited for. */
static bool access_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    SvaMemAccessSaved access = {
        .stage = in->stage,
        .passed = in->passed,
        .retries = in->retries,
        .code = in->code,
        .action = in->action,
        .alone = in->flags & SVA_SAVED_ALONE,
        .cookie = in->stall_cookie,
    };

    return sva_mem_access_load(&ctx->access, &access,
                               ctx->stop == SVA_STOP_ABORT,
                               ctx->job.aborted);
}

static bool group_possible(const SvaCtx *ctx)
{
    const SvaJob *job = &ctx->job;
    bool open = ctx->access.group.open;

    if (open && job->aborted && ctx->stop != SVA_STOP_ABORT) {
        return false;
    }
    return sva_job_in_access(job) || !open || job->aborted;
}

const char *sva_ctx_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    if (in->flags & ~SVA_SAVED_CTX_FLAGS || !registers_load(ctx, in)) {
        return "impossible registers of a context";
    }
    if (!sva_page_group_load(&ctx->access.group, &in->group) ||
        !sva_page_group_load(&ctx->probe, &in->probe)) {
        return "impossible page request group";
    }
    job_load(ctx, in);
    if (!ring_possible(ctx)) {
        return "impossible ring of a context";
    }
    if (!stop_load(ctx, in) || !job_resume(ctx) || !wait_load(ctx, in)) {
        return "impossible job";
    }
    if ((sva_job_in_access(&ctx->job) && !access_load(ctx, in)) ||
        !group_possible(ctx)) {
        return "impossible access";
    }
    return NULL;
}

/* Would nothing that may happen wake a context that has something to do? */
const char *sva_ctx_stuck(const SvaCtx *ctx)
{
    bool work = sva_ctx_running(ctx) || ctx->stop;
    bool in_access = sva_job_in_access(&ctx->job);
    const SvaPageGroup *group = &ctx->access.group;
    bool stalled = in_access && ctx->access.stage == SVA_ACCESS_STALLED;
    bool answered = in_access &&
                    ctx->access.stage == SVA_ACCESS_GROUP_ANSWERED;

    if (stalled != (ctx->wait == SVA_WAIT_STALL) ||
        (work && ctx->wait == SVA_WAIT_NONE && !ctx->queued) ||
        (ctx->wait == SVA_WAIT_RESPONSE && !group->open && !answered) ||
        (ctx->wait == SVA_WAIT_CREDIT && !group->queued)) {
        return "a context that waits for nothing";
    }
    if (group->queued &&
        (!in_access || ctx->access.stage != SVA_ACCESS_GROUP_OPEN ||
         (ctx->wait != SVA_WAIT_CREDIT &&
          ctx->wait != SVA_WAIT_BREAKPOINT && !ctx->queued))) {
        return "a context that needs no credit waits for one";
    }
    return NULL;
}
