/*
 * Tests of outstanding invalidations (PCIe r6 10.3, VT-d rev 5.10, 6.5.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/core/outstanding.h"

#define RID_A 0x0018
#define RID_B 0x0100

static void test_closes_once(void)
{
    SvaOutstanding *t = sva_outstanding_new(4);
    uint32_t a = sva_outstanding_open(t, RID_A, 100);

    g_assert_cmpuint(a, !=, SVA_NO_ITAG);
    g_assert_cmpuint(sva_outstanding_count(t), ==, 1);
    g_assert_true(sva_outstanding_close(t, a, RID_A));
    g_assert_false(sva_outstanding_close(t, a, RID_A));
    g_assert_cmpuint(sva_outstanding_count(t), ==, 0);
    sva_outstanding_free(t);
}

static void test_wrong_function_does_not_close(void)
{
    SvaOutstanding *t = sva_outstanding_new(4);
    uint32_t a = sva_outstanding_open(t, RID_A, 100);

    g_assert_false(sva_outstanding_close(t, a, RID_B));
    g_assert_cmpuint(sva_outstanding_count(t), ==, 1);
    g_assert_true(sva_outstanding_close(t, a, RID_A));
    sva_outstanding_free(t);
}

static void test_unknown_itag_does_not_close(void)
{
    static const uint32_t numbers[] = {
        0, 1, 2, 3, 7, 0xffff, 0x10000, 0xffffffff
    };
    SvaOutstanding *t = sva_outstanding_new(3);
    size_t i;

    for (i = 0; i < ARRAY_SIZE(numbers); i++) {
        g_assert_false(sva_outstanding_close(t, numbers[i], 0));
    }
    sva_outstanding_free(t);
}

static void test_full_table_gives_no_itag(void)
{
    SvaOutstanding *t = sva_outstanding_new(3);
    uint32_t a = sva_outstanding_open(t, RID_A, 1);

    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), !=, SVA_NO_ITAG);
    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), !=, SVA_NO_ITAG);
    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), ==, SVA_NO_ITAG);
    g_assert_true(sva_outstanding_close(t, a, RID_A));
    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), !=, SVA_NO_ITAG);
    sva_outstanding_free(t);
}

static void test_late_completion_does_not_close_the_next_request(void)
{
    SvaOutstanding *t = sva_outstanding_new(1);
    uint32_t old = sva_outstanding_open(t, RID_A, 1);
    unsigned i;

    g_assert_true(sva_outstanding_close(t, old, RID_A));
    for (i = 0; i < 1000; i++) {
        uint32_t now = sva_outstanding_open(t, RID_A, 1);

        g_assert_cmpuint(now, !=, old);
        g_assert_false(sva_outstanding_close(t, old, RID_A));
        g_assert_true(sva_outstanding_close(t, now, RID_A));
    }
    sva_outstanding_free(t);
}

static void test_itag_is_never_the_reserved_one(void)
{
    /* With the largest table ITags wrap after 2^16 uses of a slot. */
    SvaOutstanding *t = sva_outstanding_new(65536);
    unsigned i;

    for (i = 0; i < 3 * 65536; i++) {
        uint32_t now = sva_outstanding_open(t, RID_A, 1);

        g_assert_cmpuint(now, !=, SVA_NO_ITAG);
        g_assert_true(sva_outstanding_close(t, now, RID_A));
    }
    sva_outstanding_free(t);
}

static void test_generation_waits_for_earlier_requests_only(void)
{
    SvaOutstanding *t = sva_outstanding_new(4);
    uint64_t before = sva_outstanding_generation(t);
    uint32_t a = sva_outstanding_open(t, RID_A, 1);
    uint32_t b = sva_outstanding_open(t, RID_B, 1);
    uint64_t after = sva_outstanding_generation(t);
    uint32_t c = sva_outstanding_open(t, RID_A, 1);

    g_assert_true(sva_outstanding_done(t, before));
    g_assert_false(sva_outstanding_done(t, after));
    /* The younger of the two first. */
    g_assert_true(sva_outstanding_close(t, b, RID_B));
    g_assert_false(sva_outstanding_done(t, after));
    g_assert_true(sva_outstanding_close(t, a, RID_A));
    g_assert_true(sva_outstanding_done(t, after));
    g_assert_false(sva_outstanding_done(t, sva_outstanding_generation(t)));
    g_assert_true(sva_outstanding_close(t, c, RID_A));
    g_assert_true(sva_outstanding_done(t, sva_outstanding_generation(t)));
    sva_outstanding_free(t);
}

static void test_reused_slot_does_not_hold_an_older_generation(void)
{
    SvaOutstanding *t = sva_outstanding_new(2);
    uint32_t a = sva_outstanding_open(t, RID_A, 1);
    uint64_t generation = sva_outstanding_generation(t);

    g_assert_true(sva_outstanding_close(t, a, RID_A));
    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), !=, 0);
    g_assert_true(sva_outstanding_done(t, generation));
    sva_outstanding_free(t);
}

static void test_oldest_request_expires_first(void)
{
    SvaOutstanding *t = sva_outstanding_new(4);
    uint32_t a, b, c;
    uint16_t rid = 0;

    g_assert_cmpint(sva_outstanding_deadline(t), ==, INT64_MAX);
    a = sva_outstanding_open(t, RID_A, 100);
    b = sva_outstanding_open(t, RID_B, 200);
    c = sva_outstanding_open(t, RID_A, 200);
    g_assert_cmpint(sva_outstanding_deadline(t), ==, 100);
    g_assert_cmpuint(sva_outstanding_expire(t, 99, &rid), ==, SVA_NO_ITAG);
    g_assert_cmpuint(rid, ==, 0);
    g_assert_cmpuint(sva_outstanding_expire(t, 100, &rid), ==, a);
    g_assert_cmpuint(rid, ==, RID_A);
    g_assert_cmpuint(sva_outstanding_expire(t, 100, &rid), ==, SVA_NO_ITAG);
    g_assert_true(sva_outstanding_close(t, b, RID_B));
    g_assert_cmpint(sva_outstanding_deadline(t), ==, 200);
    g_assert_cmpuint(sva_outstanding_expire(t, 1000, &rid), ==, c);
    g_assert_cmpuint(sva_outstanding_expire(t, 1000, &rid), ==, SVA_NO_ITAG);
    /* Its completion comes too late: an error, not a crash. */
    g_assert_false(sva_outstanding_close(t, a, RID_A));
    sva_outstanding_free(t);
}

static void test_reset_forgets_but_itags_stay_unknown(void)
{
    SvaOutstanding *t = sva_outstanding_new(2);
    uint32_t a = sva_outstanding_open(t, RID_A, 1);
    uint64_t generation;
    uint32_t now;

    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), !=, SVA_NO_ITAG);
    generation = sva_outstanding_generation(t);
    sva_outstanding_reset(t);
    g_assert_true(sva_outstanding_done(t, generation));
    g_assert_cmpuint(sva_outstanding_count(t), ==, 0);
    g_assert_false(sva_outstanding_close(t, a, RID_A));
    now = sva_outstanding_open(t, RID_A, 1);
    g_assert_cmpuint(now, !=, SVA_NO_ITAG);
    g_assert_cmpuint(now, !=, a);
    now = sva_outstanding_open(t, RID_A, 1);
    g_assert_cmpuint(now, !=, SVA_NO_ITAG);
    g_assert_cmpuint(now, !=, a);
    g_assert_cmpuint(sva_outstanding_open(t, RID_A, 1), ==, SVA_NO_ITAG);
    g_assert_false(sva_outstanding_close(t, a, RID_A));
    sva_outstanding_free(t);
}

/* Random openings and closings against a plain list. */
static void test_agrees_with_a_plain_list(void)
{
    GRand *rand = g_rand_new_with_seed(1);
    SvaOutstanding *t = sva_outstanding_new(16);
    GArray *open = g_array_new(false, false, sizeof(uint32_t));
    unsigned step;

    for (step = 0; step < 20000; step++) {
        if (g_rand_boolean(rand)) {
            uint32_t n = sva_outstanding_open(t, RID_A, 0);

            g_assert_cmpint(n != SVA_NO_ITAG, ==, open->len < 16);
            if (n) {
                g_array_append_val(open, n);
            }
        } else if (open->len) {
            unsigned i = (unsigned)g_rand_int_range(rand, 0, open->len);

            g_assert_true(sva_outstanding_close(
                t, g_array_index(open, uint32_t, i), RID_A));
            g_array_remove_index(open, i);
        }
        g_assert_cmpuint(sva_outstanding_count(t), ==, open->len);
    }
    while (open->len) {
        uint16_t rid;

        g_assert_cmpuint(sva_outstanding_expire(t, 0, &rid), ==,
                         g_array_index(open, uint32_t, 0));
        g_array_remove_index(open, 0);
    }
    g_array_free(open, true);
    g_rand_free(rand);
    sva_outstanding_free(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outstanding/closes-once", test_closes_once);
    g_test_add_func("/outstanding/wrong-function-does-not-close",
                    test_wrong_function_does_not_close);
    g_test_add_func("/outstanding/unknown-itag-does-not-close",
                    test_unknown_itag_does_not_close);
    g_test_add_func("/outstanding/full-table-gives-no-itag",
                    test_full_table_gives_no_itag);
    g_test_add_func("/outstanding/late-completion-does-not-close-the-next",
                    test_late_completion_does_not_close_the_next_request);
    g_test_add_func("/outstanding/itag-is-never-the-reserved-one",
                    test_itag_is_never_the_reserved_one);
    g_test_add_func("/outstanding/generation-waits-for-earlier-requests-only",
                    test_generation_waits_for_earlier_requests_only);
    g_test_add_func("/outstanding/reused-slot-holds-no-older-generation",
                    test_reused_slot_does_not_hold_an_older_generation);
    g_test_add_func("/outstanding/oldest-request-expires-first",
                    test_oldest_request_expires_first);
    g_test_add_func("/outstanding/reset-forgets-but-itags-stay-unknown",
                    test_reset_forgets_but_itags_stay_unknown);
    g_test_add_func("/outstanding/agrees-with-a-plain-list",
                    test_agrees_with_a_plain_list);
    return g_test_run();
}
