/*
 * sva-accel: single TLPs on command
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_PROBE_H
#define HW_SVA_ACCEL_PROBE_H

#include "context.h"

/* PROBE_CTRL was written. */
void sva_probe_start(SvaCtx *ctx, uint32_t ctrl);

/* Of SvaCtx.probe: its response came. */
void sva_probe_answered(SvaPageGroup *group, SvaPrgCode code);

#endif
