// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario uio: as kill, under a driver of the kernel's own
 *
 * That driver neither reports the end of the address space nor stops the device;
 * the program that has the file stops it.
 */
#include "sva.h"
#include "sva-modes.h"
#include "uio.h"

#define LATE_MS		1500

static void scenario_uio(void)
{
	struct sva_victim *v = sva_workload_new(SVA_ALL_MODES(":"));
	uint64_t begin;

	sva_opt_check();
	uio_take_over();
	sva_workload_bound(v);

	begin = sva_now_ms();
	sva_kill(v->child.pid);
	sva_workload_wait_refused(v, &v->dev[0], begin);
	sva_stage("exited");
	sva_workload_gone(v, &v->dev[0]);
	sva_stage("mm-gone");

	sva_workload_stop_late(v, 0, LATE_MS);
	sva_workload_unbind(v, &v->dev[0], sva_victim_unbind);
	sva_ok(!sva_workload_running(v), "the device is at rest after unbind");
	sva_stage("unbound");

	sva_workload_late(v, &v->dev[0]);
	sva_victim_reuse(v);
}
SVA_SCENARIO("uio", scenario_uio);
