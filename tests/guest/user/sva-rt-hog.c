// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: programs of the highest priority keep all processors
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt-hog.h"
#include "sva.h"

#define RT_RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define FAIR_RUNTIME	"/sys/kernel/debug/sched/fair_server/cpu%u/runtime"

enum { BEFORE, STORM, AFTER };

static ssize_t transfer(const char *path, int flags, char *text, size_t len)
{
	int fd = open(path, flags | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = flags == O_WRONLY ? write(fd, text, len) : read(fd, text, len);
	if (n < 0)
		sva_error("%s: %s", path, strerror(errno));
	close(fd);
	return n;
}

/*
 * Write @value, or what was read before if that is NULL.  A kernel without the
 * file has no such limit.
 */
static void set_limit(const char *path, char *value, char was[32])
{
	ssize_t n;

	if (value) {
		n = transfer(path, O_RDONLY, was, 31);
		was[n < 0 ? 0 : n] = 0;
	} else {
		value = was;
	}
	if (was[0])
		transfer(path, O_WRONLY, value, strlen(value));
}

/*
 * Each second the kernel keeps some time for ordinary programs, by throttling
 * real-time ones and by a deadline server.  On a slow host that is enough for
 * what must not run.
 */
static void limits(bool off)
{
	static char rt[32], fair[RT_HOG_CPUS_MAX][32];
	unsigned int cpus = sva_cpus();
	char path[64];

	set_limit(RT_RUNTIME, off ? "-1" : NULL, rt);
	for (unsigned int cpu = 0; cpu < cpus && cpu < RT_HOG_CPUS_MAX; cpu++) {
		snprintf(path, sizeof(path), FAIR_RUNTIME, cpu);
		set_limit(path, off ? "0" : NULL, fair[cpu]);
	}
}

static void priority(int policy, int below)
{
	struct sched_param param = {
		.sched_priority = policy == SCHED_FIFO ?
			sched_get_priority_max(SCHED_FIFO) - below : 0,
	};

	if (sched_setscheduler(0, policy, &param))
		sva_error("sched_setscheduler: %s", strerror(errno));
}

void rt_hog_priority(int below)
{
	priority(SCHED_FIFO, below);
}

/* Keeps one processor from the begin of the storm until it is over. */
_Noreturn static void keep_cpu(const struct rt_hog *s, unsigned int cpu)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sva_run_on(cpu);
	while (*s->phase == BEFORE)
		sched_yield();
	priority(SCHED_FIFO, 0);
	while (*s->phase == STORM)
		;
	_exit(0);
}

void rt_hog_prepare(struct rt_hog *s)
{
	unsigned int cpus = sva_cpus();

	if (!s->phase)
		s->phase = sva_shared(4096);
	*s->phase = BEFORE;
	s->n = 0;
	for (unsigned int cpu = 1; cpu < cpus && cpu < RT_HOG_CPUS_MAX; cpu++) {
		pid_t pid = fork();

		if (pid < 0)
			sva_error("fork: %s", strerror(errno));
		if (!pid)
			keep_cpu(s, cpu);
		s->pids[s->n++] = pid;
	}
}

void rt_hog_others(struct rt_hog *s)
{
	sva_run_on(0);
	limits(true);
	*s->phase = STORM;
	sva_sleep_ms(5);
}

void rt_hog_begin(struct rt_hog *s)
{
	rt_hog_others(s);
	priority(SCHED_FIFO, 0);
}

void rt_hog_end(struct rt_hog *s)
{
	*s->phase = AFTER;
	priority(SCHED_OTHER, 0);
	for (unsigned int i = 0; i < s->n; i++)
		waitpid(s->pids[i], NULL, 0);
	limits(false);
}
