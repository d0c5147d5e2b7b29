// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario exec: the process that bound executes another program
 *
 * The process goes on with a new address space that has memory at the same
 * addresses.  The bond stays with the old one, until the files are closed: by
 * the new program, or by exec itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define SELF		"/proc/self/exe"
/* Far from what a program has by itself, so that both can have it. */
#define ADDRESS		((void *)0x100000000000ul)
#define LATE_KEEP_MS	1500
#define LATE_CLOEXEC_MS	10000
#define IDLE_MS		500

static struct sva_survivor *h;
static bool keep;

_Noreturn void scenario_exec_image(int fd)
{
	h = sva_survivor_map(fd);
	sva_map(h->memory, h->size, PROT_READ | PROT_WRITE);
	sva_survivor_serve(h);
}

/* A signal, because the process waits in a read. */
static void execute(int sig)
{
	static char option[] = SVA_EXEC_IMAGE, fd[16], name[] = "image";
	char *argv[] = { name, option, fd, NULL };

	(void)sig;
	snprintf(fd, sizeof(fd), "%d", h->self);
	execv(SELF, argv);
	_exit(SVA_EXIT_SETUP);
}

static void prepare(struct sva_victim *v)
{
	sva_workload_prepare(v);
	signal(SIGUSR1, execute);
	for (unsigned int i = 0; keep && i < v->n; i++) {
		h->fd[i] = v->theirs[i].fd;
		if (fcntl(h->fd[i], F_SETFD, 0))
			sva_error("fcntl: %s", strerror(errno));
	}
	h->n = keep ? v->n : 0;
	h->memory = v->address;
	h->size = v->size;
}

static void start_program(const struct sva_victim *v)
{
	if (kill(v->child.pid, SIGUSR1))
		sva_error("kill: %s", strerror(errno));
}

static void survivor_closes(struct sva_victim *v)
{
	(void)v;
	sva_survivor_ask(h, SVA_SURVIVOR_CLOSE);
}

static void gone_keep(struct sva_victim *v, const struct sva_dev *watch)
{
	uint64_t begin = sva_now_ms();

	start_program(v);
	sva_victim_wait_gone(v, begin);
	sva_survivor_wait(h);
	/* Before the new program takes the freed pages. */
	sva_workload_fill(v, 0);
	sva_survivor_ask(h, SVA_SURVIVOR_TAKE);
	sva_workload_gone(v, watch);
	sva_workload_stop_late(v, 0, LATE_KEEP_MS);
	sva_victim_let_go(v);
	sva_survivor_ask(h, SVA_SURVIVOR_LOOK);
	sva_fact("survivor.bound %u", h->bound);
	sva_ok(h->bound == v->n,
	       "the bond lasts as long as the new program has the files");
	sva_victim_keep(v);
	sva_stage("mm-gone");
	sva_workload_unbind(v, watch, survivor_closes);
}

/*
 * exec drops the old address space, then closes the files, and the driver
 * waits for a context that stops late.
 */
static void gone_cloexec(struct sva_victim *v, const struct sva_dev *watch)
{
	uint64_t begin = sva_now_ms();

	sva_workload_stop_late(v, 0, LATE_CLOEXEC_MS);
	sva_victim_let_go(v);
	start_program(v);
	sva_workload_wait_refused(v, watch, begin);
	sva_stage("exited");
	sva_workload_gone(v, watch);
	sva_victim_keep(v);
	sva_stage("mm-gone");
	sva_fact("gone.closing %d", !sva_survivor_ready(h));
	sva_survivor_wait(h);
	sva_fact("unbind.ms %llu", (unsigned long long)(sva_now_ms() - begin));
	sva_workload_check();
	sva_survivor_ask(h, SVA_SURVIVOR_TAKE);
	sva_sleep_ms(IDLE_MS);
	sva_survivor_ask(h, SVA_SURVIVOR_LOOK);
}

static void scenario_exec(void)
{
	struct sva_victim *v = sva_workload_new(SVA_ALL_MODES(":"));
	const char *files = sva_opt("files", "keep");
	struct sva_dev watch;

	sva_opt_check();
	keep = !strcmp(files, "keep");
	if (!keep && strcmp(files, "cloexec"))
		sva_error("no such way to treat files: %s", files);
	h = sva_survivor_new();
	sva_open(&watch, SVA_MODE_UNTRANSLATED);
	v->address = ADDRESS;
	v->prepare = prepare;
	sva_fact("files %s", files);
	sva_workload_bound(v);

	if (keep)
		gone_keep(v, &watch);
	else
		gone_cloexec(v, &watch);
	sva_survivor_report(h);
	sva_stage("unbound");

	sva_workload_late(v, &watch);
	sva_survivor_ask(h, SVA_SURVIVOR_EXIT);
	sva_child_end(&v->child);
	sva_victim_reuse(v);
	sva_close(&watch);
}
SVA_SCENARIO("exec", scenario_exec);
