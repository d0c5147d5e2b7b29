/*
 * Walk caches: table entries that do not map a page, as walks have read them
 *
 * The paging-structure caches of VT-d and the walk caches of an SMMU.  An entry
 * is what a table entry above the leaf says of a range of addresses: where the
 * table below is, and what all entries down to it grant.  A walk goes on from
 * the deepest entry that covers its address and does not read the tables above
 * it, also when they have changed: an entry stays in force until it is
 * invalidated.
 *
 * This is a view of the IOTLB's cache: tags, constant-time lookup, and the
 * bounds of what an invalidation costs are those of iotlb.h.  The mask of an
 * entry is the size of the range of one table entry, and so its level;
 * SvaTlbEntry.table is the formats' own: address and attributes.
 *
 * VT-d rev 5.10, 6.2.5 "Paging-structure Caches"; IHI 0070 G.b, 3.21.1, 4.4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_WALK_CACHE_H
#define HW_SVA_CORE_WALK_CACHE_H

#include "iotlb.h"
#include "pt-query.h"

/*
 * The entries that one walk may use.
 *
 * @tag:   what they are tagged with; @tag.priv is 0
 * @upper: bits of the input address that the walk is not told
 * @hits:  counter of walks that used an entry
 */
struct SvaWalkView {
    SvaIotlb *cache;
    SvaTlbTag tag;
    uint64_t upper;
    uint64_t *hits;
};

/* The deepest entry that covers @va; valid until the next insertion. */
const SvaTlbEntry *sva_walk_cache_lookup(const SvaWalkView *view,
                                         uint64_t va);
/* @table is what to use for [@va & ~@mask, @va | @mask]. */
void sva_walk_cache_insert(const SvaWalkView *view, uint64_t va,
                           uint64_t mask, uint64_t table);

#endif
