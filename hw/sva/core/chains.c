/*
 * Chains: doubly linked lists of array indices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "chains.h"

void sva_chains_init(SvaChains *chains, uint32_t elements,
                     SvaChainLink *first, size_t stride)
{
    uint32_t count = elements / 2, i;

    chains->shift = 32 - (uint32_t)__builtin_ctz(count);
    chains->heads = g_new(SvaChainHead, count);
    chains->links = (uint8_t *)first;
    chains->stride = stride;
    for (i = 0; i < count; i++) {
        chains->heads[i] = (SvaChainHead) { .first = SVA_CHAIN_END };
    }
}

void sva_chains_free(SvaChains *chains)
{
    g_free(chains->heads);
}

void sva_chain_add(SvaChains *chains, uint32_t hash, uint32_t i)
{
    SvaChainHead *head = sva_chain(chains, hash);

    *sva_chain_link(chains, i) = (SvaChainLink) { head->first, SVA_CHAIN_END };
    if (head->first != SVA_CHAIN_END) {
        sva_chain_link(chains, head->first)->prev = i;
    }
    head->first = i;
    head->count++;
}

void sva_chain_remove(SvaChains *chains, uint32_t hash, uint32_t i)
{
    SvaChainHead *head = sva_chain(chains, hash);
    SvaChainLink link = *sva_chain_link(chains, i);

    if (link.prev == SVA_CHAIN_END) {
        head->first = link.next;
    } else {
        sva_chain_link(chains, link.prev)->next = link.next;
    }
    if (link.next != SVA_CHAIN_END) {
        sva_chain_link(chains, link.next)->prev = link.prev;
    }
    head->count--;
}
