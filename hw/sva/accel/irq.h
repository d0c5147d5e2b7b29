/*
 * sva-accel: interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_IRQ_H
#define HW_SVA_ACCEL_IRQ_H

#include "model.h"

/* A message of @vector. */
void sva_accel_interrupt(SvaAccel *accel, unsigned vector);

/* SVA_IRQ_*: a message of vector 0 when one rises that is not masked. */
void sva_accel_irq(SvaAccel *accel, uint32_t cause);
void sva_accel_set_irq_mask(SvaAccel *accel, uint32_t mask);

#endif
