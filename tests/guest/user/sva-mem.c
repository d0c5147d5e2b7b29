// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: memory and patterns
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define CHUNK_PAGES	(SVA_FILL_CHUNK / PAGE)
#define FILL_SEED	0x5afe

void *sva_map(void *at, size_t size, int prot)
{
	void *p = mmap(at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS |
		       (at ? MAP_FIXED_NOREPLACE : 0), -1, 0);

	if (p == MAP_FAILED)
		sva_error("cannot map %zu bytes: %s", size, strerror(errno));
	madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

void *sva_map_file(size_t size, uint64_t seed)
{
	char name[] = "/tmp/sva-XXXXXX";
	uint64_t *page = malloc(PAGE);
	int fd = mkstemp(name);
	void *p;

	if (fd < 0)
		sva_error("cannot make a file in /tmp: %s", strerror(errno));
	unlink(name);
	for (size_t i = 0; i < size / 8; i += PAGE / 8) {
		for (size_t j = 0; j < PAGE / 8; j++)
			page[j] = seed + (i + j) * 0x9e3779b97f4a7c15ull;
		if (write(fd, page, PAGE) != (ssize_t)PAGE)
			sva_error("cannot write a file in /tmp: %s",
				  strerror(errno));
	}
	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		sva_error("cannot map a file: %s", strerror(errno));
	close(fd);
	free(page);
	return p;
}

void sva_pattern(void *buf, size_t size, uint64_t seed)
{
	uint64_t *p = buf;

	for (size_t i = 0; i < size / 8; i++)
		p[i] = seed + i * 0x9e3779b97f4a7c15ull;
}

static size_t word_diff(uint64_t a, uint64_t b)
{
	size_t n = 0;

	for (uint64_t x = a ^ b; x; x >>= 8)
		n += !!(x & 0xff);
	return n;
}

size_t sva_pattern_diff(const void *buf, size_t size, uint64_t seed)
{
	const volatile uint64_t *p = buf;
	size_t n = 0;

	for (size_t i = 0; i < size / 8; i++)
		n += word_diff(p[i], seed + i * 0x9e3779b97f4a7c15ull);
	return n;
}

size_t sva_pattern_pages(const void *buf, size_t size, uint64_t seed)
{
	const uint64_t step = PAGE / 8 * 0x9e3779b97f4a7c15ull;
	size_t n = 0;

	for (size_t i = 0; i < size / PAGE; i++)
		n += !!sva_pattern_diff((const char *)buf + i * PAGE, PAGE,
					seed + i * step);
	return n;
}

void sva_touch_pages(void *buf, size_t size)
{
	volatile char *p = buf;

	for (size_t i = 0; i < size; i += PAGE)
		p[i] = p[i];
}

long sva_resident(const void *buf, size_t size)
{
	unsigned char *vec = malloc(size / PAGE);
	long n = 0;

	if (!vec || mincore((void *)(uintptr_t)buf, size, vec)) {
		free(vec);
		return -1;
	}
	for (size_t i = 0; i < size / PAGE; i++)
		n += vec[i] & 1;
	free(vec);
	return n;
}

bool sva_pfns(const void *buf, unsigned int pages, uint64_t *pfns)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t pos = (uintptr_t)buf / PAGE * 8;
	ssize_t n;

	if (fd < 0)
		return false;
	n = pread(fd, pfns, pages * 8, pos);
	close(fd);
	if (n != (ssize_t)(pages * 8))
		return false;
	for (unsigned int i = 0; i < pages; i++) {
		bool present = pfns[i] >> 63;

		pfns[i] &= (1ull << 55) - 1;
		/* Zero frame numbers: the caller is not privileged. */
		if (present && !pfns[i])
			return false;
		if (!present)
			pfns[i] = 0;
	}
	return true;
}

unsigned long sva_meminfo(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "re");
	size_t len = strlen(key);
	unsigned long kib = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len) &&
		    sscanf(line + len, ": %lu kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	if (!kib)
		sva_error("cannot read %s in /proc/meminfo", key);
	return kib;
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t fill_seed(unsigned int chunk, unsigned int page)
{
	return ((uint64_t)FILL_SEED << 48) + ((uint64_t)chunk << 32) +
	       ((uint64_t)page << 16);
}

static bool fill_chunk(struct sva_fill *fill, const uint64_t *pfns,
		       unsigned int n)
{
	uint64_t *mem = mmap(NULL, SVA_FILL_CHUNK, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *freed = calloc(CHUNK_PAGES, 1);
	uint64_t mine[CHUNK_PAGES];

	if (mem == MAP_FAILED || !freed)
		return false;
	madvise(mem, SVA_FILL_CHUNK, MADV_NOHUGEPAGE);
	for (unsigned int i = 0; i < CHUNK_PAGES; i++)
		sva_pattern(mem + i * PAGE / 8, PAGE,
			    fill_seed(fill->chunks, i));

	if (n && sva_pfns(mem, CHUNK_PAGES, mine))
		for (unsigned int i = 0; i < CHUNK_PAGES; i++)
			if (mine[i] && bsearch(&mine[i], pfns, n, 8, cmp_u64))
				freed[i] = 1, fill->found++;
	fill->chunk[fill->chunks] = mem;
	fill->freed[fill->chunks++] = freed;
	return true;
}

void sva_fill(struct sva_fill *fill, uint64_t *pfns, unsigned int n,
	      size_t limit)
{
	unsigned int max = limit / SVA_FILL_CHUNK, cpus = sva_cpus();

	memset(fill, 0, sizeof(*fill));
	fill->chunk = calloc(max, sizeof(*fill->chunk));
	fill->freed = calloc(max, sizeof(*fill->freed));
	qsort(pfns, n, 8, cmp_u64);

	/* Each CPU keeps free pages of its own. */
	for (unsigned int i = 0; i < max; i++) {
		sva_run_on(i % cpus);
		if (!fill_chunk(fill, pfns, n))
			break;
		if (n && fill->found >= n)
			break;
	}
	sva_flush_lazy_mm();
}

void sva_fill_check(struct sva_fill *fill, unsigned int *freed,
		    unsigned int *other)
{
	*freed = *other = 0;
	for (unsigned int c = 0; c < fill->chunks; c++) {
		for (unsigned int i = 0; i < CHUNK_PAGES; i++) {
			uint64_t *page = fill->chunk[c] + i * PAGE / 8;

			if (!sva_pattern_diff(page, PAGE, fill_seed(c, i)))
				continue;
			if (fill->freed[c][i])
				++*freed;
			else
				++*other;
			sva_note("page at %p changed, first word now 0x%llx",
				 (void *)page, (unsigned long long)*page);
			sva_pattern(page, PAGE, fill_seed(c, i));
		}
	}
}

void sva_fill_free(struct sva_fill *fill)
{
	for (unsigned int c = 0; c < fill->chunks; c++) {
		munmap(fill->chunk[c], SVA_FILL_CHUNK);
		free(fill->freed[c]);
	}
	free(fill->chunk);
	free(fill->freed);
	memset(fill, 0, sizeof(*fill));
}
