// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: rates per second
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

#include "sva-rate.h"
#include "sva.h"

uint64_t sva_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void sva_rate_report(const char *what, unsigned long n, uint64_t *us)
{
	uint64_t median;

	qsort(us, SVA_RATE_REPETITIONS, sizeof(*us), by_value);
	median = us[SVA_RATE_REPETITIONS / 2] ? us[SVA_RATE_REPETITIONS / 2] : 1;
	sva_fact("bench.%s %llu", what, n * 1000000ull / median);
}
