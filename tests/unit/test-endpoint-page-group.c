/*
 * Tests of page request groups: indices, credits, the queue, responses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull

/* Access @i asks for as many pages as it may, of 8 from VA on. */
static void ask(EndpointFixture *f, unsigned i, unsigned pages)
{
    SvaMemRequest req = endpoint_request(f, i, SVA_ACCESS_ATS_PRI, VA, true);

    f->work[i].pages = pages;
    req.end = VA + 8 * SVA_PAGE_SIZE;
    sva_mem_access_start(&f->work[i].access, &req);
}

static bool open_single(EndpointFixture *f, unsigned i, uint64_t va,
                        bool forced)
{
    SvaPageGroup *group = &f->work[i].single;

    group->pasid = sva_pasid(i + 1);
    group->access = SVA_READ;
    group->first = va;
    group->forced = forced;
    if (!sva_page_group_allowed(group) || !sva_page_group_open(group, 1)) {
        return false;
    }
    sva_page_group_send(group);
    return true;
}

static void test_indices_are_taken_in_turn(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    ask(f, 0, 2);
    ask(f, 1, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0; pr 1:11000 w 0 L; "
                        "at 2:10000 rw; pr 2:10000 w 1 L");
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 2; pr 1:11000 w 2 L");
    endpoint_fixture_free(f);
}

static void test_a_group_is_as_large_as_the_credits(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_set_pri(f, true, 3);
    ask(f, 0, 8);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpuint(f->counter[SVA_FN_PAGE_REQUESTS], ==, 3);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_EXCESS], ==, 0);
    endpoint_fixture_free(f);
}

static void test_a_group_has_at_most_32_requests(void)
{
    EndpointFixture *f = endpoint_fixture_bad();
    SvaMemRequest req = endpoint_request(f, 0, SVA_ACCESS_ATS_PRI, VA, true);

    f->bad.exceed = true;
    f->work[0].pages = 100;
    req.end = VA + 100 * SVA_PAGE_SIZE;
    sva_mem_access_start(&f->work[0].access, &req);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpuint(f->counter[SVA_FN_PAGE_REQUESTS], ==, 32);
    endpoint_fixture_free(f);
}

static void test_the_capacity_bounds_the_allocation(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_set_pri(f, true, 1000);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 16);
    /* Not while it is enabled. */
    sva_function_set_pri(&f->fn, &(SvaPriControl) {
        .enable = true, .allocation = 2,
    });
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 16);
    endpoint_fixture_free(f);
}

static void test_who_waits_for_credits_is_woken_in_turn(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_set_pri(f, true, 1);
    for (unsigned i = 0; i < 3; i++) {
        ask(f, i, 1);
    }
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_waits(f, 2, SVA_ACCESS_WAIT_CREDIT);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_CREDIT);
    fake_port_respond(f->p, sva_pasid(2), 0, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 2), ==, 1u << SVA_ACCESS_WAIT_CREDIT);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
    /* It is not the turn of access 0, though there is a credit. */
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_CREDIT);
    endpoint_assert_waits(f, 2, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_fixture_free(f);
}

static void test_the_queue_moves_on_when_the_first_gives_up(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_set_pri(f, true, 1);
    for (unsigned i = 0; i < 3; i++) {
        ask(f, i, 1);
    }
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_CREDIT);
    endpoint_assert_waits(f, 2, SVA_ACCESS_WAIT_CREDIT);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    sva_mem_access_cancel(&f->work[1].access);
    g_assert_cmphex(endpoint_wakes(f, 2), ==, 1u << SVA_ACCESS_WAIT_CREDIT);
    endpoint_fixture_free(f);
}

static void test_a_disabled_interface_wakes_all_that_wait(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_set_pri(f, true, 1);
    for (unsigned i = 0; i < 3; i++) {
        ask(f, i, 1);
        endpoint_step(f, i);
    }
    sva_function_set_pri(&f->fn, &(SvaPriControl) { .enable = false });
    for (unsigned i = 1; i < 3; i++) {
        g_assert_cmphex(endpoint_wakes(f, i), ==,
                        1u << SVA_ACCESS_WAIT_CREDIT);
        endpoint_assert_fails(f, i, SVA_ACCESS_PRI_FAILURE);
    }
    /* Sent is sent: that response is still due. */
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, 0);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    endpoint_assert_fails(f, 0, SVA_ACCESS_INVALID_REQUEST);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_STOPPED);
    endpoint_fixture_free(f);
}

static void test_a_reset_of_the_interface_forgets_all_groups(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    ask(f, 0, 2);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    g_assert_true(open_single(f, 1, VA, false));
    sva_function_set_pri(&f->fn, &(SvaPriControl) { .reset = true });
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    g_assert_cmpint(f->work[1].answer, ==, SVA_PRG_FAILURE);
    endpoint_assert_fails(f, 0, SVA_ACCESS_PRI_FAILURE);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_STOPPED);
    /* The response comes all the same. */
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_UNEXPECTED], ==, 1);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_STOPPED);
    endpoint_fixture_free(f);
}

static void test_a_response_that_matches_nothing_is_unexpected(void)
{
    static const struct { unsigned pasid, prgi; } rows[] = {
        { 2, 0 }, { 1, 1 }, { 1, 0x1ff },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        EndpointFixture *f = endpoint_fixture_new();

        ask(f, 0, 1);
        endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
        fake_port_respond(f->p, sva_pasid(rows[i].pasid), rows[i].prgi,
                          SVA_PRG_SUCCESS);
        g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_UPRGI);
        g_assert_cmpuint(f->counter[SVA_FN_PRG_UNEXPECTED], ==, 1);
        g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
        sva_function_clear_pri_status(&f->fn, SVA_PRI_UPRGI);
        g_assert_cmphex(sva_function_pri_status(&f->fn), ==, 0);
        endpoint_fixture_free(f);
    }
}

static void test_after_a_failure_responses_are_counted_only(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    ask(f, 0, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    fake_port_respond(f->p, sva_pasid(1), 0, 7);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_RF);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_FAILURE], ==, 1);
    g_assert_cmpuint(f->counter[SVA_FN_PRG_SUCCESS], ==, 1);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, SVA_PRI_RF);
    sva_function_clear_pri_status(&f->fn, SVA_PRI_RF);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, 0);
    endpoint_fixture_free(f);
}

static void test_a_cancelled_access_ends_its_group(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->bad.breakpoints = SVA_ACCESS_IN_GROUP;
    ask(f, 0, 3);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_BREAKPOINT);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0; pr 1:11000 w 0");
    sva_mem_access_cancel(&f->work[0].access);
    endpoint_assert_log(f, "pr 1:12000 w 0 L");
    g_assert_true(f->work[0].access.group.open);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    g_assert_false(f->work[0].access.group.open);
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    endpoint_assert_log(f, "");
    endpoint_fixture_free(f);
}

static void test_the_next_access_waits_for_the_group_of_a_cancelled_one(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    ask(f, 0, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    sva_mem_access_cancel(&f->work[0].access);
    ask(f, 0, 1);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; at 1:10000 rw");
    /* It says nothing of the new access. */
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_log(f, "pr 1:10000 w 1 L");
    endpoint_fixture_free(f);
}

static void test_a_group_that_is_left_keeps_index_and_credits(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    ask(f, 0, 2);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    sva_page_group_leave(&f->work[0].access.group);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 6);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
    g_assert_cmpuint(sva_prg_credits(&f->fn.prg), ==, 8);
    g_assert_cmphex(sva_function_pri_status(&f->fn), ==, 0);
    endpoint_fixture_free(f);
}

static void test_a_single_request_has_a_group_of_its_own(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    g_assert_true(open_single(f, 0, VA + 5, false));
    endpoint_assert_log(f, "pr 1:10000 r 0 L");
    g_assert_cmpint(f->work[0].answer, ==, -1);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    g_assert_cmpint(f->work[0].answer, ==, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
    endpoint_fixture_free(f);
}

static void test_a_forced_request_needs_no_permission_but_bus_master(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    sva_function_set_pri(&f->fn, &(SvaPriControl) { .enable = false });
    sva_function_set_pasid(&f->fn, false);
    g_assert_false(open_single(f, 0, VA, false));
    g_assert_true(open_single(f, 0, VA, true));
    endpoint_assert_log(f, "pr 1:10000 r 0 L");
    g_assert_cmpuint(f->counter[SVA_FN_PRG_EXCESS], ==, 1);
    sva_function_set_bus_master(&f->fn, false);
    g_assert_false(open_single(f, 1, VA, true));
    endpoint_fixture_free(f);
}

static void test_a_stop_marker_is_counted_and_sent(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    sva_request_stop_marker(&f->fn, &f->work[0], sva_pasid(1));
    endpoint_assert_log(f, "pr 1:0 - 0 L");
    g_assert_cmpuint(f->work[0].counter[SVA_FN_STOP_MARKERS], ==, 1);
    g_assert_cmpuint(f->counter[SVA_FN_PAGE_REQUESTS], ==, 0);
    endpoint_fixture_free(f);
}

#define ADD(name) g_test_add_func("/endpoint/page-group/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(indices_are_taken_in_turn);
    ADD(a_group_is_as_large_as_the_credits);
    ADD(a_group_has_at_most_32_requests);
    ADD(the_capacity_bounds_the_allocation);
    ADD(who_waits_for_credits_is_woken_in_turn);
    ADD(the_queue_moves_on_when_the_first_gives_up);
    ADD(a_disabled_interface_wakes_all_that_wait);
    ADD(a_reset_of_the_interface_forgets_all_groups);
    ADD(a_response_that_matches_nothing_is_unexpected);
    ADD(after_a_failure_responses_are_counted_only);
    ADD(a_cancelled_access_ends_its_group);
    ADD(the_next_access_waits_for_the_group_of_a_cancelled_one);
    ADD(a_group_that_is_left_keeps_index_and_credits);
    ADD(a_single_request_has_a_group_of_its_own);
    ADD(a_forced_request_needs_no_permission_but_bus_master);
    ADD(a_stop_marker_is_counted_and_sent);
    return g_test_run();
}
