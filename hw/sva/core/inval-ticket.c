/*
 * Invalidation tickets
 *
 * Open tickets form a list in the order of opening, linked by index, so that
 * the oldest one answers both questions: is an epoch complete, and what times
 * out next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "inval-ticket.h"

#define MAX_CAPACITY 65536u
#define NIL          UINT32_MAX

typedef struct SvaTicket {
    uint64_t seq;
    int64_t deadline;
    uint32_t number;            /* last one given out for this slot */
    uint32_t prev;              /* open: older one */
    uint32_t next;              /* open: newer one; free: next free one */
    uint16_t rid;
    bool open;
} SvaTicket;

struct SvaTickets {
    SvaTicket *slots;
    uint64_t next_seq;
    uint32_t slot_mask;         /* numbers are generation and slot */
    uint32_t capacity;
    uint32_t oldest;
    uint32_t newest;
    uint32_t free;
    uint32_t count;
};

static void build_free_list(SvaTickets *t)
{
    uint32_t i;

    for (i = 0; i < t->capacity; i++) {
        t->slots[i].open = false;
        t->slots[i].next = i + 1 < t->capacity ? i + 1 : NIL;
    }
    t->free = 0;
    t->oldest = NIL;
    t->newest = NIL;
    t->count = 0;
}

SvaTickets *sva_tickets_new(unsigned capacity)
{
    SvaTickets *t = g_new0(SvaTickets, 1);
    uint32_t i;

    t->capacity = CLAMP(capacity, 1, MAX_CAPACITY);
    while (t->slot_mask + 1 < t->capacity) {
        t->slot_mask = t->slot_mask * 2 + 1;
    }
    t->slots = g_new0(SvaTicket, t->capacity);
    for (i = 0; i < t->capacity; i++) {
        t->slots[i].number = i;
    }
    build_free_list(t);
    return t;
}

void sva_tickets_free(SvaTickets *t)
{
    if (t) {
        g_free(t->slots);
        g_free(t);
    }
}

void sva_tickets_reset(SvaTickets *t)
{
    build_free_list(t);
}

uint32_t sva_ticket_open(SvaTickets *t, uint16_t rid, int64_t deadline)
{
    uint32_t i = t->free;
    SvaTicket *slot;

    if (i == NIL) {
        return SVA_NO_TICKET;
    }
    slot = &t->slots[i];
    t->free = slot->next;

    slot->number += t->slot_mask + 1;
    if (slot->number == SVA_NO_TICKET) {
        slot->number += t->slot_mask + 1;
    }
    slot->seq = t->next_seq++;
    slot->deadline = deadline;
    slot->rid = rid;
    slot->open = true;
    slot->prev = t->newest;
    slot->next = NIL;
    if (t->newest != NIL) {
        t->slots[t->newest].next = i;
    } else {
        t->oldest = i;
    }
    t->newest = i;
    t->count++;
    return slot->number;
}

static void take_out(SvaTickets *t, uint32_t i)
{
    SvaTicket *slot = &t->slots[i];

    if (slot->prev != NIL) {
        t->slots[slot->prev].next = slot->next;
    } else {
        t->oldest = slot->next;
    }
    if (slot->next != NIL) {
        t->slots[slot->next].prev = slot->prev;
    } else {
        t->newest = slot->prev;
    }
    slot->open = false;
    slot->next = t->free;
    t->free = i;
    t->count--;
}

bool sva_ticket_close(SvaTickets *t, uint32_t ticket, uint16_t rid)
{
    uint32_t i = ticket & t->slot_mask;

    if (i >= t->capacity || !t->slots[i].open ||
        t->slots[i].number != ticket || t->slots[i].rid != rid) {
        return false;
    }
    take_out(t, i);
    return true;
}

unsigned sva_tickets_close_rid(SvaTickets *t, uint16_t rid)
{
    unsigned closed = 0;
    uint32_t i, next;

    for (i = t->oldest; i != NIL; i = next) {
        next = t->slots[i].next;
        if (t->slots[i].rid == rid) {
            take_out(t, i);
            closed++;
        }
    }
    return closed;
}

uint64_t sva_tickets_epoch(const SvaTickets *t)
{
    return t->next_seq;
}

bool sva_tickets_done(const SvaTickets *t, uint64_t epoch)
{
    return t->oldest == NIL || t->slots[t->oldest].seq >= epoch;
}

int64_t sva_tickets_deadline(const SvaTickets *t)
{
    return t->oldest == NIL ? INT64_MAX : t->slots[t->oldest].deadline;
}

uint32_t sva_tickets_expire(SvaTickets *t, int64_t now, uint16_t *rid)
{
    uint32_t i = t->oldest;

    if (i == NIL || t->slots[i].deadline > now) {
        return SVA_NO_TICKET;
    }
    *rid = t->slots[i].rid;
    take_out(t, i);
    return t->slots[i].number;
}

unsigned sva_tickets_count(const SvaTickets *t)
{
    return t->count;
}
