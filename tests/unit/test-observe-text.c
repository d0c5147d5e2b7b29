/*
 * Tests of numbers and texts put together in a buffer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/observe/text.h"

static void assert_text(const SvaText *t, const char *expected)
{
    g_autofree char *text = g_strndup(t->buf, sva_text_len(t));

    g_assert_cmpstr(text, ==, expected);
}

static void check_number(uint64_t value)
{
    g_autofree char *expected =
        g_strdup_printf("%" PRIu64 " %012" PRIu64 " %" PRIx64 " %016" PRIx64,
                        value, value, value, value);
    char buf[128];
    SvaText t = sva_text(buf, sizeof(buf));

    sva_text_dec(&t, value);
    sva_text_add(&t, " ");
    sva_text_dec_padded(&t, value, 12);
    sva_text_add(&t, " ");
    sva_text_hex(&t, value, 1);
    sva_text_add(&t, " ");
    sva_text_hex(&t, value, 16);
    assert_text(&t, expected);
}

/* Around each power of ten and of two, and anywhere. */
static void test_numbers(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    uint64_t power = 1;
    unsigned i;

    for (i = 0; i < 20; i++, power *= 10) {
        check_number(power - 1);
        check_number(power);
        check_number(power + 1);
    }
    for (i = 0; i < 64; i++) {
        check_number((1ull << i) - 1);
        check_number(1ull << i);
    }
    check_number(UINT64_MAX);
    for (i = 0; i < 10000; i++) {
        uint64_t value = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);

        check_number(value >> g_rand_int_range(rand, 0, 64));
    }
}

static void test_no_more_digits_than_a_number_may_have(void)
{
    char buf[64];
    SvaText t = sva_text(buf, sizeof(buf));

    sva_text_dec_padded(&t, 7, 1000);
    assert_text(&t, "00000000000000000007");
}

/* Text after one that did not fit would mislead, so there is none at all. */
static void test_what_does_not_fit_leaves_nothing(void)
{
    char buf[8] = { 0 };
    SvaText t = sva_text(buf, 7);

    sva_text_add(&t, "abc");
    sva_text_dec(&t, 1234);
    assert_text(&t, "abc1234");
    sva_text_add(&t, "");
    g_assert_false(t.full);
    sva_text_hex(&t, 0, 1);
    g_assert_true(t.full);
    g_assert_cmpuint(sva_text_len(&t), ==, 0);
    sva_text_add(&t, "");
    g_assert_cmpuint(sva_text_len(&t), ==, 0);
    g_assert_cmpint(buf[7], ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/numbers", test_numbers);
    g_test_add_func("/text/no-more-digits-than-a-number-may-have",
                    test_no_more_digits_than_a_number_may_have);
    g_test_add_func("/text/what-does-not-fit-leaves-nothing",
                    test_what_does_not_fit_leaves_nothing);
    return g_test_run();
}
