/*
 * VT-d: translation of memory requests in legacy mode
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

static void test_second_stage(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x702);

    vtd_map_second(f, 0x1000, 0xa000, true);
    vtd_map_second(f, 0x2000, 0xb000, false);
    vtd_expect_ok(f, SVA_NO_PASID, 0x1fff, SVA_RW, 0xafff);
    vtd_expect_fault(f, SVA_NO_PASID, 0x2000, SVA_WRITE, 0x05);
    vtd_expect_fault(f, SVA_NO_PASID, 0x3000, SVA_READ, 0x06);
    vtd_expect_fault(f, SVA_NO_PASID, 0x3000, SVA_WRITE, 0x05);
    vtd_expect_fault(f, SVA_NO_PASID, 1ull << 48, SVA_READ, 0x04);
    vtd_expect_fault(f, sva_pasid(1), 0x1000, SVA_READ, 0x31);
    fake_put64(f->env, VTD_SECOND + 8, 0x83);
    vtd_expect_fault(f, SVA_NO_PASID, 1ull << 39, SVA_READ, 0x0c);
    fake_env_hole(f->env, VTD_SECOND, 0x1000);
    vtd_submit(f, 0x12, 0);
    vtd_expect_fault(f, SVA_NO_PASID, 0x9000, SVA_READ, 0x03);
    vtd_fixture_free(f);
}

static void test_three_levels(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x701);

    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 3, 2, 0x600000),
               0x800083);
    vtd_expect_ok(f, SVA_NO_PASID, 0x612345, SVA_RW, 0x812345);
    vtd_expect_fault(f, SVA_NO_PASID, 1ull << 39, SVA_READ, 0x04);
    vtd_fixture_free(f);
}

static void test_five_levels(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    uint64_t va = 0x0123456789abc000;
    VtdFixture *f;

    c.aw_bits = 57;
    f = vtd_fixture_legacy(&c, VTD_SECOND | 1, 0x703);
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 5, 1, va), 0xa003);
    vtd_expect_ok(f, SVA_NO_PASID, va | 0x123, SVA_RW, 0xa123);
    vtd_expect_fault(f, SVA_NO_PASID, 1ull << 57, SVA_READ, 0x04);
    vtd_fixture_free(f);
}

static void test_pass_through(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, 0x9, 0x702);

    vtd_expect_ok(f, SVA_NO_PASID, 0x123456789, SVA_RW, 0x123456789);
    vtd_expect_fault(f, SVA_NO_PASID, 1ull << 48, SVA_READ, 0x04);
    vtd_fixture_free(f);
}

static void test_table_reasons(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned reason;
    } bad[] = {
        { 0x0, 0x702, 0x02 }, { VTD_SECOND | 0xd, 0x702, 0x03 },
        { VTD_SECOND | 1, 0x700, 0x03 }, { VTD_SECOND | 1, 0x703, 0x03 },
        { VTD_SECOND | 1, 0x707, 0x03 },
        { VTD_SECOND | 0x11, 0x702, 0x0b },
        { VTD_SECOND | 1, 0x782, 0x0b },
        { VTD_SECOND | 1, 1 << 24 | 0x702, 0x0b },
        { 1ull << 60 | 1, 0x702, 0x0b },
    };
    VtdFixture *f;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        f = vtd_fixture_legacy(NULL, bad[i].qw0, bad[i].qw1);
        vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, bad[i].reason);
        vtd_fixture_free(f);
    }
    f = vtd_fixture_legacy(NULL, VTD_SECOND | 1, 0x702);
    fake_env_hole(f->env, VTD_CONTEXT, 0x1000);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, 0x09);
    fake_put64(f->env, VTD_ROOT + 24, 1);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, 0x0a);
    fake_put64(f->env, VTD_ROOT + 16, 0);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, 0x01);
    fake_env_hole(f->env, VTD_ROOT, 0x1000);
    vtd_expect_fault(f, SVA_NO_PASID, 0x1000, SVA_READ, 0x08);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/legacy/" #fn, test_##fn)
    CASE(second_stage);
    CASE(three_levels);
    CASE(five_levels);
    CASE(pass_through);
    CASE(table_reasons);
    return g_test_run();
}
