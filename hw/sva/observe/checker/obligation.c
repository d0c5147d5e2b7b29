/*
 * Obligations as they are told to others: begin and end of each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "node.h"
#include "obligation.h"

/* What is not fetched in time is lost, and counted. */
#define MAX_TOLD 256

/*
 * What is told as one.
 *
 * @debts:  that go on
 * @broken: one of them was reported
 * @end:    of those that have ended: the last in the order of the enum
 */
struct SvaCheckGroup {
    uint64_t id;
    unsigned debts;
    bool broken;
    SvaObligationEnd end;
    uint16_t rid;
    SvaPasid pasid;
};

/*
 * @ring:   from @first on, the oldest first
 * @newest: group of the last record, if that is a begin
 */
struct SvaCheckTelling {
    SvaCheckTold ring[MAX_TOLD];
    unsigned first;
    unsigned count;
    uint64_t lost;
    SvaCheckGroup *newest;
};

void sva_check_obligations_init(SvaChecker *c)
{
    c->telling = g_new0(SvaCheckTelling, 1);
}

void sva_check_obligations_free(SvaChecker *c)
{
    g_free(c->telling);
}

void sva_checker_listen(SvaChecker *c, bool listened)
{
    c->listened = listened;
}

/* -- records -- */

static SvaCheckTold *last_told(SvaCheckTelling *t)
{
    return &t->ring[(t->first + t->count - 1) % MAX_TOLD];
}

static SvaCheckTold *told_new(SvaChecker *c)
{
    SvaCheckTelling *t = c->telling;

    t->newest = NULL;
    if (t->count == MAX_TOLD) {
        t->lost++;
        return NULL;
    }
    t->count++;
    if (c->told) {
        c->told(c->told_opaque);
    }
    return last_told(t);
}

bool sva_checker_told(SvaChecker *c, SvaCheckTold *told)
{
    SvaCheckTelling *t = c->telling;

    if (!t->count) {
        return false;
    }
    *told = t->ring[t->first];
    told->obligation.owed = told->owed;
    told->obligation.lost = t->lost;
    t->first = (t->first + 1) % MAX_TOLD;
    if (!--t->count) {
        t->newest = NULL;
    }
    return true;
}

/* -- begin -- */

/* One command may drop what several caches hold. */
static void list_owed(char *list, size_t size, const SvaCheckOwed *owed,
                      unsigned count)
{
    unsigned i;

    *list = '\0';
    for (i = 0; i < count; i++) {
        if (!strstr(list, owed[i].what)) {
            g_strlcat(list, *list ? ", " : "", size);
            g_strlcat(list, owed[i].what, size);
        }
    }
}

static void put_words(uint64_t *words, uint8_t *count,
                      const SvaCheckEntry *entry)
{
    memcpy(words, entry->words, sizeof(entry->words));
    *count = entry->count;
}

static void describe(SvaCheckTold *told, const SvaCheckDebt *debt)
{
    const SvaCheckNode *node = debt->node;
    SvaObligation *o = &told->obligation;

    told->rid = node ? node->space->rid : debt->slot->function->rid;
    told->pasid = node ? node->space->pasid : debt->slot->pasid;
    told->addr = node ? node->base : 0;
    o->last = node ? sva_check_node_last(node) : UINT64_MAX;
    o->type = debt->old.type;
    o->entries = 1;
    o->pa = debt->pa;
    o->since = (uint64_t)debt->time;
    put_words(o->before, &o->before_count, &debt->old);
    put_words(o->now, &o->now_count, &debt->now);
}

/* Does @next go on where the last record, not fetched yet, ends? */
static bool joins(const SvaCheckTelling *t, const SvaCheckTold *last,
                  const SvaCheckTold *next)
{
    return t->newest && last->obligation.last != UINT64_MAX &&
           last->obligation.last + 1 == next->addr &&
           last->rid == next->rid && last->pasid.valid == next->pasid.valid &&
           last->pasid.id == next->pasid.id &&
           last->obligation.type == next->obligation.type &&
           !strcmp(last->owed, next->owed);
}

static SvaCheckGroup *group_new(SvaChecker *c, const SvaCheckDebt *debt,
                                const SvaCheckTold *begin)
{
    SvaCheckTold *told = told_new(c);
    SvaCheckGroup *group;

    if (!told) {
        return NULL;
    }
    group = g_new0(SvaCheckGroup, 1);
    group->id = debt->number;
    group->rid = begin->rid;
    group->pasid = begin->pasid;
    *told = *begin;
    told->obligation.id = group->id;
    c->telling->newest = group;
    return group;
}

static SvaCheckGroup *group_of(SvaChecker *c, const SvaCheckDebt *debt,
                               const SvaCheckTold *begin)
{
    SvaCheckTelling *t = c->telling;
    SvaCheckTold *last = last_told(t);

    if (!joins(t, last, begin)) {
        return group_new(c, debt, begin);
    }
    last->obligation.last = begin->obligation.last;
    last->obligation.entries++;
    return t->newest;
}

void sva_check_obligation_begin(SvaChecker *c, SvaCheckDebt *debt,
                                const SvaCheckOwed *owed, unsigned count)
{
    SvaCheckTold begin = { .begin = true };

    describe(&begin, debt);
    list_owed(begin.owed, sizeof(begin.owed), owed, count);
    debt->group = group_of(c, debt, &begin);
    if (debt->group) {
        debt->group->debts++;
    }
}

/* -- end -- */

static void group_end(SvaChecker *c, SvaCheckGroup *group)
{
    SvaCheckTold *told = group->broken ? NULL : told_new(c);

    if (told) {
        *told = (SvaCheckTold) {
            .rid = group->rid,
            .pasid = group->pasid,
            .obligation = {
                .id = group->id, .end = group->end,
                .until = (uint64_t)c->now,
            },
        };
    }
    if (c->telling->newest == group) {
        c->telling->newest = NULL;
    }
    g_free(group);
}

void sva_check_obligation_end(SvaChecker *c, SvaCheckDebt *debt,
                              SvaObligationEnd end)
{
    SvaCheckGroup *group = debt->group;

    if (group) {
        debt->group = NULL;
        group->end = MAX(group->end, end);
        if (!--group->debts) {
            group_end(c, group);
        }
    }
}

void sva_check_obligation_break(SvaChecker *c, SvaCheckDebt *debt)
{
    if (debt->group) {
        debt->group->broken = true;
        sva_check_obligation_end(c, debt, SVA_OBLIGATION_COMPLETE);
    }
}

uint64_t sva_check_obligation_id(const SvaCheckDebt *debt)
{
    return debt->group ? debt->group->id : 0;
}
