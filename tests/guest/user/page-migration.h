/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios in which the kernel replaces pages while the device uses them
 */
#ifndef PAGE_MIGRATION_H
#define PAGE_MIGRATION_H

#include "sva.h"

#define PAGE_MIGRATION_PAGES_MAX	512u
#define PAGE_MIGRATION_EVENTS_MAX	3u

struct page_migration;

/**
 * struct page_migration_event - one way in which the kernel replaces pages
 * @name: first part of the names of its facts
 * @happen: makes it happen, once; an error if that is not possible
 * @frees: the old pages are free afterwards
 * @node: where they are found again, -1: anywhere
 */
struct page_migration_event {
	const char *name;
	void (*happen)(struct page_migration *r);
	bool frees;
	int node;
};

/**
 * struct page_migration_scene - the parameters of a scenario
 * @rounds: how often all events happen, unless told otherwise
 * @interval_us: between two passes of the device, unless told otherwise
 * @pages: of the buffer of each mode
 * @map: the buffer of all modes
 * @prepare: called before each round; the memory is empty afterwards, or NULL
 * @modes: of the device, all of them if NULL, unless told otherwise
 * @event: the events of a round
 * @events: their number
 */
struct page_migration_scene {
	unsigned int rounds;
	unsigned int interval_us;
	unsigned int pages;
	void *(*map)(size_t size);
	void (*prepare)(struct page_migration *r);
	const char *modes;
	const struct page_migration_event *event;
	unsigned int events;
};

/* Results of one event, over all rounds. */
struct page_migration_sum {
	unsigned int replaced;	/* pages with another frame, or with none */
	unsigned int found;	/* old frames that were found again */
	unsigned int changed;	/* of these, how many changed */
	unsigned int other;	/* other pages next to them that changed */
	unsigned int adds;	/* atomic additions that were done */
	unsigned int refused;	/* that a mode without page requests could not do */
	unsigned int failed;	/* that should have been done */
	unsigned int wrong;	/* pages with wrong contents */
	struct sva_window window;
};

/**
 * struct page_migration - a scenario that runs
 * @scene: its parameters
 * @forever: contexts that write a word into every page, for ever
 * @adder: contexts whose additions are counted
 * @buf: one part for each mode
 * @part: bytes of a part
 * @round: number of the round, from 0
 * @count: what the device has added to each page
 * @dropped: pages that the process threw away
 * @sum: for each event
 */
struct page_migration {
	const struct page_migration_scene *scene;
	struct sva_writers forever;
	struct sva_dev adder[SVA_MODES];
	char *buf;
	size_t part;
	unsigned int round;
	uint32_t count[SVA_MODES][PAGE_MIGRATION_PAGES_MAX];
	bool dropped[PAGE_MIGRATION_PAGES_MAX];
	struct page_migration_sum sum[PAGE_MIGRATION_EVENTS_MAX];
};

/* Runs the scenario; @report is called before "done", for more facts. */
void page_migration_run(const struct page_migration_scene *scene,
			void (*report)(const struct page_migration *r));
char *page_migration_part(const struct page_migration *r, unsigned int i);
size_t page_migration_whole(const struct page_migration *r);
/* Throws a page of each part away. */
void page_migration_drop(struct page_migration *r, unsigned int page);

#endif
