/*
 * VT-d: invalidation queue errors: bad descriptors, modes, widths, memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define PAGE_RESP (0x9ull | (uint64_t)VTD_RID << 16)
#define PD        0x80

static void expect_iqe(VtdFixture *f, unsigned iqei)
{
    g_assert_cmphex(vtd_read32(f, 0x34) & 0xff, ==, 0x10);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, iqei);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
}

/* Linux writes a harmless descriptor over the bad one and clears IQE. */
static void test_bad_descriptor_can_be_repaired_in_place(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_wait(f, 0, 0);
    vtd_put(f, 0xf, 0);
    vtd_put(f, 0x200000025, VTD_STATUS + 4);
    vtd_kick(f);
    expect_iqe(f, 3);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x20);
    /* Nothing is fetched while IQE is set. */
    vtd_kick(f);
    g_assert_cmphex(vtd_status(f, 1), ==, 0);
    fake_put64(f->env, VTD_QUEUE + 0x20, 0x200000025);
    fake_put64(f->env, VTD_QUEUE + 0x28, VTD_STATUS + 8);
    vtd_write32(f, 0x34, 0x10);
    g_assert_cmphex(vtd_status(f, 2), ==, 2);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, 0);
    vtd_fixture_free(f);
}

static void test_descriptors_that_are_wrong(void)
{
    static const struct {
        uint64_t qw0, qw1;
        unsigned iqei;
    } bad[] = {
        { 0x0, 0, 3 }, { 0xa, 0, 3 }, { 0xf, 0, 3 }, { 0x205, 0, 3 },
        { 0x1, 0, 4 },                  /* context: no granularity */
        { 0x11 | 1ull << 6, 0, 4 }, { 0x11, 1, 4 },
        { 0x31 | 1ull << 50, 0, 4 },
        { 0x2, 0, 4 }, { 0x12 | 1ull << 8, 0, 4 }, { 0x12, 0x80, 4 },
        { 0x3 | 1ull << 4, 0, 4 }, { 0x3, 0x2, 4 }, { 0x3 | 1ull << 48, 0, 4 },
        /* PFSID, without DIT */
        { 0x3 | 1ull << 12, 0, 4 }, { 0x3 | 1ull << 52, 0, 4 },
        { 0x8 | 1ull << 15, 0, 4 }, { 0x8 | 1ull << 63, 0, 4 },
        { 0x4 | 1ull << 5, 0, 4 }, { 0x4, 1, 4 }, { 0x4 | 1ull << 48, 0, 4 },
        { 0x25 | 1ull << 8, 0, 4 }, { 0x25, 1, 4 }, { 0x25, 2, 4 },
        { 0x6, 0, 4 }, { 0x16, 0, 4 }, { 0x26 | 1ull << 52, 0, 4 },
        { 0x27, 0, 4 }, { 0x17 | 1ull << 6, 0, 4 }, { 0x17, 1, 4 },
        { 0x8, 0x400, 4 }, { 0x8, 0x2, 4 },
        { 0x9 | 1ull << 5, 0, 4 }, { 0x9, 0x1, 4 }, { 0x9, 0x1000, 4 },
        { 0x9 | 1ull << 52, 0, 4 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        VtdFixture *f = vtd_fixture_scalable(NULL);

        g_test_message("%" PRIx64 " %" PRIx64, bad[i].qw0, bad[i].qw1);
        vtd_submit(f, bad[i].qw0, bad[i].qw1);
        expect_iqe(f, bad[i].iqei);
        g_assert_cmphex(vtd_read64(f, 0x80), ==, 0);
        vtd_fixture_free(f);
    }
}

/* Those of page responses too: private data is gone. */
static void test_upper_words_are_reserved(void)
{
    static const uint64_t first[] = { PAGE_RESP, 0x25, 0x11, 0x37 };
    unsigned i;

    for (i = 0; i < 2 * G_N_ELEMENTS(first); i++) {
        VtdFixture *f = vtd_fixture_scalable(NULL);

        vtd_put(f, first[i / 2], 0);
        fake_put64(f->env, VTD_QUEUE + 16 + i % 2 * 8, 1);
        vtd_kick(f);
        expect_iqe(f, 4);
        g_assert_cmpuint(f->rsp_count, ==, 0);
        vtd_fixture_free(f);
    }
}

/* -- mode and width -- */

/* Put a root table with @ttm into a unit that has a queue running. */
static void set_mode(VtdFixture *f, unsigned ttm)
{
    vtd_write64(f, 0x20, VTD_ROOT | ttm << 10);
    vtd_command(f, 1u << 30);
    fake_env_clear(f->env);
}

static VtdFixture *with_queue(const SvaVtdConfig *config, bool wide)
{
    VtdFixture *f = vtd_fixture_new(config);

    f->entry = wide ? 32 : 16;
    vtd_write64(f, 0x90, VTD_QUEUE | (wide ? 0x800 : 0));
    vtd_write32(f, 0x3c, VTD_MSI_FAULT);
    vtd_write32(f, 0x40, 0xfee00000);
    vtd_write32(f, 0x38, 0);
    vtd_level(f, 1u << 26, true);
    return f;
}

/* Legacy mode, which is that before the first SRTP, has types 1 to 5. */
static void test_types_of_legacy_mode(void)
{
    unsigned wide, type;

    for (wide = 0; wide < 2; wide++) {
        for (type = 1; type <= 9; type++) {
            VtdFixture *f = with_queue(NULL, wide);

            f->absent = true;
            vtd_submit(f, type < 3 ? type | 0x10 : type, 0);
            if (type > 5) {
                expect_iqe(f, 3);
            } else {
                g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
                g_assert_cmphex(vtd_read64(f, 0x80), ==, f->tail);
            }
            vtd_fixture_free(f);
        }
    }
}

static void test_descriptors_of_a_width_that_the_mode_does_not_take(void)
{
    /* TTM scalable, reserved, abort DMA (ECAP.ADMS=0) */
    static const struct {
        unsigned ttm;
        bool wide;
        unsigned iqei;
    } rows[] = {
        { 1, false, 5 }, { 2, false, 7 }, { 2, true, 7 }, { 3, false, 7 },
        { 3, true, 7 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        VtdFixture *f = with_queue(NULL, rows[i].wide);

        set_mode(f, rows[i].ttm);
        vtd_wait(f, 0, 0);
        expect_iqe(f, rows[i].iqei);
        g_assert_cmphex(vtd_read64(f, 0x80), ==, 0);
        g_assert_cmphex(vtd_status(f, 0), ==, 0);
        /* With a mode that it fits to it is taken. */
        set_mode(f, rows[i].wide);
        vtd_write32(f, 0x34, 0x10);
        g_assert_cmphex(vtd_status(f, 0), ==, 2);
        vtd_fixture_free(f);
    }
}

/* DW can be written, but a unit without scalable mode does not take it. */
static void test_wide_queue_without_scalable_mode(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.pri = c.scalable = false;
    f = with_queue(&c, true);
    g_assert_cmphex(vtd_read64(f, 0x90), ==, VTD_QUEUE | 0x800);
    vtd_wait(f, 0, 0);
    expect_iqe(f, 5);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    vtd_fixture_free(f);
}

static void test_status_address_ends_at_the_host_address_width(void)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.haw_bits = 46;
    f = vtd_fixture_scalable(&c);
    vtd_submit(f, 0x200000025, VTD_STATUS | 1ull << 60 | 1ull << 46);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_tail_outside_of_the_queue(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_write64(f, 0x88, 0x1000);
    expect_iqe(f, 1);
    vtd_write64(f, 0x88, 0);
    vtd_write32(f, 0x34, 0x10);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    vtd_wait(f, 0, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_tail_in_the_middle_of_a_descriptor(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_write64(f, 0x88, 0x10);
    expect_iqe(f, 6);
    vtd_fixture_free(f);
}

static void test_descriptor_that_cannot_be_read(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fake_env_hole(f->env, VTD_QUEUE, 0x1000);
    vtd_wait(f, 0, 0);
    expect_iqe(f, 2);
    fake_env_heal(f->env);
    vtd_write32(f, 0x34, 0x10);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_status_address_that_cannot_be_written(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    fake_env_hole(f->env, VTD_STATUS, 0x1000);
    vtd_wait(f, 0, 0);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x20);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 1);
    vtd_fixture_free(f);
}

static void test_absent_features_have_no_descriptors(void)
{
    static const uint64_t types[] = { 0x3, 0x4, 0x8, 0x9 };
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;

    c.device_iotlb = c.pri = c.intremap = c.eim = false;
    for (i = 0; i < G_N_ELEMENTS(types); i++) {
        VtdFixture *f = vtd_fixture_scalable(&c);

        vtd_submit(f, types[i], 0);
        expect_iqe(f, 3);
        vtd_fixture_free(f);
    }
    for (i = 0; i < 2; i++) {
        VtdFixture *f = vtd_fixture_scalable(i ? NULL : &c);

        vtd_wait(f, 0, PD);
        g_assert_cmphex(vtd_read32(f, 0x34) & 0x10, ==, i ? 0 : 0x10);
        vtd_fixture_free(f);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/iqe/" #fn, test_##fn)
    CASE(bad_descriptor_can_be_repaired_in_place);
    CASE(descriptors_that_are_wrong);
    CASE(upper_words_are_reserved);
    CASE(types_of_legacy_mode);
    CASE(descriptors_of_a_width_that_the_mode_does_not_take);
    CASE(wide_queue_without_scalable_mode);
    CASE(status_address_ends_at_the_host_address_width);
    CASE(tail_outside_of_the_queue);
    CASE(tail_in_the_middle_of_a_descriptor);
    CASE(descriptor_that_cannot_be_read);
    CASE(status_address_that_cannot_be_written);
    CASE(absent_features_have_no_descriptors);
    return g_test_run();
}
