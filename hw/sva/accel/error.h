/*
 * sva-accel: errors that no completion record can tell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_ERROR_H
#define HW_SVA_ACCEL_ERROR_H

#include "context.h"

void sva_ctx_error(SvaCtx *ctx, enum sva_status status, uint32_t id,
                   uint64_t addr);
/* ERR_STATUS was written. */
void sva_ctx_clear_error(SvaCtx *ctx, uint32_t bits);
/* The first context with an error, or SVA_ERR_CTX_NONE. */
uint32_t sva_accel_err_ctx(const SvaAccel *accel);

#endif
