/*
 * Checker: domain IDs of VT-d, and what entries that share one must agree in
 *
 * VT-d rev 5.10, 6.2.2.1 and 6.2.3.1: caches are tagged with the domain ID (and
 * the PASID), and not with the tables that a translation came from.
 *
 * Each present entry claims what its domain ID and its tables are.  A claim
 * belongs to the entry that made it last; before it is held against another
 * entry that one is read again, since the unit need not have read how it went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-vtd.h"
#include "vtd-layout.h"
#include "vtd-legal.h"

enum { TABLE, PASID, MODES, ZERO, RULES };

static const SvaCheckRule rules[RULES] = {
    [TABLE] = {
        "vtd-domain-table",
        "Entries with the same domain ID have the same second-stage table and "
        "address width, or no second stage at all.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.2.2.1 and 6.2.3.1" },
    },
    [PASID] = {
        "vtd-domain-pasid",
        "PASID entries with the same PASID and domain ID have the same type, "
        "tables, paging mode and address width.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.2.3.1" },
    },
    [MODES] = {
        "vtd-table-modes",
        "PASID entries with the same tables have the same FSPM and EAFE, and "
        "the same SSADE.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.2.3.1" },
    },
    [ZERO] = {
        "vtd-domain-zero",
        "Domain ID 0 is not used if CAP.CM=1.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.2.2.1 and 6.2.3.1" },
    },
};

/* What is claimed; @b is not used by all. */
typedef enum Subject {
    OF_DOMAIN,                  /* @a: domain ID */
    OF_PASID,                   /* @a: domain ID, @b: PASID */
    OF_FIRST,                   /* @a: first-, @b: second-stage table */
    OF_SECOND,                  /* @a: second-stage table */
} Subject;

#define SUBJECTS 4
#define CLAIMS   (1u << 18)

typedef struct Key {
    uint64_t a;
    uint64_t b;
    uint64_t subject;
} Key;

typedef struct Claim {
    Key key;
    uint64_t value[3];
    /* the entry that made it */
    uint64_t pa;
    SvaEntryType type;
    SvaPasid pasid;
    uint16_t rid;
} Claim;

typedef struct State {
    GHashTable *claims;         /* of Claim */
} State;

static unsigned key_hash(gconstpointer opaque)
{
    const Key *key = opaque;

    return g_int64_hash(&key->a) * 31 + g_int64_hash(&key->b) * 7 +
           key->subject;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(Key));
}

static void start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    s->claims = g_hash_table_new_full(key_hash, key_equal, NULL, g_free);
}

static void stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    g_hash_table_unref(s->claims);
}

/* -- what an entry claims -- */

static unsigned legacy_claims(const uint64_t *w, Claim *out)
{
    if (FIELD_EX64(w[0], CHECK_LCTX0, TT) == CHECK_VTD_TT_PASS) {
        return 0;
    }
    out[0].key = (Key) { FIELD_EX64(w[1], CHECK_LCTX1, DID), 0, OF_DOMAIN };
    out[0].value[0] = true;
    out[0].value[1] = w[0] & CHECK_VTD_POINTER;
    out[0].value[2] = FIELD_EX64(w[1], CHECK_LCTX1, AW);
    return 1;
}

static unsigned pasid_claims(const uint64_t *w, uint32_t pasid, Claim *out)
{
    SvaCheckVtdPasid e;
    unsigned n = 2;

    sva_check_vtd_pasid(w, &e);
    out[0].key = (Key) { e.domain, 0, OF_DOMAIN };
    out[0].value[0] = sva_check_vtd_has_second(e.pgtt);
    out[0].value[1] = e.second;
    out[0].value[2] = e.aw;
    out[1].key = (Key) { e.domain, pasid, OF_PASID };
    out[1].value[0] = e.pgtt | e.fspm << 4 | e.aw << 8;
    out[1].value[1] = e.first;
    out[1].value[2] = e.second;
    if (sva_check_vtd_has_first(e.pgtt)) {
        out[n].key = (Key) { e.first, e.second, OF_FIRST };
        out[n++].value[0] = e.fspm << 1 | e.extended_accessed;
    }
    if (sva_check_vtd_has_second(e.pgtt)) {
        out[n].key = (Key) { e.second, 0, OF_SECOND };
        out[n++].value[0] = e.second_ad;
    }
    return n;
}

/* All claims of the entry @words, which is @who; their number. */
static unsigned claims_of(const SvaCheckVtdUnit *unit, const Claim *who,
                          const uint64_t *words, Claim out[SUBJECTS])
{
    unsigned i;

    if (!sva_check_vtd_present(who->type, words) ||
        sva_check_vtd_illegal(unit, who->type, words)) {
        return 0;
    }
    for (i = 0; i < SUBJECTS; i++) {
        out[i] = *who;
        memset(out[i].value, 0, sizeof(out[i].value));
    }
    if (who->type == SVA_ENTRY_VTD_PASID) {
        return pasid_claims(words, who->pasid.id, out);
    }
    return unit->mode == SVA_CHECK_VTD_LEGACY ? legacy_claims(words, out) : 0;
}

/* -- whether it can be so -- */

/* Does the entry that made @claim still say so?  @words: what it says. */
static bool holds(SvaChecker *c, const SvaCheckVtdUnit *unit,
                  const Claim *claim, uint64_t *words)
{
    Claim now[SUBJECTS];
    unsigned i, n;

    for (i = 0; i < sva_check_vtd_entry_words(unit, claim->type); i++) {
        if (!sva_env_read64(sva_check_env(c), claim->pa + 8 * i, &words[i])) {
            return false;
        }
    }
    n = claims_of(unit, claim, words, now);
    for (i = 0; i < n; i++) {
        if (key_equal(&now[i].key, &claim->key) &&
            !memcmp(now[i].value, claim->value, sizeof(claim->value))) {
            return true;
        }
    }
    return false;
}

static const struct {
    uint8_t rule;
    const char *text;
} subjects[SUBJECTS] = {
    [OF_DOMAIN] = { TABLE, "domain ID" },
    [OF_PASID] = { PASID, "the PASID and domain ID" },
    [OF_FIRST] = { MODES, "the first-stage table" },
    [OF_SECOND] = { MODES, "the second-stage table" },
};

static void report(SvaChecker *c, const Claim *old, const uint64_t *old_words,
                   const Claim *now, const SvaCheckEntry *entry)
{
    SvaCheckCase facts = {
        .rule = &rules[subjects[now->key.subject].rule], .has_rid = true,
        .rid = now->rid, .pasid = now->pasid, .pa = now->pa, .now = *entry,
        .before = *entry,
    };

    memcpy(facts.before.words, old_words, 8 * entry->count);
    sva_check_violation(c, &facts,
                        "The entries at 0x%" PRIx64 " (function 0x%04x, "
                        "PASID 0x%x) and 0x%" PRIx64 " share %s 0x%" PRIx64
                        ", and do not agree in what it stands for.",
                        old->pa, old->rid, old->pasid.id, now->pa,
                        subjects[now->key.subject].text, now->key.a);
}

static void claim(SvaChecker *c, State *s, const SvaCheckVtdUnit *unit,
                  const Claim *now, const SvaCheckEntry *entry)
{
    Claim *old = g_hash_table_lookup(s->claims, &now->key);
    uint64_t words[SVA_EVENT_WORDS] = { 0 };

    if (!old) {
        if (g_hash_table_size(s->claims) >= CLAIMS) {
            g_hash_table_remove_all(s->claims);
        }
        old = g_new(Claim, 1);
        *old = *now;
        g_hash_table_insert(s->claims, &old->key, old);
        return;
    }
    if (old->pa != now->pa &&
        memcmp(old->value, now->value, sizeof(now->value)) &&
        holds(c, unit, old, words)) {
        report(c, old, words, now, entry);
    }
    *old = *now;
}

static void read_entry(SvaChecker *c, State *s, const SvaEvent *ev)
{
    Claim who = {
        .pa = ev->entry.pa, .type = ev->entry.type, .pasid = ev->pasid,
        .rid = ev->rid,
    };
    SvaCheckEntry entry = {
        .type = ev->entry.type,
        .count = MIN(ev->entry.count, SVA_EVENT_WORDS),
    };
    SvaCheckVtdUnit unit;
    Claim claims[SUBJECTS];
    unsigned i, n;

    memcpy(entry.words, ev->entry.words, 8 * entry.count);
    sva_check_vtd_unit(sva_check_regs(c), &unit);
    n = claims_of(&unit, &who, entry.words, claims);
    for (i = 0; i < n; i++) {
        claim(c, s, &unit, &claims[i], &entry);
    }
    if (n && unit.caching_mode && !claims[0].key.a) {
        SvaCheckCase facts = {
            .rule = &rules[ZERO], .has_rid = true, .rid = ev->rid,
            .pasid = ev->pasid, .pa = ev->entry.pa, .now = entry,
        };

        sva_check_violation(c, &facts, "The entry at 0x%" PRIx64 " uses "
                            "domain ID 0.", ev->entry.pa);
    }
}

static void event(SvaChecker *c, void *state, const SvaEvent *ev)
{
    State *s = state;

    if (ev->kind == SVA_EV_RESET) {
        g_hash_table_remove_all(s->claims);
    } else if (ev->kind == SVA_EV_ENTRY && sva_check_arch(c) &&
               sva_check_arch_id(c) == SVA_REGS_VTD &&
               (ev->entry.type == SVA_ENTRY_VTD_PASID ||
                ev->entry.type == SVA_ENTRY_VTD_CONTEXT)) {
        read_entry(c, s, ev);
    }
}

/* Forget what was claimed of a table that may be used for something else. */
static void bond(SvaChecker *c G_GNUC_UNUSED, void *state, uint16_t rid,
                 SvaPasid pasid, const SvaCheckBond *old,
                 const SvaCheckBond *now)
{
    State *s = state;
    Key key = { old->target, 0, OF_FIRST };
    const Claim *mine = g_hash_table_lookup(s->claims, &key);

    if (now->state != SVA_BIND_BOUND && mine && mine->rid == rid &&
        sva_pasid_equal(mine->pasid, pasid)) {
        g_hash_table_remove(s->claims, &key);
    }
}

const SvaCheckTopic sva_check_topic_vtd_domain = {
    .name = "vtd-domain",
    .rules = rules,
    .count = RULES,
    .state_size = sizeof(State),
    .start = start,
    .stop = stop,
    .event = event,
    .bond = bond,
};
