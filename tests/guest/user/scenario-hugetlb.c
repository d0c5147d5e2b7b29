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
#include "memory.h"
#include "race.h"
#include "sva.h"

#define PAGE		4096ul
#define SEED		0x4099000000000000ull

static char *other;
static size_t other_size;

static char *map_huge(char *at, size_t size)
{
	char *p = mmap(at, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		       (at ? MAP_FIXED : 0), -1, 0);

	if (p == MAP_FAILED)
		sva_error("cannot map huge pages: %s", strerror(errno));
	return p;
}

static char *first(size_t size)
{
	huge_pool(size / HUGE_SIZE);
	return map_huge(NULL, size);
}

/* Nothing else may come to stand there. */
static void unmap(char *buf, size_t size)
{
	if (mmap(buf, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		sva_error("mmap: %s", strerror(errno));
}

static void map(char *buf, size_t size)
{
	map_huge(buf, size);
}

static unsigned int reuse(const uint64_t *pfns, unsigned int n)
{
	static uint64_t now[RACE_PAGES_MAX];
	unsigned int found = 0;

	other_size = n * PAGE;
	other = map_huge(NULL, other_size);
	sva_pattern(other, other_size, SEED);
	if (!sva_pfns(other, n, now))
		sva_error("the kernel does not tell page frame numbers");
	/* Each of them is a whole; their order may be another one. */
	for (unsigned int i = 0; i < n; i += HUGE_PAGES)
		for (unsigned int j = 0; j < n; j += HUGE_PAGES)
			if (now[i] && now[i] == pfns[j])
				found += HUGE_PAGES;
	return found;
}

static unsigned int check(void)
{
	unsigned int changed = sva_pattern_pages(other, other_size, SEED);

	if (munmap(other, other_size))
		sva_error("munmap: %s", strerror(errno));
	return changed;
}

void scenario_hugetlb(void)
{
	static const struct race_way way = {
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

	race_run(&way);
}
