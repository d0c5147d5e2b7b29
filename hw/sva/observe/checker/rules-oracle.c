/*
 * Topic: is what the IOMMU does what its tables say?
 *
 * Each translation that was made by a walk is made once more by the oracle, of
 * the words that the IOMMU announced for it.  What differs accuses the model,
 * not the kernel.  Where caches took part whose content is not certain there is
 * no verdict.
 *
 * With SvaCheckOptions.paranoid each use of a cached translation is compared
 * with the tables in memory; that they differ is no mistake of the model while
 * software owes an invalidation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-differ.h"
#include "read-words.h"
#include "rules-oracle.h"
#include "stale.h"
#include "violation.h"

typedef enum Rule {
    RULE_INSERTION, RULE_ANSWER, RULE_SKIPPED, RULE_FLAGS, RULE_USE, RULES
} Rule;

static const SvaCheckRule rules[RULES] = {
    [RULE_INSERTION] = {
        "oracle-insertion",
        "A translation that is put into the TLB is the one that the entries "
        "make which were read for it.",
        { "VT-d rev 5.10, 3.6 to 3.8 and 6.2.4",
          "IHI 0070 G.b, 3.4 and 3.21; DDI 0487, D8" },
    },
    [RULE_ANSWER] = {
        "oracle-answer",
        "A request gets the address and rights that the entries give which "
        "were read for it, or is refused for what they say.",
        { "VT-d rev 5.10, 3.4, 4.2.3 and Table 30",
          "IHI 0070 G.b, 3.9, 3.12, 5.2, 5.5 and 7.3" },
    },
    [RULE_SKIPPED] = {
        "oracle-skipped",
        "A translation is made of tables that were read.",
        { "VT-d rev 5.10, 6.2", "IHI 0070 G.b, 3.21" },
    },
    [RULE_FLAGS] = {
        "oracle-flags",
        "Accessed and dirty flags are set before an access that asks for it "
        "is granted.",
        { "VT-d rev 5.10, 3.6.2, 3.7.2 and 3.8.1", "IHI 0070 G.b, 3.13" },
    },
    [RULE_USE] = {
        "oracle-use",
        "A cached translation is used only until an invalidation of it is "
        "complete.",
        { "VT-d rev 5.10, 6.5.2.8", "IHI 0070 G.b, 4.7" },
    },
};

/*
 * @reason: of the fault that was announced for the request, 0: none
 * @fill:   a translation that was put into the TLB, if @filled: with the answer
 *          to the request, which follows, one walk is enough for both
 */
typedef struct State {
    SvaCheckReads reads;
    uint32_t reason;
    bool filled;
    SvaEvent fill;
} State;

/* -- asking -- */

static void ask(SvaChecker *c, const SvaOracleSource *source,
                const SvaRequest *req, SvaOracleAnswer *out)
{
    sva_check_count_walk(c);
    if (sva_check_arch_id(c) == SVA_REGS_VTD) {
        sva_oracle_vtd(sva_check_regs(c), source, req, out);
    } else {
        sva_oracle_smmu(sva_check_regs(c), source, req, out);
    }
}

static SvaRequest request_of(const SvaEvent *e, uint8_t at)
{
    return (SvaRequest) {
        .addr = e->addr, .pasid = e->pasid, .rid = e->rid,
        .access = e->access, .at = at,
    };
}

/* What no words of tables decide: SMMU_GBPA. */
static bool is_out_of_tables(const SvaChecker *c)
{
    return sva_check_arch_id(c) == SVA_REGS_SMMUV3 &&
           !(sva_check_regs(c)[SVA_REGS_SMMU_CR0ACK] & 1);
}

static void accuse(SvaChecker *c, Rule rule, const SvaEvent *e,
                   const char *text)
{
    SvaCheckCase facts = {
        .rule = &rules[rule], .culprit = SVA_CULPRIT_MODEL, .has_rid = true,
        .rid = e->rid, .pasid = e->pasid, .addr = e->addr,
    };

    sva_check_violation(c, &facts, "%s at 0x%" PRIx64 ", access 0x%x: %s.",
                        sva_event_kind_name(e->kind), e->addr, e->access,
                        text);
}

/* -- what was made by a walk -- */

static bool differs(const SvaChecker *c, const State *s, const SvaEvent *e,
                    const SvaOracleAnswer *want, char *text)
{
    switch (e->kind) {
    case SVA_EV_FILL:
        return sva_check_fill_differs(e, want, text);
    case SVA_EV_ATS:
        return sva_check_ats_differs(e, want, text);
    default:
        return sva_check_xlate_differs(e, sva_check_arch_id(c), s->reason,
                                       want, text);
    }
}

/* A translation was made though a word of the way to it was never read. */
static bool is_skipped(const SvaEvent *e, const SvaCheckSource *source)
{
    bool made = e->kind == SVA_EV_FILL ||
                (e->kind == SVA_EV_XLATE && e->xlate.outcome == SVA_OK);

    return made && source->never && sva_check_source_has_pages(source) &&
           !sva_check_takes_liberties(source->checker);
}

/* How the words of a request are taken. */
typedef enum Attempt {
    LAST,                       /* as they were read last */
    BEFORE,                     /* before the IOMMU changed flags */
    UNWRITABLE,                 /* and it could not */
    ATTEMPTS
} Attempt;

static bool unwritable(const SvaOracleSource *source G_GNUC_UNUSED,
                       uint64_t pa G_GNUC_UNUSED)
{
    return false;
}

/*
 * What the oracle says.
 *
 * @agrees: nothing is to be said against the model; else @text says it, and
 *          @rule
 */
typedef struct Look {
    SvaOracleAnswer want;
    SvaCheckSource source;
    Rule rule;
    bool agrees;
    char text[SVA_CHECK_DIFFER_TEXT];
} Look;

static SvaCheckDoubt doubt_of(const SvaChecker *c, const SvaRequest *req,
                              const Look *look)
{
    return sva_check_is_mixed(c, req->rid, req->pasid) ? SVA_DOUBT_SHARED
           : sva_check_source_is_doubtful(&look->source) ? SVA_DOUBT_LEFT
                                                         : SVA_DOUBT_NONE;
}

static bool look(SvaChecker *c, const State *s, const SvaEvent *e,
                 const SvaRequest *req, Attempt how, Look *out)
{
    bool wrong;

    sva_check_source_init(&out->source, c, &s->reads, e, how != LAST);
    if (how == UNWRITABLE) {
        out->source.source.writable = unwritable;
    }
    ask(c, &out->source.source, req, &out->want);
    if (out->want.outcome == SVA_ORACLE_UNKNOWN) {
        out->rule = RULE_SKIPPED;
        wrong = is_skipped(e, &out->source);
    } else {
        out->rule = e->kind == SVA_EV_FILL ? RULE_INSERTION : RULE_ANSWER;
        wrong = differs(c, s, e, &out->want, out->text);
    }
    out->agrees = !wrong || sva_check_count_doubt(c, doubt_of(c, req, out));
    if (!out->agrees && out->rule == RULE_SKIPPED) {
        g_snprintf(out->text, sizeof(out->text), "the word at 0x%" PRIx64
                   " was not read", out->want.word);
    }
    return out->agrees;
}

/* A refusal for which no page table was read comes from a cache. */
static bool is_from_cache(const SvaEvent *e, bool pages)
{
    switch (e->kind) {
    case SVA_EV_ATS:
        return e->ats.map.cached ||
               (!pages && !(e->ats.map.access & SVA_RW) &&
                e->ats.status == SVA_ATS_SUCCESS);
    case SVA_EV_XLATE:
        return e->xlate.map.cached ||
               (!pages && e->xlate.outcome != SVA_OK);
    default:
        return false;
    }
}

/*
 * Does the oracle change flags that the IOMMU did not?  @out: as the words were
 * read last, which are the first ones if none has changed.
 */
static void judge_flags(SvaChecker *c, const State *s, const SvaEvent *e,
                        const SvaRequest *req, Look *out)
{
    const SvaCheckReadRequest *r = &s->reads.request;
    const SvaOracleAnswer *want = &out->want;
    char text[SVA_CHECK_DIFFER_TEXT];

    if (r->changed) {
        sva_check_source_init(&out->source, c, &s->reads, e, true);
        ask(c, &out->source.source, req, &out->want);
    }
    if (want->outcome != SVA_ORACLE_GRANTED || out->source.borrowed_count) {
        return;
    }
    for (unsigned i = 0; i < r->count; i++) {
        const SvaCheckReadWord *w = &r->words[i];
        uint64_t after = w->first;

        if (w->reads > 2) {
            return;             /* others change it, or it is used twice */
        }
        for (unsigned n = 0; n < want->update_count; n++) {
            after = want->updates[n].pa == w->pa ? want->updates[n].after
                                                 : after;
        }
        if ((after ^ w->first) & (after ^ w->last)) {
            g_snprintf(text, sizeof(text), "the entry at 0x%" PRIx64 " is 0x%"
                       PRIx64 ", it should have become 0x%" PRIx64, w->pa,
                       w->last, after);
            accuse(c, RULE_FLAGS, e, text);
            return;
        }
    }
}

/* Does the IOMMU say that it could not write a table? */
static bool is_write_failure(const SvaChecker *c, const State *s,
                             const SvaEvent *e)
{
    if (sva_check_arch_id(c) == SVA_REGS_VTD) {
        return s->reason == 0x91 || s->reason == 0x7d;
    }
    return s->reason == 0x0b ||         /* F_WALK_EABT */
           (e->kind == SVA_EV_ATS && e->ats.status == SVA_ATS_CA);
}

/* No verdict: it was not made by a walk, or who knows of what words. */
static bool is_moot(const SvaChecker *c, const State *s, const SvaEvent *e,
                    bool pages)
{
    return s->reads.request.racing || is_out_of_tables(c) ||
           is_from_cache(e, pages);
}

/* @out: by the words that were read last */
static void judge_walk(SvaChecker *c, const State *s, const SvaEvent *e,
                       const SvaRequest *req, bool pages, Look *out)
{
    Look again;

    if (out->agrees) {
        if (e->kind != SVA_EV_FILL && pages && !sva_check_takes_liberties(c)) {
            judge_flags(c, s, e, req, out);
        }
        return;
    }
    /* A processor may have set a flag after it was used. */
    if (!look(c, s, e, req, BEFORE, &again) &&
        !(is_write_failure(c, s, e) &&
          look(c, s, e, req, UNWRITABLE, &again))) {
        accuse(c, out->rule, e, out->text);
    }
}

/* Of what was read page tables? */
static bool has_pages(SvaChecker *c, const State *s, const SvaEvent *e)
{
    SvaCheckSource source;

    sva_check_source_init(&source, c, &s->reads, e, false);
    return sva_check_source_has_pages(&source);
}

/* The TLB has what there is, whatever was asked for. */
static void judge_fill(SvaChecker *c, const State *s, const SvaEvent *e)
{
    SvaRequest req = request_of(e, SVA_AT_UNTRANSLATED);
    bool pages = has_pages(c, s, e);
    Look out;

    if (is_moot(c, s, e, pages)) {
        return;
    }
    req.access = SVA_ORACLE_ANY | (e->fill.priv ? SVA_PRIV : SVA_NONE);
    if (!look(c, s, e, &req, LAST, &out) &&
        sva_check_arch_id(c) == SVA_REGS_SMMUV3 &&
        e->fill.kind == SVA_FILL_SMMU_STAGE2) {
        req.at = SVA_AT_TRANSLATED;     /* split-stage ATS */
        look(c, s, e, &req, LAST, &out);
    }
    judge_walk(c, s, e, &req, pages, &out);
}

/*
 * A walk that changes no flags says what the TLB may have, whatever was asked
 * for: the same as one that asks for nothing.
 */
static bool fill_agrees(const State *s, const SvaEvent *answer,
                        const SvaOracleAnswer *want)
{
    const SvaEvent *fill = &s->fill;
    char text[SVA_CHECK_DIFFER_TEXT];

    return fill->rid == answer->rid && fill->addr == answer->addr &&
           sva_pasid_equal(fill->pasid, answer->pasid) &&
           want->outcome != SVA_ORACLE_UNKNOWN && want->walked &&
           !want->update_count && want->priv == fill->fill.priv &&
           !sva_check_fill_differs(fill, want, text);
}

/* It was not followed by the answer of its request. */
static void end_fill(SvaChecker *c, State *s)
{
    if (s->filled) {
        judge_fill(c, s, &s->fill);
        s->filled = false;
    }
}

static void judge_answer(SvaChecker *c, State *s, const SvaEvent *e,
                         const SvaRequest *req)
{
    bool pages = has_pages(c, s, e);
    Look out;

    if (is_moot(c, s, e, pages)) {
        end_fill(c, s);
        return;
    }
    look(c, s, e, req, LAST, &out);
    if (!s->filled || !fill_agrees(s, e, &out.want)) {
        end_fill(c, s);
    }
    s->filled = false;
    judge_walk(c, s, e, req, pages, &out);
}

/* -- what comes from a cache -- */

/* Configuration, and five levels on five levels */
#define MEMORY_WORDS 128

/* What a walk of memory read just now. */
typedef struct Memory {
    SvaOracleSource source;
    SvaEnv *env;
    struct {
        uint64_t pa;
        uint64_t word;
    } words[MEMORY_WORDS];
    unsigned count;
} Memory;

static SvaOracleRead memory_read(const SvaOracleSource *source, uint64_t pa,
                                 uint64_t *word)
{
    Memory *m = (Memory *)source;

    if (!sva_env_read64(m->env, pa, word)) {
        return SVA_ORACLE_NO_MEMORY;
    }
    for (unsigned i = 0; i < m->count; i++) {
        if (m->words[i].pa == pa) {
            return m->words[i].word == *word ? SVA_ORACLE_READ
                                             : SVA_ORACLE_NOT_READ;
        }
    }
    if (m->count < MEMORY_WORDS) {
        m->words[m->count].pa = pa;
        m->words[m->count].word = *word;
        m->count++;
    }
    return SVA_ORACLE_READ;
}

static bool is_same(void *opaque, uint64_t pa, uint64_t word)
{
    const Memory *m = opaque;

    for (unsigned i = 0; i < m->count; i++) {
        if (m->words[i].pa == pa) {
            return m->words[i].word == word;
        }
    }
    return false;
}

/* The tables of now do not say so, and no cache can have anything else. */
static bool use_is_wrong(SvaChecker *c, const SvaRequest *req, uint64_t pa,
                         bool atc, char *text)
{
    Memory m = { .source = { .read = memory_read }, .env = sva_check_env(c) };
    SvaOracleAnswer want;
    SvaCheckUse use = {
        .addr = sva_check_walked_addr(c, req->addr), .rid = req->rid,
        .pasid = req->pasid, .atc = atc, .same = is_same, .opaque = &m,
    };

    ask(c, &m.source, req, &want);
    use.ipas = want.ipas;
    use.ipa_count = want.ipa_count;
    return want.outcome != SVA_ORACLE_UNKNOWN &&
           sva_check_use_differs(pa, req->access, &want, text) &&
           !sva_check_count_doubt(c, sva_check_may_be_stale(c, &use));
}

/* Looked at twice: the tables may be changing right now. */
static void judge_use(SvaChecker *c, const SvaEvent *e, SvaRequest req,
                      uint64_t pa)
{
    bool atc = e->kind == SVA_EV_ATC_HIT;
    char text[SVA_CHECK_DIFFER_TEXT];

    if (sva_check_paranoid(c) && !is_out_of_tables(c) &&
        use_is_wrong(c, &req, pa, atc, text) &&
        use_is_wrong(c, &req, pa, atc, text)) {
        accuse(c, RULE_USE, e, text);
    }
}

static void use_of_tlb(SvaChecker *c, const SvaEvent *e)
{
    SvaRequest req = request_of(e, e->kind == SVA_EV_ATS
                                   ? SVA_AT_TRANSLATION
                                   : SVA_AT_UNTRANSLATED);
    const SvaMapping *map = e->kind == SVA_EV_ATS ? &e->ats.map
                                                  : &e->xlate.map;

    if (map->cached && map->access & SVA_RWX) {
        /* What was asked for and is not granted is no matter. */
        req.access &= map->access | SVA_PRIV;
        judge_use(c, e, req, map->addr);
    }
}

/* -- events -- */

static void end_request(State *s)
{
    sva_check_reads_end(&s->reads);
    s->reason = 0;
}

static void answered(SvaChecker *c, State *s, const SvaEvent *e)
{
    SvaRequest req = request_of(e, e->kind == SVA_EV_ATS
                                   ? SVA_AT_TRANSLATION
                                   : SVA_AT_UNTRANSLATED);

    judge_answer(c, s, e, &req);
    use_of_tlb(c, e);
    end_request(s);
}

/* What may come between a translation that was made and the answer. */
static bool is_of_answer(SvaEventKind kind)
{
    return kind == SVA_EV_XLATE || kind == SVA_EV_ATS ||
           kind == SVA_EV_FAULT || kind == SVA_EV_FAULT_SILENT ||
           kind == SVA_EV_STALL;
}

static void on_event(SvaChecker *c, void *state, const SvaEvent *e)
{
    State *s = state;

    if (!sva_check_arch(c)) {
        return;
    }
    if (!is_of_answer(e->kind)) {
        end_fill(c, s);
    }
    switch (e->kind) {
    case SVA_EV_ENTRY:
        sva_check_reads_add(&s->reads, e);
        break;
    case SVA_EV_FILL:
        s->fill = *e;
        s->filled = true;
        break;
    case SVA_EV_FAULT:
    case SVA_EV_FAULT_SILENT:
        s->reason = e->fault.reason;
        break;
    case SVA_EV_STALL:
        s->reason = e->stall.reason;
        break;
    case SVA_EV_XLATE:
    case SVA_EV_ATS:
        answered(c, s, e);
        break;
    case SVA_EV_ATC_HIT:
        judge_use(c, e, request_of(e, SVA_AT_TRANSLATION), e->atc_hit.pa);
        break;
    case SVA_EV_PRQ:
    case SVA_EV_PRQ_AUTO:
    case SVA_EV_COMMAND:
    case SVA_EV_DROP:
    case SVA_EV_REGS:
    case SVA_EV_RESET:
        end_request(s);
        break;
    default:
        break;
    }
}

static void on_tick(SvaChecker *c, void *state)
{
    if (sva_check_arch(c)) {
        end_fill(c, state);
    }
}

const SvaCheckTopic sva_check_topic_oracle = {
    .name = "oracle",
    .rules = rules,
    .count = RULES,
    .state_size = sizeof(State),
    .event = on_event,
    .tick = on_tick,
};
