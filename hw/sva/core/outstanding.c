/*
 * Outstanding invalidations
 *
 * They form a list in the order of sending, linked by index, so that the
 * oldest one answers both questions: is a generation complete, and what times
 * out next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "outstanding.h"

#define MAX_CAPACITY 65536u
#define NIL          UINT32_MAX

typedef struct Slot {
    uint64_t generation;
    int64_t deadline;
    uint32_t itag;              /* last one given out for this slot */
    uint32_t prev;              /* open: older one */
    uint32_t next;              /* open: newer one; free: next free one */
    uint16_t rid;
    bool open;
} Slot;

struct SvaOutstanding {
    Slot *slots;
    uint64_t next_generation;
    uint32_t slot_mask;         /* ITags are count of uses and slot */
    uint32_t capacity;
    uint32_t oldest;
    uint32_t newest;
    uint32_t free;
    uint32_t count;
};

static void build_free_list(SvaOutstanding *t)
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

SvaOutstanding *sva_outstanding_new(unsigned capacity)
{
    SvaOutstanding *t = g_new0(SvaOutstanding, 1);
    uint32_t i;

    t->capacity = CLAMP(capacity, 1, MAX_CAPACITY);
    while (t->slot_mask + 1 < t->capacity) {
        t->slot_mask = t->slot_mask * 2 + 1;
    }
    t->slots = g_new0(Slot, t->capacity);
    for (i = 0; i < t->capacity; i++) {
        t->slots[i].itag = i;
    }
    build_free_list(t);
    return t;
}

void sva_outstanding_free(SvaOutstanding *t)
{
    if (t) {
        g_free(t->slots);
        g_free(t);
    }
}

void sva_outstanding_reset(SvaOutstanding *t)
{
    build_free_list(t);
}

/* Slot @i becomes the newest request. */
static void put_in(SvaOutstanding *t, uint32_t i)
{
    Slot *slot = &t->slots[i];

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

uint32_t sva_outstanding_open(SvaOutstanding *t, uint16_t rid, int64_t deadline)
{
    uint32_t i = t->free;
    Slot *slot;

    if (i == NIL) {
        return SVA_NO_ITAG;
    }
    slot = &t->slots[i];
    t->free = slot->next;

    slot->itag += t->slot_mask + 1;
    if (slot->itag == SVA_NO_ITAG) {
        slot->itag += t->slot_mask + 1;
    }
    slot->generation = t->next_generation++;
    slot->deadline = deadline;
    slot->rid = rid;
    put_in(t, i);
    return slot->itag;
}

static void take_out(SvaOutstanding *t, uint32_t i)
{
    Slot *slot = &t->slots[i];

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

bool sva_outstanding_close(SvaOutstanding *t, uint32_t itag, uint16_t rid)
{
    uint32_t i = itag & t->slot_mask;

    if (i >= t->capacity || !t->slots[i].open ||
        t->slots[i].itag != itag || t->slots[i].rid != rid) {
        return false;
    }
    take_out(t, i);
    return true;
}

uint64_t sva_outstanding_generation(const SvaOutstanding *t)
{
    return t->next_generation;
}

bool sva_outstanding_done(const SvaOutstanding *t, uint64_t generation)
{
    return t->oldest == NIL || t->slots[t->oldest].generation >= generation;
}

int64_t sva_outstanding_deadline(const SvaOutstanding *t)
{
    return t->oldest == NIL ? INT64_MAX : t->slots[t->oldest].deadline;
}

uint32_t sva_outstanding_expire(SvaOutstanding *t, int64_t now, uint16_t *rid)
{
    uint32_t i = t->oldest;

    if (i == NIL || t->slots[i].deadline > now) {
        return SVA_NO_ITAG;
    }
    *rid = t->slots[i].rid;
    take_out(t, i);
    return t->slots[i].itag;
}

void sva_outstanding_save(const SvaOutstanding *t, SvaOutstandingState *state,
                      SvaOutstandingEntry *open)
{
    uint32_t i;

    *state = (SvaOutstandingState) { .next_generation = t->next_generation };
    for (i = 0; i < t->capacity; i++) {
        state->itag_base = MAX(state->itag_base,
                                t->slots[i].itag & ~t->slot_mask);
    }
    for (i = t->oldest; i != NIL; i = t->slots[i].next) {
        open[state->count++] = (SvaOutstandingEntry) {
            .generation = t->slots[i].generation,
            .deadline = t->slots[i].deadline,
            .itag = t->slots[i].itag,
            .rid = t->slots[i].rid,
        };
    }
}

/* Take the place of one request, which must be newer than those before. */
static bool restore_one(SvaOutstanding *t, const SvaOutstandingEntry *in)
{
    uint32_t i = in->itag & t->slot_mask;

    if (in->itag == SVA_NO_ITAG || i >= t->capacity ||
        t->slots[i].open || in->generation >= t->next_generation ||
        (t->newest != NIL &&
         (in->generation <= t->slots[t->newest].generation ||
          in->deadline < t->slots[t->newest].deadline))) {
        return false;
    }
    t->slots[i].itag = in->itag;
    t->slots[i].generation = in->generation;
    t->slots[i].deadline = in->deadline;
    t->slots[i].rid = in->rid;
    put_in(t, i);
    return true;
}

bool sva_outstanding_restore(SvaOutstanding *t,
                             const SvaOutstandingState *state,
                             const SvaOutstandingEntry *open)
{
    uint32_t i;

    build_free_list(t);
    t->next_generation = state->next_generation;
    for (i = 0; i < t->capacity; i++) {
        t->slots[i].itag = (state->itag_base & ~t->slot_mask) | i;
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

unsigned sva_outstanding_count(const SvaOutstanding *t)
{
    return t->count;
}
