/*
 * Keys of IOTLB entries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_IOTLB_KEY_H
#define HW_SVA_CORE_IOTLB_KEY_H

#include "iotlb.h"

/*
 * @tag:  everything but the address.  The order (size 2^(12+order)) is part of
 *        it, so that one comparison settles the tag.  0: no key.
 * @page: address >> (12 + order)
 */
typedef struct SvaTlbKey {
    uint64_t tag;
    uint64_t page;
} SvaTlbKey;

#define SVA_TLB_KEY_DOMAIN_SHIFT 20     /* above the address space */
#define SVA_TLB_KEY_KIND_SHIFT   36
#define SVA_TLB_KEY_PRIV         (1ull << 39)
#define SVA_TLB_KEY_ORDER_SHIFT  40
#define SVA_TLB_KEY_ORDER_MASK   63u
#define SVA_TLB_KEY_VALID        (1ull << 63)

QEMU_BUILD_BUG_ON(SVA_TLB_KINDS > 8);

/* SvaTlbKey.tag for order 0 */
static inline uint64_t sva_tlb_tag_word(const SvaTlbTag *tag)
{
    return SVA_TLB_KEY_VALID | (tag->asid & SVA_PASID_MAX) |
           (uint64_t)tag->domain << SVA_TLB_KEY_DOMAIN_SHIFT |
           (uint64_t)(tag->kind & 7) << SVA_TLB_KEY_KIND_SHIFT |
           (tag->priv ? SVA_TLB_KEY_PRIV : 0);
}

/* The order of a size mask, or -1 if it is none. */
static inline int sva_tlb_mask_order(uint64_t mask)
{
    if ((mask & (mask + 1)) || mask < SVA_PAGE_SIZE - 1) {
        return -1;
    }
    /* Not a count of bits: that is a call where the host may lack it. */
    return (mask == UINT64_MAX ? 64 : __builtin_ctzll(mask + 1)) -
           SVA_PAGE_SHIFT;
}

static inline SvaTlbKey sva_tlb_key(uint64_t word, unsigned order,
                                    uint64_t iova)
{
    return (SvaTlbKey) {
        .tag = word | (uint64_t)order << SVA_TLB_KEY_ORDER_SHIFT,
        .page = iova >> SVA_PAGE_SHIFT >> order,
    };
}

static inline unsigned sva_tlb_key_order(SvaTlbKey key)
{
    return key.tag >> SVA_TLB_KEY_ORDER_SHIFT & SVA_TLB_KEY_ORDER_MASK;
}

#endif
