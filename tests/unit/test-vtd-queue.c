/*
 * VT-d: invalidation queue: fetching, waits, fences, outstanding invalidations
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

#define DEVTLB    (0x3ull | (uint64_t)VTD_RID << 32)
#define PAGE_RESP (0x9ull | (uint64_t)VTD_RID << 16)

static void devtlb(VtdFixture *f)
{
    vtd_submit(f, DEVTLB, 0x7ffffffffffff001);
}

/* -- waits and outstanding invalidations -- */

static void test_wait_writes_status_and_interrupts(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_submit(f, 0x1234567800000035, VTD_STATUS + 8);
    g_assert_cmphex(fake_get32(f->env, VTD_STATUS + 8), ==, 0x12345678);
    g_assert_cmphex(fake_get32(f->env, VTD_STATUS + 12), ==, 0);
    g_assert_cmphex(vtd_read32(f, 0x9c), ==, 1);
    g_assert_cmpuint(vtd_msis(f, VTD_MSI_INVAL), ==, 1);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x20);
    vtd_fixture_free(f);
}

static void test_wait_completes_with_the_invalidations_before_it(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    devtlb(f);
    vtd_wait(f, 0, 0);
    devtlb(f);
    g_assert_cmpuint(f->inv_count, ==, 3);
    vtd_complete(f, 1);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    vtd_complete(f, 0);
    /* Not by the one behind it. */
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS_DELAYED), ==, 1);
    vtd_fixture_free(f);
}

static void test_waits_complete_in_order(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, 0);
    devtlb(f);
    vtd_wait(f, 1, 0);
    vtd_complete(f, 1);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    g_assert_cmphex(vtd_status(f, 1), ==, 0);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS_FENCE), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS_PAGE_DRAIN), ==, 0);
    vtd_fixture_free(f);
}

/* Who keeps copies without ATS is asked with each wait, which waits for it. */
static void test_wait_completes_when_copies_are_forgotten(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    f->vtd.iommu.fabric.copies = 1;
    vtd_wait(f, 0, 0);
    g_assert_cmpuint(f->forget_count, ==, 1);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    f->vtd.iommu.ops->inval_done(&f->vtd.iommu, 0xffff, f->forget_itag);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    /* It was no message to a function. */
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_UNEXPECTED), ==, 0);
    f->vtd.iommu.fabric.copies = 0;
    vtd_wait(f, 1, 0);
    g_assert_cmpuint(f->forget_count, ==, 1);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    vtd_fixture_free(f);
}

/* A page response may be what the function needs to get on. */
static void test_wait_without_fence_does_not_delay_what_follows(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, 0);
    vtd_submit(f, PAGE_RESP, 0x18);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmpuint(f->rsps[0].prgi, ==, 3);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x60);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_fence_delays_what_follows(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_submit(f, 0x45, 0);       /* wait with FN alone */
    vtd_submit(f, PAGE_RESP, 0);
    vtd_wait(f, 0, 0);
    g_assert_cmpuint(f->rsp_count, ==, 0);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x40);
    vtd_complete(f, 0);
    g_assert_cmpuint(f->rsp_count, ==, 1);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x80);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS_FENCE), ==, 1);
    vtd_fixture_free(f);
}

/* What Linux sends to drain a PASID, around a slow invalidation. */
static void test_page_drain_sequence(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_put(f, 0x45, 0);
    vtd_put(f, 0x0000000100010026, 0);
    vtd_put(f, 0x0000000101100008, 0x7ffffffffffff800);
    vtd_put(f, 0x2000000a5, VTD_STATUS);
    vtd_kick(f);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), ==, 0);
    vtd_complete(f, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_DESC_PIOTLB), ==, 1);
    g_assert_cmpuint(f->inv_count, ==, 2);
    g_assert_true(sva_pasid_equal(f->invs[1].pasid, P(1)));
    vtd_bind(f, 1);
    /* A page request that overtakes the completion is in the queue... */
    vtd_page_request(f, P(1), 0x1000, 1, true);
    g_assert_cmphex(vtd_read64(f, 0xc8), ==, 0x20);
    g_assert_cmphex(vtd_status(f, 0), ==, 0);
    vtd_complete(f, 1);
    /* ...when the wait with PD completes. */
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_WAITS_PAGE_DRAIN), ==, 1);
    vtd_fixture_free(f);
}

static void test_completion_from_within_the_request_works(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 20; i++) {
        vtd_put(f, DEVTLB, 0);
        vtd_put(f, 0x45, 0);
    }
    vtd_put(f, 0x200000025, VTD_STATUS);
    vtd_kick(f);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(f->inv_count, ==, 20);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_COMPLETIONS), ==, 20);
    /* One after the other, not one inside of the other. */
    g_assert_cmpuint(f->max_depth, ==, 1);
    vtd_fixture_free(f);
}

static void test_absent_function_completes_at_once(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    f->absent = true;
    devtlb(f);
    vtd_wait(f, 0, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_ATC_UNDELIVERED), ==, 1);
    vtd_fixture_free(f);
}

/* Fetching stops when there is no room for waits, and goes on after. */
static void test_more_waits_than_fit_are_not_lost(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    devtlb(f);
    for (i = 0; i < 1000; i++) {
        vtd_wait(f, i, 0);
        if (i % 100 == 99) {
            g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
        }
        if (vtd_read64(f, 0x80) != f->tail) {
            break;
        }
    }
    g_assert_cmpuint(i, ==, SVA_VTD_WAITS);
    vtd_complete(f, 0);
    for (i = 0; i <= SVA_VTD_WAITS; i++) {
        g_assert_cmphex(vtd_status(f, i), ==, 2);
    }
    g_assert_cmphex(vtd_read64(f, 0x80), ==, f->tail);
    vtd_fixture_free(f);
}

static void test_more_invalidations_than_fit_are_not_lost(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i, sent = 0;

    for (i = 0; i < 5000 && vtd_read64(f, 0x80) == f->tail; i++) {
        devtlb(f);
    }
    g_assert_cmpuint(i, <, 5000);
    sent = f->inv_count;
    g_assert_cmpuint(sent, ==, i - 1);
    vtd_complete(f, 0);
    g_assert_cmpuint(f->inv_count, ==, sent + 1);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, f->tail);
    vtd_fixture_free(f);
}

/* -- queue registers -- */

static void test_queue_disable_waits_for_what_was_fetched(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, 0);
    vtd_level(f, 1u << 26, false);
    g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, !=, 0);
    vtd_wait(f, 1, 0);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, ==, 0);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    /* Behind the point of stopping nothing runs. */
    g_assert_cmphex(vtd_status(f, 1), ==, 0);
    vtd_fixture_free(f);
}

static void test_queue_disable_can_be_taken_back(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    devtlb(f);
    vtd_wait(f, 0, 0);
    vtd_level(f, 1u << 26, false);
    vtd_level(f, 1u << 26, true);
    vtd_wait(f, 1, 0);
    vtd_complete(f, 0);
    g_assert_cmphex(vtd_read32(f, 0x1c) & 1u << 26, !=, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    vtd_fixture_free(f);
}

static void test_queue_starts_at_its_base_again(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_wait(f, 0, 0);
    vtd_level(f, 1u << 26, false);
    vtd_write64(f, 0x88, 0);
    f->tail = 0;
    vtd_level(f, 1u << 26, true);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0);
    vtd_wait(f, 1, 0);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x20);
    vtd_fixture_free(f);
}

static void test_queue_address_is_taken_when_enabled(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);

    vtd_write64(f, 0x90, 0x99999000);
    vtd_wait(f, 0, 0);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
}

static void test_queue_wraps(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < 300; i++) {
        vtd_wait(f, i, 0);
        g_assert_cmphex(vtd_status(f, i), ==, 2);
        g_assert_cmphex(vtd_read64(f, 0x80), ==, (i + 1) * 32 % 4096);
    }
    vtd_fixture_free(f);
}

static void test_narrow_queue_has_128_bit_descriptors(void)
{
    VtdFixture *f = vtd_fixture_legacy(NULL, 0, 0);

    vtd_wait(f, 0, 0);
    vtd_wait(f, 1, 0);
    g_assert_cmphex(vtd_status(f, 1), ==, 2);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x20);
    vtd_fixture_free(f);
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
        { 0x45, 0 }, { 0x2000000a5, VTD_STATUS },
    };
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < G_N_ELEMENTS(desc); i++) {
        vtd_submit(f, desc[i][0], desc[i][1]);
        g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
        g_assert_cmphex(vtd_read64(f, 0x80), ==, (i + 1) * 32);
    }
    g_assert_cmpuint(f->rsps[0].code, ==, SVA_PRG_FAILURE);
    g_assert_cmphex(f->rsps[0].prgi, ==, 1);
    g_assert_cmphex(vtd_status(f, 0), ==, 2);
    vtd_fixture_free(f);
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
