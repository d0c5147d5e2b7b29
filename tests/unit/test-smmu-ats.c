/*
 * SMMUv3: translation requests, translated requests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define NONE SVA_NO_PASID
#define P(n) sva_pasid(n)

#define R SVA_READ
#define W SVA_WRITE
#define X SVA_EXEC
#define PRIV SVA_PRIV

#define OK SVA_ATS_SUCCESS
#define UR SVA_ATS_UR
#define CA SVA_ATS_CA

#define VA  0x7f0012345000ull
#define VA2 0x7f0012346000ull

#define EATS(n) ((SMMU_STE1 & ~0x30000000ull) | (n) << 28)
#define UXN     0x0040000000000000ull

/* -- conditions of the stream -- */

static void expect_refused(SmmuFixture *f, SvaPasid pasid, SvaAtsStatus status,
                           unsigned event)
{
    uint64_t w[4] = { 0 };

    smmu_forget(f);
    smmu_expect_ats(f, pasid, VA, R | W, status, 0, 0);
    g_assert_cmphex(smmu_event(f, w), ==, event);
    if (event) {
        g_assert_cmphex(w[0] >> 32, ==, SMMU_RID);
        g_assert_cmphex(w[2] & ~0xfffull, ==, VA);
    }
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
}

static void test_streams_without_service(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned config;

    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    /* EATS=0b00, 0b11; 0b10 is for both stages alone */
    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(0ull), 0, 0);
    expect_refused(f, P(1), UR, 0x05);
    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(3ull), 0, 0);
    expect_refused(f, P(1), UR, 0x05);
    /* That comes before what is wrong with the substream. */
    expect_refused(f, P(0x100), UR, 0x05);
    smmu_ste(f, SMMU_RID, SMMU_STE0_NONE, EATS(1ull), 0, 0);
    expect_refused(f, NONE, UR, 0x05);
    /* Config=0b0xx: no event */
    for (config = 0; config < 4; config++) {
        smmu_ste(f, SMMU_RID, 1 | config << 1, EATS(1ull), 0, 0);
        expect_refused(f, NONE, UR, 0);
    }
    /* SMMUEN=0, EVENTQEN=1 */
    smmu_write32(f, 0x20, 0xc);
    smmu_expect_ats(f, P(1), VA, R, UR, 0, 0);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x05);
    smmu_fixture_free(f);
}

/* IDR0.ATSRECERR=0: errors are answered and not recorded. */
static void test_errors_of_configuration(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_ste(f, SMMU_RID, SMMU_STE0 & ~1ull, SMMU_STE1, 0, 0);
    expect_refused(f, P(1), CA, 0);
    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(2ull), 0, 0);
    expect_refused(f, P(1), CA, 0);             /* C_BAD_STE */
    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(1ull) & ~3ull, 0, 0);
    expect_refused(f, NONE, CA, 0);             /* S1DSS=0 */
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, 0, 0);
    expect_refused(f, P(0x100), CA, 0);         /* C_BAD_SUBSTREAMID */
    expect_refused(f, P(0), CA, 0);             /* F_STREAM_DISABLED */
    expect_refused(f, P(2), CA, 0);             /* C_BAD_CD */
    fake_env_hole(f->env, SMMU_CDS + 64, 8);
    expect_refused(f, P(1), CA, 0);             /* F_CD_FETCH */
    fake_env_heal(f->env);
    fake_env_hole(f->env, SMMU_TTB, 0x1000);
    expect_refused(f, P(1), CA, 0);             /* F_WALK_EABT */
    fake_env_heal(f->env);
    fake_env_hole(f->env, SMMU_STRTAB + SMMU_RID * 64, 8);
    expect_refused(f, P(1), CA, 0);             /* F_STE_FETCH */
    fake_env_heal(f->env);
    smmu_write32(f, 0x20, 0);
    smmu_write32(f, 0x88, 4);
    smmu_write32(f, 0x20, 0x1d);
    expect_refused(f, P(1), CA, 0);             /* C_BAD_STREAMID */
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATS_ERRORS), ==, 9 + 1);
    smmu_fixture_free(f);
}

/* -- conditions of the page -- */

static void test_pages_that_are_not_there(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, VA);
    static const uint64_t leaves[] = {
        0, 0xabc843, 0x100000c43, 0xabcc03 | UXN,
    };
    size_t i, s;

    /* Success, whatever A, R and S are; nothing stalls, nothing is told. */
    for (s = 0; s < 8; s++) {
        uint64_t cd0 = SMMU_CD0(0x11) & ~0x0000700700000000ull;

        smmu_cd(f, 1, cd0 | s << 44, SMMU_CD1, 0);
        smmu_forget(f);
        for (i = 0; i < G_N_ELEMENTS(leaves); i++) {
            fake_put64(f->env, pa, leaves[i]);
            smmu_expect_ats(f, P(1), VA, R | W, OK, 0, 0);
        }
        smmu_expect_ats(f, P(1), 1ull << 48, R, OK, 0, 0);
    }
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATS_NO_ACCESS), ==, 40);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS), ==, 0);
    smmu_fixture_free(f);
}

static void test_end_of_an_address_space(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_expect_ats(f, P(1), VA, R, OK, R | W, 0xabc000);
    smmu_cd(f, 1, 0x0011c205c0004000, 0, 0);    /* EPD0, R=0 */
    smmu_submit(f, 0x05 | 1 << 12 | (uint64_t)SMMU_RID << 32, 1);
    smmu_submit(f, 0x11 | 0x11ull << 48, 0);
    smmu_expect_ats(f, P(1), VA, R, OK, 0, 0);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    smmu_fixture_free(f);
}

/* -- rights -- */

typedef struct Rights {
    uint64_t leaf;
    uint64_t ste1;              /* PRIVCFG, INSTCFG */
    SvaPasid pasid;
    uint8_t want;
    uint8_t granted;
} Rights;

#define ONE { .id = 1, .valid = true }
#define NO  { .id = 0, .valid = false }

static const Rights rights[] = {
    { 0xc43, 0, ONE, R | W, R | W },
    { 0xc43, 0, ONE, R, R | W },                /* W is there unasked */
    { 0xc43, 0, ONE, R | X, R | W | X },
    { 0xc43 | UXN, 0, ONE, R | X, R | W },
    { 0xcc3, 0, ONE, R | W, R },
    { 0xcc3, 0, ONE, R | W | X, R | X },
    { 0xc03, 0, ONE, R | X, 0 },                /* for execution alone */
    { 0xc03, 0, ONE, R | W, 0 },
    { 0xc03, 0, ONE, R | W | PRIV, R | W | PRIV },
    { 0xc83, 0, ONE, R | X | PRIV, R | X | PRIV },
    /* Without PASID there is neither Exe nor Priv. */
    { 0xc43, 0, NO, R | X, R | W },
    { 0xc03, 0, NO, R | PRIV, 0 },
    /* PRIVCFG; the answer echoes the request */
    { 0xc03, 3ull << 48, ONE, R | W, R | W },
    { 0xc03, 2ull << 48, ONE, R | W | PRIV, PRIV },     /* R=W=0, too */
    { 0xc43, 2ull << 48, ONE, R | W | PRIV, R | W | PRIV },
    /* INSTCFG=instruction: reads take the right to execute */
    { 0xc03, 3ull << 50, ONE, R, R },
    { 0xc03, 3ull << 50, ONE, R | X, R | X },
    { 0xc43 | UXN, 3ull << 50, ONE, R | W | X, W },
    { 0xcc3 | UXN, 3ull << 50, ONE, R | W, 0 },
    /* INSTCFG=data: execution takes the right to read */
    { 0xc43 | UXN, 2ull << 50, ONE, R | X, R | W | X },
    { 0xc03, 2ull << 50, ONE, R | X, 0 },
};

static void test_rights(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rights); i++) {
        const Rights *r = &rights[i];

        smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | r->ste1, 0, 0);
        smmu_map(f, VA, 0xabc000, r->leaf);
        smmu_forget(f);
        smmu_expect_ats(f, r->pasid, VA | 0x10, r->want, OK, r->granted,
                        0xabc010);
        /* And by the TLB */
        smmu_expect_ats(f, r->pasid, VA | 0x10, r->want, OK, r->granted,
                        0xabc010);
    }
    smmu_fixture_free(f);
}

static void test_sizes_and_counters(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    SvaAtsCompletion a;

    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 2, 0x40200000), 0x80000cc1);
    a = smmu_ats(f, P(1), 0x40345000, R);
    g_assert_cmphex(a.map.addr, ==, 0x80145000);
    g_assert_cmphex(a.map.mask, ==, 0x1fffff);
    smmu_ats(f, P(1), 0x40345000, R | W);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATS_REQUESTS), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATS_GRANTED), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATS_PARTIAL), ==, 1);
    smmu_fixture_free(f);
}

/* R=W=0 is said of one STU: the smallest granule (IHI 0070 G.b 3.9.1.2). */
static void test_size_of_no_access(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f = smmu_tables_start(NULL);

    g_assert_cmphex(smmu_ats(f, P(1), VA, R).map.mask, ==, 0xfff);
    /* By a walk that ends well, but with nothing for the answer */
    smmu_map(f, VA, 0xabc000, 0xc03);
    g_assert_cmphex(smmu_ats(f, P(1), VA, R).map.mask, ==, 0xfff);
    smmu_fixture_free(f);
    c.gran4k = false;
    f = smmu_tables_start(&c);
    smmu_cd(f, 1, SMMU_CD0(0x11) | 2 << 6, SMMU_CD1, 0);        /* TG0=16K */
    g_assert_cmphex(smmu_ats(f, P(1), VA, R).map.mask, ==, 0x3fff);
    smmu_fixture_free(f);
    c.gran16k = false;
    f = smmu_tables_start(&c);
    smmu_cd(f, 1, SMMU_CD0(0x11) | 1 << 6, SMMU_CD1, 0);        /* TG0=64K */
    g_assert_cmphex(smmu_ats(f, P(1), VA, R).map.mask, ==, 0xffff);
    smmu_fixture_free(f);
}

static void test_identity(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    /* S1DSS=0b01; Exe and Priv are 0 */
    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(1ull) ^ 3, 0, 0);
    smmu_expect_ats(f, NONE, VA, R, OK, R | W, VA);
    smmu_expect_ats(f, NONE, 1ull << 48, R, OK, 0, 0);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    smmu_fixture_free(f);
}

/* -- translated requests -- */

static void expect_translated(SmmuFixture *f, SvaOutcome outcome,
                              uint64_t addr, uint64_t pa, unsigned event)
{
    SvaTranslation t = smmu_translated(f, addr, W);
    uint64_t w[4] = { 0 };

    g_assert_cmpint(t.outcome, ==, outcome);
    if (outcome == SVA_OK) {
        g_assert_cmphex(t.map.addr, ==, pa);
        g_assert_cmphex(t.map.access & W, ==, W);
    }
    g_assert_cmphex(smmu_event(f, w), ==, event);
    if (event) {
        g_assert_cmphex(w[2], ==, addr);
    }
}

static void test_translated(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned config;

    expect_translated(f, SVA_OK, 0xabc010, 0xabc010, 0);
    expect_translated(f, SVA_ABORT, 1ull << 48, 0, 0);
    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(0ull), 0, 0);
    smmu_forget(f);
    expect_translated(f, SVA_ABORT, 0xabc010, 0, 0x07);
    smmu_ste(f, SMMU_RID, SMMU_STE0_NONE, EATS(1ull), 0, 0);
    smmu_forget(f);
    expect_translated(f, SVA_ABORT, 0xabc010, 0, 0x07);
    for (config = 0; config < 4; config++) {
        smmu_ste(f, SMMU_RID, 1 | config << 1, EATS(1ull), 0, 0);
        smmu_forget(f);
        expect_translated(f, SVA_ABORT, 0xabc010, 0, 0);
    }
    smmu_ste(f, SMMU_RID, 0, 0, 0, 0);
    smmu_forget(f);
    expect_translated(f, SVA_ABORT, 0xabc010, 0, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_TRANSLATED), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ABORTED_TRANSLATED), ==, 8);
    /* ATSCHK=0: no stream is looked up. */
    smmu_write32(f, 0x20, 0xd);
    expect_translated(f, SVA_OK, 0xabc010, 0xabc010, 0);
    expect_translated(f, SVA_ABORT, 1ull << 48, 0, 0);
    /* SMMUEN=0 */
    smmu_write32(f, 0x20, 0xc);
    expect_translated(f, SVA_ABORT, 0xabc010, 0, 0x07);
    smmu_fixture_free(f);
}

/* IDR3.PASIDTT=0: a PASID of a translated request is not looked at. */
static void test_translated_with_pasid(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    SvaRequest req = {
        .addr = 0xabc010, .pasid = P(1), .rid = SMMU_RID, .access = R,
        .at = SVA_AT_TRANSLATED,
    };
    SvaTranslation t;
    uint64_t w[4];

    smmu_ste(f, SMMU_RID, SMMU_STE0, EATS(0ull), 0, 0);
    f->smmu.iommu.ops->check_translated(&f->smmu.iommu, &req, &t);
    g_assert_cmpint(t.outcome, ==, SVA_ABORT);
    g_assert_cmphex(smmu_event(f, w), ==, 0x07);
    g_assert_cmphex(w[0], ==, SMMU_EVT0(0x07));
    smmu_fixture_free(f);
}

/* IDR0.ATS=0: no translated traffic is passed (IHI 0070 G.b 5.2, EATS). */
static void test_translated_without_ats(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.ats = c.pri = false;
    f = smmu_tables_start(&c);
    expect_translated(f, SVA_ABORT, 0xabc000, 0, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ABORTED_TRANSLATED), ==, 1);
    smmu_fixture_free(f);
}

/* -- split-stage ATS -- */

static SmmuFixture *start_split(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, EATS(2ull), SMMU_STE2 | 7,
             SMMU_STE3);
    smmu_map(f, VA, 0x10000, SMMU_PTE);
    smmu_map_s2(f, 0x10000, 0xabc000, SMMU_S2PTE);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x40000);
    return f;
}

static void test_split_stages(void)
{
    SmmuFixture *f = start_split();

    /* An untranslated request takes both stages, ATS returns the first. */
    smmu_expect_ok(f, P(1), VA | 0x10, W, 0xabc010);
    smmu_expect_ats(f, P(1), VA | 0x10, R | W, OK, R | W, 0x10010);
    expect_translated(f, SVA_OK, 0x10010, 0xabc010, 0);
    /* Rights are those of both. */
    smmu_map_s2(f, 0x10000, 0xabc000, SMMU_S2PTE_RO);
    smmu_forget(f);
    smmu_expect_ats(f, P(1), VA, R | W, OK, R, 0x10000);
    /* S2R: the fault of stage 2 is recorded. */
    expect_translated(f, SVA_ABORT, 0x10010, 0, 0x13);
    expect_translated(f, SVA_ABORT, 0x11000, 0, 0x10);
    expect_translated(f, SVA_ABORT, 1ull << 48, 0, 0x11);
    smmu_fixture_free(f);
}

static void test_split_stages_take_atschk(void)
{
    SmmuFixture *f = start_split();

    smmu_write32(f, 0x20, 0xd);                 /* ATSCHK=0 */
    expect_refused(f, P(1), UR, 0x05);
    smmu_fixture_free(f);
}

/*
 * STE overrides hold for translated requests, too (IHI 0070 G.b 13.7): with
 * INSTCFG a read is an instruction fetch, with PRIVCFG it is privileged.
 */
static void test_split_stage_overrides(void)
{
    SmmuFixture *f = start_split();
    uint64_t w[4];

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, EATS(2ull) | 3ull << 50,
             SMMU_STE2 | 7, SMMU_STE3);
    smmu_map_s2(f, 0x10000, 0xabc000, SMMU_S2PTE_RO | 2ull << 53);
    g_assert_cmpint(smmu_translated(f, 0x10010, R).outcome, ==,
                    SVA_ABORT);
    g_assert_cmphex(smmu_event(f, w), ==, 0x13);
    g_assert_cmphex(w[0], ==, SMMU_EVT0(0x13));
    /* InD, RnW, stage 2, CLASS=IN */
    g_assert_cmphex(w[1], ==, 0x0000028c00000000);
    /* Without a right to read: it takes none. */
    smmu_map_s2(f, 0x10000, 0xabc000, 0x43f);
    smmu_forget(f);
    g_assert_cmpint(smmu_translated(f, 0x10010, R).outcome, ==, SVA_OK);
    g_assert_cmphex(smmu_translated(f, 0x10010, R).map.access & R, ==, R);
    /* XN=0b01: the unprivileged may execute, PRIVCFG says privileged. */
    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH,
             EATS(2ull) | 3ull << 50 | 3ull << 48, SMMU_STE2 | 7, SMMU_STE3);
    smmu_map_s2(f, 0x10000, 0xabc000, SMMU_S2PTE | 1ull << 53);
    smmu_forget(f);
    g_assert_cmpint(smmu_translated(f, 0x10010, R).outcome, ==,
                    SVA_ABORT);
    g_assert_cmphex(smmu_event(f, w), ==, 0x13);
    /* ... and PnU */
    g_assert_cmphex(w[1], ==, 0x0000028e00000000);
    smmu_fixture_free(f);
}

/*
 * What stage 1 grants is of no use to the answer: stage 2 is not asked (IHI
 * 0070 G.b 3.9.1.2), and no Access flag is set.
 */
static void test_nothing_to_grant(void)
{
    SmmuFixture *f = start_split();
    uint64_t leaf = smmu_desc(f, SMMU_TTB, 0, 3, VA);

    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_HA, SMMU_CD1, 0);
    smmu_map(f, VA, 0x10000, 0x803);    /* for execution alone, AF=0 */
    fake_env_hole(f->env, smmu_desc(f, SMMU_S2TTB, 1, 3, 0x10000), 8);
    smmu_expect_ats(f, P(1), VA, R | W, OK, 0, 0);
    g_assert_cmphex(fake_get64(f->env, leaf), ==, 0x10803);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    /* A page to read and write: there it takes stage 2. */
    smmu_map(f, VA, 0x10000, SMMU_PTE);
    smmu_expect_ats(f, P(1), VA, R, CA, 0, 0);
    smmu_fixture_free(f);
}

static void test_stage_1_skipped_over_stage_2(void)
{
    SmmuFixture *f = start_split();

    /* S1DSS=0b01: EATS=0b01 gives the physical address, 0b10 what was sent */
    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, EATS(1ull) ^ 3, SMMU_STE2,
             SMMU_STE3);
    smmu_map_s2(f, 0x10000, 0xabc000, SMMU_S2PTE_RO);
    smmu_expect_ats(f, NONE, 0x10010, R | W, OK, R, 0xabc010);
    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, EATS(2ull) ^ 3, SMMU_STE2,
             SMMU_STE3);
    smmu_forget(f);
    smmu_expect_ats(f, NONE, 0x10010, R | W, OK, R, 0x10010);
    smmu_expect_ats(f, NONE, 0x11000, R | W, OK, 0, 0);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-ats/" #name, test_##name)
    T(streams_without_service);
    T(errors_of_configuration);
    T(pages_that_are_not_there);
    T(end_of_an_address_space);
    T(rights);
    T(sizes_and_counters);
    T(size_of_no_access);
    T(identity);
    T(translated);
    T(translated_with_pasid);
    T(translated_without_ats);
    T(split_stages);
    T(split_stages_take_atschk);
    T(split_stage_overrides);
    T(nothing_to_grant);
    T(stage_1_skipped_over_stage_2);
#undef T
    return g_test_run();
}
