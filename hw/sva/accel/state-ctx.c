/*
 * sva-accel: saving and restoring a context with its job
 *
 * An access that was begun is begun again from what the job says, and put
 * back to the stage it was in: its addresses cannot come from a stream.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "descriptor.h"
#include "internal.h"

#define CMD_STATUS_BITS (SVA_CMDST_BUSY | SVA_CMDST_RESULT | SVA_CMDST_CMD)

static uint32_t pasid_word(SvaPasid pasid)
{
    return pasid.id | (pasid.valid ? SVA_CFG_PASID_EN : 0);
}

static uint64_t time_left(const SvaCtx *ctx, int64_t until)
{
    int64_t now = sva_accel_now(ctx->accel);

    return until > now ? until - now : 0;
}

static SvaPrgOwnerSaved owner_save(const SvaPrgOwner *owner)
{
    return (SvaPrgOwnerSaved) {
        .first = owner->first,
        .step = owner->step,
        .pasid = pasid_word(owner->pasid),
        .unsent = owner->unsent,
        .prgi = owner->prgi,
        .count = owner->count,
        .sent = owner->sent,
        .access = owner->access,
        .flags = (owner->open ? SVA_SAVED_OPEN : 0) |
                 (owner->shared ? SVA_SAVED_SHARED : 0) |
                 (owner->forced ? SVA_SAVED_FORCED : 0),
    };
}

static bool xfer_in_use(const SvaJob *job)
{
    return job->phase == SVA_JOB_FETCH ||
           (job->phase != SVA_JOB_IDLE && job->xfer_active);
}

static void job_save(const SvaCtx *ctx, SvaCtxSaved *out)
{
    const SvaJob *job = &ctx->job;
    const SvaXfer *xfer = &ctx->xfer;

    out->phase = job->phase;
    out->part = job->part;
    out->cpl_part = job->cpl_part;
    out->status = job->status;
    out->offset = job->offset;
    out->round = job->round;
    out->bytes = job->bytes;
    out->fault_addr = job->fault_addr;
    out->result = job->result;
    if (xfer_in_use(job)) {
        out->stage = xfer->stage;
        out->passed = xfer->held;
        out->retries = xfer->retries;
        out->code = xfer->code;
        out->action = xfer->action;
    }
    memcpy(out->desc, ctx->buf + SVA_BUF_DESC, sizeof(out->desc));
    if (job->part == 1) {
        memcpy(out->data, ctx->buf + SVA_BUF_DATA(0), sizeof(out->data));
    }
}

static uint8_t flags_save(const SvaCtx *ctx)
{
    const SvaJob *job = &ctx->job;
    bool alone = xfer_in_use(job) && ctx->xfer.alone;
    /* The last job leaves it behind. */
    bool xfer = job->phase != SVA_JOB_IDLE && job->xfer_active;

    return (ctx->active ? SVA_SAVED_ACTIVE : 0) |
           (xfer ? SVA_SAVED_XFER : 0) |
           (job->aborted ? SVA_SAVED_ABORTED : 0) |
           (job->cpl_held ? SVA_SAVED_CPL_HELD : 0) |
           (job->fault_write ? SVA_SAVED_FAULT_WRITE : 0) |
           (alone ? SVA_SAVED_ALONE : 0);
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
    out->late_stop = ctx->late_stop;
    out->wait = ctx->wait;
    out->flags = flags_save(ctx);
    if (ctx->wait == SVA_WAIT_TIME) {
        out->wait_left = time_left(ctx, ctx->wait_until);
    }
    if (ctx->late_stop) {
        out->late_left = time_left(ctx, ctx->late_until);
    }
    if (ctx->wait == SVA_WAIT_STALL) {
        out->stall_cookie = ctx->stall_cookie;
    }
    out->bw_left = time_left(ctx, ctx->bw_next);
    out->group = owner_save(&ctx->group);
    out->probe = owner_save(&ctx->probe);
    job_save(ctx, out);
}

/* -- restoring -- */

static bool owner_load(SvaPrgOwner *owner, const SvaPrgOwnerSaved *in)
{
    if (in->pasid & ~(SVA_CFG_PASID | SVA_CFG_PASID_EN) ||
        (in->pasid && !(in->pasid & SVA_CFG_PASID_EN)) ||
        in->flags & ~SVA_SAVED_OWNER_FLAGS ||
        in->prgi >= SVA_PRGI_COUNT || in->count > 32 ||
        in->sent > in->count || (uint64_t)in->unsent >> in->count ||
        in->access & ~(SVA_READ | SVA_WRITE)) {
        return false;
    }
    owner->first = in->first;
    owner->step = in->step;
    owner->pasid = sva_cfg_pasid(in->pasid);
    owner->unsent = in->unsent;
    owner->prgi = in->prgi;
    owner->count = in->count;
    owner->sent = in->sent;
    owner->access = in->access;
    owner->open = in->flags & SVA_SAVED_OPEN;
    owner->shared = in->flags & SVA_SAVED_SHARED;
    owner->forced = in->flags & SVA_SAVED_FORCED;
    return !owner->open || owner->count;
}

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

/* What is in a ring of a size that ENABLE has checked, unless all is over. */
static bool ring_possible(const SvaCtx *ctx)
{
    uint32_t ahead = ctx->tail - ctx->head;

    if (!ahead && !ctx->active && ctx->state == SVA_CTX_DISABLED &&
        ctx->job.phase == SVA_JOB_IDLE) {
        return true;
    }
    return sva_ctx_config_possible(ctx) &&
           ahead <= 1u << sva_ctx_reg(ctx, SVA_CTX_RING_SIZE);
}

static bool stop_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    bool busy = in->cmd_status & SVA_CMDST_BUSY;

    if (in->stop > SVA_STOP_ABORT || in->late_stop > SVA_STOP_ABORT ||
        (in->stop && in->late_stop) ||
        (busy && !in->stop && !in->late_stop) || (in->late_stop && !busy) ||
        busy != (in->state == SVA_CTX_DRAINING ||
                 in->state == SVA_CTX_ABORTING) ||
        in->late_left > SVA_DELAY_MAX) {
        return false;
    }
    ctx->stop = in->stop;
    ctx->late_stop = in->late_stop;
    if (ctx->late_stop) {
        ctx->late_until = sva_accel_now(ctx->accel) + (int64_t)in->late_left;
        ctx->accel->env->ops->timer_at(ctx->late_timer, ctx->late_until);
    }
    return true;
}

static bool wait_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    bool one_point = in->held && !(in->held & (in->held - 1)) &&
                     !(in->held & ~SVA_HOLD_ALL);
    int64_t now = sva_accel_now(ctx->accel);

    if (in->wait > SVA_WAIT_STALL || in->wait_left > SVA_DELAY_MAX ||
        in->bw_left > SVA_DELAY_MAX ||
        (in->wait == SVA_WAIT_HOLD ? !one_point : in->held)) {
        return false;
    }
    ctx->wait = in->wait;
    ctx->held = in->held;
    ctx->stall_cookie = in->stall_cookie;
    ctx->bw_next = now + (int64_t)in->bw_left;
    if (ctx->wait == SVA_WAIT_TIME) {
        sva_ctx_sleep(ctx, now + (int64_t)in->wait_left);
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
        return job->part <= 1 && !job->xfer_active;
    default:
        return job->part <= 1 && job->bytes <= desc->size;
    }
}

static bool exec_resume(SvaCtx *ctx, enum sva_status decoded)
{
    SvaJob *job = &ctx->job;

    return decoded == SVA_ST_SUCCESS && !job->aborted &&
           progress_possible(job) &&
           (!job->xfer_active || sva_op_next(ctx) == SVA_OP_XFER);
}

static bool complete_resume(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    if (job->cpl_part > 1 ||
        (job->xfer_active &&
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
        .xfer_active = in->flags & SVA_SAVED_XFER,
        .aborted = in->flags & SVA_SAVED_ABORTED,
        .cpl_held = in->flags & SVA_SAVED_CPL_HELD,
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
        return !ctx->job.xfer_active;
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

/*
 * Is the group as far as the stage of the access says?  The response to one
 * whose job an abort will end changes no stage.
 */
static bool group_fits(const SvaCtx *ctx, SvaXferStage stage)
{
    const SvaPrgOwner *group = &ctx->group;
    bool given_up = !group->open && ctx->stop == SVA_STOP_ABORT;

    switch (stage) {
    case SVA_XFER_PRG_SEND:
        return given_up || (group->open && group->sent < group->count);
    case SVA_XFER_PRG_WAIT:
        return given_up || (group->open && group->sent == group->count);
    default:
        return !group->open || ctx->job.aborted;
    }
}

static bool xfer_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    SvaXfer *xfer = &ctx->xfer;
    enum sva_mode mode = sva_ctx_mode(ctx);
    bool pages = mode == SVA_MODE_ATS_PRI && xfer->block;

    bool stall = in->stage == SVA_XFER_STALLED ||
                 in->stage == SVA_XFER_STALL_ENDED;

    if (in->stage > SVA_XFER_STALL_ENDED ||
        in->retries > SVA_FAULT_RETRIES || in->action > SVA_STALL_RAZ_WI ||
        (mode == SVA_MODE_UNTRANSLATED && !stall &&
         in->stage != SVA_XFER_ACCESS) ||
        (!pages && !stall && in->stage > SVA_XFER_ACCESS)) {
        return false;
    }
    xfer->stage = in->stage;
    xfer->held = in->passed;
    xfer->retries = in->retries;
    xfer->code = sva_prg_code(in->code);
    xfer->action = in->action;
    xfer->alone = in->flags & SVA_SAVED_ALONE;
    /* The ATC has never been at this generation: translate again. */
    xfer->generation = 0;
    return group_fits(ctx, xfer->stage);
}

static bool group_possible(const SvaCtx *ctx)
{
    const SvaJob *job = &ctx->job;

    if (ctx->group.open && job->aborted && ctx->stop != SVA_STOP_ABORT) {
        return false;
    }
    return xfer_in_use(job) || !ctx->group.open || job->aborted;
}

const char *sva_ctx_load(SvaCtx *ctx, const SvaCtxSaved *in)
{
    if (in->flags & ~SVA_SAVED_CTX_FLAGS || !registers_load(ctx, in)) {
        return "impossible registers of a context";
    }
    if (!owner_load(&ctx->group, &in->group) ||
        !owner_load(&ctx->probe, &in->probe)) {
        return "impossible page request group";
    }
    job_load(ctx, in);
    if (!ring_possible(ctx)) {
        return "impossible ring of a context";
    }
    if (!stop_load(ctx, in) || !job_resume(ctx) || !wait_load(ctx, in)) {
        return "impossible job";
    }
    if ((xfer_in_use(&ctx->job) && !xfer_load(ctx, in)) ||
        !group_possible(ctx)) {
        return "impossible access";
    }
    return NULL;
}

/* Would nothing that may happen wake a context that has something to do? */
const char *sva_ctx_stuck(const SvaCtx *ctx)
{
    bool work = sva_ctx_running(ctx) || ctx->stop;
    bool queued = ctx->credit_queued;
    bool stalled = xfer_in_use(&ctx->job) &&
                   ctx->xfer.stage == SVA_XFER_STALLED;

    if (stalled != (ctx->wait == SVA_WAIT_STALL) ||
        (work && ctx->wait == SVA_WAIT_NONE && !ctx->queued) ||
        (ctx->wait == SVA_WAIT_RESPONSE && !ctx->group.open) ||
        (ctx->wait == SVA_WAIT_CREDIT && !queued)) {
        return "a context that waits for nothing";
    }
    if (queued && (!xfer_in_use(&ctx->job) ||
                   ctx->xfer.stage != SVA_XFER_PRG_OPEN ||
                   (ctx->wait != SVA_WAIT_CREDIT &&
                    ctx->wait != SVA_WAIT_HOLD && !ctx->queued))) {
        return "a context that needs no credit waits for one";
    }
    return NULL;
}
