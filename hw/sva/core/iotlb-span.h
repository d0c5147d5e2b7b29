/*
 * What an invalidation of the IOTLB names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_IOTLB_SPAN_H
#define HW_SVA_CORE_IOTLB_SPAN_H

#include "iotlb-key.h"

/* A scope with its range as first and last byte. */
typedef struct SvaTlbSpan {
    const SvaTlbScope *tags;
    uint64_t first;
    uint64_t last;
} SvaTlbSpan;

static inline SvaTlbSpan sva_tlb_span(const SvaTlbScope *scope)
{
    return (SvaTlbSpan) {
        .tags = scope,
        .first = scope->by_range ? scope->addr : scope->addr & ~scope->mask,
        .last = scope->by_range ? scope->last : scope->addr | scope->mask,
    };
}

static inline bool sva_tlb_span_is_all(const SvaTlbSpan *s)
{
    return s->first == 0 && s->last == UINT64_MAX;
}

/* Size - 1 of a block of 2^@log2 bytes; 0: 0 */
static inline uint64_t sva_tlb_block_mask(unsigned log2)
{
    return log2 < 64 ? (1ull << log2) - 1 : UINT64_MAX;
}

/* Kind, size and range; who it belongs to is the caller's business. */
static inline bool sva_tlb_span_has(const SvaTlbSpan *s,
                                    const SvaTlbEntry *entry)
{
    uint64_t named = entry->map.mask | sva_tlb_block_mask(entry->map.block);
    uint64_t orders = s->tags->orders;

    return s->tags->kinds >> entry->tag.kind & 1 &&
           (G_LIKELY(!orders) ||
            orders >> sva_tlb_mask_order(entry->map.mask) & 1) &&
           (entry->iova & ~named) <= s->last &&
           (entry->iova | named) >= s->first;
}

#endif
