// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario kill: the device writes for ever, its process is killed
 * Scenario kill-two-devices: the same, with two devices bound to it
 */
#include "sva.h"
#include "sva-modes.h"

#define LATE_MS		1500

static void run(struct sva_victim *v)
{
	sva_opt_check();
	sva_workload_bound(v);

	sva_victim_kill(v);
	sva_workload_gone(v, &v->dev[0]);
	sva_victim_keep(v);
	sva_stage("mm-gone");

	sva_workload_stop_late(v, 0, LATE_MS);
	sva_workload_unbind(v, &v->dev[0], sva_victim_unbind);
	sva_ok(!sva_workload_running(v), "the device is at rest after unbind");
	sva_stage("unbound");

	sva_workload_late(v, &v->dev[0]);
	sva_victim_reuse(v);
}

static void scenario_kill(void)
{
	run(sva_workload_new(SVA_ALL_MODES(":")));
}
SVA_SCENARIO("kill", scenario_kill);

/* The last context, in another mode, is on the second device. */
static void scenario_kill_two_devices(void)
{
	struct sva_victim *v = sva_workload_new(SVA_ALL_MODES(":"));

	if (v->n < 2)
		sva_error("two devices need two modes");
	v->device[v->n - 1] = 1;
	run(v);
}
SVA_SCENARIO("kill-two-devices", scenario_kill_two_devices);
