/*
 * Tests of page requests and their answers (PCIe r6 10.4)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/page-request.h"

#define P sva_pasid(5)

typedef struct Fixture {
    FakeEnv *env;
    SvaFabric fabric;
    SvaAgent agent;
    uint64_t counters[SVA_REQ_ATC_UNEXPECTED + 1];
    SvaPageResponse last;
    unsigned responses;
} Fixture;

static void fabric_response(void *opaque, const SvaPageResponse *rsp)
{
    Fixture *f = opaque;

    f->last = *rsp;
    f->responses++;
}

static const SvaFabricOps fabric_ops = { .page_response = fabric_response };

static Fixture *fixture_new(void)
{
    Fixture *f = g_new0(Fixture, 1);

    f->env = fake_env_new();
    f->fabric = (SvaFabric) { .ops = &fabric_ops, .opaque = f };
    f->agent = (SvaAgent) {
        .env = &f->env->env, .fabric = &f->fabric, .counters = f->counters,
    };
    return f;
}

static void fixture_free(Fixture *f)
{
    fake_env_free(f->env);
    g_free(f);
}

static void test_stop_marker_is_told_by_four_things(void)
{
    static const struct {
        SvaPageRequest req;
        bool marker;
    } rows[] = {
        { { .pasid = { 5, true }, .last = true }, true },
        { { .pasid = { 0, true }, .last = true }, true },
        { { .pasid = { 5, true }, .last = true, .access = SVA_PRIV }, true },
        { { .last = true }, false },
        { { .pasid = { 5, true } }, false },
        { { .pasid = { 5, true }, .last = true, .access = SVA_READ }, false },
        { { .pasid = { 5, true }, .last = true, .access = SVA_WRITE }, false },
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        g_assert_cmpint(sva_page_is_stop_marker(&rows[i].req), ==,
                        rows[i].marker);
    }
}

static void test_unit_answers_for_software(void)
{
    Fixture *f = fixture_new();
    SvaPageRequest req = {
        .pasid = P, .rid = 0x110, .prgi = 9, .access = SVA_READ, .last = true,
    };

    g_assert_true(sva_page_auto_response(&f->agent, &req, SVA_NO_PASID,
                                         SVA_PRG_INVALID, 0x59));
    g_assert_cmphex(f->last.rid, ==, 0x110);
    g_assert_cmpuint(f->last.prgi, ==, 9);
    g_assert_cmphex(f->last.code, ==, SVA_PRG_INVALID);
    g_assert_false(f->last.pasid.valid);
    g_assert_cmpuint(f->counters[SVA_REQ_PAGE_AUTO], ==, 1);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_PRQ_AUTO), ==, 1);
    fixture_free(f);
}

static void test_stop_marker_has_no_answer(void)
{
    Fixture *f = fixture_new();
    SvaPageRequest marker = { .pasid = P, .rid = 0x110, .last = true };

    g_assert_false(sva_page_auto_response(&f->agent, &marker, P,
                                          SVA_PRG_SUCCESS, 0));
    g_assert_cmpuint(f->responses, ==, 0);
    g_assert_cmpuint(f->counters[SVA_REQ_PAGE_AUTO], ==, 0);
    fixture_free(f);
}

static void test_answers_are_counted_by_code(void)
{
    static const struct {
        SvaPrgCode code;
        SvaRequestCounter counter;
    } rows[] = {
        { SVA_PRG_SUCCESS, SVA_REQ_PAGE_SUCCESS },
        { SVA_PRG_INVALID, SVA_REQ_PAGE_INVALID },
        { SVA_PRG_FAILURE, SVA_REQ_PAGE_FAILURE },
    };
    Fixture *f = fixture_new();
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        SvaPageResponse rsp = { .pasid = P, .rid = 1, .code = rows[i].code };

        sva_page_response(&f->agent, &rsp);
        g_assert_cmphex(f->last.code, ==, rows[i].code);
        g_assert_cmpuint(f->counters[rows[i].counter], ==, 1);
    }
    /* Nobody is there: it is lost, and counted all the same. */
    f->fabric.ops = NULL;
    sva_page_response(&f->agent, &f->last);
    g_assert_cmpuint(f->responses, ==, 3);
    g_assert_cmpuint(f->counters[SVA_REQ_PAGE_FAILURE], ==, 2);
    fixture_free(f);
}

static void test_queued_requests_are_counted(void)
{
    static const uint64_t words[] = { 1, 2 };
    Fixture *f = fixture_new();
    SvaPageRequest req = { .pasid = P, .access = SVA_READ, .last = true };
    SvaPageRequest marker = { .pasid = P, .last = true };

    sva_page_queued(&f->agent, &req, words);
    sva_page_queued(&f->agent, &marker, words);
    g_assert_cmpuint(f->counters[SVA_REQ_PAGE_QUEUED], ==, 2);
    g_assert_cmpuint(f->counters[SVA_REQ_PAGE_STOP_MARKERS], ==, 1);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_PRQ), ==, 2);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page-request/stop-marker-is-told-by-four-things",
                    test_stop_marker_is_told_by_four_things);
    g_test_add_func("/page-request/unit-answers-for-software",
                    test_unit_answers_for_software);
    g_test_add_func("/page-request/stop-marker-has-no-answer",
                    test_stop_marker_has_no_answer);
    g_test_add_func("/page-request/answers-are-counted-by-code",
                    test_answers_are_counted_by_code);
    g_test_add_func("/page-request/queued-requests-are-counted",
                    test_queued_requests_are_counted);
    return g_test_run();
}
