/*
 * hw/sva/pci/read128.h: no half of a store of 16 bytes is seen
 *
 * One thread stores pairs of words that belong together as fast as it can,
 * as a processor of the guest does with CMPXCHG16B; another one reads.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../../hw/sva/pci/read128.h"

#define READS   20000000u       /* at least */
#define CHANGES 1000u           /* to be seen, on a busy host too */
#define SECONDS 60
#define PAUSE   100             /* of who stores, or the line is all theirs */

static Int128 QEMU_ALIGNED(16) unit;
static bool stop;

/* Both words from the number of the store. */
static Int128 pair(uint64_t n)
{
    return int128_make128(cpu_to_le64(n), cpu_to_le64(~n));
}

static void *store_pairs(void *opaque)
{
    volatile unsigned pause;
    uint64_t n = 0;

    while (!qatomic_read(&stop)) {
        atomic16_set(&unit, pair(n++));
        for (pause = 0; pause < PAUSE; pause++) {
            ;
        }
    }
    return NULL;
}

static void test_no_half_of_a_store(void)
{
    uint64_t val[2], last = 0;
    int64_t end = g_get_monotonic_time() + SECONDS * G_USEC_PER_SEC;
    uint64_t i, changes = 0, torn = 0;
    GThread *writer;

    if (!HAVE_ATOMIC128_RW) {
        g_test_skip("no store of 16 bytes on this host");
        return;
    }
    unit = pair(0);
    writer = g_thread_new("writer", store_pairs, NULL);
    for (i = 0; i < READS || changes < CHANGES; i++) {
        if (i % READS == READS - 1 && g_get_monotonic_time() > end) {
            break;
        }
        sva_read128(&unit, true, val);
        torn += val[1] != ~val[0];
        changes += val[0] != last;
        last = val[0];
    }
    qatomic_set(&stop, true);
    g_thread_join(writer);
    g_test_message("%" PRIu64 " reads, %" PRIu64 " changes", i, changes);
    g_assert_cmpuint(torn, ==, 0);
    g_assert_cmpuint(changes, >=, CHANGES);
}

static void test_words_are_in_order(void)
{
    uint64_t val[2];

    unit = int128_make128(cpu_to_le64(0x1122334455667788),
                          cpu_to_le64(0x99aabbccddeeff00));
    sva_read128(&unit, true, val);
    g_assert_cmphex(val[0], ==, 0x1122334455667788);
    g_assert_cmphex(val[1], ==, 0x99aabbccddeeff00);
    sva_read128(&unit, false, val);
    g_assert_cmphex(val[0], ==, 0x1122334455667788);
    g_assert_cmphex(val[1], ==, 0x99aabbccddeeff00);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sva/read128/words-are-in-order",
                    test_words_are_in_order);
    g_test_add_func("/sva/read128/no-half-of-a-store",
                    test_no_half_of_a_store);
    return g_test_run();
}
