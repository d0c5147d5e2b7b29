// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario hugetlb: huge pages are unmapped while the device writes into them
 *
 * They go back to the pool, and the next mapping gets the same ones.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "huge.h"
#include "race.h"
#include "sva.h"

#define PAGE		4096ul
#define GIB		(1024 * MIB)
#ifndef MAP_HUGE_1GB
#define MAP_HUGE_1GB	(30 << 26)
#endif
#define SEED		0x4099000000000000ull

/* With pages of 1 GiB the buffer is a part of one. */
static bool gib;
static char *base;
static size_t base_size;
static size_t offset;
static size_t buf_size;
static char *other;

static char *map_huge(char *at)
{
	char *p = mmap(at, base_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		       (gib ? MAP_HUGE_1GB : 0) | (at ? MAP_FIXED : 0), -1, 0);

	if (p == MAP_FAILED)
		sva_error("cannot map huge pages: %s%s", strerror(errno),
			  gib ? " (hugepagesz=1G hugepages=1)" : "");
	return p;
}

static char *first(char *at, size_t size)
{
	(void)at;
	buf_size = size;
	base_size = gib ? GIB : size;
	offset = gib ? GIB / 2 : 0;
	if (!gib)
		huge_pool(size / HUGE_SIZE);
	base = map_huge(NULL);
	return base + offset;
}

/* Nothing else may be mapped there. */
static void unmap(char *buf, size_t size)
{
	(void)buf;
	(void)size;
	if (mmap(base, base_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_FIXED, -1, 0) == MAP_FAILED)
		sva_error("mmap: %s", strerror(errno));
}

static void map(char *buf, size_t size)
{
	(void)buf;
	(void)size;
	map_huge(base);
}

static unsigned int reuse(const uint64_t *pfns, unsigned int n)
{
	static uint64_t now[RACE_PAGES_MAX];
	unsigned int step = gib ? n : HUGE_PAGES, found = 0;

	other = map_huge(NULL);
	sva_pattern(other + offset, buf_size, SEED);
	if (!sva_pfns(other + offset, n, now))
		sva_error("the kernel does not tell page frame numbers");
	/* Each huge page is contiguous; their order may change. */
	for (unsigned int i = 0; i < n; i += step)
		for (unsigned int j = 0; j < n; j += step)
			if (now[i] && now[i] == pfns[j])
				found += step;
	return found;
}

static unsigned int check(void)
{
	unsigned int changed;

	changed = sva_pattern_pages(other + offset, buf_size, SEED);
	if (munmap(other, base_size))
		sva_error("munmap: %s", strerror(errno));
	return changed;
}

static void scenario_hugetlb(void)
{
	static struct race_way way = {
		.rounds = 5,
		.interval_us = 20000,
		.pages = 2 * HUGE_PAGES,
		.unit = HUGE_PAGES,
		.pages_max = 3 * HUGE_PAGES,
		.first = first,
		.take = unmap,
		.give = map,
		.reuse = reuse,
		.check = check,
	};

	gib = sva_opt_num("gib", 0);
	if (gib) {
		way.rounds = 3;
		way.pages = 64;
		way.unit = 1;
	}
	race_run(&way);
}
SVA_SCENARIO("hugetlb", scenario_hugetlb);
