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

struct race {
	const struct race_way *way;
	struct sva_crew crew;
	char *buf;
	unsigned int pages;
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
	sva_window_open(&r->mapped, &r->crew);
	sva_crew_wait_written(&r->crew, 2 * 8 * r->pages);
	sva_window_close(&r->mapped, &r->crew);
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
	sva_window_open(&r->unmapped, &r->crew);
	if (r->way->reuse) {
		found = r->way->reuse(pfns, r->pages);
	} else {
		sva_fill(&fill, pfns, r->pfns_known ? r->pages : 0,
			 FILL_LIMIT);
		found = fill.found;
	}
	refused = sva_crew_wait_refused(&r->crew, REFUSALS);
	sva_sleep_ms(SETTLE_MS);
	sva_window_close(&r->unmapped, &r->crew);

	if (r->way->reuse) {
		changed = r->way->check();
	} else {
		sva_fill_check(&fill, &changed, &other);
		sva_fill_free(&fill);
	}
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
		 (unsigned long long)(uintptr_t)r->buf);
	sva_fact("range.bytes %lu", r->pages * PAGE);
	sva_fact("reuse.method %s", r->pfns_known ? "pfn" : "none");
	sva_fact("reuse.freed %u", r->freed);
	sva_fact("reuse.pages %u", r->found);
	sva_fact("reuse.changed %u", r->changed);
	sva_fact("reuse.changed-other %u", r->other);
	sva_window_report(&r->mapped, &r->crew, "mapped");
	sva_window_report(&r->unmapped, &r->crew, "unmapped");
	sva_ok(!r->changed && !r->other,
	       "memory that was taken away and reused does not change");
}

void race_run(const struct race_way *way)
{
	const char *modes = sva_crew_options();
	unsigned int interval_us = sva_opt_num("interval", way->interval_us);
	static struct race r;

	r.way = way;
	r.asked = sva_opt_num("rounds", way->rounds);
	r.pages = sva_opt_num("pages", way->pages);
	sva_opt_check();
	if (!r.asked || !r.pages || r.pages > way->pages_max ||
	    r.pages % way->unit)
		sva_error("unusable number of rounds or pages");

	sva_crew_open(&r.crew, modes);
	sva_stage("bound");

	r.buf = way->first(r.pages * PAGE);
	sva_touch_pages(r.buf, r.pages * PAGE);
	sva_crew_write(&r.crew, r.buf, r.pages * PAGE, interval_us);
	for (;;) {
		write_mapped(&r);
		r.rounds++;
		/* One broken round is enough. */
		if (!take(&r) || r.rounds == r.asked)
			break;
		way->give(r.buf, r.pages * PAGE);
	}
	sva_crew_stop(&r.crew);
	report(&r);
	sva_stage("done");

	sva_crew_close(&r.crew);
	sva_stage("unbound");
}
