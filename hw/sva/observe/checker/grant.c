/*
 * Grants: what an ATC may hold of what the TLB has
 *
 * A translation request need not walk, and its answer does not say under which
 * tag the TLB has it: global pages of SMMUv3 have no ASID (IHI 0070 G.b, 3.17),
 * and what a PASID is given another one may have put there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "grant.h"
#include "node.h"

/* What an ATC may hold is what the TLB says, right or wrong. */
static SvaCheckNode *granted_by(const SvaCheckSpace *space, uint64_t addr)
{
    SvaCheckNode *node;
    uint8_t shift;

    for (shift = SVA_PAGE_SHIFT; shift < 64; shift++) {
        if (!(space->shifts >> shift & 1)) {
            continue;
        }
        node = sva_check_node_first(space, addr, addr, shift);
        for (; node; node = sva_check_node_next(node, addr)) {
            if (sva_check_node_in_tlb(node)) {
                return node;
            }
        }
    }
    return NULL;
}

static uint64_t output_of(SvaChecker *c, const SvaCheckNode *node,
                          uint64_t addr)
{
    SvaCheckEntry entry = sva_check_node_entry(node);

    return c->arch->target(c->regs, &entry) + (addr - node->base);
}

/* What the second stage has of where @node leads, NULL: nothing. */
static SvaCheckNode *granted_below(SvaChecker *c, const SvaCheckNode *node,
                                   uint64_t addr)
{
    const SvaCheckSpace *below = sva_check_space_below(c, node->space);

    return below ? granted_by(below, output_of(c, node, addr)) : NULL;
}

/* Does @node lead to @map, by itself or with the second stage? */
static bool leads_to(SvaChecker *c, const SvaCheckNode *node, uint64_t addr,
                     const SvaMapping *map)
{
    const SvaCheckNode *below = granted_below(c, node, addr);
    uint64_t out = output_of(c, node, addr);

    return !((out ^ map->addr) & ~map->mask) ||
           (below && !((output_of(c, below, out) ^ map->addr) & ~map->mask));
}

/* Tags by which a user may find it are more than one: see what it was told. */
static SvaCheckNode *granted_to(SvaChecker *c, const SvaCheckUser *user,
                                const SvaEvent *event)
{
    SvaCheckSpace *spaces[SVA_CHECK_SPACES];
    unsigned i, n = sva_check_user_spaces(c, user, spaces);
    SvaCheckNode *any = NULL;

    for (i = 0; i < n; i++) {
        SvaCheckNode *node = granted_by(spaces[i], event->addr);

        if (node && leads_to(c, node, event->addr, &event->ats.map)) {
            return node;
        }
        any = any ? any : node;
    }
    return any;
}

void sva_check_grant(SvaChecker *c, SvaCheckUser *user, const SvaEvent *event)
{
    SvaCheckNode *node = granted_to(c, user, event);
    SvaCheckNode *below = node ? granted_below(c, node, event->addr) : NULL;

    if (node) {
        sva_check_node_hold(node, user, c->seq);
    }
    if (below) {
        /* The second stage has its part in it. */
        sva_check_node_hold(below, user, c->seq);
    }
}
