/*
 * Requests that wait for an answer of software
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "waiting.h"

/* Of the open ones, at one event. */
#define LOOKED_AT 4096

static void item_free(gpointer item)
{
    g_free(item);
}

void sva_check_waitings_init(SvaCheckWaitings *w)
{
    w->table = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     item_free);
    g_queue_init(&w->open);
    g_queue_init(&w->answered);
}

void sva_check_waitings_free(SvaCheckWaitings *w)
{
    g_hash_table_destroy(w->table);
}

SvaCheckWaiting *sva_check_waiting_find(const SvaCheckWaitings *w,
                                        uint64_t key)
{
    return g_hash_table_lookup(w->table, &key);
}

static void forget_oldest(SvaCheckWaitings *w)
{
    SvaCheckWaiting *item = w->answered.head->data;

    g_queue_unlink(&w->answered, &item->link);
    g_hash_table_remove(w->table, &item->key);
}

SvaCheckWaiting *sva_check_waiting_get(SvaCheckWaitings *w, uint64_t key,
                                       const SvaEvent *event, uint16_t tag)
{
    SvaCheckWaiting *item = sva_check_waiting_find(w, key);

    if (item) {
        return item;
    }
    if (w->open.length >= SVA_CHECK_WAITING_OPEN) {
        w->lossy = true;
        return NULL;
    }
    if (w->answered.length >= SVA_CHECK_WAITING_ANSWERED) {
        forget_oldest(w);
    }
    item = g_new0(SvaCheckWaiting, 1);
    item->key = key;
    item->rid = event->rid;
    item->pasid = event->pasid;
    item->tag = tag;
    item->link.data = item;
    g_hash_table_insert(w->table, &item->key, item);
    g_queue_push_tail_link(&w->answered, &item->link);
    return item;
}

void sva_check_waiting_ask(SvaCheckWaitings *w, const SvaChecker *c,
                           SvaCheckWaiting *item, const SvaEvent *event)
{
    SvaCheckBond bond;

    if (item->owed++) {
        return;
    }
    bond = sva_check_bond(c, event->rid, event->pasid);
    item->tables = bond.state == SVA_BIND_BOUND ? bond.tables : 0;
    item->ended = false;
    item->since = event->time;
    item->clock = sva_check_clock(c);
    item->seq = event->seq;
    item->addr = event->addr;
    item->access = event->access;
    item->pasid = event->pasid;
    item->excused = false;
    item->said = false;
    g_queue_unlink(&w->answered, &item->link);
    g_queue_push_tail_link(&w->open, &item->link);
}

void sva_check_waiting_answer(SvaCheckWaitings *w, SvaCheckWaiting *item)
{
    item->answered = true;
    if (item->owed && !--item->owed) {
        g_queue_unlink(&w->open, &item->link);
        g_queue_push_tail_link(&w->answered, &item->link);
    }
}

void sva_check_waitings_excuse(SvaCheckWaitings *w, uint16_t rid)
{
    GList *link = w->open.head;
    unsigned n;

    for (n = 0; link && n < LOOKED_AT; link = link->next, n++) {
        SvaCheckWaiting *item = link->data;

        item->excused |= item->rid == rid;
    }
}

static void bond_ends(SvaCheckWaiting *item, const SvaCheckBond *now)
{
    if (!item->ended && item->seq < now->since) {
        item->ended = true;
        item->ended_at = now->clock;
    }
}

const SvaCheckWaiting *sva_check_waitings_bond(SvaCheckWaitings *w,
                                               uint16_t rid, SvaPasid pasid,
                                               const SvaCheckBond *now)
{
    const SvaCheckWaiting *found = NULL;
    GList *link = w->open.head;
    unsigned n;

    for (n = 0; link && n < LOOKED_AT; link = link->next, n++) {
        SvaCheckWaiting *item = link->data;

        if (item->rid != rid || !sva_pasid_equal(item->pasid, pasid)) {
            continue;
        }
        if (now->state != SVA_BIND_BOUND) {
            bond_ends(item, now);
        } else if (!found && !item->excused && item->seq < now->since &&
                   item->tables && item->tables != now->tables) {
            found = item;
        }
    }
    return found;
}

static bool is_late(const SvaChecker *c, const SvaCheckWaiting *item)
{
    int64_t limit = sva_check_limit(c), now = sva_check_clock(c);

    if (item->ended) {
        return now - item->ended_at > SVA_CHECK_ANSWER_LIMITS_ENDED * limit;
    }
    return now - item->clock > SVA_CHECK_ANSWER_LIMITS * limit;
}

void sva_check_waitings_tick(SvaCheckWaitings *w, SvaChecker *c,
                             SvaCheckLateFn *late)
{
    GList *link = sva_check_waits(c) ? NULL : w->open.head;
    unsigned n;

    for (n = 0; link && n < LOOKED_AT; link = link->next, n++) {
        SvaCheckWaiting *item = link->data;

        if (!item->excused && !item->said && is_late(c, item)) {
            item->said = true;
            late(c, item);
        }
    }
}
