/*
 * Shorthands of the IOTLB tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_IOTLB_FIXTURE_H
#define TESTS_UNIT_IOTLB_FIXTURE_H

#include "hw/sva/core/iotlb.h"

#define R SVA_READ
#define W SVA_WRITE

#define SIZE_4K 0xfffull
#define SIZE_2M 0x1fffffull
#define SIZE_1G 0x3fffffffull

static const SvaTlbTag tag1 = { .asid = 1, .domain = 7,
                                .kind = SVA_TLB_FIRST };

static inline SvaTlbEntry entry(SvaTlbTag tag, uint64_t iova, uint64_t mask,
                                uint64_t addr)
{
    return (SvaTlbEntry) {
        .tag = tag, .iova = iova, .map.mask = mask, .map.addr = addr,
        .map.access = R | W,
    };
}

static inline void put(SvaIotlb *tlb, SvaTlbTag tag, uint64_t iova,
                       uint64_t mask)
{
    SvaTlbEntry e = entry(tag, iova, mask, iova);

    sva_iotlb_insert(tlb, &e);
}

static inline bool has(const SvaIotlb *tlb, SvaTlbTag tag, uint64_t iova)
{
    return sva_iotlb_lookup(tlb, &tag, iova) != NULL;
}

/* Page-in-PASID scope of domain 7. */
static inline SvaTlbScope pages(uint32_t pasid, uint64_t addr, uint64_t mask)
{
    return (SvaTlbScope) {
        .kinds = SVA_TLB_KIND_BIT(SVA_TLB_FIRST) |
                 SVA_TLB_KIND_BIT(SVA_TLB_NESTED),
        .by_domain = true, .by_asid = true,
        .domain = 7, .asid = pasid, .addr = addr, .mask = mask,
    };
}

#endif
