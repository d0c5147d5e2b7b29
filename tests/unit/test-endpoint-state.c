/*
 * Tests of the saved state of a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "endpoint-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define VA 0x10000ull
#define MS 1000000ll

static void move(EndpointFixture *f)
{
    g_assert_cmpstr(endpoint_move(f), ==, NULL);
}

static void test_an_access_goes_on_from_each_of_its_breakpoints(void)
{
    EndpointFixture *f = endpoint_fixture_bad();

    f->p->prg_policy = FAKE_PRG_MAP;
    f->bad.breakpoints = SVA_ACCESS_POINTS;
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    for (unsigned i = 0; i < 5; i++) {
        endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_BREAKPOINT);
        move(f);
    }
    g_assert_cmpint(endpoint_step(f, 0), ==, SVA_ACCESS_DONE);
    /* What was translated is not saved: it asks again at the end. */
    endpoint_assert_log(f, "at 1:10000 rw; pr 1:10000 w 0 L; at 1:10000 rw; "
                        "at 1:10000 rw; tw 201000010000+8");
    endpoint_fixture_free(f);
}

static void test_a_response_finds_the_access_where_it_went(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    move(f);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 1u << SVA_ACCESS_WAIT_RESPONSE);
    endpoint_assert_fails(f, 0, SVA_ACCESS_INVALID_REQUEST);
    endpoint_fixture_free(f);
}

static void test_the_end_of_a_stall_finds_the_access(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    f->p->stall = true;
    endpoint_start(f, 2, SVA_ACCESS_UNTRANSLATED, VA, true);
    endpoint_assert_waits(f, 2, SVA_ACCESS_WAIT_STALL);
    move(f);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_ABORT));
    move(f);
    endpoint_assert_fails(f, 2, SVA_ACCESS_ABORTED);
    endpoint_fixture_free(f);
}

static void test_the_queue_for_credits_keeps_its_order(void)
{
    EndpointFixture *f = endpoint_fixture_new();

    endpoint_set_pri(f, true, 1);
    endpoint_start(f, 2, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 2, SVA_ACCESS_WAIT_RESPONSE);
    endpoint_start(f, 1, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 1, SVA_ACCESS_WAIT_CREDIT);
    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_CREDIT);
    move(f);
    fake_port_respond(f->p, sva_pasid(3), 0, SVA_PRG_INVALID);
    g_assert_cmphex(endpoint_wakes(f, 1), ==, 1u << SVA_ACCESS_WAIT_CREDIT);
    g_assert_cmphex(endpoint_wakes(f, 0), ==, 0);
    endpoint_fixture_free(f);
}

static void test_late_completions_have_the_same_time_left(void)
{
    EndpointFixture *f = endpoint_fixture_bad();
    SvaAtcInvalidation inv = { .mask = 0xfff, .pasid = sva_pasid(1) };

    f->bad.timing = SVA_INVAL_LATE;
    f->bad.delay = 5 * MS;
    inv.itag = 1;
    fake_port_invalidate(f->p, &inv);
    f->bad.timing = SVA_INVAL_WITHHELD;
    inv.itag = 2;
    fake_port_invalidate(f->p, &inv);
    fake_env_advance(f->env, 2 * MS);
    move(f);
    fake_env_advance(f->env, 3 * MS - 1);
    endpoint_assert_log(f, "");
    fake_env_advance(f->env, 1);
    endpoint_assert_log(f, "ic 1");
    sva_inval_complete(&f->fn, false, true);
    endpoint_assert_log(f, "ic 2");
    endpoint_fixture_free(f);
}

/* Set a member of @s, and see that it is refused by @load. */
#define BAD(member, value, load, why) do {                              \
        typeof(s->member) was_ = s->member;                             \
                                                                        \
        s->member = (value);                                            \
        sva_function_reset(&f->fn);                                     \
        g_assert_cmpstr(load, ==, why);                                 \
        s->member = was_;                                               \
    } while (0)

static void test_an_impossible_function_is_refused(void)
{
    static const char groups[] = "impossible page request groups";
    static const char queue[] = "impossible queue for credits";
    EndpointFixture *f = endpoint_fixture_bad();
    g_autofree SvaFunctionSaved *s = g_new0(SvaFunctionSaved, 1);

    f->bad.timing = SVA_INVAL_WITHHELD;
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) { .mask = 0xfff });
    sva_function_save(&f->fn, s);
    BAD(flags, 0x40, sva_function_load(&f->fn, s, true),
        "impossible registers");
    BAD(late_count, 33, sva_function_load(&f->fn, s, true),
        "impossible number of invalidations");
    BAD(late[0].withheld, 2, sva_function_load(&f->fn, s, true),
        "impossible invalidation");
    BAD(late[0].left, UINT64_MAX, sva_function_load(&f->fn, s, true),
        "impossible invalidation");
    BAD(late_count, 1, sva_function_load(&f->fn, s, false),
        "impossible invalidation");
    BAD(prg.allocation, 17, sva_function_load_groups(&f->fn, s), groups);
    BAD(prg.free_count, 511, sva_function_load_groups(&f->fn, s), groups);
    BAD(waiting_count, 4, sva_function_load_waiting(&f->fn, s), queue);
    BAD(waiting_count, 2, sva_function_load_waiting(&f->fn, s), queue);
    s->waiting_count = 1;
    BAD(waiting[0], 3, sva_function_load_waiting(&f->fn, s), queue);
    endpoint_fixture_free(f);
}

static void test_groups_and_table_must_agree(void)
{
    EndpointFixture *f = endpoint_fixture_new();
    g_autofree SvaFunctionSaved *s = g_new0(SvaFunctionSaved, 1);
    SvaPageGroupSaved group;

    endpoint_start(f, 0, SVA_ACCESS_ATS_PRI, VA, true);
    endpoint_assert_waits(f, 0, SVA_ACCESS_WAIT_RESPONSE);
    sva_function_save(&f->fn, s);
    sva_page_group_save(&f->work[0].access.group, &group);
    sva_function_reset(&f->fn);
    group.prgi = 1;
    g_assert_true(sva_page_group_load(&f->work[0].access.group, &group));
    g_assert_cmpstr(sva_function_load_groups(&f->fn, s), ==,
                    "a page request group that is not outstanding");
    sva_function_reset(&f->fn);
    s->flags |= SVA_SAVED_PRI_RF;
    g_assert_cmpstr(sva_function_load(&f->fn, s, false), ==, NULL);
    g_assert_cmpstr(sva_function_load_groups(&f->fn, s), ==,
                    "page request groups after a Response Failure");
    endpoint_fixture_free(f);
}

static void test_an_impossible_group_is_refused(void)
{
    static const SvaPageGroupSaved good = {
        .pasid = 1u << 20 | 5, .prgi = 3, .count = 2, .sent = 1,
        .access = SVA_READ, .flags = SVA_SAVED_OPEN,
    };
    EndpointFixture *f = endpoint_fixture_new();
    SvaPageGroup *group = &f->work[0].access.group;
    SvaPageGroupSaved bad[9];

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        bad[i] = good;
    }
    bad[0].pasid = 5;
    bad[1].pasid = 1u << 21;
    bad[2].flags = 8;
    bad[3].prgi = 512;
    bad[4].count = 33;
    bad[5].sent = 3;
    bad[6].withheld = 4;
    bad[7].access = SVA_EXEC;
    bad[8].count = bad[8].sent = 0;
    g_assert_true(sva_page_group_load(group, &good));
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(sva_page_group_load(group, &bad[i]));
    }
    endpoint_fixture_free(f);
}

static void test_an_access_is_where_its_mode_and_group_can_be(void)
{
    static const struct {
        SvaAccessMode mode;
        bool block, open, given_up, left;
        uint8_t stage, retries, action;
        bool good;
    } rows[] = {
        { .mode = SVA_ACCESS_UNTRANSLATED, .stage = SVA_ACCESS_SEND,
          .good = true },
        { .mode = SVA_ACCESS_UNTRANSLATED, .stage = SVA_ACCESS_TRANSLATE },
        { .mode = SVA_ACCESS_UNTRANSLATED, .stage = SVA_ACCESS_STALLED,
          .good = true },
        { .mode = SVA_ACCESS_UNTRANSLATED, .stage = SVA_ACCESS_IDLE },
        { .mode = SVA_ACCESS_ATS, .block = true,
          .stage = SVA_ACCESS_GROUP_OPEN },
        { .mode = SVA_ACCESS_ATS_PRI, .stage = SVA_ACCESS_GROUP_OPEN },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true,
          .stage = SVA_ACCESS_GROUP_OPEN, .good = true },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true,
          .stage = SVA_ACCESS_GROUP_WAIT },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true, .given_up = true,
          .stage = SVA_ACCESS_GROUP_WAIT, .good = true },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true, .open = true,
          .stage = SVA_ACCESS_GROUP_WAIT, .good = true },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true, .open = true,
          .stage = SVA_ACCESS_GROUP_SEND },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true, .open = true,
          .stage = SVA_ACCESS_TRANSLATE },
        { .mode = SVA_ACCESS_ATS_PRI, .block = true, .open = true,
          .left = true, .stage = SVA_ACCESS_TRANSLATE, .good = true },
        { .mode = SVA_ACCESS_ATS, .retries = 17 },
        { .mode = SVA_ACCESS_ATS, .action = 3 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        EndpointFixture *f = endpoint_fixture_new();
        SvaMemAccess *access = &f->work[0].access;
        SvaMemRequest req = endpoint_request(f, 0, rows[i].mode, VA, true);
        SvaMemAccessSaved in = {
            .stage = rows[i].stage, .retries = rows[i].retries,
            .action = rows[i].action,
        };
        SvaPageGroupSaved group = {
            .count = 1, .sent = 1,
            .flags = rows[i].open ? SVA_SAVED_OPEN : 0,
        };

        req.block = rows[i].block;
        g_assert_true(sva_page_group_load(&access->group, &group));
        sva_mem_access_start(access, &req);
        g_assert_cmpint(sva_mem_access_load(access, &in, rows[i].given_up,
                                            rows[i].left), ==, rows[i].good);
        endpoint_fixture_free(f);
    }
}

#define ADD(name) g_test_add_func("/endpoint/state/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(an_access_goes_on_from_each_of_its_breakpoints);
    ADD(a_response_finds_the_access_where_it_went);
    ADD(the_end_of_a_stall_finds_the_access);
    ADD(the_queue_for_credits_keeps_its_order);
    ADD(late_completions_have_the_same_time_left);
    ADD(an_impossible_function_is_refused);
    ADD(groups_and_table_must_agree);
    ADD(an_impossible_group_is_refused);
    ADD(an_access_is_where_its_mode_and_group_can_be);
    return g_test_run();
}
