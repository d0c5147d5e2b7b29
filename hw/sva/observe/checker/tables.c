/*
 * Is the table at an address still that of the same address space?
 *
 * A page that a first table was in is soon the first table of another process.
 * One that lives keeps some of its tables, whatever it unmaps: those of its
 * code and stack.  So where not one of the entries is left that were there, it
 * is another address space.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "tables.h"

#define MOST 1024

static bool is_left(SvaChecker *c, const SvaCheckTables *old, uint64_t target,
                    unsigned i)
{
    SvaCheckEntry before = old->entry, now = old->entry;

    before.words[0] = old->words[i];
    return sva_env_read64(c->env, target + 8 * old->index[i],
                          &now.words[0]) &&
           c->arch->compare(c->regs, &before, &now) != SVA_CHANGE;
}

static bool some_left(SvaChecker *c, const SvaCheckTables *old,
                      uint64_t target)
{
    unsigned i;

    for (i = 0; i < old->count; i++) {
        if (is_left(c, old, target, i)) {
            return true;
        }
    }
    return !old->count;
}

/* The first ones and the last one: what is highest is a process's stack. */
static void take(SvaChecker *c, SvaCheckTables *tables, const uint64_t *words,
                 unsigned n)
{
    SvaCheckEntry entry = tables->entry;
    unsigned i, at;

    for (i = 0; i < n; i++) {
        entry.words[0] = GUINT64_FROM_LE(words[i]);
        if (c->arch->present(c->regs, &entry)) {
            at = MIN(tables->count, SVA_CHECK_FIRST - 1);
            tables->words[at] = entry.words[0];
            tables->index[at] = i;
            tables->count = at + 1;
        }
    }
}

static void look(SvaChecker *c, SvaCheckSlot *slot, const SvaCheckEntry *now,
                 uint64_t target)
{
    const SvaCheckSlot *context = sva_check_slot_find(
        c, c->arch->context, slot->function->rid, SVA_NO_PASID);
    uint64_t words[MOST];
    unsigned n = 0;

    if (c->arch->first) {
        n = c->arch->first(c->regs, now, context ? &context->entry : NULL,
                           &slot->tables.entry);
    }

    slot->tables.count = 0;
    if (n && n <= MOST && sva_env_read(c->env, target, words, 8 * n)) {
        sva_check_work(c);
        take(c, &slot->tables, words, n);
    }
}

bool sva_check_tables_same(SvaChecker *c, SvaCheckSlot *slot,
                           const SvaCheckEntry *now, uint64_t target)
{
    bool same = slot->bond.tables && slot->bond.target == target &&
                some_left(c, &slot->tables, target);

    look(c, slot, now, target);
    return same;
}
