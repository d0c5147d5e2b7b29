/*
 * VT-d: invalidations of device TLBs that are late, wrong or never answered
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define DEVTLB (0x3ull | (uint64_t)VTD_RID << 32)
#define FN     0x40
#define SECOND 1000000000ll

static void devtlb(VtdFixture *f)
{
    vtd_submit(f, DEVTLB, 0x7ffffffffffff001);
}

static void test_timeout_aborts_waits_and_stops_fetching(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, 0);
    fake_env_advance(f->env, 89 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    fake_env_advance(f->env, 2 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x40);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, (uint64_t)VTD_RID << 32);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_FAULT), ==, 1);
    vtd_wait(f, 1, 0);
    g_assert_cmphex(vtd_status(f, 1), ==, 0);
    vtd_write32(f, 0x34, 0x40);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS_ABORTED), ==, 1);
    /* Too late: the number is not known any more. */
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x20);
    vtd_fixture_free(f);
}

/* It is an Unsupported Request then (VT-d 5.10 section 4.2.1). */
static void test_completion_is_lost_while_translation_is_disabled(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    devtlb(f);
    vtd_wait(f, 0, 0);
    vtd_level(f, 1u << 31, false);
    vtd_complete(f, 0);
    vtd_level(f, 1u << 31, true);
    vtd_complete(f, 1);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_LOST), ==, 1);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 1);
    fake_env_advance(f->env, 100 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x40);
    vtd_fixture_free(f);
}

static void test_timeout_ends_a_fence_and_a_disable(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, FN);
    vtd_level(f, 1u << 26, false);
    fake_env_advance(f->env, 100 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, ==, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    vtd_fixture_free(f);
}

static void test_each_invalidation_has_its_own_deadline(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    fake_env_advance(f->env, 60 * SECOND);
    devtlb(f);
    vtd_complete(f, 0);
    fake_env_advance(f->env, 60 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    fake_env_advance(f->env, 31 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x40);
    vtd_fixture_free(f);

    f = vtd_fixture_scalable(NULL);
    devtlb(f);
    fake_env_advance(f->env, 60 * SECOND);
    devtlb(f);
    fake_env_advance(f->env, 31 * SECOND);
    vtd_write32(f, 0x34, 0x40);
    fake_env_advance(f->env, 58 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    fake_env_advance(f->env, 2 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x40);
    vtd_fixture_free(f);
}

static void test_unexpected_completion_is_ice_and_stops_nothing(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    f->vtd.iommu.ops->inval_done(&f->vtd.iommu, 0x0abc, f->invs[0].itag);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0x20);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, 0x0abcull << 48);
    vtd_wait(f, 0, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_write32(f, 0x34, 0x50);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, 0x0abcull << 48);
    vtd_write32(f, 0x34, 0x20);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, 0);
    vtd_fixture_free(f);
}

static void test_reset_forgets_waits_and_requests(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, FN);
    sva_vtd_reset(&f->vtd);
    vtd_write64(f, 0x90, VTD_QUEUE | 0x800);
    f->tail = 0;
    vtd_wait(f, 1, 0);
    g_assert_cmphex(vtd_status(f, 1), ==, 0);
    /* Runs what is there, and waits for nothing from before. */
    vtd_level(f, 1u << 26, true);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    vtd_level(f, 1u << 26, false);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    fake_env_advance(f->env, 200 * SECOND);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    vtd_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/timeout/" #fn, test_##fn)
    CASE(timeout_aborts_waits_and_stops_fetching);
    CASE(completion_is_lost_while_translation_is_disabled);
    CASE(timeout_ends_a_fence_and_a_disable);
    CASE(each_invalidation_has_its_own_deadline);
    CASE(unexpected_completion_is_ice_and_stops_nothing);
    CASE(reset_forgets_waits_and_requests);
    return g_test_run();
}
