// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario munmap-race: memory is unmapped while the device writes into it
 *
 * The pages are put to another use at once.  The contexts keep their work, so
 * that the next round maps the same addresses again under them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "sva.h"

#define PAGE		4096ul
#define PAGES_MAX	128u
#define FILL_LIMIT	(32 * MIB)
#define SETTLE_MS	10
#define REFUSALS	4

struct race {
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

/* Neighbours keep the hole too small for whatever else is mapped. */
static void reserve(struct race *r)
{
	size_t size = r->pages * PAGE;
	char *p = sva_map(NULL, size + 2 * PAGE, PROT_NONE);

	r->buf = p + PAGE;
	if (mprotect(r->buf, size, PROT_READ | PROT_WRITE))
		sva_error("mprotect: %s", strerror(errno));
}

/* The device writes each page twice, so no page request is left over. */
static void write_mapped(struct race *r)
{
	sva_touch_pages(r->buf, r->pages * PAGE);
	sva_window_open(&r->mapped, &r->crew);
	sva_crew_wait_written(&r->crew, 2 * 8 * r->pages);
	sva_window_close(&r->mapped, &r->crew);
}

static bool unmap(struct race *r)
{
	uint64_t pfns[PAGES_MAX];
	unsigned int changed, other;
	struct sva_fill fill;
	bool refused;

	r->pfns_known = sva_pfns(r->buf, r->pages, pfns);
	if (munmap(r->buf, r->pages * PAGE))
		sva_error("munmap: %s", strerror(errno));
	sva_window_open(&r->unmapped, &r->crew);
	sva_fill(&fill, pfns, r->pfns_known ? r->pages : 0, FILL_LIMIT);
	refused = sva_crew_wait_refused(&r->crew, REFUSALS);
	sva_sleep_ms(SETTLE_MS);
	sva_window_close(&r->unmapped, &r->crew);

	sva_fill_check(&fill, &changed, &other);
	r->freed += r->pages;
	r->found += fill.found;
	r->changed += changed;
	r->other += other;
	sva_fill_free(&fill);
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
	       "memory that was unmapped and reused does not change");
}

void scenario_munmap_race(void)
{
	const char *modes = sva_crew_options();
	unsigned int interval_us = sva_opt_num("interval", 2000);
	static struct race r;

	r.asked = sva_opt_num("rounds", 25);
	r.pages = sva_opt_num("pages", 32);
	sva_opt_check();
	if (!r.asked || !r.pages || r.pages > PAGES_MAX)
		sva_error("unusable number of rounds or pages");

	sva_crew_open(&r.crew, modes);
	sva_stage("bound");

	reserve(&r);
	sva_touch_pages(r.buf, r.pages * PAGE);
	sva_crew_write(&r.crew, r.buf, r.pages * PAGE, interval_us);
	for (;;) {
		write_mapped(&r);
		r.rounds++;
		/* One broken round is enough. */
		if (!unmap(&r) || r.rounds == r.asked)
			break;
		sva_map(r.buf, r.pages * PAGE, PROT_READ | PROT_WRITE);
	}
	sva_crew_stop(&r.crew);
	report(&r);
	sva_stage("done");

	sva_crew_close(&r.crew);
	sva_stage("unbound");
}
