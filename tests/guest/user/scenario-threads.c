// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario threads: the threads of the bound process exit one by one
 *
 * The leader, which bound, is the first.  The address space, and with it the
 * bond, lasts as long as one thread is left.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define THREADS_MAX	64u
#define COPY_SIZE	(64 * KIB)
#define EXIT_MS		30000
#define WRITE_MS	30000
#define LATE_MS		1500

/* In shared memory. */
struct team {
	unsigned int threads;
	/* Of the threads, the leader being number 0. */
	pid_t tid[THREADS_MAX];
	/* Threads below this number must exit. */
	unsigned int leave;
	/* The last one must have a copy made. */
	unsigned int copy;
	unsigned int copied;
	struct sva_dev dev;
	struct sva_copy last;
};

static struct team *team;

static unsigned int load(const unsigned int *value)
{
	return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

static void *thread_main(void *arg)
{
	unsigned int nr = (uintptr_t)arg;

	__atomic_store_n(&team->tid[nr], gettid(), __ATOMIC_SEQ_CST);
	while (load(&team->leave) <= nr) {
		if (nr == team->threads - 1 && load(&team->copy) &&
		    !load(&team->copied)) {
			sva_copy_untouched(&team->dev, COPY_SIZE, NULL,
					   &team->last);
			__atomic_store_n(&team->copied, 1, __ATOMIC_SEQ_CST);
		}
		sva_sleep_ms(1);
	}
	syscall(SYS_exit, 0);
	return NULL;
}

/* The leader waits in a read; this thread ends, not the process. */
static void leave(int sig)
{
	(void)sig;
	syscall(SYS_exit, 0);
}

static void prepare(struct sva_victim *v)
{
	pthread_t unused;

	sva_workload_prepare(v);
	sva_open(&team->dev, SVA_MODE_ASKING);
	signal(SIGUSR1, leave);
	team->tid[0] = getpid();
	for (uintptr_t i = 1; i < team->threads; i++)
		if (pthread_create(&unused, NULL, thread_main, (void *)i))
			sva_error("cannot start thread %lu",
				  (unsigned long)i);
	for (unsigned int i = 1; i < team->threads; i++)
		while (!__atomic_load_n(&team->tid[i], __ATOMIC_SEQ_CST))
			sva_sleep_ms(1);
}

static void end_thread(const struct sva_victim *v, unsigned int nr)
{
	uint64_t end = sva_deadline(EXIT_MS);

	__atomic_store_n(&team->leave, nr + 1, __ATOMIC_SEQ_CST);
	if (!nr && syscall(SYS_tgkill, v->child.pid, team->tid[0], SIGUSR1))
		sva_error("tgkill: %s", strerror(errno));
	while (!sva_thread_over(v->child.pid, team->tid[nr])) {
		if (sva_now_ms() > end)
			sva_error("thread %u does not exit", nr);
		sva_sleep_ms(1);
	}
}

/* All but the last one; after each the device must still write. */
static void end_most(struct sva_victim *v, struct sva_writers *writers)
{
	struct sva_window window = { 0 };
	unsigned int stalled = 0, nr;

	sva_window_open(&window, writers);
	for (nr = 0; nr < team->threads - 1; nr++) {
		end_thread(v, nr);
		stalled += !sva_writers_try_written(writers, v->size / 4096 * 8,
						    WRITE_MS);
	}
	sva_window_close(&window, writers);
	sva_window_report(&window, writers, "threads");
	sva_fact("threads %u", team->threads);
	sva_fact("threads.left %u", team->threads - nr);
	sva_fact("threads.stalled %u", stalled);
	sva_ok(!stalled, "the device writes on after each thread that exits");
}

static void last_copies(const struct sva_victim *v)
{
	uint64_t end = sva_deadline(WRITE_MS);

	sva_fact("leader.gone %d",
		 sva_thread_over(v->child.pid, team->tid[0]));
	__atomic_store_n(&team->copy, 1, __ATOMIC_SEQ_CST);
	while (!load(&team->copied)) {
		if (sva_now_ms() > end)
			sva_error("the last thread does not come to its copy");
		sva_sleep_ms(1);
	}
	sva_fact("last.status 0x%02x", team->last.cpl.status);
	sva_fact("last.different %llu",
		 (unsigned long long)team->last.different);
	sva_ok(team->last.cpl.status == SVA_ST_SUCCESS &&
	       !team->last.different, "the last thread has its copy made");
	sva_stage("last");
}

static void end_last(struct sva_victim *v)
{
	uint64_t begin = sva_now_ms();
	int status;

	__atomic_store_n(&team->leave, team->threads, __ATOMIC_SEQ_CST);
	status = sva_reap(v->child.pid);
	if (status)
		sva_error("the process ended with status 0x%x", status);
	sva_victim_wait_gone(v, begin);
}

static void scenario_threads(void)
{
	struct sva_victim *v = sva_workload_new(SVA_ALL_MODES(":"));
	unsigned int threads = sva_opt_num("threads", 8);
	struct sva_writers writers = { 0 };

	sva_opt_check();
	if (threads < 2 || threads > THREADS_MAX)
		sva_error("unusable number of threads");
	team = sva_shared(sizeof(*team));
	team->threads = threads;
	v->prepare = prepare;
	sva_workload_bound(v);

	writers.n = v->n;
	memcpy(writers.modes, v->modes, sizeof(writers.modes));
	memcpy(writers.dev, v->dev, sizeof(writers.dev));
	end_most(v, &writers);
	last_copies(v);

	end_last(v);
	sva_workload_gone(v, &v->dev[0]);
	sva_stage("mm-gone");

	sva_workload_stop_late(v, 0, LATE_MS);
	sva_workload_unbind(v, &v->dev[0], sva_victim_unbind);
	sva_ok(!sva_workload_running(v), "the device is at rest after unbind");
	sva_stage("unbound");

	sva_workload_late(v, &v->dev[0]);
	sva_victim_reuse(v);
}
SVA_SCENARIO("threads", scenario_threads);
