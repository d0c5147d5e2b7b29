/*
 * What caches may have left that is not what the tables say now
 *
 * A translation of one stage is that of the last entry on its way: as long as
 * that is the one of now, where it is now, it leads to where the tables lead,
 * whatever was above it.  Rights come from all entries; one that took some away
 * is owed until what hangs below it is invalidated.
 *
 * Of two stages the same goes for each: if no copy of another first-stage entry
 * is left, the second stage was asked for what it is asked for now.  Its upper
 * tables are shared by all that have the domain ID, or VMID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "debt.h"
#include "node.h"
#include "see.h"
#include "stale.h"

/* Spaces with tables of the second stage, of one domain. */
#define SECONDS 32

/*
 * @own:     spaces that are walked by the address of the request
 * @seconds: those with entries of the second stage
 */
typedef struct Stale {
    SvaChecker *c;
    const SvaCheckUse *use;
    const SvaCheckUser *user;
    SvaCheckSpace *own[SVA_CHECK_SPACES];
    SvaCheckSpace *seconds[SECONDS];
    unsigned own_count;
    unsigned second_count;
} Stale;

/* -- configuration -- */

static bool entry_differs(const Stale *s, uint64_t pa,
                          const SvaCheckEntry *entry)
{
    unsigned i;

    for (i = 0; i < entry->count; i++) {
        if (!s->use->same(s->use->opaque, pa + 8 * i, entry->words[i])) {
            return true;
        }
    }
    return false;
}

static bool slot_is_stale(const Stale *s, const SvaCheckSlot *slot)
{
    const SvaCheckDebt *debt;

    if (!slot) {
        return false;
    }
    if (sva_check_slot_lives(s->c, slot) &&
        entry_differs(s, slot->pa, &slot->entry)) {
        return true;
    }
    for (debt = slot->debts; debt; debt = debt->next) {
        if (sva_check_debt_lives(s->c, debt, NULL)) {
            return true;
        }
    }
    return false;
}

/* Entries of the function, and of tables that lead to those of PASIDs. */
static bool config_is_stale(const Stale *s)
{
    const SvaCheckSlot *own = s->user->slot;
    uint16_t rid = s->use->rid;
    SvaEntryType type;

    for (type = 0; type < SVA_ENTRY_TYPES; type++) {
        SvaPasid pasid = sva_check_is_upper(type) && own->pasid.valid
                         ? sva_pasid(own->pasid.id & ~63u) : SVA_NO_PASID;

        if (slot_is_stale(s, sva_check_slot_find(s->c, type, rid,
                                                 SVA_NO_PASID)) ||
            (pasid.valid && slot_is_stale(s, sva_check_slot_find(
                                s->c, type, rid, pasid)))) {
            return true;
        }
    }
    return slot_is_stale(s, own);
}

/* -- page tables -- */

/* An upper entry is owed for what was made below it. */
static bool upper_is_owed(const Stale *s, const SvaCheckNode *node)
{
    SvaCheckOpen open;

    return node->debt && !node->leaf &&
           sva_check_debt_lives(s->c, node->debt, &open) &&
           (s->use->atc || open.owed.cache != SVA_DROP_ATC);
}

static bool node_is_stale(const Stale *s, const SvaCheckNode *node)
{
    const SvaCheckHold *hold = sva_check_node_held(node, s->user);

    if (upper_is_owed(s, node)) {
        return true;
    }
    return (sva_check_node_in_tlb(node) || sva_check_node_in_walk(node) ||
            (s->use->atc && hold && sva_check_hold_lives(s->c, hold))) &&
           !s->use->same(s->use->opaque, node->pa, node->word);
}

static void space_look(SvaChecker *c, SvaCheckSpace *space, uint64_t addr)
{
    SvaCheckNode *node;
    unsigned shift;

    for (shift = 0; shift < 64; shift++) {
        node = space->shifts >> shift & 1
               ? sva_check_node_find(space, addr, shift) : NULL;
        if (node) {
            sva_check_node_look(c, node);
        }
    }
}

static bool space_is_stale(const Stale *s, SvaCheckSpace *space, uint64_t addr)
{
    const SvaCheckNode *node;
    unsigned shift;

    space_look(s->c, space, addr);
    for (shift = 0; shift < 64; shift++) {
        node = space->shifts >> shift & 1
               ? sva_check_node_first(space, addr, addr, shift) : NULL;
        for (; node; node = sva_check_node_next(node, addr)) {
            if (node_is_stale(s, node)) {
                return true;
            }
        }
    }
    return false;
}

/* -- spaces -- */

/* Nothing of the second stage is cached with ASIDs or PASIDs. */
static bool has_second(const SvaCheckSpace *space)
{
    return space->below || space->kind == SVA_CHECK_SECOND;
}

/* false: they are too many */
static bool find_seconds(Stale *s)
{
    SvaCheckMarks *marks = s->user->space->marks[SVA_MARKS_DOMAIN];
    SvaCheckSpace *space = NULL;
    unsigned steps = 0;

    while ((space = sva_check_marks_next(marks, space))) {
        if (++steps > 8 * SECONDS ||
            (has_second(space) && s->second_count == SECONDS)) {
            return false;
        }
        if (has_second(space)) {
            s->seconds[s->second_count++] = space;
        }
    }
    return true;
}

static void pin(const Stale *s)
{
    unsigned i;

    for (i = 0; i < s->own_count; i++) {
        s->own[i]->pins++;
    }
    for (i = 0; i < s->second_count; i++) {
        s->seconds[i]->pins++;
    }
}

/* Looking may have removed what was left of them. */
static void release(const Stale *s)
{
    unsigned i;

    for (i = 0; i < s->second_count; i++) {
        if (!--s->seconds[i]->pins) {
            sva_check_space_idle(s->c, s->seconds[i]);
        }
    }
    for (i = 0; i < s->own_count; i++) {
        if (!--s->own[i]->pins) {
            sva_check_space_idle(s->c, s->own[i]);
        }
    }
}

static bool seconds_are_stale(const Stale *s, uint64_t addr)
{
    unsigned i;

    for (i = 0; i < s->second_count; i++) {
        if (space_is_stale(s, s->seconds[i], addr)) {
            return true;
        }
    }
    return false;
}

static bool tables_are_stale(const Stale *s)
{
    const SvaCheckUse *use = s->use;
    unsigned i;

    for (i = 0; i < s->own_count; i++) {
        if (space_is_stale(s, s->own[i], use->addr)) {
            return true;
        }
    }
    for (i = 0; i < use->ipa_count; i++) {
        if (seconds_are_stale(s, use->ipas[i])) {
            return true;
        }
    }
    return has_second(s->user->space) && seconds_are_stale(s, use->addr);
}

/* What must be known of the user of a translation. */
static SvaCheckDoubt doubt_of(const SvaChecker *c, const SvaCheckUser *user)
{
    if (sva_check_unwaited(c)) {
        return SVA_DOUBT_WAIT;
    }
    if (!user || !user->slot || !user->space || c->counts.forgotten) {
        return SVA_DOUBT_UNKNOWN;
    }
    return user->space->target != user->slot->bond.target ||
           sva_check_space_is_mixed(user->space) ? SVA_DOUBT_SHARED
                                                 : SVA_DOUBT_NONE;
}

SvaCheckDoubt sva_check_may_be_stale(SvaChecker *c, const SvaCheckUse *use)
{
    const SvaCheckUser *user = sva_check_user_find(c, use->rid, use->pasid);
    Stale s = { .c = c, .use = use, .user = user };
    SvaCheckDoubt doubt = doubt_of(c, user);

    if (doubt) {
        return doubt;
    }
    s.own_count = sva_check_user_spaces(c, user, s.own);
    if ((use->ipa_count || has_second(user->space)) && !find_seconds(&s)) {
        return SVA_DOUBT_SHARED;
    }
    pin(&s);
    if (config_is_stale(&s) || tables_are_stale(&s)) {
        doubt = SVA_DOUBT_LEFT;
    }
    release(&s);
    return doubt;
}
