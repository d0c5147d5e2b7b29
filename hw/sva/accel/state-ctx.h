/*
 * sva-accel: saving and restoring a context with its job
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_STATE_CTX_H
#define HW_SVA_ACCEL_STATE_CTX_H

#include "context.h"
#include "state.h"

void sva_ctx_save(const SvaCtx *ctx, SvaCtxSaved *out);

/* NULL, or why @in cannot be taken. */
const char *sva_ctx_load(SvaCtx *ctx, const SvaCtxSaved *in);

/* Would nothing that may happen wake a context that has something to do? */
const char *sva_ctx_stuck(const SvaCtx *ctx);

#endif
