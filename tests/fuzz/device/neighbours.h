/*
 * What else is in the machine: ports, bridges, disks with threads of their own
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_DEVICE_NEIGHBOURS_H
#define TESTS_FUZZ_DEVICE_NEIGHBOURS_H

#include "guest.h"

/* Options of QEMU, up to NULL. */
extern const char *const neighbour_options[];

/* After guest_setup(): ports, disks, the accelerator in the slot. */
void neighbours_setup(Guest *g);
/* One step; what is unplugged by it does not come back. */
void neighbours_step(Guest *g);

#endif
