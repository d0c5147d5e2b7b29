/*
 * Owners of IOTLB entries: domain and address space, and their entries
 *
 * An invalidation finds the entries that it is about through their owners:
 * those of one domain and address space, those of a domain, and for each owner
 * a bound on the page sizes and kinds that are worth a lookup.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_TLB_OWNERS_H
#define HW_SVA_CORE_TLB_OWNERS_H

#include "chains.h"

/*
 * @entries:  chain of its entries
 * @orders:   bit n: it has had an entry of size 2^(12+n); kinds, privs: bits
 *            of SvaTlbTag.kind and .priv alike; block: the largest of them.
 *            They only grow while there is an entry.
 */
typedef struct SvaTlbOwner {
    SvaChainHead entries;
    SvaChainLink by_name;
    SvaChainLink by_domain;
    uint64_t orders;
    uint32_t asid;
    uint16_t domain;
    uint8_t kinds;
    uint8_t privs;
    uint8_t block;
} SvaTlbOwner;

typedef struct SvaTlbOwners {
    SvaTlbOwner *owners;
    SvaChains names;            /* by domain and address space */
    SvaChains domains;
    uint32_t made;              /* owners[made..] are not in use yet */
    uint32_t last;              /* the one asked for last, if there is any */
    uint32_t free;              /* first of those given back, by by_name */
} SvaTlbOwners;

/* For up to @entries entries, a power of two, 16..2^20. */
void sva_tlb_owners_init(SvaTlbOwners *owners, uint32_t entries);
void sva_tlb_owners_free(SvaTlbOwners *owners);
/* There are none any more. */
void sva_tlb_owners_clear(SvaTlbOwners *owners);

/* The owner, or NULL: it has no entries. */
SvaTlbOwner *sva_tlb_owner_find(const SvaTlbOwners *owners, uint16_t domain,
                                uint32_t asid);
/* The same, made if need be: with no entries, and one must be added. */
SvaTlbOwner *sva_tlb_owner_get(SvaTlbOwners *owners, uint16_t domain,
                               uint32_t asid);
/* @owner has no entries any more. */
void sva_tlb_owner_put(SvaTlbOwners *owners, SvaTlbOwner *owner);

static inline uint32_t sva_tlb_owner_index(const SvaTlbOwners *owners,
                                           const SvaTlbOwner *owner)
{
    return (uint32_t)(owner - owners->owners);
}

#endif
