/*
 * VT-d: translation of memory requests, mostly in scalable mode
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)
#define PTE_A 0x20ull
#define PTE_D 0x40ull

/* PASID entry words 0: second-stage 4 levels, pass-through */
#define SECOND0 (VTD_SECOND | 0x89ull)
#define PASS0   0x109ull

/* -- first stage -- */

static void test_first_stage_translates_and_sets_a_and_d(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t pte = vtd_entry(f, VTD_FIRST, 4, 1, 0x7f0012345000);
    uint64_t top = vtd_entry(f, VTD_FIRST, 4, 4, 0x7f0012345000);

    vtd_bind(f, 1);
    vtd_map(f, 0x7f0012345000, 0xabc000, true);
    vtd_expect_ok(f, P(1), 0x7f0012345678, SVA_READ, 0xabc678);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xabc007 | PTE_A);
    g_assert_cmphex(fake_get64(f->env, top) & PTE_A, ==, PTE_A);
    /* The cached entry may not serve a write while D is clear. */
    vtd_expect_ok(f, P(1), 0x7f0012345678, SVA_WRITE, 0xabc678);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xabc007 | PTE_A | PTE_D);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_MISSES), ==, 2);
    vtd_expect_ok(f, P(1), 0x7f0012345000, SVA_RW, 0xabc000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    vtd_fixture_free(f);
}

static void test_first_stage_large_pages(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaTranslation t;

    vtd_bind(f, 1);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x40200000),
               0x80000000 | 0x87);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 3, 0x8000000000),
               0x100000000 | 0x87);
    t = vtd_translate(f, P(1), 0x40345678, SVA_READ);
    g_assert_cmphex(t.map.addr, ==, 0x80145678);
    g_assert_cmphex(t.map.mask, ==, 0x1fffff);
    t = vtd_translate(f, P(1), 0x8012345678, SVA_WRITE);
    g_assert_cmphex(t.map.addr, ==, 0x112345678);
    g_assert_cmphex(t.map.mask, ==, 0x3fffffff);
    vtd_fixture_free(f);
}

static void test_first_stage_with_five_levels(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t va = 0x00a5000012345000;

    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 4);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 5, 1, va), 0xabc007);
    vtd_expect_ok(f, P(1), va, SVA_RW, 0xabc000);
    vtd_expect_fault(f, P(1), 0x0100000000000000, SVA_READ, 0x80);
    vtd_fixture_free(f);
}

static void test_first_stage_reasons(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, false);
    vtd_map(f, 0x2000, 0xb000, true);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x3000), 0xc003);
    vtd_expect_fault(f, P(1), 0x1000, SVA_WRITE, 0x85);
    vtd_expect_fault(f, P(1), 0x3000, SVA_READ, 0x81);
    vtd_expect_fault(f, P(1), 0x4000, SVA_READ, 0x71);
    vtd_expect_fault(f, P(1), 0x5000, SVA_WRITE, 0x71);
    vtd_expect_fault(f, P(1), 0x0000800000000000, SVA_READ, 0x80);
    vtd_expect_ok(f, P(1), 0x2000, SVA_RW, 0xb000);
    /* PS in the entry of the top level. */
    fake_put64(f->env, VTD_FIRST + 8, 0x87);
    vtd_expect_fault(f, P(1), 1ull << 39, SVA_READ, 0x72);
    /* A table that is not memory, the top one and a lower one. */
    fake_put64(f->env, VTD_FIRST + 16, 0x700000007);
    fake_env_hole(f->env, 0x700000000, 0x1000);
    vtd_expect_fault(f, P(1), 2ull << 39, SVA_READ, 0x70);
    fake_env_hole(f->env, VTD_FIRST, 0x1000);
    vtd_submit(f, 0x12, 0);
    vtd_expect_fault(f, P(1), 0x6000, SVA_READ, 0x73);
    vtd_fixture_free(f);
}

static void test_accessed_bits_need_a_coherent_walk(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, VTD_FIRST0, 1, VTD_FIRST2);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x90);
    vtd_fixture_free(f);
}

static void test_accessed_bit_that_cannot_be_set(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    fake_env_read_only(f->env, VTD_FIRST, 0x1000);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x91);
    vtd_fixture_free(f);
}

static void test_privileges_of_a_request(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x1000), 0xa001);
    vtd_map(f, 0x2000, 0xb000, false);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ | SVA_PRIV, 0x5d);
    vtd_expect_fault(f, P(1), 0x2000, SVA_READ | SVA_EXEC, 0x5c);

    /* SRE; without WPE a supervisor may write what is read-only. */
    vtd_pasid(f, 2, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x1);
    vtd_expect_ok(f, P(2), 0x1000, SVA_READ | SVA_PRIV, 0xa000);
    vtd_expect_ok(f, P(2), 0x1000, SVA_WRITE | SVA_PRIV, 0xa000);
    vtd_expect_fault(f, P(2), 0x2000, SVA_READ | SVA_EXEC, 0x5c);
    /* What a supervisor left in the IOTLB is nothing for a user. */
    vtd_expect_fault(f, P(2), 0x1000, SVA_READ, 0x81);

    /* WPE; 134:133 (once NXE, SMEP) and XD are ignored. */
    vtd_pasid(f, 3, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x71);
    vtd_expect_fault(f, P(3), 0x1000, SVA_WRITE | SVA_PRIV, 0x85);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x3000),
               0xc005 | 1ull << 63);
    vtd_expect_ok(f, P(3), 0x3000, SVA_READ, 0xc000);
    vtd_fixture_free(f);
}

/* Without PASIDs ECAP.SRS is 0, and SRE reserved. */
static void test_supervisors_need_pasids(void)
{
    SvaVtdConfig config = sva_vtd_default_config;
    VtdFixture *f;

    config.pasid_bits = 0;
    config.pri = false;
    f = vtd_fixture_scalable(&config);
    g_assert_cmphex(vtd_read64(f, 0x10) >> 31 & 1, ==, 0);
    vtd_context(f, VTD_DIR | 1, 0);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_pasid(f, 0, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x1);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, 0x5a);
    vtd_bind(f, 0);
    vtd_expect_ok(f, SVA_NO_PASID, 0x1000, SVA_READ, 0xa000);
    vtd_fixture_free(f);
}

static void test_extended_accessed_bit(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x80);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_expect_ok(f, P(1), 0x1000, SVA_READ, 0xa000);
    g_assert_cmphex(fake_get64(f->env, vtd_entry(f, VTD_FIRST, 4, 1,
                                               0x1000)),
                    ==, 0xa427);
    vtd_fixture_free(f);
}

/* -- second stage, pass-through -- */

static void test_second_stage(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, SECOND0, 5, 0);
    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_map_second(f, 0x2000, 0xb000, false);
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 4, 1, 0x3000), 0xc002);
    vtd_expect_ok(f, P(1), 0x1234, SVA_RW, 0xa234);
    vtd_expect_ok(f, P(1), 0x2000, SVA_READ, 0xb000);
    vtd_expect_fault(f, P(1), 0x2000, SVA_WRITE, 0x85);
    vtd_expect_ok(f, P(1), 0x3000, SVA_WRITE, 0xc000);
    vtd_expect_fault(f, P(1), 0x3000, SVA_READ, 0x86);
    vtd_expect_fault(f, P(1), 1ull << 48, SVA_READ, 0x84);
    g_assert_cmpuint(vtd_translate(f, P(1), 0x4000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    /* No accessed bits without SSADE. */
    g_assert_cmphex(fake_get64(f->env, vtd_entry(f, VTD_SECOND, 4, 1,
                                               0x1000)), ==, 0xa003);
    vtd_fixture_free(f);
}

static void test_second_stage_accessed_and_dirty(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t pte = vtd_entry(f, VTD_SECOND, 4, 1, 0x1000);

    vtd_pasid(f, 1, SECOND0 | 0x200, 0x800005, 0);
    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_expect_ok(f, P(1), 0x1000, SVA_READ, 0xa000);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xa103);
    vtd_expect_ok(f, P(1), 0x1000, SVA_WRITE, 0xa000);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xa303);
    /* The same without PWSNP. */
    vtd_pasid(f, 2, SECOND0 | 0x200, 5, 0);
    vtd_map_second(f, 0x2000, 0xb000, true);
    vtd_expect_fault(f, P(2), 0x2000, SVA_READ, 0x7c);
    vtd_fixture_free(f);
}

static void test_pass_through(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaTranslation t;

    vtd_pasid(f, 1, PASS0, 5, 0);
    vtd_expect_ok(f, P(1), 0x123456789, SVA_RW, 0x123456789);
    t = vtd_translate(f, P(1), 0x123456789, SVA_RW);
    g_assert_cmphex(t.map.mask, ==, 0x1fffff);
    vtd_expect_fault(f, P(1), 1ull << 48, SVA_READ, 0x83);
    vtd_fixture_free(f);
}

/* RID_PASID serves what comes without a PASID; PASIDE is not needed. */
static void test_request_without_pasid_uses_rid_pasid(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_context(f, VTD_DIR | 0x1 | 7 << 9, 9);
    vtd_bind(f, 9);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_expect_ok(f, SVA_NO_PASID, 0x1000, SVA_RW, 0xa000);
    /* Privileges come with a PASID prefix only. */
    vtd_expect_ok(f, SVA_NO_PASID, 0x1000, SVA_RW | SVA_PRIV, 0xa000);
    vtd_expect_fault(f, SVA_NO_PASID, 0x2000, SVA_READ, 0x71);
    vtd_fixture_free(f);
}

/* -- tables -- */

/* Reserved bits, unsupported or impossible encodings. */
static void test_pasid_entry_reasons(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x59);
    vtd_expect_fault(f, P(64), 0x1000, SVA_READ, 0x51);
    vtd_pasid(f, 1, VTD_FIRST0 | 0x400, VTD_FIRST1, VTD_FIRST2);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1 | 1 << 16, VTD_FIRST2);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 0x100);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 8);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_pasid(f, 1, 0x01, VTD_FIRST1, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    /* Nested, without a width of the second stage. */
    vtd_pasid(f, 1, 0xc1, VTD_FIRST1, VTD_FIRST2);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_pasid(f, 1, 0x141, VTD_FIRST1, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_pasid(f, 1, VTD_SECOND | 0x81, 5, 0);        /* AW 0 */
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_pasid(f, 1, VTD_SECOND | 0x8d, 5, 0);        /* AW 57 */
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_fixture_free(f);
}

static void test_directory_and_context_reasons(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t good = VTD_DIR | 0x1d | 7 << 9;

    fake_put64(f->env, VTD_DIR, VTD_PASIDS | 5);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x52);
    fake_put64(f->env, VTD_DIR, 0x7000000001);
    fake_env_hole(f->env, 0x7000000000, 0x1000);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x58);
    fake_env_hole(f->env, VTD_DIR, 0x1000);
    vtd_submit(f, 0x11, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x50);

    /* Context entry; none of these is cached. */
    vtd_submit(f, 0x11, 0);
    vtd_context(f, 0, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x41);
    vtd_context(f, good | 0x20, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x42);
    vtd_context(f, good, 1 << 21);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x42);
    vtd_context(f, VTD_DIR | 0x9, 1 << 13);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, 0x43);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x43);
    vtd_context(f, VTD_DIR | 0x19, 0);          /* PRE, not DTE */
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x43);
    vtd_context(f, VTD_DIR | 0x9, 1);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x48);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, VTD_DIR | 0x9, 0);
    vtd_expect_fault(f, P(1 << 13), 0x1000, SVA_READ, 0x46);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, VTD_DIR | 0x1, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x45);
    vtd_submit(f, 0x11, 0);
    fake_env_hole(f->env, VTD_CONTEXT, 0x1000);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x40);

    /* Root entry */
    fake_put64(f->env, VTD_ROOT + 16, VTD_CONTEXT | 3);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x3a);
    fake_put64(f->env, VTD_ROOT + 16, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x39);
    fake_env_hole(f->env, VTD_ROOT, 0x1000);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x38);
    vtd_write64(f, 0x20, VTD_ROOT | 0xc00);
    vtd_command(f, 1u << 30);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x30);
    vtd_fixture_free(f);
}

/* VT-d 5.10 sections 9.4 and 9.6: reserved, 42h and 5Ah; encodings 5Bh. */
static void test_fields_without_capability_are_reserved(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.pri = c.device_iotlb = c.pt = c.second_ad = false;
    c.first_level_5 = false;
    f = vtd_fixture_scalable(&c);
    vtd_context(f, VTD_DIR | 0x9, 0);
    vtd_pasid(f, 1, PASS0, 5, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_pasid(f, 1, SECOND0 | 0x200, 0x800005, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 4);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, VTD_DIR | 0xd, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x42);
    vtd_context(f, VTD_DIR | 0x19, 0);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x42);
    vtd_fixture_free(f);
}

/* VT-d 5.10 Table 30, SGN.10: the width is what PSS says, not a table. */
static void test_pasids_end_at_their_width(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.pasid_bits = 4;
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 15);
    vtd_bind(f, 20);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_expect_ok(f, P(15), 0x1000, SVA_READ, 0xa000);
    vtd_expect_fault(f, P(20), 0x1000, SVA_READ, 0x89);
    vtd_expect_fault(f, P(0x80000), 0x1000, SVA_READ, 0x89);
    vtd_fixture_free(f);
}

/* Also of a function whose entries are cached: RTADDR comes first. */
static void test_table_mode_comes_before_the_caches(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    vtd_expect_ok(f, P(1), 0x1000, SVA_READ, 0xa000);
    vtd_write64(f, 0x20, VTD_ROOT | 0x800);
    vtd_command(f, 1u << 30);
    vtd_expect_fault(f, P(1), 0x2000, SVA_READ, 0x30);
    vtd_write64(f, 0x20, VTD_ROOT);
    vtd_command(f, 1u << 30);
    vtd_expect_fault(f, P(1), 0x2000, SVA_READ, 0x31);
    vtd_fixture_free(f);
}

/* The upper half of a root entry serves devfn 0x80 and above. */
static void test_upper_context_table(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaRequest req = {
        .addr = 0x1000, .rid = 0x0198, .access = SVA_READ, .pasid = P(1),
    };
    SvaTranslation out;

    fake_put64(f->env, VTD_CONTEXT_HI + 0x18 * 32, VTD_DIR | 0x9);
    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xa000, true);
    f->vtd.iommu.ops->translate(&f->vtd.iommu, &req, &out);
    g_assert_cmpuint(out.outcome, ==, SVA_OK);
    g_assert_cmphex(out.map.addr, ==, 0xa000);
    vtd_fixture_free(f);
}

/* Reserved address bits begin at the host address width. */
static void test_addresses_beyond_the_host_width_are_reserved(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    uint64_t high = 1ull << 40;
    VtdFixture *f;

    c.haw_bits = 40;
    f = vtd_fixture_scalable(&c);
    vtd_bind(f, 1);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x1000),
               high | 7);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x72);
    vtd_pasid(f, 2, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | high);
    vtd_expect_fault(f, P(2), 0x1000, SVA_READ, 0x5a);
    fake_put64(f->env, VTD_DIR, VTD_PASIDS | 1 | high);
    vtd_expect_fault(f, P(3), 0x1000, SVA_READ, 0x52);
    fake_put64(f->env, VTD_DIR, VTD_PASIDS | 1);
    vtd_pasid(f, 5, SECOND0 | high, 5, 0);
    vtd_expect_fault(f, P(5), 0x1000, SVA_READ, 0x5a);
    vtd_pasid(f, 4, PASS0, 5, 0);
    vtd_expect_fault(f, P(4), high, SVA_READ, 0x83);
    vtd_fixture_free(f);
}

/* -- translation off, translated requests -- */

static void test_without_translation_addresses_pass(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);
    SvaTranslation t = vtd_translate(f, SVA_NO_PASID, 0x123456789,
                                     SVA_RW);

    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.map.addr, ==, 0x123456789);
    g_assert_cmphex(t.map.mask, ==, 0x1fffff);
    g_assert_cmphex(t.map.access & SVA_RW, ==, SVA_RW);
    g_assert_cmpuint(vtd_translated(f, 0x1000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    vtd_fixture_free(f);
}

static void test_translated_requests_need_ats_of_the_function(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaRequest req = {
        .addr = 0x1000, .pasid = P(1), .rid = VTD_RID,
        .access = SVA_READ, .at = SVA_AT_TRANSLATED,
    };
    SvaTranslation out;
    uint64_t high;

    /* No PASID is looked up, none has to be there. */
    g_assert_cmpuint(vtd_translated(f, 0x123456789), ==, SVA_OK);
    g_assert_cmpuint(vtd_translated(f, 1ull << 48), ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x83);
    g_assert_cmpuint(vtd_translated(f, 0xfee00000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, &high), ==, 0x87);
    g_assert_cmphex(high >> 60 & 3, ==, 2);
    /* With PASID the root complex blocks it: no record. */
    f->vtd.iommu.ops->check_translated(&f->vtd.iommu, &req, &out);
    g_assert_cmpuint(out.outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    vtd_context(f, VTD_DIR | 0x9 | 7 << 9, 0);
    vtd_submit(f, 0x11, 0);
    g_assert_cmpuint(vtd_translated(f, 0x1000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, &high), ==, 0x44);
    g_assert_cmphex(high >> 60 & 3, ==, 2);
    vtd_fixture_free(f);

    f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x702);
    g_assert_cmpuint(vtd_translated(f, 0x1000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x0d);
    vtd_fixture_free(f);
}

/* -- caching -- */

/* CM=0: software sends nothing when it makes an entry present. */
static void test_not_present_is_never_cached(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;

    for (i = 0; i < 2; i++) {
        VtdFixture *f;

        c.caching_mode = i;
        f = vtd_fixture_scalable(&c);
        vtd_context(f, 0, 0);
        vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x41);
        vtd_context(f, VTD_DIR | 0x1d | 7 << 9, 0);
        fake_put64(f->env, VTD_DIR, 0);
        vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x51);
        fake_put64(f->env, VTD_DIR, VTD_PASIDS | 1);
        vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x59);
        vtd_bind(f, 1);
        vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x71);
        vtd_map(f, 0x1000, 0xa000, false);
        vtd_expect_ok(f, P(1), 0x1000, SVA_READ, 0xa000);
        vtd_expect_fault(f, P(1), 0x1000, SVA_WRITE, 0x85);
        /* Rights are added without an invalidation as well. */
        vtd_map(f, 0x1000, 0xa000, true);
        vtd_expect_ok(f, P(1), 0x1000, SVA_WRITE, 0xa000);
        vtd_fixture_free(f);
    }
}

static void test_pasids_of_one_domain_have_entries_of_their_own(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_pasid(f, 2, VTD_FIRST0, VTD_FIRST1, 0x600000);
    vtd_map(f, 0x1000, 0xa000, true);
    fake_put64(f->env, vtd_entry(f, 0x600000, 4, 1, 0x1000), 0xb007);
    vtd_expect_ok(f, P(1), 0x1000, SVA_READ, 0xa000);
    vtd_expect_ok(f, P(2), 0x1000, SVA_READ, 0xb000);
    vtd_expect_ok(f, P(1), 0x1000, SVA_READ, 0xa000);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/translate/" #fn, test_##fn)
    CASE(first_stage_translates_and_sets_a_and_d);
    CASE(first_stage_large_pages);
    CASE(first_stage_with_five_levels);
    CASE(first_stage_reasons);
    CASE(accessed_bits_need_a_coherent_walk);
    CASE(accessed_bit_that_cannot_be_set);
    CASE(privileges_of_a_request);
    CASE(supervisors_need_pasids);
    CASE(extended_accessed_bit);
    CASE(second_stage);
    CASE(second_stage_accessed_and_dirty);
    CASE(pass_through);
    CASE(request_without_pasid_uses_rid_pasid);
    CASE(pasid_entry_reasons);
    CASE(directory_and_context_reasons);
    CASE(fields_without_capability_are_reserved);
    CASE(pasids_end_at_their_width);
    CASE(table_mode_comes_before_the_caches);
    CASE(upper_context_table);
    CASE(addresses_beyond_the_host_width_are_reserved);
    CASE(without_translation_addresses_pass);
    CASE(translated_requests_need_ats_of_the_function);
    CASE(not_present_is_never_cached);
    CASE(pasids_of_one_domain_have_entries_of_their_own);
    return g_test_run();
}
