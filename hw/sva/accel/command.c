/*
 * sva-accel: commands and doorbells of a work context
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "command.h"
#include "counters.h"
#include "error.h"
#include "sched.h"
#include "stop.h"

/* Whatever the capabilities of the function allow now. */
static enum sva_cmd_result ctx_check_config(const SvaCtx *ctx)
{
    const SvaFunction *fn = &ctx->accel->fn;
    SvaPasid pasid = sva_ctx_pasid(ctx);
    SvaAccessMode mode = sva_ctx_mode(ctx);

    if (!sva_ctx_config_possible(ctx)) {
        return SVA_CMDRES_BAD_CONFIG;
    }
    if (pasid.valid && !fn->pasid_enable) {
        return SVA_CMDRES_NO_PASID;
    }
    if (mode != SVA_ACCESS_UNTRANSLATED && !fn->ats_enable) {
        return SVA_CMDRES_NO_ATS;
    }
    if (mode == SVA_ACCESS_ATS_PRI &&
        (!fn->pri_enable || fn->pri_rf || !fn->prg.allocation)) {
        return SVA_CMDRES_NO_PRI;
    }
    return SVA_CMDRES_OK;
}

static enum sva_cmd_result ctx_enable(SvaCtx *ctx)
{
    enum sva_cmd_result result;

    if (ctx->state != SVA_CTX_DISABLED || sva_ctx_running(ctx)) {
        return SVA_CMDRES_BAD_STATE;
    }
    result = ctx_check_config(ctx);
    if (result != SVA_CMDRES_OK) {
        return result;
    }
    ctx->head = 0;
    ctx->tail = 0;
    ctx->active = true;
    ctx->bw_next = 0;
    sva_ctx_set_state(ctx, SVA_CTX_ENABLED);
    return SVA_CMDRES_OK;
}

static bool ctx_may_stop(const SvaCtx *ctx, uint32_t cmd)
{
    return ctx->state == SVA_CTX_ENABLED || ctx->state == SVA_CTX_HALTED ||
           (cmd == SVA_CMD_ABORT && ctx->state == SVA_CTX_DRAINING);
}

static void ctx_answer(SvaCtx *ctx, uint32_t cmd, enum sva_cmd_result result)
{
    ctx->cmd_status = cmd;
    sva_ctx_finish_command(ctx, result);
}

void sva_ctx_command(SvaCtx *ctx, uint32_t value)
{
    uint32_t cmd = value & SVA_CMDST_CMD;

    if ((ctx->cmd_status & SVA_CMDST_BUSY) && !ctx_may_stop(ctx, value)) {
        sva_guest_error(ctx->accel->env,
                        "sva-accel: context %u: command %" PRIu32
                        " while one is busy", ctx->index, value);
        return;
    }
    switch (value) {
    case SVA_CMD_ENABLE:
        ctx_answer(ctx, cmd, ctx_enable(ctx));
        break;
    case SVA_CMD_DRAIN:
    case SVA_CMD_ABORT:
        if (!ctx_may_stop(ctx, value)) {
            ctx_answer(ctx, cmd, SVA_CMDRES_BAD_STATE);
            break;
        }
        ctx->cmd_status = SVA_CMDST_BUSY | cmd;
        sva_ctx_begin_stop(ctx, value == SVA_CMD_DRAIN ? SVA_STOP_DRAIN
                                                       : SVA_STOP_ABORT);
        break;
    default:
        sva_guest_error(ctx->accel->env,
                        "sva-accel: context %u: no command %" PRIu32,
                        ctx->index, value);
        ctx_answer(ctx, cmd, SVA_CMDRES_BAD_CMD);
        break;
    }
}

/* The counters run modulo 2^32, so only distances from HEAD mean anything. */
void sva_ctx_doorbell(SvaCtx *ctx, uint32_t tail)
{
    uint32_t ahead = tail - ctx->head;
    uint32_t entries;

    sva_count(ctx->accel, ctx, SVA_CNT_DOORBELLS, 1);
    if (ctx->state != SVA_CTX_ENABLED) {
        sva_guest_error(ctx->accel->env,
                        "sva-accel: context %u: doorbell in state %u",
                        ctx->index, ctx->state);
        return;
    }
    /* ENABLE has checked the size. */
    entries = 1u << sva_ctx_reg(ctx, SVA_CTX_RING_SIZE);
    if (ahead > entries || ahead < ctx->tail - ctx->head) {
        sva_guest_error(ctx->accel->env,
                        "sva-accel: context %u: doorbell %" PRIu32
                        " out of range", ctx->index, tail);
        sva_ctx_error(ctx, SVA_ST_BAD_TAIL, 0, tail);
        return;
    }
    ctx->tail = tail;
    if (ctx->wait == SVA_WAIT_NONE) {
        sva_sched_enqueue(ctx);
    }
}
