/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest test library: huge pages
 */
#ifndef HUGE_H
#define HUGE_H

#include "sva.h"

#define HUGE_SIZE	(2 * MIB)
#define HUGE_PAGES	(HUGE_SIZE / 4096)

/* Makes the pool of huge pages as large as this. */
void huge_pool(unsigned int pages);
/* Anonymous memory at whole huge pages, not touched; small until collapsed. */
void *huge_map(size_t size);
/* Makes whole huge pages of what is there. */
void huge_collapse(void *at, size_t size);
/* KiB of the mapping with this address that stand in huge pages. */
unsigned long huge_kib(const void *at);

#endif
