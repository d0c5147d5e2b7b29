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
    uint32_t count = elements / 2;

    chains->shift = 64 - (uint32_t)__builtin_ctz(count);
    /* With a random odd factor any two hashes collide once in count / 2. */
    chains->factor = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    chains->heads = g_new(SvaChainHead, count);
    chains->links = sva_chain_links(first, stride);
    sva_chains_clear(chains);
}

void sva_chains_clear(SvaChains *chains)
{
    uint32_t count = 1u << (64 - chains->shift), i;

    for (i = 0; i < count; i++) {
        sva_chain_clear(&chains->heads[i]);
    }
}

void sva_chains_free(SvaChains *chains)
{
    g_free(chains->heads);
}

void sva_chain_push(const SvaChainLinks *links, SvaChainHead *head, uint32_t i)
{
    *sva_chain_link_at(links, i) = (SvaChainLink) {
        head->first, SVA_CHAIN_END
    };
    if (head->first != SVA_CHAIN_END) {
        sva_chain_link_at(links, head->first)->prev = i;
    }
    head->first = i;
    head->count++;
}

void sva_chain_take(const SvaChainLinks *links, SvaChainHead *head, uint32_t i)
{
    SvaChainLink link = *sva_chain_link_at(links, i);

    if (link.prev == SVA_CHAIN_END) {
        head->first = link.next;
    } else {
        sva_chain_link_at(links, link.prev)->next = link.next;
    }
    if (link.next != SVA_CHAIN_END) {
        sva_chain_link_at(links, link.next)->prev = link.prev;
    }
    head->count--;
}
