/*
 * Summary of what caches of translations hold, as text of a QOM property
 *
 * How many translations of which PASID or ASID ("cached-translations":
 * "1:512 3:2"), or of which functions and PASIDs the entries
 * ("cached-configs": "0x0020.1").  Sorted; empty: nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CACHE_SUMMARY_H
#define HW_SVA_CACHE_SUMMARY_H

#include <stdint.h>

typedef struct SvaCacheSummary SvaCacheSummary;

SvaCacheSummary *sva_cache_summary_new(void);
/* @rid: 0 where it does not matter. */
void sva_cache_summary_add(SvaCacheSummary *summary, uint16_t rid,
                           uint32_t tag);
/* Either returns the text and frees @summary. */
char *sva_cache_summary_translations(SvaCacheSummary *summary);
char *sva_cache_summary_configs(SvaCacheSummary *summary);

#endif
