/*
 * Chains: doubly linked lists of array indices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "chains.h"

void sva_chains_init(SvaChains *chains, uint32_t elements)
{
    uint32_t count = elements / 2, i;

    chains->shift = 32 - (uint32_t)__builtin_ctz(count);
    chains->heads = g_new(SvaChainHead, count);
    chains->links = g_new(SvaChainLink, elements);
    for (i = 0; i < count; i++) {
        chains->heads[i] = (SvaChainHead) { .first = SVA_CHAIN_END };
    }
}

void sva_chains_free(SvaChains *chains)
{
    g_free(chains->heads);
    g_free(chains->links);
}

void sva_chain_add(SvaChains *chains, uint32_t hash, uint32_t i)
{
    SvaChainHead *head = sva_chain(chains, hash);

    chains->links[i] = (SvaChainLink) { head->first, SVA_CHAIN_END };
    if (head->first != SVA_CHAIN_END) {
        chains->links[head->first].prev = i;
    }
    head->first = i;
    head->count++;
}

void sva_chain_remove(SvaChains *chains, uint32_t hash, uint32_t i)
{
    SvaChainHead *head = sva_chain(chains, hash);
    SvaChainLink link = chains->links[i];

    if (link.prev == SVA_CHAIN_END) {
        head->first = link.next;
    } else {
        chains->links[link.prev].next = link.next;
    }
    if (link.next != SVA_CHAIN_END) {
        chains->links[link.next].prev = link.prev;
    }
    head->count--;
}
