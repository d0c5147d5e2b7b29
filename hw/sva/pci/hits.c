/*
 * Hits that threads without the BQL have made
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "hits.h"

#define SHARED    0u
#define UNDECIDED UINT_MAX

static __thread unsigned own_line = UNDECIDED;

static unsigned choose_line(void)
{
    static unsigned threads;
    unsigned before = qatomic_read(&threads);

    if (before >= SVA_PCI_HIT_LINES - 1) {
        return SHARED;
    }
    before = qatomic_fetch_inc(&threads);
    return before < SVA_PCI_HIT_LINES - 1 ? before + 1 : SHARED;
}

void sva_pci_hits_add(SvaPciHits *hits, SvaHitKind kind)
{
    uint64_t *count;

    if (unlikely(own_line == UNDECIDED)) {
        own_line = choose_line();
    }
    count = &hits->line[own_line].count[kind];
    if (likely(own_line != SHARED)) {
        qatomic_set(count, *count + 1);
    } else {
        qatomic_inc(count);
    }
}

void sva_pci_hits_take(SvaPciHits *hits, uint64_t sums[SVA_HIT_KINDS])
{
    unsigned i, kind;

    for (i = 0; i < SVA_PCI_HIT_LINES; i++) {
        for (kind = 0; kind < SVA_HIT_KINDS; kind++) {
            uint64_t count = qatomic_read(&hits->line[i].count[kind]);

            sums[kind] += count - hits->taken[i][kind];
            hits->taken[i][kind] = count;
        }
    }
}
