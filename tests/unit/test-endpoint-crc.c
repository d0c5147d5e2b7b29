/*
 * Tests of the checksums, by the check values of their definitions
 *
 * That of the nine digits "123456789"; NVM Command Set 1.0 5.2.1.3.4 names more
 * for the 64-bit CRC.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/endpoint/crc.h"

static const uint8_t digits[] = "123456789";
static const uint8_t zeros[4096];

static void test_crc64(void)
{
    g_assert_cmphex(~sva_crc64_remainder(UINT64_MAX, digits, 9), ==,
                    0xae8b14860a799888);
    g_assert_cmphex(~sva_crc64_remainder(UINT64_MAX, zeros, 4096), ==,
                    0x6482d367eb22b64e);
}

static void test_crc16_t10(void)
{
    g_assert_cmphex(sva_crc16_t10(0, digits, 9), ==, 0xd0db);
    g_assert_cmphex(sva_crc16_t10(0, zeros, 512), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(name) g_test_add_func("/endpoint/crc/" #name, test_##name)
    T(crc64);
    T(crc16_t10);
    return g_test_run();
}
