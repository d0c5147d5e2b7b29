// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario uio: as kill, under a driver of the kernel's own
 *
 * It does not tell when the address space is gone, and does not stop the
 * device: the program that holds the file does.
 */
#include "sva.h"
#include "sva-modes.h"
#include "uio.h"

#define LATE_MS		1500

void scenario_uio(void)
{
	struct sva_victim *v = sva_dying_new(SVA_ALL_MODES(":"));
	uint64_t begin;

	sva_opt_check();
	uio_take_over();
	sva_dying_bound(v);

	begin = sva_now_ms();
	sva_kill(v->child.pid);
	sva_dying_wait_refused(v, &v->dev[0], begin);
	sva_stage("exited");
	sva_dying_gone(v, &v->dev[0]);
	sva_stage("mm-gone");

	sva_dying_stop_late(v, 0, LATE_MS);
	sva_dying_unbind(v, &v->dev[0], sva_victim_unbind);
	sva_ok(!sva_dying_running(v), "the device is at rest after unbind");
	sva_stage("unbound");

	sva_dying_late(v, &v->dev[0]);
	sva_victim_reuse(v);
}
