/*
 * Tests of ATC invalidation (PCIe r6 10.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/atc-inval.h"

#define RID_A      0x0018
#define RID_B      0x0100
#define TIMEOUT_MS 10
#define MS         1000000ll

typedef struct Fixture {
    FakeEnv *env;
    SvaFabric fabric;
    SvaAgent agent;
    SvaAtcInval atc;
    uint64_t counters[SVA_REQ_ATC_UNEXPECTED + 1];
    bool deliver;
    bool at_once;               /* the function completes within the call */
    SvaAtcInvalidation last;
    unsigned sent;
    uint32_t forget;            /* ITag of the last drop_copies() */
    unsigned closed;
    unsigned expired;
    uint16_t expired_rid;
} Fixture;

static bool fabric_invalidate(void *opaque, const SvaAtcInvalidation *inv)
{
    Fixture *f = opaque;

    f->last = *inv;
    f->sent++;
    if (f->at_once) {
        g_assert_true(sva_atc_inval_completed(&f->atc, inv->rid, inv->itag));
    }
    return f->deliver;
}

static void fabric_drop_copies(void *opaque, uint32_t itag)
{
    Fixture *f = opaque;

    f->forget = itag;
}

static const SvaFabricOps fabric_ops = {
    .atc_invalidate = fabric_invalidate,
    .drop_copies = fabric_drop_copies,
};

static void closed(void *opaque)
{
    Fixture *f = opaque;

    f->closed++;
}

static void expired(void *opaque, uint16_t rid)
{
    Fixture *f = opaque;

    f->expired++;
    f->expired_rid = rid;
}

static const SvaAtcInvalOps ops = { .closed = closed, .expired = expired };

static Fixture *fixture_new(void)
{
    Fixture *f = g_new0(Fixture, 1);

    f->env = fake_env_new();
    f->fabric = (SvaFabric) { .ops = &fabric_ops, .opaque = f };
    f->agent = (SvaAgent) {
        .env = &f->env->env, .fabric = &f->fabric, .counters = f->counters,
    };
    f->deliver = true;
    sva_atc_inval_init(&f->atc, &f->agent, &ops, f, TIMEOUT_MS);
    return f;
}

static void fixture_free(Fixture *f)
{
    sva_atc_inval_finalize(&f->atc);
    fake_env_free(f->env);
    g_free(f);
}

static uint32_t send(Fixture *f, uint16_t rid)
{
    SvaAtcInvalidation inv = { .addr = 0x2000, .mask = 0x1fff, .rid = rid };

    g_assert_cmpuint(sva_atc_inval_send(&f->atc, &inv), ==, 1);
    g_assert_cmphex(f->last.rid, ==, rid);
    g_assert_cmphex(f->last.addr, ==, 0x2000);
    return f->last.itag;
}

static void test_fence_waits_for_what_was_sent_before(void)
{
    Fixture *f = fixture_new();
    uint32_t a = send(f, RID_A);
    uint64_t fence = sva_atc_inval_fence(&f->atc);
    uint32_t b = send(f, RID_B);

    g_assert_false(sva_atc_inval_done(&f->atc, fence));
    g_assert_true(sva_atc_inval_completed(&f->atc, RID_B, b));
    g_assert_false(sva_atc_inval_done(&f->atc, fence));
    g_assert_true(sva_atc_inval_completed(&f->atc, RID_A, a));
    g_assert_true(sva_atc_inval_done(&f->atc, fence));
    g_assert_cmpuint(f->closed, ==, 2);
    g_assert_cmpuint(f->counters[SVA_REQ_ATC_COMPLETIONS], ==, 2);
    fixture_free(f);
}

static void test_unexpected_completion_closes_nothing(void)
{
    Fixture *f = fixture_new();
    uint32_t a = send(f, RID_A);

    g_assert_false(sva_atc_inval_completed(&f->atc, RID_B, a));
    g_assert_false(sva_atc_inval_completed(&f->atc, RID_A, a + 1));
    g_assert_cmpuint(f->closed, ==, 0);
    g_assert_cmpuint(f->counters[SVA_REQ_ATC_UNEXPECTED], ==, 2);
    g_assert_true(sva_atc_inval_completed(&f->atc, RID_A, a));
    fixture_free(f);
}

static void test_completion_may_come_within_the_call(void)
{
    Fixture *f = fixture_new();

    f->at_once = true;
    send(f, RID_A);
    g_assert_cmpuint(f->closed, ==, 1);
    g_assert_true(sva_atc_inval_done(&f->atc, sva_atc_inval_fence(&f->atc)));
    fake_env_advance(f->env, 2 * TIMEOUT_MS * MS);
    g_assert_cmpuint(f->expired, ==, 0);
    fixture_free(f);
}

static void test_what_reaches_nobody_is_over(void)
{
    Fixture *f = fixture_new();

    f->deliver = false;
    send(f, RID_A);
    g_assert_cmpuint(f->closed, ==, 0);
    g_assert_true(sva_atc_inval_done(&f->atc, sva_atc_inval_fence(&f->atc)));
    f->fabric.ops = NULL;
    sva_atc_inval_send(&f->atc, &f->last);
    g_assert_true(sva_atc_inval_done(&f->atc, sva_atc_inval_fence(&f->atc)));
    g_assert_cmpuint(f->counters[SVA_REQ_ATC_UNDELIVERED], ==, 2);
    fixture_free(f);
}

/* One call tells of all that are due at a time, and names the oldest. */
static void test_time_outs_are_told_together(void)
{
    Fixture *f = fixture_new();
    uint32_t a = send(f, RID_B), c;

    send(f, RID_A);
    fake_env_advance(f->env, MS);
    c = send(f, RID_A);
    fake_env_advance(f->env, (TIMEOUT_MS - 1) * MS);
    g_assert_cmpuint(f->expired, ==, 1);
    g_assert_cmphex(f->expired_rid, ==, RID_B);
    g_assert_cmpuint(f->counters[SVA_REQ_ATC_TIMEOUTS], ==, 2);
    g_assert_false(sva_atc_inval_completed(&f->atc, RID_B, a));
    g_assert_true(sva_atc_inval_completed(&f->atc, RID_A, c));
    fake_env_advance(f->env, 2 * TIMEOUT_MS * MS);
    g_assert_cmpuint(f->expired, ==, 1);
    fixture_free(f);
}

static void test_fence_waits_for_those_who_keep_copies(void)
{
    Fixture *f = fixture_new();
    uint64_t fence;

    f->fabric.copies = 1;
    g_assert_true(sva_atc_inval_fence_ready(&f->atc));
    fence = sva_atc_inval_fence(&f->atc);
    g_assert_cmpuint(f->forget, !=, SVA_NO_ITAG);
    g_assert_false(sva_atc_inval_done(&f->atc, fence));
    g_assert_true(sva_atc_inval_completed(&f->atc, SVA_RID_COPIES,
                                          f->forget));
    g_assert_true(sva_atc_inval_done(&f->atc, fence));
    g_assert_cmpuint(f->closed, ==, 1);
    /* Not the completion of a function. */
    g_assert_cmpuint(f->counters[SVA_REQ_ATC_COMPLETIONS], ==, 0);
    fixture_free(f);
}

static void test_full_table_is_not_ready(void)
{
    Fixture *f = fixture_new();
    unsigned i;

    for (i = 0; i < SVA_ATC_INVAL_MAX; i++) {
        g_assert_true(sva_atc_inval_ready(&f->atc));
        send(f, RID_A);
    }
    g_assert_false(sva_atc_inval_ready(&f->atc));
    g_assert_true(sva_atc_inval_fence_ready(&f->atc));
    f->fabric.copies = 1;
    g_assert_false(sva_atc_inval_fence_ready(&f->atc));
    sva_atc_inval_reset(&f->atc);
    g_assert_true(sva_atc_inval_ready(&f->atc));
    fake_env_advance(f->env, 2 * TIMEOUT_MS * MS);
    g_assert_cmpuint(f->expired, ==, 0);
    fixture_free(f);
}

static void test_deadline_survives_saving(void)
{
    g_autofree SvaAtcInvalState *state = g_new0(SvaAtcInvalState, 1);
    Fixture *f = fixture_new();

    send(f, RID_A);
    sva_atc_inval_save(&f->atc, state);
    sva_atc_inval_reset(&f->atc);
    g_assert_true(sva_atc_inval_restore(&f->atc, state));
    fake_env_advance(f->env, TIMEOUT_MS * MS);
    g_assert_cmpuint(f->expired, ==, 1);
    g_assert_cmphex(f->expired_rid, ==, RID_A);
    state->open[0].itag = SVA_NO_ITAG;
    g_assert_false(sva_atc_inval_restore(&f->atc, state));
    g_assert_true(sva_atc_inval_done(&f->atc, sva_atc_inval_fence(&f->atc)));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/atc-inval/fence-waits-for-what-was-sent-before",
                    test_fence_waits_for_what_was_sent_before);
    g_test_add_func("/atc-inval/unexpected-completion-closes-nothing",
                    test_unexpected_completion_closes_nothing);
    g_test_add_func("/atc-inval/completion-may-come-within-the-call",
                    test_completion_may_come_within_the_call);
    g_test_add_func("/atc-inval/what-reaches-nobody-is-over",
                    test_what_reaches_nobody_is_over);
    g_test_add_func("/atc-inval/time-outs-are-told-together",
                    test_time_outs_are_told_together);
    g_test_add_func("/atc-inval/fence-waits-for-those-who-keep-copies",
                    test_fence_waits_for_those_who_keep_copies);
    g_test_add_func("/atc-inval/full-table-is-not-ready",
                    test_full_table_is_not_ready);
    g_test_add_func("/atc-inval/deadline-survives-saving",
                    test_deadline_survives_saving);
    return g_test_run();
}
