/*
 * Tests of misbehaviour on command: the table of decisions, there and absent
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull

static void ask(EndpointFixture *f, unsigned i, unsigned pages)
{
    SvaMemRequest req = endpoint_request(f, i, SVA_ACCESS_ATS_PRI, VA, true);

    f->work[i].pages = pages;
    req.end = VA + pages * SVA_PAGE_SIZE;
    sva_mem_access_start(&f->work[i].access, &req);
}

static void one_reset(void *device)
{
    (void)device;
}

static void no_wake(void *owner, SvaAccessWait ended)
{
    (void)owner;
    (void)ended;
}

/* Neither a table of decisions nor counters nor a size of groups. */
static void test_a_device_may_offer_next_to_nothing(void)
{
    static const SvaFunctionOps ops = { .reset = one_reset, .wake = no_wake };
    EndpointFixture *f = endpoint_fixture_ops(&ops);

    f->p->prg_policy = FAKE_PRG_MAP;
    ask(f, 0, 4);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .mask = UINT64_MAX, .pasid = sva_pasid(1), .itag = 3,
    });
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; at 1:10000 rw; "
                        "tw 201000010000+8; ic 3");
    endpoint_fixture_free(f);
}

static void test_an_empty_table_keeps_the_rules(void)
{
    static const SvaMisbehaviour none;
    static const SvaFunctionOps ops = {
        .reset = one_reset, .wake = no_wake, .misbehaviour = &none,
    };
    EndpointFixture *f = endpoint_fixture_ops(&ops);

    f->p->prg_policy = FAKE_PRG_MAP;
    ask(f, 0, 4);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; at 1:10000 rw; "
                        "tw 201000010000+8");
    endpoint_fixture_free(f);
}

static void test_an_access_stops_once_at_each_breakpoint(void)
{
    static const SvaAccessPoint points[] = {
        SVA_ACCESS_BEFORE_TRANSLATION, SVA_ACCESS_BEFORE_GROUP,
        SVA_ACCESS_IN_GROUP, SVA_ACCESS_AFTER_RESPONSE,
        SVA_ACCESS_BEFORE_REQUEST,
    };
    EndpointFixture *f = endpoint_fixture_bad();

    f->p->prg_policy = FAKE_PRG_MAP;
    f->bad.breakpoints = SVA_ACCESS_POINTS;
    ask(f, 0, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(points); i++) {
        endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_BREAKPOINT);
        g_assert_cmphex(f->work[0].access.point, ==, points[i]);
    }
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_fixture_free(f);
}

static void test_an_access_without_breakpoints_stops_nowhere(void)
{
    EndpointFixture *f = endpoint_fixture_bad();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS, VA, false);

    f->bad.breakpoints = SVA_ACCESS_POINTS;
    req.breakpoints = false;
    endpoint_map(f, 0, VA, 8, RW);
    sva_mem_access_start(&f->work[0].access, &req);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_fixture_free(f);
}

static void test_an_invalidation_at_a_breakpoint_makes_it_translate(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    endpoint_map(f, 0, VA, 8, RW);
    f->bad.breakpoints = SVA_ACCESS_BEFORE_REQUEST;
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_BREAKPOINT);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = VA, .mask = 0xfff, .pasid = sva_pasid(1), .itag = 9,
    });
    endpoint_assert_log(f, "at 1:10000 rw; ic 9");
    endpoint_map(f, 0, VA, 8, SVA_NONE);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PAGE_FAULT);
    endpoint_assert_log(f, "at 1:10000 rw");
    endpoint_fixture_free(f);
}

static void test_withheld_requests_are_sent_later(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.withhold = true;
    ask(f, 0, 3);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw");
    g_assert_cmpuint(f->work[0].counter[SVA_FN_PRG_WITHHELD], ==, 3);
    sva_page_group_send_withheld(&f->work[0].access.group);
    endpoint_assert_log(f, "pr 1:10000 w 0; pr 1:11000 w 0; "
                        "pr 1:12000 w 0 L");
    endpoint_fixture_free(f);
}

static void test_the_last_request_alone_may_be_withheld(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.withhold_last = true;
    ask(f, 0, 2);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0");
    /* No response can come: left, it holds nothing. */
    sva_page_group_leave(&f->work[0].access.group);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 8);
    endpoint_fixture_free(f);
}

static void test_a_group_that_lacks_requests_ends_with_the_permission(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.withhold_last = true;
    ask(f, 0, 2);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    sva_function_set_pasid(&f->fn, false);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 8);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PRI_FAILURE);
    endpoint_fixture_free(f);
}

static void test_requests_may_be_sent_twice(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.duplicate = true;
    ask(f, 0, 2);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0; pr 1:10000 w 0; "
                        "pr 1:11000 w 0 L; pr 1:11000 w 0 L");
    g_assert_cmpuint(f->counter[SVA_FN_PRG_DUPLICATES], ==, 2);
    g_assert_cmpuint(f->counter[SVA_FN_PAGE_REQUESTS], ==, 4);
    endpoint_fixture_free(f);
}

static void test_a_group_may_exceed_the_allocation(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    endpoint_set_pri(f, true, 2);
    f->bad.exceed = true;
    ask(f, 0, 5);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpuint(f->counter[SVA_FN_PAGE_REQUESTS], ==, 5);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_EXCESS], ==, 3);
    g_assert_cmpuint(f->fn.prg.allocation, ==, 2);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 2);
    endpoint_fixture_free(f);
}

static void test_credits_that_come_back_may_not_suffice(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    endpoint_set_pri(f, true, 1);
    f->bad.exceed = true;
    for (unsigned i = 0; i < 2; i++) {
        ask(f, i, 3);
        endpoint_assert_waits(f, i, SVA_ACCESS_WAIT_RESPONSE);
    }
    f->bad.exceed = false;
    ask(f, 2, 1);
    endpoint_assert_waits(f, 2, SVA_ACCESS_WAIT_CREDIT);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 2), ==, 0);
    fake_port_respond(f->p, sva_pasid(2), 1, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 2), ==, 1u << SVA_ACCESS_WAIT_CREDIT);
    endpoint_fixture_free(f);
}

static void test_without_the_enable_every_request_is_excess(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    sva_function_set_pri(&f->fn, &(SvaPriControl) { .allocation = 8 });
    f->bad.exceed = true;
    ask(f, 0, 3);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_EXCESS], ==, 3);
    endpoint_fixture_free(f);
}

static void test_an_index_may_be_shared(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    ask(f, 0, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    f->bad.share_index = true;
    ask(f, 1, 1);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; "
                        "at 2:10000 rw; pr 2:10000 w 0 L");
    g_assert_cmpuint(f->counter[SVA_FN_PRG_SHARED], ==, 1);
    fake_port_respond(f->p, sva_pasid(2), 0, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 1), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 7);
    endpoint_assert_fails(f, 1, SVA_ACCESS_INVALID_REQUEST);
    endpoint_fixture_free(f);
}

static void test_an_index_of_the_same_pasid_is_not_shared(void)
{
    EndpointFixture *f = endpoint_fixture_bad();
    SvaMemRequest req = endpoint_request(f, 1, SVA_ACCESS_ATS_PRI, VA, true);

    ask(f, 0, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    f->bad.share_index = true;
    req.pasid = sva_pasid(1);
    sva_mem_access_start(&f->work[1].access, &req);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; "
                        "at 1:10000 rw; pr 1:10000 w 1 L");
    endpoint_fixture_free(f);
}

static void test_without_another_group_there_is_no_index_to_share(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.share_index = true;
    ask(f, 0, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_SHARED], ==, 0);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 7);
    endpoint_fixture_free(f);
}

static void test_a_single_request_keeps_the_rules(void)
{
    EndpointFixture *f = endpoint_fixture_bad();
    SvaPageGroup *group = &f->work[1].single;

    f->bad = (EndpointBad) {
        .withhold = true, .duplicate = true, .exceed = true,
        .share_index = true,
    };
    ask(f, 0, 1);
    endpoint_step(f, 0);
    group->pasid = sva_pasid(2);
    group->access = SVA_READ;
    g_assert_true(sva_page_group_allowed(group));
    g_assert_true(sva_page_group_open(group, 1));
    g_free(fake_port_take_log(f->p));
    sva_page_group_send(group);
    endpoint_assert_log(f, "pr 2:0 r 1 L");
    endpoint_fixture_free(f);
}

static void test_a_stale_translation_may_be_kept_and_is_counted(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    endpoint_map(f, 0, VA, 8, RW);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    f->bad.keep_stale = true;
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = VA, .mask = 0xfff, .pasid = sva_pasid(1),
    });
    g_assert_cmpuint(f->counter[SVA_FN_ATC_STALE_KEPT], ==, 1);
    g_assert_cmpuint(f->counter[SVA_FN_ATC_DROPPED], ==, 0);
    endpoint_start(f, 0, SVA_ACCESS_ATS, VA, true);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    g_assert_cmpuint(f->counter[SVA_FN_ATC_STALE_HITS], ==, 1);
    endpoint_fixture_free(f);
}

#define ADD(name) g_test_add_func("/endpoint/misbehaviour/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_device_may_offer_next_to_nothing);
    ADD(an_empty_table_keeps_the_rules);
    ADD(an_access_stops_once_at_each_breakpoint);
    ADD(an_access_without_breakpoints_stops_nowhere);
    ADD(an_invalidation_at_a_breakpoint_makes_it_translate);
    ADD(withheld_requests_are_sent_later);
    ADD(the_last_request_alone_may_be_withheld);
    ADD(a_group_that_lacks_requests_ends_with_the_permission);
    ADD(requests_may_be_sent_twice);
    ADD(a_group_may_exceed_the_allocation);
    ADD(credits_that_come_back_may_not_suffice);
    ADD(without_the_enable_every_request_is_excess);
    ADD(an_index_may_be_shared);
    ADD(an_index_of_the_same_pasid_is_not_shared);
    ADD(without_another_group_there_is_no_index_to_share);
    ADD(a_single_request_keeps_the_rules);
    ADD(a_stale_translation_may_be_kept_and_is_counted);
    return g_test_run();
}
