/*
 * sva-accel: commands and doorbells of a work context
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_COMMAND_H
#define HW_SVA_ACCEL_COMMAND_H

#include "context.h"

/* CMD was written. */
void sva_ctx_command(SvaCtx *ctx, uint32_t cmd);

/* The doorbell was written: there are descriptors up to @tail. */
void sva_ctx_doorbell(SvaCtx *ctx, uint32_t tail);

#endif
