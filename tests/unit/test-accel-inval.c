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
static AccelFixture *fixture(uint32_t inject)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS);
    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL, .dst = 0x10000, .size = 8,
    });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 8);
    sva_accel_write(f->a, 0x030, inject, 4);
    g_assert_cmphex(sva_accel_read(f->a, 0x030, 4), ==, inject);
    sva_accel_write(f->a, 0x034, 30, 4);
    g_assert_cmphex(sva_accel_read(f->a, 0x034, 4), ==, 30);
    accel_forget_log(f);
    return f;
}

static void invalidate(AccelFixture *f, uint32_t itag)
{
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xfff, .pasid = sva_pasid(1),
        .itag = itag,
    });
}

static void read_word(AccelFixture *f)
{
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = 0x10000, .size = 8, .stride = 8,
        .rounds = 1,
    });
}

static uint32_t held(AccelFixture *f)
{
    return sva_accel_read(f->a, 0x038, 4);
}

static void test_what_exists_is_announced(void)
{
    AccelFixture *f = fixture(7);

    g_assert_cmphex(sva_accel_read(f->a, 0x024, 4), ==, 0x7);
    sva_accel_write(f->a, 0x030, ~0u, 4);
    g_assert_cmphex(sva_accel_read(f->a, 0x030, 4), ==, 0x7);
    g_assert_cmpstr(sva_accel_counter_name(26), ==, "inval-late");
    g_assert_cmpstr(sva_accel_counter_name(27), ==, "stale-kept");
    g_assert_cmpstr(sva_accel_counter_name(28), ==, "stale-hits");
    accel_fixture_free(f);
}

static void test_a_late_completion_comes_after_the_delay(void)
{
    AccelFixture *f = fixture(1);

    invalidate(f, 7);
    g_assert_cmpuint(held(f), ==, 1);
    fake_env_advance(f->env, 10 * MS);
    sva_accel_write(f->a, 0x034, 1, 4);
    invalidate(f, 8);
    fake_env_advance(f->env, MS);
    accel_assert_log(f, "ic 8");
    fake_env_advance(f->env, 19 * MS - 1);
    accel_assert_log(f, "");
    fake_env_advance(f->env, 1);
    accel_assert_log(f, "ic 7");
    g_assert_cmpuint(held(f), ==, 0);
    g_assert_cmpuint(sva_accel_counter(f->a, 26), ==, 2);
    accel_fixture_free(f);
}

static void test_the_atc_obeys_at_once(void)
{
    static const uint32_t injects[] = { 1, 2 };

    for (unsigned i = 0; i < 2; i++) {
        AccelFixture *f = fixture(injects[i]);

        invalidate(f, 7);
        read_word(f);
        accel_assert_log(f, "tr 201000100040+40; at 1:10000 r; "
                         "tr 201000010000+8");
        g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_ATC_DROPPED), ==, 1);
        accel_fixture_free(f);
    }
}

static void test_a_completion_is_withheld_until_the_bit_is_cleared(void)
{
    AccelFixture *f = fixture(3);

    invalidate(f, 7);
    sva_accel_write(f->a, 0x030, 1, 4);
    accel_assert_log(f, "ic 7");
    invalidate(f, 8);
    sva_accel_write(f->a, 0x030, 2, 4);
    accel_assert_log(f, "ic 8");
    invalidate(f, 9);
    fake_env_advance(f->env, 3600000 * MS);
    accel_assert_log(f, "");
    g_assert_cmpuint(held(f), ==, 1);
    sva_accel_write(f->a, 0x030, 0, 4);
    accel_assert_log(f, "ic 9");
    g_assert_cmpuint(sva_accel_counter(f->a, 26), ==, 3);
    accel_fixture_free(f);
}

static void test_no_more_than_32_are_kept_back(void)
{
    AccelFixture *f = fixture(2);
    g_autoptr(GString) rest = g_string_new("");

    for (unsigned i = 0; i < 34; i++) {
        invalidate(f, i);
    }
    g_assert_cmpuint(held(f), ==, 32);
    accel_assert_log(f, "ic 0; ic 1");
    sva_accel_write(f->a, 0x030, 0, 4);
    for (unsigned i = 2; i < 34; i++) {
        g_string_append_printf(rest, "%sic %u", i > 2 ? "; " : "", i);
    }
    accel_assert_log(f, rest->str);
    accel_fixture_free(f);
}

/* Each completion makes room for the next request. */
static void next_request(FakePort *p, const char *tlp, void *opaque)
{
    AccelFixture *f = opaque;
    unsigned itag = atoi(tlp + 3);

    (void)p;
    if (g_str_has_prefix(tlp, "ic ") && itag < 100) {
        invalidate(f, itag + 100);
    }
}

static void test_a_completion_may_bring_the_next_request(void)
{
    AccelFixture *f = fixture(1);

    sva_accel_write(f->a, 0x034, 0, 4);
    for (unsigned i = 0; i < 3; i++) {
        invalidate(f, i);
    }
    f->p->hook = next_request;
    f->p->hook_opaque = f;
    fake_env_advance(f->env, 0);
    accel_assert_log(f, "ic 0; ic 1; ic 2; ic 100; ic 101; ic 102");
    accel_fixture_free(f);
}

static void test_a_full_queue_may_fill_up_again_at_once(void)
{
    AccelFixture *f = fixture(2);

    for (unsigned i = 0; i < 32; i++) {
        invalidate(f, i);
    }
    f->p->hook = next_request;
    f->p->hook_opaque = f;
    invalidate(f, 200);
    accel_assert_log(f, "ic 0; ic 200");
    g_assert_cmpuint(held(f), ==, 32);
    accel_fixture_free(f);
}

static void test_flr_forgets_completions(void)
{
    AccelFixture *f = fixture(3);

    invalidate(f, 7);
    sva_accel_reset(f->a);
    g_assert_cmphex(sva_accel_read(f->a, 0x030, 4), ==, 0);
    g_assert_cmphex(sva_accel_read(f->a, 0x034, 4), ==, 0);
    g_assert_cmpuint(held(f), ==, 0);
    fake_env_advance(f->env, 1000 * MS);
    accel_assert_log(f, "");
    invalidate(f, 8);
    accel_assert_log(f, "ic 8");
    accel_fixture_free(f);
}

static void test_flr_forgets_the_delay(void)
{
    AccelFixture *f = fixture(1);

    invalidate(f, 7);
    sva_accel_reset(f->a);
    fake_env_advance(f->env, 1000 * MS);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_soft_reset_sends_completions(void)
{
    AccelFixture *f = fixture(3);

    invalidate(f, 7);
    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    accel_assert_log(f, "ic 7");
    g_assert_cmphex(sva_accel_read(f->a, 0x030, 4), ==, 0);
    accel_fixture_free(f);
}

static void test_stale_entries_are_used(void)
{
    AccelFixture *f = fixture(4);

    accel_map(f, 0, 0x10000, 0x1000, SVA_NONE);
    invalidate(f, 7);
    read_word(f);
    accel_assert_log(f, "ic 7; tr 201000100040+40; tr 201000010000+8");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_ATC_DROPPED), ==, 0);
    g_assert_cmpuint(sva_accel_counter(f->a, 27), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, 28), ==, 1);
    sva_accel_write(f->a, 0x030, 0, 4);
    read_word(f);
    accel_assert_log(f, "at 1:100000 r; tr 201000100080+40; at 1:10000 r");
    g_assert_cmpuint(sva_accel_counter(f->a, 28), ==, 1);
    accel_fixture_free(f);
}

static void test_a_held_job_goes_on_with_a_stale_translation(void)
{
    AccelFixture *f = fixture(4);

    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_BEFORE_ACCESS);
    read_word(f);
    invalidate(f, 7);
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    accel_assert_log(f, "tr 201000100040+40; ic 7; tr 201000010000+8");
    accel_fixture_free(f);
}

static void test_a_new_translation_is_not_stale(void)
{
    AccelFixture *f = fixture(4);

    invalidate(f, 7);
    sva_accel_write(f->a, 0x030, 0, 4);
    read_word(f);
    read_word(f);
    g_assert_cmpuint(sva_accel_counter(f->a, 28), ==, 0);
    accel_fixture_free(f);
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
