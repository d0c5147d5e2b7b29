/*
 * Tests of the fake environment itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"

static void test_memory_is_little_endian(void)
{
    FakeEnv *f = fake_env_new();
    const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint64_t val;

    fake_put(f, 0x1ffc, bytes, 8);
    g_assert_true(sva_env_read64(&f->env, 0x1ffc, &val));
    g_assert_cmphex(val, ==, 0x0807060504030201);
    g_assert_cmphex(fake_get32(f, 0x2000), ==, 0x08070605);
    fake_env_free(f);
}

static void test_unwritten_memory_is_zero(void)
{
    FakeEnv *f = fake_env_new();
    uint64_t val = 1;

    g_assert_true(sva_env_read64(&f->env, 0x123456789000, &val));
    g_assert_cmphex(val, ==, 0);
    fake_env_free(f);
}

static void test_hole_fails_when_one_byte_overlaps(void)
{
    FakeEnv *f = fake_env_new();
    uint8_t buf[16];

    fake_env_hole(f, 0x2000, 0x1000);
    g_assert_true(sva_env_read(&f->env, 0x1ff0, buf, 16));
    g_assert_false(sva_env_read(&f->env, 0x1ff1, buf, 16));
    g_assert_false(sva_env_write(&f->env, 0x2fff, buf, 1));
    g_assert_true(sva_env_write(&f->env, 0x3000, buf, 1));
    fake_env_heal(f);
    g_assert_true(sva_env_write(&f->env, 0x2fff, buf, 1));
    fake_env_free(f);
}

static void test_access_beyond_the_end_fails(void)
{
    FakeEnv *f = fake_env_new();
    uint8_t buf[16];

    g_assert_true(sva_env_read(&f->env, UINT64_MAX - 15, buf, 16));
    g_assert_false(sva_env_read(&f->env, UINT64_MAX - 14, buf, 16));
    fake_env_free(f);
}

static void test_nth_access_fails_once(void)
{
    FakeEnv *f = fake_env_new();
    uint64_t val;

    fake_env_fail_nth(f, 2);
    g_assert_true(sva_env_read64(&f->env, 0, &val));
    g_assert_false(sva_env_read64(&f->env, 0, &val));
    g_assert_true(sva_env_read64(&f->env, 0, &val));
    fake_env_free(f);
}

static void test_cmpxchg_swaps_only_the_expected_word(void)
{
    FakeEnv *f = fake_env_new();
    uint64_t expect = 5;
    bool swapped;

    fake_put64(f, 0x1000, 7);
    g_assert_true(f->env.ops->cmpxchg64(&f->env, 0x1000, &expect, 9,
                                        &swapped));
    g_assert_false(swapped);
    g_assert_cmpuint(expect, ==, 7);
    g_assert_true(f->env.ops->cmpxchg64(&f->env, 0x1000, &expect, 9,
                                        &swapped));
    g_assert_true(swapped);
    g_assert_cmpuint(fake_get64(f, 0x1000), ==, 9);

    fake_env_read_only(f, 0x1000, 8);
    g_assert_false(f->env.ops->cmpxchg64(&f->env, 0x1000, &expect, 1,
                                         &swapped));
    fake_env_free(f);
}

typedef struct Tick {
    FakeEnv *f;
    SvaTimer *timer;
    GString *log;
    char name;
    int64_t period;
} Tick;

static void tick(void *opaque)
{
    Tick *t = opaque;

    g_string_append_printf(t->log, "%c%" PRId64 " ", t->name, t->f->now);
    if (t->period) {
        t->f->env.ops->timer_at(t->timer, t->f->now + t->period);
    }
}

static void test_timers_fire_in_order_of_time(void)
{
    FakeEnv *f = fake_env_new();
    const SvaEnvOps *ops = f->env.ops;
    GString *log = g_string_new("");
    Tick a = { .f = f, .log = log, .name = 'a', .period = 40 };
    Tick b = { .f = f, .log = log, .name = 'b' };
    Tick c = { .f = f, .log = log, .name = 'c' };

    a.timer = ops->timer_new(&f->env, tick, &a);
    b.timer = ops->timer_new(&f->env, tick, &b);
    c.timer = ops->timer_new(&f->env, tick, &c);
    ops->timer_at(b.timer, 50);
    ops->timer_at(a.timer, 10);
    ops->timer_at(c.timer, 20);
    ops->timer_cancel(c.timer);

    fake_env_advance(f, 100);
    g_assert_cmpstr(log->str, ==, "a10 b50 a50 a90 ");
    g_assert_cmpint(f->now, ==, 100);

    /* A time that has passed: fires at the next occasion. */
    ops->timer_cancel(a.timer);
    ops->timer_at(c.timer, 5);
    fake_env_advance(f, 0);
    g_assert_cmpstr(log->str, ==, "a10 b50 a50 a90 c100 ");

    ops->timer_free(a.timer);
    ops->timer_free(b.timer);
    ops->timer_free(c.timer);
    g_string_free(log, true);
    fake_env_free(f);
}

static void test_msis_logs_and_events_are_recorded(void)
{
    FakeEnv *f = fake_env_new();

    f->env.ops->msi(&f->env, 0xfee00000, 0x41);
    sva_guest_error(&f->env, "bad %d", 3);
    sva_emit(&f->env, .kind = SVA_EV_PRQ, .rid = 0x18);
    g_assert_cmpuint(f->msis->len, ==, 1);
    g_assert_cmphex(fake_env_msi(f, 0)->addr, ==, 0xfee00000);
    g_assert_cmphex(fake_env_msi(f, 0)->data, ==, 0x41);
    g_assert_cmpstr(fake_env_last_log(f), ==, "bad 3");
    g_assert_cmpuint(fake_env_log_count(f), ==, 1);
    g_assert_cmphex(fake_env_event(f, SVA_EV_PRQ, 0)->rid, ==, 0x18);
    fake_env_clear(f);
    g_assert_cmpuint(f->msis->len, ==, 0);
    g_assert_cmpuint(fake_env_event_count(f, SVA_EV_PRQ), ==, 0);
    g_assert_cmpstr(fake_env_last_log(f), ==, "");
    fake_env_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fake-env/memory-is-little-endian",
                    test_memory_is_little_endian);
    g_test_add_func("/fake-env/unwritten-memory-is-zero",
                    test_unwritten_memory_is_zero);
    g_test_add_func("/fake-env/hole-fails-when-one-byte-overlaps",
                    test_hole_fails_when_one_byte_overlaps);
    g_test_add_func("/fake-env/access-beyond-the-end-fails",
                    test_access_beyond_the_end_fails);
    g_test_add_func("/fake-env/nth-access-fails-once",
                    test_nth_access_fails_once);
    g_test_add_func("/fake-env/cmpxchg-swaps-only-the-expected-word",
                    test_cmpxchg_swaps_only_the_expected_word);
    g_test_add_func("/fake-env/timers-fire-in-order-of-time",
                    test_timers_fire_in_order_of_time);
    g_test_add_func("/fake-env/msis-logs-and-events-are-recorded",
                    test_msis_logs_and_events_are_recorded);
    return g_test_run();
}
