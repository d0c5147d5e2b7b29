/*
 * sva-accel: stops of a work context, and those that come late or never
 *
 * PCIe r6 6.20.1 "Managing PASID usage": when a stop is complete the context
 * sends nothing any more and no response is due.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_STOP_H
#define HW_SVA_ACCEL_STOP_H

#include "context.h"

/* A command to stop came. */
void sva_ctx_begin_stop(SvaCtx *ctx, SvaStop stop);

/* The stop comes into force; completes if there is nothing to stop. */
void sva_ctx_stop(SvaCtx *ctx, SvaStop stop);

/* The work is over, but for the response to a page request group. */
void sva_ctx_stopped(SvaCtx *ctx);

/* INJECT was written: what a bit kept going ends when it is cleared. */
void sva_ctx_inject_changed(SvaCtx *ctx);

/* Of SvaCtx.stop_timer. */
void sva_ctx_stop_timer(void *ctx);

#endif
