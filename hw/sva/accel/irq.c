/*
 * sva-accel: interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "counters.h"
#include "irq.h"

void sva_accel_interrupt(SvaAccel *accel, unsigned vector)
{
    SvaPort *port = accel->fn.port;

    sva_count(accel, NULL, SVA_CNT_INTERRUPTS, 1);
    port->ops->interrupt(port, vector);
}

void sva_accel_irq(SvaAccel *accel, uint32_t cause)
{
    uint32_t risen = cause & ~accel->irq_cause;

    accel->irq_cause |= cause;
    if (risen & ~accel->irq_mask) {
        sva_accel_interrupt(accel, 0);
    }
}

void sva_accel_set_irq_mask(SvaAccel *accel, uint32_t mask)
{
    uint32_t unmasked = accel->irq_mask & ~mask;

    accel->irq_mask = mask;
    if (accel->irq_cause & unmasked) {
        sva_accel_interrupt(accel, 0);
    }
}
