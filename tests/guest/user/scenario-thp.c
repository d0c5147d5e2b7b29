// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario thp: small pages become a huge one, and the other way round
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "huge.h"
#include "page-migration.h"

#define DROPPED		1u

static unsigned long collapsed_kib, split_kib;

/* Empty; new pages are small. */
static void make_small(struct page_migration *r)
{
	if (madvise(r->buf, page_migration_whole(r), MADV_NOHUGEPAGE) ||
	    madvise(r->buf, page_migration_whole(r), MADV_DONTNEED))
		sva_error("madvise: %s", strerror(errno));
}

static void collapse(struct page_migration *r)
{
	huge_collapse(r->buf, page_migration_whole(r));
	collapsed_kib += huge_kib(r->buf);
}

static void split(struct page_migration *r)
{
	madvise(r->buf, page_migration_whole(r), MADV_NOHUGEPAGE);
	page_migration_drop(r, DROPPED);
	split_kib += huge_kib(r->buf);
}

static void report(const struct page_migration *r)
{
	sva_fact("collapse.huge-kib %lu", collapsed_kib);
	sva_fact("split.huge-kib %lu", split_kib);
	sva_ok(collapsed_kib == r->round * page_migration_whole(r) / KIB,
	       "all of the memory was in huge pages");
	sva_ok(!split_kib, "none was after a part was thrown away");
}

static void scenario_thp(void)
{
	static const struct page_migration_event events[] = {
		{ "collapse", collapse, .frees = true, .node = -1 },
		{ "split", split, .node = -1 },
	};
	static const struct page_migration_scene scene = {
		.rounds = 3,
		.interval_us = 20000,
		.pages = HUGE_PAGES,
		.map = huge_map,
		.prepare = make_small,
		.event = events,
		.events = ARRAY_SIZE(events),
	};

	page_migration_run(&scene, report);
}
SVA_SCENARIO("thp", scenario_thp);
