/*
 * Nodes: page-table entries that copies may have been made of
 *
 * Those of a space are ordered by size, address and age, so that all operations
 * take logarithmic time, and those on a range a step for each node in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "items.h"
#include "node.h"

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static gint node_compare(gconstpointer a, gconstpointer b,
                         gpointer unused G_GNUC_UNUSED)
{
    const SvaCheckNode *x = a;
    const SvaCheckNode *y = b;

    if (x->shift != y->shift) {
        return x->shift < y->shift ? -1 : 1;
    }
    if (x->base != y->base) {
        return compare_u64(x->base, y->base);
    }
    return compare_u64(x->age, y->age);
}

static uint64_t base_of(uint64_t addr, uint8_t shift)
{
    return addr >> shift << shift;
}

/* @age 0: before all nodes of that address. */
static SvaCheckNode node_key(uint64_t addr, uint8_t shift, uint64_t age)
{
    return (SvaCheckNode) {
        .base = base_of(addr, shift), .shift = shift, .age = age,
    };
}

/* Tables of a level have 9 bits of the address, or more. */
static SvaCheckNode **recent_of(SvaCheckSpace *space, uint8_t shift)
{
    return &space->recent[shift / 9 % SVA_CHECK_RECENT];
}

SvaCheckNode *sva_check_node_find(SvaCheckSpace *space, uint64_t addr,
                                  uint8_t shift)
{
    SvaCheckNode **recent = recent_of(space, shift), key;
    GSequenceIter *iter;

    /* The upper tables of a request are mostly those of the one before. */
    if (*recent && (*recent)->shift == shift && (*recent)->age == 1 &&
        (*recent)->base == base_of(addr, shift)) {
        return *recent;
    }
    key = node_key(addr, shift, 1);
    iter = g_sequence_lookup(space->nodes, &key, node_compare, NULL);
    if (iter) {
        *recent = g_sequence_get(iter);
        return *recent;
    }
    return NULL;
}

SvaCheckNode *sva_check_node_add(SvaChecker *c, SvaCheckSpace *space,
                                 uint64_t addr, uint8_t shift)
{
    SvaCheckNode *node = g_new0(SvaCheckNode, 1);

    node->space = space;
    node->base = base_of(addr, shift);
    node->shift = shift;
    node->age = 1;
    node->iter = g_sequence_insert_sorted(space->nodes, node, node_compare,
                                          NULL);
    space->shifts |= 1ull << shift;
    sva_check_item_add(c, &node->item);
    return node;
}

void sva_check_space_idle(SvaChecker *c, SvaCheckSpace *space)
{
    if (!space->pins && !g_sequence_get_length(space->nodes)) {
        sva_check_users_leave(c, space);
        sva_check_space_put(c, space);
    }
}

static void hold_free(SvaChecker *c, SvaCheckHold **link)
{
    SvaCheckHold *hold = *link;

    *link = hold->next;
    hold->user->holds--;
    sva_check_user_put(c, hold->user);
    g_free(hold);
}

void sva_check_node_remove(SvaChecker *c, SvaCheckNode *node)
{
    SvaCheckSpace *space = node->space;

    while (node->holds) {
        hold_free(c, &node->holds);
    }
    if (*recent_of(space, node->shift) == node) {
        *recent_of(space, node->shift) = NULL;
    }
    g_sequence_remove(node->iter);
    sva_check_item_remove(c, &node->item);
    g_free(node);
    sva_check_space_idle(c, space);
}

void sva_check_node_age(SvaCheckNode *node, uint64_t seq)
{
    node->age = seq + 2;
    g_sequence_sort_changed(node->iter, node_compare, NULL);
}

static SvaCheckNode *node_at(GSequenceIter *iter, uint64_t last, uint8_t shift)
{
    SvaCheckNode *node;

    if (g_sequence_iter_is_end(iter)) {
        return NULL;
    }
    node = g_sequence_get(iter);
    return node->shift == shift && node->base <= last ? node : NULL;
}

SvaCheckNode *sva_check_node_first(const SvaCheckSpace *space, uint64_t addr,
                                   uint64_t last, uint8_t shift)
{
    SvaCheckNode key = node_key(addr, shift, 0);

    return node_at(g_sequence_search(space->nodes, &key, node_compare, NULL),
                   last, shift);
}

SvaCheckNode *sva_check_node_next(const SvaCheckNode *node, uint64_t last)
{
    return node_at(g_sequence_iter_next(node->iter), last, node->shift);
}

/* -- copies that are left -- */

/* Tables below others are named by domain or as part of everything. */
static bool is_named_by(const SvaCheckSpace *space, unsigned which)
{
    return !space->below || which == SVA_MARKS_DOMAIN ||
           which == SVA_MARKS_ALL;
}

uint64_t sva_check_space_mark(const SvaCheckSpace *space, bool walk)
{
    unsigned kind = walk ? space->walk_kind : space->kind;
    uint64_t mark = 0;
    unsigned i;

    for (i = 0; i < SVA_MARKS; i++) {
        const SvaCheckMarks *marks = space->marks[i];

        if (is_named_by(space, i)) {
            mark = MAX(mark, (walk ? marks->walk : marks->tlb)[kind]);
        }
    }
    return mark;
}

uint64_t sva_check_domain_mark(const SvaCheckSpace *space)
{
    return MAX(space->marks[SVA_MARKS_DOMAIN]->walk[SVA_CHECK_SECOND],
               space->marks[SVA_MARKS_ALL]->walk[SVA_CHECK_SECOND]);
}

bool sva_check_space_is_mixed(const SvaCheckSpace *space)
{
    return space->mixed > MIN(sva_check_space_mark(space, false),
                              sva_check_space_mark(space, true)) ||
           space->marks[SVA_MARKS_DOMAIN]->mixed > sva_check_domain_mark(space);
}

bool sva_check_node_in_tlb(const SvaCheckNode *node)
{
    return node->tlb > sva_check_space_mark(node->space, false);
}

bool sva_check_node_in_walk(const SvaCheckNode *node)
{
    return node->walk > sva_check_space_mark(node->space, true);
}

bool sva_check_hold_lives(const SvaChecker *c, const SvaCheckHold *hold)
{
    const SvaCheckUser *user = hold->user;

    return hold->seq > c->atc_mark && hold->seq > user->atc_mark &&
           hold->seq > user->function->atc_mark;
}

bool sva_check_node_in_atc(const SvaChecker *c, const SvaCheckNode *node)
{
    const SvaCheckHold *hold;

    for (hold = node->holds; hold; hold = hold->next) {
        if (sva_check_hold_lives(c, hold)) {
            return true;
        }
    }
    return false;
}

bool sva_check_node_lives(SvaChecker *c, SvaCheckNode *node)
{
    SvaCheckHold **link = &node->holds;

    while (*link) {
        SvaCheckHold *hold = *link;

        if (sva_check_hold_lives(c, hold)) {
            link = &hold->next;
        } else {
            hold_free(c, link);
        }
    }
    return node->holds || sva_check_node_in_tlb(node) ||
           sva_check_node_in_walk(node);
}

SvaCheckHold *sva_check_node_held(const SvaCheckNode *node,
                                  const SvaCheckUser *user)
{
    SvaCheckHold *hold = node->holds;

    while (hold && hold->user != user) {
        hold = hold->next;
    }
    return hold;
}

void sva_check_node_hold(SvaCheckNode *node, SvaCheckUser *user, uint64_t seq)
{
    SvaCheckHold *hold = sva_check_node_held(node, user);

    if (!hold) {
        hold = g_new0(SvaCheckHold, 1);
        hold->user = user;
        user->holds++;
        hold->next = node->holds;
        node->holds = hold;
    }
    hold->seq = seq;
    hold->covered = 0;
}

void sva_check_node_unhold(SvaChecker *c, SvaCheckNode *node,
                           const SvaCheckUser *user)
{
    SvaCheckHold **link = &node->holds;

    while (*link && (*link)->user != user) {
        link = &(*link)->next;
    }
    if (*link) {
        hold_free(c, link);
    }
}

/* Pages of 4 KiB are covered as a whole. */
bool sva_check_node_cover(const SvaCheckNode *node, uint64_t *covered,
                          uint64_t addr, uint64_t last)
{
    uint64_t from = MAX(addr, node->base) - node->base;
    uint64_t to = MIN(last, sva_check_node_last(node)) - node->base;
    unsigned shift = node->shift > 6 ? node->shift - 6 : 0;
    uint64_t first = (from >> shift) + (from & ((1ull << shift) - 1) ? 1 : 0);
    /* One behind the last 64th that ends within. */
    uint64_t end = (to >> shift) +
                   ((to & ((1ull << shift) - 1)) == (1ull << shift) - 1);

    for (; first < end && first < 64; first++) {
        *covered |= 1ull << first;
    }
    return *covered == UINT64_MAX;
}

SvaCheckEntry sva_check_node_entry(const SvaCheckNode *node)
{
    return (SvaCheckEntry) {
        .words = { node->word }, .type = node->type, .level = node->level,
        .shift = node->shift, .count = 1,
    };
}
