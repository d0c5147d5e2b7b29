// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario thp: small pages become a huge one, and the other way round
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"
#include "replace.h"

#define PAGE		4096ul
#define HUGE		(2 * MIB)
#define COLLAPSE_TRIES	50
#define DROPPED		1u
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static unsigned long collapsed_kib, split_kib;

static void *map_aligned(size_t size)
{
	char *p = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t at;

	if (p == MAP_FAILED)
		sva_error("cannot map %zu bytes: %s", size, strerror(errno));
	at = ((uintptr_t)p + HUGE - 1) & ~(HUGE - 1);
	if (madvise((void *)at, size, MADV_NOHUGEPAGE))
		sva_error("the kernel has no transparent huge pages "
			  "(TRANSPARENT_HUGEPAGE): %s", strerror(errno));
	return (void *)at;
}

/* KiB of a mapping that stand in huge pages. */
static unsigned long huge_kib(const void *at)
{
	unsigned long long first, last;
	unsigned long kib = 0, total = 0;
	bool inside = false;
	char line[512];
	FILE *f = fopen("/proc/self/smaps", "re");

	if (!f)
		sva_error("no /proc/self/smaps: %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx-%llx ", &first, &last) == 2)
			inside = first <= (uintptr_t)at &&
				 (uintptr_t)at < last;
		else if (inside &&
			 sscanf(line, "AnonHugePages: %lu", &kib) == 1)
			total += kib;
	}
	fclose(f);
	return total;
}

/* Empty, and whatever comes is small. */
static void make_small(struct replace *r)
{
	if (madvise(r->buf, replace_whole(r), MADV_NOHUGEPAGE) ||
	    madvise(r->buf, replace_whole(r), MADV_DONTNEED))
		sva_error("madvise: %s", strerror(errno));
}

static void collapse(struct replace *r)
{
	madvise(r->buf, replace_whole(r), MADV_HUGEPAGE);
	for (unsigned int i = 0; i < r->forever.n; i++) {
		unsigned int tries = 0;

		/* A page that is being used at this moment prevents it. */
		while (madvise(replace_part(r, i), HUGE, MADV_COLLAPSE)) {
			if (++tries == COLLAPSE_TRIES)
				sva_error("MADV_COLLAPSE: %s", strerror(errno));
			sva_sleep_ms(1);
		}
	}
	collapsed_kib += huge_kib(r->buf);
}

static void split(struct replace *r)
{
	madvise(r->buf, replace_whole(r), MADV_NOHUGEPAGE);
	replace_drop(r, DROPPED);
	split_kib += huge_kib(r->buf);
}

static void report(const struct replace *r)
{
	sva_fact("collapse.huge-kib %lu", collapsed_kib);
	sva_fact("split.huge-kib %lu", split_kib);
	sva_ok(collapsed_kib == r->round * replace_whole(r) / KIB,
	       "all of the memory was in huge pages");
	sva_ok(!split_kib, "none was after a part was thrown away");
}

void scenario_thp(void)
{
	static const struct replace_event events[] = {
		{ "collapse", collapse, .frees = true, .node = -1 },
		{ "split", split, .node = -1 },
	};
	static const struct replace_scene scene = {
		.rounds = 3,
		.interval_us = 20000,
		.pages = HUGE / PAGE,
		.map = map_aligned,
		.prepare = make_small,
		.event = events,
		.events = ARRAY_SIZE(events),
	};

	replace_run(&scene, report);
}
