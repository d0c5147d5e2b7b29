/*
 * VT-d: Table 30 (VT-d 5.10 section 7.1.3), row by row
 *
 * Every condition is provoked for every kind of request that can meet it,
 * with FPD clear and set in each entry on the way; the answer, whether it is
 * recorded and all fields of the record are compared with the row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-provoke.h"
#include "vtd-table30.h"

static const char *const kinds[] = {
    "U", "UP", "T", "TP", "X", "XP", "PR", "PN",
};

#define KINDS G_N_ELEMENTS(kinds)

/* What is not provoked, and why; code: a row, or the beginning of rows. */
static const struct {
    const char *code;
    const char *kinds;          /* NULL: all */
    const char *why;
} excuses[] = {
    { "", "XP", "ECAP.PTRS=0: the root complex blocks them (section 3.1)" },
    { "RTA.1.3", "PR PN", "without scalable mode there is no PRS" },
    { "RTA.1.4", NULL, "ECAP.SSIRWS=0: RTADDR has no SSIRWE" },
    { "RTA.4", NULL, "ECAP.ADMS=0: TTM=11 is RTA.1.1" },
    { "RTA.5", NULL, "VER.MAX is below 8: it is SPT.5" },
    { "SCT.4.3", NULL, "ECAP.PTRS=0: EPTR is reserved, SCT.3" },
    { "SPD", "X", "ECAP.HPTS=0: no PASID entry is read for them" },
    { "SPT", "X", "ECAP.HPTS=0: no PASID entry is read for them" },
    { "SPT.6", "U T", "ECAP.RPRIVS=0: they are user requests" },
    { "HPT", NULL, "ECAP.HPTS=0" },
};

static bool has_word(const char *words, const char *word)
{
    g_auto(GStrv) split = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)split, word);
}

static const char *answer_of(const Table30Row *row, unsigned kind)
{
    g_auto(GStrv) split = g_strsplit(row->answers, " ", -1);

    g_assert_cmpuint(g_strv_length(split), ==, KINDS);
    return g_intern_string(split[kind]);
}

static const Table30Row *row_of(const char *code)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(table30); i++) {
        if (!strcmp(table30[i].code, code)) {
            return &table30[i];
        }
    }
    g_error("no row %s", code);
}

/* Why not?  NULL: no reason. */
static const char *excuse(const char *code, const char *kind)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(excuses); i++) {
        if (g_str_has_prefix(code, excuses[i].code) &&
            (!excuses[i].kinds || has_word(excuses[i].kinds, kind))) {
            return excuses[i].why;
        }
    }
    return NULL;
}

static bool is_sent(const Provocation *p, const Table30Row *row,
                    unsigned kind)
{
    if (!strcmp(answer_of(row, kind), "-")) {
        return false;
    }
    return p->kinds ? has_word(p->kinds, kinds[kind])
                    : !excuse(row->code, kinds[kind]);
}

/* -- one request -- */

typedef struct Ask {
    SvaRequest req;
    bool page_request;
    bool last;
} Ask;

typedef struct Got {
    const char *answer;
    uint8_t access;
} Got;

static uint8_t access_of(char letter)
{
    return letter == 'R' ? SVA_READ : letter == 'W' ? SVA_WRITE :
           letter == 'A' ? SVA_RW : letter == 'X' ? SVA_READ | SVA_EXEC :
           SVA_READ | SVA_PRIV;
}

static Ask make_ask(const Scene *s, unsigned kind, char letter)
{
    Ask ask = {
        .req = {
            .addr = s->addr | 0x234,
            .pasid = kind == 1 || kind == 3 || kind >= 5 ? sva_pasid(s->pasid)
                                                         : SVA_NO_PASID,
            .rid = VTD_RID,
            .access = access_of(letter),
            .at = kind < 2 || kind >= 6 ? SVA_AT_UNTRANSLATED :
                  kind < 4 ? SVA_AT_TRANSLATION : SVA_AT_TRANSLATED,
        },
        .page_request = kind >= 6,
        .last = kind == 6,
    };

    if (ask.req.at == SVA_AT_TRANSLATION || ask.page_request) {
        ask.req.access |= SVA_READ;
        ask.req.addr &= ~0xfffull;
    }
    return ask;
}

static Got send_page_request(Scene *s, const Ask *ask)
{
    VtdFixture *f = s->f;
    SvaPageRequest req = {
        .addr = ask->req.addr, .pasid = ask->req.pasid, .rid = ask->req.rid,
        .prgi = 7, .access = ask->req.access, .last = ask->last,
    };

    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &req);
    if (vtd_read64(f, 0xc8)) {
        g_assert_cmpuint(f->rsp_count, ==, 0);
        return (Got) { .answer = "queued" };
    }
    g_assert_cmphex(vtd_read32(f, 0xdc), ==, 0);
    if (!f->rsp_count) {
        return (Got) { .answer = "DROP" };
    }
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmpuint(f->rsps[0].prgi, ==, 7);
    g_assert_true(sva_pasid_equal(f->rsps[0].pasid, req.pasid));
    return (Got) {
        .answer = f->rsps[0].code == SVA_PRG_INVALID ? "IR" : "another code",
    };
}

static Got send_translation_request(Scene *s, const Ask *ask)
{
    SvaAtsCompletion c;

    s->f->vtd.iommu.ops->ats_request(&s->f->vtd.iommu, &ask->req, &c);
    if (c.status != SVA_ATS_SUCCESS) {
        g_assert_cmphex(c.map.access & SVA_RW, ==, 0);
        return (Got) { .answer = c.status == SVA_ATS_UR ? "UR" : "CA" };
    }
    /* VT-d 5.10 section 4.2.3: PRIV is that of the request, EXE is 0. */
    g_assert_cmphex(c.map.access & ~SVA_RW, ==, ask->req.access & SVA_PRIV);
    if (c.untranslated_only) {
        g_assert_cmphex(c.map.mask, ==, 0xfff);
        g_assert_cmphex(c.map.access, ==, SVA_WRITE);
        return (Got) { .answer = "W-U" };
    }
    return (Got) {
        .answer = c.map.access & SVA_RW ? "granted" : "Z",
        .access = c.map.access & SVA_RW,
    };
}

static Got send_memory_request(Scene *s, const Ask *ask)
{
    const SvaIommuOps *ops = s->f->vtd.iommu.ops;
    SvaTranslation t;

    if (ask->req.at == SVA_AT_TRANSLATED) {
        ops->check_translated(&s->f->vtd.iommu, &ask->req, &t);
    } else {
        ops->translate(&s->f->vtd.iommu, &ask->req, &t);
    }
    return (Got) { .answer = t.outcome == SVA_OK ? "passed" : "UR" };
}

static Got send(Scene *s, const Ask *ask)
{
    return ask->page_request ? send_page_request(s, ask)
           : ask->req.at == SVA_AT_TRANSLATION
             ? send_translation_request(s, ask)
             : send_memory_request(s, ask);
}

/* -- what there has to be -- */

static void expect_record(VtdFixture *f, const Ask *ask, unsigned reason)
{
    bool pp = ask->req.pasid.valid, t = ask->req.at == SVA_AT_TRANSLATION;
    bool read = t || ask->req.access & (SVA_READ | SVA_EXEC);
    bool write = !t && ask->req.access & SVA_WRITE;
    unsigned type = ask->page_request ? 1 : (read ? 2 : 0) |
                                            (read && write ? 1 : 0);
    uint64_t low = 0, high = 0;

    g_assert_cmphex(vtd_fault(f, &low, &high), ==, reason);
    g_assert_cmphex(low, ==, ask->req.addr & 0xfffffffff000ull);
    g_assert_cmphex(high & 0xffff, ==, VTD_RID);
    g_assert_cmphex(high >> 16 & 0xfff, ==, 0);
    g_assert_cmphex((high >> 62 & 1) << 1 | (high >> 28 & 1), ==, type);
    g_assert_cmphex(high >> 31 & 1, ==, pp);
    g_assert_cmphex(high >> 40 & 0xfffff, ==, pp ? ask->req.pasid.id : 0);
    g_assert_cmphex(high >> 29 & 1, ==, pp && ask->req.access & SVA_PRIV);
    g_assert_cmphex(high >> 30 & 1, ==,
                    pp && type == 2 && ask->req.access & SVA_EXEC);
    g_assert_cmphex(high >> 60 & 3, ==, ask->req.at);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
}

static void expect_answer(const Provocation *p, const char *answer,
                          const Ask *ask, Got got)
{
    uint8_t left = p->grants & ask->req.access;

    if (!strcmp(answer, "EFF")) {
        g_assert_cmpstr(got.answer, ==, left ? "granted" : "Z");
        g_assert_cmphex(got.access, ==, left);
    } else {
        g_assert_cmpstr(got.answer, ==, strcmp(answer, "Z!") ? answer : "Z");
    }
}

static void check(const Provocation *p, unsigned kind, char letter,
                  unsigned position)
{
    const Table30Row *row = row_of(p->code);
    bool recorded = has_word(row->recorded, kinds[kind]);
    bool silent = recorded && row->qualified == 'Y' && position &&
                  position <= p->seen;
    uint64_t silenced;
    Scene s;
    Ask ask;

    g_test_message("%s access %c, FPD %u", kinds[kind], letter, position);
    scene_build(&s, p->world, p->config, position);
    scene_provoke(&s, p);
    ask = make_ask(&s, kind, letter);
    expect_answer(p, answer_of(row, kind), &ask, send(&s, &ask));
    silenced = vtd_count(s.f, SVA_VTD_CNT_FAULTS_SILENT);
    g_assert_cmpuint(silenced, ==, silent);
    if (recorded && !silent) {
        expect_record(s.f, &ask, row->reason);
    }
    g_assert_cmphex(vtd_read32(s.f, 0x34), ==, 0);
    vtd_fixture_free(s.f);
}

static void test_provocation(const void *data)
{
    const Provocation *p = data;
    const Table30Row *row = row_of(p->code);
    const char *letters = p->access ? p->access : "RWA";
    unsigned positions = p->world <= LEGACY_PASS ? 1 : 3;
    unsigned kind, position, i;

    for (kind = 0; kind < KINDS; kind++) {
        for (i = 0; is_sent(p, row, kind) && letters[i]; i++) {
            for (position = 0; position <= positions; position++) {
                check(p, kind, letters[i], position);
            }
        }
    }
}

/* In every world the request succeeds until something is broken. */
static void test_nothing_is_wrong_with_the_worlds(void)
{
    World world;
    unsigned kind, position;
    Scene s;
    Ask ask;
    Got got;

    for (world = 0; world < WORLDS; world++) {
        bool legacy = world <= LEGACY_PASS;

        for (kind = 0; kind < KINDS; kind++) {
            if (kind == 5 || (legacy && (kind == 1 || kind == 3 ||
                                         kind >= 6)) ||
                (world == LEGACY_PASS && kind)) {
                continue;
            }
            for (position = 0; position <= (legacy ? 1 : 3); position++) {
                scene_build(&s, world, NULL, position);
                ask = make_ask(&s, kind, 'A');
                got = send(&s, &ask);
                g_test_message("world %u, %s", world, kinds[kind]);
                g_assert_cmpstr(got.answer, ==, ask.page_request ? "queued"
                                : ask.req.at == SVA_AT_TRANSLATION
                                ? "granted" : "passed");
                g_assert_cmphex(vtd_read32(s.f, 0x34), ==, 0);
                vtd_fixture_free(s.f);
            }
        }
    }
}

/* -- coverage of the table -- */

static bool is_provoked(const Table30Row *row, unsigned kind)
{
    unsigned i;

    for (i = 0; i < provocation_count; i++) {
        if (!strcmp(provocations[i].code, row->code) &&
            is_sent(&provocations[i], row, kind)) {
            return true;
        }
    }
    return false;
}

static void test_every_condition_is_provoked(void)
{
    unsigned conditions = 0, provoked = 0, missing = 0, i, kind;

    for (i = 0; i < G_N_ELEMENTS(table30); i++) {
        unsigned sent = 0;

        for (kind = 0; kind < KINDS; kind++) {
            const char *why = excuse(table30[i].code, kinds[kind]);

            if (!strcmp(answer_of(&table30[i], kind), "-")) {
                continue;
            }
            if (is_provoked(&table30[i], kind)) {
                g_assert_null(why);
                sent++;
                continue;
            }
            g_test_message("not provoked: %s %s: %s", table30[i].code,
                           kinds[kind], why);
            g_assert_nonnull(why);
            missing++;
        }
        provoked += sent;
        conditions += sent > 0;
    }
    g_test_message("Table 30: %u of %u conditions provoked in %u ways; %u of "
                   "%u pairs of condition and request, %u not",
                   conditions, (unsigned)G_N_ELEMENTS(table30),
                   provocation_count, provoked, provoked + missing, missing);
    g_assert_cmpuint(conditions, ==, 77);
    g_assert_cmpuint(provoked, ==, 301);
    g_assert_cmpuint(missing, ==, 77);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/table30/" #fn, test_##fn)
    CASE(nothing_is_wrong_with_the_worlds);
    CASE(every_condition_is_provoked);
    for (i = 0; i < provocation_count; i++) {
        g_autofree char *path = g_strdup_printf("/vtd/table30/%s/%s",
                                                provocations[i].code,
                                                provocations[i].what);

        g_test_add_data_func(path, &provocations[i], test_provocation);
    }
    return g_test_run();
}
