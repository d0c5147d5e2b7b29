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

static void expect(VtdFixture *f, SvaAtsCompletion c, SvaAtsStatus status,
                   uint8_t access, unsigned reason)
{
    g_assert_cmpuint(c.status, ==, status);
    g_assert_cmphex(c.map.access, ==, access);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, reason);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
}

static VtdFixture *bound(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    return f;
}

static void test_page_that_is_not_there_is_no_fault(void)
{
    VtdFixture *f = bound();

    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 0);
    g_assert_cmpuint(f->env->msis->len, ==, 0);
    vtd_fixture_free(f);
}

static void test_missing_rights_are_left_out(void)
{
    VtdFixture *f = bound();
    SvaAtsCompletion c;

    vtd_map(f, 0x1000, 0xa000, false);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x2000), 0xb003);
    c = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(c.map.addr, ==, 0xa000);
    g_assert_cmphex(c.map.mask, ==, 0xfff);
    expect(f, c, SVA_ATS_SUCCESS, SVA_READ, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_PARTIAL), ==, 1);
    /* U/S=0 */
    expect(f, vtd_ats(f, P(1), 0x2000, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_fixture_free(f);
}

static void test_full_grant(void)
{
    VtdFixture *f = bound();
    SvaAtsCompletion c;

    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x7f0000200000),
               0x40000000 | 0x87);
    c = vtd_ats(f, P(1), 0x7f0000345000, SVA_RW);
    g_assert_cmphex(c.map.addr, ==, 0x40145000);
    g_assert_cmphex(c.map.mask, ==, 0x1fffff);
    g_assert_false(c.untranslated_only);
    g_assert_false(c.map.snoop);
    expect(f, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_GRANTED), ==, 1);
    /* The same from the IOTLB. */
    c = vtd_ats(f, P(1), 0x7f0000222000, SVA_RW);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_IOTLB_HITS), ==, 1);
    g_assert_cmphex(c.map.addr, ==, 0x40022000);
    g_assert_cmphex(c.map.mask, ==, 0x1fffff);
    expect(f, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    vtd_fixture_free(f);
}

/* The device may write later without asking: D is set when W is granted. */
static void test_dirty_bit_follows_no_write(void)
{
    VtdFixture *f = bound();
    uint64_t pte = vtd_entry(f, VTD_FIRST, 4, 1, 0x1000);
    SvaAtsCompletion c;

    vtd_map(f, 0x1000, 0xa000, true);
    c = vtd_ats(f, P(1), 0x1000, SVA_READ);       /* NW=1 */
    g_assert_cmphex(c.map.access, ==, SVA_READ);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xa007 | PTE_A);
    c = vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(c.map.access, ==, SVA_RW);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xa007 | PTE_A | PTE_D);
    /* VT-d 5.10 section 4.2.3: D being set now does not give W unasked. */
    c = vtd_ats(f, P(1), 0x1000, SVA_READ);
    g_assert_cmphex(c.map.access, ==, SVA_READ);
    c = vtd_ats(f, P(1), 0x1000, SVA_READ);
    g_assert_cmphex(c.map.access, ==, SVA_READ);
    vtd_fixture_free(f);
}

/* No write permission: no dirty bit. */
static void test_refused_write_leaves_no_dirty_bit(void)
{
    VtdFixture *f = bound();
    uint64_t pte = vtd_entry(f, VTD_FIRST, 4, 1, 0x1000);

    vtd_map(f, 0x1000, 0xa000, false);
    vtd_ats(f, P(1), 0x1000, SVA_RW);
    g_assert_cmphex(fake_get64(f->env, pte), ==, 0xa005 | PTE_A);
    vtd_fixture_free(f);
}

/* Software upgrades a page without an invalidation. */
static void test_upgrade_is_seen_by_the_next_request(void)
{
    VtdFixture *f = bound();

    vtd_map(f, 0x1000, 0xa000, false);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_READ, 0);
    vtd_map(f, 0x1000, 0xb000, true);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_RW, 0);
    vtd_fixture_free(f);
}

/* VT-d 5.10 section 7.1.2: R=W=0 is no fault, with FPD or without. */
static void test_torn_down_pasid_is_answered_and_not_recorded(void)
{
    VtdFixture *f = bound();

    vtd_pasid(f, 1, 0, 0, 0);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    expect(f, vtd_ats(f, P(64), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_pasid(f, 1, 0x2, 0, 0);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 3);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_ERRORS), ==, 0);
    vtd_fixture_free(f);
}

static void test_function_without_service_gets_ur(void)
{
    VtdFixture *f = bound();

    vtd_context(f, VTD_DIR | 0x9 | 7 << 9, 0);  /* DTE=0 */
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x44);
    vtd_submit(f, 0x11, 0);
    vtd_context(f, 0, 0);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x41);
    fake_put64(f->env, VTD_ROOT + 16, 0);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x39);
    /* Translation off: UR, and nothing to report. */
    vtd_level(f, 1u << 31, false);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_ERRORS), ==, 4);
    vtd_fixture_free(f);
}

/* Broken tables of the first stage are no CA, others are. */
static void test_programming_errors_get_ca(void)
{
    VtdFixture *f = bound();

    fake_put64(f->env, VTD_FIRST + 8, 0x87);
    expect(f, vtd_ats(f, P(1), 1ull << 39, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_pasid(f, 2, 0x01, VTD_FIRST1, 0);
    expect(f, vtd_ats(f, P(2), 0x1000, SVA_READ), SVA_ATS_CA,
           SVA_NONE, 0x5b);
    vtd_pasid(f, 3, VTD_SECOND | 0x89, 5, 0);
    fake_env_hole(f->env, VTD_SECOND, 0x1000);
    expect(f, vtd_ats(f, P(3), 0x1000, SVA_READ), SVA_ATS_CA,
           SVA_NONE, 0x7b);
    fake_env_hole(f->env, VTD_FIRST, 0x1000);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    vtd_fixture_free(f);
}

/* The only answer of R=W=0 that is recorded all the same. */
static void test_failed_update_is_recorded(void)
{
    VtdFixture *f = bound();

    vtd_map(f, 0x1000, 0xa000, true);
    fake_env_read_only(f->env, VTD_FIRST, 0x1000);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_READ), SVA_ATS_SUCCESS,
           SVA_NONE, 0x91);
    vtd_fixture_free(f);
}

/*
 * VT-d 5.10 section 9.6: SRE binds whatever PGTT is.  ECAP.ERS=0: nobody
 * executes.  Neither is a fault here.
 */
static void test_privileges(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    vtd_map(f, 0x1000, 0xa000, true);
    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_bind(f, 1);
    vtd_pasid(f, 2, VTD_SECOND | 0x89, 5, 0);
    vtd_pasid(f, 3, 0x109, 6, 0);
    for (i = 1; i < 4; i++) {
        expect(f, vtd_ats(f, P(i), 0x1000, SVA_RW), SVA_ATS_SUCCESS,
               SVA_RW, 0);
        expect(f, vtd_ats(f, P(i), 0x1000, SVA_READ | SVA_EXEC),
               SVA_ATS_SUCCESS, SVA_NONE, 0);
        expect(f, vtd_ats(f, P(i), 0x1000, SVA_RW | SVA_PRIV),
               SVA_ATS_SUCCESS, SVA_PRIV, 0);
    }
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATS_NO_ACCESS), ==, 6);
    vtd_pasid(f, 4, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2 | 1);
    vtd_pasid(f, 5, VTD_SECOND | 0x89, 5, 1);
    vtd_pasid(f, 6, 0x109, 6, 1);
    for (i = 4; i < 7; i++) {
        expect(f, vtd_ats(f, P(i), 0x1000, SVA_RW | SVA_PRIV),
               SVA_ATS_SUCCESS, SVA_RW | SVA_PRIV, 0);
        expect(f, vtd_ats(f, P(i), 0x1000, SVA_RW | SVA_EXEC),
               SVA_ATS_SUCCESS, SVA_NONE, 0);
    }
    vtd_fixture_free(f);
}

static void test_pass_through_is_granted_in_small_ranges(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaAtsCompletion c;

    vtd_pasid(f, 0, 0x109, 5, 0);
    c = vtd_ats(f, SVA_NO_PASID, 0x12345000, SVA_RW);
    g_assert_cmphex(c.map.addr, ==, 0x12345000);
    g_assert_cmphex(c.map.mask, ==, 0x1fffff);
    g_assert_false(c.untranslated_only);
    expect(f, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    vtd_fixture_free(f);
}

/* Interrupts must stay untranslated requests: U=1. */
static void test_interrupt_range_without_pasid_is_untranslated_only(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaAtsCompletion c;

    vtd_pasid(f, 0, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2);
    c = vtd_ats(f, SVA_NO_PASID, 0xfee00000, SVA_RW);
    g_assert_true(c.untranslated_only);
    expect(f, c, SVA_ATS_SUCCESS, SVA_WRITE, 0);
    c = vtd_ats(f, SVA_NO_PASID, 0xfee00000, SVA_READ);
    g_assert_false(c.untranslated_only);
    expect(f, c, SVA_ATS_SUCCESS, SVA_NONE, 0);
    /* With a PASID it is an address as any other. */
    vtd_bind(f, 1);
    vtd_map(f, 0xfee00000, 0xa000, true);
    c = vtd_ats(f, P(1), 0xfee00000, SVA_RW);
    g_assert_false(c.untranslated_only);
    g_assert_cmphex(c.map.addr, ==, 0xa000);
    expect(f, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    vtd_fixture_free(f);
}

/*
 * Pass-through has no row for that; what would be blocked later is not given
 * out, and a range beside it ends before it.
 */
static void test_pass_through_to_the_interrupt_range(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaAtsCompletion c;

    vtd_pasid(f, 1, 0x109, 5, 0);
    expect(f, vtd_ats(f, P(1), 0xfee00000, SVA_RW), SVA_ATS_SUCCESS,
           SVA_NONE, 0);
    c = vtd_ats(f, P(1), 0xfef00000, SVA_RW);
    g_assert_cmphex(c.map.addr, ==, 0xfef00000);
    g_assert_cmphex(c.map.mask, ==, 0xfff);
    expect(f, c, SVA_ATS_SUCCESS, SVA_RW, 0);
    g_assert_cmpuint(vtd_translated(f, 0xfef00000), ==, SVA_OK);
    g_assert_cmpuint(vtd_translated(f, 0xfee00000), ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0x87);
    vtd_fixture_free(f);
}

/* Without PASID a range must not take in addresses of interrupts. */
static void test_large_range_stops_at_the_interrupt_range(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 0, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2);
    vtd_bind(f, 1);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0xfef00000),
               0x40000087);
    g_assert_cmphex(vtd_ats(f, P(1), 0xfef00000, SVA_RW).map.mask, ==,
                    0x1fffff);
    g_assert_cmphex(vtd_ats(f, SVA_NO_PASID, 0xfef00000, SVA_RW).map.mask,
                    ==, 0xfff);
    vtd_fixture_free(f);
}

static void test_snooping_is_forced_by_entry_or_leaf(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, VTD_FIRST0, VTD_FIRST1 | 1 << 24,
              VTD_FIRST2);
    vtd_map(f, 0x1000, 0xa000, true);
    g_assert_true(vtd_ats(f, P(1), 0x1000, SVA_RW).map.snoop);
    g_assert_true(vtd_ats(f, P(1), 0x1000, SVA_RW).map.snoop);
    vtd_pasid(f, 3, 0x109, 5 | 1 << 24, 0);
    g_assert_true(vtd_ats(f, P(3), 0x1000, SVA_RW).map.snoop);
    vtd_pasid(f, 2, VTD_SECOND | 0x89, 5, 0);
    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_map_second(f, 0x2000, 0xb800, true);      /* SNP */
    g_assert_false(vtd_ats(f, P(2), 0x1000, SVA_RW).map.snoop);
    g_assert_true(vtd_ats(f, P(2), 0x2000, SVA_RW).map.snoop);
    g_assert_true(vtd_ats(f, P(2), 0x2000, SVA_RW).map.snoop);
    vtd_fixture_free(f);
}

static void test_legacy_mode(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 0x5, 0x702);

    vtd_map_second(f, 0x1000, 0xa000, false);
    expect(f, vtd_ats(f, SVA_NO_PASID, 0x1000, SVA_RW),
           SVA_ATS_SUCCESS, SVA_READ, 0);
    expect(f, vtd_ats(f, SVA_NO_PASID, 0x2000, SVA_RW),
           SVA_ATS_SUCCESS, SVA_NONE, 0);
    expect(f, vtd_ats(f, SVA_NO_PASID, 1ull << 50, SVA_RW),
           SVA_ATS_SUCCESS, SVA_NONE, 0);
    expect(f, vtd_ats(f, P(1), 0x1000, SVA_RW), SVA_ATS_UR, SVA_NONE,
           0x31);
    g_assert_cmpuint(vtd_translated(f, 0x1000), ==, SVA_OK);
    vtd_fixture_free(f);

    f = vtd_fixture_legacy(NULL, VTD_SECOND | 0x1, 0x702);
    expect(f, vtd_ats(f, SVA_NO_PASID, 0x1000, SVA_RW), SVA_ATS_UR,
           SVA_NONE, 0x0d);
    vtd_fixture_free(f);
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
