// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario uio-exit: a program dies that drives the device through the
 * kernel's own driver, and nobody else holds its file
 *
 * The driver has to stop the device before it unbinds.  If it does not, the
 * device works on and writes into the memory of the next process with the PASID.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"
#include "uio.h"

#define WINDOW_MS	1000
#define IDLE_MS		1000
#define JOB_MS		60000
#define ATTEMPTS	20
#define SEED		0x07e6000000000000ull

/* A process that binds next, in shared memory. */
struct next {
	struct sva_child child;
	void *address;
	size_t size;
	uint32_t want;
	bool last;
	uint32_t pasid;
	uint64_t changed;
};

static void next_main(void *arg)
{
	struct next *n = arg;
	struct sva_dev dev;
	void *buf;

	sva_open(&dev, SVA_MODE_ASKING);
	n->pasid = dev.pasid;
	if (n->pasid != n->want && !n->last)
		return;
	munmap(n->address, n->size);
	buf = sva_map(n->address, n->size, PROT_READ | PROT_WRITE);
	sva_pattern(buf, n->size, SEED);
	sva_sleep_ms(IDLE_MS);
	n->changed = sva_pattern_pages(buf, n->size, SEED);
}

/* A CPU may keep the last reference to an mm for a while (lazy mm). */
static void next_process(const struct sva_victim *v)
{
	struct next *n = sva_shared(sizeof(*n));
	unsigned int attempt = 0;

	n->address = v->address;
	n->size = v->size;
	n->want = v->pasid;
	for (;;) {
		n->last = ++attempt == ATTEMPTS;
		sva_flush_lazy_mm();
		sva_child_start(&n->child, next_main, n);
		sva_child_wait(&n->child, JOB_MS);
		if (n->pasid == n->want || n->last)
			break;
		sva_child_end(&n->child);
		sva_sleep_ms(100);
	}
	sva_fact("next.pid %d", n->child.pid);
	sva_fact("next.pasid %u", n->pasid);
	sva_fact("next.same %d", n->pasid == n->want);
	sva_fact("next.attempts %u", attempt);
	sva_fact("next.changed %llu", (unsigned long long)n->changed);
	sva_stage("next");
	sva_child_end(&n->child);
}

static void window(const struct sva_victim *v)
{
	struct sva_counts before[SVA_MODES], after[SVA_MODES];

	for (unsigned int i = 0; i < v->n; i++)
		sva_count(&v->dev[i], &before[i]);
	sva_sleep_ms(WINDOW_MS);
	for (unsigned int i = 0; i < v->n; i++) {
		sva_count(&v->dev[i], &after[i]);
		sva_fact_delta("exit", &v->dev[i], &before[i], &after[i]);
	}
}

static void scenario_uio_exit(void)
{
	struct sva_victim *v = sva_workload_new(SVA_ALL_MODES(":"));

	sva_opt_check();
	uio_take_over();
	sva_workload_bound(v);
	for (unsigned int i = 0; i < v->n; i++)
		uio_let_go(&v->dev[i]);
	/* Its files are closed when it has been waited for. */
	sva_kill(v->child.pid);
	window(v);
	sva_fact("exit.contexts %u", v->n);
	sva_fact("exit.running %u", sva_workload_running(v));
	sva_stage("unbound");

	next_process(v);
	for (unsigned int i = 0; i < v->n; i++)
		if (sva_command(&v->dev[i], SVA_CMD_ABORT, JOB_MS))
			sva_error("context %u does not stop",
				  v->dev[i].context);
	sva_ok(!sva_workload_running(v), "the device can be stopped");
	sva_stage("stopped");
}
SVA_SCENARIO("uio-exit", scenario_uio_exit);
