/*
 * VT-d: invalidations of device TLBs that are late, wrong or never answered
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define DEVTLB (0x3ull | (uint64_t)BENCH_RID << 32)
#define FN     0x40
#define SECOND 1000000000ll

static void devtlb(VtdBench *b)
{
    vtd_bench_submit(b, DEVTLB, 0x7ffffffffffff001);
}

static void test_timeout_aborts_waits_and_stops_fetching(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    fake_env_advance(b->f, 89 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    fake_env_advance(b->f, 2 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0x40);
    g_assert_cmphex(vtd_read64(b, 0xb0), ==, (uint64_t)BENCH_RID << 32);
    g_assert_cmpuint(vtd_bench_msis(b, BENCH_MSI_FAULT), ==, 1);
    vtd_bench_wait(b, 1, 0);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 0);
    vtd_write32(b, 0x34, 0x40);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    g_assert_cmphex(vtd_read64(b, 0xb0), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS_ABORTED), ==, 1);
    /* Too late: the number is not known any more. */
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0x20);
    vtd_bench_free(b);
}

/* It is an Unsupported Request then (VT-d 5.10 section 4.2.1). */
static void test_completion_is_lost_while_translation_is_disabled(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    vtd_level(b, 1u << 31, false);
    vtd_bench_complete(b, 0);
    vtd_level(b, 1u << 31, true);
    vtd_bench_complete(b, 1);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATC_LOST), ==, 1);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 1);
    fake_env_advance(b->f, 100 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0x40);
    vtd_bench_free(b);
}

static void test_timeout_ends_a_fence_and_a_disable(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, FN);
    vtd_level(b, 1u << 26, false);
    fake_env_advance(b->f, 100 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x1c) & 1u << 26, ==, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    vtd_bench_free(b);
}

static void test_each_invalidation_has_its_own_deadline(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    fake_env_advance(b->f, 60 * SECOND);
    devtlb(b);
    vtd_bench_complete(b, 0);
    fake_env_advance(b->f, 60 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    fake_env_advance(b->f, 31 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0x40);
    vtd_bench_free(b);

    b = vtd_bench_scalable(NULL);
    devtlb(b);
    fake_env_advance(b->f, 60 * SECOND);
    devtlb(b);
    fake_env_advance(b->f, 31 * SECOND);
    vtd_write32(b, 0x34, 0x40);
    fake_env_advance(b->f, 58 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    fake_env_advance(b->f, 2 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0x40);
    vtd_bench_free(b);
}

static void test_unexpected_completion_is_ice_and_stops_nothing(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    b->vtd.iommu.ops->inval_done(&b->vtd.iommu, 0x0abc, b->invs[0].ticket);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0x20);
    g_assert_cmphex(vtd_read64(b, 0xb0), ==, 0x0abcull << 48);
    vtd_bench_wait(b, 0, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    vtd_write32(b, 0x34, 0x50);
    g_assert_cmphex(vtd_read64(b, 0xb0), ==, 0x0abcull << 48);
    vtd_write32(b, 0x34, 0x20);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    g_assert_cmphex(vtd_read64(b, 0xb0), ==, 0);
    vtd_bench_free(b);
}

static void test_reset_forgets_waits_and_tickets(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, FN);
    sva_vtd_reset(&b->vtd);
    vtd_write64(b, 0x90, BENCH_QUEUE | 0x800);
    b->tail = 0;
    vtd_bench_wait(b, 1, 0);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 0);
    /* Runs what is there, and waits for nothing from before. */
    vtd_level(b, 1u << 26, true);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    vtd_level(b, 1u << 26, false);
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    fake_env_advance(b->f, 200 * SECOND);
    g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
    vtd_bench_free(b);
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
    CASE(reset_forgets_waits_and_tickets);
    return g_test_run();
}
