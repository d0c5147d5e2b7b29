/*
 * SMMUv3: which commands reach table descriptors that are cached
 *
 * Every case fills the walk caches, lets every table of pages be another one,
 * sends one command and looks which pages that nobody has accessed yet are
 * found by the old table and which by the new one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define OLD     0x10000000ull
#define NEW     0x20000000ull
#define REGION  0x200000ull     /* of one table of pages */

/*
 * SID   tables                   VMID, ASID
 * RID   CD 0, 1: stage 1         2, 10h and 11h
 * 200h  stage 2                  3
 */
#define PROBES 5

static const struct Probe {
    uint32_t sid;
    SvaPasid pasid;
    uint64_t region;
} probes[PROBES] = {
    { SMMU_RID, { 0 }, 0 }, { SMMU_RID, { 0 }, REGION },
    { SMMU_RID, { 1, true }, 0 }, { 0x200, { 0 }, 0 },
    { 0x200, { 0 }, REGION },
};

/* Another table for each region. */
static void map_all(SmmuFixture *f, uint64_t base)
{
    uint64_t page, region;

    for (region = 0; region <= REGION; region += REGION) {
        fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 2, region), 0);
        fake_put64(f->env, smmu_desc(f, SMMU_S2TTB, 1, 2, region), 0);
        for (page = region + 0x1000; page < region + 0x10000; page += 0x1000) {
            smmu_map(f, page, base | page, SMMU_PTE);
            smmu_map_s2(f, page, base | page, SMMU_S2PTE);
        }
    }
}

static SvaTranslation translate(SmmuFixture *f, const struct Probe *probe,
                                unsigned page)
{
    SvaRequest req = {
        .addr = probe->region + page * 0x1000, .pasid = probe->pasid,
        .rid = probe->sid, .access = SVA_READ,
    };
    SvaTranslation out;

    f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
    g_assert_cmpint(out.outcome, ==, SVA_OK);
    return out;
}

static SmmuFixture *filled(bool walks)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;
    unsigned i;

    c.walk_entries = walks ? 64 : 0;
    f = smmu_tables_start(&c);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, 2, 0);
    smmu_ste(f, 0x200, SMMU_STE0_S2, 0, SMMU_STE2 | 3, SMMU_STE3);
    smmu_forget(f);
    map_all(f, OLD);
    for (i = 0; i < PROBES; i++) {
        g_assert_cmphex(translate(f, &probes[i], 1).map.addr, ==,
                        OLD + probes[i].region + 0x1000);
    }
    map_all(f, NEW);
    return f;
}

static unsigned renewed(SmmuFixture *f, unsigned page)
{
    unsigned i, bits = 0;

    for (i = 0; i < PROBES; i++) {
        bits |= (translate(f, &probes[i], page).map.addr >= NEW) << i;
    }
    return bits;
}

#define VMID(n) ((uint64_t)(n) << 32)
#define ASID(n) ((uint64_t)(n) << 48)
#define LEAF    1ull
#define TTL(n)  ((uint64_t)(n) << 8)
#define TG(n)   ((uint64_t)(n) << 10)
#define NUM(n)  ((uint64_t)(n) << 12)

static void test_commands(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned renewed;
    } cases[] = {
        { 0x04, 31, 0x00 },                             /* CFGI_ALL */
        { 0x30, 0, 0x1f },                              /* NSNH_ALL */
        { 0x20, 0, 0x00 },                              /* EL2_ALL */
        { 0x10 | VMID(2), 0, 0x07 },                    /* NH_ALL */
        { 0x10 | VMID(3), 0, 0x00 },
        { 0x11 | VMID(2) | ASID(0x10), 0, 0x03 },       /* NH_ASID */
        { 0x11 | VMID(2) | ASID(0x11), 0, 0x04 },
        { 0x11 | VMID(3) | ASID(0x11), 0, 0x00 },
        /* NH_VA: any address of the region, but not with Leaf. */
        { 0x12 | VMID(2) | ASID(0x10), 0x1ff000, 0x01 },
        { 0x12 | VMID(2) | ASID(0x10), 0x1ff000 | LEAF, 0x00 },
        { 0x12 | VMID(2) | ASID(0x10), REGION, 0x02 },
        { 0x12 | VMID(2) | ASID(0x10), 2 * REGION, 0x00 },
        { 0x12 | VMID(2) | ASID(0x12), 0x1ff000, 0x00 },
        /* NH_VAA */
        { 0x13 | VMID(2), 0x1ff000, 0x05 },
        { 0x13 | VMID(2), 0x1ff000 | LEAF, 0x00 },
        /* Ranges, from page 1ffh on */
        { 0x12 | VMID(2) | ASID(0x10) | NUM(1), 0x1ff000 | TG(1), 0x03 },
        { 0x12 | VMID(2) | ASID(0x10) | NUM(1), 0x1ff000 | TG(1) | LEAF,
          0x00 },
        { 0x12 | VMID(2) | ASID(0x10) | NUM(1), 0x1fc000 | TG(2), 0x00 },
        { 0x12 | VMID(2) | ASID(0x10) | NUM(1), 0x1f0000 | TG(3), 0x00 },
        /* TTL is the level of the leaf: level 2 is that of its table. */
        { 0x12 | VMID(2) | ASID(0x10), 0x1ff000 | TG(1) | TTL(3), 0x01 },
        { 0x12 | VMID(2) | ASID(0x10), TG(1) | TTL(2), 0x00 },
        /* S2_IPA, S12_VMALL */
        { 0x2a | VMID(3), 0x1ff000, 0x08 },
        { 0x2a | VMID(3), 0x1ff000 | LEAF, 0x00 },
        { 0x2a | VMID(2), 0x1ff000, 0x00 },
        { 0x28 | VMID(3), 0, 0x18 },
        { 0x28 | VMID(2), 0, 0x07 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmmuFixture *f = filled(true);

        g_test_message("%" PRIx64 " %" PRIx64, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(renewed(f, 2), ==, 0);
        smmu_submit(f, cases[i].qw0, cases[i].qw1);
        g_assert_cmphex(smmu_gerror(f), ==, 0);
        g_assert_cmphex(renewed(f, 3), ==, cases[i].renewed);
        smmu_fixture_free(f);
    }
}

/* With TTL=2 descriptors of level 2 stay, those above it go. */
static void test_level_hint(void)
{
    SmmuFixture *f = filled(true);
    uint64_t dropped = smmu_count(f, SVA_SMMU_CNT_WALK_DROPPED);

    smmu_submit(f, 0x12 | VMID(2) | ASID(0x10), TG(1) | TTL(2));
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WALK_DROPPED), ==,
                     dropped + 2);
    smmu_fixture_free(f);
}

/* walk-cache=0 */
static void test_off(void)
{
    SmmuFixture *f = filled(false);

    g_assert_cmphex(renewed(f, 2), ==, 0x1f);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WALK_HITS), ==, 0);
    smmu_fixture_free(f);
}

static void test_on_by_default(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, 0x1000, OLD, SMMU_PTE);
    smmu_map(f, 0x2000, OLD, SMMU_PTE);
    smmu_expect_ok(f, sva_pasid(1), 0x1000, SVA_READ, OLD);
    smmu_expect_ok(f, sva_pasid(1), 0x2000, SVA_READ, OLD);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WALK_HITS), ==, 1);
    smmu_fixture_free(f);
}

/*
 * Nested: descriptors of stage 1 hold intermediate addresses, which S2_IPA has
 * nothing to do with; those of stage 2 serve to find tables, CDs included.
 */
static void test_nested(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.walk_entries = 256;
    f = smmu_tables_start(&c);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x80000);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, OLD, 0x10000);
    smmu_map_s2_identity(f, NEW, 0x10000);
    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | 2,
             SMMU_STE3);
    smmu_forget(f);
    map_all(f, OLD);
    smmu_expect_ok(f, SVA_NO_PASID, 0x1000, SVA_READ, OLD | 0x1000);
    /* Stage 2 loses the table that everything is found by. */
    fake_put64(f->env, smmu_desc(f, SMMU_S2TTB, 1, 1, 0), 0);
    smmu_expect_ok(f, SVA_NO_PASID, 0x2000, SVA_READ, OLD | 0x2000);
    smmu_submit(f, 0x2a | VMID(2), SMMU_TTB | LEAF);
    smmu_expect_ok(f, SVA_NO_PASID, 0x3000, SVA_READ, OLD | 0x3000);
    smmu_submit(f, 0x13 | VMID(2), 0);
    smmu_expect_ok(f, SVA_NO_PASID, 0x4000, SVA_READ, OLD | 0x4000);
    smmu_submit(f, 0x28 | VMID(2), 0);
    g_assert_cmpint(smmu_translate(f, SVA_NO_PASID, 0x5000, SVA_READ).outcome,
                    ==, SVA_ABORT);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smmu/walk-cache/commands", test_commands);
    g_test_add_func("/smmu/walk-cache/level", test_level_hint);
    g_test_add_func("/smmu/walk-cache/off", test_off);
    g_test_add_func("/smmu/walk-cache/default", test_on_by_default);
    g_test_add_func("/smmu/walk-cache/nested", test_nested);
    return g_test_run();
}
