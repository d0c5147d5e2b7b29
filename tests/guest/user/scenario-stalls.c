// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario stall-across-exit: a process is killed while requests of many of its
 * contexts are stalled
 *
 * Scenario resume-storm: many contexts of several processes have thousands of
 * requests stall, each of which must be resumed once
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "rt-hog.h"
#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define CONTEXTS	48u
/* Of each context, before the requests that are stalled at the kill. */
#define EXIT_PAGES	8u
#define EXIT_PART	(2 * EXIT_PAGES * PAGE)
#define START_MS	30000
#define GONE_MS		60000
#define REST_MS		30000
#define ERROR_MS	10000
#define PROCESSES	4u
#define PER_PROCESS	(CONTEXTS / PROCESSES)
#define STORM_PAGES	64u
#define STORM_PART	(STORM_PAGES * PAGE)
#define JOB_MS		60000

/* In shared memory. */
struct process {
	struct sva_child child;
	volatile bool ready;
	volatile bool go;
	unsigned int contexts;
	struct sva_dev dev[CONTEXTS];
	unsigned int rounds;
	unsigned int failed;
	unsigned int wrong;
};

static void open_all(struct process *p, unsigned int n)
{
	for (p->contexts = 0; p->contexts < n; p->contexts++)
		sva_open(&p->dev[p->contexts], SVA_MODE_ASKING);
}

static uint32_t touch_part(struct process *p, unsigned int i, char *part)
{
	struct sva_desc desc;

	desc = sva_touch_desc(&p->dev[i], part, EXIT_PAGES * PAGE, 1, 0);
	desc.flags &= ~SVA_DF_KEEP_GOING;
	return sva_submit(&p->dev[i], &desc);
}

/*
 * Whatever serves a fault keeps the memory of this process till it is done.  So
 * nothing is stalled when the storm begins, and what stalls from then on finds
 * nobody who serves it before the exit.
 */
_Noreturn static void touch_and_stall(struct process *p)
{
	uint32_t nr[CONTEXTS];
	char *buf;

	open_all(p, CONTEXTS);
	buf = sva_map(NULL, CONTEXTS * EXIT_PART, PROT_READ | PROT_WRITE);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		nr[i] = touch_part(p, i, buf + i * EXIT_PART);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		if (sva_wait(&p->dev[i], nr[i], JOB_MS).status !=
		    SVA_ST_SUCCESS)
			sva_error("a job failed before the kill");
	rt_hog_priority(1);
	p->ready = true;
	while (!p->go)
		sva_sleep_ms(1);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		touch_part(p, i, buf + i * EXIT_PART + EXIT_PART / 2);
	for (;;)
		;
}

static void exiting_main(void *arg)
{
	touch_and_stall(arg);
}

static void wait_ready(const struct process *p)
{
	uint64_t end = sva_deadline(JOB_MS);

	while (!p->ready) {
		if (sva_now_ms() > end)
			sva_error("the process that is to be killed hangs");
		sva_sleep_ms(1);
	}
}

static unsigned int running(const struct sva_dev *dev)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < CONTEXTS; i++)
		n += sva_reg_read(&dev[i], SVA_CTX_RUNNING) & 1;
	return n;
}

/* Contexts that come to rest, and how many of them by an abort. */
static void report_rest(const struct sva_dev *dev)
{
	unsigned int rested = 0, aborted = 0, ms = ERROR_MS;
	struct sva_accel_info info;

	for (unsigned int i = 0; i < CONTEXTS; i++) {
		rested += sva_wait_reg(&dev[i], SVA_CTX_RUNNING, 1, 0, REST_MS);
		/* Wait for one missing error, not for each. */
		if (!sva_wait_error(&dev[i], &info, ms))
			ms = 0;
		aborted += (info.err_status & SVA_ERRST_CODE) ==
			   SVA_ST_ACCESS_ABORTED;
	}
	sva_fact("gone.rested %u", rested);
	sva_fact("gone.aborted %u", aborted);
	sva_ok(rested == CONTEXTS, "no request waits for ever");
	sva_stage("mm-gone");
}

static void unbind_all(const struct sva_dev *dev)
{
	uint64_t begin = sva_now_ms();
	int status = 0;

	for (unsigned int i = 0; i < CONTEXTS; i++) {
		int ret = sva_unbind(&dev[i], SVA_ACCEL_STOP_UNBIND);

		status = ret ? -ret : status;
	}
	sva_fact("unbind.ms %llu", (unsigned long long)(sva_now_ms() - begin));
	sva_fact("unbind.status %d", status);
	sva_fact("unbind.running %u", running(dev));
	sva_ok(!status, "the driver unbinds");
	sva_stage("unbound");
}

/* All contexts stall, since nothing serves them. */
static void stall_all(struct process *p, const struct sva_dev *dev)
{
	uint64_t number = sva_count_stalls(dev) + CONTEXTS;
	uint64_t end = sva_deadline(START_MS);

	p->go = true;
	while (sva_count_stalls(dev) < number) {
		if (sva_now_ms() > end)
			sva_error("only %llu of %llu requests stalled",
				  (unsigned long long)sva_count_stalls(dev),
				  (unsigned long long)number);
		sva_sleep_ms(1);
	}
}

static void scenario_stall_across_exit(void)
{
	struct process *p = sva_shared(sizeof(*p));
	struct sva_dev dev[CONTEXTS];
	static struct rt_hog hog;
	uint64_t begin;
	bool gone = true;

	sva_opt_check();
	/* Later there is no time. */
	sva_stage("begin");
	sva_child_start(&p->child, exiting_main, p);
	wait_ready(p);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		sva_attach(&dev[i], sva_steal_fd(p->child.pid, p->dev[i].fd),
			   SVA_MODE_ASKING);
	sva_fact("mode %s", SVA_MODE_ASKING_NAME);
	sva_fact("pid %d", p->child.pid);
	sva_fact("pasid %u", dev[0].pasid);
	sva_fact("contexts %u", CONTEXTS);
	rt_hog_prepare(&hog);
	rt_hog_begin(&hog);
	stall_all(p, &dev[0]);
	sva_fact("kill.running %u", running(dev));
	sva_fact("kill.stalls %llu",
		 (unsigned long long)sva_count_stalls(&dev[0]));

	begin = sva_now_ms();
	sva_kill(p->child.pid);
	rt_hog_end(&hog);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		gone &= sva_wait_mm_gone(&dev[i], GONE_MS);
	if (!sva_ok(gone, "the address space goes away"))
		sva_error("the address space is still there");
	sva_fact("gone.wait-ms %llu",
		 (unsigned long long)(sva_now_ms() - begin));
	report_rest(dev);
	unbind_all(dev);
	for (unsigned int i = 0; i < CONTEXTS; i++)
		sva_close(&dev[i]);
}
SVA_SCENARIO("stall-across-exit", scenario_stall_across_exit);

/* All contexts of one process write into memory that is not there. */
static void storm_once(struct process *p, char *buf, uint64_t value)
{
	uint32_t nr[PER_PROCESS];

	madvise(buf, PER_PROCESS * STORM_PART, MADV_DONTNEED);
	for (unsigned int i = 0; i < PER_PROCESS; i++) {
		struct sva_desc desc;

		desc = sva_touch_desc(&p->dev[i], buf + i * STORM_PART,
				      STORM_PART, 1, 0);
		desc.src = value + i;
		nr[i] = sva_submit(&p->dev[i], &desc);
	}
	for (unsigned int i = 0; i < PER_PROCESS; i++) {
		struct sva_completion cpl;
		char *part = buf + i * STORM_PART;
		uint64_t want = value + i;

		cpl = sva_wait(&p->dev[i], nr[i], JOB_MS);
		p->failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
		for (size_t at = 0; at < STORM_PART; at += PAGE)
			p->wrong += memcmp(part + at, &want, 8) != 0;
	}
}

static void storm(void *arg)
{
	struct process *p = arg;
	char *buf;

	open_all(p, PER_PROCESS);
	buf = sva_map(NULL, PER_PROCESS * STORM_PART, PROT_READ | PROT_WRITE);
	for (unsigned int r = 0; r < p->rounds && !p->failed; r++)
		storm_once(p, buf, ((uint64_t)getpid() << 32) + (r << 8) + 1);
}

static void scenario_resume_storm(void)
{
	struct process *p = sva_shared(PROCESSES * sizeof(*p));
	unsigned int rounds = sva_opt_num("rounds", 2);
	unsigned int failed = 0, wrong = 0;

	sva_opt_check();
	if (!rounds)
		sva_error("unusable number of rounds");
	for (unsigned int i = 0; i < PROCESSES; i++) {
		p[i].rounds = rounds;
		sva_child_start(&p[i].child, storm, &p[i]);
	}
	for (unsigned int i = 0; i < PROCESSES; i++) {
		sva_child_wait(&p[i].child, 4 * JOB_MS);
		failed += p[i].failed;
		wrong += p[i].wrong;
	}
	sva_fact("mode %s", SVA_MODE_ASKING_NAME);
	sva_fact("pid %d", p[0].child.pid);
	sva_fact("pasid %u", p[0].dev[0].pasid);
	sva_fact("rounds %u", rounds);
	sva_fact("processes %u", PROCESSES);
	sva_fact("contexts %u", PROCESSES * PER_PROCESS);
	sva_fact("pages %u", rounds * PROCESSES * PER_PROCESS * STORM_PAGES);
	sva_fact("jobs.failed %u", failed);
	sva_fact("pages.wrong %u", wrong);
	sva_ok(!failed && !wrong, "what the device wrote is there");
	sva_stage("done");

	/* A process has the pipes of those before it. */
	for (unsigned int i = PROCESSES; i--;)
		sva_child_end(&p[i].child);
	sva_stage("unbound");
}
SVA_SCENARIO("resume-storm", scenario_resume_storm);
