/*
 * sva-accel: errors that no completion record can tell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "error.h"
#include "irq.h"

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
