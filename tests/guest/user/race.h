/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios in which memory is taken away while the device writes into it
 */
#ifndef RACE_H
#define RACE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct race_way - how memory is taken away and given back
 * @rounds: how often, unless told otherwise
 * @interval_us: between two passes of the device, unless told otherwise
 * @pages: of the buffer, unless told otherwise; 0: several sizes and places
 * @unit: the number of pages is a multiple of this
 * @pages_max: most pages
 * @first: gives the buffer, for the first time; @at: where it has to be, with
 *         memory that nobody can use on both sides, or NULL
 * @take: its pages are free afterwards
 * @give: it can be used again, at the same addresses
 * @reuse: puts these pages to another use, filled with a pattern; gives how
 *         many of them it got.  NULL: ordinary memory
 * @check: ends the other use; gives how many of these pages changed
 */
struct race_way {
	unsigned int rounds;
	unsigned int interval_us;
	unsigned int pages;
	unsigned int unit;
	unsigned int pages_max;
	char *(*first)(char *at, size_t size);
	void (*take)(char *buf, size_t size);
	void (*give)(char *buf, size_t size);
	unsigned int (*reuse)(const uint64_t *pfns, unsigned int n);
	unsigned int (*check)(void);
};

#define RACE_PAGES_MAX	1536u

/* Runs the scenario. */
void race_run(const struct race_way *way);

#endif
