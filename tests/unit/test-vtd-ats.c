/*
 * VT-d: what a translation request is answered, by kind of condition
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)
#define PTE_A 0x20ull
#define PTE_D 0x40ull

static void expect(VtdBench *b, SvaAtsCompletion c, SvaAtsStatus status,
                   uint8_t access, unsigned reason)
{
    g_assert_cmpuint(c.status, ==, status);
    g_assert_cmphex(c.access, ==, access);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, reason);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0);
}

static VtdBench *bound(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_bind(b, 1);
    return b;
}

static void test_page_that_is_not_there_is_no_fault(void)
{
    VtdBench *b = bound();

    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 1);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_FAULTS_SILENT), ==, 0);
    g_assert_cmpuint(b->f->msis->len, ==, 0);
    vtd_bench_free(b);
}

static void test_missing_rights_are_left_out(void)
{
    VtdBench *b = bound();
    SvaAtsCompletion c;

    vtd_bench_map(b, 0x1000, 0xa000, false);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x2000), 0xb003);
    c = vtd_bench_ats(b, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(c.addr, ==, 0xa000);
    g_assert_cmphex(c.mask, ==, 0xfff);
    expect(b, c, SVA_ATS_SUCCESS, SVA_READ, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_PARTIAL), ==, 1);
    /* U/S=0 */
    expect(b, vtd_bench_ats(b, P(1), 0x2000, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_bench_free(b);
}

static void test_full_grant(void)
{
    VtdBench *b = bound();
    SvaAtsCompletion c;

    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 2, 0x7f0000200000),
               0x40000000 | 0x87);
    c = vtd_bench_ats(b, P(1), 0x7f0000345000, SVA_RW);
    g_assert_cmphex(c.addr, ==, 0x40145000);
    g_assert_cmphex(c.mask, ==, 0x1fffff);
    g_assert_false(c.untranslated_only);
    g_assert_false(c.no_snoop_clear);
    expect(b, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_GRANTED), ==, 1);
    /* The same from the IOTLB. */
    c = vtd_bench_ats(b, P(1), 0x7f0000222000, SVA_RW);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    g_assert_cmphex(c.addr, ==, 0x40022000);
    g_assert_cmphex(c.mask, ==, 0x1fffff);
    expect(b, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    vtd_bench_free(b);
}

/* The device may write later without asking: D is set when W is granted. */
static void test_dirty_bit_follows_no_write(void)
{
    VtdBench *b = bound();
    uint64_t pte = vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x1000);
    SvaAtsCompletion c;

    vtd_bench_map(b, 0x1000, 0xa000, true);
    c = vtd_bench_ats(b, P(1), 0x1000, SVA_READ);       /* NW=1 */
    g_assert_cmphex(c.access, ==, SVA_READ);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xa007 | PTE_A);
    c = vtd_bench_ats(b, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(c.access, ==, SVA_RW);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xa007 | PTE_A | PTE_D);
    /* VT-d 5.10 section 4.2.3: D being set now does not give W unasked. */
    c = vtd_bench_ats(b, P(1), 0x1000, SVA_READ);
    g_assert_cmphex(c.access, ==, SVA_READ);
    c = vtd_bench_ats(b, P(1), 0x1000, SVA_READ);
    g_assert_cmphex(c.access, ==, SVA_READ);
    vtd_bench_free(b);
}

/* No write permission: no dirty bit. */
static void test_refused_write_leaves_no_dirty_bit(void)
{
    VtdBench *b = bound();
    uint64_t pte = vtd_bench_entry(b, BENCH_FIRST, 4, 1, 0x1000);

    vtd_bench_map(b, 0x1000, 0xa000, false);
    vtd_bench_ats(b, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(fake_get64(b->f, pte), ==, 0xa005 | PTE_A);
    vtd_bench_free(b);
}

/* Software upgrades a page without an invalidation. */
static void test_upgrade_is_seen_by_the_next_request(void)
{
    VtdBench *b = bound();

    vtd_bench_map(b, 0x1000, 0xa000, false);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_READ, 0);
    vtd_bench_map(b, 0x1000, 0xb000, true);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_RW, 0);
    vtd_bench_free(b);
}

/* VT-d 5.10 section 7.1.2: R=W=0 is no fault, with FPD or without. */
static void test_torn_down_pasid_is_answered_and_not_recorded(void)
{
    VtdBench *b = bound();

    vtd_bench_pasid(b, 1, 0, 0, 0);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    expect(b, vtd_bench_ats(b, P(64), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_bench_pasid(b, 1, 0x2, 0, 0);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_FAULTS_SILENT), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 3);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_ERRORS), ==, 0);
    vtd_bench_free(b);
}

static void test_function_without_service_gets_ur(void)
{
    VtdBench *b = bound();

    vtd_bench_context(b, BENCH_DIR | 0x9 | 7 << 9, 0);  /* DTE=0 */
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x44);
    vtd_bench_submit(b, 0x11, 0);
    vtd_bench_context(b, 0, 0);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x41);
    fake_put64(b->f, BENCH_ROOT + 16, 0);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x39);
    /* Translation off: UR, and nothing to report. */
    vtd_level(b, 1u << 31, false);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_ERRORS), ==, 4);
    vtd_bench_free(b);
}

/* Broken tables of the first stage are no CA, others are. */
static void test_programming_errors_get_ca(void)
{
    VtdBench *b = bound();

    fake_put64(b->f, BENCH_FIRST + 8, 0x87);
    expect(b, vtd_bench_ats(b, P(1), 1ull << 39, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_bench_pasid(b, 2, 0x01, BENCH_FIRST1, 0);
    expect(b, vtd_bench_ats(b, P(2), 0x1000, SVA_READ), SVA_ATS_CA,
           SVA_NONE, 0x5b);
    vtd_bench_pasid(b, 3, BENCH_SECOND | 0x89, 5, 0);
    fake_env_hole(b->f, BENCH_SECOND, 0x1000);
    expect(b, vtd_bench_ats(b, P(3), 0x1000, SVA_READ), SVA_ATS_CA,
           SVA_NONE, 0x7b);
    fake_env_hole(b->f, BENCH_FIRST, 0x1000);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_bench_free(b);
}

/* The only answer of R=W=0 that is recorded all the same. */
static void test_failed_update_is_recorded(void)
{
    VtdBench *b = bound();

    vtd_bench_map(b, 0x1000, 0xa000, true);
    fake_env_read_only(b->f, BENCH_FIRST, 0x1000);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0x91);
    vtd_bench_free(b);
}

/*
 * VT-d 5.10 section 9.6: SRE binds whatever PGTT is.  ECAP.ERS=0: nobody
 * executes.  Neither is a fault here.
 */
static void test_privileges(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i;

    vtd_bench_map(b, 0x1000, 0xa000, true);
    vtd_bench_map_second(b, 0x1000, 0xa000, true);
    vtd_bench_bind(b, 1);
    vtd_bench_pasid(b, 2, BENCH_SECOND | 0x89, 5, 0);
    vtd_bench_pasid(b, 3, 0x109, 6, 0);
    for (i = 1; i < 4; i++) {
        expect(b, vtd_bench_ats(b, P(i), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
               SVA_RW, 0);
        expect(b, vtd_bench_ats(b, P(i), 0x1000, SVA_READ | SVA_EXEC),
               SVA_ATS_SUCCESS, SVA_NONE, 0);
        expect(b, vtd_bench_ats(b, P(i), 0x1000, SVA_RW | SVA_PRIV),
               SVA_ATS_SUCCESS, SVA_PRIV, 0);
    }
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 6);
    vtd_bench_pasid(b, 4, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2 | 1);
    vtd_bench_pasid(b, 5, BENCH_SECOND | 0x89, 5, 1);
    vtd_bench_pasid(b, 6, 0x109, 6, 1);
    for (i = 4; i < 7; i++) {
        expect(b, vtd_bench_ats(b, P(i), 0x1000, SVA_RW | SVA_PRIV),
               SVA_ATS_SUCCESS, SVA_RW | SVA_PRIV, 0);
        expect(b, vtd_bench_ats(b, P(i), 0x1000, SVA_RW | SVA_EXEC),
               SVA_ATS_SUCCESS, SVA_NONE, 0);
    }
    vtd_bench_free(b);
}

static void test_pass_through_is_granted_in_small_ranges(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaAtsCompletion c;

    vtd_bench_pasid(b, 0, 0x109, 5, 0);
    c = vtd_bench_ats(b, SVA_NO_PASID, 0x12345000, SVA_RW);
    g_assert_cmphex(c.addr, ==, 0x12345000);
    g_assert_cmphex(c.mask, ==, 0x1fffff);
    g_assert_false(c.untranslated_only);
    expect(b, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    vtd_bench_free(b);
}

/* Interrupts must stay untranslated requests: U=1. */
static void test_interrupt_range_without_pasid_is_untranslated_only(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaAtsCompletion c;

    vtd_bench_pasid(b, 0, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2);
    c = vtd_bench_ats(b, SVA_NO_PASID, 0xfee00000, SVA_RW);
    g_assert_true(c.untranslated_only);
    expect(b, c, SVA_ATS_SUCCESS, SVA_WRITE, 0);
    c = vtd_bench_ats(b, SVA_NO_PASID, 0xfee00000, SVA_READ);
    g_assert_false(c.untranslated_only);
    expect(b, c, SVA_ATS_SUCCESS, SVA_NONE, 0);
    /* With a PASID it is an address as any other. */
    vtd_bench_bind(b, 1);
    vtd_bench_map(b, 0xfee00000, 0xa000, true);
    c = vtd_bench_ats(b, P(1), 0xfee00000, SVA_RW);
    g_assert_false(c.untranslated_only);
    g_assert_cmphex(c.addr, ==, 0xa000);
    expect(b, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    vtd_bench_free(b);
}

/*
 * Pass-through has no row for that; what would be blocked later is not given
 * out, and a range beside it ends before it.
 */
static void test_pass_through_to_the_interrupt_range(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    SvaAtsCompletion c;

    vtd_bench_pasid(b, 1, 0x109, 5, 0);
    expect(b, vtd_bench_ats(b, P(1), 0xfee00000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    c = vtd_bench_ats(b, P(1), 0xfef00000, SVA_RW);
    g_assert_cmphex(c.addr, ==, 0xfef00000);
    g_assert_cmphex(c.mask, ==, 0xfff);
    expect(b, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    g_assert_cmpuint(vtd_bench_translated(b, 0xfef00000), ==, SVA_OK);
    g_assert_cmpuint(vtd_bench_translated(b, 0xfee00000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0x87);
    vtd_bench_free(b);
}

/* Without PASID a range must not take in addresses of interrupts. */
static void test_large_range_stops_at_the_interrupt_range(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 0, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2);
    vtd_bench_bind(b, 1);
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 2, 0xfef00000),
               0x40000087);
    g_assert_cmphex(vtd_bench_ats(b, P(1), 0xfef00000, SVA_RW).mask, ==,
                    0x1fffff);
    g_assert_cmphex(vtd_bench_ats(b, SVA_NO_PASID, 0xfef00000, SVA_RW).mask,
                    ==, 0xfff);
    vtd_bench_free(b);
}

static void test_snooping_is_forced_by_entry_or_leaf(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_pasid(b, 1, BENCH_FIRST0, BENCH_FIRST1 | 1 << 24,
                    BENCH_FIRST2);
    vtd_bench_map(b, 0x1000, 0xa000, true);
    g_assert_true(vtd_bench_ats(b, P(1), 0x1000, SVA_RW).no_snoop_clear);
    g_assert_true(vtd_bench_ats(b, P(1), 0x1000, SVA_RW).no_snoop_clear);
    vtd_bench_pasid(b, 3, 0x109, 5 | 1 << 24, 0);
    g_assert_true(vtd_bench_ats(b, P(3), 0x1000, SVA_RW).no_snoop_clear);
    vtd_bench_pasid(b, 2, BENCH_SECOND | 0x89, 5, 0);
    vtd_bench_map_second(b, 0x1000, 0xa000, true);
    vtd_bench_map_second(b, 0x2000, 0xb800, true);      /* SNP */
    g_assert_false(vtd_bench_ats(b, P(2), 0x1000, SVA_RW).no_snoop_clear);
    g_assert_true(vtd_bench_ats(b, P(2), 0x2000, SVA_RW).no_snoop_clear);
    g_assert_true(vtd_bench_ats(b, P(2), 0x2000, SVA_RW).no_snoop_clear);
    vtd_bench_free(b);
}

static void test_legacy_mode(void)
{
    VtdBench *b = vtd_bench_legacy(NULL, BENCH_SECOND | 0x5, 0x702);

    vtd_bench_map_second(b, 0x1000, 0xa000, false);
    expect(b, vtd_bench_ats(b, SVA_NO_PASID, 0x1000, SVA_RW),
           SVA_ATS_SUCCESS, SVA_READ, 0);
    expect(b, vtd_bench_ats(b, SVA_NO_PASID, 0x2000, SVA_RW),
           SVA_ATS_SUCCESS, SVA_NONE, 0);
    expect(b, vtd_bench_ats(b, SVA_NO_PASID, 1ull << 50, SVA_RW),
           SVA_ATS_SUCCESS, SVA_NONE, 0);
    expect(b, vtd_bench_ats(b, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x31);
    g_assert_cmpuint(vtd_bench_translated(b, 0x1000), ==, SVA_OK);
    vtd_bench_free(b);

    b = vtd_bench_legacy(NULL, BENCH_SECOND | 0x1, 0x702);
    expect(b, vtd_bench_ats(b, SVA_NO_PASID, 0x1000, SVA_RW), SVA_ATS_UR,
           SVA_NONE, 0x0d);
    vtd_bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/ats/" #fn, test_##fn)
    CASE(page_that_is_not_there_is_no_fault);
    CASE(missing_rights_are_left_out);
    CASE(full_grant);
    CASE(dirty_bit_follows_no_write);
    CASE(refused_write_leaves_no_dirty_bit);
    CASE(upgrade_is_seen_by_the_next_request);
    CASE(torn_down_pasid_is_answered_and_not_recorded);
    CASE(function_without_service_gets_ur);
    CASE(programming_errors_get_ca);
    CASE(failed_update_is_recorded);
    CASE(privileges);
    CASE(pass_through_is_granted_in_small_ranges);
    CASE(interrupt_range_without_pasid_is_untranslated_only);
    CASE(pass_through_to_the_interrupt_range);
    CASE(large_range_stops_at_the_interrupt_range);
    CASE(snooping_is_forced_by_entry_or_leaf);
    CASE(legacy_mode);
    return g_test_run();
}
