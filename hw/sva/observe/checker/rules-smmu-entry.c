/*
 * Checker: rules about how STEs and CDs of an SMMUv3 are written
 *
 * The unit may read the words of an entry in any order and keep them, valid or
 * not, until CMD_CFGI_* and CMD_SYNC (IHI 0070 G.b 3.21.3).  What it may hold
 * is thus a mix of what was there at the last of these and of what is there
 * now.  Entries are looked at when the unit reads them and at CMD_CFGI_*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-smmu.h"
#include "smmu-command.h"
#include "smmu-locate.h"
#include "smmu-sync.h"
#include "smmu-torn.h"
#include "violation.h"

enum {
    TORN,
    ILLEGAL,
};

static const SvaCheckRule rules[] = {
    [TORN] = {
        "smmu-entry-torn",
        "Whichever words of an update of an STE or CD the unit sees, they make "
        "an entry that is invalid or was meant.",
        { [SVA_REGS_SMMUV3] = "IHI 0070 G.b, 3.21.3" },
    },
    [ILLEGAL] = {
        "smmu-entry-illegal",
        "An STE or CD with V=1 is legal.",
        { [SVA_REGS_SMMUV3] = "IHI 0070 G.b, 5.2.2, 5.4.2" },
    },
};

#define WORDS SVA_CHECK_SMMU_READ
#define ENTRIES_MAX 65536
#define STREAMS_EACH 64         /* of a range that is not taken for all */

/*
 * What is known of an entry.
 *
 * @settled: the unit may hold words of this, which is from @since
 * @asked:   at the last CMD_CFGI_* of it, 0 if it has been taken
 */
typedef struct Known {
    uint64_t key;
    uint64_t pa;
    uint64_t settled[WORDS];
    uint64_t at_asked[WORDS];
    uint64_t since;
    uint64_t asked;
} Known;

/* @streams: StreamID -> Mark of commands that drop all of the stream */
typedef struct State {
    GHashTable *known;
    GHashTable *streams;
    SvaCheckSmmuMark all;
    SvaCheckSmmuSync sync;
} State;

typedef struct Place {
    uint16_t rid;
    uint32_t ssid;
    bool cd;
    uint64_t pa;
} Place;

static uint64_t key_of(const Place *at)
{
    return (uint64_t)at->rid << 32 | (at->cd ? at->ssid << 1 | 1 : 0);
}

static void start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    s->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
    s->streams = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                       g_free);
}

static void stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    g_hash_table_destroy(s->known);
    g_hash_table_destroy(s->streams);
}

/* -- commands that drop all of a stream -- */

static SvaCheckSmmuMark *stream_mark(State *s, uint16_t rid)
{
    gpointer key = GUINT_TO_POINTER(rid);
    SvaCheckSmmuMark *mark = g_hash_table_lookup(s->streams, key);

    if (!mark) {
        mark = g_new0(SvaCheckSmmuMark, 1);     /* at most 65536 */
        g_hash_table_insert(s->streams, key, mark);
    }
    return mark;
}

/*
 * The last command, done by now, that has dropped the entry without naming it.
 */
static uint64_t dropped(const State *s, const Place *at)
{
    SvaCheckSmmuMark *mark = NULL;
    uint64_t all = sva_check_smmu_covered(&s->all, &s->sync);

    if (at->cd) {
        mark = g_hash_table_lookup(s->streams, GUINT_TO_POINTER(at->rid));
    }
    return mark ? MAX(all, sva_check_smmu_covered(mark, &s->sync)) : all;
}

/* -- what was seen -- */

static Known *know(State *s, const Place *at, const uint64_t *words,
                   uint64_t seq)
{
    Known *k = g_new0(Known, 1);

    if (g_hash_table_size(s->known) >= ENTRIES_MAX) {
        g_hash_table_remove_all(s->known);
    }
    k->key = key_of(at);
    k->pa = at->pa;
    k->since = seq;
    memcpy(k->settled, words, sizeof(k->settled));
    g_hash_table_replace(s->known, &k->key, k);
    return k;
}

/* Take what commands have done since: older words are in no cache. */
static void settle(const State *s, Known *k, const Place *at,
                   const uint64_t *words)
{
    if (k->asked && k->asked < s->sync.done) {
        memcpy(k->settled, k->at_asked, sizeof(k->settled));
        k->since = k->asked;
        k->asked = 0;
    }
    if (k->pa != at->pa || dropped(s, at) > k->since) {
        k->pa = at->pa;
        k->since = s->sync.done;
        memcpy(k->settled, words, sizeof(k->settled));
    }
}

static SvaCheckCase facts_of(const Place *at, unsigned rule,
                             const uint64_t *before, const uint64_t *now)
{
    SvaCheckCase facts = {
        .rule = &rules[rule],
        .culprit = SVA_CULPRIT_KERNEL,
        .has_rid = true,
        .rid = at->rid,
        .pasid = at->cd ? sva_pasid(at->ssid) : SVA_NO_PASID,
        .pa = at->pa,
        .before = { .count = WORDS },
        .now = { .count = WORDS },
    };

    facts.before.type = facts.now.type = at->cd ? SVA_ENTRY_SMMU_CD
                                                : SVA_ENTRY_SMMU_STE;
    memcpy(facts.before.words, before, WORDS * sizeof(*before));
    memcpy(facts.now.words, now, WORDS * sizeof(*now));
    return facts;
}

static void check_torn(SvaChecker *c, const SvaCheckSmmuUnit *u,
                       const SvaCheckSmmuSte *ste, const Place *at,
                       const Known *k, const uint64_t *words)
{
    uint64_t old[SVA_CHECK_SMMU_WORDS] = { 0 };
    SvaCheckSmmuTorn torn;
    SvaCheckCase facts;

    memcpy(old, k->settled, sizeof(k->settled));
    if (!sva_check_smmu_torn(u, at->cd, ste, old, words, &torn)) {
        return;
    }
    facts = facts_of(at, TORN, old, words);
    facts.owed = at->cd ? "CMD_CFGI_CD and CMD_SYNC between the changes"
                        : "CMD_CFGI_STE and CMD_SYNC between the changes";
    sva_check_violation(c, &facts, "Words of the %s at 0x%" PRIx64 " changed "
                        "without CMD_CFGI and CMD_SYNC between them; the unit "
                        "may use 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
                        " 0x%" PRIx64 ", which %s%s.",
                        at->cd ? "CD" : "STE", at->pa, torn.mix[0],
                        torn.mix[1], torn.mix[2], torn.mix[3],
                        torn.illegal ? "is illegal: "
                                     : "is neither the old nor the new one",
                        torn.illegal ? torn.illegal : "");
}

static void check_illegal(SvaChecker *c, const SvaCheckSmmuUnit *u,
                          const SvaCheckSmmuSte *ste, const Place *at,
                          const uint64_t *words)
{
    const char *why = at->cd ? sva_check_smmu_cd_illegal(u, ste, words)
                             : sva_check_smmu_ste_illegal(u, words);
    SvaCheckCase facts = facts_of(at, ILLEGAL, words, words);

    if (why) {
        facts.before.count = 0;
        sva_check_violation(c, &facts, "The %s at 0x%" PRIx64 " has V=1 and "
                            "is illegal: %s.", at->cd ? "CD" : "STE", at->pa,
                            why);
    }
}

static Known *observe(SvaChecker *c, State *s, const SvaCheckSmmuUnit *u,
                      const Place *at, const uint64_t *words)
{
    uint64_t key = key_of(at);
    Known *k = g_hash_table_lookup(s->known, &key);
    SvaCheckSmmuSte ste;
    bool has_ste;

    if (!k) {
        k = know(s, at, words, sva_check_seq(c));
    } else {
        settle(s, k, at, words);
    }
    has_ste = at->cd && sva_check_smmu_read_ste(sva_check_env(c), u, at->rid,
                                                &ste);
    if (memcmp(k->settled, words, sizeof(k->settled))) {
        check_torn(c, u, has_ste ? &ste : NULL, at, k, words);
    }
    check_illegal(c, u, has_ste ? &ste : NULL, at, words);
    return k;
}

/* -- events -- */

/* The words that the unit has used, and of memory those behind them. */
static void take_entry(SvaChecker *c, State *s, const SvaCheckSmmuUnit *u,
                       const SvaEvent *event)
{
    Place at = {
        .rid = event->rid, .ssid = event->pasid.id & SVA_PASID_MAX,
        .pa = event->entry.pa, .cd = event->entry.type == SVA_ENTRY_SMMU_CD,
    };
    uint64_t words[SVA_CHECK_SMMU_WORDS];
    unsigned n = MIN(event->entry.count, WORDS);

    if (sva_check_smmu_read(sva_check_env(c), at.pa, words)) {
        memcpy(words, event->entry.words, n * sizeof(*words));
        observe(c, s, u, &at, words);
    }
}

/*
 * A CD behind stage 2 is where the unit has found it, unless its table may have
 * moved since.
 */
static bool locate_again(const State *s, Place *at)
{
    uint64_t key = key_of(at);
    const Known *k = g_hash_table_lookup(s->known, &key);

    if (!k || dropped(s, at) > k->since) {
        return false;
    }
    at->pa = k->pa;
    return true;
}

static bool locate(SvaChecker *c, const State *s, const SvaCheckSmmuUnit *u,
                   Place *at)
{
    SvaEnv *env = sva_check_env(c);
    SvaCheckSmmuSte ste;

    if (!at->cd) {
        return sva_check_smmu_locate_ste(env, u, at->rid, &at->pa);
    }
    if (!sva_check_smmu_read_ste(env, u, at->rid, &ste)) {
        return false;
    }
    return ste.stage1 && ste.stage2
           ? locate_again(s, at)
           : sva_check_smmu_locate_cd(env, u, &ste, at->ssid, &at->pa);
}

/* The command has the unit read the entry anew, from here on. */
static void ask(SvaChecker *c, State *s, const SvaCheckSmmuUnit *u, Place at)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS];
    Known *k;

    if (!locate(c, s, u, &at) ||
        !sva_check_smmu_read(sva_check_env(c), at.pa, words)) {
        return;
    }
    k = observe(c, s, u, &at, words);
    k->asked = sva_check_seq(c);
    memcpy(k->at_asked, words, sizeof(k->at_asked));
}

static void take_streams(SvaChecker *c, State *s, const SvaCheckSmmuUnit *u,
                         const SvaCheckSmmuCommand *cmd)
{
    uint32_t last = MIN(cmd->sid_last, 0xffff), sid;

    if (last - cmd->sid >= STREAMS_EACH) {
        sva_check_smmu_mark(&s->all, &s->sync, sva_check_seq(c));
        return;
    }
    for (sid = cmd->sid; sid <= last; sid++) {
        if (cmd->ste) {
            ask(c, s, u, (Place) { .rid = sid });
        }
        sva_check_smmu_mark(stream_mark(s, sid), &s->sync,
                            sva_check_seq(c));
    }
}

static void take_command(SvaChecker *c, State *s, const SvaCheckSmmuUnit *u,
                         const SvaEvent *event)
{
    SvaCheckSmmuCommand cmd;

    if (sva_check_smmu_command(u, event->command.words, &cmd) ||
        cmd.kind != SVA_CHECK_SMMU_CFGI || cmd.sid > 0xffff) {
        return;
    }
    if (cmd.one_cd) {
        ask(c, s, u, (Place) { .rid = cmd.sid, .ssid = cmd.ssid,
                               .cd = true });
    } else {
        take_streams(c, s, u, &cmd);
    }
}

static void forget(State *s)
{
    g_hash_table_remove_all(s->known);
    g_hash_table_remove_all(s->streams);
    s->all = (SvaCheckSmmuMark) { 0 };
    s->sync = (SvaCheckSmmuSync) { 0 };
}

static void on_event(SvaChecker *c, void *state, const SvaEvent *event)
{
    State *s = state;
    SvaCheckSmmuUnit unit;

    if (sva_check_arch_id(c) != SVA_REGS_SMMUV3) {
        return;
    }
    sva_check_smmu_sync_event(&s->sync, event);
    switch (event->kind) {
    case SVA_EV_ENTRY:
        if (event->entry.type == SVA_ENTRY_SMMU_CD ||
            event->entry.type == SVA_ENTRY_SMMU_STE) {
            sva_check_smmu_unit(sva_check_regs(c), &unit);
            take_entry(c, s, &unit, event);
        }
        break;
    case SVA_EV_COMMAND:
        sva_check_smmu_unit(sva_check_regs(c), &unit);
        if (unit.enabled) {
            take_command(c, s, &unit, event);
        }
        break;
    case SVA_EV_REGS:
    case SVA_EV_RESET:
        /* Other tables, or none: what was seen means nothing. */
        forget(s);
        break;
    default:
        break;
    }
}

const SvaCheckTopic sva_check_topic_smmu_entry = {
    .name = "smmu-entry",
    .rules = rules,
    .count = G_N_ELEMENTS(rules),
    .state_size = sizeof(State),
    .start = start,
    .stop = stop,
    .event = on_event,
};
