/*
 * Chains: which elements of an array belong together
 *
 * Elements that have something in common, as the owner's hash says, are
 * linked with each other, so that an invalidation finds them without a pass
 * over the array.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_CHAINS_H
#define HW_SVA_CORE_CHAINS_H

#include "hw/sva/types.h"

/* No element; ends a chain. */
#define SVA_CHAIN_END UINT32_MAX

typedef struct SvaChainHead {
    uint32_t first;
    uint32_t count;
} SvaChainHead;

typedef struct SvaChainLink {
    uint32_t next;
    uint32_t prev;              /* SVA_CHAIN_END: it is the first */
} SvaChainLink;

typedef struct SvaChains {
    SvaChainHead *heads;
    uint8_t *links;             /* that of the first element */
    size_t stride;              /* from one to the next */
    uint32_t shift;             /* 32 - log2(number of chains) */
} SvaChains;

/*
 * Empty chains for an array of @elements, a power of two, 16..2^20, each of
 * which has a SvaChainLink; there are half as many chains.
 */
void sva_chains_init(SvaChains *chains, uint32_t elements,
                     SvaChainLink *first, size_t stride);
void sva_chains_free(SvaChains *chains);

/* The chain of all elements with @hash, and perhaps of others. */
static inline SvaChainHead *sva_chain(const SvaChains *chains, uint32_t hash)
{
    return &chains->heads[hash * 0x9e3779b1u >> chains->shift];
}

static inline SvaChainLink *sva_chain_link(const SvaChains *chains,
                                           uint32_t i)
{
    return (SvaChainLink *)(void *)(chains->links + i * chains->stride);
}

/* Element @i is in the chain of @hash from now on; it was in none. */
void sva_chain_add(SvaChains *chains, uint32_t hash, uint32_t i);
/* ... and is no more. */
void sva_chain_remove(SvaChains *chains, uint32_t hash, uint32_t i);

#endif
