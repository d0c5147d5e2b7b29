/*
 * VT-d: requests to and into the interrupt address range, reads of no byte
 *
 * VT-d 5.10 section 3.14 and section 3.15; Table 30, LGN.4 and SGN.8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/* PASID entry words 0: second-stage 4 levels, pass-through */
#define SECOND0 (VTD_SECOND | 0x89ull)
#define PASS0   0x109ull

static void test_nothing_is_translated_into_the_interrupt_range(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_bind(f, 1);
    vtd_map(f, 0x1000, 0xfee00000, true);
    vtd_map(f, 0x2000, 0xfeeff000, true);
    vtd_map(f, 0x3000, 0xfedff000, true);
    vtd_map(f, 0x4000, 0xfef00000, true);
    vtd_expect_fault(f, P(1), 0x1000, SVA_WRITE, 0x87);
    vtd_expect_fault(f, P(1), 0x2fff, SVA_READ, 0x87);
    vtd_expect_ok(f, P(1), 0x3000, SVA_WRITE, 0xfedff000);
    vtd_expect_ok(f, P(1), 0x4000, SVA_WRITE, 0xfef00000);
    vtd_pasid(f, 2, PASS0, 5, 0);
    vtd_expect_fault(f, P(2), 0xfee12344, SVA_WRITE, 0x87);
    /* With a PASID the input address is like any other. */
    vtd_map(f, 0xfee01000, 0xa000, true);
    vtd_expect_ok(f, P(1), 0xfee01000, SVA_WRITE, 0xa000);
    vtd_fixture_free(f);

    f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x702);
    vtd_map_second(f, 0x1000, 0xfee00000, true);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_WRITE, 0x0e);
    vtd_fixture_free(f);
}

/*
 * VT-d 5.10 section 3.15: requests without PASID to the range that are no
 * interrupts.  29h is not qualified.
 */
static void test_illegal_requests_to_the_interrupt_range(void)
{
    static const uint8_t access[] = { SVA_READ, SVA_RW, SVA_WRITE };
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    vtd_context(f, VTD_DIR | 0x1f, 0);          /* FPD */
    vtd_pasid(f, 0, PASS0 | 2, 5, 0);
    for (i = 0; i < G_N_ELEMENTS(access); i++) {
        vtd_expect_fault(f, SVA_NO_PASID, 0xfee01000, access[i], 0x29);
        g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ABORTED_INTERRUPT), ==,
                         i + 1);
    }
    /* A read of no byte completes, with any data. */
    g_assert_cmpuint(vtd_translate(f, SVA_NO_PASID, 0xfeeff000,
                                   SVA_NONE).outcome, ==, SVA_RAZ_WI);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    vtd_fixture_free(f);

    /* Nothing is recorded while there is no remapping. */
    f = vtd_fixture_new(NULL);
    g_assert_cmpuint(vtd_translate(f, SVA_NO_PASID, 0xfee00000,
                                   SVA_READ).outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    vtd_fixture_free(f);
}

/* VT-d 5.10 section 3.14 with CAP.ZLR=1: to a page that may be written only. */
static void test_read_of_no_byte(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_pasid(f, 1, SECOND0, 5, 0);
    vtd_bind(f, 2);
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 4, 1, 0x1000), 0xa002);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, 0x1000), 0xa003);
    vtd_expect_ok(f, P(1), 0x1000, SVA_NONE, 0xa000);
    vtd_expect_ok(f, P(1), 0x1000, SVA_NONE, 0xa000);
    vtd_expect_fault(f, P(1), 0x1000, SVA_READ, 0x86);
    vtd_expect_fault(f, P(1), 0x2000, SVA_NONE, 0x79);
    vtd_expect_fault(f, P(2), 0x1000, SVA_NONE, 0x81);
    vtd_fixture_free(f);
}

/* A range that is handed out must not reach into the interrupt range. */
static void test_large_leaf_is_cut_at_the_interrupt_range(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    SvaTranslation t;

    vtd_bind(f, 1);
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 2, 0x200000),
               0xfee00000 | 0x87);
    t = vtd_translate(f, P(1), 0x300000, SVA_READ);
    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.map.addr, ==, 0xfef00000);
    g_assert_cmphex(t.map.mask, ==, 0xfff);
    vtd_expect_fault(f, P(1), 0x200000, SVA_READ, 0x87);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/range/" #fn, test_##fn)
    CASE(nothing_is_translated_into_the_interrupt_range);
    CASE(illegal_requests_to_the_interrupt_range);
    CASE(read_of_no_byte);
    CASE(large_leaf_is_cut_at_the_interrupt_range);
    return g_test_run();
}
