/*
 * Tests of invalidate requests and their completions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull
#define MS 1000000ll

static void invalidate(EndpointFixture *f, uint32_t itag)
{
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = VA, .mask = 0xfff, .pasid = sva_pasid(1), .itag = itag,
    });
}

static void test_a_completion_follows_at_once(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    invalidate(f, 17);
    endpoint_assert_log(f, "at 1:10000 rw; tw 201000010000+8; ic 17");
    g_assert_cmpuint(f->counter[SVA_FN_INVALIDATIONS], ==, 1);
    g_assert_cmpuint(f->counter[SVA_FN_ATC_DROPPED], ==, 1);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "at 1:10000 rw; tw 201000010000+8");
    endpoint_fixture_free(f);
}

static void invalidate_at_request(FakePort *p, const char *tlp, void *opaque)
{
    EndpointFixture *f = opaque;

    if (g_str_has_prefix(tlp, "at ")) {
        p->hook = NULL;
        endpoint_map(f, 0, VA, 8, SVA_NONE);
        invalidate(f, 4);
    }
}

static void test_a_translation_invalidated_on_its_way_is_not_used(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_map(f, 0, VA, 8, RW);
    f->p->hook = invalidate_at_request;
    f->p->hook_opaque = f;
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PAGE_FAULT);
    endpoint_assert_log(f, "at 1:10000 rw; ic 4; at 1:10000 rw");
    g_assert_null(sva_atc_lookup(f->fn.atc, sva_pasid(1), VA));
    endpoint_fixture_free(f);
}

static void test_a_late_completion_comes_after_its_delay(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.timing = SVA_INVAL_LATE;
    f->bad.delay = 5 * MS;
    invalidate(f, 1);
    fake_env_advance(f->env, 2 * MS);
    f->bad.delay = 1 * MS;
    invalidate(f, 2);
    g_assert_cmpuint(f->counter[SVA_FN_INVALS_LATE], ==, 2);
    fake_env_advance(f->env, 1 * MS - 1);
    endpoint_assert_log(f, "");
    fake_env_advance(f->env, 1);
    endpoint_assert_log(f, "ic 2");
    fake_env_advance(f->env, 2 * MS);
    endpoint_assert_log(f, "ic 1");
    g_assert_cmpuint(f->fn.late_count, ==, 0);
    endpoint_fixture_free(f);
}

static void test_the_next_completion_alone_is_late(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    sva_inval_next_late(&f->fn, 5);
    invalidate(f, 1);
    invalidate(f, 2);
    endpoint_assert_log(f, "ic 2");
    fake_env_advance(f->env, 5 * MS - 1);
    endpoint_assert_log(f, "");
    fake_env_advance(f->env, 1);
    endpoint_assert_log(f, "ic 1");
    endpoint_fixture_free(f);
}

static void test_a_withheld_completion_comes_when_it_is_let_go(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.timing = SVA_INVAL_WITHHELD;
    invalidate(f, 1);
    f->bad.timing = SVA_INVAL_LATE;
    f->bad.delay = 5 * MS;
    invalidate(f, 2);
    fake_env_advance(f->env, 1000 * MS);
    endpoint_assert_log(f, "ic 2");
    sva_inval_complete(&f->fn, true, false);
    endpoint_assert_log(f, "");
    sva_inval_complete(&f->fn, false, true);
    endpoint_assert_log(f, "ic 1");
    endpoint_fixture_free(f);
}

static void test_all_that_is_late_can_be_completed(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.timing = SVA_INVAL_LATE;
    f->bad.delay = 5 * MS;
    invalidate(f, 1);
    invalidate(f, 2);
    sva_inval_complete(&f->fn, true, false);
    endpoint_assert_log(f, "ic 1; ic 2");
    fake_env_advance(f->env, 1000 * MS);
    endpoint_assert_log(f, "");
    endpoint_fixture_free(f);
}

static void test_when_all_places_are_taken_the_oldest_one_goes(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.timing = SVA_INVAL_WITHHELD;
    for (unsigned i = 0; i < SVA_INVALS_MAX; i++) {
        invalidate(f, i);
    }
    endpoint_assert_log(f, "");
    invalidate(f, 100);
    endpoint_assert_log(f, "ic 0");
    g_assert_cmpuint(f->fn.late_count, ==, SVA_INVALS_MAX);
    endpoint_fixture_free(f);
}

static void invalidate_at_completion(FakePort *p, const char *tlp,
                                     void *opaque)
{
    if (g_str_has_prefix(tlp, "ic 0")) {
        p->hook = NULL;
        invalidate(opaque, 101);
    }
}

static void test_a_place_may_be_taken_again_by_what_came_of_it(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.timing = SVA_INVAL_WITHHELD;
    for (unsigned i = 0; i < SVA_INVALS_MAX; i++) {
        invalidate(f, i);
    }
    f->p->hook = invalidate_at_completion;
    f->p->hook_opaque = f;
    invalidate(f, 100);
    endpoint_assert_log(f, "ic 0; ic 100");
    endpoint_fixture_free(f);
}

static void test_a_reset_forgets_what_is_late(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.timing = SVA_INVAL_LATE;
    f->bad.delay = 5 * MS;
    invalidate(f, 1);
    sva_function_reset(&f->fn);
    fake_env_advance(f->env, 1000 * MS);
    endpoint_assert_log(f, "");
    endpoint_fixture_free(f);
}

#define ADD(name) g_test_add_func("/endpoint/inval/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_completion_follows_at_once);
    ADD(a_translation_invalidated_on_its_way_is_not_used);
    ADD(a_late_completion_comes_after_its_delay);
    ADD(the_next_completion_alone_is_late);
    ADD(a_withheld_completion_comes_when_it_is_let_go);
    ADD(all_that_is_late_can_be_completed);
    ADD(when_all_places_are_taken_the_oldest_one_goes);
    ADD(a_place_may_be_taken_again_by_what_came_of_it);
    ADD(a_reset_forgets_what_is_late);
    return g_test_run();
}
