/*
 * The ring of all entries that are kept
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_ITEMS_H
#define HW_SVA_OBSERVE_CHECKER_ITEMS_H

#include "internal.h"

static inline void sva_check_items_init(SvaChecker *c)
{
    c->items.next = c->items.prev = &c->items;
    c->cursor = &c->items;
}

static inline void sva_check_item_add(SvaChecker *c, SvaCheckItem *item)
{
    item->next = &c->items;
    item->prev = c->items.prev;
    item->prev->next = item;
    c->items.prev = item;
    c->counts.entries++;
}

static inline void sva_check_item_remove(SvaChecker *c, SvaCheckItem *item)
{
    if (c->cursor == item) {
        c->cursor = item->next;
    }
    item->prev->next = item->next;
    item->next->prev = item->prev;
    c->counts.entries--;
}

#endif
