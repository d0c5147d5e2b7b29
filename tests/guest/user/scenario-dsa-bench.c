// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dsa-bench: descriptors a second through Intel DSA's user queues
 *
 * `sva bench --dsa` boots it. Memory Move between buffers that are in memory,
 * so that nothing faults; some descriptors are always in the queue.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>

#include "dsa.h"
#include "sva-rate.h"
#include "sva.h"

#define BUFFER_SIZE	(32 * MIB)
#define SEED		0xbe7c000000000000ull
#define WAIT_MS		60000
/* In the queue at a time; the smaller of the two has room for 32. */
#define WINDOW		16u

static dsa_record records[WINDOW] DSA_RECORD_ALIGNED;
static char *src, *dst;

static void wait_for(const dsa_record *record, uint64_t end)
{
	const volatile uint8_t *status = &record->status;

	while (!*status) {
		if (sva_now_ms() > end)
			sva_error("a descriptor is not complete in time");
		sched_yield();
	}
	if (*status != DSA_COMP_SUCCESS)
		sva_error("a descriptor ended with status 0x%02x", *status);
}

static void submit(const struct dsa_file *file, unsigned long n, size_t size,
		   uint64_t end)
{
	dsa_record *record = &records[n % WINDOW];
	size_t at = n * size % BUFFER_SIZE;
	dsa_desc desc = dsa_move(record, dst + at, src + at, size,
				 DSA_FLAGS_BLOCK);

	memset(record, 0, sizeof(*record));
	while (!dsa_submit_to(file->portal, file->queue, &desc))
		if (sva_now_ms() > end)
			sva_error("the queue takes nothing");
}

static uint64_t move(const struct dsa_file *file, unsigned long count,
		     size_t size)
{
	uint64_t end = sva_deadline(WAIT_MS), begin = sva_now_us();

	for (unsigned long n = 0; n < count + WINDOW; n++) {
		if (n >= WINDOW)
			wait_for(&records[n % WINDOW], end);
		if (n < count)
			submit(file, n, size, end);
	}
	return sva_now_us() - begin;
}

static void measure(const struct dsa_file *file, const char *name,
		    unsigned long count, size_t size)
{
	uint64_t us[SVA_RATE_REPETITIONS];

	/* What the device has not translated yet it translates here. */
	move(file, BUFFER_SIZE / size, size);
	for (unsigned int i = 0; i < SVA_RATE_REPETITIONS; i++)
		us[i] = move(file, count, size);
	sva_rate_report(name, count, us);
}

static void scenario_dsa_bench(void)
{
	unsigned long total = sva_opt_num("mib", 256) * MIB;
	struct dsa_file dedicated, shared;

	sva_opt_check();
	if (total < BUFFER_SIZE)
		sva_error("unusable number of MiB");
	dsa_set_up();
	src = sva_map_file(BUFFER_SIZE, SEED);
	dst = sva_map(NULL, BUFFER_SIZE, PROT_READ | PROT_WRITE);
	sva_touch_pages(dst, BUFFER_SIZE);
	dsa_open(&dedicated, DSA_ASKING);
	dsa_open(&shared, DSA_SHARED);
	sva_stage("bound");
	measure(&dedicated, "dsa-dedicated-2m", total / (2 * MIB), 2 * MIB);
	sva_ok(!sva_pattern_diff(dst, BUFFER_SIZE, SEED),
	       "the destination has what was copied");
	measure(&dedicated, "dsa-dedicated-4k", total / (32 * KIB), 4 * KIB);
	measure(&shared, "dsa-shared-2m", total / (2 * MIB), 2 * MIB);
	measure(&shared, "dsa-shared-4k", total / (32 * KIB), 4 * KIB);
	dsa_close(&dedicated);
	dsa_close(&shared);
	sva_stage("unbound");
}
SVA_SCENARIO("dsa-bench", scenario_dsa_bench);
