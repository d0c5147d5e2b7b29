/*
 * sva-accel: commands and states of a work context
 *
 * PCIe r6 6.20.1 "Managing PASID usage": when a stop is complete the context
 * sends nothing any more and no response is due.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "internal.h"

SvaPasid sva_cfg_pasid(uint32_t cfg)
{
    return cfg & SVA_CFG_PASID_EN ? sva_pasid(cfg & SVA_CFG_PASID)
                                  : SVA_NO_PASID;
}

SvaPasid sva_ctx_pasid(const SvaCtx *ctx)
{
    return sva_cfg_pasid(sva_ctx_reg(ctx, SVA_CTX_CFG));
}

enum sva_mode sva_ctx_mode(const SvaCtx *ctx)
{
    return (sva_ctx_reg(ctx, SVA_CTX_CFG) & SVA_CFG_MODE) >>
           SVA_CFG_MODE_SHIFT;
}

bool sva_ctx_running(const SvaCtx *ctx)
{
    return ctx->group.open || ctx->job.phase != SVA_JOB_IDLE ||
           (ctx->active && ctx->head != ctx->tail);
}

void sva_ctx_set_state(SvaCtx *ctx, enum sva_ctx_state state)
{
    if (ctx->state == state) {
        return;
    }
    ctx->state = state;
    sva_emit(ctx->accel->env, .kind = SVA_EV_CTX_STATE,
             .pasid = sva_ctx_pasid(ctx), .code = state,
             .data0 = ctx->index);
}

static void ctx_finish(SvaCtx *ctx, uint32_t cmd, enum sva_cmd_result result)
{
    ctx->cmd_status = cmd | result << SVA_CMDST_RESULT_SHIFT;
    sva_accel_irq(ctx->accel, SVA_IRQ_CMD);
}

void sva_ctx_finish_command(SvaCtx *ctx, enum sva_cmd_result result)
{
    ctx_finish(ctx, ctx->cmd_status & SVA_CMDST_CMD, result);
}

/* Whatever the capabilities of the function allow now. */
bool sva_ctx_config_possible(const SvaCtx *ctx)
{
    uint32_t size_log2 = sva_ctx_reg(ctx, SVA_CTX_RING_SIZE);
    uint64_t base = sva_ctx_reg64(ctx, SVA_CTX_RING_BASE);

    return sva_ctx_mode(ctx) <= SVA_MODE_ATS_PRI &&
           !(sva_ctx_pasid(ctx).id >> ctx->accel->config.pasid_bits) &&
           size_log2 <= SVA_RING_SIZE_MAX &&
           base + (sizeof(struct sva_desc) << size_log2) - 1 >= base;
}

static enum sva_cmd_result ctx_check_config(const SvaCtx *ctx)
{
    const SvaAccel *accel = ctx->accel;
    SvaPasid pasid = sva_ctx_pasid(ctx);
    unsigned mode = sva_ctx_mode(ctx);

    if (!sva_ctx_config_possible(ctx)) {
        return SVA_CMDRES_BAD_CONFIG;
    }
    if (pasid.valid && !accel->pasid_enable) {
        return SVA_CMDRES_NO_PASID;
    }
    if (mode != SVA_MODE_UNTRANSLATED && !accel->ats_enable) {
        return SVA_CMDRES_NO_ATS;
    }
    if (mode == SVA_MODE_ATS_PRI &&
        (!accel->pri_enable || accel->pri_rf || !accel->prg.allocation)) {
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

/* A stop comes into force; it completes here if there is nothing to stop. */
void sva_ctx_stop(SvaCtx *ctx, SvaStop stop)
{
    ctx->late_stop = SVA_STOP_NONE;
    ctx->accel->env->ops->timer_cancel(ctx->late_timer);
    ctx->stop = stop;
    if (!sva_ctx_running(ctx)) {
        sva_ctx_stopped(ctx);
    } else if (stop == SVA_STOP_ABORT && ctx->wait != SVA_WAIT_STALL) {
        sva_ctx_wake(ctx);
    }
}

/*
 * The work is over.  An ignored stop that is made good has no command left
 * to complete.
 */
void sva_ctx_stopped(SvaCtx *ctx)
{
    ctx->active = false;
    ctx->head = ctx->tail;
    if (ctx->group.open && !sva_prg_leave(ctx)) {
        ctx->wait = SVA_WAIT_RESPONSE;
        return;
    }
    ctx->stop = SVA_STOP_NONE;
    sva_prg_stop_marker(ctx);
    sva_ctx_set_state(ctx, SVA_CTX_DISABLED);
    if (ctx->cmd_status & SVA_CMDST_BUSY) {
        sva_ctx_finish_command(ctx, SVA_CMDRES_OK);
    }
}

static void ctx_begin_stop(SvaCtx *ctx, SvaStop stop)
{
    sva_ctx_set_state(ctx, stop == SVA_STOP_DRAIN ? SVA_CTX_DRAINING
                                                  : SVA_CTX_ABORTING);
    if (!sva_ctx_running(ctx) || !sva_inject_stop(ctx, stop)) {
        sva_ctx_stop(ctx, stop);
    }
}

static bool ctx_may_stop(const SvaCtx *ctx, uint32_t cmd)
{
    return ctx->state == SVA_CTX_ENABLED || ctx->state == SVA_CTX_HALTED ||
           (cmd == SVA_CMD_ABORT && ctx->state == SVA_CTX_DRAINING);
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
        ctx_finish(ctx, cmd, ctx_enable(ctx));
        break;
    case SVA_CMD_DRAIN:
    case SVA_CMD_ABORT:
        if (!ctx_may_stop(ctx, value)) {
            ctx_finish(ctx, cmd, SVA_CMDRES_BAD_STATE);
            break;
        }
        ctx->cmd_status = SVA_CMDST_BUSY | cmd;
        ctx_begin_stop(ctx, value == SVA_CMD_DRAIN ? SVA_STOP_DRAIN
                                                   : SVA_STOP_ABORT);
        break;
    default:
        sva_guest_error(ctx->accel->env,
                        "sva-accel: context %u: no command %" PRIu32,
                        ctx->index, value);
        ctx_finish(ctx, cmd, SVA_CMDRES_BAD_CMD);
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
        sva_ctx_enqueue(ctx);
    }
}

void sva_ctx_halt(SvaCtx *ctx, enum sva_status status, uint64_t addr)
{
    ctx->active = false;
    if (ctx->state == SVA_CTX_ENABLED) {
        sva_ctx_set_state(ctx, SVA_CTX_HALTED);
    }
    sva_ctx_error(ctx, status, 0, addr);
}
