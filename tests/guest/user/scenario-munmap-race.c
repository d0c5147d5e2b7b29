// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario munmap-race: memory is unmapped while the device writes into it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "race.h"
#include "sva.h"

#define PAGE		4096ul

/* Neighbours keep the hole too small for whatever else is mapped. */
static char *reserve(size_t size)
{
	char *buf = (char *)sva_map(NULL, size + 2 * PAGE, PROT_NONE) + PAGE;

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

void scenario_munmap_race(void)
{
	static const struct race_way way = {
		.rounds = 25,
		.interval_us = 2000,
		.pages = 32,
		.unit = 1,
		.pages_max = 128,
		.first = reserve,
		.take = unmap,
		.give = map,
	};

	race_run(&way);
}
