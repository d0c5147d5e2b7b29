/*
 * VT-d: invalidation queue: fetching, waits, fences, tickets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

#define DEVTLB    (0x3ull | (uint64_t)BENCH_RID << 32)
#define PAGE_RESP (0x9ull | (uint64_t)BENCH_RID << 16)

static void devtlb(VtdBench *b)
{
    vtd_bench_submit(b, DEVTLB, 0x7ffffffffffff001);
}

/* -- waits and tickets -- */

static void test_wait_writes_status_and_interrupts(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_submit(b, 0x1234567800000035, BENCH_STATUS + 8);
    g_assert_cmphex(fake_get32(b->f, BENCH_STATUS + 8), ==, 0x12345678);
    g_assert_cmphex(fake_get32(b->f, BENCH_STATUS + 12), ==, 0);
    g_assert_cmphex(vtd_read32(b, 0x9c), ==, 1);
    g_assert_cmpuint(vtd_bench_msis(b, BENCH_MSI_INVAL), ==, 1);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0x20);
    vtd_bench_free(b);
}

static void test_wait_completes_with_the_invalidations_before_it(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    devtlb(b);
    g_assert_cmpuint(b->inv_count, ==, 3);
    vtd_bench_complete(b, 1);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    vtd_bench_complete(b, 0);
    /* Not by the one behind it. */
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS_DELAYED), ==, 1);
    vtd_bench_free(b);
}

static void test_waits_complete_in_order(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    devtlb(b);
    vtd_bench_wait(b, 1, 0);
    vtd_bench_complete(b, 1);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 0);
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS_FENCE), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS_PAGE_DRAIN), ==, 0);
    vtd_bench_free(b);
}

/* Who keeps copies without ATS is asked with each wait, which waits for it. */
static void test_wait_completes_when_copies_are_forgotten(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    b->vtd.iommu.copies = 1;
    vtd_bench_wait(b, 0, 0);
    g_assert_cmpuint(b->forget_count, ==, 1);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    b->vtd.iommu.ops->inval_done(&b->vtd.iommu, 0xffff, b->forget_ticket);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    /* It was no message to a function. */
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATC_UNEXPECTED), ==, 0);
    b->vtd.iommu.copies = 0;
    vtd_bench_wait(b, 1, 0);
    g_assert_cmpuint(b->forget_count, ==, 1);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    vtd_bench_free(b);
}

/* A page response may be what the function needs to get on. */
static void test_wait_without_fence_does_not_delay_what_follows(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    vtd_bench_submit(b, PAGE_RESP, 0x18);
    g_assert_cmpuint(b->rsp_count, ==, 1);
    g_assert_cmpuint(b->rsps[0].prgi, ==, 3);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0x60);
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    vtd_bench_free(b);
}

static void test_fence_delays_what_follows(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_submit(b, 0x45, 0);       /* wait with FN alone */
    vtd_bench_submit(b, PAGE_RESP, 0);
    vtd_bench_wait(b, 0, 0);
    g_assert_cmpuint(b->rsp_count, ==, 0);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0x40);
    vtd_bench_complete(b, 0);
    g_assert_cmpuint(b->rsp_count, ==, 1);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0x80);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS_FENCE), ==, 1);
    vtd_bench_free(b);
}

/* What Linux sends to drain a PASID, around a slow invalidation. */
static void test_page_drain_sequence(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_put(b, 0x45, 0);
    vtd_bench_put(b, 0x0000000100010026, 0);
    vtd_bench_put(b, 0x0000000101100008, 0x7ffffffffffff800);
    vtd_bench_put(b, 0x2000000a5, BENCH_STATUS);
    vtd_bench_kick(b);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_DESC_PIOTLB), ==, 0);
    vtd_bench_complete(b, 0);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_DESC_PIOTLB), ==, 1);
    g_assert_cmpuint(b->inv_count, ==, 2);
    g_assert_true(sva_pasid_equal(b->invs[1].pasid, P(1)));
    vtd_bench_bind(b, 1);
    /* A page request that overtakes the completion is in the queue... */
    vtd_bench_page_request(b, P(1), 0x1000, 1, true);
    g_assert_cmphex(vtd_read64(b, 0xc8), ==, 0x20);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 0);
    vtd_bench_complete(b, 1);
    /* ...when the wait with PD completes. */
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_WAITS_PAGE_DRAIN), ==, 1);
    vtd_bench_free(b);
}

static void test_completion_from_within_the_request_works(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i;

    b->complete = true;
    for (i = 0; i < 20; i++) {
        vtd_bench_put(b, DEVTLB, 0);
        vtd_bench_put(b, 0x45, 0);
    }
    vtd_bench_put(b, 0x200000025, BENCH_STATUS);
    vtd_bench_kick(b);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmpuint(b->inv_count, ==, 20);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 20);
    /* One after the other, not one inside of the other. */
    g_assert_cmpuint(b->max_depth, ==, 1);
    vtd_bench_free(b);
}

static void test_absent_function_completes_at_once(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    b->absent = true;
    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmpuint(vtd_count(b, SVA_VTD_CNT_ATC_UNDELIVERED), ==, 1);
    vtd_bench_free(b);
}

/* Fetching stops when there is no room for waits, and goes on after. */
static void test_more_waits_than_fit_are_not_lost(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i;

    devtlb(b);
    for (i = 0; i < 1000; i++) {
        vtd_bench_wait(b, i, 0);
        if (i % 100 == 99) {
            g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
        }
        if (vtd_read64(b, 0x80) != b->tail) {
            break;
        }
    }
    g_assert_cmpuint(i, ==, SVA_VTD_WAITS);
    vtd_bench_complete(b, 0);
    for (i = 0; i <= SVA_VTD_WAITS; i++) {
        g_assert_cmphex(vtd_bench_status(b, i), ==, 2);
    }
    g_assert_cmphex(vtd_read64(b, 0x80), ==, b->tail);
    vtd_bench_free(b);
}

static void test_more_invalidations_than_fit_are_not_lost(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i, sent = 0;

    for (i = 0; i < 5000 && vtd_read64(b, 0x80) == b->tail; i++) {
        devtlb(b);
    }
    g_assert_cmpuint(i, <, 5000);
    sent = b->inv_count;
    g_assert_cmpuint(sent, ==, i - 1);
    vtd_bench_complete(b, 0);
    g_assert_cmpuint(b->inv_count, ==, sent + 1);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, b->tail);
    vtd_bench_free(b);
}

/* -- queue registers -- */

static void test_queue_disable_waits_for_what_was_fetched(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    vtd_level(b, 1u << 26, false);
    g_assert_cmphex(vtd_read32(b, 0x1c) & 1u << 26, !=, 0);
    vtd_bench_wait(b, 1, 0);
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_read32(b, 0x1c) & 1u << 26, ==, 0);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    /* Behind the point of stopping nothing runs. */
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 0);
    vtd_bench_free(b);
}

static void test_queue_disable_can_be_taken_back(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    devtlb(b);
    vtd_bench_wait(b, 0, 0);
    vtd_level(b, 1u << 26, false);
    vtd_level(b, 1u << 26, true);
    vtd_bench_wait(b, 1, 0);
    vtd_bench_complete(b, 0);
    g_assert_cmphex(vtd_read32(b, 0x1c) & 1u << 26, !=, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    vtd_bench_free(b);
}

static void test_queue_starts_at_its_base_again(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_bench_wait(b, 0, 0);
    vtd_level(b, 1u << 26, false);
    vtd_write64(b, 0x88, 0);
    b->tail = 0;
    vtd_level(b, 1u << 26, true);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0);
    vtd_bench_wait(b, 1, 0);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0x20);
    vtd_bench_free(b);
}

static void test_queue_address_is_taken_when_enabled(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);

    vtd_write64(b, 0x90, 0x99999000);
    vtd_bench_wait(b, 0, 0);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    vtd_bench_free(b);
}

static void test_queue_wraps(void)
{
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i;

    for (i = 0; i < 300; i++) {
        vtd_bench_wait(b, i, 0);
        g_assert_cmphex(vtd_bench_status(b, i), ==, 2);
        g_assert_cmphex(vtd_read64(b, 0x80), ==, (i + 1) * 32 % 4096);
    }
    vtd_bench_free(b);
}

static void test_narrow_queue_has_128_bit_descriptors(void)
{
    VtdBench *b = vtd_bench_legacy(NULL, 0, 0);

    vtd_bench_wait(b, 0, 0);
    vtd_bench_wait(b, 1, 0);
    g_assert_cmphex(vtd_bench_status(b, 1), ==, 2);
    g_assert_cmphex(vtd_read64(b, 0x80), ==, 0x20);
    vtd_bench_free(b);
}

/* What Linux 6.12 and 7.2 send must never be an error. */
static void test_what_linux_sends_is_accepted(void)
{
    static const uint64_t desc[][2] = {
        { 0x11, 0 }, { 0x31 | 0x0110ull << 32, 0 },
        { 0xd2, 0 }, { 0xe2 | 1 << 16, 0 }, { 0xf2 | 1 << 16, 0x1012 },
        { 0x3 | 0x1full << 16 | 0x0110ull << 32, 0x7ffffffffffff001 },
        { 0x4, 0 }, { 0x14 | 5ull << 32, 0 },
        { 0x26 | 1 << 16 | 1ull << 32, 0 },
        { 0x36 | 1 << 16 | 1ull << 32, 0xffff800000000000 | 35 },
        { 0x36 | 1 << 16 | 1ull << 32, 51 },
        { 0x37, 0 }, { 0x17 | 1 << 16 | 1ull << 32, 0 }, { 0x7 | 1 << 16, 0 },
        { 0x8 | 0x1f0 | 0x0110ull << 16 | 1ull << 32, 0x7ffffffffffff800 },
        { 0x9 | 0x2010 | 0x0110ull << 16 | 1ull << 32, 0xc },
        { 0x45, 0 }, { 0x2000000a5, BENCH_STATUS },
    };
    VtdBench *b = vtd_bench_scalable(NULL);
    unsigned i;

    b->complete = true;
    for (i = 0; i < G_N_ELEMENTS(desc); i++) {
        vtd_bench_submit(b, desc[i][0], desc[i][1]);
        g_assert_cmphex(vtd_read32(b, 0x34), ==, 0);
        g_assert_cmphex(vtd_read64(b, 0x80), ==, (i + 1) * 32);
    }
    g_assert_cmpuint(b->rsps[0].code, ==, SVA_PRG_FAILURE);
    g_assert_cmphex(b->rsps[0].prgi, ==, 1);
    g_assert_cmphex(vtd_bench_status(b, 0), ==, 2);
    vtd_bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/vtd/queue/" #fn, test_##fn)
    CASE(wait_writes_status_and_interrupts);
    CASE(wait_completes_with_the_invalidations_before_it);
    CASE(wait_completes_when_copies_are_forgotten);
    CASE(waits_complete_in_order);
    CASE(wait_without_fence_does_not_delay_what_follows);
    CASE(fence_delays_what_follows);
    CASE(page_drain_sequence);
    CASE(completion_from_within_the_request_works);
    CASE(absent_function_completes_at_once);
    CASE(more_waits_than_fit_are_not_lost);
    CASE(more_invalidations_than_fit_are_not_lost);
    CASE(queue_disable_waits_for_what_was_fetched);
    CASE(queue_disable_can_be_taken_back);
    CASE(queue_starts_at_its_base_again);
    CASE(queue_address_is_taken_when_enabled);
    CASE(queue_wraps);
    CASE(narrow_queue_has_128_bit_descriptors);
    CASE(what_linux_sends_is_accepted);
    return g_test_run();
}
