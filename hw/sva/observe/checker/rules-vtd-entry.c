/*
 * Checker, VT-d: entries that the unit reads in a bad moment
 *
 * VT-d rev 5.10, chapter 9: the unit may read a context or PASID entry in
 * pieces of 128 bits, at any time and in any order.  6.2.2.1 and 6.2.3.1: an
 * entry is consistent before and after each store.
 *
 * An entry that is present with contents that nothing else explains is the only
 * thing to see of that.  So the last two contents of each entry are kept: what
 * was read in between and is made of words of both was torn.  Entries that have
 * become present are read once more, soon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-vtd.h"
#include "vtd-legal.h"

enum { ILLEGAL, TORN, RULES };

static const SvaCheckRule rules[RULES] = {
    [ILLEGAL] = {
        "vtd-entry-invalid",
        "A present root, context or PASID entry is valid, and its reserved "
        "bits are 0.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.2.2.1, 6.2.3.1, 9.1 to 9.6" },
    },
    [TORN] = {
        "vtd-entry-torn",
        "An entry is present only while all of it is written.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.2.2.1, 6.2.3.1 and chapter 9" },
    },
};

/* Entries that are read again, at most; entries whose past is kept. */
#define RECENT  16
#define PASTS   (1u << 17)

/* The last two contents, different from each other; unknown: 0 */
typedef struct Past {
    uint64_t pa;
    SvaCheckEntry before;
    SvaCheckEntry now;
} Past;

typedef struct Where {
    uint64_t pa;
    SvaPasid pasid;
    uint16_t rid;
} Where;

typedef struct State {
    GHashTable *pasts;          /* address -> Past */
    Where recent[RECENT];
    unsigned count;
} State;

static void start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    s->pasts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
}

static void stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    g_hash_table_unref(s->pasts);
}

static Past *past_of(State *s, uint64_t pa)
{
    Past *past = g_hash_table_lookup(s->pasts, &pa);

    if (!past) {
        if (g_hash_table_size(s->pasts) >= PASTS) {
            g_hash_table_remove_all(s->pasts);
        }
        past = g_new0(Past, 1);
        past->pa = pa;
        g_hash_table_insert(s->pasts, &past->pa, past);
    }
    return past;
}

static bool same(const SvaCheckEntry *a, const SvaCheckEntry *b)
{
    return !memcmp(a->words, b->words, sizeof(a->words));
}

/* Is each word of @e from @a or @b? */
static bool made_of(const SvaCheckEntry *e, const SvaCheckEntry *a,
                    const SvaCheckEntry *b)
{
    unsigned i;

    for (i = 0; i < SVA_EVENT_WORDS; i++) {
        if (e->words[i] != a->words[i] && e->words[i] != b->words[i]) {
            return false;
        }
    }
    return true;
}

/* The pointer that a present entry cannot do without; all ones: it can. */
static uint64_t pointer(const SvaCheckVtdUnit *unit, const SvaCheckEntry *e)
{
    return sva_check_vtd_target(unit, e->type, 0, e->words);
}

static void report(SvaChecker *c, unsigned rule, const Where *where,
                   const Past *past, const char *text)
{
    SvaCheckCase facts = {
        .rule = &rules[rule], .has_rid = true, .rid = where->rid,
        .pasid = where->pasid, .pa = where->pa, .before = past->before,
        .now = past->now,
    };

    sva_check_violation(c, &facts, "The entry at 0x%" PRIx64 " is present, "
                        "and %s.", where->pa, text);
}

static void check_content(SvaChecker *c, const Where *where, const Past *past)
{
    const SvaCheckEntry *e = &past->now;
    SvaCheckVtdUnit unit;
    const char *reason;

    sva_check_vtd_unit(sva_check_regs(c), &unit);
    if (!sva_check_vtd_present(e->type, e->words)) {
        return;
    }
    reason = sva_check_vtd_illegal(&unit, e->type, e->words);
    if (reason) {
        report(c, ILLEGAL, where, past, reason);
    } else if (!pointer(&unit, e)) {
        report(c, TORN, where, past, "its table pointer is 0 still");
    }
}

/*
 * @past.now was read between @past.before and @next.  A present entry that was
 * present before may change in steps, which have to be owed for; see the rules
 * on obligations.
 */
static void check_mixed(SvaChecker *c, const Where *where, const Past *past,
                        const SvaCheckEntry *next)
{
    const SvaCheckEntry *e = &past->now;

    if (!sva_check_vtd_present(e->type, past->before.words) &&
        sva_check_vtd_present(e->type, e->words) &&
        sva_check_vtd_present(e->type, next->words) &&
        made_of(e, &past->before, next)) {
        report(c, TORN, where, past, "it was completed after that only");
    }
}

static void seen(SvaChecker *c, State *s, const Where *where,
                 const SvaCheckEntry *e)
{
    Past *past = past_of(s, where->pa);

    if (past->now.count && past->now.type == e->type) {
        if (same(&past->now, e)) {
            return;
        }
        check_mixed(c, where, past, e);
        past->before = past->now;
    } else {
        past->before = (SvaCheckEntry) { .type = e->type };
    }
    past->now = *e;
    check_content(c, where, past);
    if (sva_check_vtd_present(e->type, e->words) && s->count < RECENT) {
        s->recent[s->count++] = *where;
    }
}

static void read_entry(SvaChecker *c, State *s, const SvaEvent *ev)
{
    Where where = {
        .pa = ev->entry.pa, .pasid = ev->pasid, .rid = ev->rid,
    };
    SvaCheckEntry e = {
        .type = ev->entry.type,
        .count = MIN(ev->entry.count, SVA_EVENT_WORDS),
    };

    memcpy(e.words, ev->entry.words, 8 * e.count);
    if (e.count) {
        seen(c, s, &where, &e);
    }
}

static void read_again(SvaChecker *c, State *s, const Where *where)
{
    Past *past = g_hash_table_lookup(s->pasts, &where->pa);
    SvaCheckEntry e;
    unsigned i;

    if (!past) {
        return;
    }
    e = past->now;
    for (i = 0; i < e.count; i++) {
        if (!sva_env_read64(sva_check_env(c), where->pa + 8 * i,
                            &e.words[i])) {
            return;
        }
    }
    /* Read by words: what is torn now was not seen by the unit. */
    if (!same(&past->now, &e)) {
        check_mixed(c, where, past, &e);
    }
}

static void read_recent(SvaChecker *c, State *s)
{
    unsigned i;

    for (i = 0; i < s->count; i++) {
        read_again(c, s, &s->recent[i]);
    }
    s->count = 0;
}

static void event(SvaChecker *c, void *state, const SvaEvent *ev)
{
    State *s = state;

    if (!sva_check_arch(c) || sva_check_arch_id(c) != SVA_REGS_VTD) {
        return;
    }
    if (ev->kind == SVA_EV_ENTRY && ev->entry.type <= SVA_ENTRY_VTD_PASID) {
        read_entry(c, s, ev);
    } else if (ev->kind == SVA_EV_COMMAND && s->count) {
        read_recent(c, s);
    } else if (ev->kind == SVA_EV_RESET) {
        g_hash_table_remove_all(s->pasts);
        s->count = 0;
    }
}

static void tick(SvaChecker *c, void *state)
{
    State *s = state;

    if (s->count) {
        read_recent(c, s);
    }
}

const SvaCheckTopic sva_check_topic_vtd_entry = {
    .name = "vtd-entry",
    .rules = rules,
    .count = RULES,
    .state_size = sizeof(State),
    .start = start,
    .stop = stop,
    .event = event,
    .tick = tick,
};
