/*
 * What time brings: obligations that are late, entries to be looked at again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "convict.h"
#include "debt.h"
#include "items.h"
#include "node.h"
#include "obligation.h"
#include "query.h"
#include "see.h"
#include "sweep.h"

/* Of one tick. */
#define MAX_ENTRIES 1024
#define MAX_DEBTS   256

/* A range that is still being changed is not late, within bounds. */
#define MAX_EXTENSION 8

static SvaCheckNode *item_node(SvaCheckItem *item)
{
    return (SvaCheckNode *)((char *)item - offsetof(SvaCheckNode, item));
}

static SvaCheckSlot *item_slot(SvaCheckItem *item)
{
    return (SvaCheckSlot *)((char *)item - offsetof(SvaCheckSlot, item));
}

/* -- what is due -- */

static void debt_again(SvaChecker *c, SvaCheckDebt *debt)
{
    debt->due = c->clock + c->options.limit;
    g_queue_unlink(&c->debts, &debt->link);
    g_queue_push_tail_link(&c->debts, &debt->link);
}

static bool is_going_on(const SvaChecker *c, const SvaCheckDebt *debt)
{
    return debt->node &&
           debt->node->space->changed + c->options.limit > c->clock &&
           debt->first + MAX_EXTENSION * c->options.limit > c->clock;
}

/* Back to what it was, or to something that owes nothing: never mind. */
static bool is_withdrawn(SvaChecker *c, SvaCheckDebt *debt)
{
    SvaCheckEntry now;

    if (!sva_check_debt_look(c, debt, &now)) {
        return true;
    }
    debt->now = now;
    return false;
}

static void debt_due(SvaChecker *c, SvaCheckDebt *debt)
{
    SvaCheckOpen open;

    if (!sva_check_debt_lives(c, debt, &open)) {
        sva_check_debt_remove(c, debt, SVA_OBLIGATION_COMPLETE);
    } else if (is_withdrawn(c, debt)) {
        sva_check_debt_remove(c, debt, SVA_OBLIGATION_WITHDRAWN);
    } else if (is_going_on(c, debt) || sva_check_waits(c)) {
        debt_again(c, debt);
    } else {
        sva_check_convict_late(c, debt, &open);
        sva_check_obligation_break(c, debt);
        sva_check_debt_remove(c, debt, SVA_OBLIGATION_COMPLETE);
    }
}

static void debts_due(SvaChecker *c)
{
    unsigned n;

    for (n = 0; n < MAX_DEBTS; n++) {
        SvaCheckDebt *debt = g_queue_peek_head(&c->debts);

        if (!debt || debt->due > c->clock) {
            break;
        }
        sva_check_work(c);
        debt_due(c, debt);
    }
}

void sva_check_sweep_restart(SvaChecker *c)
{
    GList *link;

    for (link = c->debts.head; link; link = link->next) {
        ((SvaCheckDebt *)link->data)->due = c->clock + c->options.limit;
    }
}

/* -- one by one -- */

/* Entries of smaller pages below it: their way leads through it. */
static bool has_below(const SvaCheckNode *node)
{
    uint8_t shift;

    for (shift = SVA_PAGE_SHIFT; shift < node->shift; shift++) {
        if (node->space->shifts >> shift & 1 &&
            sva_check_node_first(node->space, node->base,
                                 sva_check_node_last(node), shift)) {
            return true;
        }
    }
    return false;
}

static void sweep_node(SvaChecker *c, SvaCheckNode *node)
{
    if (node->debt) {
        if (!sva_check_debt_lives(c, node->debt, NULL)) {
            sva_check_debt_remove(c, node->debt, SVA_OBLIGATION_COMPLETE);
        }
    } else if (!sva_check_node_lives(c, node) && !has_below(node)) {
        sva_check_node_remove(c, node);
    } else {
        sva_check_node_look(c, node);
    }
}

static void sweep_slot(SvaChecker *c, SvaCheckSlot *slot)
{
    sva_check_slot_look(c, slot);
    if (!slot->debts && !sva_check_slot_lives(c, slot) &&
        !c->arch->present(c->regs, &slot->entry)) {
        sva_check_slot_remove(c, slot);
    }
}

static void sweep_entries(SvaChecker *c)
{
    unsigned n;

    for (n = 0; n < MAX_ENTRIES; n++) {
        SvaCheckItem *item = c->cursor;

        if (item == &c->items) {
            c->cursor = c->items.next;
            if (n || c->cursor == &c->items) {
                break;          /* once round is enough */
            }
            continue;
        }
        c->cursor = item->next;
        sva_check_work(c);
        if (item->slot) {
            sweep_slot(c, item_slot(item));
        } else {
            sweep_node(c, item_node(item));
        }
    }
}

void sva_check_sweep(SvaChecker *c)
{
    if (!c->arch || !c->enabled) {
        return;
    }
    sweep_entries(c);
    debts_due(c);
}

/* -- bounds -- */

static void forget(SvaChecker *c, SvaCheckItem *item)
{
    SvaCheckNode *node = item_node(item);

    c->counts.forgotten++;
    if (item->slot) {
        SvaCheckSlot *slot = item_slot(item);

        while (slot->debts) {
            sva_check_debt_remove(c, slot->debts, SVA_OBLIGATION_FORGOTTEN);
        }
        sva_check_slot_remove(c, slot);
    } else if (node->debt) {
        sva_check_debt_remove(c, node->debt, SVA_OBLIGATION_FORGOTTEN);
    } else {
        sva_check_node_remove(c, node);
    }
}

void sva_check_sweep_limit(SvaChecker *c)
{
    while (c->counts.entries > c->options.entries) {
        forget(c, c->items.next);
    }
}
