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

/* Where the links of the elements are, each element being in one chain. */
typedef struct SvaChainLinks {
    uint8_t *first;             /* that of the first element */
    size_t stride;              /* from one to the next */
} SvaChainLinks;

typedef struct SvaChains {
    SvaChainHead *heads;
    SvaChainLinks links;
    uint64_t factor;            /* of the hash */
    uint32_t shift;             /* 64 - log2(number of chains) */
} SvaChains;

static inline SvaChainLinks sva_chain_links(SvaChainLink *first, size_t stride)
{
    return (SvaChainLinks) { (uint8_t *)first, stride };
}

static inline SvaChainLink *sva_chain_link_at(const SvaChainLinks *links,
                                              uint32_t i)
{
    return (SvaChainLink *)(void *)(links->first + i * links->stride);
}

static inline void sva_chain_clear(SvaChainHead *head)
{
    *head = (SvaChainHead) { .first = SVA_CHAIN_END };
}

/* Element @i is in the chain of @head from now on; it was in none. */
void sva_chain_push(const SvaChainLinks *links, SvaChainHead *head,
                    uint32_t i);
/* ... and is no more. */
void sva_chain_take(const SvaChainLinks *links, SvaChainHead *head,
                    uint32_t i);

/*
 * Empty chains for an array of @elements, a power of two, 16..2^20, each of
 * which has a SvaChainLink; there are half as many chains.  The hash differs
 * from one to the next, so that nobody can choose what collides.
 */
void sva_chains_init(SvaChains *chains, uint32_t elements,
                     SvaChainLink *first, size_t stride);
void sva_chains_free(SvaChains *chains);
/* Nothing is in any of them any more. */
void sva_chains_clear(SvaChains *chains);

/* The chain of all elements with @hash, and perhaps of others. */
static inline SvaChainHead *sva_chain(const SvaChains *chains, uint64_t hash)
{
    return &chains->heads[hash * chains->factor >> chains->shift];
}

static inline SvaChainLink *sva_chain_link(const SvaChains *chains,
                                           uint32_t i)
{
    return sva_chain_link_at(&chains->links, i);
}

/* The same by hash. */
static inline void sva_chain_add(SvaChains *chains, uint64_t hash, uint32_t i)
{
    sva_chain_push(&chains->links, sva_chain(chains, hash), i);
}

static inline void sva_chain_remove(SvaChains *chains, uint64_t hash,
                                    uint32_t i)
{
    sva_chain_take(&chains->links, sva_chain(chains, hash), i);
}

#endif
