/*
 * sva-accel: completion records
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_COMPLETION_H
#define HW_SVA_ACCEL_COMPLETION_H

#include "context.h"

void sva_cpl_begin(SvaCtx *ctx);
/* The record is made of a restored job again, and its part begun again. */
void sva_cpl_resume(SvaCtx *ctx);
/* DONE also if there is nothing to write, or if it could not be written. */
SvaAccessResult sva_cpl_step(SvaCtx *ctx);

#endif
