/*
 * SMMUv3: blocks of stage 1 over smaller pages of stage 2
 *
 * The TLB holds such a block in pieces.  An invalidation that names any
 * address of the block drops all of them: Arm DDI 0487, TLB maintenance and
 * splintered entries; software sends one command for a block.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define P1 sva_pasid(1)
#define P2 sva_pasid(2)

#define VA    0x7f0040000000ull
#define NEXT  (VA + 0x200000)   /* the block behind it */
#define IPA   0x40000000ull
#define PA    0x80000000ull
#define BLOCK 0xcc1ull          /* as SMMU_PTE_RO, of levels 1 and 2 */

#define VMID       (7ull << 32)
#define ASID(n)    ((uint64_t)(n) << 48)
#define NH_ASID    (0x11 | VMID)
#define NH_VA      (0x12 | VMID | ASID(0x11))
#define NH_VAA     (0x13 | VMID)
#define S2_IPA     (0x2a | VMID)
#define S12_VMALL  (0x28 | VMID)
#define RANGE(num, scale) ((uint64_t)(num) << 12 | (uint64_t)(scale) << 20)
#define TG_4K      0x400ull
#define RIL        0x100        /* it takes range invalidation */
#define TTL(n)     ((uint64_t)(n) << 8)

/*
 * Both stages; @va is a block of stage 1 at @level, and what @pieces of its
 * pages there are at stage 2.
 */
static void map_block(SmmuFixture *f, uint64_t va, unsigned level,
                      unsigned pieces, uint64_t attrs)
{
    uint64_t ipa = IPA + (va - VA);
    unsigned i;

    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, level, va), ipa | attrs);
    for (i = 0; i < pieces; i++) {
        smmu_map_s2(f, ipa + i * 0x1000ull, PA + (va - VA) + i * 0x1000ull,
                    SMMU_S2PTE);
    }
}

static SmmuFixture *start(const SvaSmmuConfig *c, uint64_t attrs)
{
    SmmuFixture *f = smmu_tables_start(c);

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | 7,
             SMMU_STE3);
    smmu_cd(f, 2, SMMU_CD0(0x12), SMMU_CD1, 0);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    map_block(f, VA, 2, 4, attrs);
    map_block(f, NEXT, 2, 2, attrs);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x40000);
    return f;
}

static bool is_known(SmmuFixture *f, SvaPasid pasid, uint64_t va)
{
    SvaTranslation t = smmu_translate(f, pasid, va, SVA_READ);

    smmu_event(f, NULL);
    if (t.outcome != SVA_OK) {
        return false;
    }
    g_assert_cmphex(t.map.addr, ==, PA + (va - VA));
    return true;
}

/* Use the pieces, then take the blocks away behind the unit's back. */
static void use(SmmuFixture *f, SvaPasid pasid)
{
    static const uint64_t used[] = {
        VA, VA + 0x1000, VA + 0x3000, NEXT, NEXT + 0x1000,
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(used); i++) {
        g_assert_true(is_known(f, pasid, used[i]));
    }
}

static void clear(SmmuFixture *f)
{
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 2, VA), 0);
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 2, NEXT), 0);
}

/* Which of the two blocks has pieces left?  All of them or none. */
static unsigned left(SmmuFixture *f, SvaPasid pasid)
{
    bool first = is_known(f, pasid, VA);
    bool second = is_known(f, pasid, NEXT);

    g_assert_true(is_known(f, pasid, VA + 0x1000) == first);
    g_assert_true(is_known(f, pasid, VA + 0x3000) == first);
    g_assert_true(is_known(f, pasid, NEXT + 0x1000) == second);
    return first | second << 1;
}

static const struct {
    uint64_t qw0, qw1;
    unsigned left;              /* bit 0: the block at VA, 1: that at NEXT */
} commands[] = {
    { NH_VA, VA, 2 },
    { NH_VA, VA + 0x1000, 2 },
    { NH_VA, VA + 0x1ff000, 2 },        /* was never used */
    { NH_VA, VA | 1, 2 },           /* Leaf */
    { NH_VA, NEXT, 1 },
    { NH_VA, VA - 0x1000, 3 },
    { NH_VA, NEXT + 0x200000, 3 },
    { NH_VA ^ ASID(0x11 ^ 0x12), VA, 3 },
    { NH_VAA, VA, 2 },
    { NH_VAA, NEXT + 0x1ff000, 1 },
    { NH_VAA, VA - 0x1000, 3 },
    { NH_VAA ^ VMID ^ 8ull << 32, VA, 3 },
    { NH_VA, VA | TG_4K | TTL(2), 2 | RIL },
    { NH_VAA, VA | TG_4K | TTL(2), 2 | RIL },
    { NH_VA | RANGE(0, 1), (VA - 0x1000) | TG_4K, 2 | RIL },
    { NH_VA | RANGE(0, 1), (VA + 0x1ff000) | TG_4K, 0 | RIL },
    { NH_VA | RANGE(1, 9), VA | TG_4K | TTL(2), 0 | RIL },
    { NH_VAA | RANGE(0, 9), VA | TG_4K | TTL(2), 2 | RIL },
    { NH_VA | RANGE(3, 0), (VA - 0x4000) | TG_4K, 3 | RIL },
    { NH_ASID | ASID(0x11), 0, 0 },
    { S12_VMALL, 0, 0 },
    { S2_IPA, IPA, 3 },                 /* combined entries stay */
};

static void run_commands(const SvaSmmuConfig *c, uint64_t attrs)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(commands); i++) {
        SmmuFixture *f;

        if (commands[i].left & RIL && !c->ril) {
            continue;
        }
        f = start(c, attrs);
        use(f, P1);
        clear(f);
        g_assert_cmpuint(left(f, P1), ==, 3);
        smmu_submit(f, commands[i].qw0, commands[i].qw1);
        g_assert_true(smmu_sync(f));
        g_assert_cmpuint(left(f, P1), ==, commands[i].left & 3);
        smmu_fixture_free(f);
    }
}

static void test_commands(void)
{
    run_commands(&sva_smmu_default_config, BLOCK);
}

static void test_without_ranges(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.ril = false;
    run_commands(&c, BLOCK);
}

/* Global pieces go by an address with any ASID, but not by ASID. */
static void test_global(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned left;
    } rows[] = {
        { NH_VA, VA + 0x2000, 2 },
        { NH_VA ^ ASID(0x11 ^ 0x33), VA, 2 },
        { NH_VAA, NEXT + 0x2000, 1 },
        { NH_ASID | ASID(0x11), 0, 3 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = start(NULL, BLOCK & ~0x800ull);

        use(f, P1);
        clear(f);
        smmu_submit(f, rows[i].qw0, rows[i].qw1);
        g_assert_cmpuint(left(f, P1), ==, rows[i].left);
        smmu_fixture_free(f);
    }
}

/* Pieces of another address space stay. */
static void test_two_address_spaces(void)
{
    SmmuFixture *f = start(NULL, BLOCK);

    use(f, P1);
    use(f, P2);
    clear(f);
    smmu_submit(f, NH_VA, VA + 0x5000);
    g_assert_cmpuint(left(f, P1), ==, 2);
    g_assert_cmpuint(left(f, P2), ==, 3);
    smmu_fixture_free(f);
}

/* Pages of their own lie next to pieces: they go by their address alone. */
static void test_pages_beside_pieces(void)
{
    SmmuFixture *f = start(NULL, BLOCK);
    uint64_t page = VA + 0x400000;

    smmu_map(f, page, IPA, SMMU_PTE);
    smmu_map(f, page + 0x1000, IPA + 0x1000, SMMU_PTE);
    use(f, P1);
    smmu_translate(f, P1, page, SVA_READ);
    smmu_translate(f, P1, page + 0x1000, SVA_READ);
    smmu_map(f, page, 0, 0);
    smmu_map(f, page + 0x1000, 0, 0);
    smmu_submit(f, NH_VA, page);
    g_assert_cmpint(smmu_translate(f, P1, page, SVA_READ).outcome, ==,
                    SVA_ABORT);
    g_assert_cmpint(smmu_translate(f, P1, page + 0x1000,
                                   SVA_READ).outcome, ==, SVA_OK);
    g_assert_cmpuint(left(f, P1), ==, 3);
    smmu_fixture_free(f);
}

/* 1 GiB, of which stage 2 has pages of 4 KiB and a block of 2 MiB */
static void test_large_block(void)
{
    SmmuFixture *f = start(NULL, BLOCK);

    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 1, VA), IPA | BLOCK);
    fake_put64(f->env, smmu_desc(f, SMMU_S2TTB, 1, 2, IPA + 0x200000),
               (PA + 0x200000) | 0x4fd);
    smmu_forget(f);
    g_assert_true(is_known(f, P1, VA + 0x1000));
    g_assert_true(is_known(f, P1, VA + 0x201000));
    g_assert_true(is_known(f, P1, VA + 0x3f0000));
    fake_put64(f->env, smmu_desc(f, SMMU_TTB, 0, 1, VA), 0);
    smmu_submit(f, NH_VA, VA - 0x1000);
    g_assert_true(is_known(f, P1, VA + 0x1000));
    g_assert_true(is_known(f, P1, VA + 0x3f0000));
    smmu_submit(f, NH_VA, VA + 0x3ffff000);
    g_assert_false(is_known(f, P1, VA + 0x1000));
    g_assert_false(is_known(f, P1, VA + 0x201000));
    g_assert_false(is_known(f, P1, VA + 0x3f0000));
    smmu_fixture_free(f);
}

/* A page of stage 1 of 64 KiB is cut, too. */
static void test_large_page(void)
{
    SmmuFixture *f = start(NULL, BLOCK);
    uint64_t desc = SMMU_TTB + 0x10000;

    /* 64 KiB, 29 bits: one table of level 3 */
    smmu_map_s2_identity(f, SMMU_TTB + 0x10000, 0x1000);
    smmu_cd(f, 1, (SMMU_CD0(0x11) & ~0xffull) | 35 | 1 << 6, desc, 0);
    fake_put64(f->env, desc, IPA | SMMU_PTE);
    smmu_forget(f);
    g_assert_cmphex(smmu_translate(f, P1, 0x1000, SVA_READ).map.addr, ==,
                    PA + 0x1000);
    fake_put64(f->env, desc, 0);
    g_assert_cmphex(smmu_translate(f, P1, 0x1000, SVA_READ).map.addr, ==,
                    PA + 0x1000);
    smmu_submit(f, NH_VA, 0x10000);
    g_assert_cmpint(smmu_translate(f, P1, 0x1000, SVA_READ).outcome,
                    ==, SVA_OK);
    smmu_submit(f, NH_VA, 0xf000);
    g_assert_cmpint(smmu_translate(f, P1, 0x1000, SVA_READ).outcome,
                    ==, SVA_ABORT);
    smmu_fixture_free(f);
}

/* Few pieces among many entries are found by lookups, and the other way. */
static void test_many_entries(void)
{
    SmmuFixture *f = start(NULL, BLOCK);
    uint64_t page = VA + 0x40000000;
    unsigned i;

    for (i = 0; i < 3000; i++) {
        smmu_map(f, page + i * 0x1000ull, IPA, SMMU_PTE);
        smmu_translate(f, P1, page + i * 0x1000ull, SVA_READ);
    }
    use(f, P1);
    clear(f);
    g_assert_cmpuint(left(f, P1), ==, 3);
    smmu_submit(f, NH_VA, VA + 0x7000);
    g_assert_cmpuint(left(f, P1), ==, 2);
    smmu_map(f, page + 0x1000, 0, 0);
    smmu_map(f, page + 0x2000, 0, 0);
    smmu_submit(f, NH_VA, page + 0x1000);
    g_assert_cmpuint(left(f, P1), ==, 2);
    g_assert_cmpint(smmu_translate(f, P1, page + 0x1000,
                                   SVA_READ).outcome, ==, SVA_ABORT);
    g_assert_cmpint(smmu_translate(f, P1, page + 0x2000,
                                   SVA_READ).outcome, ==, SVA_OK);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-splinter/" #name, test_##name)
    T(commands);
    T(without_ranges);
    T(global);
    T(two_address_spaces);
    T(pages_beside_pieces);
    T(large_block);
    T(large_page);
    T(many_entries);
#undef T
    return g_test_run();
}
