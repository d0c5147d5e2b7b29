/*
 * SMMUv3: hardware update of the Access flag and of dirty state
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define NONE SVA_NO_PASID
#define P(n) sva_pasid(n)
#define R SVA_READ
#define W SVA_WRITE

#define VA  0x7f0012345000ull
#define IPA 0x10000ull
#define DBM 0x0008000000000000ull

/* Clean, and not accessed */
#define FRESH (DBM | 0xabc8c3)

static SmmuFixture *start(uint64_t cd0)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_cd(f, 1, SMMU_CD0(0x11) | cd0, SMMU_CD1, 0);
    return f;
}

static uint64_t leaf(SmmuFixture *f)
{
    return fake_get64(f->env, smmu_desc(f, SMMU_TTB, 0, 3, VA));
}

static void set_leaf(SmmuFixture *f, uint64_t val)
{
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 3, VA), val);
}

static void test_access_and_dirty(void)
{
    SmmuFixture *f = start(SMMU_CD0_HA | SMMU_CD0_HD);

    set_leaf(f, FRESH);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    g_assert_cmphex(leaf(f), ==, DBM | 0xabccc3);
    /* What is cached from the read does not serve a write. */
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    g_assert_cmphex(leaf(f), ==, DBM | 0xabcc43);
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_MISSES), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    smmu_fixture_free(f);
}

/* {HD,HA}: 01 is the Access flag alone, 10 is off */
static void test_halves_of_it(void)
{
    SmmuFixture *f = start(SMMU_CD0_HA);

    set_leaf(f, FRESH);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x13, 1), SMMU_EVT1_IN, 0);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    g_assert_cmphex(leaf(f), ==, DBM | 0xabccc3);
    smmu_fixture_free(f);
    f = start(SMMU_CD0_HD);
    set_leaf(f, FRESH);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x12, 1), SMMU_EVT1_IN, 0);
    set_leaf(f, FRESH | 0x400);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x13, 1), SMMU_EVT1_IN, 0);
    g_assert_cmphex(leaf(f), ==, FRESH | 0x400);
    smmu_fixture_free(f);
}

/* AFFD: only where HA does not set the flag */
static void test_affd(void)
{
    SmmuFixture *f = start(1ull << 35);

    set_leaf(f, FRESH);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    g_assert_cmphex(leaf(f), ==, FRESH);
    smmu_fixture_free(f);
    f = start(1ull << 35 | SMMU_CD0_HA);
    set_leaf(f, FRESH);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    g_assert_cmphex(leaf(f), ==, FRESH | 0x400);
    smmu_fixture_free(f);
}

static void test_update_without_memory(void)
{
    SmmuFixture *f = start(SMMU_CD0_HA);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, VA);

    set_leaf(f, FRESH);
    fake_env_read_only(f->env, pa, 8);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x0b, 1),
                      SMMU_EVT1_TT | SMMU_EVT1_READ, pa);
    smmu_fixture_free(f);
}

/* -- translation requests -- */

static void test_ats(void)
{
    SmmuFixture *f = start(SMMU_CD0_HA | SMMU_CD0_HD);

    /* NW=1 sets the Access flag and never makes a page dirty. */
    set_leaf(f, FRESH);
    smmu_expect_ats(f, P(1), VA, R, SVA_ATS_SUCCESS, R, 0xabc000);
    g_assert_cmphex(leaf(f), ==, DBM | 0xabccc3);
    smmu_expect_ats(f, P(1), VA, R | W, SVA_ATS_SUCCESS, R | W, 0xabc000);
    g_assert_cmphex(leaf(f), ==, DBM | 0xabcc43);
    /* Dirty already: W is told to those too that do not ask. */
    smmu_expect_ats(f, P(1), VA, R, SVA_ATS_SUCCESS, R | W, 0xabc000);
    smmu_fixture_free(f);
    /* Without HD a clean page is read-only, without HA there is no page. */
    f = start(SMMU_CD0_HA);
    set_leaf(f, FRESH);
    smmu_expect_ats(f, P(1), VA, R | W, SVA_ATS_SUCCESS, R, 0xabc000);
    g_assert_cmphex(leaf(f), ==, DBM | 0xabccc3);
    smmu_fixture_free(f);
    f = start(0);
    set_leaf(f, FRESH);
    smmu_expect_ats(f, P(1), VA, R | W, SVA_ATS_SUCCESS, 0, 0);
    g_assert_cmphex(leaf(f), ==, FRESH);
    smmu_fixture_free(f);
}

/* -- both stages -- */

static SmmuFixture *start_nested(uint64_t s2_flags)
{
    SmmuFixture *f = start(SMMU_CD0_HA | SMMU_CD0_HD);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | s2_flags,
             SMMU_STE3);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x40000);
    set_leaf(f, DBM | IPA | 0x8c3);
    return f;
}

#define S2HA (1ull << 56)
#define S2HD (1ull << 55)

static void test_both_stages(void)
{
    SmmuFixture *f = start_nested(S2HA | S2HD);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, VA) & ~0xfffull;
    uint64_t table = smmu_desc(f, SMMU_S2TTB, 1, 3, pa);
    uint64_t page = smmu_desc(f, SMMU_S2TTB, 1, 3, IPA);

    /* To set a flag in the table is a write to the table's page. */
    fake_put64(f->env, table, DBM | pa | 0x7f);
    fake_put64(f->env, page, DBM | 0xabc000 | 0x7f);
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    g_assert_cmphex(fake_get64(f->env, table), ==, DBM | pa | 0x4ff);
    g_assert_cmphex(fake_get64(f->env, page), ==, DBM | 0xabc000 | 0x47f);
    g_assert_cmphex(leaf(f), ==, DBM | IPA | 0xcc3);
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    g_assert_cmphex(fake_get64(f->env, page), ==, DBM | 0xabc000 | 0x4ff);
    g_assert_cmphex(leaf(f), ==, DBM | IPA | 0xc43);
    smmu_fixture_free(f);
}

/* The table is read-only: TTRnW=0, as it is the write that fails. */
static void test_table_that_cannot_be_updated(void)
{
    SmmuFixture *f = start_nested(0);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, VA);

    smmu_map_s2(f, pa & ~0xfffull, pa & ~0xfffull, SMMU_S2PTE_RO);
    smmu_map_s2(f, IPA, 0xabc000, SMMU_S2PTE);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x13, 1),
                      SMMU_EVT1_STAGE2 | SMMU_EVT1_TT | SMMU_EVT1_READ,
                      pa & ~0xfffull);
    smmu_expect_ats(f, P(1), VA, R, SVA_ATS_SUCCESS, 0, 0);
    smmu_fixture_free(f);
}

/* The CD is fetched by a read: AF, no dirty state. */
static void test_fetch_of_a_cd(void)
{
    SmmuFixture *f = start_nested(S2HA | S2HD);
    uint64_t page = smmu_desc(f, SMMU_S2TTB, 1, 3, SMMU_CDS);

    fake_put64(f->env, page, DBM | SMMU_CDS | 0x7f);
    smmu_map_s2(f, IPA, 0xabc000, SMMU_S2PTE);
    smmu_expect_ok(f, P(1), VA, W, 0xabc000);
    g_assert_cmphex(fake_get64(f->env, page), ==, DBM | SMMU_CDS | 0x47f);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-httu/" #name, test_##name)
    T(access_and_dirty);
    T(halves_of_it);
    T(affd);
    T(update_without_memory);
    T(ats);
    T(both_stages);
    T(table_that_cannot_be_updated);
    T(fetch_of_a_cd);
#undef T
    return g_test_run();
}
