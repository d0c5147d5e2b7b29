// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test programs: a process that outlives the bound address space
 *
 * It has the victim's files, its memory by fork, or its process by exec.  It
 * only acts on request.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sva.h"

#define SEED		0x4e1200000000000aull
#define ASK_MS		120000

struct sva_survivor *sva_survivor_new(void)
{
	int fd = memfd_create("survivor", 0);
	struct sva_survivor *h;

	if (fd < 0 || ftruncate(fd, sizeof(*h)))
		sva_error("no shared memory: %s", strerror(errno));
	h = sva_survivor_map(fd);
	h->self = fd;
	h->ask = 1;
	return h;
}

struct sva_survivor *sva_survivor_map(int fd)
{
	void *p = mmap(NULL, sizeof(struct sva_survivor), PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		sva_error("cannot map shared memory: %s", strerror(errno));
	return p;
}

/* How many of its contexts are still bound. */
static unsigned int bound(const struct sva_survivor *h)
{
	struct sva_accel_info info;
	unsigned int n = 0;

	for (unsigned int i = 0; i < h->n; i++)
		if (!ioctl(h->fd[i], SVA_ACCEL_INFO, &info))
			n += !!(info.flags & SVA_ACCEL_BOUND);
	return n;
}

static void close_all(const struct sva_survivor *h)
{
	for (unsigned int i = 0; i < h->n; i++)
		close(h->fd[i]);
}

void sva_survivor_serve(struct sva_survivor *h)
{
	unsigned int ask;

	/* No process may outlive a scenario that was ended. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	h->pid = getpid();
	__atomic_store_n(&h->answer, h->ask, __ATOMIC_SEQ_CST);
	for (;;) {
		while ((ask = __atomic_load_n(&h->ask, __ATOMIC_SEQ_CST)) ==
		       h->answer)
			sva_sleep_ms(1);
		if (h->what == SVA_SURVIVOR_EXIT)
			_exit(0);
		if (h->what == SVA_SURVIVOR_CLOSE)
			close_all(h);
		if (h->what != SVA_SURVIVOR_TAKE)
			h->changed += sva_pattern_pages(h->memory, h->size,
							SEED);
		sva_pattern(h->memory, h->size, SEED);
		h->bound = h->what == SVA_SURVIVOR_LOOK ? bound(h) : 0;
		__atomic_store_n(&h->answer, ask, __ATOMIC_SEQ_CST);
	}
}

bool sva_survivor_ready(const struct sva_survivor *h)
{
	return __atomic_load_n(&h->answer, __ATOMIC_SEQ_CST) ==
	       __atomic_load_n(&h->ask, __ATOMIC_SEQ_CST);
}

void sva_survivor_wait(const struct sva_survivor *h)
{
	uint64_t end = sva_deadline(ASK_MS);

	while (!sva_survivor_ready(h)) {
		if (sva_now_ms() > end)
			sva_error("the process that lives on does not answer");
		sva_sleep_ms(1);
	}
}

void sva_survivor_ask(struct sva_survivor *h, enum sva_survivor_what what)
{
	h->what = what;
	__atomic_add_fetch(&h->ask, 1, __ATOMIC_SEQ_CST);
	if (what != SVA_SURVIVOR_EXIT)
		sva_survivor_wait(h);
}

void sva_survivor_report(const struct sva_survivor *h)
{
	sva_fact("survivor.pages %zu", h->size / 4096);
	sva_fact("survivor.changed %llu", (unsigned long long)h->changed);
	sva_ok(!h->changed,
	       "the memory of the process that lives on does not change");
}
