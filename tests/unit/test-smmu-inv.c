/*
 * SMMUv3: what CMD_CFGI_* and CMD_TLBI_* drop, and what they leave
 *
 * The tables change behind the unit's back; what it answers then tells what
 * it had kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define OLD   0xa0000000ull
#define NEW   0xb0000000ull
#define ASID0 0x10              /* of requests without PASID */
#define ASID1 0x11              /* of PASID 1 */
#define NONE  SVA_NO_PASID
#define P1    sva_pasid(1)
#define GLOBAL_PTE (SMMU_PTE & ~0x800ull)

/* Commands: word 0, with VMID and ASID; word 1 is the address and the rest. */
#define NH_ALL(vmid)        (0x10 | (uint64_t)(vmid) << 32)
#define NH_ASID(vmid, asid) (0x11 | (uint64_t)(vmid) << 32 |        \
                             (uint64_t)(asid) << 48)
#define NH_VA(vmid, asid)   (NH_ASID(vmid, asid) ^ 0x11 ^ 0x12)
#define NH_VAA(vmid)        (NH_ALL(vmid) ^ 0x10 ^ 0x13)
#define EL2_ASID(asid)      (0x21 | (uint64_t)(asid) << 48)
#define EL2_VA(asid)        (0x22 | (uint64_t)(asid) << 48)
#define RANGE(num, scale)   ((uint64_t)(num) << 12 | (uint64_t)(scale) << 20)
#define TG_4K  0x400
#define TG_16K 0x800
#define TG_64K 0xc00

static uint64_t answer(SmmuFixture *f, SvaPasid pasid, uint64_t va)
{
    SvaTranslation t = smmu_translate(f, pasid, va, SVA_READ);

    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    return t.map.addr;
}

/* The unit knows @va by its old address, the tables by the new one. */
static void prime_as(SmmuFixture *f, SvaPasid pasid, uint64_t va,
                     uint64_t attrs)
{
    smmu_map(f, va, OLD | (va & 0xffff000), attrs);
    g_assert_cmphex(answer(f, pasid, va), ==, OLD | (va & 0xfffffff));
    smmu_map(f, va, NEW | (va & 0xffff000), attrs);
    g_assert_cmphex(answer(f, pasid, va), ==, OLD | (va & 0xfffffff));
}

static void prime(SmmuFixture *f, SvaPasid pasid, uint64_t va)
{
    prime_as(f, pasid, va, SMMU_PTE);
}

static bool dropped(SmmuFixture *f, SvaPasid pasid, uint64_t va)
{
    uint64_t pa = answer(f, pasid, va);

    g_assert_true(pa == (OLD | (va & 0xfffffff)) ||
                  pa == (NEW | (va & 0xfffffff)));
    return pa >= NEW;
}

/* Is an entry of @pasid at @va dropped by this command? */
static bool drops(SmmuFixture *f, SvaPasid pasid, uint64_t va, uint64_t qw0,
                  uint64_t qw1)
{
    bool gone;

    smmu_submit(f, 0x30, 0);
    prime(f, pasid, va);
    smmu_submit(f, qw0, qw1);
    g_assert_true(smmu_idle(f));
    gone = dropped(f, pasid, va);
    return gone;
}

static void test_by_asid(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    g_assert_true(drops(f, NONE, 0x1000, NH_ASID(0, ASID0), 0));
    g_assert_false(drops(f, NONE, 0x1000, NH_ASID(0, ASID1), 0));
    g_assert_true(drops(f, P1, 0x1000, NH_ASID(0, ASID1), 0));
    g_assert_false(drops(f, NONE, 0x1000, NH_ASID(1, ASID0), 0));
    g_assert_false(drops(f, NONE, 0x1000, EL2_ASID(ASID0), 0));
    smmu_fixture_free(f);
}

static void test_by_address(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    g_assert_true(drops(f, NONE, 0x1000, NH_VA(0, ASID0), 0x1000));
    g_assert_true(drops(f, NONE, 0x1000, NH_VA(0, ASID0), 0x1001));
    g_assert_false(drops(f, NONE, 0x1000, NH_VA(0, ASID0), 0x2000));
    g_assert_false(drops(f, NONE, 0x1000, NH_VA(0, ASID0), 0));
    g_assert_false(drops(f, NONE, 0x1000, NH_VA(0, ASID1), 0x1000));
    g_assert_false(drops(f, NONE, 0x1000, NH_VA(1, ASID0), 0x1000));
    g_assert_true(drops(f, P1, 0x1000, NH_VAA(0), 0x1000));
    g_assert_false(drops(f, P1, 0x1000, NH_VAA(0), 0x2000));
    g_assert_false(drops(f, P1, 0x1000, NH_VAA(1), 0x1000));
    g_assert_false(drops(f, P1, 0x1000, EL2_VA(ASID1), 0x1000));
    g_assert_false(drops(f, P1, 0x1000, 0x2a, 0x1000));    /* S2_IPA */
    smmu_fixture_free(f);
}

static void test_all(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    g_assert_true(drops(f, P1, 0x1000, NH_ALL(0), 0));
    g_assert_false(drops(f, P1, 0x1000, NH_ALL(1), 0));
    g_assert_true(drops(f, P1, 0x1000, 0x30, 0));
    g_assert_true(drops(f, P1, 0x1000, 0x28, 0));          /* S12_VMALL */
    g_assert_false(drops(f, P1, 0x1000, 0x28 | 1ull << 32, 0));
    g_assert_false(drops(f, P1, 0x1000, 0x20, 0));         /* EL2_ALL */
    g_assert_false(drops(f, P1, 0x1000, 0x01, 0));         /* prefetch */
    g_assert_false(drops(f, P1, 0x1000, 0x03 | (uint64_t)SMMU_RID << 32, 0));
    smmu_fixture_free(f);
}

/* nG=0: by address of any ASID, by ASID of none. */
static void test_global_entries(void)
{
    static const struct {
        uint64_t qw0, qw1;
        bool gone;
    } rows[] = {
        { NH_ASID(0, ASID0), 0, false },
        { NH_VA(0, ASID0), 0x1000, true },
        { NH_VA(0, 0x1234), 0x1000, true },
        { NH_VA(0, ASID0), 0x2000, false },
        { NH_VAA(0), 0x1000, true },
        { NH_ALL(0), 0, true },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        prime_as(f, NONE, 0x1000, GLOBAL_PTE);
        g_assert_false(dropped(f, P1, 0x1000));     /* it serves both */
        smmu_submit(f, rows[i].qw0, rows[i].qw1);
        g_assert_true(dropped(f, NONE, 0x1000) == rows[i].gone);
        smmu_fixture_free(f);
    }
}

/* -- ranges -- */

/* The pages from @first to @last, of 64, are dropped and no others. */
static void expect_range(const SvaSmmuConfig *c, uint64_t qw0, uint64_t qw1,
                         unsigned first, unsigned last)
{
    SmmuFixture *f = smmu_tables_start(c);
    unsigned i;

    for (i = 0; i < 64; i++) {
        prime(f, P1, i * 0x1000);
    }
    smmu_submit(f, qw0, qw1);
    for (i = 0; i < 64; i++) {
        g_assert_true(dropped(f, P1, i * 0x1000) ==
                      (i >= first && i <= last));
    }
    smmu_fixture_free(f);
}

static void test_ranges_are_literal(void)
{
    uint64_t va = NH_VA(0, ASID1);

    expect_range(NULL, va | RANGE(2, 0), 0x1000 | TG_4K, 1, 3);
    expect_range(NULL, va | RANGE(4, 0), 0x3000 | TG_4K, 3, 7);
    expect_range(NULL, va | RANGE(0, 1), 0x5000 | TG_4K, 5, 6);
    expect_range(NULL, va | RANGE(2, 2), 0x7000 | TG_4K, 7, 18);
    expect_range(NULL, va | RANGE(31, 0), 0x1000 | TG_4K, 1, 32);
    expect_range(NULL, va | RANGE(1, 0), 0x4000 | TG_16K, 4, 11);
    expect_range(NULL, va | RANGE(2, 0), 0x10000 | TG_64K, 16, 63);
    expect_range(NULL, va | RANGE(0, 0), 0x2000 | TG_4K | 3 << 8, 2, 2);
    expect_range(NULL, va | RANGE(31, 31), 0x9000 | TG_64K, 9, 63);
    expect_range(NULL, NH_VAA(0) | RANGE(2, 0), 0x1000 | TG_4K, 1, 3);
    /* TG=0: one address, whatever NUM and SCALE are. */
    expect_range(NULL, va | RANGE(4, 4), 0x3000, 3, 3);
}

static void test_ranges_need_the_feature(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.ril = false;
    expect_range(&c, NH_VA(0, ASID1) | RANGE(4, 0), 0x3000 | TG_4K, 3, 3);
}

/* No wrap at the top. */
static void test_range_up_to_the_top(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t va = NH_VA(0, ASID1);

    prime(f, P1, 0);
    prime(f, P1, 0x1000);
    smmu_submit(f, va | RANGE(31, 31), 0xffffffffffffe000 | TG_64K);
    g_assert_false(dropped(f, P1, 0));
    g_assert_false(dropped(f, P1, 0x1000));
    /* EPD1=0, T1SZ=16, TG1=4K */
    smmu_cd(f, 1, SMMU_CD0(ASID1) ^ 0x40900000, SMMU_CD1, SMMU_TTB);
    smmu_forget(f);
    prime(f, P1, 0xffffffffffffd000);
    prime(f, P1, 0xfffffffffffff000);
    smmu_submit(f, va | RANGE(31, 31), 0xffffffffffffe000 | TG_64K);
    g_assert_false(dropped(f, P1, 0xffffffffffffd000));
    g_assert_true(dropped(f, P1, 0xfffffffffffff000));
    smmu_fixture_free(f);
}

/* An address anywhere in it drops a block as a whole. */
static void test_block(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t desc = smmu_desc(f, SMMU_TTB, 0, 2, 0x40000000);

    fake_put64(f->env, desc, OLD | 0xc41);
    g_assert_cmphex(answer(f, P1, 0x40001000), ==, OLD | 0x1000);
    fake_put64(f->env, desc, NEW | 0xc41);
    smmu_submit(f, NH_VA(0, ASID1), 0x40200000);
    g_assert_cmphex(answer(f, P1, 0x40001000), ==, OLD | 0x1000);
    smmu_submit(f, NH_VA(0, ASID1), 0x401ff000);
    g_assert_cmphex(answer(f, P1, 0x40001000), ==, NEW | 0x1000);
    smmu_fixture_free(f);
}

/*
 * BBML=2: a block becomes a table without a break.  Entries of both may be
 * there; one of them answers, and an invalidation drops them both.
 */
static void test_overlapping_entries(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t desc = smmu_desc(f, SMMU_TTB, 0, 2, 0x40000000), pa;

    fake_put64(f->env, desc, OLD | 0xcc1);        /* read-only */
    g_assert_cmphex(answer(f, P1, 0x40001000), ==, OLD | 0x1000);
    fake_put64(f->env, desc, 0);
    smmu_map(f, 0x40001000, NEW | 0x1000, SMMU_PTE);
    smmu_expect_ok(f, P1, 0x40001000, SVA_WRITE, NEW | 0x1000);
    pa = answer(f, P1, 0x40001000);
    g_assert_true(pa == (OLD | 0x1000) || pa == (NEW | 0x1000));
    g_assert_cmphex(answer(f, P1, 0x40002000), ==, OLD | 0x2000);
    smmu_submit(f, NH_VA(0, ASID1), 0x40001000);
    g_assert_cmphex(answer(f, P1, 0x40001000), ==, NEW | 0x1000);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpuint(smmu_translate(f, P1, 0x40002000, SVA_READ)
                     .outcome, ==, SVA_ABORT);
    smmu_fixture_free(f);
}

static void test_short_asids(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.asid_bits = 8;
    f = smmu_tables_start(&c);
    g_assert_true(drops(f, NONE, 0x1000, NH_ASID(0, 0xff00 | ASID0), 0));
    smmu_fixture_free(f);
}

/* Without stage 2 there are no VMIDs. */
static void test_without_stage_2(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.stage2 = false;
    f = smmu_tables_start(&c);
    g_assert_true(drops(f, NONE, 0x1000, NH_ASID(7, ASID0), 0));
    g_assert_true(drops(f, NONE, 0x1000, NH_ALL(7), 0));
    smmu_fixture_free(f);
}

/* -- VMIDs, intermediate addresses -- */

static void test_intermediate_addresses(void)
{
    static const struct {
        uint64_t qw0, qw1;
        bool gone;
    } rows[] = {
        { 0x2a | 5ull << 32, 0x1000, true },
        { 0x2a | 5ull << 32, 0x2000, false },
        { 0x2a | 4ull << 32, 0x1000, false },
        { 0x2a | 5ull << 32 | RANGE(1, 0), TG_4K, true },
        { 0x2a | 5ull << 32, 0xfff0000000001000, true },    /* 52 bits */
        { NH_ALL(5), 0, false },
        { NH_VAA(5), 0x1000, false },
        { 0x28 | 5ull << 32, 0, true },
        { 0x28 | 4ull << 32, 0, false },
        { 0x30, 0, true },
        { 0x20, 0, false },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        smmu_ste(f, SMMU_RID, SMMU_STE0_S2, SMMU_STE1, SMMU_STE2 | 5,
                 SMMU_STE3);
        smmu_forget(f);
        smmu_map_s2(f, 0x1000, OLD, SMMU_S2PTE);
        g_assert_cmphex(answer(f, NONE, 0x1000), ==, OLD);
        smmu_map_s2(f, 0x1000, NEW, SMMU_S2PTE);
        smmu_submit(f, rows[i].qw0, rows[i].qw1);
        g_assert_cmphex(answer(f, NONE, 0x1000), ==,
                        rows[i].gone ? NEW : OLD);
        smmu_fixture_free(f);
    }
}

/* -- EL2 -- */

static SmmuFixture *hyp(uint32_t cr2)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_write32(f, 0x20, 0x1e);
    smmu_write32(f, 0x2c, cr2);
    smmu_write32(f, 0x20, 0x1f);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | 2u << 30, 0, 0);
    smmu_forget(f);
    return f;
}

static bool hyp_drops(uint32_t cr2, uint64_t qw0, uint64_t qw1)
{
    SmmuFixture *f = hyp(cr2);
    bool gone;

    prime(f, P1, 0x1000);
    smmu_submit(f, qw0, qw1);
    gone = dropped(f, P1, 0x1000);
    smmu_fixture_free(f);
    return gone;
}

static void test_el2_with_asids(void)
{
    g_assert_true(hyp_drops(1, 0x20, 0));
    g_assert_true(hyp_drops(1, EL2_ASID(ASID1), 0));
    g_assert_false(hyp_drops(1, EL2_ASID(ASID0), 0));
    g_assert_true(hyp_drops(1, EL2_VA(ASID1), 0x1000));
    g_assert_false(hyp_drops(1, EL2_VA(ASID0), 0x1000));
    g_assert_false(hyp_drops(1, EL2_VA(ASID1), 0x2000));
    g_assert_true(hyp_drops(1, 0x23, 0x1000));
    g_assert_false(hyp_drops(1, 0x23, 0x2000));
    g_assert_false(hyp_drops(1, 0x30, 0));
    g_assert_false(hyp_drops(1, NH_ALL(0), 0));
    g_assert_false(hyp_drops(1, NH_ASID(0, ASID1), 0));
}

static void test_el2_without_asids(void)
{
    g_assert_true(hyp_drops(0, 0x20, 0));
    g_assert_true(hyp_drops(0, EL2_VA(ASID0), 0x1000));
    g_assert_false(hyp_drops(0, EL2_VA(ASID0), 0x2000));
    g_assert_true(hyp_drops(0, 0x23, 0x1000));
    g_assert_false(hyp_drops(0, 0x30, 0));
}

/* -- configuration -- */

static bool is_ok(SmmuFixture *f, SvaPasid pasid)
{
    bool ok = smmu_translate(f, pasid, 0x1000, SVA_READ).outcome ==
              SVA_OK;

    while (smmu_event(f, NULL)) {
        ;
    }
    return ok;
}

/* With STE and CDs cached, all of them become invalid. */
static SmmuFixture *with_stale_config(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, 0x1000, OLD, SMMU_PTE);
    g_assert_true(is_ok(f, NONE) && is_ok(f, P1));
    smmu_ste(f, SMMU_RID, 0, 0, 0, 0);
    smmu_cd(f, 0, 0, 0, 0);
    smmu_cd(f, 1, 0, 0, 0);
    g_assert_true(is_ok(f, NONE) && is_ok(f, P1));
    return f;
}

static void expect_config(uint64_t qw0, uint64_t qw1, bool without,
                          bool with)
{
    SmmuFixture *f = with_stale_config();

    smmu_submit(f, qw0, qw1);
    g_assert_true(smmu_idle(f));
    g_assert_true(is_ok(f, NONE) == without);
    g_assert_true(is_ok(f, P1) == with);
    smmu_fixture_free(f);
}

#define SID(n) ((uint64_t)(n) << 32)

static void test_configuration(void)
{
    expect_config(0x03 | SID(SMMU_RID), 1, false, false);
    expect_config(0x03 | SID(SMMU_RID), 0, false, false);
    expect_config(0x03 | SID(SMMU_RID + 1), 1, true, true);
    expect_config(0x03 | SID(SMMU_RID | 0x10000), 1, true, true);
    expect_config(0x05 | SID(SMMU_RID), 1, false, true);
    expect_config(0x05 | SID(SMMU_RID) | 1 << 12, 1, true, false);
    expect_config(0x05 | SID(SMMU_RID) | 2 << 12, 1, true, true);
    expect_config(0x05 | SID(SMMU_RID + 1), 1, true, true);
    expect_config(0x06 | SID(SMMU_RID), 0, false, false);
    expect_config(0x06 | SID(SMMU_RID + 1), 0, true, true);
    expect_config(0x30, 0, true, true);
    expect_config(NH_ALL(0), 0, true, true);
}

/* Range counts from one: 0 is two streams. */
static void test_range_of_streams(void)
{
    expect_config(0x04 | SID(SMMU_RID), 0, false, false);
    expect_config(0x04 | SID(SMMU_RID + 1), 0, false, false);
    expect_config(0x04 | SID(SMMU_RID + 2), 0, true, true);
    expect_config(0x04 | SID(SMMU_RID - 1), 0, true, true);
    expect_config(0x04 | SID(SMMU_RID + 3), 1, false, false);
    expect_config(0x04 | SID(SMMU_RID + 4), 1, true, true);
    expect_config(0x04 | SID(0), 15, false, false);
    expect_config(0x04 | SID(0x10000), 15, true, true);
    expect_config(0x04 | SID(0xffffffff), 30, true, true);
    expect_config(0x04 | SID(0x12345), 31, false, false);
}

/* Dropping a CD leaves what it was the way to. */
static void test_configuration_leaves_the_tlb(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    prime(f, P1, 0x1000);
    smmu_submit(f, 0x04, 31);
    g_assert_false(dropped(f, P1, 0x1000));
    smmu_fixture_free(f);
}

/* -- what is left, for statistics -- */

typedef struct Held {
    unsigned configs;           /* bit n: SubstreamID n */
    unsigned translations[2];   /* of ASID0 and ASID1 */
} Held;

static void tell(const SvaCached *cached, void *opaque)
{
    Held *held = opaque;

    if (cached->config) {
        g_assert_cmphex(cached->rid, ==, SMMU_RID);
        held->configs |= 1u << cached->tag;
    } else {
        g_assert_cmphex(cached->tag & ~1u, ==, ASID0);
        held->translations[cached->tag & 1]++;
    }
}

static Held held(SmmuFixture *f)
{
    Held h = { 0 };

    f->smmu.iommu.ops->cached(&f->smmu.iommu, tell, &h);
    return h;
}

static void test_what_is_held_of_asids(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    Held h = held(f);

    g_assert_cmphex(h.configs, ==, 0);
    prime(f, NONE, 0x1000);
    prime(f, P1, 0x1000);
    prime(f, P1, 0x2000);
    h = held(f);
    g_assert_cmphex(h.configs, ==, 3);
    g_assert_cmpuint(h.translations[0], ==, 1);
    g_assert_cmpuint(h.translations[1], ==, 2);
    smmu_submit(f, NH_VA(0, ASID1), 0x1000);
    g_assert_cmpuint(held(f).translations[1], ==, 1);
    smmu_submit(f, NH_ASID(0, ASID1), 0);
    smmu_submit(f, 0x05 | SID(SMMU_RID) | 1 << 12, 1);
    h = held(f);
    g_assert_cmphex(h.configs, ==, 1);
    g_assert_cmpuint(h.translations[0], ==, 1);
    g_assert_cmpuint(h.translations[1], ==, 0);

    /* EPD0: what is cached now leads nowhere. */
    smmu_cd(f, 1, SMMU_CD0(ASID1) | 0x4000, SMMU_CD1, 0);
    smmu_translate(f, P1, 0x1000, SVA_READ);
    g_assert_cmphex(held(f).configs, ==, 1);
    smmu_fixture_free(f);
}

/* No ASID invalidation reaches a global entry, so nobody owes one. */
static void test_global_entries_are_not_told(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    prime_as(f, P1, 0x1000, GLOBAL_PTE);
    g_assert_cmpuint(held(f).translations[1], ==, 0);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/inv/" #fn, test_##fn)
    CASE(by_asid);
    CASE(by_address);
    CASE(all);
    CASE(global_entries);
    CASE(ranges_are_literal);
    CASE(ranges_need_the_feature);
    CASE(range_up_to_the_top);
    CASE(block);
    CASE(overlapping_entries);
    CASE(short_asids);
    CASE(without_stage_2);
    CASE(intermediate_addresses);
    CASE(el2_with_asids);
    CASE(el2_without_asids);
    CASE(configuration);
    CASE(range_of_streams);
    CASE(configuration_leaves_the_tlb);
    CASE(what_is_held_of_asids);
    CASE(global_entries_are_not_told);
    return g_test_run();
}
