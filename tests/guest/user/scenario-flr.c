// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario flr: the function is reset while processes are bound, with work in
 * progress in every mode and a page request held back.
 *
 * Scenario flr-after-exit: the same when the address space is gone and only
 * another process holds the files.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "removal.h"

#define GONE_MS		60000
#define QUIET_MS	500

static void reset(const struct removal *o)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/reset", sysfs_device(o));
	sysfs_write(path, "1");
}

static void scenario_flr(void)
{
	struct removal *o;

	sva_opt_check();
	o = removal_begin(false);
	reset(o);
	removal_look(o);
	removal_again(o);
	removal_end(o);
}
SVA_SCENARIO("flr", scenario_flr);

/* After the reset the device only sends probes. */
static void scenario_flr_after_exit(void)
{
	struct sva_dev *dev;
	struct removal *o;
	int ret, status = 0;
	uint64_t addr;

	sva_opt_check();
	o = removal_begin(true);
	dev = &o->theirs[SVA_MODE_ASKING];
	addr = (uintptr_t)o->address;
	sva_kill(o->child.pid);
	if (!sva_wait_mm_gone(dev, GONE_MS))
		sva_error("the address space does not go away");
	sva_stage("mm-gone");

	reset(o);
	sva_stage("recovered");
	sva_probe(dev, "gone", SVA_PROBE_ATS, o->pasid, addr);
	sva_probe(dev, "gone", SVA_PROBE_PRG, o->pasid, addr);
	sva_probe(dev, "gone", SVA_PROBE_WRITE, o->pasid, addr);
	sva_probe(dev, "gone", SVA_PROBE_READ, o->pasid, addr);
	sva_stage("removed");

	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++) {
		ret = sva_unbind(&o->theirs[i], SVA_ACCEL_STOP_UNBIND);
		status = ret ? -ret : status;
	}
	sva_fact("unbind.status %d", status);
	sva_ok(!status, "the driver unbinds");
	sva_sleep_ms(QUIET_MS);
	sva_stage("unbound");
}
SVA_SCENARIO("flr-after-exit", scenario_flr_after_exit);
