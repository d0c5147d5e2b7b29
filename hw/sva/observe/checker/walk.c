/*
 * Requests: what the IOMMU reads for them, and what comes of it
 *
 * Entries come before what they are for, so they are kept until then: only a
 * fill says under which tag the TLB has what was made of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "convict.h"
#include "grant.h"
#include "node.h"
#include "see.h"
#include "space.h"
#include "walk.h"

static bool is_second(SvaEntryType type)
{
    return type == SVA_ENTRY_VTD_SECOND || type == SVA_ENTRY_SMMU_STAGE2;
}

/* What is outside of these bounds no unit has read. */
static bool entry_from(const SvaEvent *event, SvaCheckEntry *entry)
{
    unsigned i, count = event->entry.count;

    if ((unsigned)event->entry.type >= SVA_ENTRY_TYPES || !count ||
        count > SVA_EVENT_WORDS || event->entry.pa & 7 ||
        event->entry.pa > UINT64_MAX - sizeof(entry->words)) {
        return false;
    }
    *entry = (SvaCheckEntry) {
        .type = event->entry.type, .level = event->entry.level,
        .shift = event->entry.shift, .count = count,
    };
    for (i = 0; i < count; i++) {
        entry->words[i] = event->entry.words[i];
    }
    return !sva_check_is_page_table(entry->type) ||
           (count == 1 && entry->shift >= SVA_PAGE_SHIFT && entry->shift < 64);
}

/* -- who it was for -- */

/* PASID by whose entry requests of @rid without PASID go, -1: by none. */
static int32_t rid_pasid(const SvaChecker *c, uint16_t rid)
{
    const SvaCheckSlot *slot = c->arch->rid_pasid
        ? sva_check_slot_find(c, c->arch->context, rid, SVA_NO_PASID) : NULL;

    return slot ? c->arch->rid_pasid(c->regs, &slot->entry) : 0;
}

/* May @e have been read for a request of @rid with @pasid? */
static bool is_for(const SvaChecker *c, const SvaCheckWalked *e, uint16_t rid,
                   SvaPasid pasid)
{
    if (e->rid != rid) {
        return false;
    }
    if (!e->pasid.valid) {
        return !pasid.valid || !sva_check_is_page_table(e->entry.type);
    }
    return pasid.valid ? e->pasid.id == pasid.id
                       : (int32_t)e->pasid.id == rid_pasid(c, rid);
}

/* All entries are for the same request, so that the last one says which. */
static bool walk_is_for(const SvaChecker *c, uint16_t rid, SvaPasid pasid)
{
    unsigned count = c->walk.count;

    return !count || is_for(c, &c->walk.entries[count - 1], rid, pasid);
}

/* Requests without PASID may end at an entry that others only pass. */
static bool passes(const SvaChecker *c, const SvaCheckEntry *entry,
                   SvaPasid pasid)
{
    return c->arch->rid_pasid && entry->type == c->arch->context &&
           (pasid.valid || c->arch->rid_pasid(c->regs, entry) >= 0);
}

/* The slot whose tables were walked, if it was read for this request. */
static SvaCheckSlot *walk_slot(SvaChecker *c, SvaPasid pasid)
{
    unsigned i;

    for (i = c->walk.count; i-- > 0; ) {
        const SvaCheckWalked *e = &c->walk.entries[i];

        if (!sva_check_is_page_table(e->entry.type) &&
            c->arch->bind(c->regs, &e->entry) != SVA_BIND_UNKNOWN &&
            !passes(c, &e->entry, pasid)) {
            return sva_check_slot_find(c, e->entry.type, e->rid, e->pasid);
        }
    }
    return NULL;
}

static SvaCheckUser *walk_user(SvaChecker *c, uint16_t rid, SvaPasid pasid,
                               bool *fresh)
{
    SvaCheckSlot *slot = walk_slot(c, pasid);
    SvaCheckUser *user = slot ? sva_check_user(c, rid, pasid)
                              : sva_check_user_find(c, rid, pasid);

    if (slot) {
        sva_check_user_set_slot(user, slot);
    }
    *fresh = slot;
    return user;
}

/* Something was made by way of an entry that memory does not have any more. */
static void note_refill(SvaChecker *c, const SvaCheckUser *user, bool fresh)
{
    SvaCheckDebt *debt;

    if (fresh || !user->slot) {
        return;
    }
    for (debt = user->slot->debts; debt; debt = debt->next) {
        if (sva_check_debt_cached(c, debt) ||
            user->slot->bond.state != SVA_BIND_BOUND) {
            debt->refill = c->seq;
        }
    }
}

/* -- page tables -- */

static void fill_leaf(SvaChecker *c, SvaCheckNode *node)
{
    node->tlb = c->seq;
    node->covered = 0;
}

/*
 * Put what was read of one stage into @space.  @fill: what the last entry says
 * is in the TLB.
 */
static void take_stage(SvaChecker *c, SvaCheckSpace *space, bool second,
                       bool fill)
{
    unsigned i;

    for (i = 0; i < c->walk.count; i++) {
        const SvaCheckWalked *e = &c->walk.entries[i];
        SvaCheckNode *node;

        if (!sva_check_is_page_table(e->entry.type) ||
            is_second(e->entry.type) != second) {
            continue;
        }
        node = sva_check_node_read(c, space, e->addr, e->pa, &e->entry);
        if (node && node->leaf && fill) {
            fill_leaf(c, node);
        }
    }
}

static bool has_stage(SvaChecker *c, bool second)
{
    unsigned i;

    for (i = 0; i < c->walk.count; i++) {
        SvaEntryType type = c->walk.entries[i].entry.type;

        if (sva_check_is_page_table(type) && is_second(type) == second) {
            return true;
        }
    }
    return false;
}

static void take_below(SvaChecker *c, uint16_t domain, uint8_t kind, bool fill)
{
    SvaCheckSpace *space = sva_check_space(c, SVA_CHECK_BELOW, domain, kind,
                                           true);

    space->pins++;
    take_stage(c, space, true, fill);
    space->pins--;
    sva_check_space_idle(c, space);
}

/* What the second stage of two has is found by its own addresses. */
static void take_walk(SvaChecker *c, SvaCheckSpace *space, bool fill)
{
    bool second = space->kind == SVA_CHECK_SECOND;

    take_stage(c, space, second, fill);
    if (!second && has_stage(c, true)) {
        take_below(c, space->domain, space->kind, fill);
    }
}

/* -- tags -- */

/* In place: the entry went from one table to another and was never gone. */
static bool is_owed_in_place(const SvaCheckSlot *slot)
{
    const SvaCheckDebt *debt;

    for (debt = slot->debts; debt; debt = debt->next) {
        if (!debt->gone) {
            return true;
        }
    }
    return false;
}

static SvaCheckNode *any_left(SvaChecker *c, const SvaCheckSpace *space)
{
    GSequenceIter *iter = g_sequence_get_begin_iter(space->nodes);
    unsigned n;

    for (n = 0; n < 1024 && !g_sequence_iter_is_end(iter); n++) {
        SvaCheckNode *node = g_sequence_get(iter);

        sva_check_work(c);
        if (sva_check_node_in_tlb(node) || sva_check_node_in_walk(node)) {
            return node;
        }
        iter = g_sequence_iter_next(iter);
    }
    return NULL;
}

/* The tag stands for one table until what was made of it is invalidated. */
static void check_target(SvaChecker *c, const SvaCheckUser *user,
                         SvaCheckSpace *space)
{
    uint64_t target = user->slot ? user->slot->bond.target : UINT64_MAX;
    SvaCheckNode *left;

    if (target == UINT64_MAX || target == space->target) {
        return;
    }
    left = space->target != UINT64_MAX ? any_left(c, space) : NULL;
    if (left) {
        space->mixed = c->seq;
        if (!is_owed_in_place(user->slot)) {
            sva_check_convict_tag(c, user, space, left, target);
        }
    }
    space->target = target;
}

static const SvaCheckEntry *context_of(const SvaChecker *c,
                                       const SvaCheckUser *user)
{
    const SvaCheckSlot *slot = sva_check_slot_find(
        c, c->arch->context, user->function->rid, SVA_NO_PASID);

    return slot ? &slot->entry : NULL;
}

/* The same of a domain ID and the second stage, whoever has it. */
static void check_second(SvaChecker *c, const SvaCheckUser *user,
                         SvaCheckSpace *space)
{
    SvaCheckMarks *marks = space->marks[SVA_MARKS_DOMAIN];
    uint64_t second = user->slot && c->arch->second
        ? c->arch->second(c->regs, &user->slot->entry, context_of(c, user))
        : UINT64_MAX;

    if (second == UINT64_MAX) {
        return;
    }
    if (second != marks->second &&
        marks->walked > sva_check_domain_mark(space)) {
        marks->mixed = c->seq;
    }
    marks->second = second;
    marks->walked = c->seq;
}

/* Is its space that of the tables that its entry has now? */
static bool is_at_home(const SvaCheckUser *user)
{
    return user->space && user->slot &&
           user->space->target == user->slot->bond.target;
}

/*
 * What it gets from the TLB another user has put there: the tag is that of its
 * entry now, whatever it was.
 */
static void join(SvaChecker *c, SvaCheckUser *user)
{
    SvaCheckSpace *space;
    SvaCheckTag tag;

    if (!user->slot || !c->arch->tag) {
        return;
    }
    tag = c->arch->tag(c->regs, &user->slot->entry, context_of(c, user),
                       user->slot->pasid);
    space = sva_check_space_tagged(c, &tag);
    if (space && space->target != UINT64_MAX &&
        space->target == user->slot->bond.target) {
        sva_check_user_set_space(c, user, space);
    }
}

void sva_check_walk_abandon(SvaChecker *c)
{
    c->walk.count = 0;
    c->walk.filled = false;
}

/* Nothing came of it, but walk caches may keep the way down to it. */
static void take_fault(SvaChecker *c, const SvaCheckUser *user)
{
    SvaCheckSpace *space = user->space;

    if (space && user->slot && space->target == user->slot->bond.target &&
        space->target != UINT64_MAX) {
        space->pins++;
        take_walk(c, space, false);
        space->pins--;
        sva_check_space_idle(c, space);
    }
}

/* The same of a request of which no more is heard. */
static void walk_fruitless(SvaChecker *c)
{
    const SvaCheckWalked *last;
    SvaCheckUser *user;
    bool fresh;

    if (c->walk.count && !c->walk.filled) {
        last = &c->walk.entries[c->walk.count - 1];
        user = walk_user(c, last->rid, last->pasid, &fresh);
        if (user) {
            take_fault(c, user);
        }
    }
    sva_check_walk_abandon(c);
}

/* What was read before @event for others does not end with it. */
static void walk_others(SvaChecker *c, const SvaEvent *event)
{
    if (!walk_is_for(c, event->rid, event->pasid)) {
        walk_fruitless(c);
    }
}

void sva_check_walk_fill(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckSpace *space;
    SvaCheckUser *user;
    bool fresh;

    walk_others(c, event);
    user = walk_user(c, event->rid, event->pasid, &fresh);
    if (event->fill.kind >= SVA_CHECK_KINDS ||
        event->fill.asid >= SVA_CHECK_BELOW ||
        !(has_stage(c, false) || has_stage(c, true))) {
        return;
    }
    user = user ? user : sva_check_user(c, event->rid, event->pasid);
    space = sva_check_space(c, event->fill.asid, event->fill.domain,
                            event->fill.kind, false);
    space->pins++;
    sva_check_user_set_space(c, user, space);
    space->rid = event->rid;
    space->pasid = event->pasid;
    check_target(c, user, space);
    check_second(c, user, space);
    note_refill(c, user, fresh);
    take_walk(c, space, true);
    c->walk.filled = true;
    space->pins--;
    sva_check_space_idle(c, space);
}

/* -- ends -- */

static void take_grant(SvaChecker *c, const SvaEvent *event,
                       SvaCheckUser *user, bool fresh)
{
    if (event->ats.status != SVA_ATS_SUCCESS ||
        !(event->ats.map.access & SVA_RW)) {
        return;
    }
    user->granted = c->seq;
    note_refill(c, user, fresh);
    sva_check_grant(c, user, event);
}

/*
 * Pass-through: a TLB may keep that as well (VT-d rev 5.10, 6.2.4), under the
 * tag of the entry, for any size.
 */
#define PASS_SHIFT 63

static void take_pass(SvaChecker *c, SvaCheckUser *user)
{
    const SvaCheckSlot *slot = user->slot;
    uint32_t asid = slot->pasid.valid ? slot->pasid.id : 0;
    SvaCheckSpace *space;
    SvaCheckNode *node;

    if (!c->arch->pass || !c->arch->pass(c->regs, &slot->entry)) {
        return;
    }
    space = sva_check_space(c, asid, slot->domain, SVA_FILL_VTD_PASS, false);
    space->pins++;
    sva_check_user_set_space(c, user, space);
    space->rid = user->function->rid;
    space->pasid = user->pasid;
    node = sva_check_node_find(space, 0, PASS_SHIFT);
    node = node ? node : sva_check_node_add(c, space, 0, PASS_SHIFT);
    node->type = SVA_ENTRY_VTD_SECOND;
    node->pass = true;
    node->tlb = c->seq;
    space->pins--;
}

static bool has_succeeded(const SvaEvent *event)
{
    return event->kind == SVA_EV_XLATE ? event->xlate.outcome == SVA_OK
           : event->kind == SVA_EV_ATS &&
             event->ats.status == SVA_ATS_SUCCESS;
}

/* -- what is read -- */

/* The first that a request reads, unless caches have it. */
static bool is_first_of_all(SvaEntryType type)
{
    return type <= SVA_ENTRY_VTD_PASID || type == SVA_ENTRY_SMMU_L1STD ||
           type == SVA_ENTRY_SMMU_STE;
}

/* Can @event not follow a first-stage entry @e in one request? */
static bool is_apart(const SvaCheckWalked *e, const SvaEvent *event)
{
    SvaEntryType type = event->entry.type;

    if (is_second(type) || is_second(e->entry.type)) {
        return false;
    }
    return !sva_check_is_page_table(type) ||
           (e->addr ^ event->addr) >> SVA_PAGE_SHIFT;
}

/* Tables of configuration are read from the root down. */
static bool goes_up(const SvaCheckWalked *e, const SvaEvent *event)
{
    return !sva_check_is_page_table(e->entry.type) &&
           event->entry.type < e->entry.type;
}

/*
 * Does a request begin with @event?  What the unit looks up of its own accord
 * need not end with an event of its own.
 */
static bool walk_begins(SvaChecker *c, const SvaEvent *event)
{
    unsigned i;

    if (!walk_is_for(c, event->rid, event->pasid)) {
        return true;
    }
    for (i = 0; i < c->walk.count; i++) {
        const SvaCheckWalked *e = &c->walk.entries[i];

        if (goes_up(e, event) ||
            (sva_check_is_page_table(e->entry.type) &&
             (is_first_of_all(event->entry.type) || is_apart(e, event)))) {
            return true;
        }
    }
    return false;
}

void sva_check_walk_entry(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckEntry entry;

    if (!entry_from(event, &entry)) {
        return;
    }
    if (!sva_check_is_page_table(entry.type)) {
        sva_check_slot_read(c, sva_check_slot(c, entry.type, event->rid,
                                              sva_check_slot_pasid(
                                                  entry.type, event->pasid)),
                            event->entry.pa, &entry);
    }
    if (walk_begins(c, event)) {
        walk_fruitless(c);
    }
    if (c->walk.count < SVA_CHECK_WALK) {
        c->walk.entries[c->walk.count++] = (SvaCheckWalked) {
            .entry = entry, .addr = event->addr, .pa = event->entry.pa,
            .pasid = event->pasid, .rid = event->rid,
        };
    }
}

void sva_check_walk_end(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckUser *user;
    bool fresh;

    walk_others(c, event);
    user = walk_user(c, event->rid, event->pasid, &fresh);
    if (fresh && has_succeeded(event)) {
        take_pass(c, user);
    }
    if (user && has_succeeded(event) && (fresh || !is_at_home(user))) {
        join(c, user);
    }
    if (user && event->kind == SVA_EV_ATS) {
        take_grant(c, event, user, fresh);
    }
    if (user && c->walk.count && !c->walk.filled) {
        take_fault(c, user);
    }
    sva_check_walk_abandon(c);
}
