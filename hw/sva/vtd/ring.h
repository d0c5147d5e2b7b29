/*
 * Ring arithmetic: queues of fixed-size entries in guest memory
 *
 * Positions are byte offsets from the base, as the queue registers of VT-d
 * hold them (IQH, IQT, PQH, PQT).  A ring is empty when head == tail and full
 * with one entry less than its size, as both VT-d queues are.
 *
 * VT-d rev 5.10, 6.5.2 "Queued Invalidation Interface", 7.4 "Page Requests".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_RING_H
#define HW_SVA_VTD_RING_H

#include "hw/sva/types.h"

/*
 * @base:       guest physical address of the first entry
 * @size_log2:  size of the ring in bytes, 2^@size_log2; at most 31
 * @entry_log2: size of an entry in bytes; at most @size_log2
 */
typedef struct SvaRing {
    uint64_t base;
    uint8_t size_log2;
    uint8_t entry_log2;
} SvaRing;

/* Size in bytes. */
static inline uint32_t sva_ring_bytes(const SvaRing *ring)
{
    return (uint32_t)1 << (ring->size_log2 & 31);
}

/* May @offset be used as head or tail: inside the ring, entry aligned? */
static inline bool sva_ring_offset_valid(const SvaRing *ring, uint64_t offset)
{
    uint32_t align = ((uint32_t)1 << (ring->entry_log2 & 31)) - 1;

    return offset < sva_ring_bytes(ring) && !(offset & align);
}

/* The offset after @offset, which must be valid. */
static inline uint32_t sva_ring_next(const SvaRing *ring, uint32_t offset)
{
    uint32_t entry = (uint32_t)1 << (ring->entry_log2 & 31);

    return (offset + entry) & (sva_ring_bytes(ring) - 1);
}

static inline bool sva_ring_empty(uint32_t head, uint32_t tail)
{
    return head == tail;
}

/* Would one more entry make it look empty? */
static inline bool sva_ring_full(const SvaRing *ring, uint32_t head,
                                 uint32_t tail)
{
    return sva_ring_next(ring, tail) == head;
}

/* Guest physical address of the entry at @offset. */
static inline uint64_t sva_ring_addr(const SvaRing *ring, uint32_t offset)
{
    return ring->base + offset;
}

#endif
