/*
 * Debts: old contents of entries of which copies may be left
 *
 * Whether something is left is found out only when somebody asks, so that an
 * invalidation costs nothing for what it drops.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "debt.h"
#include "node.h"
#include "obligation.h"

/* Of one slot; a guest that goes on without end loses the oldest. */
#define MAX_OF_SLOT 8

/* Steps of one search.  What is not found within them is taken for done. */
#define MAX_STEPS 4096

static void tell(SvaChecker *c, SvaCheckDebt *debt);

static SvaCheckDebt *debt_new(SvaChecker *c, const SvaCheckEntry *old,
                              const SvaCheckEntry *now)
{
    SvaCheckDebt *debt = g_new0(SvaCheckDebt, 1);

    debt->seen = c->seq;
    debt->time = c->now;
    debt->first = c->clock;
    debt->due = c->clock + c->options.limit;
    debt->old = *old;
    debt->now = *now;
    debt->gone = !c->arch->present(c->regs, now) ||
                 c->arch->bind(c->regs, now) == SVA_BIND_QUIESCED;
    debt->link.data = debt;
    g_queue_push_tail_link(&c->debts, &debt->link);
    debt->number = ++c->counts.obligations;
    c->counts.open++;
    return debt;
}

/* -- slots -- */

static void slot_limit(SvaChecker *c, SvaCheckSlot *slot)
{
    SvaCheckDebt *debt = slot->debts;
    unsigned n;

    for (n = 0; debt && n < MAX_OF_SLOT - 1; n++) {
        debt = debt->next;
    }
    if (debt) {
        sva_check_debt_remove(c, debt, SVA_OBLIGATION_FORGOTTEN);
    }
}

static void slot_tags(const SvaCheckSlot *slot, SvaCheckTag *tags)
{
    const SvaCheckUser *user;
    unsigned n = 0;

    for (user = slot->users; user && n < SVA_CHECK_TAGS;
         user = user->next_of_slot) {
        if (user->space) {
            tags[n++] = (SvaCheckTag) {
                .asid = user->space->asid, .domain = user->space->domain,
                .kind = user->space->kind, .valid = true,
            };
        }
    }
}

void sva_check_debt_slot(SvaChecker *c, SvaCheckSlot *slot,
                         const SvaCheckEntry *now)
{
    SvaCheckDebt *debt;

    slot_limit(c, slot);
    debt = debt_new(c, &slot->entry, now);
    debt->slot = slot;
    debt->pa = slot->pa;
    debt->seq = slot->seq;
    debt->cached = slot->cached;
    debt->domain = slot->domain;
    slot_tags(slot, debt->tags);
    debt->next = slot->debts;
    slot->debts = debt;
    tell(c, debt);
}

static void slot_forget(SvaCheckDebt *debt)
{
    SvaCheckDebt **link = &debt->slot->debts;

    while (*link != debt) {
        link = &(*link)->next;
    }
    *link = debt->next;
}

/* -- nodes -- */

void sva_check_debt_node(SvaChecker *c, SvaCheckNode *node,
                         const SvaCheckEntry *now, uint64_t seen)
{
    SvaCheckEntry old = sva_check_node_entry(node);
    SvaCheckDebt *debt = debt_new(c, &old, now);

    debt->node = node;
    debt->seen = seen;
    debt->pa = node->pa;
    node->debt = debt;
    node->space->changed = c->clock;
    sva_check_node_age(node, c->seq);
    tell(c, debt);
}

void sva_check_debt_remove(SvaChecker *c, SvaCheckDebt *debt,
                           SvaObligationEnd end)
{
    sva_check_obligation_end(c, debt, end);
    if (debt->slot) {
        slot_forget(debt);
    } else {
        debt->node->debt = NULL;
        sva_check_node_remove(c, debt->node);
    }
    g_queue_unlink(&c->debts, &debt->link);
    c->counts.open--;
    g_free(debt);
}

/* -- what is left of page tables -- */

/* Copies of a kind, made at or before @before. */
typedef struct Search {
    SvaChecker *c;
    uint8_t cache;
    uint64_t before;
    const SvaCheckSlot *slot;       /* ATC: of its function; NULL: of each */
    bool alone;                     /* ... but not of PASIDs of their own */
    unsigned steps;
    SvaCheckOpen *open;
} Search;

/* Goes @user by another entry of the kind that @slot is? */
static bool is_of_other(const SvaCheckSlot *slot, const SvaCheckUser *user)
{
    return user->slot && user->slot != slot &&
           user->slot->entry.type == slot->entry.type;
}

static bool hold_counts(const Search *s, const SvaCheckHold *hold)
{
    const SvaCheckSlot *slot = s->slot;

    return hold->seq <= s->before && sva_check_hold_lives(s->c, hold) &&
           (!slot || (hold->user->function == slot->function &&
                      !(s->alone && is_of_other(slot, hold->user))));
}

static bool node_has(const Search *s, const SvaCheckNode *node)
{
    const SvaCheckHold *hold;

    switch (s->cache) {
    case SVA_DROP_TLB:
        return node->tlb <= s->before && sva_check_node_in_tlb(node);
    case SVA_DROP_WALK:
        return node->walk <= s->before && sva_check_node_in_walk(node);
    default:
        for (hold = node->holds; hold; hold = hold->next) {
            if (hold_counts(s, hold)) {
                return true;
            }
        }
        return false;
    }
}

static bool found(const Search *s, const SvaCheckNode *node)
{
    if (!node_has(s, node)) {
        return false;
    }
    if (s->open) {
        s->open->addr = node->base;
        s->open->last = sva_check_node_last(node);
    }
    return true;
}

static bool search_size(Search *s, const SvaCheckSpace *space, uint64_t addr,
                        uint64_t last, uint8_t shift)
{
    SvaCheckNode *node = sva_check_node_first(space, addr, last, shift);

    for (; node && s->steps < MAX_STEPS;
         node = sva_check_node_next(node, last), s->steps++) {
        sva_check_work(s->c);
        if (found(s, node)) {
            return true;
        }
    }
    return false;
}

/* Of all sizes below @size. */
static bool search(Search *s, const SvaCheckSpace *space, uint64_t addr,
                   uint64_t last, unsigned size)
{
    uint8_t shift;

    for (shift = 0; shift < size; shift++) {
        if (space->shifts >> shift & 1 &&
            search_size(s, space, addr, last, shift)) {
            return true;
        }
    }
    return false;
}

/* What hangs below an entry counts if it was made before the change. */
static bool node_left(SvaChecker *c, const SvaCheckDebt *debt, uint8_t cache,
                      SvaCheckOpen *open)
{
    const SvaCheckNode *node = debt->node;
    Search s = {
        .c = c, .cache = cache, .before = UINT64_MAX, .open = open,
    };

    if (found(&s, node)) {
        return true;
    }
    s.before = debt->seen;
    return !c->arch->leaf(c->regs, &debt->old) &&
           search(&s, node->space, node->base, sva_check_node_last(node),
                  node->shift);
}

/* -- what is left of a slot -- */

static bool tags_left(Search *s, const SvaCheckTag *tags)
{
    const SvaCheckSpace *space;
    unsigned i;

    for (i = 0; i < SVA_CHECK_TAGS; i++) {
        space = sva_check_space_tagged(s->c, &tags[i]);
        if (space && search(s, space, 0, UINT64_MAX, 64)) {
            return true;
        }
    }
    return false;
}

/* All that was made by way of one function, by its other slots, too. */
static bool function_left(Search *s, const SvaCheckFunction *function)
{
    const SvaCheckSlot *slot;

    for (slot = function->slots; slot && s->steps < MAX_STEPS;
         slot = slot->next_of_function, s->steps++) {
        SvaCheckTag tags[SVA_CHECK_TAGS] = { { 0 } };

        sva_check_work(s->c);
        slot_tags(slot, tags);
        if (tags_left(s, tags)) {
            return true;
        }
    }
    return false;
}

static bool slots_left(SvaChecker *c, const SvaCheckDebt *debt, uint8_t cache)
{
    const SvaCheckSlot *slot = debt->slot->function->slots;
    unsigned steps;

    for (steps = 0; slot && steps < MAX_STEPS;
         slot = slot->next_of_function, steps++) {
        sva_check_work(c);
        if (slot != debt->slot && slot->seq <= debt->seen &&
            sva_check_config_lives(c, slot, slot->seq, slot->cached & cache,
                                   slot->domain)) {
            return true;
        }
    }
    return false;
}

static bool slot_left(SvaChecker *c, const SvaCheckDebt *debt,
                      const SvaCheckOwed *owed, SvaCheckOpen *open)
{
    Search s = {
        .c = c, .cache = owed->cache, .slot = debt->slot, .open = open,
        .alone = owed->scope == SVA_SCOPE_PASID,
        .before = MAX(debt->seen, debt->refill),
    };

    if (owed->cache & (SVA_DROP_CONFIG | SVA_DROP_PASID)) {
        return owed->scope == SVA_SCOPE_FUNCTION
               ? slots_left(c, debt, owed->cache)
               : sva_check_config_lives(c, debt->slot, debt->seq,
                                        debt->cached & owed->cache,
                                        debt->domain);
    }
    return tags_left(&s, debt->tags) ||
           (owed->scope == SVA_SCOPE_FUNCTION &&
            function_left(&s, debt->slot->function));
}

/* -- both -- */

bool sva_check_debt_cached(const SvaChecker *c, const SvaCheckDebt *debt)
{
    return sva_check_config_lives(c, debt->slot, debt->seq, debt->cached,
                                  debt->domain);
}

static bool is_left(SvaChecker *c, const SvaCheckDebt *debt,
                    const SvaCheckOwed *owed, SvaCheckOpen *open)
{
    return debt->node ? node_left(c, debt, owed->cache, open)
                      : slot_left(c, debt, owed, open);
}

bool sva_check_debt_lives(SvaChecker *c, const SvaCheckDebt *debt,
                          SvaCheckOpen *open)
{
    SvaCheckOwed owed[SVA_CHECK_OWED];
    SvaCheckOpen none;
    unsigned i, n = c->arch->owed(c->regs, &debt->old, &debt->now, owed);

    open = open ? open : &none;
    for (i = 0; i < MIN(n, SVA_CHECK_OWED); i++) {
        *open = (SvaCheckOpen) { .owed = owed[i], .last = UINT64_MAX };
        if (is_left(c, debt, &owed[i], open)) {
            return true;
        }
    }
    return false;
}

/* -- told to others -- */

/* All that is on the list and not done; their number. */
static unsigned owed_now(SvaChecker *c, const SvaCheckDebt *debt,
                         SvaCheckOwed owed[SVA_CHECK_OWED])
{
    SvaCheckOwed all[SVA_CHECK_OWED];
    unsigned i, n = c->arch->owed(c->regs, &debt->old, &debt->now, all);
    unsigned left = 0;

    for (i = 0; i < MIN(n, SVA_CHECK_OWED); i++) {
        if (is_left(c, debt, &all[i], NULL)) {
            owed[left++] = all[i];
        }
    }
    return left;
}

static void tell(SvaChecker *c, SvaCheckDebt *debt)
{
    SvaCheckOwed owed[SVA_CHECK_OWED];
    unsigned count = c->listened ? owed_now(c, debt, owed) : 0;

    if (count) {
        sva_check_obligation_begin(c, debt, owed, count);
    }
}

void sva_check_debts_settle(SvaChecker *c)
{
    uint64_t most = c->counts.work + MAX_STEPS;
    GList *link = c->listened ? c->debts.tail : NULL;

    for (; link && c->counts.work < most; link = link->prev) {
        SvaCheckDebt *debt = link->data;

        sva_check_work(c);
        if (debt->group && !sva_check_debt_lives(c, debt, NULL)) {
            sva_check_obligation_end(c, debt, SVA_OBLIGATION_COMPLETE);
        }
    }
}
