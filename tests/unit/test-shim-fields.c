/*
 * The stand-in for QEMU's register fields agrees with literals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/registerfields.h"

REG32(SMALL, 0x18)
    FIELD(SMALL, LOW, 0, 1)
    FIELD(SMALL, MID, 8, 4)
    FIELD(SMALL, TOP, 31, 1)
REG64(WIDE, 0x20)
    FIELD(WIDE, MID, 32, 16)
    FIELD(WIDE, TOP, 60, 4)
    FIELD(WIDE, ALL, 0, 64)

static void test_offsets(void)
{
    g_assert_cmphex(A_SMALL, ==, 0x18);
    g_assert_cmphex(R_SMALL, ==, 6);
    g_assert_cmphex(A_WIDE, ==, 0x20);
    g_assert_cmphex(R_WIDE, ==, 4);
}

static void test_places(void)
{
    g_assert_cmphex(R_SMALL_LOW_MASK, ==, 1);
    g_assert_cmphex(R_SMALL_MID_MASK, ==, 0xf00);
    g_assert_cmphex(R_SMALL_TOP_MASK, ==, 0x80000000);
    g_assert_cmphex(R_WIDE_TOP_MASK, ==, 0xf000000000000000);
    g_assert_cmphex(R_WIDE_ALL_MASK, ==, UINT64_MAX);
    g_assert_cmpuint(R_WIDE_MID_SHIFT, ==, 32);
    g_assert_cmpuint(R_WIDE_MID_LENGTH, ==, 16);
}

static void test_extract(void)
{
    g_assert_cmphex(FIELD_EX32(0x12345678, SMALL, MID), ==, 6);
    g_assert_cmphex(FIELD_EX32(0x80000000, SMALL, TOP), ==, 1);
    g_assert_cmphex(FIELD_EX64(0x123456789abcdef0, WIDE, MID), ==, 0x5678);
    g_assert_cmphex(FIELD_EX64(0x123456789abcdef0, WIDE, TOP), ==, 1);
}

static void test_deposit(void)
{
    g_assert_cmphex(FIELD_DP32(0xffffffff, SMALL, MID, 5), ==, 0xfffff5ff);
    g_assert_cmphex(FIELD_DP32(0, SMALL, TOP, 1), ==, 0x80000000);
    g_assert_cmphex(FIELD_DP64(UINT64_MAX, WIDE, MID, 0), ==,
                    0xffff0000ffffffff);
    g_assert_cmphex(FIELD_DP64(0, WIDE, TOP, 9), ==, 0x9000000000000000);
    /* 32-bit masks do not reach into the upper half of 64-bit words. */
    g_assert_cmphex(FIELD_DP64(UINT64_MAX, SMALL, TOP, 0), ==,
                    0xffffffff7fffffff);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fields/offsets", test_offsets);
    g_test_add_func("/fields/places", test_places);
    g_test_add_func("/fields/extract", test_extract);
    g_test_add_func("/fields/deposit", test_deposit);
    return g_test_run();
}
