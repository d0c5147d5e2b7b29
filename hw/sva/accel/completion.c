/*
 * sva-accel: completion records
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "completion.h"
#include "counters.h"
#include "ctx-access.h"
#include "error.h"

/* The record from its second word on is written first, its status last. */
#define CPL_TAIL (unsigned)offsetof(struct sva_completion, bytes)

static void cpl_start_part(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    unsigned from = job->cpl_part ? 0 : CPL_TAIL;
    unsigned to = job->cpl_part ? CPL_TAIL : sizeof(struct sva_completion);
    SvaMemRequest req = sva_ctx_request(ctx, job->desc.completion + from,
                                        SVA_BUF_CPL + from, to - from);

    req.write = true;
    /* A context that is being aborted starts no page requests. */
    req.block = !job->aborted;
    sva_mem_access_start(&ctx->access, &req);
}

/*
 * What nobody asked for is not built: words of several sizes that are read as
 * one keep the host from going on until all that the job wrote is in its cache.
 */
void sva_cpl_begin(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    struct sva_completion *cpl = (void *)(ctx->buf + SVA_BUF_CPL);

    job->cpl_part = 0;
    job->access_active = false;
    if (!(job->desc.flags & SVA_DF_COMPLETION)) {
        return;
    }
    *cpl = (struct sva_completion) {
        .status = job->status,
        .fault_write = job->fault_write,
        .id = GUINT32_TO_LE(job->desc.id),
        .bytes = GUINT64_TO_LE(job->bytes),
        .fault_addr = GUINT64_TO_LE(job->fault_addr),
        .result = GUINT64_TO_LE(job->result),
    };
}

void sva_cpl_resume(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    bool active = job->access_active;
    uint8_t part = job->cpl_part;

    sva_cpl_begin(ctx);
    job->cpl_part = part;
    job->access_active = active;
    if (active) {
        cpl_start_part(ctx);
    }
}

static void cpl_lost(SvaCtx *ctx, enum sva_status status)
{
    sva_count(ctx->accel, ctx, SVA_CNT_CPL_LOST, 1);
    sva_ctx_error(ctx, status, ctx->job.desc.id, ctx->job.desc.completion);
}

SvaAccessResult sva_cpl_step(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    SvaAccessResult result;

    if (!(job->desc.flags & SVA_DF_COMPLETION)) {
        return SVA_ACCESS_DONE;
    }
    if (!job->cpl_breakpoint && !job->aborted &&
        sva_ctx_break(ctx, SVA_BREAK_BEFORE_CPL)) {
        job->cpl_breakpoint = true;
        return SVA_ACCESS_WAITS;
    }
    if (job->desc.completion % sizeof(struct sva_completion)) {
        cpl_lost(ctx, SVA_ST_BAD_ALIGN);
        return SVA_ACCESS_DONE;
    }
    if (!job->access_active) {
        cpl_start_part(ctx);
        job->access_active = true;
    }
    result = sva_ctx_access_step(ctx);
    if (result == SVA_ACCESS_FAILED) {
        cpl_lost(ctx, sva_ctx_access_status(ctx));
        return SVA_ACCESS_DONE;
    }
    if (result == SVA_ACCESS_DONE && job->cpl_part == 0) {
        job->cpl_part = 1;
        job->access_active = false;
        return SVA_ACCESS_AGAIN;
    }
    return result;
}
