// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario daemonise: the process that bound forks and exits
 *
 * The daemon, its child, has the files and some of the memory.  It is not bound:
 * the PASID stays with an address space that is gone, until the daemon closes
 * the files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define SURVIVOR_SIZE	(16 * PAGE)
#define LATE_MS		1500

static struct sva_survivor *h;

_Noreturn static void daemon_main(void)
{
	pid_t parent = getppid();

	/* From then on the pages are its own: those that the device knew. */
	while (getppid() == parent)
		sva_sleep_ms(1);
	sva_survivor_serve(h);
}

static void prepare(struct sva_victim *v)
{
	pid_t pid;

	h->memory = sva_map(NULL, h->size, PROT_READ | PROT_WRITE);
	sva_workload_touch(v, h->memory, h->size);
	sva_workload_prepare(v);
	/* These pages must be freed when the process ends. */
	if (madvise(v->address, v->size, MADV_DONTFORK))
		sva_error("madvise: %s", strerror(errno));

	h->n = v->n;
	for (unsigned int i = 0; i < v->n; i++)
		h->fd[i] = v->theirs[i].fd;
	pid = fork();
	if (pid < 0)
		sva_error("fork: %s", strerror(errno));
	if (!pid)
		daemon_main();
	h->pid = pid;
}

/* Single writes to the daemon's memory at the addresses of its parent. */
static void probe_survivor(const struct sva_victim *v,
			   const struct sva_dev *watch)
{
	for (size_t at = 0; at < h->size; at += PAGE)
		sva_probe(watch, "survivor", SVA_PROBE_WRITE, v->pasid,
			  (uintptr_t)h->memory + at);
}

static void only_daemon(struct sva_victim *v)
{
	sva_victim_let_go(v);
	sva_survivor_ask(h, SVA_SURVIVOR_LOOK);
	sva_fact("survivor.bound %u", h->bound);
	sva_ok(h->bound == v->n,
	       "the bond lasts as long as the daemon has the files");
	sva_victim_keep(v);
}

static void daemon_closes(struct sva_victim *v)
{
	(void)v;
	sva_survivor_ask(h, SVA_SURVIVOR_CLOSE);
}

static void scenario_daemonise(void)
{
	struct sva_victim *v = sva_workload_new(SVA_ALL_MODES(":"));
	struct sva_dev watch;
	uint64_t begin;
	int status;

	sva_opt_check();
	/* The daemon's parent is to be this process, not init. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	h = sva_survivor_new();
	h->size = SURVIVOR_SIZE;
	sva_open(&watch, SVA_MODE_UNTRANSLATED);
	v->prepare = prepare;
	sva_workload_bound(v);

	begin = sva_now_ms();
	sva_child_end(&v->child);
	sva_victim_wait_gone(v, begin);
	sva_survivor_wait(h);
	sva_survivor_ask(h, SVA_SURVIVOR_TAKE);
	sva_workload_gone(v, &watch);
	probe_survivor(v, &watch);
	sva_workload_stop_late(v, 0, LATE_MS);
	only_daemon(v);
	sva_stage("mm-gone");

	sva_workload_unbind(v, &watch, daemon_closes);
	sva_survivor_report(h);
	sva_stage("unbound");

	sva_workload_late(v, &watch);
	sva_survivor_ask(h, SVA_SURVIVOR_EXIT);
	if (waitpid(h->pid, &status, 0) != h->pid || status)
		sva_error("the daemon ended with status 0x%x", status);
	sva_victim_reuse(v);
	sva_close(&watch);
}
SVA_SCENARIO("daemonise", scenario_daemonise);
