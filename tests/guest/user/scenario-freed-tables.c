// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario freed-tables: page tables go away with what they map
 *
 * Nothing else is mapped near the buffer, so munmap() frees its tables of all
 * levels.  The process then waits: an IOMMU may keep what leads to them until it
 * is told, and nothing else tells it meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "sva.h"

#define PAGE		4096ul
#define PAGES		16u
#define SIZE		(PAGES * PAGE)
#define JOB_MS		20000
#define SEED		0xf4eed00000000000ull
/* Longer than anybody may take who has to invalidate. */
#define WAIT_MS		400
/* Far below what the kernel chooses by itself. */
#define ALONE		((char *)(1ull << 40))

static struct {
	struct sva_dev dev;
	unsigned int asked;
	unsigned int rounds;
	unsigned int failed;
	unsigned int wrong;
	unsigned int refused;
	struct sva_counts mapped;
	struct sva_counts unmapped;
	uint64_t stalls[2];
} f;

static struct sva_completion pass(uint64_t value, struct sva_counts *sum,
				  uint64_t *stalled)
{
	uint64_t stalls = sva_count_stalls(&f.dev);
	struct sva_counts before, after;
	struct sva_completion cpl;
	struct sva_desc desc;

	sva_count(&f.dev, &before);
	desc = sva_touch_desc(&f.dev, ALONE, SIZE, 1, 0);
	desc.src = value;
	cpl = sva_run(&f.dev, &desc, JOB_MS);
	sva_count(&f.dev, &after);
	for (unsigned int i = 0; i < SVA_CNT_CTX_MAX; i++)
		sum->v[i] += after.v[i] - before.v[i];
	*stalled += sva_count_stalls(&f.dev) - stalls;
	return cpl;
}

static void round_once(void)
{
	uint64_t value = SEED + f.rounds;
	struct sva_completion cpl;

	sva_map(ALONE, SIZE, PROT_READ | PROT_WRITE);
	cpl = pass(value, &f.mapped, &f.stalls[0]);
	f.failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
	for (size_t at = 0; at < SIZE; at += PAGE)
		f.wrong += !!memcmp(ALONE + at, &value, sizeof(value));

	if (munmap(ALONE, SIZE))
		sva_error("munmap: %s", strerror(errno));
	sva_sleep_ms(WAIT_MS);
	f.refused += pass(~value, &f.unmapped, &f.stalls[1]).result;
	f.rounds++;
}

static void report(void)
{
	static const struct sva_counts none;

	sva_fact("rounds %u", f.rounds);
	sva_fact("rounds.asked %u", f.asked);
	sva_fact("pages %u", f.rounds * PAGES);
	sva_fact("pages.wrong %u", f.wrong);
	sva_fact("pages.refused %u", f.refused);
	sva_fact("passes.failed %u", f.failed);
	sva_fact_delta("mapped", &f.dev, &none, &f.mapped);
	sva_fact("delta.mapped.dev.stalls %llu",
		 (unsigned long long)f.stalls[0]);
	sva_fact_delta("unmapped", &f.dev, &none, &f.unmapped);
	sva_fact("delta.unmapped.dev.stalls %llu",
		 (unsigned long long)f.stalls[1]);
	sva_ok(!f.wrong && !f.failed, "the device writes to what is mapped");
	sva_ok(f.refused == f.rounds * PAGES,
	       "it reaches nothing where nothing is mapped");
}

static void scenario_freed_tables(void)
{
	f.asked = sva_opt_num("rounds", 3);
	sva_opt_check();
	if (!f.asked)
		sva_error("unusable number of rounds");

	sva_open(&f.dev, SVA_MODE_ASKING);
	sva_fact("mode %s", sva_mode_names[SVA_MODE_ASKING]);
	sva_fact("pasid %u", f.dev.pasid);
	sva_stage("bound");

	while (f.rounds < f.asked && !f.failed)
		round_once();
	report();
	sva_stage("done");

	sva_close(&f.dev);
	sva_stage("unbound");
}
SVA_SCENARIO("freed-tables", scenario_freed_tables);
