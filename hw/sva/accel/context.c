/*
 * sva-accel: state of a work context
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "context.h"
#include "error.h"
#include "irq.h"
#include "model.h"

G_STATIC_ASSERT((int)SVA_MODE_UNTRANSLATED == (int)SVA_ACCESS_UNTRANSLATED);
G_STATIC_ASSERT((int)SVA_MODE_ATS == (int)SVA_ACCESS_ATS);
G_STATIC_ASSERT((int)SVA_MODE_ATS_PRI == (int)SVA_ACCESS_ATS_PRI);

bool sva_ctx_config_possible(const SvaCtx *ctx)
{
    uint32_t size_log2 = sva_ctx_reg(ctx, SVA_CTX_RING_SIZE);
    uint64_t base = sva_ctx_reg64(ctx, SVA_CTX_RING_BASE);

    return sva_ctx_mode(ctx) <= SVA_ACCESS_ATS_PRI &&
           !(sva_ctx_pasid(ctx).id >> ctx->accel->config.pasid_bits) &&
           size_log2 <= SVA_RING_SIZE_MAX &&
           base + (sizeof(struct sva_desc) << size_log2) - 1 >= base;
}

void sva_ctx_set_state(SvaCtx *ctx, enum sva_ctx_state state)
{
    if (ctx->state == state) {
        return;
    }
    ctx->state = state;
    sva_emit(ctx->accel->env, .kind = SVA_EV_CTX_STATE,
             .rid = sva_function_rid(&ctx->accel->fn),
             .pasid = sva_ctx_pasid(ctx),
             .context = { .index = ctx->index, .state = state });
}

void sva_ctx_finish_command(SvaCtx *ctx, enum sva_cmd_result result)
{
    ctx->cmd_status = (ctx->cmd_status & SVA_CMDST_CMD) |
                      result << SVA_CMDST_RESULT_SHIFT;
    sva_accel_irq(ctx->accel, SVA_IRQ_CMD);
}

void sva_ctx_halt(SvaCtx *ctx, enum sva_status status, uint64_t addr)
{
    ctx->active = false;
    if (ctx->state == SVA_CTX_ENABLED) {
        sva_ctx_set_state(ctx, SVA_CTX_HALTED);
    }
    sva_ctx_error(ctx, status, 0, addr);
}

void sva_ctx_reset(SvaCtx *ctx)
{
    const SvaEnvOps *env = ctx->accel->env->ops;
    size_t from = offsetof(SvaCtx, reg);

    env->timer_cancel(ctx->timer);
    env->timer_cancel(ctx->stop_timer);
    ctx->queued = false;
    ctx->run_link = (GList) { .data = ctx };
    memset((char *)ctx + from, 0, sizeof(*ctx) - from);
    ctx->reg[SVA_CTX_PRG_PAGES / 4] = 1;
}
