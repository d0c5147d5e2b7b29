// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario migrate: pages move to another node of memory, and back
 *
 * With huge=1 they are huge pages, which move as a whole.
 *
 * Scenario ats-resident: the same with locked memory and a device that cannot
 * ask for pages; one page is unlocked and thrown away in each round.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "huge.h"
#include "page-migration.h"

#define PAGE		4096ul
#define BUFFER_PAGES	64
#define MOVE_TRIES	100
#define DISCARDED_MS	20
#define MPOL_MF_MOVE	(1 << 1)

static bool huge;

/* Number of pages that are not on the node yet and can be moved. */
static unsigned int move(char *buf, unsigned int n, int node)
{
	static void *pages[SVA_MODES * BUFFER_PAGES];
	static int nodes[SVA_MODES * BUFFER_PAGES];
	static int status[SVA_MODES * BUFFER_PAGES];
	size_t step = huge ? HUGE_SIZE : PAGE;
	unsigned int left = 0;

	for (unsigned int p = 0; p < n; p++) {
		pages[p] = buf + p * step;
		nodes[p] = node;
		status[p] = -1;
	}
	if (syscall(SYS_move_pages, 0, n, pages, nodes, status,
		    MPOL_MF_MOVE) < 0)
		sva_error("move_pages: %s (NUMA, a machine with two nodes)",
			  strerror(errno));
	for (unsigned int p = 0; p < n; p++)
		left += status[p] != node;
	return left;
}

static void move_all(struct page_migration *r, int node)
{
	unsigned int n = page_migration_whole(r) / (huge ? HUGE_SIZE : PAGE);
	unsigned int tries = 0;

	/* A page that is in use at this moment is not moved. */
	while (move(r->buf, n, node)) {
		if (++tries == MOVE_TRIES)
			sva_error("not all pages move to node %d", node);
		sva_sleep_ms(1);
	}
}

static void *map(size_t size)
{
	char *buf = huge ? huge_map(size) :
		    sva_map(NULL, size, PROT_READ | PROT_WRITE);
	unsigned int tries = 0;

	sva_touch_pages(buf, size);
	if (huge)
		huge_collapse(buf, size);
	while (move(buf, size / (huge ? HUGE_SIZE : PAGE), 0) &&
	       ++tries < MOVE_TRIES)
		sva_sleep_ms(1);
	return buf;
}

/* A huge page that was split on the way would move in parts. */
static void move_whole(struct page_migration *r, int node)
{
	move_all(r, node);
	if (huge && huge_kib(r->buf) != page_migration_whole(r) / KIB)
		sva_error("a huge page was split when it moved");
}

static void there(struct page_migration *r)
{
	move_whole(r, 1);
}

static void back(struct page_migration *r)
{
	move_whole(r, 0);
}

static void scenario_migrate(void)
{
	static const struct page_migration_event events[] = {
		{ "there", there, .frees = true, .node = 0 },
		{ "back", back, .frees = true, .node = 1 },
	};
	static struct page_migration_scene scene = {
		.rounds = 5,
		.interval_us = 5000,
		.pages = BUFFER_PAGES,
		.map = map,
		.event = events,
		.events = ARRAY_SIZE(events),
	};

	huge = sva_opt_num("huge", 0);
	if (huge) {
		scene.rounds = 3;
		scene.interval_us = 20000;
		scene.pages = HUGE_PAGES;
	}
	page_migration_run(&scene, NULL);
}
SVA_SCENARIO("migrate", scenario_migrate);

static void *map_locked(size_t size)
{
	void *buf = map(size);

	if (mlock(buf, size))
		sva_error("mlock: %s", strerror(errno));
	return buf;
}

/* Also what was thrown away in the round before is locked again. */
static void there_locked(struct page_migration *r)
{
	if (mlock(r->buf, page_migration_whole(r)))
		sva_error("mlock: %s", strerror(errno));
	there(r);
}

static void discard(struct page_migration *r)
{
	unsigned int page = r->round % 2;

	for (unsigned int i = 0; i < r->forever.n; i++)
		if (munlock(page_migration_part(r, i) + page * PAGE, PAGE))
			sva_error("munlock: %s", strerror(errno));
	page_migration_drop(r, page);
	/* Wait until the device finds the page missing. */
	sva_sleep_ms(DISCARDED_MS);
}

static void scenario_ats_resident(void)
{
	static const struct page_migration_event events[] = {
		{ "there", there_locked, .frees = true, .node = 0 },
		{ "back", back, .frees = true, .node = 1 },
		{ "discard", discard, .frees = true, .node = 0 },
	};
	static const struct page_migration_scene scene = {
		.rounds = 5,
		.interval_us = 5000,
		.pages = BUFFER_PAGES,
		.map = map_locked,
		.modes = "ats",
		.event = events,
		.events = ARRAY_SIZE(events),
	};

	page_migration_run(&scene, NULL);
}
SVA_SCENARIO("ats-resident", scenario_ats_resident);
