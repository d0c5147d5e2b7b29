/*
 * Tests of ring arithmetic
 *
 * Sizes are those of VT-d: invalidation queue 2^(QS+12) bytes with entries of
 * 16 or 32 bytes, page request queue 2^(PQS+12) bytes with entries of 32.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/ring.h"

static const SvaRing iq = { .base = 0x40000000, .size_log2 = 12,
                            .entry_log2 = 4 };
static const SvaRing prq = { .base = 0x100000000, .size_log2 = 19,
                             .entry_log2 = 5 };

static void test_next_wraps_at_the_end(void)
{
    g_assert_cmphex(sva_ring_next(&iq, 0), ==, 0x10);
    g_assert_cmphex(sva_ring_next(&iq, 0xfe0), ==, 0xff0);
    g_assert_cmphex(sva_ring_next(&iq, 0xff0), ==, 0);
    g_assert_cmphex(sva_ring_next(&prq, 0x7ffe0), ==, 0);
    g_assert_cmphex(sva_ring_next(&prq, 0x7ffc0), ==, 0x7ffe0);
}

static void test_full_leaves_one_entry_free(void)
{
    g_assert_true(sva_ring_full(&iq, 0, 0xff0));
    g_assert_false(sva_ring_full(&iq, 0, 0xfe0));
    g_assert_true(sva_ring_full(&iq, 0x20, 0x10));
    g_assert_false(sva_ring_full(&iq, 0x10, 0x10));
    g_assert_true(sva_ring_empty(0x10, 0x10));
    g_assert_false(sva_ring_empty(0x10, 0x20));
}

static void test_offsets_must_be_aligned_and_inside(void)
{
    g_assert_true(sva_ring_offset_valid(&iq, 0xff0));
    g_assert_false(sva_ring_offset_valid(&iq, 0x1000));
    g_assert_false(sva_ring_offset_valid(&iq, 0x8));
    g_assert_true(sva_ring_offset_valid(&prq, 0x7ffe0));
    g_assert_false(sva_ring_offset_valid(&prq, 0x7fff0));
    g_assert_false(sva_ring_offset_valid(&prq, 0x100000000));
}

static void test_address_is_base_plus_offset(void)
{
    g_assert_cmphex(sva_ring_addr(&iq, 0xff0), ==, 0x40000ff0);
    g_assert_cmphex(sva_ring_addr(&prq, 0x7ffe0), ==, 0x10007ffe0);
    g_assert_cmphex(sva_ring_bytes(&prq), ==, 0x80000);
}

static void test_ring_of_one_entry_is_always_full(void)
{
    SvaRing one = { .size_log2 = 5, .entry_log2 = 5 };

    g_assert_true(sva_ring_full(&one, 0, 0));
    g_assert_cmphex(sva_ring_next(&one, 0), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ring/next-wraps-at-the-end", test_next_wraps_at_the_end);
    g_test_add_func("/ring/full-leaves-one-entry-free",
                    test_full_leaves_one_entry_free);
    g_test_add_func("/ring/offsets-must-be-aligned-and-inside",
                    test_offsets_must_be_aligned_and_inside);
    g_test_add_func("/ring/address-is-base-plus-offset",
                    test_address_is_base_plus_offset);
    g_test_add_func("/ring/ring-of-one-entry-is-always-full",
                    test_ring_of_one_entry_is_always_full);
    return g_test_run();
}
