/*
 * Nodes: page-table entries that copies may have been made of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_NODE_H
#define HW_SVA_OBSERVE_CHECKER_NODE_H

#include "space.h"

/* The newest content for @addr at this size, NULL: none. */
SvaCheckNode *sva_check_node_find(SvaCheckSpace *space, uint64_t addr,
                                  uint8_t shift);

/* There must be none that is newest. */
SvaCheckNode *sva_check_node_add(SvaChecker *c, SvaCheckSpace *space,
                                 uint64_t addr, uint8_t shift);

/* May free the space and, if it has one, not its debt. */
void sva_check_node_remove(SvaChecker *c, SvaCheckNode *node);

/* What was newest stays as an old content, until event @seq. */
void sva_check_node_age(SvaCheckNode *node, uint64_t seq);

/* If it has no nodes and no pins: nobody uses it, and it is freed. */
void sva_check_space_idle(SvaChecker *c, SvaCheckSpace *space);

/*
 * Nodes of one size that overlap [@addr, @last], old ones included, in order
 * of address.  The one returned may be removed before the next call if @next
 * is called before.
 */
SvaCheckNode *sva_check_node_first(const SvaCheckSpace *space, uint64_t addr,
                                   uint64_t last, uint8_t shift);
SvaCheckNode *sva_check_node_next(const SvaCheckNode *node, uint64_t last);

static inline uint64_t sva_check_node_last(const SvaCheckNode *node)
{
    return node->base | ((1ull << node->shift) - 1);
}

/* -- copies that are left -- */

/* Those made at or before that number are gone, by walk caches or the TLB. */
uint64_t sva_check_space_mark(const SvaCheckSpace *space, bool walk);

/*
 * Tables of the second stage, by the domain ID, that were made at or before
 * that number are gone.
 */
uint64_t sva_check_domain_mark(const SvaCheckSpace *space);
/* May something be left of other tables that had the same tags? */
bool sva_check_space_is_mixed(const SvaCheckSpace *space);

bool sva_check_node_in_tlb(const SvaCheckNode *node);
bool sva_check_node_in_walk(const SvaCheckNode *node);
bool sva_check_hold_lives(const SvaChecker *c, const SvaCheckHold *hold);
bool sva_check_node_in_atc(const SvaChecker *c, const SvaCheckNode *node);
/* In any of them; drops holds that are not. */
bool sva_check_node_lives(SvaChecker *c, SvaCheckNode *node);

void sva_check_node_hold(SvaCheckNode *node, SvaCheckUser *user, uint64_t seq);
/* What the ATC of @user may hold of the node, NULL: nothing. */
SvaCheckHold *sva_check_node_held(const SvaCheckNode *node,
                                  const SvaCheckUser *user);
/* It holds nothing any more. */
void sva_check_node_unhold(SvaChecker *c, SvaCheckNode *node,
                           const SvaCheckUser *user);

/* Add [@addr, @last] to the 64ths @covered; true: that is all of it. */
bool sva_check_node_cover(const SvaCheckNode *node, uint64_t *covered,
                          uint64_t addr, uint64_t last);

SvaCheckEntry sva_check_node_entry(const SvaCheckNode *node);

#endif
