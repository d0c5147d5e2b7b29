// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios bench-faults and bench-bind: rates per second
 *
 * `sva bench` boots them. Compare the figures within one guest only: its clock
 * depends on how busy the host is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define REPETITIONS	5u
#define WAIT_MS		60000

static uint64_t now_us(void)
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

/* The median of what @n took, as a number in a second. */
static void report(const char *what, unsigned long n, uint64_t *us)
{
	uint64_t median;

	qsort(us, REPETITIONS, sizeof(*us), by_value);
	median = us[REPETITIONS / 2] ? us[REPETITIONS / 2] : 1;
	sva_fact("bench.%s %llu", what, n * 1000000ull / median);
}

static void fault_by_cpu(size_t size, uint64_t *us)
{
	void *buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	uint64_t begin = now_us();

	sva_touch_pages(buf, size);
	*us = now_us() - begin;
	munmap(buf, size);
}

static void fault_by_device(struct sva_dev *dev, size_t size, uint64_t *us)
{
	void *buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	struct sva_desc desc = sva_touch_desc(dev, buf, size, 1, 0);
	uint64_t begin = now_us();
	struct sva_completion done = sva_run(dev, &desc, WAIT_MS);

	*us = now_us() - begin;
	sva_ok(done.status == SVA_ST_SUCCESS && !done.result &&
	       sva_resident(buf, size) == (long)(size / PAGE),
	       "the device has every page faulted in");
	munmap(buf, size);
}

static void scenario_bench_faults(void)
{
	unsigned long pages = sva_opt_num("pages", 2048);
	unsigned long group = sva_opt_num("group", 1);
	uint64_t cpu[REPETITIONS], device[REPETITIONS];
	struct sva_dev dev;

	sva_opt_check();
	if (!pages || !group || group > 32)
		sva_error("unusable number of pages");
	sva_open(&dev, SVA_MODE_ASKING);
	sva_reg_write(&dev, SVA_CTX_PRG_PAGES, group);
	sva_stage("bound");
	for (unsigned int i = 0; i < REPETITIONS; i++) {
		fault_by_cpu(pages * PAGE, &cpu[i]);
		fault_by_device(&dev, pages * PAGE, &device[i]);
	}
	report("cpu-faults", pages, cpu);
	report("device-faults", pages, device);
	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("bench-faults", scenario_bench_faults);

/* Check that a bind still works after all these. */
static void check_bond(void)
{
	uint64_t us;
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_ASKING);
	fault_by_device(&dev, PAGE, &us);
	sva_close(&dev);
}

/* The driver binds at open() and unbinds at close(). */
static void scenario_bench_bind(void)
{
	unsigned long rounds = sva_opt_num("rounds", 200);
	uint64_t us[REPETITIONS], begin;

	sva_opt_check();
	if (!rounds)
		sva_error("unusable number of rounds");
	sva_stage("begin");
	for (unsigned int i = 0; i < REPETITIONS; i++) {
		begin = now_us();
		for (unsigned long n = 0; n < rounds; n++) {
			int fd = open(sva_node, O_RDWR | O_CLOEXEC);

			if (fd < 0)
				sva_error("cannot open %s: %s", sva_node,
					  strerror(errno));
			close(fd);
		}
		us[i] = now_us() - begin;
	}
	report("binds", rounds, us);
	check_bond();
	sva_stage("done");
}
SVA_SCENARIO("bench-bind", scenario_bench_bind);
