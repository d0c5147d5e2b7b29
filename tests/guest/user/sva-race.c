// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test programs: memory is taken away while the device writes into it
 *
 * The pages are put to another use at once.  The contexts keep their work, so
 * that the next round gives memory back under the same addresses.
 */
#define _GNU_SOURCE
#include <stdint.h>

#include "race.h"
#include "sva.h"

#define PAGE		4096ul
#define FILL_LIMIT	(32 * MIB)
#define SETTLE_MS	10
#define REFUSALS	4

/*
 * Sizes and places of the buffer, in pages; @skip: behind a multiple of 64.
 * Besides the usual one, those that no power of two covers exactly, or that do
 * not begin at a multiple of their size: who rounds a range wrongly when it is
 * to be invalidated does not notice with the others.  33 pages are the most
 * for which x86 kernels invalidate a range instead of everything.
 */
static const struct shape {
	unsigned int skip;
	unsigned int pages;
} shapes[] = {
	{ 0, 32 }, { 0, 3 }, { 31, 3 }, { 0, 33 }, { 5, 48 },
};

#define SLOT		128ul
#define ALIGNED		64ul

struct race {
	const struct race_way *way;
	struct sva_writers writers;
	char *buf;
	unsigned int pages;
	char *begin;
	char *end;
	unsigned int interval_us;
	unsigned int asked;
	unsigned int rounds;
	bool pfns_known;
	unsigned int freed;
	unsigned int found;
	unsigned int changed;
	unsigned int other;
	struct sva_window mapped;
	struct sva_window unmapped;
};

/* The device writes each page twice, so no page request is left over. */
static void write_mapped(struct race *r)
{
	sva_touch_pages(r->buf, r->pages * PAGE);
	sva_window_open(&r->mapped, &r->writers);
	sva_writers_wait_written(&r->writers, 2 * 8 * r->pages);
	sva_window_close(&r->mapped, &r->writers);
}

/* The pages are in other hands while each mode is refused. */
static bool take(struct race *r)
{
	static uint64_t pfns[RACE_PAGES_MAX];
	unsigned int found, changed, other = 0;
	struct sva_fill fill;
	bool refused;

	r->pfns_known = sva_pfns(r->buf, r->pages, pfns);
	r->way->take(r->buf, r->pages * PAGE);
	sva_window_open(&r->unmapped, &r->writers);
	if (r->way->reuse) {
		found = r->way->reuse(pfns, r->pages);
	} else {
		sva_fill(&fill, pfns, r->pfns_known ? r->pages : 0,
			 FILL_LIMIT);
		found = fill.found;
	}
	refused = sva_writers_wait_refused(&r->writers, REFUSALS);
	sva_sleep_ms(SETTLE_MS);
	sva_window_close(&r->unmapped, &r->writers);

	if (r->way->reuse)
		changed = r->way->check();
	else
		sva_fill_check(&fill, &changed, &other);
	/* What is held now tells whose fault it is; later it may be gone. */
	if (!refused || changed || other)
		sva_stage("broken");
	if (!r->way->reuse)
		sva_fill_free(&fill);
	r->freed += r->pages;
	r->found += found;
	r->changed += changed;
	r->other += other;
	return refused && !changed && !other;
}

static void report(struct race *r)
{
	sva_fact("rounds %u", r->rounds);
	sva_fact("rounds.asked %u", r->asked);
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)r->begin);
	sva_fact("range.bytes %lu", (unsigned long)(r->end - r->begin));
	sva_fact("reuse.method %s", r->pfns_known ? "pfn" : "none");
	sva_fact("reuse.freed %u", r->freed);
	sva_fact("reuse.pages %u", r->found);
	sva_fact("reuse.changed %u", r->changed);
	sva_fact("reuse.changed-other %u", r->other);
	sva_window_report(&r->mapped, &r->writers, "mapped");
	sva_window_report(&r->unmapped, &r->writers, "unmapped");
	sva_ok(!r->changed && !r->other,
	       "memory that was taken away and reused does not change");
}

/* Rounds with one buffer, until there were @upto; false: one was broken. */
static bool rounds(struct race *r, char *at, unsigned int pages,
		   unsigned int upto)
{
	bool good = true;

	r->pages = pages;
	r->buf = r->way->first(at, pages * PAGE);
	if (!r->begin)
		r->begin = r->buf;
	r->end = r->buf + pages * PAGE;
	sva_touch_pages(r->buf, pages * PAGE);
	sva_writers_write(&r->writers, r->buf, pages * PAGE, r->interval_us);
	for (;;) {
		write_mapped(r);
		r->rounds++;
		/* One broken round is enough. */
		good = take(r);
		if (!good || r->rounds >= upto)
			break;
		r->way->give(r->buf, pages * PAGE);
	}
	sva_writers_stop(&r->writers);
	return good;
}

/* Each shape has its place, and its share of the rounds. */
static void rounds_of_shapes(struct race *r)
{
	const unsigned int n = ARRAY_SIZE(shapes);
	char *area = sva_map(NULL, (n * SLOT + ALIGNED + 1) * PAGE, PROT_NONE);

	area += PAGE;
	area += -(uintptr_t)area & (ALIGNED * PAGE - 1);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int upto = (uint64_t)r->asked * (i + 1) / n;
		char *at = area + (i * SLOT + shapes[i].skip) * PAGE;

		if (upto == r->rounds)
			continue;
		if (r->rounds)
			sva_writers_enable(&r->writers);
		if (!rounds(r, at, shapes[i].pages, upto))
			break;
	}
}

void race_run(const struct race_way *way)
{
	const char *modes = sva_writers_options();
	unsigned int pages = sva_opt_num("pages", way->pages);
	static struct race r;

	r.way = way;
	r.interval_us = sva_opt_num("interval", way->interval_us);
	r.asked = sva_opt_num("rounds", way->rounds);
	sva_opt_check();
	if (!r.asked || pages > way->pages_max || pages % way->unit ||
	    (!pages && way->pages))
		sva_error("unusable number of rounds or pages");

	sva_writers_open(&r.writers, modes);
	sva_stage("bound");

	if (pages)
		rounds(&r, NULL, pages, r.asked);
	else
		rounds_of_shapes(&r);
	report(&r);
	sva_stage("done");

	sva_writers_close(&r.writers);
	sva_stage("unbound");
}
