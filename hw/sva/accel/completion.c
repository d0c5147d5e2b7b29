/*
 * sva-accel: completion records, and errors that no record can tell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

/* The record from its second word on is written first, its status last. */
#define CPL_TAIL (unsigned)offsetof(struct sva_completion, bytes)

static void cpl_start_part(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    uint64_t addr = job->desc.completion;
    unsigned from = job->cpl_part ? 0 : CPL_TAIL;
    unsigned to = job->cpl_part ? CPL_TAIL : sizeof(struct sva_completion);

    sva_xfer_start(ctx, &(SvaXfer) {
        .addr = addr + from,
        .end = addr + to,
        .step = SVA_PAGE_SIZE,
        .buf = SVA_BUF_CPL + from,
        .len = to - from,
        .write = true,
        /* A context that is being aborted starts no page requests. */
        .block = !job->aborted,
    });
}

void sva_cpl_begin(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    struct sva_completion cpl = {
        .status = job->status,
        .fault_write = job->fault_write,
        .id = GUINT32_TO_LE(job->desc.id),
        .bytes = GUINT64_TO_LE(job->bytes),
        .fault_addr = GUINT64_TO_LE(job->fault_addr),
        .result = GUINT64_TO_LE(job->result),
    };

    memcpy(ctx->buf + SVA_BUF_CPL, &cpl, sizeof(cpl));
    job->cpl_part = 0;
    job->xfer_active = false;
}

/* The record is made of the job again, and the part of it begun again. */
void sva_cpl_resume(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    bool active = job->xfer_active;
    uint8_t part = job->cpl_part;

    sva_cpl_begin(ctx);
    job->cpl_part = part;
    job->xfer_active = active;
    if (active) {
        cpl_start_part(ctx);
    }
}

static void cpl_lost(SvaCtx *ctx, enum sva_status status)
{
    sva_count(ctx->accel, ctx, SVA_CNT_CPL_LOST, 1);
    sva_ctx_error(ctx, status, ctx->job.desc.id, ctx->job.desc.completion);
}

/* DONE also if there is nothing to write, or if it could not be written. */
SvaXferResult sva_cpl_step(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    SvaXferResult result;

    if (!(job->desc.flags & SVA_DF_COMPLETION)) {
        return SVA_XFER_DONE;
    }
    if (!job->cpl_held && !job->aborted &&
        sva_hold(ctx, SVA_HOLD_BEFORE_CPL)) {
        job->cpl_held = true;
        return SVA_XFER_WAITS;
    }
    if (job->desc.completion % sizeof(struct sva_completion)) {
        cpl_lost(ctx, SVA_ST_BAD_ALIGN);
        return SVA_XFER_DONE;
    }
    if (!job->xfer_active) {
        cpl_start_part(ctx);
        job->xfer_active = true;
    }
    result = sva_xfer_step(ctx);
    if (result == SVA_XFER_FAILED) {
        cpl_lost(ctx, ctx->xfer.status);
        return SVA_XFER_DONE;
    }
    if (result == SVA_XFER_DONE && job->cpl_part == 0) {
        job->cpl_part = 1;
        job->xfer_active = false;
        return SVA_XFER_AGAIN;
    }
    return result;
}

void sva_ctx_error(SvaCtx *ctx, enum sva_status status, uint32_t id,
                   uint64_t addr)
{
    if (ctx->err_status & SVA_ERRST_VALID) {
        ctx->err_status |= SVA_ERRST_OVERFLOW;
    } else {
        ctx->err_status = SVA_ERRST_VALID | status;
        ctx->err_id = id;
        ctx->err_addr = addr;
    }
    sva_accel_irq(ctx->accel, SVA_IRQ_ERROR);
}

void sva_ctx_clear_error(SvaCtx *ctx, uint32_t bits)
{
    ctx->err_status &= ~(bits & SVA_ERRST_OVERFLOW);
    if (bits & SVA_ERRST_VALID) {
        ctx->err_status = 0;
        ctx->err_id = 0;
        ctx->err_addr = 0;
    }
}

uint32_t sva_accel_err_ctx(const SvaAccel *accel)
{
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        if (accel->ctx[i].err_status & SVA_ERRST_VALID) {
            return i;
        }
    }
    return SVA_ERR_CTX_NONE;
}
