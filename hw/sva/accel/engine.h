/*
 * sva-accel: the engine, which works on the contexts in turn
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_ENGINE_H
#define HW_SVA_ACCEL_ENGINE_H

/* Of SvaAccel.timer. */
void sva_engine_run(void *accel);

#endif
