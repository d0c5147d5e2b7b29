/*
 * Tests of invalidate completions that come late, never, or untruly
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define RW (SVA_READ | SVA_WRITE)
#define MS 1000000ll

/* Ring, record and the page at 0x10000 are in the ATC. */
static Bench *bench(uint32_t inject)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_ATS);
    bench_map(b, 0, 0x10000, 0x1000, RW);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL, .dst = 0x10000, .size = 8,
    });
    bench_assert_cpl(b, 0, 0, .status = 0x01, .bytes = 8);
    sva_accel_write(b->a, 0x030, inject, 4);
    g_assert_cmphex(sva_accel_read(b->a, 0x030, 4), ==, inject);
    sva_accel_write(b->a, 0x034, 30, 4);
    g_assert_cmphex(sva_accel_read(b->a, 0x034, 4), ==, 30);
    bench_forget_log(b);
    return b;
}

static void invalidate(Bench *b, uint32_t ticket)
{
    fake_port_invalidate(b->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xfff, .pasid = sva_pasid(1),
        .ticket = ticket,
    });
}

static void read_word(Bench *b)
{
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = 0x10000, .size = 8, .stride = 8,
        .rounds = 1,
    });
}

static uint32_t held(Bench *b)
{
    return sva_accel_read(b->a, 0x038, 4);
}

static void test_what_exists_is_announced(void)
{
    Bench *b = bench(7);

    g_assert_cmphex(sva_accel_read(b->a, 0x024, 4), ==, 0x7);
    sva_accel_write(b->a, 0x030, ~0u, 4);
    g_assert_cmphex(sva_accel_read(b->a, 0x030, 4), ==, 0x7);
    g_assert_cmpstr(sva_accel_counter_name(26), ==, "inval-late");
    g_assert_cmpstr(sva_accel_counter_name(27), ==, "stale-kept");
    g_assert_cmpstr(sva_accel_counter_name(28), ==, "stale-hits");
    bench_free(b);
}

static void test_a_late_completion_comes_after_the_delay(void)
{
    Bench *b = bench(1);

    invalidate(b, 7);
    g_assert_cmpuint(held(b), ==, 1);
    fake_env_advance(b->f, 10 * MS);
    sva_accel_write(b->a, 0x034, 1, 4);
    invalidate(b, 8);
    fake_env_advance(b->f, MS);
    bench_assert_log(b, "ic 8");
    fake_env_advance(b->f, 19 * MS - 1);
    bench_assert_log(b, "");
    fake_env_advance(b->f, 1);
    bench_assert_log(b, "ic 7");
    g_assert_cmpuint(held(b), ==, 0);
    g_assert_cmpuint(sva_accel_counter(b->a, 26), ==, 2);
    bench_free(b);
}

static void test_the_atc_obeys_at_once(void)
{
    static const uint32_t injects[] = { 1, 2 };

    for (unsigned i = 0; i < 2; i++) {
        Bench *b = bench(injects[i]);

        invalidate(b, 7);
        read_word(b);
        bench_assert_log(b, "tr 201000100040+40; at 1:10000 r; "
                         "tr 201000010000+8");
        g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_ATC_DROPPED), ==, 1);
        bench_free(b);
    }
}

static void test_a_completion_is_withheld_until_the_bit_is_cleared(void)
{
    Bench *b = bench(3);

    invalidate(b, 7);
    sva_accel_write(b->a, 0x030, 1, 4);
    bench_assert_log(b, "ic 7");
    invalidate(b, 8);
    sva_accel_write(b->a, 0x030, 2, 4);
    bench_assert_log(b, "ic 8");
    invalidate(b, 9);
    fake_env_advance(b->f, 3600000 * MS);
    bench_assert_log(b, "");
    g_assert_cmpuint(held(b), ==, 1);
    sva_accel_write(b->a, 0x030, 0, 4);
    bench_assert_log(b, "ic 9");
    g_assert_cmpuint(sva_accel_counter(b->a, 26), ==, 3);
    bench_free(b);
}

static void test_no_more_than_32_are_kept_back(void)
{
    Bench *b = bench(2);
    g_autoptr(GString) rest = g_string_new("");

    for (unsigned i = 0; i < 34; i++) {
        invalidate(b, i);
    }
    g_assert_cmpuint(held(b), ==, 32);
    bench_assert_log(b, "ic 0; ic 1");
    sva_accel_write(b->a, 0x030, 0, 4);
    for (unsigned i = 2; i < 34; i++) {
        g_string_append_printf(rest, "%sic %u", i > 2 ? "; " : "", i);
    }
    bench_assert_log(b, rest->str);
    bench_free(b);
}

/* Each completion makes room for the next request. */
static void next_request(FakePort *p, const char *tlp, void *opaque)
{
    Bench *b = opaque;
    unsigned ticket = atoi(tlp + 3);

    (void)p;
    if (g_str_has_prefix(tlp, "ic ") && ticket < 100) {
        invalidate(b, ticket + 100);
    }
}

static void test_a_completion_may_bring_the_next_request(void)
{
    Bench *b = bench(1);

    sva_accel_write(b->a, 0x034, 0, 4);
    for (unsigned i = 0; i < 3; i++) {
        invalidate(b, i);
    }
    b->p->hook = next_request;
    b->p->hook_opaque = b;
    fake_env_advance(b->f, 0);
    bench_assert_log(b, "ic 0; ic 1; ic 2; ic 100; ic 101; ic 102");
    bench_free(b);
}

static void test_a_full_queue_may_fill_up_again_at_once(void)
{
    Bench *b = bench(2);

    for (unsigned i = 0; i < 32; i++) {
        invalidate(b, i);
    }
    b->p->hook = next_request;
    b->p->hook_opaque = b;
    invalidate(b, 200);
    bench_assert_log(b, "ic 0; ic 200");
    g_assert_cmpuint(held(b), ==, 32);
    bench_free(b);
}

static void test_flr_forgets_completions(void)
{
    Bench *b = bench(3);

    invalidate(b, 7);
    sva_accel_reset(b->a);
    g_assert_cmphex(sva_accel_read(b->a, 0x030, 4), ==, 0);
    g_assert_cmphex(sva_accel_read(b->a, 0x034, 4), ==, 0);
    g_assert_cmpuint(held(b), ==, 0);
    fake_env_advance(b->f, 1000 * MS);
    bench_assert_log(b, "");
    invalidate(b, 8);
    bench_assert_log(b, "ic 8");
    bench_free(b);
}

static void test_flr_forgets_the_delay(void)
{
    Bench *b = bench(1);

    invalidate(b, 7);
    sva_accel_reset(b->a);
    fake_env_advance(b->f, 1000 * MS);
    bench_assert_log(b, "");
    bench_free(b);
}

static void test_soft_reset_sends_completions(void)
{
    Bench *b = bench(3);

    invalidate(b, 7);
    sva_accel_write(b->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    bench_assert_log(b, "ic 7");
    g_assert_cmphex(sva_accel_read(b->a, 0x030, 4), ==, 0);
    bench_free(b);
}

static void test_stale_entries_are_used(void)
{
    Bench *b = bench(4);

    bench_map(b, 0, 0x10000, 0x1000, SVA_NONE);
    invalidate(b, 7);
    read_word(b);
    bench_assert_log(b, "ic 7; tr 201000100040+40; tr 201000010000+8");
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_ATC_DROPPED), ==, 0);
    g_assert_cmpuint(sva_accel_counter(b->a, 27), ==, 1);
    g_assert_cmpuint(sva_accel_counter(b->a, 28), ==, 1);
    sva_accel_write(b->a, 0x030, 0, 4);
    read_word(b);
    bench_assert_log(b, "at 1:100000 r; tr 201000100080+40; at 1:10000 r");
    g_assert_cmpuint(sva_accel_counter(b->a, 28), ==, 1);
    bench_free(b);
}

static void test_a_held_job_goes_on_with_a_stale_translation(void)
{
    Bench *b = bench(4);

    bench_write(b, 0, SVA_CTX_HOLD_MASK, SVA_HOLD_BEFORE_ACCESS);
    read_word(b);
    invalidate(b, 7);
    bench_write(b, 0, SVA_CTX_RELEASE, 1);
    bench_run(b);
    bench_assert_log(b, "tr 201000100040+40; ic 7; tr 201000010000+8");
    bench_free(b);
}

static void test_a_new_translation_is_not_stale(void)
{
    Bench *b = bench(4);

    invalidate(b, 7);
    sva_accel_write(b->a, 0x030, 0, 4);
    read_word(b);
    read_word(b);
    g_assert_cmpuint(sva_accel_counter(b->a, 28), ==, 0);
    bench_free(b);
}

#define ADD(name) g_test_add_func("/accel/inval/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(what_exists_is_announced);
    ADD(a_late_completion_comes_after_the_delay);
    ADD(the_atc_obeys_at_once);
    ADD(a_completion_is_withheld_until_the_bit_is_cleared);
    ADD(no_more_than_32_are_kept_back);
    ADD(a_completion_may_bring_the_next_request);
    ADD(a_full_queue_may_fill_up_again_at_once);
    ADD(flr_forgets_completions);
    ADD(flr_forgets_the_delay);
    ADD(soft_reset_sends_completions);
    ADD(stale_entries_are_used);
    ADD(a_held_job_goes_on_with_a_stale_translation);
    ADD(a_new_translation_is_not_stale);
    return g_test_run();
}
