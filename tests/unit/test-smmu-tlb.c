/*
 * SMMUv3: what may serve whom from the TLB, and what each invalidation drops
 *
 * A translation that is still cached goes on to be given after the tables
 * have changed.  So every page is mapped to "before", used, mapped to "after",
 * invalidated in some way, and used again: the answer tells whether it was
 * dropped.
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
#define BEFORE 0xaaa000ull
#define AFTER  0xbbb000ull

#define VMID 7ull
#define ASID(n) ((uint64_t)(n) << 48)
#define NH_ALL  (0x10 | VMID << 32)
#define NH_ASID (0x11 | VMID << 32)
#define NH_VA   (0x12 | VMID << 32)
#define NH_VAA  (0x13 | VMID << 32)
#define EL2_ALL  0x20ull
#define EL2_ASID 0x21ull
#define EL2_VA   0x22ull
#define EL2_VAA  0x23ull
#define S12_VMALL (0x28 | VMID << 32)
#define S2_IPA  (0x2a | VMID << 32)
#define NSNH_ALL 0x30ull

/* Five streams, by their function number */
enum {
    EL1,                        /* stage 1, VMID 7 */
    BOTH,                       /* both stages, VMID 7 */
    STAGE2,                     /* stage 2, VMID 7 */
    OTHER,                      /* stage 1, VMID 8 */
    HYP,                        /* EL2 or E2H */
    STREAMS,
};

static SmmuFixture *start(bool e2h)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    const uint64_t el2 = 0x80000000;

    smmu_write32(f, 0x20, 0);
    smmu_write32(f, 0x2c, e2h ? 3 : 2);
    smmu_write32(f, 0x20, 0x1d);
    smmu_ste(f, EL1, SMMU_STE0, SMMU_STE1, 7, 0);
    smmu_ste(f, BOTH, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | 7, SMMU_STE3);
    smmu_ste(f, STAGE2, SMMU_STE0_S2, SMMU_STE1, SMMU_STE2 | 7, SMMU_STE3);
    smmu_ste(f, OTHER, SMMU_STE0, SMMU_STE1, 8, 0);
    smmu_ste(f, HYP, SMMU_STE0, SMMU_STE1 | el2, 0, 0);
    /* Substreams 1 and 2: ASIDs 11h and 12h; 3: 11h again; 4: ASET=0 */
    smmu_cd(f, 2, SMMU_CD0(0x12), SMMU_CD1, 0);
    smmu_cd(f, 3, SMMU_CD0(0x11), SMMU_CD1, 0);
    smmu_cd(f, 4, SMMU_CD0(0x12) & ~SMMU_CD0_ASET, SMMU_CD1, 0);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x40000);
    smmu_map_s2_identity(f, BEFORE, 0x1000);
    smmu_map_s2_identity(f, AFTER, 0x1000);
    return f;
}

static uint64_t use(SmmuFixture *f, unsigned stream, SvaPasid pasid,
                    uint64_t addr)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = (uint16_t)stream, .access = R,
    };
    SvaTranslation out;

    f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
    g_assert_cmpint(out.outcome, ==, SVA_OK);
    return out.map.addr;
}

#define NG  0x800ull
#define NOT_GLOBAL SMMU_PTE
#define GLOBAL     (SMMU_PTE & ~NG)

static void map_all(SmmuFixture *f, uint64_t pa, uint64_t attrs)
{
    smmu_map(f, VA, pa, attrs);
    smmu_map_s2(f, 0x10000, pa, SMMU_S2PTE);
}

static uint64_t use_stream(SmmuFixture *f, unsigned stream, SvaPasid pasid)
{
    return stream == STAGE2 ? use(f, stream, NONE, 0x10000)
                            : use(f, stream, pasid, VA);
}

/* Bit n of @dropped: that of stream n must go, of the others must stay. */
static void check(bool e2h, uint64_t attrs, uint64_t qw0, uint64_t qw1,
                  unsigned dropped)
{
    SmmuFixture *f = start(e2h);
    unsigned i;

    map_all(f, BEFORE, attrs);
    for (i = 0; i < STREAMS; i++) {
        g_assert_cmphex(use_stream(f, i, P(1)), ==, BEFORE);
    }
    map_all(f, AFTER, attrs);
    for (i = 0; i < STREAMS; i++) {
        g_assert_cmphex(use_stream(f, i, P(1)), ==, BEFORE);
    }
    smmu_submit(f, qw0, qw1);
    g_assert_true(smmu_sync(f));
    for (i = 0; i < STREAMS; i++) {
        g_assert_cmphex(use_stream(f, i, P(1)), ==,
                        dropped >> i & 1 ? AFTER : BEFORE);
    }
    smmu_fixture_free(f);
}

#define NH (1 << EL1 | 1 << BOTH)

static void test_commands(void)
{
    check(false, NOT_GLOBAL, NH_ALL, 0, NH);
    check(false, NOT_GLOBAL, NH_ASID | ASID(0x11), 0, NH);
    check(false, NOT_GLOBAL, NH_ASID | ASID(0x12), 0, 0);
    check(false, NOT_GLOBAL, NH_VA | ASID(0x11), VA, NH);
    check(false, NOT_GLOBAL, NH_VA | ASID(0x12), VA, 0);
    check(false, NOT_GLOBAL, NH_VA | ASID(0x11), VA + 0x1000, 0);
    check(false, NOT_GLOBAL, NH_VAA, VA, NH);
    check(false, NOT_GLOBAL, NH_VAA, VA + 0x1000, 0);
    check(false, NOT_GLOBAL, S2_IPA, 0x10000, 1 << STAGE2);
    check(false, NOT_GLOBAL, S2_IPA, 0x11000, 0);
    check(false, NOT_GLOBAL, S12_VMALL, 0, NH | 1 << STAGE2);
    check(false, NOT_GLOBAL, NSNH_ALL, 0, NH | 1 << STAGE2 | 1 << OTHER);
}

static void test_commands_of_el2(void)
{
    check(false, NOT_GLOBAL, EL2_ALL, 0, 1 << HYP);
    check(true, NOT_GLOBAL, EL2_ALL, 0, 1 << HYP);
    check(true, NOT_GLOBAL, EL2_ASID | ASID(0x11), 0, 1 << HYP);
    check(true, NOT_GLOBAL, EL2_ASID | ASID(0x12), 0, 0);
    check(true, NOT_GLOBAL, EL2_VA | ASID(0x11), VA, 1 << HYP);
    check(true, NOT_GLOBAL, EL2_VA | ASID(0x12), VA, 0);
    /* Without E2H there are no ASIDs. */
    check(false, NOT_GLOBAL, EL2_VA | ASID(0x99), VA, 1 << HYP);
    check(false, NOT_GLOBAL, EL2_VA | ASID(0x99), VA + 0x1000, 0);
    check(true, NOT_GLOBAL, EL2_VAA, VA, 1 << HYP);
}

static void test_commands_and_global_entries(void)
{
    /* An ASID does not take them, an address does. */
    check(false, GLOBAL, NH_ASID | ASID(0x11), 0, 0);
    check(false, GLOBAL, NH_VA | ASID(0x99), VA, NH);
    check(false, GLOBAL, NH_VA | ASID(0x99), VA + 0x1000, 0);
    check(false, GLOBAL, NH_VAA, VA, NH);
    check(false, GLOBAL, NH_ALL, 0, NH);
    check(true, GLOBAL, EL2_ASID | ASID(0x11), 0, 0);
    check(true, GLOBAL, EL2_VA | ASID(0x99), VA, 1 << HYP);
}

static void test_without_stage_2_a_vmid_means_nothing(void)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    SmmuFixture *f;

    config.stage2 = false;
    f = smmu_tables_start(&config);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, 5, 0);
    smmu_map(f, VA, BEFORE, SMMU_PTE);
    smmu_expect_ok(f, P(1), VA, R, BEFORE);
    smmu_map(f, VA, AFTER, SMMU_PTE);
    smmu_submit(f, NH_VA | ASID(0x11), VA);
    smmu_expect_ok(f, P(1), VA, R, AFTER);
    smmu_fixture_free(f);
}

/* -- who shares an entry -- */

static void test_sharing(void)
{
    SmmuFixture *f = start(false);

    smmu_ste(f, STREAMS, SMMU_STE0, SMMU_STE1, 7, 0);
    map_all(f, BEFORE, NOT_GLOBAL);
    use(f, EL1, P(1), VA);
    map_all(f, AFTER, NOT_GLOBAL);
    /* The same world, VMID and ASID: another substream, another stream */
    g_assert_cmphex(use(f, EL1, P(3), VA), ==, BEFORE);
    g_assert_cmphex(use(f, STREAMS, P(1), VA), ==, BEFORE);
    /* Another ASID, another VMID, another world */
    g_assert_cmphex(use(f, EL1, P(2), VA), ==, AFTER);
    g_assert_cmphex(use(f, OTHER, P(1), VA), ==, AFTER);
    g_assert_cmphex(use(f, HYP, P(1), VA), ==, AFTER);
    smmu_fixture_free(f);
}

static void test_sharing_of_global_entries(void)
{
    SmmuFixture *f = start(false);

    map_all(f, BEFORE, GLOBAL);
    use(f, EL1, P(1), VA);
    map_all(f, AFTER, GLOBAL);
    g_assert_cmphex(use(f, EL1, P(2), VA), ==, BEFORE);
    g_assert_cmphex(use(f, EL1, P(4), VA), ==, AFTER);      /* ASET */
    g_assert_cmphex(use(f, OTHER, P(2), VA), ==, AFTER);
    smmu_fixture_free(f);
}

/* -- ranges -- */

/*
 * Eight pages of 4 KiB, of which the command drops those in @dropped; the
 * first one is at 7f0012340000h.
 */
static void check_range_of(uint64_t command, uint64_t tg, uint64_t num,
                           uint64_t scale, uint64_t addr, unsigned dropped)
{
    SmmuFixture *f = start(false);
    uint64_t va = 0x7f0012340000;
    unsigned i;

    for (i = 0; i < 8; i++) {
        smmu_map(f, va + i * 0x1000, BEFORE, SMMU_PTE);
        use(f, EL1, P(1), va + i * 0x1000);
        smmu_map(f, va + i * 0x1000, AFTER, SMMU_PTE);
    }
    smmu_submit(f, command | num << 12 | scale << 20, addr | tg << 10);
    g_assert_true(smmu_sync(f));
    for (i = 0; i < 8; i++) {
        g_assert_cmphex(use(f, EL1, P(1), va + i * 0x1000), ==,
                        dropped >> i & 1 ? AFTER : BEFORE);
    }
    smmu_fixture_free(f);
}

static void check_range(uint64_t tg, uint64_t num, uint64_t scale,
                        uint64_t addr, unsigned dropped)
{
    check_range_of(NH_VA | ASID(0x11), tg, num, scale, addr, dropped);
    check_range_of(NH_VAA, tg, num, scale, addr, dropped);
}

static void test_ranges_are_taken_literally(void)
{
    const uint64_t va = 0x7f0012340000;

    check_range(1, 2, 0, va + 0x1000, 0x0e);    /* three pages */
    check_range(1, 0, 1, va + 0x1000, 0x06);    /* two, not aligned */
    check_range(1, 4, 0, va + 0x3000, 0xf8);
    check_range(1, 2, 1, va, 0x3f);
    check_range(1, 6, 0, va, 0x7f);
    check_range(2, 0, 1, va - 0x4000, 0x0f);    /* 16 KiB each */
    check_range(1, 31, 31, va + 0x5000, 0xe0);
    check_range(1, 31, 31, 0, 0xff);            /* 2^48 bytes */
    check_range(1, 1, 0, va - 0x2000, 0x00);
    check_range(0, 0, 0, va + 0x2000, 0x04);
}

/* No entry of a larger page outlives the invalidation of a part of it. */
static void test_blocks(void)
{
    SmmuFixture *f = start(false);
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 2, 0x40200000);

    fake_put64(f->env, pa, 0x80000c41);
    g_assert_cmphex(use(f, EL1, P(1), 0x40345678), ==, 0x80145678);
    fake_put64(f->env, pa, 0x90000c41);
    smmu_submit(f, NH_VA | ASID(0x11), 0x40400000);
    g_assert_cmphex(use(f, EL1, P(1), 0x40345678), ==, 0x80145678);
    smmu_submit(f, NH_VA | ASID(0x11), 0x403ff000);
    g_assert_cmphex(use(f, EL1, P(1), 0x40345678), ==, 0x90145678);
    smmu_fixture_free(f);
}

/* A range that ends at the top of all addresses */
static void test_top_of_addresses(void)
{
    SmmuFixture *f = start(false);
    uint64_t cd0 = (SMMU_CD0(0x11) & ~0x40000000ull) | 16ull << 16 |
                   2ull << 22;
    uint64_t pa = smmu_desc(f, SMMU_TTB, 0, 3, 0xfffffffff000);

    smmu_cd(f, 1, cd0, SMMU_CD1, SMMU_TTB);
    fake_put64(f->env, pa, BEFORE | SMMU_PTE);
    g_assert_cmphex(use(f, EL1, P(1), 0xfffffffffffff000), ==, BEFORE);
    fake_put64(f->env, pa, AFTER | SMMU_PTE);
    smmu_submit(f, NH_VA | ASID(0x11) | 31 << 12,
                0xffffffffffff0000 | 1 << 10);
    g_assert_cmphex(use(f, EL1, P(1), 0xfffffffffffff000), ==, AFTER);
    smmu_fixture_free(f);
}

/* -- configuration -- */

static uint64_t cfgi(unsigned op, uint64_t sid, uint64_t ssid)
{
    return op | ssid << 12 | sid << 32;
}

/* Which of the CDs 1 and 2 of the streams @one and @two are fetched again? */
static void check_cfgi(uint64_t qw0, uint64_t qw1, unsigned stes,
                       unsigned cds)
{
    enum { ONE = 0x20, TWO = 0x21 };
    SmmuFixture *f = start(false);
    uint64_t ste, cd;
    unsigned i;

    smmu_map(f, VA, BEFORE, SMMU_PTE);
    for (i = 0; i < 4; i++) {
        smmu_ste(f, ONE + i / 2, SMMU_STE0, SMMU_STE1, 7, 0);
        use(f, ONE + i / 2, P(1 + i % 2), VA);
    }
    smmu_submit(f, qw0, qw1);
    g_assert_true(smmu_sync(f));
    for (i = 0; i < 4; i++) {
        ste = smmu_count(f, SVA_SMMU_CNT_STE_FETCHES);
        cd = smmu_count(f, SVA_SMMU_CNT_CD_FETCHES);
        use(f, ONE + i / 2, P(1 + i % 2), VA);
        g_assert_cmpint(smmu_count(f, SVA_SMMU_CNT_STE_FETCHES) > ste, ==,
                        i % 2 == 0 && stes >> i / 2 & 1);
        g_assert_cmpint(smmu_count(f, SVA_SMMU_CNT_CD_FETCHES) > cd, ==,
                        cds >> i & 1);
    }
    smmu_fixture_free(f);
}

static void test_configuration(void)
{
    check_cfgi(cfgi(0x03, 0x20, 0), 1, 1, 0x3);
    check_cfgi(cfgi(0x03, 0x21, 0), 0, 2, 0xc);
    check_cfgi(cfgi(0x03, 0x10020, 0), 0, 0, 0);    /* no such stream */
    check_cfgi(cfgi(0x04, 0x21, 0), 0, 3, 0xf);     /* two streams */
    check_cfgi(cfgi(0x04, 0x22, 0), 0, 0, 0);
    check_cfgi(cfgi(0x04, 0, 0), 31, 3, 0xf);
    check_cfgi(cfgi(0x05, 0x20, 1), 1, 0, 0x1);
    check_cfgi(cfgi(0x05, 0x21, 2), 1, 0, 0x8);
    check_cfgi(cfgi(0x05, 0x21, 3), 1, 0, 0);
    check_cfgi(cfgi(0x06, 0x21, 0), 0, 0, 0xc);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/smmu-tlb/" #name, test_##name)
    T(commands);
    T(commands_of_el2);
    T(commands_and_global_entries);
    T(without_stage_2_a_vmid_means_nothing);
    T(sharing);
    T(sharing_of_global_entries);
    T(ranges_are_taken_literally);
    T(blocks);
    T(top_of_addresses);
    T(configuration);
#undef T
    return g_test_run();
}
