/*
 * sva-accel: misbehaviour on command
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_MISBEHAVIOUR_H
#define HW_SVA_ACCEL_MISBEHAVIOUR_H

#include "context.h"

/* The decisions, as SVA_CTX_BREAK_MASK and the INJECT registers say. */
extern const SvaMisbehaviour sva_accel_misbehaviour;

/* SVA_REG_INJECT was written: what was late by a bit that goes is sent. */
void sva_accel_set_inject(SvaAccel *accel, uint32_t inject);

#endif
