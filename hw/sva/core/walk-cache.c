/*
 * Walk caches: table entries that do not map a page, as walks have read them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "walk-cache.h"

const SvaTlbEntry *sva_walk_cache_lookup(const SvaWalkView *view, uint64_t va)
{
    const SvaTlbEntry *hit = sva_iotlb_lookup(view->cache, &view->tag,
                                              view->upper | va);

    *view->hits += !!hit;
    return hit;
}

void sva_walk_cache_insert(const SvaWalkView *view, uint64_t va,
                           uint64_t mask, uint64_t table)
{
    SvaTlbEntry entry = {
        .tag = view->tag,
        .iova = view->upper | va,
        .table = table,
        /* Any right will do: @table has them. */
        .map = { .mask = mask, .access = SVA_READ },
    };

    sva_iotlb_insert(view->cache, &entry);
}
