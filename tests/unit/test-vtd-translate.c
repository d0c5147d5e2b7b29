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
#define SECOND0 (BENCH_SECOND | 0x89ull)
#define PASS0   0x109ull

/* -- first stage -- */

static void test_first_stage_translates_and_sets_a_and_d(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    uint64_t pte = vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x7f0012345000);
    uint64_t top = vtd_bench_entry(b, BENCH_FIRST, 4, 4, 0x7f0012345000);

    vtd_bench_bind(b, 1);
    vtd_bench_map(b, 0x7f0012345000, 0xabc000, true);
    vtd_expect_ok(b, P(1), 0x7f0012345678, SVA_READ, 0xabc678);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xabc007 | PTE_A);
    g_assert_cmphex(fake_get64(b->f, top) & PTE_A, ==, PTE_A);
    /* The cached entry may not serve a write while D is clear. */
    vtd_expect_ok(b, P(1), 0x7f0012345678, SVA_WRITE, 0xabc678);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xabc007 | PTE_A | PTE_D);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_IOTLB_MISSES), ==, 2);
    vtd_expect_ok(b, P(1), 0x7f0012345000, SVA_RW, 0xabc000);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    vtd_bench_free(b);
}

static void test_first_stage_large_pages(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaTranslation t;

    vtd_bench_bind(b, 1);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 2, 0x40200000),
               0x80000000 | 0x87);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 3, 0x8000000000),
               0x100000000 | 0x87);
    t = vtd_bench_translate(b, P(1), 0x40345678, SVA_READ);
    g_assert_cmphex(t.addr, ==, 0x80145678);
    g_assert_cmphex(t.mask, ==, 0x1fffff);
    t = vtd_bench_translate(b, P(1), 0x8012345678, SVA_WRITE);
    g_assert_cmphex(t.addr, ==, 0x112345678);
    g_assert_cmphex(t.mask, ==, 0x3fffffff);
    vtd_bench_free(b);
}

static void test_first_stage_with_five_levels(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    uint64_t va = 0x00a5000012345000;

    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 4);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 5, 1, va), 0xabc007);
    vtd_expect_ok(b, P(1), va, SVA_RW, 0xabc000);
    vtd_expect_fault(b, P(1), 0x0100000000000000, SVA_READ, 0x80);
    vtd_bench_free(b);
}

static void test_first_stage_reasons(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    vtd_bench_map(b, 0x1000, 0xa000, false);
    vtd_bench_map(b, 0x2000, 0xb000, true);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x3000), 0xc003);
    vtd_expect_fault(b, P(1), 0x1000, SVA_WRITE, 0x85);
    vtd_expect_fault(b, P(1), 0x3000, SVA_READ, 0x81);
    vtd_expect_fault(b, P(1), 0x4000, SVA_READ, 0x71);
    vtd_expect_fault(b, P(1), 0x5000, SVA_WRITE, 0x71);
    vtd_expect_fault(b, P(1), 0x0000800000000000, SVA_READ, 0x80);
    vtd_expect_ok(b, P(1), 0x2000, SVA_RW, 0xb000);
    /* PS in the entry of the top level. */
    fake_put64(b->f, BENCH_FIRST + 8, 0x87);
    vtd_expect_fault(b, P(1), 1ull << 39, SVA_READ, 0x72);
    /* A table that is not memory, the top one and a lower one. */
    fake_put64(b->f, BENCH_FIRST + 16, 0x700000007);
    fake_env_hole(b->f, 0x700000000, 0x1000);
    vtd_expect_fault(b, P(1), 2ull << 39, SVA_READ, 0x70);
    fake_env_hole(b->f, BENCH_FIRST, 0x1000);
    vtd_expect_fault(b, P(1), 0x6000, SVA_READ, 0x73);
    vtd_bench_free(b);
}

static void test_accessed_bits_need_a_coherent_walk(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 1, BENCH_FIRST0, 1, BENCH_FIRST2);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x90);
    vtd_bench_free(b);
}

static void test_accessed_bit_that_cannot_be_set(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    fake_env_read_only(b->f, BENCH_FIRST, 0x1000);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x91);
    vtd_bench_free(b);
}

static void test_privileges_of_a_request(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x1000), 0xa001);
    vtd_bench_map(b, 0x2000, 0xb000, false);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ | SVA_PRIV, 0x5d);
    vtd_expect_fault(b, P(1), 0x2000, SVA_READ | SVA_EXEC, 0x5c);

    /* SRE; without WPE a supervisor may write what is read-only. */
    vtd_bench_pasid(b, 2, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 0x1);
    vtd_expect_ok(b, P(2), 0x1000, SVA_READ | SVA_PRIV, 0xa000);
    vtd_expect_ok(b, P(2), 0x1000, SVA_WRITE | SVA_PRIV, 0xa000);
    vtd_expect_fault(b, P(2), 0x2000, SVA_READ | SVA_EXEC, 0x5c);
    /* What a supervisor left in the IOTLB is nothing for a user. */
    vtd_expect_fault(b, P(2), 0x1000, SVA_READ, 0x81);

    /* WPE; 134:133 (once NXE, SMEP) and XD are ignored. */
    vtd_bench_pasid(b, 3, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 0x71);
    vtd_expect_fault(b, P(3), 0x1000, SVA_WRITE | SVA_PRIV, 0x85);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x3000),
               0xc005 | 1ull << 63);
    vtd_expect_ok(b, P(3), 0x3000, SVA_READ, 0xc000);
    vtd_bench_free(b);
}

static void test_extended_accessed_bit(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 0x80);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_expect_ok(b, P(1), 0x1000, SVA_READ, 0xa000);
    g_assert_cmphex(fake_get64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1,
                                                     0x1000)),
                    ==, 0xa427);
    vtd_bench_free(b);
}

/* -- second stage, pass-through -- */

static void test_second_stage(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 1, SECOND0, 5, 0);
    vtd_bench_map_second(b, 0x1000, 0xa000, true);
    vtd_bench_map_second(b, 0x2000, 0xb000, false);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_SECOND, 4, 1, 0x3000), 0xc002);
    vtd_expect_ok(b, P(1), 0x1234, SVA_RW, 0xa234);
    vtd_expect_ok(b, P(1), 0x2000, SVA_READ, 0xb000);
    vtd_expect_fault(b, P(1), 0x2000, SVA_WRITE, 0x85);
    vtd_expect_ok(b, P(1), 0x3000, SVA_WRITE, 0xc000);
    vtd_expect_fault(b, P(1), 0x3000, SVA_READ, 0x86);
    vtd_expect_fault(b, P(1), 1ull << 48, SVA_READ, 0x84);
    g_assert_cmpuint(vtd_bench_translate(b, P(1), 0x4000, SVA_READ).outcome,
                     ==, SVA_ABORT);
    /* No accessed bits without SSADE. */
    g_assert_cmphex(fake_get64(b->f, vtd_bench_entry(b, BENCH_SECOND, 4, 1,
                                                     0x1000)), ==, 0xa003);
    vtd_bench_free(b);
}

static void test_second_stage_accessed_and_dirty(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    uint64_t pte = vtd_bench_entry(b, BENCH_SECOND, 4, 1, 0x1000);

    vtd_bench_pasid(b, 1, SECOND0 | 0x200, 0x800005, 0);
    vtd_bench_map_second(b, 0x1000, 0xa000, true);
    vtd_expect_ok(b, P(1), 0x1000, SVA_READ, 0xa000);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xa103);
    vtd_expect_ok(b, P(1), 0x1000, SVA_WRITE, 0xa000);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xa303);
    /* The same without PWSNP. */
    vtd_bench_pasid(b, 2, SECOND0 | 0x200, 5, 0);
    vtd_bench_map_second(b, 0x2000, 0xb000, true);
    vtd_expect_fault(b, P(2), 0x2000, SVA_READ, 0x7c);
    vtd_bench_free(b);
}

static void test_pass_through(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaTranslation t;

    vtd_bench_pasid(b, 1, PASS0, 5, 0);
    vtd_expect_ok(b, P(1), 0x123456789, SVA_RW, 0x123456789);
    t = vtd_bench_translate(b, P(1), 0x123456789, SVA_RW);
    g_assert_cmphex(t.mask, ==, 0x1fffff);
    vtd_expect_fault(b, P(1), 1ull << 48, SVA_READ, 0x83);
    vtd_bench_free(b);
}

/* RID_PASID serves what comes without a PASID; PASIDE is not needed. */
static void test_request_without_pasid_uses_rid_pasid(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_context(b, BENCH_DIR | 0x1 | 7 << 9, 9);
    vtd_bench_bind(b, 9);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_expect_ok(b, SVA_NO_PASID, 0x1000, SVA_RW, 0xa000);
    /* Privileges come with a PASID prefix only. */
    vtd_expect_ok(b, SVA_NO_PASID, 0x1000, SVA_RW | SVA_PRIV, 0xa000);
    vtd_expect_fault(b, SVA_NO_PASID, 0x2000, SVA_READ, 0x71);
    vtd_bench_free(b);
}

/* -- tables -- */

/* Reserved bits, unsupported or impossible encodings. */
static void test_pasid_entry_reasons(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x59);
    vtd_expect_fault(b, P(64), 0x1000, SVA_READ, 0x51);
    vtd_bench_pasid(b, 1, BENCH_FIRST0 | 0x400, BENCH_FIRST1, BENCH_FIRST2);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1 | 1 << 16, BENCH_FIRST2);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 0x100);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 8);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_pasid(b, 1, 0x01, BENCH_FIRST1, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    /* Nested, without a width of the second stage. */
    vtd_bench_pasid(b, 1, 0xc1, BENCH_FIRST1, BENCH_FIRST2);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_pasid(b, 1, 0x141, BENCH_FIRST1, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_pasid(b, 1, BENCH_SECOND | 0x81, 5, 0);        /* AW 0 */
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_pasid(b, 1, BENCH_SECOND | 0x8d, 5, 0);        /* AW 57 */
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_free(b);
}

static void test_directory_and_context_reasons(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    uint64_t good = BENCH_DIR | 0x1d | 7 << 9;

    fake_put64(b->f, BENCH_DIR, BENCH_PASIDS | 5);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x52);
    fake_put64(b->f, BENCH_DIR, 0x7000000001);
    fake_env_hole(b->f, 0x7000000000, 0x1000);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x58);
    fake_env_hole(b->f, BENCH_DIR, 0x1000);
    vtd_bench_submit(b, 0x11, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x50);

    /* Context entry; none of these is cached. */
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, 0, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x41);
    vtd_bench_context(b, good | 0x20, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x42);
    vtd_bench_context(b, good, 1 << 21);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x42);
    vtd_bench_context(b, BENCH_DIR | 0x9, 1 << 13);
    vtd_expect_fault(b, SVA_NO_PASID, 0x1000, SVA_READ, 0x43);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x43);
    vtd_bench_context(b, BENCH_DIR | 0x19, 0);          /* PRE, not DTE */
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x43);
    vtd_bench_context(b, BENCH_DIR | 0x9, 1);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x48);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, BENCH_DIR | 0x9, 0);
    vtd_expect_fault(b, P(1 << 13), 0x1000, SVA_READ, 0x46);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, BENCH_DIR | 0x1, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x45);
    vtd_bench_submit(b, 0x11, 0);
    fake_env_hole(b->f, BENCH_CONTEXT, 0x1000);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x40);

    /* Root entry */
    fake_put64(b->f, BENCH_ROOT + 16, BENCH_CONTEXT | 3);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x3a);
    fake_put64(b->f, BENCH_ROOT + 16, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x39);
    fake_env_hole(b->f, BENCH_ROOT, 0x1000);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x38);
    vtd_write64(b, 0x20, BENCH_ROOT | 0xc00);
    vtd_command(b, 1u << 30);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x30);
    vtd_bench_free(b);
}

/* VT-d 5.10 sections 9.4 and 9.6: reserved, 42h and 5Ah; encodings 5Bh. */
static void test_fields_without_capability_are_reserved(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdBench *b;

    c.pri = c.device_iotlb = c.pt = c.second_ad = false;
    c.first_level_5 = false;
    b = vtd_bench_scalable(&c);
    vtd_bench_context(b, BENCH_DIR | 0x9, 0);
    vtd_bench_pasid(b, 1, PASS0, 5, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_pasid(b, 1, SECOND0 | 0x200, 0x800005, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5a);
    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 4);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x5b);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, BENCH_DIR | 0xd, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x42);
    vtd_bench_context(b, BENCH_DIR | 0x19, 0);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x42);
    vtd_bench_free(b);
}

/* VT-d 5.10 Table 30, SGN.10: the width is what PSS says, not a table. */
static void test_pasids_end_at_their_width(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdBench *b;

    c.pasid_bits = 4;
    b = vtd_bench_scalable(&c);
    vtd_bench_bind(b, 15);
    vtd_bench_bind(b, 20);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_expect_ok(b, P(15), 0x1000, SVA_READ, 0xa000);
    vtd_expect_fault(b, P(20), 0x1000, SVA_READ, 0x89);
    vtd_expect_fault(b, P(0x80000), 0x1000, SVA_READ, 0x89);
    vtd_bench_free(b);
}

/* Also of a function whose entries are cached: RTADDR comes first. */
static void test_table_mode_comes_before_the_caches(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_expect_ok(b, P(1), 0x1000, SVA_READ, 0xa000);
    vtd_write64(b, 0x20, BENCH_ROOT | 0x800);
    vtd_command(b, 1u << 30);
    vtd_expect_fault(b, P(1), 0x2000, SVA_READ, 0x30);
    vtd_write64(b, 0x20, BENCH_ROOT);
    vtd_command(b, 1u << 30);
    vtd_expect_fault(b, P(1), 0x2000, SVA_READ, 0x31);
    vtd_bench_free(b);
}

/* The upper half of a root entry serves devfn 0x80 and above. */
static void test_upper_context_table(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaRequest req = {
        .addr = 0x1000, .rid = 0x0198, .access = SVA_READ, .pasid = P(1),
    };
    SvaTranslation out;

    fake_put64(b->f, BENCH_CONTEXT_HI + 0x18 * 32, BENCH_DIR | 0x9);
    vtd_bench_bind(b, 1);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    b->vtd.iommu.ops->translate(&b->vtd.iommu, &req, &out);
    g_assert_cmpuint(out.outcome, ==, SVA_OK);
    g_assert_cmphex(out.addr, ==, 0xa000);
    vtd_bench_free(b);
}

/* Reserved address bits begin at the host address width. */
static void test_addresses_beyond_the_host_width_are_reserved(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    uint64_t high = 1ull << 40;
    VtdBench *b;

    c.haw_bits = 40;
    b = vtd_bench_scalable(&c);
    vtd_bench_bind(b, 1);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x1000),
               high | 7);
    vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x72);
    vtd_bench_pasid(b, 2, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | high);
    vtd_expect_fault(b, P(2), 0x1000, SVA_READ, 0x5a);
    fake_put64(b->f, BENCH_DIR, BENCH_PASIDS | 1 | high);
    vtd_expect_fault(b, P(3), 0x1000, SVA_READ, 0x52);
    fake_put64(b->f, BENCH_DIR, BENCH_PASIDS | 1);
    vtd_bench_pasid(b, 5, SECOND0 | high, 5, 0);
    vtd_expect_fault(b, P(5), 0x1000, SVA_READ, 0x5a);
    vtd_bench_pasid(b, 4, PASS0, 5, 0);
    vtd_expect_fault(b, P(4), high, SVA_READ, 0x83);
    vtd_bench_free(b);
}

/* -- translation off, translated requests -- */

static void test_without_translation_addresses_pass(void)
{
    VtdBench *b = vtd_bench_new(NULL);
    SvaTranslation t = vtd_bench_translate(b, SVA_NO_PASID, 0x123456789,
                                           SVA_RW);

    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.addr, ==, 0x123456789);
    g_assert_cmphex(t.mask, ==, 0x1fffff);
    g_assert_cmphex(t.access & SVA_RW, ==, SVA_RW);
    g_assert_cmpuint(vtd_bench_translated(b, 0x1000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    vtd_bench_free(b);
}

static void test_translated_requests_need_ats_of_the_function(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaRequest req = {
        .addr = 0x1000, .pasid = P(1), .rid = BENCH_RID,
        .access = SVA_READ, .at = SVA_AT_TRANSLATED,
    };
    SvaTranslation out;
    uint64_t high;

    /* No PASID is looked up, none has to be there. */
    g_assert_cmpuint(vtd_bench_translated(b, 0x123456789), ==, SVA_OK);
    g_assert_cmpuint(vtd_bench_translated(b, 1ull << 48), ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0x83);
    g_assert_cmpuint(vtd_bench_translated(b, 0xfee00000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, NULL, &high), ==, 0x87);
    g_assert_cmphex(high >> 60 & 3, ==, 2);
    /* With PASID the root complex blocks it: no record. */
    b->vtd.iommu.ops->translated(&b->vtd.iommu, &req, &out);
    g_assert_cmpuint(out.outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0);
    vtd_bench_context(b, BENCH_DIR | 0x9 | 7 << 9, 0);
    vtd_bench_submit(b, 0x11, 0);
    g_assert_cmpuint(vtd_bench_translated(b, 0x1000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, NULL, &high), ==, 0x44);
    g_assert_cmphex(high >> 60 & 3, ==, 2);
    vtd_bench_free(b);

    b = vtd_bench_legacy(NULL, BENCH_SECOND | 1, 0x702);
    g_assert_cmpuint(vtd_bench_translated(b, 0x1000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0x0d);
    vtd_bench_free(b);
}

/* -- caching -- */

/* CM=0: software sends nothing when it makes an entry present. */
static void test_not_present_is_never_cached(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;

    for (i = 0; i < 2; i++) {
        VtdBench *b;

        c.caching_mode = i;
        b = vtd_bench_scalable(&c);
        vtd_bench_context(b, 0, 0);
        vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x41);
        vtd_bench_context(b, BENCH_DIR | 0x1d | 7 << 9, 0);
        fake_put64(b->f, BENCH_DIR, 0);
        vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x51);
        fake_put64(b->f, BENCH_DIR, BENCH_PASIDS | 1);
        vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x59);
        vtd_bench_bind(b, 1);
        vtd_expect_fault(b, P(1), 0x1000, SVA_READ, 0x71);
        vtd_bench_map(b, 0x1000, 0xa000, false);
        vtd_expect_ok(b, P(1), 0x1000, SVA_READ, 0xa000);
        vtd_expect_fault(b, P(1), 0x1000, SVA_WRITE, 0x85);
        /* Rights are added without an invalidation as well. */
        vtd_bench_map(b, 0x1000, 0xa000, true);
        vtd_expect_ok(b, P(1), 0x1000, SVA_WRITE, 0xa000);
        vtd_bench_free(b);
    }
}

static void test_pasids_of_one_domain_have_entries_of_their_own(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    vtd_bench_pasid(b, 2, BENCH_FIRST0, BENCH_FIRST1, 0x600000);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    fake_put64(b->f, vtd_bench_entry(b, 0x600000, 4, 1, 0x1000), 0xb007);
    vtd_expect_ok(b, P(1), 0x1000, SVA_READ, 0xa000);
    vtd_expect_ok(b, P(2), 0x1000, SVA_READ, 0xb000);
    vtd_expect_ok(b, P(1), 0x1000, SVA_READ, 0xa000);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    vtd_bench_free(b);
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
