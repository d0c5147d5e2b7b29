// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario clean-pages: the device writes to clean pages beside a dirty one
 *
 * The pages are small parts of a huge one, so entries of several may be one for
 * the processor, which then finds all of them dirty as soon as one is.  An IOMMU
 * that leaves the dirty state to software goes by each entry alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "huge.h"
#include "sva.h"

#define PAGE		4096ul
#define GROUP		16u	/* pages that may have one entry in common */
#define JOB_MS		20000
#define SEED		0xc1ea000000000000ull
#define WORD		64

static struct {
	struct sva_dev dev;
	char *buf;
	unsigned int asked;
	unsigned int rounds;
	unsigned int pages;
	unsigned int wrong;
	unsigned int failed;
	struct sva_counts sum;
	uint64_t stalls;
} c;

static void advise(void *at, size_t size, int advice)
{
	if (madvise(at, size, advice))
		sva_error("madvise %d: %s", advice, strerror(errno));
}

static void make_small(void)
{
	advise(c.buf, HUGE_SIZE, MADV_DONTNEED);
	sva_touch_pages(c.buf, HUGE_SIZE);
}

/*
 * All of the huge page becomes clean at once; without its first page it is no
 * huge page any more.
 */
static void make_clean(void)
{
	huge_collapse(c.buf, HUGE_SIZE);
	if (huge_kib(c.buf) != HUGE_SIZE / KIB)
		sva_error("the memory is not in a huge page");
	advise(c.buf, HUGE_SIZE, MADV_FREE);
	advise(c.buf, HUGE_SIZE, MADV_NOHUGEPAGE);
	advise(c.buf, PAGE, MADV_DONTNEED);
}

/* One page of each group, every time another one. */
static void make_dirty(void)
{
	for (size_t at = GROUP * PAGE; at < HUGE_SIZE; at += GROUP * PAGE)
		*(volatile char *)(c.buf + at + c.rounds % GROUP * PAGE) = 1;
}

static void write_all(uint64_t value)
{
	struct sva_counts before, after;
	struct sva_completion cpl;
	struct sva_desc desc;
	uint64_t stalls = sva_count_stalls(&c.dev);

	sva_count(&c.dev, &before);
	desc = sva_touch_desc(&c.dev, c.buf + WORD, HUGE_SIZE - WORD, 1, 0);
	desc.src = value;
	cpl = sva_run(&c.dev, &desc, JOB_MS);
	c.failed += cpl.status != SVA_ST_SUCCESS || cpl.result;
	sva_count(&c.dev, &after);
	for (unsigned int i = 0; i < SVA_CNT_CTX_MAX; i++)
		c.sum.v[i] += after.v[i] - before.v[i];
	c.stalls += sva_count_stalls(&c.dev) - stalls;
}

static void round_once(void)
{
	uint64_t value = SEED + c.rounds;

	make_small();
	write_all(~value);
	make_clean();
	make_dirty();
	write_all(value);
	for (size_t at = 0; at < HUGE_SIZE; at += PAGE)
		c.wrong += !!memcmp(c.buf + at + WORD, &value, sizeof(value));
	c.pages += HUGE_PAGES;
	c.rounds++;
}

static void report(void)
{
	static const struct sva_counts none;

	sva_fact("rounds %u", c.rounds);
	sva_fact("rounds.asked %u", c.asked);
	sva_fact("pages %u", c.pages);
	sva_fact("pages.wrong %u", c.wrong);
	sva_fact("passes.failed %u", c.failed);
	sva_fact_delta("clean", &c.dev, &none, &c.sum);
	sva_fact("delta.clean.dev.stalls %llu", (unsigned long long)c.stalls);
	sva_ok(!c.wrong && !c.failed,
	       "the device writes to clean pages beside dirty ones");
}

static void scenario_clean_pages(void)
{
	c.asked = sva_opt_num("rounds", 3);
	sva_opt_check();
	if (!c.asked)
		sva_error("unusable number of rounds");

	sva_open(&c.dev, SVA_MODE_ASKING);
	sva_fact("mode %s", sva_mode_names[SVA_MODE_ASKING]);
	sva_fact("pasid %u", c.dev.pasid);
	sva_stage("bound");

	c.buf = huge_map(HUGE_SIZE);
	while (c.rounds < c.asked && !c.failed)
		round_once();
	report();
	sva_stage("done");

	sva_close(&c.dev);
	sva_stage("unbound");
}
SVA_SCENARIO("clean-pages", scenario_clean_pages);
