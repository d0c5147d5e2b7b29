/*
 * sva-accel: scheduling of the contexts
 *
 * Contexts that can go on are in the run queue.  sched.c alone writes what a
 * context waits for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_SCHED_H
#define HW_SVA_ACCEL_SCHED_H

#include "context.h"

/* The engine steps it, when its turn comes. */
void sva_sched_enqueue(SvaCtx *ctx);

/* The engine steps contexts after @delay ns. */
void sva_sched_arm(SvaAccel *accel, int64_t delay);

/* The next context, or NULL. */
SvaCtx *sva_sched_dequeue(SvaAccel *accel);

/* Until woken, or, for sleep, until that time. */
void sva_sched_wait(SvaCtx *ctx, SvaWait wait);
void sva_sched_break(SvaCtx *ctx, uint8_t point);
void sva_sched_sleep(SvaCtx *ctx, int64_t until);

/* Whatever it waits for; or only if it waits for that. */
void sva_sched_wake(SvaCtx *ctx);
void sva_sched_wake_from(SvaCtx *ctx, SvaWait wait);

/* Of SvaCtx.timer. */
void sva_sched_timer(void *ctx);

#endif
