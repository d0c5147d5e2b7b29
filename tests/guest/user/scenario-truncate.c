// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario truncate: a mapped file becomes empty while the device writes
 *
 * The mapping stays without pages: accesses that would be SIGBUS for the process
 * are refused for the device.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "race.h"
#include "sva.h"

static int file = -1;

static void resize(off_t size)
{
	if (ftruncate(file, size))
		sva_error("ftruncate: %s", strerror(errno));
}

static char *map_file(char *at, size_t size)
{
	char *p;

	/* One for each buffer: the one before stays, and empty. */
	file = memfd_create("truncate", MFD_CLOEXEC);
	if (file < 0)
		sva_error("memfd_create: %s", strerror(errno));
	resize(size);
	p = mmap(at, size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | (at ? MAP_FIXED : 0), file, 0);
	if (p == MAP_FAILED)
		sva_error("cannot map a file: %s", strerror(errno));
	return p;
}

static void empty(char *buf, size_t size)
{
	(void)buf;
	(void)size;
	resize(0);
}

static void extend(char *buf, size_t size)
{
	(void)buf;
	resize(size);
}

static void scenario_truncate(void)
{
	static const struct race_way way = {
		.rounds = 25,
		.interval_us = 2000,
		.unit = 1,
		.pages_max = 128,
		.first = map_file,
		.take = empty,
		.give = extend,
	};

	race_run(&way);
}
SVA_SCENARIO("truncate", scenario_truncate);
