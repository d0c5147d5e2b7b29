/*
 * SMMUv3: every event, provoked by every kind of request that can meet it
 *
 * What is expected is in smmu-event-rows.c, from IHI 0070 G.b; how each is
 * provoked, in smmu-event-world.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-event-rows.h"
#include "smmu-event-world.h"

#define R SVA_READ
#define W SVA_WRITE
#define X SVA_EXEC
#define PRIV SVA_PRIV

/*
 * Events, conditions, pairs of condition and kind of request, pairs that end
 * without an event, what is left out
 */
#define EVENTS       14
#define CONDITIONS   86
#define PROVOKED     417
#define SILENT       27
#define NOT_PROVOKED 13

/* A, R, S of the stage that is asked */
typedef struct Policy {
    bool a;
    bool r;
    bool s;
} Policy;

static const uint8_t access_of[EVK_COUNT] = {
    [EVK_READ] = R,
    [EVK_WRITE] = W,
    [EVK_ATOMIC] = R | W,
    [EVK_FETCH] = R | X | PRIV,
    [EVK_TREQ] = R | W,
    [EVK_TRANSLATED_READ] = R,
    [EVK_TRANSLATED_WRITE] = W,
    [EVK_PAGE] = R,
};

static const char *const kind_names[EVK_COUNT] = {
    "read", "write", "atomic", "instruction fetch", "translation request",
    "translated read", "translated write", "page request",
};

/* -- the world, as it is when the request comes -- */

/* @p is for the stage of the fault, the other one has the opposite. */
static void apply(EventWorld *w, Policy p, unsigned eats)
{
    uint64_t cd0 = w->cd[0], ste1 = w->ste[1], ste2 = w->ste[2];
    Policy other = { .a = !p.a, .r = !p.r, .s = !p.s };
    Policy first = w->s2 ? other : p, second = w->s2 ? p : other;

    if (!w->fixed) {
        cd0 &= ~(7ull << 44);
        cd0 |= (uint64_t)first.a << 46 | (uint64_t)first.r << 45 |
               (uint64_t)first.s << 44;
    }
    ste1 |= (uint64_t)eats << 28;
    ste2 &= ~(3ull << 57);
    /* EATS with S2S=1 is ILLEGAL. */
    ste2 |= (uint64_t)second.r << 58 |
            (uint64_t)(second.s && !eats) << 57;
    smmu_write32(w->f, 0x20, 0x1f);
    smmu_ste(w->f, SMMU_RID, w->ste[0], ste1, ste2, w->ste[3]);
    smmu_cd(w->f, w->index, cd0, w->cd[1], w->cd[2]);
    smmu_forget(w->f);
    smmu_write32(w->f, 0x20, w->cr0);
}

static void recinvsid(EventWorld *w, bool on)
{
    smmu_write32(w->f, 0x20, 0x1e);
    smmu_write32(w->f, 0x2c, on ? 2 : 0);
    smmu_write32(w->f, 0x20, w->cr0);
}

static bool has_two_stages(const EventWorld *w)
{
    return (w->ste[0] >> 1 & 7) == 7;
}

/* -- records -- */

static uint64_t when(bool condition, uint64_t bits)
{
    return condition ? bits : 0;
}

static uint64_t word0(const EventWorld *w, const EventRow *row,
                      SvaPasid pasid)
{
    uint64_t word = row->number | (uint64_t)SMMU_RID << 32;

    if (row->fields & EVF_SSV && pasid.valid) {
        word |= 1 << 11 | (uint64_t)pasid.id << 12;
    }
    return word | when(row->fields & EVF_SSID, (uint64_t)w->ssid << 12);
}

static uint64_t word1(const EventWorld *w, const EventRow *row,
                      uint8_t access)
{
    bool fetch = w->kind == EVK_FETCH;
    bool read = !(access & W) || (w->kind == EVK_ATOMIC && w->rnw);
    uint64_t word = when(row->fields & EVF_RNW && read, 1ull << 35);

    if (row->fields & EVF_ATTRS) {
        word |= when(fetch || w->pnu, 1ull << 33) |
                when((fetch || w->ind) && !(access & W), 1ull << 34) |
                when(w->s2, 1ull << 39) | (uint64_t)w->cls << 40;
    }
    if (row->fields & EVF_TTRNW) {
        word |= when(w->cls == EVC_TT && w->ttrnw, 1ull << 44);
    }
    if (row->fields & EVF_TREQ) {
        word |= 1ull << 31 | when(access & W, 1 << 30) |
                when(access & X, 1 << 29) | when(access & PRIV, 1 << 28) | 1;
    }
    return word;
}

/* @stag: of the record if it is one of a stall, else NULL */
static void expect_record(EventWorld *w, const EventRow *row, uint64_t addr,
                          uint8_t access, SvaPasid pasid, uint16_t *stag)
{
    uint64_t words[4] = { 0 };
    uint64_t stall = 0;

    g_assert_cmphex(smmu_event(w->f, words), ==, row->number);
    g_assert_cmphex(words[0], ==, word0(w, row, pasid));
    if (stag) {
        *stag = words[1] & 0xffff;
        stall = 1ull << 31 | *stag;
    }
    g_assert_cmphex(words[1], ==, word1(w, row, access) | stall);
    g_assert_cmphex(words[2], ==,
                    when(row->fields & EVF_ADDR, addr) |
                    when(row->fields & EVF_TREQ, addr & ~0xfffull));
    g_assert_cmphex(words[3], ==,
                    when(row->fields & EVF_FETCH, w->fetch) |
                    when(row->fields & EVF_IPA && w->s2, w->ipa));
    g_assert_cmphex(smmu_event(w->f, NULL), ==, 0);
}

static void expect_none(EventWorld *w)
{
    g_assert_cmphex(smmu_event(w->f, NULL), ==, 0);
}

/* -- untranslated requests -- */

static SvaOutcome send(EventWorld *w, bool patient)
{
    uint8_t access = access_of[w->kind];

    return patient
        ? smmu_patient(w->f, w->pasid, w->addr, access, 7).outcome
        : smmu_translate(w->f, w->pasid, w->addr, access).outcome;
}

/* IHI 0070 G.b 3.12, 5.5 */
static void check_fault(EventWorld *w, const EventRow *row, Policy p,
                        bool patient)
{
    bool abort = w->s2 || p.a;
    uint16_t stag;

    if (p.s && patient) {
        g_assert_cmpint(send(w, true), ==, SVA_STALL);
        expect_record(w, row, w->addr, access_of[w->kind], w->pasid, &stag);
        /* CMD_RESUME, Ac=0, Ab=1 */
        smmu_submit(w->f, 0x2044 | (uint64_t)SMMU_RID << 32, stag);
        g_assert_cmpint(w->f->ends[w->f->end_count - 1].action, ==,
                        SVA_STALL_ABORT);
        return;
    }
    g_assert_cmpint(send(w, patient), ==,
                    abort || p.s ? SVA_ABORT : SVA_RAZ_WI);
    if (p.r || p.s) {
        expect_record(w, row, w->addr, access_of[w->kind], w->pasid, NULL);
    } else {
        expect_none(w);
    }
}

static void check_abort(EventWorld *w, const EventRow *row, bool patient)
{
    g_assert_cmpint(send(w, patient), ==, SVA_ABORT);
    expect_record(w, row, w->addr, access_of[w->kind], w->pasid, NULL);
}

static void check_queue_off(EventWorld *w)
{
    apply(w, (Policy) { .a = true, .r = true }, 0);
    smmu_write32(w->f, 0x20, 0x1b);
    g_assert_cmpint(send(w, true), ==, SVA_ABORT);
    smmu_write32(w->f, 0x20, 0x1f);
    expect_none(w);
}

static void run_untranslated(EventWorld *w, const EventRow *row)
{
    unsigned i, patient;

    for (i = 0; i < 8; i++) {
        Policy p = { .a = i & 1, .r = i & 2, .s = i & 4 };

        for (patient = 0; patient < 2; patient++) {
            apply(w, p, 0);
            if (row->untranslated == EVU_FAULT && !w->always) {
                g_assert_true(row->stallable);
                check_fault(w, row, p, patient);
            } else {
                check_abort(w, row, patient);
            }
        }
    }
    check_queue_off(w);
    if (row->untranslated == EVU_INVALID_SID) {
        recinvsid(w, false);
        g_assert_cmpint(send(w, false), ==, SVA_ABORT);
        expect_none(w);
    }
}

/* -- ATS -- */

static void expect_completion(EventWorld *w, SvaAtsStatus status,
                              uint8_t access, uint8_t granted)
{
    SvaAtsCompletion a = smmu_ats(w->f, w->pasid, w->addr, access);

    g_assert_cmpint(a.status, ==, status);
    g_assert_cmphex(a.map.access & (R | W), ==, granted);
    g_assert_false(a.untranslated_only);
}

/* Priv is that of the request, with R=W=0 too: G.b 13.7. */
static void expect_privilege(EventWorld *w)
{
    SvaAtsCompletion a = smmu_ats(w->f, w->pasid, w->addr, R | PRIV);

    g_assert_cmphex(a.map.access & PRIV, ==, w->pasid.valid ? PRIV : 0);
}

static void check_translation_request(EventWorld *w, const EventRow *row)
{
    static const uint8_t asked[] = { R, R | W, R | W | X | PRIV };
    unsigned i;

    switch (row->ats) {
    case EVA_UR_RECORDED:
        for (i = 0; i < G_N_ELEMENTS(asked); i++) {
            expect_completion(w, SVA_ATS_UR, asked[i], 0);
            expect_record(w, row, w->addr, asked[i], w->pasid, NULL);
        }
        break;
    case EVA_CA:
        expect_completion(w, SVA_ATS_CA, R | W, 0);
        break;
    default:
        g_assert_cmpint(row->ats, ==, EVA_RIGHTS);
        expect_completion(w, SVA_ATS_SUCCESS, R | W, w->granted);
        expect_privilege(w);
        break;
    }
    expect_none(w);
    g_assert_cmpuint(w->f->end_count, ==, 0);
}

static void run_translation_request(EventWorld *w, const EventRow *row)
{
    unsigned i, eats;

    for (i = 0; i < 8; i++) {
        Policy p = { .a = i & 1, .r = i & 2, .s = i & 4 };

        for (eats = w->eats; eats < 3; eats++) {
            apply(w, p, eats);
            check_translation_request(w, row);
            if (!has_two_stages(w) || w->eats != 1) {
                break;          /* EATS=0b10 is for both stages alone */
            }
        }
    }
}

static SvaOutcome send_translated(EventWorld *w, uint64_t addr)
{
    return smmu_translated(w->f, addr, access_of[w->kind]).outcome;
}

static void run_split(EventWorld *w, const EventRow *row)
{
    uint64_t addr = w->intermediate | 0x18;
    unsigned r;

    for (r = 0; r < 2; r++) {
        apply(w, (Policy) { .a = true, .r = r }, 2);
        g_assert_cmpint(send_translated(w, addr), ==, SVA_ABORT);
        if (r || w->always || row->translated == EVT_SPLIT_ALWAYS) {
            expect_record(w, row, addr, access_of[w->kind], SVA_NO_PASID,
                          NULL);
        } else {
            expect_none(w);
        }
    }
}

static void run_translated(EventWorld *w, const EventRow *row)
{
    Policy p = { .a = true, .r = true };

    switch (row->translated) {
    case EVT_SILENT:
        apply(w, p, 1);
        g_assert_cmpint(send_translated(w, 0xabc018), ==, SVA_ABORT);
        expect_none(w);
        smmu_write32(w->f, 0x20, 0xf);          /* ATSCHK=0 */
        g_assert_cmpint(send_translated(w, 0xabc018), ==, SVA_OK);
        expect_none(w);
        break;
    case EVT_RECORDED:
        apply(w, p, w->eats);
        g_assert_cmpint(send_translated(w, 0xabc018), ==, SVA_ABORT);
        w->pnu = w->ind = false;
        expect_record(w, row, 0xabc018, access_of[w->kind], SVA_NO_PASID,
                      NULL);
        break;
    default:
        run_split(w, row);
        break;
    }
}

/* -- page requests -- */

static void run_page_request(EventWorld *w, const EventRow *row)
{
    SmmuFixture *f = w->f;
    unsigned i;

    g_assert_cmpint(row->page, ==, EVP_LOOKUP);
    apply(w, (Policy) { .a = true, .r = true }, 1);
    for (i = 0; i < 1u << SMMU_PRIQ_LOG2; i++) {
        smmu_page_request(f, w->pasid, w->addr, R, 3, false);
    }
    g_assert_cmpuint(f->rsp_count, ==, 0);      /* and none was looked up */
    smmu_page_request(f, w->pasid, w->addr, R, 3, true);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmphex(f->rsps[0].code, ==, SVA_PRG_FAILURE);
    g_assert_false(f->rsps[0].pasid.valid);
    expect_none(w);
}

/* -- all of it -- */

static void run(const EventCondition *cond, EventKind kind)
{
    const EventRow *row = smmu_event_row(cond->number);
    EventWorld w;

    g_assert_nonnull(row);
    g_test_message("%s (%s): %s, %s", row->name, row->section, cond->what,
                   kind_names[kind]);
    smmu_event_world_init(&w, cond, kind);
    switch (kind) {
    case EVK_TREQ:
        run_translation_request(&w, row);
        break;
    case EVK_TRANSLATED_READ:
    case EVK_TRANSLATED_WRITE:
        run_translated(&w, row);
        break;
    case EVK_PAGE:
        run_page_request(&w, row);
        break;
    default:
        run_untranslated(&w, row);
        break;
    }
    smmu_fixture_free(w.f);
}

static void test_condition(gconstpointer data)
{
    const EventCondition *cond = data;
    unsigned kind;

    for (kind = 0; kind < EVK_COUNT; kind++) {
        if (cond->kinds >> kind & 1) {
            run(cond, kind);
        }
    }
}

/* -- what ends without an event -- */

static void set_config(EventWorld *w)
{
    w->ste[0] = (w->ste[0] & ~0xeull) | w->cond->a << 1;
    w->cr0 = w->cond->b;
}

/* CR0 is @b; GBPA is Update and @a. */
static void set_off(EventWorld *w)
{
    smmu_write32(w->f, 0x20, 0);
    smmu_write32(w->f, 0x44, 1u << 31 | w->cond->a);
    w->cr0 = w->cond->b;
}

static void set_off_far(EventWorld *w)
{
    set_off(w);
    w->addr = 1ull << 48;
}

static void set_far(EventWorld *w)
{
    w->cr0 = w->cond->b;
    w->intermediate = 1ull << 48;
}

/* The queue of page requests is no memory, and one has found that out. */
static void set_priq_gone(EventWorld *w)
{
    fake_env_read_only(w->f->env, SMMU_PRIQ, 0x1000);
    smmu_page_request(w->f, w->pasid, w->addr, R, 3, true);
    g_assert_cmpuint(w->f->rsp_count, ==, 1);
    w->f->rsp_count = 0;
}

/* What a page request, the last of its group or not, comes to */
enum {
    QUEUED = 0x100,             /* no response */
    REFUSED,                    /* Failure, without PASID, to each */
};

#define SILENT_PAIR(set_, a_, b_, kind_, end_)                          \
    { .cond = { .set = (set_), .a = (a_), .b = (b_) },                  \
      .kind = EVK_##kind_, .end = (end_) }
#define SILENT_ABORT(set_, a_, b_)                                      \
    SILENT_PAIR(set_, a_, b_, READ, SVA_ABORT),                         \
    SILENT_PAIR(set_, a_, b_, WRITE, SVA_ABORT)

/* @end: SvaOutcome, SvaAtsStatus, or the above; IHI 0070 G.b 5.2, 6.3.9.6 */
static const struct {
    EventCondition cond;
    EventKind kind;
    unsigned end;
} silent[] = {
    /* STE.Config=0b0xx */
    SILENT_ABORT(set_config, 0, 0x1f), SILENT_ABORT(set_config, 1, 0x1f),
    SILENT_ABORT(set_config, 2, 0x1f), SILENT_ABORT(set_config, 3, 0x1f),
    SILENT_PAIR(set_config, 0, 0x1f, TREQ, SVA_ATS_UR),
    SILENT_PAIR(set_config, 3, 0x1f, TREQ, SVA_ATS_UR),
    SILENT_PAIR(set_config, 0, 0x1f, TRANSLATED_READ, SVA_ABORT),
    SILENT_PAIR(set_config, 3, 0x1f, TRANSLATED_WRITE, SVA_ABORT),
    SILENT_PAIR(set_config, 0, 0x0f, TRANSLATED_READ, SVA_OK),
    SILENT_PAIR(set_config, 0, 0x0f, TRANSLATED_WRITE, SVA_OK),
    SILENT_PAIR(set_config, 0, 0x1f, PAGE, QUEUED),
    /* SMMUEN=0: GBPA.ABORT, and addresses beyond OAS */
    SILENT_PAIR(set_off, 0, 0x1e, READ, SVA_OK),
    SILENT_PAIR(set_off, 0, 0x1e, WRITE, SVA_OK),
    SILENT_ABORT(set_off, 1 << 20, 0x1e),
    SILENT_ABORT(set_off_far, 0, 0x1e),
    SILENT_PAIR(set_off, 0, 0x1e, PAGE, REFUSED),
    /* Translated requests beyond OAS */
    SILENT_PAIR(set_far, 0, 0x1f, TRANSLATED_READ, SVA_ABORT),
    SILENT_PAIR(set_far, 0, 0x0f, TRANSLATED_WRITE, SVA_ABORT),
    /* PRIQEN=0, PRIQ_ABT_ERR */
    SILENT_PAIR(set_config, 5, 0x1d, PAGE, REFUSED),
    SILENT_PAIR(set_priq_gone, 0, 0x1f, PAGE, REFUSED),
    /* A stream without ATS does not matter to PRI. */
    SILENT_PAIR(set_config, 4, 0x1f, PAGE, QUEUED),
};

static void expect_page(EventWorld *w, bool refused)
{
    smmu_page_request(w->f, w->pasid, w->addr, R, 4, false);
    smmu_page_request(w->f, w->pasid, w->addr, R, 4, true);
    /* A stop marker is never answered. */
    smmu_page_request(w->f, w->pasid, 0, 0, 0, true);
    g_assert_cmpuint(w->f->rsp_count, ==, refused ? 2 : 0);
    if (refused) {
        g_assert_cmphex(w->f->rsps[0].code, ==, SVA_PRG_FAILURE);
        g_assert_false(w->f->rsps[0].pasid.valid);
    }
    g_assert_cmphex(smmu_read32(w->f, 0x100c8), ==, refused ? 0 : 3);
}

static void test_silent(void)
{
    EventWorld w;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(silent); i++) {
        smmu_event_world_init(&w, &silent[i].cond, silent[i].kind);
        apply(&w, (Policy) { .a = true, .r = true }, w.eats);
        switch (w.kind) {
        case EVK_TREQ:
            expect_completion(&w, silent[i].end, R | W, 0);
            break;
        case EVK_TRANSLATED_READ:
        case EVK_TRANSLATED_WRITE:
            g_assert_cmpint(send_translated(&w, w.intermediate), ==,
                            silent[i].end);
            break;
        case EVK_PAGE:
            expect_page(&w, silent[i].end == REFUSED);
            break;
        default:
            g_assert_cmpint(send(&w, true), ==, silent[i].end);
            break;
        }
        expect_none(&w);
        smmu_fixture_free(w.f);
    }
}

/* -- nothing is left out -- */

static bool can_meet(const EventRow *row, EventKind kind)
{
    switch (kind) {
    case EVK_TREQ:
        return row->ats != EVA_NEVER;
    case EVK_TRANSLATED_READ:
    case EVK_TRANSLATED_WRITE:
        return row->translated != EVT_NEVER;
    case EVK_PAGE:
        return row->page != EVP_NEVER;
    default:
        return row->untranslated != EVU_NEVER;
    }
}

/* Each event is provoked by each kind of request that can meet it. */
static void test_nothing_is_left_out(void)
{
    unsigned met[256] = { 0 };
    unsigned i, kind, number, rows = 0, provoked = 0;

    for (i = 0; i < smmu_event_condition_count; i++) {
        unsigned kinds = smmu_event_conditions[i].kinds & EVK_ALL;

        met[smmu_event_conditions[i].number] |= kinds;
        provoked += __builtin_popcount(kinds);
    }
    for (number = 0; number < 256; number++) {
        const EventRow *row = smmu_event_row(number);

        rows += row != NULL;
        for (kind = 0; kind < EVK_COUNT; kind++) {
            g_assert_cmpuint(met[number] >> kind & 1, ==,
                             row && can_meet(row, kind));
        }
    }
    for (i = 0; i < smmu_events_not_provoked_count; i++) {
        const EventNotProvoked *n = &smmu_events_not_provoked[i];

        g_test_message("left out: %s: %s (%s)", n->what, n->why, n->section);
    }
    g_test_message("%u conditions of %u events, provoked %u times by a kind "
                   "of request; %u ends without an event; %u not provoked",
                   smmu_event_condition_count, rows, provoked,
                   (unsigned)G_N_ELEMENTS(silent),
                   smmu_events_not_provoked_count);
    g_assert_cmpuint(rows, ==, EVENTS);
    g_assert_cmpuint(G_N_ELEMENTS(silent), ==, SILENT);
    g_assert_cmpuint(smmu_event_condition_count, ==, CONDITIONS);
    g_assert_cmpuint(provoked, ==, PROVOKED);
    g_assert_cmpuint(smmu_events_not_provoked_count, ==, NOT_PROVOKED);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < smmu_event_condition_count; i++) {
        g_autofree char *path = g_strdup_printf(
            "/smmu-event-rows/%02x/%u", smmu_event_conditions[i].number, i);

        g_test_add_data_func(path, &smmu_event_conditions[i], test_condition);
    }
    g_test_add_func("/smmu-event-rows/silent", test_silent);
    g_test_add_func("/smmu-event-rows/nothing-is-left-out",
                    test_nothing_is_left_out);
    return g_test_run();
}
