/*
 * Invalidations: what they make the checker look at, and what they drop
 *
 * They are carried out in the order of issue.  One that comes before that of
 * what a copy is made of does not help, since the copy may be made anew; so it
 * drops nothing, and the right one, which has to follow, does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "apply.h"
#include "config.h"
#include "debt.h"
#include "node.h"
#include "see.h"
#include "space.h"

/* More spaces than that are not looked through: all of it is dropped. */
#define MAX_SPACES 256

/* PASIDs below one entry of an upper table, at most. */
#define UPPER_PASIDS_MAX 1024u

/* Likewise entries of a range, and users. */
#define MAX_LOOKS 64

static void raise_to(uint64_t *mark, uint64_t seq)
{
    *mark = MAX(*mark, seq);
}

static bool is_whole(const SvaCheckInval *inval)
{
    return !inval->addr && inval->last == UINT64_MAX;
}

static bool names_rid(const SvaCheckInval *inval, uint16_t rid)
{
    return !inval->by_rid || !((inval->rid ^ rid) & ~inval->rid_mask);
}

/* Call @fn for each function that is named. */
static void each_function(SvaChecker *c, const SvaCheckIssued *issued,
                          void (*fn)(SvaChecker *c, SvaCheckFunction *function,
                                     const SvaCheckIssued *issued))
{
    GHashTableIter iter;
    gpointer value;

    if (!issued->inval.rid_mask) {
        value = sva_check_function_find(c, issued->inval.rid);
        if (value) {
            fn(c, value, issued);
        }
        return;
    }
    g_hash_table_iter_init(&iter, c->functions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SvaCheckFunction *function = value;

        sva_check_work(c);
        if (names_rid(&issued->inval, function->rid)) {
            fn(c, function, issued);
        }
    }
}

/* -- configuration -- */

static void raise_named(uint64_t marks[SVA_CHECK_CONFIGS], uint8_t caches,
                        uint64_t seq)
{
    if (caches & SVA_DROP_CONFIG) {
        raise_to(&marks[SVA_CHECK_CONFIG], seq);
    }
    if (caches & SVA_DROP_PASID) {
        raise_to(&marks[SVA_CHECK_PASID], seq);
    }
}

/* All by PASID goes, however it was found. */
static void function_mark(SvaChecker *c G_GNUC_UNUSED,
                          SvaCheckFunction *function,
                          const SvaCheckIssued *issued)
{
    uint8_t caches = issued->inval.caches;

    raise_named(function->mark, caches, issued->seq);
    raise_named(function->upper_mark, caches & SVA_DROP_PASID, issued->seq);
}

static void function_mark_upper(SvaChecker *c G_GNUC_UNUSED,
                                SvaCheckFunction *function,
                                const SvaCheckIssued *issued)
{
    raise_named(function->upper_mark, issued->inval.caches, issued->seq);
}

static void drop_copy(uint8_t *cached, uint64_t seq, int32_t domain,
                      const SvaCheckIssued *issued)
{
    if (seq <= issued->seq &&
        (!issued->inval.by_domain || domain == issued->inval.domain)) {
        *cached &= ~issued->inval.caches;
    }
}

static void drop_slot(SvaCheckSlot *slot, const SvaCheckIssued *issued)
{
    SvaCheckDebt *debt;

    drop_copy(&slot->cached, slot->seq, slot->domain, issued);
    for (debt = slot->debts; debt; debt = debt->next) {
        drop_copy(&debt->cached, debt->seq, debt->domain, issued);
    }
}

static void drop_pasid(SvaChecker *c, const SvaCheckIssued *issued)
{
    SvaCheckSlot *slot = sva_check_slots_of_pasid(c, issued->inval.pasid.id);

    for (; slot; slot = slot->next_of_pasid) {
        sva_check_work(c);
        if (names_rid(&issued->inval, slot->function->rid) &&
            !sva_check_is_upper(slot->entry.type)) {
            drop_slot(slot, issued);
        }
    }
}

static unsigned upper_span(SvaChecker *c, const SvaCheckSlot *slot)
{
    const SvaCheckSlot *context = sva_check_slot_find(
        c, c->arch->context, slot->function->rid, SVA_NO_PASID);

    return c->arch->span(c->regs, slot->entry.type,
                         context ? &context->entry : NULL);
}

/* Upper entries that lead to the PASID; they have no domain. */
static void drop_upper_pasid(SvaChecker *c, const SvaCheckIssued *issued)
{
    uint32_t pasid = issued->inval.pasid.id;
    uint32_t first = pasid & ~(UPPER_PASIDS_MAX - 1), n;
    SvaCheckIssued any = *issued;
    SvaCheckSlot *slot;

    any.inval.by_domain = false;
    for (n = 0; n < UPPER_PASIDS_MAX; n += SVA_CHECK_UPPER_PASIDS) {
        for (slot = sva_check_slots_of_pasid(c, first + n); slot;
             slot = slot->next_of_pasid) {
            sva_check_work(c);
            if (sva_check_is_upper(slot->entry.type) &&
                names_rid(&any.inval, slot->function->rid) &&
                !((slot->pasid.id ^ pasid) >> upper_span(c, slot))) {
                drop_slot(slot, &any);
            }
        }
    }
}

/* Streams share an entry of an upper table. */
static void drop_upper_rid(SvaChecker *c, const SvaCheckIssued *issued)
{
    SvaCheckIssued wide = *issued;

    wide.inval.caches &= SVA_DROP_CONFIG;
    wide.inval.rid_mask |= (1u << c->arch->span(c->regs, SVA_ENTRY_SMMU_L1STD,
                                                NULL)) - 1;
    each_function(c, &wide, function_mark_upper);
}

static void mark_cache(SvaChecker *c, unsigned cache,
                       const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;

    if (!inval->by_domain) {
        raise_to(&c->mark[cache], issued->seq);
        return;
    }
    if (!c->domain_mark[cache]) {
        c->domain_mark[cache] = g_new0(uint64_t, 0x10000);
    }
    raise_to(&c->domain_mark[cache][inval->domain], issued->seq);
}

static void mark_caches(SvaChecker *c, const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;

    if (inval->caches & SVA_DROP_CONFIG) {
        mark_cache(c, SVA_CHECK_CONFIG, issued);
    }
    if (inval->caches & SVA_DROP_PASID) {
        mark_cache(c, SVA_CHECK_PASID, issued);
    }
    if (!inval->leaf) {
        raise_named(c->upper_mark, inval->caches, issued->seq);
    }
}

static void apply_config(SvaChecker *c, const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;

    if (inval->by_pasid && inval->pasid.valid) {
        drop_pasid(c, issued);
        if (!inval->leaf) {
            drop_upper_pasid(c, issued);
        }
    } else if (inval->by_rid) {
        each_function(c, issued, function_mark);
        if (!inval->leaf && inval->caches & SVA_DROP_CONFIG) {
            drop_upper_rid(c, issued);
        }
    } else {
        mark_caches(c, issued);
    }
}

/* -- order -- */

/*
 * Something that @cache is filled from is owed by @slot and not done.
 */
static bool is_early(SvaChecker *c, SvaCheckSlot *slot, uint8_t cache)
{
    SvaCheckDebt *debt;
    SvaCheckOpen open;
    bool early = false;

    sva_check_slot_look(c, slot);
    for (debt = slot->debts; debt; debt = debt->next) {
        if (sva_check_debt_lives(c, debt, &open) &&
            open.owed.cache < cache) {
            debt->misordered |= cache == SVA_DROP_TLB
                                ? SVA_DROP_TLB | SVA_DROP_WALK : cache;
            early = true;
        }
    }
    return early;
}

static bool is_early_for_users(SvaChecker *c, SvaCheckSpace *space)
{
    SvaCheckUser *user;
    unsigned n = 0;

    for (user = space->users; user && n < MAX_LOOKS;
         user = user->next_of_space, n++) {
        sva_check_work(c);
        if (user->slot && is_early(c, user->slot, SVA_DROP_TLB)) {
            return true;
        }
    }
    return false;
}

/* -- TLB and walk caches -- */

/* Caches of @space that are named. */
static uint8_t named_caches(const SvaCheckInval *inval,
                            const SvaCheckSpace *space)
{
    uint8_t caches = inval->caches;

    if (inval->kinds && !(inval->kinds >> space->kind & 1)) {
        caches &= ~SVA_DROP_TLB;
    }
    if (inval->kinds && !(inval->kinds >> space->walk_kind & 1)) {
        caches &= ~SVA_DROP_WALK;
    }
    return caches;
}

static void note_range(SvaCheckSpace *space, const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;
    bool leaves = inval->kinds && space->below &&
                  inval->kinds >> space->walk_kind & 1;

    if (!inval->caches && !leaves) {
        return;
    }
    space->ranges[space->range++ % SVA_CHECK_RANGES] = (SvaCheckRange) {
        .issued = issued->seq,
        .addr = inval->addr,
        .last = inval->last,
        .caches = inval->caches | (leaves ? SVA_CHECK_LEAVES : 0),
    };
}

static void node_drop(SvaChecker *c, SvaCheckNode *node,
                      const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;

    sva_check_work(c);
    if (inval->caches & SVA_DROP_WALK && node->walk < issued->seq) {
        node->walk = 0;
    }
    if (inval->caches & SVA_DROP_TLB && node->tlb < issued->seq &&
        (c->arch->any_part ||
         sva_check_node_cover(node, &node->covered, inval->addr,
                              inval->last))) {
        node->tlb = 0;
    }
}

static void space_drop(SvaChecker *c, SvaCheckSpace *space,
                       const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;
    SvaCheckNode *node;
    uint8_t shift;

    note_range(space, issued);
    for (shift = 0; inval->caches && shift < 64; shift++) {
        if (!(space->shifts >> shift & 1)) {
            continue;
        }
        for (node = sva_check_node_first(space, inval->addr, inval->last,
                                         shift);
             node; node = sva_check_node_next(node, inval->last)) {
            node_drop(c, node, issued);
        }
    }
}

static void marks_drop(SvaCheckMarks *marks, const SvaCheckIssued *issued)
{
    unsigned i;

    for (i = 0; i < SVA_CHECK_KINDS; i++) {
        if (issued->inval.kinds && !(issued->inval.kinds >> i & 1)) {
            continue;
        }
        if (issued->inval.caches & SVA_DROP_TLB) {
            raise_to(&marks->tlb[i], issued->seq);
        }
        if (issued->inval.caches & SVA_DROP_WALK) {
            raise_to(&marks->walk[i], issued->seq);
        }
    }
}

/* Only one that names a PASID can be known to be for a change of its entry. */
static bool whole_is_early(SvaChecker *c, const SvaCheckMarks *marks)
{
    SvaCheckSpace *space = NULL;
    bool early = false;

    if (marks->domain == SVA_CHECK_ANY || marks->asid == SVA_CHECK_ANY) {
        return false;
    }
    while ((space = sva_check_marks_next(marks, space))) {
        early |= is_early_for_users(c, space);
    }
    return early;
}

static void apply_tables(SvaChecker *c, const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;
    SvaCheckMarks *marks = sva_check_marks_find(c, inval->by_domain,
                                                inval->domain, inval->by_asid,
                                                inval->asid);
    SvaCheckSpace *space = NULL;

    if (!marks) {
        return;
    }
    if (is_whole(inval) || marks->count > MAX_SPACES) {
        if (!whole_is_early(c, marks)) {
            marks_drop(marks, issued);
        }
        return;
    }
    while ((space = sva_check_marks_next(marks, space))) {
        SvaCheckIssued named = *issued;

        named.inval.caches = named_caches(inval, space);
        space_drop(c, space, &named);
    }
}

/* -- ATCs -- */

static void function_atc_mark(SvaChecker *c G_GNUC_UNUSED,
                              SvaCheckFunction *function,
                              const SvaCheckIssued *issued)
{
    raise_to(&function->atc_mark, issued->seq);
}

/* What the IOTLB still has of an old content comes back at the next request. */
static bool node_is_early(SvaChecker *c, SvaCheckNode *node, unsigned *looks)
{
    if (!sva_check_node_in_tlb(node) ||
        (!node->debt && (*looks)++ >= MAX_LOOKS)) {
        return false;
    }
    if (node->debt || sva_check_node_differs(c, node)) {
        node->misordered = true;
        return true;
    }
    return false;
}

/*
 * What the second stage made of it goes along: software that knows the address
 * need not name it once more.  false: it comes back.
 */
static bool below_unhold(SvaChecker *c, const SvaCheckNode *node,
                         const SvaCheckUser *user, unsigned *looks)
{
    SvaCheckSpace *below = sva_check_space_below(c, node->space);
    SvaCheckEntry entry = sva_check_node_entry(node);
    uint64_t first = c->arch->target(c->regs, &entry);
    uint64_t last = first | (sva_check_node_last(node) - node->base);
    SvaCheckNode *leaf;
    uint8_t shift;

    for (shift = 0; below && shift < 64; shift++) {
        if (!(below->shifts >> shift & 1)) {
            continue;
        }
        for (leaf = sva_check_node_first(below, first, last, shift); leaf;
             leaf = sva_check_node_next(leaf, last)) {
            sva_check_work(c);
            if (node_is_early(c, leaf, looks)) {
                return false;
            }
            sva_check_node_unhold(c, leaf, user);
        }
    }
    return true;
}

static void hold_drop(SvaChecker *c, SvaCheckNode *node,
                      const SvaCheckUser *user, const SvaCheckIssued *issued,
                      unsigned *looks)
{
    SvaCheckHold *hold = sva_check_node_held(node, user);

    sva_check_work(c);
    if (hold && hold->seq < issued->seq && !node_is_early(c, node, looks) &&
        sva_check_node_cover(node, &hold->covered, issued->inval.addr,
                             issued->inval.last) &&
        below_unhold(c, node, user, looks)) {
        sva_check_node_unhold(c, node, user);
    }
}

static void range_drop(SvaChecker *c, SvaCheckSpace *space,
                       const SvaCheckUser *user,
                       const SvaCheckIssued *issued)
{
    uint64_t last = issued->inval.last;
    SvaCheckNode *node;
    unsigned looks = 0;
    uint8_t shift;

    note_range(space, issued);
    for (shift = 0; shift < 64; shift++) {
        if (!(space->shifts >> shift & 1)) {
            continue;
        }
        for (node = sva_check_node_first(space, issued->inval.addr, last,
                                         shift);
             node; node = sva_check_node_next(node, last)) {
            hold_drop(c, node, user, issued, &looks);
        }
    }
}

static void user_drop(SvaChecker *c, SvaCheckUser *user,
                      const SvaCheckIssued *issued)
{
    SvaCheckSpace *spaces[SVA_CHECK_SPACES];
    unsigned i, n;

    if (!is_whole(&issued->inval)) {
        n = sva_check_user_spaces(c, user, spaces);
        for (i = 0; i < n; i++) {
            range_drop(c, spaces[i], user, issued);
        }
    } else if (!user->slot || !is_early(c, user->slot, SVA_DROP_ATC)) {
        raise_to(&user->atc_mark, issued->seq);
    }
}

static void apply_atc(SvaChecker *c, const SvaCheckIssued *issued)
{
    const SvaCheckInval *inval = &issued->inval;
    SvaCheckUser *user;

    if (!inval->by_rid) {
        raise_to(&c->atc_mark, issued->seq);
    } else if (!inval->by_pasid || inval->rid_mask) {
        each_function(c, issued, function_atc_mark);
    } else {
        user = sva_check_user_find(c, inval->rid, inval->pasid);
        if (user) {
            user_drop(c, user, issued);
        }
    }
}

/* -- all -- */

void sva_check_apply(SvaChecker *c, const SvaCheckIssued *issued)
{
    if (issued->inval.caches & (SVA_DROP_CONFIG | SVA_DROP_PASID)) {
        apply_config(c, issued);
    }
    if (issued->inval.caches & (SVA_DROP_TLB | SVA_DROP_WALK)) {
        apply_tables(c, issued);
    }
    if (issued->inval.caches & SVA_DROP_ATC) {
        apply_atc(c, issued);
    }
}

void sva_check_apply_drop(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckIssued issued = {
        .inval = {
            .caches = event->drop.caches & ~SVA_DROP_ATC,
            .last = UINT64_MAX,
        },
        .seq = event->seq,
    };

    sva_check_apply(c, &issued);
    if (event->drop.caches & SVA_DROP_ATC) {
        issued.inval.caches = SVA_DROP_ATC;
        issued.inval.by_rid = true;
        issued.inval.rid = event->rid;
        sva_check_apply(c, &issued);
    }
}

/* -- at issue -- */

static void look_function(SvaChecker *c, uint16_t rid)
{
    SvaEntryType type;

    for (type = 0; type < SVA_ENTRY_TYPES; type++) {
        SvaCheckSlot *slot = sva_check_slot_find(c, type, rid, SVA_NO_PASID);

        if (slot) {
            sva_check_slot_look(c, slot);
        }
    }
}

void sva_check_apply_look(SvaChecker *c, const SvaCheckInval *inval)
{
    SvaCheckSlot *slot;
    unsigned n = 0;

    if (!(inval->caches & (SVA_DROP_CONFIG | SVA_DROP_PASID))) {
        return;
    }
    if (inval->by_pasid && inval->pasid.valid) {
        for (slot = sva_check_slots_of_pasid(c, inval->pasid.id);
             slot && n < MAX_LOOKS; slot = slot->next_of_pasid, n++) {
            if (names_rid(inval, slot->function->rid)) {
                sva_check_slot_look(c, slot);
            }
        }
    } else if (inval->by_rid && !inval->rid_mask) {
        look_function(c, inval->rid);
    }
}
