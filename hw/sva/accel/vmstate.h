/*
 * sva-accel: the saved state in a migration stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_VMSTATE_H
#define HW_SVA_ACCEL_VMSTATE_H

#include "migration/vmstate.h"
#include "state.h"

/* Of a SvaAccelSaved with room for the contexts of the device. */
extern const VMStateDescription sva_accel_vmstate;

#endif
