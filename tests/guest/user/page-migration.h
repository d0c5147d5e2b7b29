/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios in which another page comes to stand behind an address
 */
#ifndef REPLACE_H
#define REPLACE_H

#include "sva.h"

#define REPLACE_PAGES_MAX	512u
#define REPLACE_EVENTS_MAX	3u

struct replace;

/**
 * struct replace_event - something that the kernel does to the pages
 * @name: first part of the names of its facts
 * @happen: makes it happen, once; an error if that is not possible
 * @frees: the old pages are free afterwards
 * @node: where they are found again, -1: anywhere
 */
struct replace_event {
	const char *name;
	void (*happen)(struct replace *r);
	bool frees;
	int node;
};

/**
 * struct replace_scene - what a scenario is made of
 * @rounds: how often all events happen, unless told otherwise
 * @interval_us: between two passes of the device, unless told otherwise
 * @pages: of the buffer of each mode
 * @map: the buffer of all modes
 * @prepare: called before each round; the memory is empty afterwards, or NULL
 * @modes: of the device, all of them if NULL, unless told otherwise
 * @event: the events of a round
 * @events: their number
 */
struct replace_scene {
	unsigned int rounds;
	unsigned int interval_us;
	unsigned int pages;
	void *(*map)(size_t size);
	void (*prepare)(struct replace *r);
	const char *modes;
	const struct replace_event *event;
	unsigned int events;
};

/* What one event brought, over all rounds. */
struct replace_sum {
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
 * struct replace - a scenario that runs
 * @scene: what it is made of
 * @forever: contexts that write a word into every page, for ever
 * @adder: contexts whose additions are counted
 * @buf: one part for each mode
 * @part: bytes of a part
 * @round: number of the round, from 0
 * @count: what the device has added to each page
 * @dropped: pages that the process threw away
 * @sum: for each event
 */
struct replace {
	const struct replace_scene *scene;
	struct sva_crew forever;
	struct sva_dev adder[SVA_MODES];
	char *buf;
	size_t part;
	unsigned int round;
	uint32_t count[SVA_MODES][REPLACE_PAGES_MAX];
	bool dropped[REPLACE_PAGES_MAX];
	struct replace_sum sum[REPLACE_EVENTS_MAX];
};

/* All of the scenario, but facts of its own: @report is called before "done". */
void replace_run(const struct replace_scene *scene,
		 void (*report)(const struct replace *r));
char *replace_part(const struct replace *r, unsigned int i);
size_t replace_whole(const struct replace *r);
/* Throws a page of each part away. */
void replace_drop(struct replace *r, unsigned int page);

#endif
