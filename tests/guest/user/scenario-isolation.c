// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario isolation: many processes use the device at once
 *
 * All have their buffers at the same addresses, so that a translation used for
 * the wrong PASID leads into the memory of another process.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define PROCESSES_MAX	1000u
#define JOB_MS		60000
#define SEED(nr, round)	(0x1501000000000000ull + \
			 ((uint64_t)(nr) << 32) + (uint64_t)(round) * PAGE)

/* What the processes may do. */
enum {
	WORK = 1,
	UNBIND,
};

/* What each process tells, in shared memory. */
struct tenant {
	struct sva_child child;
	unsigned int nr;
	int mode;
	uint32_t pasid;
	uint32_t context;
	unsigned int copies;
	unsigned int failed;
	uint64_t different;
	uint64_t changed;
};

static struct house {
	unsigned int processes;
	unsigned int rounds;
	size_t size;
	/* Source, destination, and memory that no job names. */
	char *base;
	struct tenant *tenant;
	/* Shared: counts of processes, and what they may do. */
	struct {
		unsigned int bound;
		unsigned int working;
		unsigned int most;
		unsigned int done;
		unsigned int go;
	} *now;
} h;

static void await(const unsigned int *value, unsigned int want)
{
	uint64_t end = sva_deadline(JOB_MS);

	while (__atomic_load_n(value, __ATOMIC_SEQ_CST) < want) {
		if (sva_now_ms() > end)
			sva_error("the processes wait for each other");
		sva_sleep_ms(1);
	}
}

static void begin_work(void)
{
	unsigned int n = __atomic_add_fetch(&h.now->working, 1,
					    __ATOMIC_SEQ_CST);
	unsigned int most = __atomic_load_n(&h.now->most, __ATOMIC_SEQ_CST);

	while (n > most &&
	       !__atomic_compare_exchange_n(&h.now->most, &most, n, false,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST))
		;
}

static void copy_once(struct tenant *t, struct sva_dev *dev,
		      unsigned int round)
{
	char *src = h.base, *dst = h.base + h.size;
	struct sva_desc desc = sva_copy_desc(dev, src, dst, h.size);
	struct sva_completion cpl;

	sva_pattern(src, h.size, SEED(t->nr, round));
	cpl = sva_run(dev, &desc, JOB_MS);
	t->copies++;
	t->failed += cpl.status != SVA_ST_SUCCESS;
	t->different += sva_pattern_diff(dst, h.size, SEED(t->nr, round));
	t->different += sva_pattern_diff(src, h.size, SEED(t->nr, round));
}

/* A pipe reports its end only when nobody else has it open. */
static void forget_others(const struct tenant *t)
{
	for (unsigned int i = 0; i < t->nr; i++) {
		close(h.tenant[i].child.ready);
		close(h.tenant[i].child.go);
	}
}

static void tenant_main(void *arg)
{
	struct tenant *t = arg;
	char *idle = h.base + 2 * h.size;
	struct sva_dev dev;

	forget_others(t);
	munmap(h.base, 3 * h.size);
	sva_map(h.base, 3 * h.size, PROT_READ | PROT_WRITE);
	sva_pattern(idle, h.size, SEED(t->nr, h.rounds));
	if (t->mode != SVA_MODE_ASKING)
		sva_touch_pages(h.base, 2 * h.size);
	sva_open(&dev, t->mode);
	t->pasid = dev.pasid;
	t->context = dev.context;
	__atomic_add_fetch(&h.now->bound, 1, __ATOMIC_SEQ_CST);

	await(&h.now->go, WORK);
	begin_work();
	for (unsigned int i = 0; i < h.rounds; i++)
		copy_once(t, &dev, i);
	__atomic_sub_fetch(&h.now->working, 1, __ATOMIC_SEQ_CST);
	t->changed = sva_pattern_pages(idle, h.size, SEED(t->nr, h.rounds));
	__atomic_add_fetch(&h.now->done, 1, __ATOMIC_SEQ_CST);

	/* At exit the address space would go first. */
	await(&h.now->go, UNBIND);
	sva_close(&dev);
}

static void start(void)
{
	h.tenant = sva_shared(PROCESSES_MAX * sizeof(*h.tenant));
	h.now = sva_shared(sizeof(*h.now));
	h.base = sva_map(NULL, 3 * h.size, PROT_NONE);
	for (unsigned int i = 0; i < h.processes; i++) {
		h.tenant[i].nr = i;
		h.tenant[i].mode = i % SVA_MODE_COUNT;
		sva_child_start(&h.tenant[i].child, tenant_main,
				&h.tenant[i]);
	}
	await(&h.now->bound, h.processes);
	sva_fact("processes %u", h.processes);
	sva_fact("mode " SVA_ALL_MODES("+"));
	sva_fact("pid %d", h.tenant[0].child.pid);
	sva_fact("pasid %u", h.tenant[0].pasid);
	sva_stage("bound");
}

/* Processes that share a PASID or a context with one before them. */
static unsigned int count_doubles(void)
{
	unsigned int n = 0;

	for (unsigned int i = 1; i < h.processes; i++)
		for (unsigned int j = 0; j < i; j++)
			if (h.tenant[i].pasid == h.tenant[j].pasid ||
			    h.tenant[i].context == h.tenant[j].context) {
				n++;
				break;
			}
	return n;
}

static void report(void)
{
	unsigned int copies = 0, failed = 0;
	uint64_t different = 0, changed = 0;

	for (unsigned int i = 0; i < h.processes; i++) {
		copies += h.tenant[i].copies;
		failed += h.tenant[i].failed;
		different += h.tenant[i].different;
		changed += h.tenant[i].changed;
	}
	sva_fact("processes.at-once %u", h.now->most);
	sva_fact("processes.double %u", count_doubles());
	sva_fact("copies %u", copies);
	sva_fact("copies.failed %u", failed);
	sva_fact("data.different %llu", (unsigned long long)different);
	sva_fact("idle.changed %llu", (unsigned long long)changed);
	sva_ok(!count_doubles(), "each process has a PASID and a context");
	sva_ok(!failed, "all copies complete");
	sva_ok(!different && !changed, "each process sees its own data only");
}

static void scenario_isolation(void)
{
	unsigned int pages = sva_opt_num("pages", 8);

	h.processes = sva_opt_num("processes", 64);
	h.rounds = sva_opt_num("rounds", 20);
	sva_opt_check();
	if (h.processes < 2 || h.processes > PROCESSES_MAX || !h.rounds ||
	    !pages || pages > 1024)
		sva_error("unusable number of processes, rounds or pages");
	h.size = pages * PAGE;

	start();
	__atomic_store_n(&h.now->go, WORK, __ATOMIC_SEQ_CST);
	await(&h.now->done, h.processes);
	report();
	sva_stage("done");

	__atomic_store_n(&h.now->go, UNBIND, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < h.processes; i++)
		sva_child_wait(&h.tenant[i].child, JOB_MS);
	sva_stage("unbound");
	for (unsigned int i = 0; i < h.processes; i++)
		sva_child_end(&h.tenant[i].child);
}
SVA_SCENARIO("isolation", scenario_isolation);
