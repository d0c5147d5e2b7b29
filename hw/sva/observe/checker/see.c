/*
 * Contents of entries that are seen: read by the IOMMU, or by the checker
 *
 * A guest goes on while the checker reads.  What is seen may be a step on the
 * way from one content to another, so nothing is reported for it, but only for
 * what stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "convict.h"
#include "debt.h"
#include "node.h"
#include "see.h"
#include "tables.h"

static bool read_words(SvaChecker *c, uint64_t pa, SvaCheckEntry *entry)
{
    unsigned i;

    for (i = 0; i < entry->count && i < SVA_EVENT_WORDS; i++) {
        if (!sva_env_read64(c->env, pa + i * 8, &entry->words[i])) {
            return false;
        }
    }
    return true;
}

/* Nothing there: as if it were not present. */
static void read_entry(SvaChecker *c, uint64_t pa, SvaCheckEntry *entry)
{
    sva_check_work(c);
    if (!read_words(c, pa, entry)) {
        memset(entry->words, 0, sizeof(entry->words));
    }
}

/* -- bonds -- */

static void bond_tell(SvaChecker *c, const SvaCheckSlot *slot,
                      const SvaCheckBond *old)
{
    unsigned i;

    for (i = 0; c->topics[i]; i++) {
        if (c->topics[i]->bond) {
            c->topics[i]->bond(c, c->states[i], slot->function->rid,
                               slot->pasid, old, &slot->bond);
        }
    }
}

/* Bound to something else while copies of what it was are left? */
static void bond_check(SvaChecker *c, SvaCheckSlot *slot,
                       const SvaCheckEntry *now)
{
    SvaCheckDebt *debt;
    SvaCheckOpen open;

    for (debt = slot->debts; debt; debt = debt->next) {
        if (debt->gone &&
            c->arch->bind(c->regs, &debt->old) != SVA_BIND_UNBOUND &&
            c->arch->compare(c->regs, &debt->old, now) != SVA_CHANGE_NONE &&
            sva_check_debt_lives(c, debt, &open)) {
            sva_check_convict_reuse(c, debt, &open, now);
        }
    }
}

static void bond_see(SvaChecker *c, SvaCheckSlot *slot,
                     const SvaCheckEntry *now)
{
    SvaCheckBind state = c->arch->bind(c->regs, now);
    SvaCheckBond old = slot->bond;
    uint64_t target = state == SVA_BIND_BOUND
                      ? c->arch->target(c->regs, now) : old.target;
    uint64_t tables = old.tables;

    if (state == SVA_BIND_UNKNOWN ||
        (state == old.state && target == old.target)) {
        return;
    }
    if (state == SVA_BIND_BOUND &&
        !sva_check_tables_same(c, slot, now, target)) {
        tables = ++c->tables;
    }
    slot->bond = (SvaCheckBond) {
        .state = state,
        .target = target,
        .tables = tables,
        .since = c->seq,
        .time = c->now,
        .clock = c->clock,
    };
    if (state == SVA_BIND_BOUND) {
        bond_check(c, slot, now);
    }
    bond_tell(c, slot, &old);
}

/* -- slots -- */

static void slot_gone(SvaChecker *c, SvaCheckSlot *slot,
                      const SvaCheckEntry *now)
{
    SvaCheckDebt *debt;

    if (slot->debts &&
        (!c->arch->present(c->regs, now) ||
         c->arch->bind(c->regs, now) == SVA_BIND_QUIESCED)) {
        for (debt = slot->debts; debt; debt = debt->next) {
            debt->gone = true;
        }
    }
}

/*
 * @there: what is in memory.  The unit may have used an earlier copy; a bond is
 * what software has made of it.
 */
static SvaCheckChange slot_see(SvaChecker *c, SvaCheckSlot *slot,
                               const SvaCheckEntry *now,
                               const SvaCheckEntry *there)
{
    /* Another size: another mode, which is another contract. */
    SvaCheckChange change = slot->entry.count == now->count
                            ? c->arch->compare(c->regs, &slot->entry, now)
                            : SVA_CHANGE_UPGRADE;

    slot_gone(c, slot, there);
    if (change == SVA_CHANGE) {
        sva_check_debt_slot(c, slot, now);
        slot->entry = *now;
        slot->seq = 0;
    }
    bond_see(c, slot, there);
    return change;
}

/*
 * Has the unit used a copy that is older than what is known to be there?  Then
 * software has changed nothing since, and owes what it did for that content.
 */
static bool is_older(SvaChecker *c, const SvaCheckSlot *slot,
                     const SvaCheckEntry *used, const SvaCheckEntry *there)
{
    return slot->entry.count == used->count &&
           c->arch->compare(c->regs, &slot->entry, used) == SVA_CHANGE &&
           c->arch->compare(c->regs, &slot->entry, there) == SVA_CHANGE_NONE;
}

void sva_check_slot_read(SvaChecker *c, SvaCheckSlot *slot, uint64_t pa,
                         const SvaCheckEntry *entry)
{
    SvaCheckEntry there = *entry;

    read_entry(c, pa, &there);
    if (slot->pa == pa && is_older(c, slot, entry, &there)) {
        return;
    }
    slot_see(c, slot, entry, &there);
    slot->entry = *entry;
    slot->pa = pa;
    slot->seq = c->seq;
    slot->cached = c->arch->cached(c->regs, entry);
    slot->domain = c->arch->domain ? c->arch->domain(c->regs, entry) : -1;
}

void sva_check_slot_look(SvaChecker *c, SvaCheckSlot *slot)
{
    SvaCheckEntry now = slot->entry;

    if (slot->entry.count) {
        read_entry(c, slot->pa, &now);
        slot_see(c, slot, &now, &now);
    }
}

/* -- nodes -- */

/*
 * All that may be cached of it goes on as an old content, if there is any.
 * @seen: what was made later was not made of it.
 */
static void node_changed(SvaChecker *c, SvaCheckNode *node,
                         const SvaCheckEntry *now, uint64_t seen)
{
    if (sva_check_node_lives(c, node) ||
        !c->arch->leaf(c->regs, &(SvaCheckEntry) {
            .words = { node->word }, .type = node->type,
            .level = node->level, .shift = node->shift, .count = 1 })) {
        sva_check_debt_node(c, node, now, seen);
    } else {
        sva_check_node_remove(c, node);
    }
}

static SvaCheckChange node_compare(SvaChecker *c, const SvaCheckNode *node,
                                   const SvaCheckEntry *now)
{
    SvaCheckEntry old = sva_check_node_entry(node);

    if (node->word == now->words[0]) {
        return SVA_CHANGE_NONE;
    }
    return c->arch->compare(c->regs, &old, now);
}

/* The newest content, unless it has changed; may free the space. */
static SvaCheckNode *node_keep(SvaChecker *c, SvaCheckSpace *space,
                               uint64_t addr, uint64_t pa,
                               const SvaCheckEntry *entry)
{
    SvaCheckNode *node = sva_check_node_find(space, addr, entry->shift);

    if (node && (node->pa != pa || node->type != entry->type ||
                 node->level != entry->level ||
                 node_compare(c, node, entry) == SVA_CHANGE)) {
        /* What comes of this very read is of the new content. */
        node_changed(c, node, entry, c->seq - 1);
        return NULL;
    }
    return node;
}

/* An address that was taken away is given away again too early. */
static void node_reuse(SvaChecker *c, const SvaCheckNode *node,
                       const SvaCheckEntry *entry)
{
    SvaCheckNode *old = sva_check_node_next(node, node->base);
    SvaCheckOpen open;
    unsigned n;

    for (n = 0; old && n < 8; n++, old = sva_check_node_next(old, node->base)) {
        SvaCheckDebt *debt = old->debt;

        if (debt && debt->gone && old->base == node->base &&
            c->arch->target(c->regs, &debt->old) !=
            c->arch->target(c->regs, entry) &&
            sva_check_debt_lives(c, debt, &open)) {
            sva_check_convict_reuse(c, debt, &open, entry);
        }
    }
}

/* The same word in the same place means what it meant. */
static SvaCheckNode *node_known(SvaChecker *c, SvaCheckSpace *space,
                                uint64_t addr, uint64_t pa,
                                const SvaCheckEntry *entry)
{
    SvaCheckNode *node = sva_check_node_find(space, addr, entry->shift);

    if (!node || node->word != entry->words[0] || node->pa != pa ||
        node->type != entry->type || node->level != entry->level ||
        node->generation != c->generation) {
        return NULL;
    }
    if (node->kept) {
        node->walk = c->seq;
    }
    return node;
}

static SvaCheckNode *node_read(SvaChecker *c, SvaCheckSpace *space,
                               uint64_t addr, uint64_t pa,
                               const SvaCheckEntry *entry)
{
    bool present = c->arch->present(c->regs, entry);
    bool leaf = present && c->arch->leaf(c->regs, entry);
    SvaCheckNode *node = node_keep(c, space, addr, pa, entry);
    bool fresh = !node && present;

    if (!present) {
        return NULL;
    }
    if (fresh) {
        node = sva_check_node_add(c, space, addr, entry->shift);
    }
    node->pa = pa;
    node->word = entry->words[0];
    node->type = entry->type;
    node->level = entry->level;
    node->generation = c->generation;
    node->leaf = leaf;
    node->kept = !leaf && c->arch->cached(c->regs, entry) & SVA_DROP_WALK;
    if (node->kept) {
        node->walk = c->seq;
    }
    if (fresh && leaf && !space->pasid.valid) {
        node_reuse(c, node, entry);
    }
    return node;
}

SvaCheckNode *sva_check_node_read(SvaChecker *c, SvaCheckSpace *space,
                                  uint64_t addr, uint64_t pa,
                                  const SvaCheckEntry *entry)
{
    SvaCheckNode *node = node_known(c, space, addr, pa, entry);

    return node ? node : node_read(c, space, addr, pa, entry);
}

void sva_check_node_look(SvaChecker *c, SvaCheckNode *node)
{
    SvaCheckEntry now = sva_check_node_entry(node);

    if (node->pass) {
        return;
    }
    read_entry(c, node->pa, &now);
    if (node_compare(c, node, &now) == SVA_CHANGE) {
        node_changed(c, node, &now, c->seq);
    }
}

bool sva_check_node_differs(SvaChecker *c, const SvaCheckNode *node)
{
    SvaCheckEntry now = sva_check_node_entry(node);

    if (node->pass) {
        return false;
    }
    read_entry(c, node->pa, &now);
    return node_compare(c, node, &now) == SVA_CHANGE;
}

bool sva_check_debt_look(SvaChecker *c, const SvaCheckDebt *debt,
                         SvaCheckEntry *now)
{
    *now = debt->old;
    read_entry(c, debt->pa, now);
    return c->arch->compare(c->regs, &debt->old, now) == SVA_CHANGE;
}
