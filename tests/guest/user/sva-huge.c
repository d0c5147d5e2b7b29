// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: huge pages
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "huge.h"

#define POOL		"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
#define COLLAPSE_TRIES	50
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

void huge_pool(unsigned int pages)
{
	unsigned int have = 0;
	char text[16];
	ssize_t n;
	int fd;

	fd = open(POOL, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		sva_error("%s: %s (HUGETLBFS)", POOL, strerror(errno));
	n = snprintf(text, sizeof(text), "%u", pages);
	if (write(fd, text, n) != n)
		sva_error("%s: %s", POOL, strerror(errno));
	n = pread(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	close(fd);
	if (sscanf(text, "%u", &have) != 1 || have != pages)
		sva_error("%u huge pages wanted, %u there", pages, have);
}

void *huge_map(size_t size)
{
	char *p = mmap(NULL, size + HUGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t at;

	if (p == MAP_FAILED)
		sva_error("cannot map %zu bytes: %s", size, strerror(errno));
	at = ((uintptr_t)p + HUGE_SIZE - 1) & ~(HUGE_SIZE - 1);
	if (madvise((void *)at, size, MADV_NOHUGEPAGE))
		sva_error("the kernel has no transparent huge pages "
			  "(TRANSPARENT_HUGEPAGE): %s", strerror(errno));
	return (void *)at;
}

static void collapse_one(void *at)
{
	unsigned int tries = 0;

	/* A page that is in use at this moment prevents it. */
	while (madvise(at, HUGE_SIZE, MADV_COLLAPSE)) {
		if (++tries == COLLAPSE_TRIES)
			sva_error("MADV_COLLAPSE: %s", strerror(errno));
		sva_sleep_ms(1);
	}
}

void huge_collapse(void *at, size_t size)
{
	if (madvise(at, size, MADV_HUGEPAGE))
		sva_error("madvise: %s", strerror(errno));
	for (size_t i = 0; i < size; i += HUGE_SIZE)
		collapse_one((char *)at + i);
}

unsigned long huge_kib(const void *at)
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
