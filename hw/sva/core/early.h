/*
 * Early reads: words of table entries as they were read before
 *
 * An IOMMU may read an entry at any time, in pieces, and keep the pieces until
 * an invalidation names the entry.  What it uses in the end may have some from
 * then and some from now.
 *
 * The key and what an invalidation drops are the owner's.  Only an entry that
 * may be kept is to be handed in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_EARLY_H
#define HW_SVA_CORE_EARLY_H

#include "adversary.h"
#include "config-cache.h"

#define SVA_EARLY_WORDS 8

typedef struct SvaEarly {
    uint64_t words[SVA_EARLY_WORDS];
} SvaEarly;

static inline SvaConfigCache *sva_early_new(void)
{
    return sva_config_cache_new(4096, sizeof(SvaEarly));
}

/*
 * @words, @count of them, were read just now.  Replace some pieces of @piece
 * words by what they were at an earlier time, and remember what was read.
 */
void sva_early_mix(SvaConfigCache *cache, SvaAdversary *adv, uint64_t key,
                   uint64_t *words, unsigned count, unsigned piece);

#endif
