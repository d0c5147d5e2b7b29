/*
 * SMMUv3: stage 2, and stage 1 over it
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

/* CLASS=CD is 0; IN, TT */
#define IN (SMMU_EVT1_STAGE2 | SMMU_EVT1_IN)
#define TT (SMMU_EVT1_STAGE2 | SMMU_EVT1_TT)
#define CD SMMU_EVT1_STAGE2
#define RNW SMMU_EVT1_READ
#define TTRNW 0x0000100000000000ull

#define S2_CD(n) (SMMU_CDS + (n) * 64ull)

/* Both stages; everything that is read through stage 2 is there. */
static SmmuFixture *start(uint64_t xor2)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, (SMMU_STE2 | 7) ^ xor2,
             SMMU_STE3);
    smmu_map(f, VA, IPA, SMMU_PTE);
    smmu_map_s2(f, IPA, 0xabc000, SMMU_S2PTE);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x40000);
    return f;
}

static void test_both_stages(void)
{
    SmmuFixture *f = start(0);

    smmu_expect_ok(f, P(1), VA | 0x10, R | W, 0xabc010);
    smmu_expect_ok(f, P(1), VA | 0x20, R | W, 0xabc020);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    smmu_fixture_free(f);
}

static void test_stage_2_alone(void)
{
    SmmuFixture *f = start(0);

    smmu_ste(f, SMMU_RID, SMMU_STE0_S2, SMMU_STE1, SMMU_STE2, SMMU_STE3);
    smmu_expect_ok(f, NONE, IPA | 0x10, W, 0xabc010);
    smmu_expect_ok(f, NONE, IPA, W, 0xabc000);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 1);
    smmu_expect_event(f, NONE, 0x11010, R, SMMU_EVT0(0x10), IN | RNW,
                      0x11000);
    /* 39 bits are the width of stage 2, 48 that of the unit. */
    smmu_expect_event(f, NONE, 1ull << 39, W, SMMU_EVT0(0x10), IN,
                      1ull << 39);
    smmu_expect_event(f, NONE, 1ull << 48, W, SMMU_EVT0(0x11),
                      SMMU_EVT1_IN, 0);
    smmu_map_s2(f, 0x12000, 0xdef000, SMMU_S2PTE & ~0x400ull);
    smmu_expect_event(f, NONE, 0x12000, R, SMMU_EVT0(0x12), IN | RNW,
                      0x12000);
    smmu_fixture_free(f);
}

/* An atomic access is told as a write, but if it is reading that fails. */
static void test_atomics(void)
{
    SmmuFixture *f = start(0);

    smmu_map_s2(f, IPA, 0xabc000, 0x4bf);       /* write only */
    smmu_expect_event(f, P(1), VA, R | W, SMMU_EVT0_P(0x13, 1), IN | RNW,
                      IPA);
    smmu_map_s2(f, IPA, 0xabc000, SMMU_S2PTE_RO);
    smmu_expect_event(f, P(1), VA, R | W, SMMU_EVT0_P(0x13, 1), IN, IPA);
    smmu_map_s2(f, IPA, 0xabc000, 0x43f);       /* neither */
    smmu_expect_event(f, P(1), VA, R | W, SMMU_EVT0_P(0x13, 1), IN, IPA);
    smmu_fixture_free(f);
}

static void test_classes(void)
{
    SmmuFixture *f = start(0);
    uint64_t l1 = SMMU_TTB + (VA >> 39) * 8;

    /* The result of stage 1 */
    smmu_map(f, VA, 0x13000, SMMU_PTE);
    smmu_expect_event(f, P(1), VA | 0x18, W, SMMU_EVT0_P(0x10, 1), IN,
                      0x13000);
    /* A descriptor of stage 1 */
    smmu_map_s2(f, SMMU_TTB, 0, 0);
    smmu_forget(f);
    smmu_expect_event(f, P(1), VA | 0x18, W, SMMU_EVT0_P(0x10, 1), TT,
                      l1 & ~0xfffull);
    smmu_map_s2(f, SMMU_TTB, SMMU_TTB, 0x4bf);
    smmu_expect_event(f, P(1), VA, W, SMMU_EVT0_P(0x13, 1), TT | TTRNW,
                      SMMU_TTB);
    /* The CD of another substream */
    smmu_map_s2(f, SMMU_CDS, 0, 0);
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x10, 2), CD | RNW,
                      SMMU_CDS);
    smmu_map_s2(f, SMMU_CDS, SMMU_CDS, 0x4bf);
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x13, 2), CD | RNW,
                      SMMU_CDS);
    /* RnW is that of the client (IHI 0070 G.b 7.3.16). */
    smmu_expect_event(f, P(2), VA, W, SMMU_EVT0_P(0x13, 2), CD, SMMU_CDS);
    smmu_fixture_free(f);
}

static void test_no_memory(void)
{
    SmmuFixture *f = start(0);
    uint64_t leaf = smmu_desc(f, SMMU_TTB, 0, 3, VA);
    uint64_t s2_leaf = smmu_desc(f, SMMU_S2TTB, 1, 3, IPA);
    uint64_t cd_leaf = smmu_desc(f, SMMU_S2TTB, 1, 3, SMMU_CDS);

    fake_env_hole(f->env, s2_leaf, 8);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x0b, 1), IN | RNW,
                      s2_leaf);
    fake_env_hole(f->env, leaf, 8);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x0b, 1),
                      SMMU_EVT1_TT | RNW, leaf);
    fake_env_hole(f->env, cd_leaf, 8);
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x0b, 2), CD | RNW,
                      cd_leaf);
    fake_env_heal(f->env);
    fake_env_hole(f->env, S2_CD(2), 8);
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x09, 2), 0, S2_CD(2));
    smmu_fixture_free(f);
}

/* Two-level CD tables: both pointers are intermediate addresses. */
static void test_cd_tables(void)
{
    SmmuFixture *f = start(0);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH | 0x10, SMMU_STE1, SMMU_STE2,
             SMMU_STE3);
    smmu_map_s2(f, 0x80000, SMMU_CDS, SMMU_S2PTE);
    fake_put64(f->env, SMMU_CDS, 0x80001);
    /* CD 1 lies where it did, as the table is found at another address. */
    smmu_expect_ok(f, P(1), VA, R, 0xabc000);
    fake_put64(f->env, SMMU_CDS + 8, 1ull << 48 | 1);
    smmu_expect_event(f, P(65), VA, R, SMMU_EVT0_P(0x10, 65), CD | RNW,
                      (1ull << 48));
    smmu_fixture_free(f);
}

/* S2R and S2S govern what stage 2 refuses, CD.{A,R,S} do not. */
static void test_record_and_stall(void)
{
    SmmuFixture *f = start(1ull << 58);           /* S2R=0 */
    uint64_t w[4];

    smmu_map_s2(f, IPA, 0, 0);
    smmu_expect_silent(f, P(1), VA, R, SVA_ABORT);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_SILENT), ==, 1);
    smmu_expect_event(f, P(1), VA + 0x1000, R, SMMU_EVT0_P(0x10, 1),
                      SMMU_EVT1_IN | RNW, 0);
    smmu_cd(f, 1, SMMU_CD0(0x11) & ~(SMMU_CD0_A | SMMU_CD0_R), SMMU_CD1, 0);
    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1 & ~0x30000000ull,
             SMMU_STE2 | 1ull << 57, SMMU_STE3);    /* S2S */
    smmu_forget(f);
    g_assert_cmpint(smmu_patient(f, P(1), VA, R, 1).outcome, ==,
                    SVA_STALL);
    g_assert_cmphex(smmu_event(f, w), ==, 0x10);
    g_assert_cmphex(w[1] & 0xffffffff0000ull, ==,
                    (IN | RNW | 1ull << 31) & 0xffffffff0000ull);
    g_assert_cmphex(w[3], ==, IPA);
    g_assert_cmpint(smmu_patient(f, P(1), VA + 0x1000, R, 2).outcome,
                    ==, SVA_RAZ_WI);
    /* An address that is too large for stage 1 to be skipped never stalls. */
    smmu_ste(f, SMMU_RID, SMMU_STE0_S2, SMMU_STE1 & ~0x30000000ull,
             SMMU_STE2 | 1ull << 57, SMMU_STE3);
    smmu_forget(f);
    g_assert_cmpint(smmu_patient(f, NONE, 1ull << 48, R, 3).outcome,
                    ==, SVA_ABORT);
    g_assert_cmphex(smmu_event(f, w), ==, 0x11);
    smmu_fixture_free(f);
}

/* S2PTW: neither CDs nor tables are read from Device memory. */
static void test_device_memory(void)
{
    SmmuFixture *f = start(1ull << 54);

    smmu_map_s2(f, IPA, 0xabc000, 0x4c3);       /* MemAttr=0 */
    smmu_expect_ok(f, P(1), VA, R | W, 0xabc000);
    smmu_map_s2(f, SMMU_CDS, SMMU_CDS, 0x4c3);
    smmu_expect_event(f, P(2), VA, R, SMMU_EVT0_P(0x13, 2), CD | RNW,
                      SMMU_CDS);
    smmu_expect_event(f, P(2), VA, W, SMMU_EVT0_P(0x13, 2), CD, SMMU_CDS);
    smmu_map_s2(f, SMMU_TTB, SMMU_TTB, 0x4c3);
    smmu_forget(f);
    smmu_map_s2(f, SMMU_CDS, SMMU_CDS, SMMU_S2PTE);
    smmu_expect_event(f, P(1), VA, R, SMMU_EVT0_P(0x13, 1),
                      TT | TTRNW | RNW, SMMU_TTB);
    smmu_fixture_free(f);
}

/* Execute-never by privilege (XNX) */
static void test_execution(void)
{
    static const bool may[4][2] = {
        { true, true }, { true, false }, { false, false }, { false, true },
    };
    SmmuFixture *f = start(0);
    uint64_t xn;
    int priv;

    for (xn = 0; xn < 4; xn++) {
        for (priv = 0; priv < 2; priv++) {
            /* Read-only in stage 1, so that both may execute. */
            smmu_map(f, VA, IPA, SMMU_PTE_RO);
            smmu_map_s2(f, IPA, 0xabc000, SMMU_S2PTE | xn << 53);
            smmu_forget(f);
            g_assert_cmpint(
                smmu_translate(f, P(1), VA, R | SVA_EXEC |
                               (priv ? SVA_PRIV : 0)).outcome,
                ==, may[xn][priv] ? SVA_OK : SVA_ABORT);
        }
    }
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-nested/" #name, test_##name)
    T(both_stages);
    T(stage_2_alone);
    T(atomics);
    T(classes);
    T(no_memory);
    T(cd_tables);
    T(record_and_stall);
    T(device_memory);
    T(execution);
#undef T
    return g_test_run();
}
