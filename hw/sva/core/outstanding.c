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
#include "outstanding.h"

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

/* Slot @i becomes the newest open ticket. */
static void put_in(SvaTickets *t, uint32_t i)
{
    SvaTicket *slot = &t->slots[i];

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
    put_in(t, i);
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

void sva_tickets_save(const SvaTickets *t, SvaTicketsState *state,
                      SvaTicketState *open)
{
    uint32_t i;

    *state = (SvaTicketsState) { .next_seq = t->next_seq };
    for (i = 0; i < t->capacity; i++) {
        state->generation = MAX(state->generation,
                                t->slots[i].number & ~t->slot_mask);
    }
    for (i = t->oldest; i != NIL; i = t->slots[i].next) {
        open[state->count++] = (SvaTicketState) {
            .seq = t->slots[i].seq,
            .deadline = t->slots[i].deadline,
            .number = t->slots[i].number,
            .rid = t->slots[i].rid,
        };
    }
}

/* Take the place of one ticket, which must be newer than those before. */
static bool restore_one(SvaTickets *t, const SvaTicketState *in)
{
    uint32_t i = in->number & t->slot_mask;

    if (in->number == SVA_NO_TICKET || i >= t->capacity ||
        t->slots[i].open || in->seq >= t->next_seq ||
        (t->newest != NIL && (in->seq <= t->slots[t->newest].seq ||
                              in->deadline < t->slots[t->newest].deadline))) {
        return false;
    }
    t->slots[i].number = in->number;
    t->slots[i].seq = in->seq;
    t->slots[i].deadline = in->deadline;
    t->slots[i].rid = in->rid;
    put_in(t, i);
    return true;
}

bool sva_tickets_restore(SvaTickets *t, const SvaTicketsState *state,
                         const SvaTicketState *open)
{
    uint32_t i;

    build_free_list(t);
    t->next_seq = state->next_seq;
    for (i = 0; i < t->capacity; i++) {
        t->slots[i].number = (state->generation & ~t->slot_mask) | i;
    }
    if (state->count > t->capacity) {
        return false;
    }
    for (i = 0; i < state->count; i++) {
        if (!restore_one(t, &open[i])) {
            build_free_list(t);
            return false;
        }
    }
    /* What is left is free. */
    t->free = NIL;
    for (i = t->capacity; i-- > 0; ) {
        if (!t->slots[i].open) {
            t->slots[i].next = t->free;
            t->free = i;
        }
    }
    return true;
}

unsigned sva_tickets_count(const SvaTickets *t)
{
    return t->count;
}
