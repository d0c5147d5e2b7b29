/*
 * Micro-TLB: insertion and growth
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "utlb.h"

#define FIRST_SETS 64u
#define MIN_SETS   8u
#define MAX_SETS   (1u << 19)

static void alloc_sets(SvaUtlb *utlb, uint32_t sets)
{
    utlb->sets = sets;
    utlb->shift = 64 - (uint32_t)__builtin_ctz(sets);
    utlb->raw = g_malloc0((sets + 1ull) * SVA_UTLB_LINE);
    utlb->ways = (void *)(((uintptr_t)utlb->raw + SVA_UTLB_LINE - 1) &
                          ~(uintptr_t)(SVA_UTLB_LINE - 1));
    utlb->inserts = 0;
    utlb->evictions = 0;
}

void sva_utlb_init(SvaUtlb *utlb, unsigned entries)
{
    QEMU_BUILD_BUG_ON(sizeof(SvaUtlbWay) * SVA_UTLB_WAYS != SVA_UTLB_LINE);

    memset(utlb, 0, sizeof(*utlb));
    utlb->max_sets = MIN_SETS;
    while (utlb->max_sets * SVA_UTLB_WAYS < entries &&
           utlb->max_sets < MAX_SETS) {
        utlb->max_sets *= 2;
    }
    alloc_sets(utlb, MIN(utlb->max_sets, FIRST_SETS));
}

void sva_utlb_free(SvaUtlb *utlb)
{
    g_free(utlb->raw);
}

void sva_utlb_reset(SvaUtlb *utlb)
{
    g_free(utlb->raw);
    alloc_sets(utlb, MIN(utlb->max_sets, FIRST_SETS));
}

/* It is empty then: misses fill it again. */
static void grow_if_too_small(SvaUtlb *utlb)
{
    if (++utlb->inserts < utlb->sets * SVA_UTLB_WAYS) {
        return;
    }
    if (utlb->evictions > utlb->inserts / 8 && utlb->sets < utlb->max_sets) {
        g_free(utlb->raw);
        alloc_sets(utlb, utlb->sets * 2);
    }
    utlb->inserts = 0;
    utlb->evictions = 0;
}

/*
 * Reuse the way of the same request, or one that is known to be invalid.
 * Otherwise evict the second way; the first, which is younger, moves there.
 */
static SvaUtlbWay *choose_way(SvaUtlb *utlb, const SvaUtlbKey *key)
{
    SvaUtlbWay *set = sva_utlb_set(utlb, key);
    uint64_t page = key->addr >> SVA_PAGE_SHIFT;
    unsigned i;

    for (i = 0; i < SVA_UTLB_WAYS; i++) {
        if (set[i].requester == key->requester && set[i].page == page) {
            return &set[i];
        }
    }
    for (i = 0; i < SVA_UTLB_WAYS; i++) {
        if (!set[i].requester || set[i].generation < utlb->generation) {
            return &set[i];
        }
    }
    utlb->evictions++;
    set[1] = set[0];
    return &set[0];
}

void sva_utlb_put(SvaUtlb *utlb, const SvaUtlbKey *key,
                  const SvaUtlbEntry *entry)
{
    SvaUtlbWay *way;

    grow_if_too_small(utlb);
    way = choose_way(utlb, key);
    way->requester = key->requester;
    way->page = key->addr >> SVA_PAGE_SHIFT;
    way->generation = sva_utlb_generation(utlb, key->tag, entry->tag);
    way->data = (entry->map.addr & SVA_UTLB_ADDR) |
                (uint64_t)entry->tag << SVA_UTLB_TAG_SHIFT |
                (uint64_t)entry->map.snoop << 10 |
                (uint64_t)(__builtin_popcountll(entry->map.mask) -
                           SVA_PAGE_SHIFT) << 4 |
                (uint64_t)entry->flag << 3 | (entry->map.access & 7);
}
