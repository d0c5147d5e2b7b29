// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios hot-unplug, other-slot: the device is unplugged while processes are
 * bound
 *
 * The host asks for it at the stage "unplug"; with how=surprise the slot loses
 * its power without notice to the driver. The host plugs a new device in at
 * the stage "plug". In other-slot that is a slot that was empty so far.
 */
#define _GNU_SOURCE
#include <string.h>

#include "removal.h"

#define SLOT_MS		2000

/* Until another one is there, and the process is at an end. */
static void go_on(struct removal *o)
{
	wait_node(false);
	removal_wait_unbound(o);
	removal_look(o);
	/* A slot without power is left alone for a second. */
	sva_sleep_ms(SLOT_MS);
	sva_stage("plug");
	wait_node(true);
	removal_again(o);
	removal_end(o);
}

static void scenario_hot_unplug(void)
{
	const char *how = sva_opt("how", "asked");
	bool surprise = !strcmp(how, "surprise");
	struct removal *o;

	sva_opt_check();
	if (!surprise && strcmp(how, "asked"))
		sva_error("how=%s is not known", how);
	o = removal_begin(false);
	if (surprise)
		sva_slot_off(sysfs_device(o));
	else
		sva_stage("unplug");
	go_on(o);
}
SVA_SCENARIO("hot-unplug", scenario_hot_unplug);

static void scenario_other_slot(void)
{
	struct removal *o;

	sva_opt_check();
	o = removal_begin(false);
	/* Firmware says of each slot whether the device in it may stall. */
	o->mode = SVA_MODE_ATS;
	sva_stage("unplug");
	go_on(o);
}
SVA_SCENARIO("other-slot", scenario_other_slot);
