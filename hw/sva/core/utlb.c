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

static SvaUtlbTable *table_new(uint32_t sets)
{
    SvaUtlbTable *table = g_new0(SvaUtlbTable, 1);

    table->sets = sets;
    table->shift = 64 - (uint32_t)__builtin_ctz(sets);
    table->raw = g_malloc0((sets + 1ull) * SVA_UTLB_LINE);
    table->ways = (void *)(((uintptr_t)table->raw + SVA_UTLB_LINE - 1) &
                           ~(uintptr_t)(SVA_UTLB_LINE - 1));
    return table;
}

static void table_clear(SvaUtlbTable *table)
{
    uint32_t i;

    for (i = 0; i < table->sets * SVA_UTLB_WAYS; i++) {
        sva_utlb_store(table->ways[i].requester, 0);
    }
}

/* From now on it has @sets sets, all of them empty. */
static void use_sets(SvaUtlb *utlb, uint32_t sets)
{
    SvaUtlbTable **table = &utlb->tables[__builtin_ctz(sets)];

    if (*table) {
        table_clear(*table);
    } else {
        *table = table_new(sets);
    }
    sva_utlb_store(utlb->table, *table);
    utlb->inserts = 0;
    utlb->evictions = 0;
}

void sva_utlb_init(SvaUtlb *utlb, unsigned entries)
{
    QEMU_BUILD_BUG_ON(sizeof(SvaUtlbWay) * SVA_UTLB_WAYS != SVA_UTLB_LINE);
    QEMU_BUILD_BUG_ON(MAX_SETS >> SVA_UTLB_SIZES);

    memset(utlb, 0, sizeof(*utlb));
    utlb->max_sets = MIN_SETS;
    while (utlb->max_sets * SVA_UTLB_WAYS < entries &&
           utlb->max_sets < MAX_SETS) {
        utlb->max_sets *= 2;
    }
    use_sets(utlb, MIN(utlb->max_sets, FIRST_SETS));
}

void sva_utlb_free(SvaUtlb *utlb)
{
    unsigned i;

    for (i = 0; i < SVA_UTLB_SIZES; i++) {
        if (utlb->tables[i]) {
            g_free(utlb->tables[i]->raw);
            g_free(utlb->tables[i]);
        }
    }
}

void sva_utlb_reset(SvaUtlb *utlb)
{
    sva_utlb_change_begin(utlb);
    use_sets(utlb, MIN(utlb->max_sets, FIRST_SETS));
    sva_utlb_change_end(utlb);
}

/* It is empty then: misses fill it again. */
static void grow_if_too_small(SvaUtlb *utlb)
{
    uint32_t sets = utlb->table->sets;

    if (++utlb->inserts < sets * SVA_UTLB_WAYS) {
        return;
    }
    if (utlb->evictions > utlb->inserts / 8 && sets < utlb->max_sets) {
        use_sets(utlb, sets * 2);
    }
    utlb->inserts = 0;
    utlb->evictions = 0;
}

static void set_way(SvaUtlbWay *way, const SvaUtlbWay *to)
{
    sva_utlb_store(way->requester, to->requester);
    sva_utlb_store(way->page, to->page);
    sva_utlb_store(way->generation, to->generation);
    sva_utlb_store(way->data, to->data);
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
    set_way(&set[1], &set[0]);
    return &set[0];
}

void sva_utlb_put(SvaUtlb *utlb, const SvaUtlbKey *key,
                  const SvaUtlbEntry *entry)
{
    SvaUtlbWay way = {
        .requester = key->requester,
        .page = key->addr >> SVA_PAGE_SHIFT,
        .generation = sva_utlb_generation(utlb, key->tag, entry->tag),
        .data = (entry->map.addr & SVA_UTLB_ADDR) |
                (uint64_t)entry->tag << SVA_UTLB_TAG_SHIFT |
                (uint64_t)entry->map.snoop << 10 |
                (uint64_t)(__builtin_popcountll(entry->map.mask) -
                           SVA_PAGE_SHIFT) << 4 |
                (uint64_t)entry->flag << 3 | (entry->map.access & 7),
    };

    sva_utlb_change_begin(utlb);
    grow_if_too_small(utlb);
    set_way(choose_way(utlb, key), &way);
    sva_utlb_change_end(utlb);
}
