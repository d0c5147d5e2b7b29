// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios oom and oom-reaper: the OOM killer takes the bound process, and the
 * device stops late
 *
 * Memory must come back at once: the driver's wait for the device is after the
 * end of the address space.  In oom-reaper a thread of the victim waits in the
 * driver, so that the address space does not end; the OOM reaper has to empty it
 * while the device works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define LATE_MS		30000
#define COMMAND_MS	600000
#define TICK_MS		10
#define JOB_MS		60000
/* Memory to leave free. */
#define RESERVE		(16 * MIB)

static size_t ballast;
static bool stuck;

/* In shared memory. */
static struct {
	unsigned int stop;
	unsigned int ticks;
	uint64_t max_ms;
	/* The victim's thread must enter the driver. */
	unsigned int command;
} *shared;

static void set_score(int adj)
{
	char text[16];
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	int n = snprintf(text, sizeof(text), "%d", adj);

	if (fd < 0 || write(fd, text, n) != n)
		sva_error("oom_score_adj: %s", strerror(errno));
	close(fd);
}

static unsigned long oom_kills(void)
{
	FILE *f = fopen("/proc/vmstat", "re");
	unsigned long n = 0;
	bool found = false;
	char line[128];

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "oom_kill %lu", &n) == 1;
	if (!found)
		sva_error("/proc/vmstat does not count what the OOM killer does");
	fclose(f);
	return n;
}

/* Shows whether the machine answers. */
static void ticker_main(void *unused)
{
	uint64_t last = sva_now_ms(), now;

	(void)unused;
	while (!__atomic_load_n(&shared->stop, __ATOMIC_SEQ_CST)) {
		sva_sleep_ms(TICK_MS);
		now = sva_now_ms();
		if (now - last > shared->max_ms)
			shared->max_ms = now - last;
		last = now;
		shared->ticks++;
	}
}

/* Whom the OOM killer would take next. */
static void bystander_main(void *unused)
{
	(void)unused;
	set_score(500);
}

static void *command_main(void *arg)
{
	struct sva_victim *v = arg;

	while (!__atomic_load_n(&shared->command, __ATOMIC_SEQ_CST))
		sva_sleep_ms(1);
	/* Uninterruptible: steps after a stop must not be skipped. */
	sva_command(&v->theirs[0], SVA_CMD_ABORT, COMMAND_MS);
	return NULL;
}

static void prepare(struct sva_victim *v)
{
	pthread_t unused;

	set_score(1000);
	sva_touch_pages(sva_map(NULL, ballast, PROT_READ | PROT_WRITE),
			ballast);
	sva_workload_prepare(v);
	if (stuck && pthread_create(&unused, NULL, command_main, v))
		sva_error("cannot start a thread");
}

/* All memory is used until the victim's comes back. */
static void use_up_memory(struct sva_victim *v)
{
	uint64_t begin = sva_now_ms();
	unsigned long before = oom_kills();
	size_t limit = sva_meminfo("MemAvailable") * KIB + ballast - RESERVE;

	sva_workload_fill(v, limit);
	sva_fact("oom.fill-ms %llu",
		 (unsigned long long)(sva_now_ms() - begin));
	if (oom_kills() == before)
		sva_error("the OOM killer did nothing");
}

/* The driver has yet to bring the device to rest. */
static void go_on_without_memory(struct sva_victim *v,
				 const struct sva_dev *watch, uint64_t begin)
{
	sva_workload_wait_refused(v, watch, begin);
	if (stuck) {
		sva_workload_watch(v, watch);
		sva_probe(watch, "gone", SVA_PROBE_ATS, v->pasid,
			  (uintptr_t)v->address);
		sva_probe(watch, "gone", SVA_PROBE_PRG, v->pasid,
			  (uintptr_t)v->address);
		sva_stage("reaped");
	} else {
		sva_stage("exited");
		sva_workload_gone(v, watch);
		sva_stage("mm-gone");
	}
	sva_fact("gone.closing %d",
		 !sva_thread_over(v->child.pid, v->child.pid) || stuck);
}

static void await_end(struct sva_victim *v, uint64_t begin)
{
	int status;

	status = sva_reap(v->child.pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		sva_error("the victim ended with status 0x%x", status);
	sva_fact("unbind.ms %llu", (unsigned long long)(sva_now_ms() - begin));
	sva_workload_check();
}

static void report(const struct sva_child *ticker, unsigned long kills)
{
	__atomic_store_n(&shared->stop, 1, __ATOMIC_SEQ_CST);
	sva_child_wait((struct sva_child *)(uintptr_t)ticker, JOB_MS);
	kills = oom_kills() - kills;
	sva_fact("oom.kills %lu", kills);
	sva_fact("tick.count %u", shared->ticks);
	sva_fact("tick.max-ms %llu", (unsigned long long)shared->max_ms);
	sva_ok(kills == 1, "the OOM killer took one process");
}

static void run(const char *modes)
{
	struct sva_victim *v = sva_workload_new(modes);
	struct sva_child ticker, bystander;
	struct sva_dev watch;
	unsigned long kills = oom_kills();
	uint64_t begin;

	ballast = sva_opt_num("ballast", 96) * MIB;
	sva_opt_check();
	if (ballast < 2 * RESERVE)
		sva_error("unusable size of the ballast");
	set_score(-1000);
	shared = sva_shared(sizeof(*shared));
	sva_open(&watch, SVA_MODE_UNTRANSLATED);
	v->prepare = prepare;
	sva_child_start(&bystander, bystander_main, NULL);
	sva_child_wait(&bystander, JOB_MS);
	/* Before there are files of the victim that it could inherit. */
	sva_child_start(&ticker, ticker_main, NULL);
	sva_workload_bound(v);

	/* A process that exits closes its files in the reverse order. */
	sva_workload_stop_late(v, stuck ? 0 : v->n - 1, LATE_MS);
	sva_victim_let_go(v);
	begin = sva_now_ms();
	__atomic_store_n(&shared->command, 1, __ATOMIC_SEQ_CST);
	use_up_memory(v);
	go_on_without_memory(v, &watch, begin);
	await_end(v, begin);
	report(&ticker, kills);
	sva_stage("unbound");

	sva_workload_late(v, &watch);
	sva_workload_free();
	sva_child_end(&ticker);
	sva_child_end(&bystander);
	sva_victim_reuse(v);
	sva_close(&watch);
}

static void scenario_oom(void)
{
	run(SVA_ALL_MODES(":"));
}
SVA_SCENARIO("oom", scenario_oom);

static void scenario_oom_reaper(void)
{
	stuck = true;
	run(SVA_MODES_SILENT);
}
SVA_SCENARIO("oom-reaper", scenario_oom_reaper);
