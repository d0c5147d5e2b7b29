// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario driver-unbind: the driver leaves the device while processes are bound
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "removal.h"

#define DRIVER	"/sys/bus/pci/drivers/sva_accel"

static void scenario_driver_unbind(void)
{
	unsigned int rounds = sva_opt_num("rounds", 3);
	struct removal *o;
	char name[16];

	sva_opt_check();
	o = removal_begin(false);
	snprintf(name, sizeof(name), "%s", strrchr(sysfs_device(o), '/') + 1);

	sysfs_write(DRIVER "/unbind", name);
	wait_node(false);
	removal_wait_unbound(o);
	removal_look(o);
	/* While the old files are open. */
	for (unsigned int i = 1; i < rounds; i++) {
		sysfs_write(DRIVER "/bind", name);
		sysfs_write(DRIVER "/unbind", name);
	}
	sysfs_write(DRIVER "/bind", name);
	wait_node(true);
	removal_again(o);
	removal_end(o);
}
SVA_SCENARIO("driver-unbind", scenario_driver_unbind);
