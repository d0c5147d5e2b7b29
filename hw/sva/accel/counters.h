/*
 * sva-accel: counters
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_COUNTERS_H
#define HW_SVA_ACCEL_COUNTERS_H

#include "context.h"

/* @ctx may be NULL for what belongs to no context. */
void sva_count(SvaAccel *accel, SvaCtx *ctx, enum sva_counter which,
               uint64_t n);

/* What the endpoint library counts: SvaFunctionOps.count(). */
void sva_count_function(void *accel, void *ctx, SvaFunctionCounter which,
                        uint64_t n);

#endif
