// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario munmap-race: memory is unmapped while the device writes into it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "huge.h"
#include "race.h"
#include "sva.h"

#define PAGE		4096ul
#define SEED		0x9a17000000000000ull
#ifndef MADV_COLD
#define MADV_COLD	20
#endif

/* Neighbours keep the hole too small for whatever else is mapped. */
static char *reserve(char *at, size_t size)
{
	char *buf = at;

	if (!buf)
		buf = (char *)sva_map(NULL, size + 2 * PAGE, PROT_NONE) + PAGE;
	if (mprotect(buf, size, PROT_READ | PROT_WRITE))
		sva_error("mprotect: %s", strerror(errno));
	return buf;
}

static void unmap(char *buf, size_t size)
{
	if (munmap(buf, size))
		sva_error("munmap: %s", strerror(errno));
}

static void map(char *buf, size_t size)
{
	sva_map(buf, size, PROT_READ | PROT_WRITE);
}

/* The middle of one huge page, whose ends stay and are never written to. */
static char *huge;

static void make_huge(void)
{
	sva_pattern(huge, HUGE_SIZE, SEED);
	huge_collapse(huge, HUGE_SIZE);
	if (huge_kib(huge) != HUGE_SIZE / KIB)
		sva_error("the memory is not in a huge page");
}

static char *reserve_part(char *at, size_t size)
{
	(void)at;
	huge = huge_map(HUGE_SIZE);
	make_huge();
	return huge + HUGE_SIZE / 2 - size / 2;
}

static void unmap_part(char *buf, size_t size)
{
	unmap(buf, size);
	/* Without this the rest would keep all of the huge page. */
	if (madvise(huge, PAGE, MADV_COLD))
		sva_error("MADV_COLD: %s", strerror(errno));
}

static void map_part(char *buf, size_t size)
{
	size_t before = buf - huge, after = before + size;

	sva_ok(!sva_pattern_diff(huge, before, SEED) &&
	       !sva_pattern_diff(huge + after, HUGE_SIZE - after,
				 SEED + after / 8 * 0x9e3779b97f4a7c15ull),
	       "the rest of the huge page does not change");
	/* What is pieced together does not become one huge page. */
	if (mmap(huge, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		sva_error("mmap: %s", strerror(errno));
	make_huge();
}

static const struct race_way part_way = {
	.rounds = 10,
	.interval_us = 2000,
	.pages = 64,
	.unit = 2,
	.pages_max = 128,
	.first = reserve_part,
	.take = unmap_part,
	.give = map_part,
};

static void scenario_munmap_race(void)
{
	static const struct race_way way = {
		.rounds = 25,
		.interval_us = 2000,
		.unit = 1,
		.pages_max = 128,
		.first = reserve,
		.take = unmap,
		.give = map,
	};

	race_run(sva_opt_num("huge", 0) ? &part_way : &way);
}
SVA_SCENARIO("munmap-race", scenario_munmap_race);
