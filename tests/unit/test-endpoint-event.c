/*
 * Tests of what a function announces: enables, its ATC, hits in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"
#include "event-log.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull

static void access_to(EndpointFixture *f, uint64_t va, bool write)
{
    endpoint_start(f, 0, SVA_ACCESS_ATS, va, write);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
}

static void invalidate(EndpointFixture *f)
{
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = VA, .mask = 0xfff, .pasid = sva_pasid(1), .itag = 3,
    });
}

static void test_hits_of_the_atc(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    endpoint_map(f, 0, VA, 8, RW);
    fake_env_clear(f->env);
    access_to(f, VA, true);             /* a translation request */
    event_log_expect(f->env, "");
    access_to(f, VA | 0x18, false);
    access_to(f, VA, true);
    event_log_expect(f->env,
        "ATC_HIT 0110/1 10018 -> 201000010018 r--\n"
        "ATC_HIT 0110/1 10000 -> 201000010000 -w-\n");
    f->bad.keep_stale = true;
    invalidate(f);
    access_to(f, VA, true);
    event_log_expect(f->env,
        "ATC_HIT 0110/1 10000 -> 201000010000 -w- stale\n");
    f->bad.keep_stale = false;
    invalidate(f);
    access_to(f, VA, true);
    event_log_expect(f->env, "");
    endpoint_fixture_free(f);
}

/* The change comes before what it drops. */
static void test_enables(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    SvaPriControl on = { .enable = true, .allocation = 8 };
    SvaPriControl off = { .allocation = 8 };

    fake_env_clear(f->env);
    sva_function_set_ats(&f->fn, true);
    sva_function_set_pri(&f->fn, &on);
    sva_function_set_bus_master(&f->fn, false);
    event_log_expect(f->env, "");       /* nothing has changed */
    sva_function_set_pri(&f->fn, &off);
    event_log_expect(f->env, "FUNCTION 0110 ats 1 pri 0\n");
    sva_function_set_ats(&f->fn, false);
    event_log_expect(f->env,
        "FUNCTION 0110 ats 0 pri 0\n"
        "DROP 10 0110\n");
    sva_function_set_ats(&f->fn, true);
    event_log_expect(f->env,
        "FUNCTION 0110 ats 1 pri 0\n"
        "DROP 10 0110\n");
    sva_function_set_pasid(&f->fn, false);
    event_log_expect(f->env, "DROP 10 0110\n");
    endpoint_fixture_free(f);
}

/* A reset drops the ATC whatever is enabled, and then it is off. */
static void test_reset(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    fake_env_clear(f->env);
    sva_function_begin(&f->fn);
    sva_function_reset(&f->fn);
    event_log_expect(f->env, "");       /* not yet */
    sva_function_end(&f->fn);
    event_log_expect(f->env,
        "DROP 10 0110\n"
        "FUNCTION 0110 ats 0 pri 0\n");
    sva_function_reset(&f->fn);
    event_log_expect(f->env, "DROP 10 0110\n");
    endpoint_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint/event/hits-of-the-atc", test_hits_of_the_atc);
    g_test_add_func("/endpoint/event/enables", test_enables);
    g_test_add_func("/endpoint/event/reset", test_reset);
    return g_test_run();
}
