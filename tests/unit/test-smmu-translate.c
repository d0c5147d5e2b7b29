/*
 * SMMUv3: translation of memory requests, stage 1
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

#define VA  0x7f0012345000ull
#define VA2 0x7f0012346000ull

/* PnU, InD */
#define EVT1_PNU 0x0000000200000000ull
#define EVT1_IND 0x0000000400000000ull

static void test_pages(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    SvaTranslation t;

    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_expect_ok(f, P(1), VA | 0x678, R, 0xabc678);
    smmu_expect_ok(f, P(1), VA | 0x678, W, 0xabc678);
    smmu_expect_ok(f, NONE, VA, R | W, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_MISSES), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STE_FETCHES), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CD_FETCHES), ==, 2);
    t = smmu_translate(f, P(1), VA | 0x678, R);
    g_assert_cmphex(t.map.mask, ==, 0xfff);
    g_assert_cmphex(t.map.access, ==, R | W | X);
    /* Blocks of 2 MiB and 1 GiB */
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 2, 0x40200000), 0x80000c41);
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 1, 0x8000000000),
               0x100000c41);
    t = smmu_translate(f, P(1), 0x40345678, R);
    g_assert_cmphex(t.map.addr, ==, 0x80145678);
    g_assert_cmphex(t.map.mask, ==, 0x1fffff);
    t = smmu_translate(f, P(1), 0x8012345678, W);
    g_assert_cmphex(t.map.addr, ==, 0x112345678);
    g_assert_cmphex(t.map.mask, ==, 0x3fffffff);
    smmu_fixture_free(f);
}

/* -- the four faults, and the fifth -- */

static void test_faults_of_pages(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, VA);

    smmu_expect_event(f, P(1), VA | 0x10, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x10, 1), SMMU_EVT1_IN, 0);
    smmu_expect_event(f, NONE, VA, R | W, SMMU_EVT0(0x10), SMMU_EVT1_IN, 0);
    fake_put64(f->env, pa, 0x1000000000c43);      /* beyond IPS of 48 bits */
    smmu_expect_ok(f, P(1), VA, R, 0);          /* bit 48 is no address */
    smmu_cd(f, 1, SMMU_CD0(0x11) & ~0x700000000ull, SMMU_CD1, 0);
    smmu_forget(f);
    fake_put64(f->env, pa, 0x100000c43);          /* of 32 bits */
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x11, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    fake_put64(f->env, pa, 0xabc843);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x12, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    fake_put64(f->env, pa, 0xabccc3);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x13, 1), SMMU_EVT1_IN, 0);
    smmu_expect_event(f, P(1), VA, R | W, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN, 0);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ABORTED_UNTRANSLATED), ==,
                     7);
    smmu_fixture_free(f);
}

static void test_walk_that_finds_no_memory(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 2, VA);

    /* Whatever A and R say; CLASS=TT and not IN. */
    smmu_cd(f, 1, SMMU_CD0(0x11) & ~(SMMU_CD0_A | SMMU_CD0_R), SMMU_CD1, 0);
    fake_env_hole(f->env, pa, 8);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x0b, 1),
                      SMMU_EVT1_TT | SMMU_EVT1_READ, pa);
    smmu_fixture_free(f);
}

/* IHI 0070 G.b, the table of A, R and S */
static void test_abort_record_stall(void)
{
    static const struct {
        uint64_t ars;
        SvaOutcome outcome;
        bool event, stall;
    } rows[] = {
        { 0, SVA_RAZ_WI, false, false },
        { SMMU_CD0_R, SVA_RAZ_WI, true, false },
        { SMMU_CD0_A, SVA_ABORT, false, false },
        { SMMU_CD0_A | SMMU_CD0_R, SVA_ABORT, true, false },
        { SMMU_CD0_S, SVA_STALL, true, true },
        { SMMU_CD0_S | SMMU_CD0_R, SVA_STALL, true, true },
        { SMMU_CD0_S | SMMU_CD0_A, SVA_STALL, true, true },
        { SMMU_CD0_S | SMMU_CD0_A | SMMU_CD0_R, SVA_STALL, true, true },
    };
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t cd0 = SMMU_CD0(0x11) & ~(SMMU_CD0_A | SMMU_CD0_R);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool stall = rows[i].stall;
        uint64_t w[4] = { 0 };
        SvaTranslation t;

        smmu_cd(f, 1, cd0 | rows[i].ars, SMMU_CD1, 0);
        smmu_forget(f);
        t = smmu_patient(f, P(1), VA, R, (uint32_t)i);
        g_assert_cmpint(t.outcome, ==, rows[i].outcome);
        g_assert_cmphex(smmu_event(f, w), ==, rows[i].event ? 0x10 : 0);
        g_assert_cmpint(w[1] >> 31 & 1, ==, stall);
        /* Who cannot wait is aborted, with a record. */
        t = smmu_translate(f, P(1), VA, R);
        g_assert_cmpint(t.outcome, ==, stall ? SVA_ABORT : rows[i].outcome);
        memset(w, 0, sizeof(w));
        g_assert_cmphex(smmu_event(f, w), ==, rows[i].event ? 0x10 : 0);
        g_assert_cmpint(w[1] >> 31 & 1, ==, 0);
    }
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_RAZ_WI), ==, 4);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS), ==, 4);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_SILENT), ==, 4);
    smmu_fixture_free(f);
}

/* -- addresses -- */

static void test_halves(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    /* TTB1: 39 bits, TG1=0b10 is 4 KiB; EPD0 */
    uint64_t cd0 = (SMMU_CD0(0x11) & ~0x40000000ull) | 0x4000 |
                   25ull << 16 | 2ull << 22;

    smmu_cd(f, 1, cd0, 0, SMMU_TTB);
    fake_put64(f->env,
               smmu_desc(f, SMMU_TTB, 1, 3, 0x7fffe00000 & 0x7fffffffff),
               0xabcc43);
    smmu_expect_ok(f, P(1), 0xffffffffffe00123, R, 0xabc123);
    smmu_expect_event(f, P(1), 0x7fffe00000, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_expect_event(f, P(1), 0xffffff7fffe00000, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_fixture_free(f);
}

static void test_ranges(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    /* 39 bits; the tables begin at level 1 */
    smmu_cd(f, 1, (SMMU_CD0(0x11) & ~0x3full) | 25, SMMU_CD1, 0);
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 1, 3, 0x7ffffff000), 0xabcc43);
    smmu_expect_ok(f, P(1), 0x7ffffff000, R, 0xabc000);
    smmu_expect_event(f, P(1), 0x8000000000, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    /* EPD1: the upper half is not walked. */
    smmu_expect_event(f, P(1), 0xfffffffffffff000, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_fixture_free(f);
}

static void test_top_byte(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_expect_event(f, P(1), VA | 0xa5ull << 56, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    /* TBI0: ignored, but bits 55:48 are not */
    smmu_cd(f, 1, SMMU_CD0(0x11) | 1ull << 38, SMMU_CD1, 0);
    smmu_forget(f);
    smmu_expect_ok(f, P(1), VA | 0xa5ull << 56, R, 0xabc000);
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    smmu_expect_event(f, P(1), VA | 1ull << 48, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_fixture_free(f);
}

/* -- who asks -- */

static void test_privilege_and_kind(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, 0xabc000, 0xc03);           /* AP=00: privileged */
    smmu_expect_ok(f, P(1), VA, R | W | PRIV, 0xabc000);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    /* An instruction fetch needs no right to read. */
    smmu_expect_ok(f, P(1), VA, R | X, 0xabc000);
    smmu_map(f, VA2, 0xabc000, SMMU_PTE | 0x0040000000000000);
    smmu_expect_event(f, P(1), VA2, R | X, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ | EVT1_IND, 0);
    smmu_expect_event(f, P(1), VA2, R | X | PRIV,
                      SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ | EVT1_IND | EVT1_PNU, 0);
    /* A write is data, whatever is asked. */
    smmu_expect_ok(f, P(1), VA2, W | X, 0xabc000);
    /* Without PASID there are neither. */
    smmu_expect_ok(f, NONE, VA2, R | X, 0xabc000);
    smmu_expect_event(f, NONE, VA, R | PRIV, SMMU_EVT0(0x13),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_fixture_free(f);
}

static void test_overrides(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    const uint64_t user = 0x0002000000000000, priv = 0x0003000000000000;
    const uint64_t data = 0x0008000000000000, inst = 0x000c000000000000;

    smmu_map(f, VA, 0xabc000, 0xc03);                   /* privileged */
    smmu_map(f, VA2, 0xdef000, SMMU_PTE | 0x0040000000000000);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | priv | data, 0, 0);
    smmu_forget(f);
    smmu_expect_ok(f, NONE, VA, R | W, 0xabc000);
    smmu_expect_ok(f, P(1), VA2, R | X, 0xdef000);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | user | inst, 0, 0);
    smmu_forget(f);
    smmu_expect_event(f, P(1), VA, W | PRIV, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN, 0);
    smmu_expect_event(f, P(1), VA2, R, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ | EVT1_IND, 0);
    smmu_expect_ok(f, P(1), VA2, W, 0xdef000);
    /* 0b01 is "incoming", too. */
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | 0x0005000000000000, 0, 0);
    smmu_forget(f);
    smmu_expect_ok(f, P(1), VA, R | PRIV, 0xabc000);
    smmu_expect_ok(f, P(1), VA2, R, 0xdef000);
    smmu_fixture_free(f);
}

/* -- worlds of EL2 -- */

static SmmuFixture *start_el2(uint32_t cr2)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | 0x80000000, 0, 0);
    smmu_write32(f, 0x20, 0);
    smmu_write32(f, 0x2c, cr2 | 2);
    smmu_write32(f, 0x20, 0x1f);
    smmu_map(f, VA, 0xabc000, 0xc03);           /* AP=00 */
    return f;
}

static void test_el2(void)
{
    SmmuFixture *f = start_el2(0);

    /* One privilege; the ASID, EPD0 and TTB1 mean nothing. */
    smmu_cd(f, 1, (SMMU_CD0(0x11) | 0x4000) & ~0x40000000ull, SMMU_CD1, 0);
    smmu_expect_ok(f, P(1), VA, R | W, 0xabc000);
    smmu_expect_ok(f, P(1), VA, R | W | PRIV, 0xabc000);
    smmu_expect_ok(f, NONE, VA, R | W, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 2);
    smmu_expect_event(f, P(1), 0xfffffffffffff000, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_fixture_free(f);
}

static void test_e2h(void)
{
    SmmuFixture *f = start_el2(1);

    smmu_expect_ok(f, P(1), VA, R | PRIV, 0xabc000);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    /* Other ASID, other entry */
    smmu_expect_ok(f, P(1), VA, W | PRIV, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    smmu_cd(f, 2, SMMU_CD0(0x12), SMMU_CD1, 0);
    smmu_expect_ok(f, P(2), VA, W | PRIV, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    smmu_fixture_free(f);
}

/* -- SMMUEN=0 -- */

static void test_global_bypass(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_expect_silent(f, P(1), 0x123456, R | W, SVA_OK);
    g_assert_cmphex(smmu_translate(f, NONE, 0x123456, R).map.addr, ==,
                    0x123456);
    smmu_expect_silent(f, NONE, 1ull << 48, R, SVA_ABORT);
    smmu_write32(f, 0x44, 0x80100000);          /* Update, ABORT */
    smmu_expect_silent(f, NONE, 0x123456, R, SVA_ABORT);
    g_assert_cmpuint(f->env->accesses, ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_TRANSLATIONS), ==, 0);
    smmu_fixture_free(f);
}

/* -- what is cached, and for how long -- */

static void test_faults_are_not_cached(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    /* A CD, a page */
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x0a, 2), 0, 0);
    smmu_cd(f, 2, SMMU_CD0(0x12), SMMU_CD1, 0);
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x10, 2),
                      SMMU_EVT1_IN | SMMU_EVT1_READ, 0);
    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_expect_ok(f, P(2), VA, R, 0xabc000);
    smmu_fixture_free(f);
}

static void test_end_of_an_address_space(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    /* EPD0, and A without R: what Linux makes of it when the mm goes */
    uint64_t quiet = 0x0011c205c0004000;

    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    smmu_cd(f, 1, quiet, 0, 0);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    smmu_submit(f, 0x05 | 1 << 12 | (uint64_t)SMMU_RID << 32, 1);
    /* Software that forgets the TLB is found out. */
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    smmu_submit(f, 0x11 | 0x11ull << 48, 0);
    smmu_expect_silent(f, P(1), VA, R, SVA_ABORT);
    smmu_fixture_free(f);
}

static void test_added_rights_need_no_invalidation(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, 0xabc000, SMMU_PTE_RO);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    smmu_map(f, VA, 0xabc000, SMMU_PTE);
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    /* But what is taken away stays until it is invalidated. */
    smmu_map(f, VA, 0xabc000, SMMU_PTE_RO);
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    smmu_submit(f, 0x12 | 0x11ull << 48, VA);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x13, 1), SMMU_EVT1_IN, 0);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-translate/" #name, test_##name)
    T(pages);
    T(faults_of_pages);
    T(walk_that_finds_no_memory);
    T(abort_record_stall);
    T(halves);
    T(ranges);
    T(top_byte);
    T(privilege_and_kind);
    T(overrides);
    T(el2);
    T(e2h);
    T(global_bypass);
    T(faults_are_not_cached);
    T(end_of_an_address_space);
    T(added_rights_need_no_invalidation);
#undef T
    return g_test_run();
}
