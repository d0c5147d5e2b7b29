/*
 * Checker: rules about page requests, each broken and nearly broken
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-rules.h"
#include "hw/sva/observe/checker/rules-page.h"

#define VA 0x7f0000001000ull
#define OK SVA_PRG_SUCCESS
#define NO SVA_PRG_INVALID

static RulesFixture *vtd(void)
{
    RulesFixture *f = rules_new(SVA_REGS_VTD, &sva_check_topic_page);

    rules_bind(f, P5, 0x300000);
    return f;
}

static void granted(RulesFixture *f, uint64_t addr, uint8_t access)
{
    rules_emit(f, .kind = SVA_EV_ATS, .rid = RULES_RID, .pasid = P5,
               .addr = addr, .access = SVA_RW,
               .ats.map = { .mask = 0xfff, .access = access });
}

static void wait_done(RulesFixture *f, uint64_t word)
{
    rules_emit(f, .kind = SVA_EV_COMMAND,
               .command = { .words = { word, 0x5000 }, .type = 5 });
    rules_emit(f, .kind = SVA_EV_WAIT_DONE, .addr = 0x5000, .wait.word = word);
}

/* Groups of several requests, in turn, with one index used again. */
static void test_answers_in_order_are_no_violation(void)
{
    RulesFixture *f = vtd();

    for (unsigned i = 0; i < 3; i++) {
        rules_ask(f, P5, VA, 3, false);
        rules_ask(f, P5, VA, 4, true);
        rules_ask(f, P5, VA + 0x1000, 3, true);
        rules_answer(f, P5, 4, OK);
        rules_answer(f, P5, 3, NO);
        granted(f, VA, SVA_RW);
    }
    /* Nobody answers a Stop Marker. */
    rules_emit(f, .kind = SVA_EV_PRQ, .rid = RULES_RID, .pasid = P5,
               .prq = { .entry = { 1, 4 }, .prgi = 7 });
    fake_env_advance(f->env, 100 * LIMIT);
    rules_reports(f, "");
    rules_free(f);
}

static void test_unknown(void)
{
    RulesFixture *f = vtd();

    rules_answer(f, P5, 3, NO);
    rules_reports(f, "page-response-unknown");
    g_assert_cmphex(rules_last(f)->facts.rid, ==, RULES_RID);
    g_assert_cmpint(rules_last(f)->facts.culprit, ==, SVA_CULPRIT_KERNEL);
    rules_free(f);
}

static void test_twice(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_ask(f, P5, VA, 3, true);      /* the function has sent it twice */
    rules_answer(f, P5, 3, NO);
    rules_answer(f, P5, 3, NO);
    rules_reports(f, "");
    rules_answer(f, P5, 3, NO);
    rules_reports(f, "page-response-twice");
    rules_free(f);
}

static void test_early(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, false);
    rules_answer(f, P5, 3, NO);
    rules_reports(f, "page-response-early");
    rules_free(f);
}

static void test_wrong_names(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, sva_pasid(0), 3, NO);
    rules_reports(f, "page-response-pasid");
    rules_free(f);
    f = vtd();
    rules_ask(f, P5, VA, 3, true);
    rules_emit(f, .kind = SVA_EV_PRG_RESPONSE, .rid = RULES_RID + 1,
               .pasid = P5, .response = { .code = NO, .prgi = 3 });
    rules_reports(f, "page-response-function");
    rules_free(f);
}

static void test_unanswered(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_ask(f, P5, VA, 4, false);     /* not complete, owed nothing */
    fake_env_advance(f->env, 49 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "page-request-unanswered");
    g_assert_cmphex(rules_last(f)->facts.addr, ==, VA);
    fake_env_advance(f->env, 100 * LIMIT);
    g_assert_cmpuint(rules_last(f)->repeats, ==, 0);
    rules_free(f);
}

/* The guest can have done little. */
static void test_unanswered_on_a_busy_host(void)
{
    RulesFixture *f = vtd();

    f->slow = 10;
    rules_ask(f, P5, VA, 3, true);
    fake_env_advance(f->env, 490 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 20 * LIMIT);
    rules_reports(f, "page-request-unanswered");
    rules_free(f);
    f = vtd();
    f->slow = 10;
    rules_ask(f, P5, VA, 3, true);
    rules_unbind(f, P5);
    fake_env_advance(f->env, 90 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 20 * LIMIT);
    rules_reports(f, "page-request-unanswered page-drain-missing");
    rules_free(f);
}

static void test_unanswered_after_the_end(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_write(f, P5, VTD_FPD, 0);
    rules_read(f, P5);
    fake_env_advance(f->env, 9 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "page-request-unanswered");
    rules_free(f);
}

/* The response stands in the queue behind a wait for a slow function. */
static void test_held_up(void)
{
    RulesFixture *f = vtd();
    uint64_t wait = 0x25;

    rules_ask(f, P5, VA, 3, true);
    rules_emit(f, .kind = SVA_EV_COMMAND, .command.words = { wait, 0x1000 });
    fake_env_advance(f->env, 60 * LIMIT);
    rules_reports(f, "");
    rules_emit(f, .kind = SVA_EV_WAIT_DONE, .addr = 0x1000, .wait.word = wait);
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "page-request-unanswered");
    rules_free(f);
}

/* If it never ends nobody can tell what stands behind it. */
static void test_held_up_for_ever(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_emit(f, .kind = SVA_EV_COMMAND, .command.words = { 0x25, 0x1000 });
    fake_env_advance(f->env, 91000 * 1000000ll);
    rules_reports(f, "page-request-unanswered");
    g_assert_cmpint(rules_last(f)->facts.culprit, ==, SVA_CULPRIT_UNKNOWN);
    rules_free(f);
}

/* A drain may stand there, too. */
static void test_drain_that_is_held_up(void)
{
    RulesFixture *f = vtd();
    uint64_t wait = 0x25;

    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, NO);
    rules_unbind(f, P5);
    rules_emit(f, .kind = SVA_EV_COMMAND, .command.words = { wait, 0x1000 });
    fake_env_advance(f->env, 20 * LIMIT);
    rules_reports(f, "");
    rules_emit(f, .kind = SVA_EV_WAIT_DONE, .addr = 0x1000, .wait.word = wait);
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "page-drain-missing");
    rules_free(f);
}

/* What a function has forgotten need not be answered, and may be. */
static void test_forgotten_groups(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_emit(f, .kind = SVA_EV_FUNCTION, .rid = RULES_RID);
    fake_env_advance(f->env, 100 * LIMIT);
    rules_answer(f, P5, 3, NO);
    rules_reports(f, "");
    rules_free(f);
}

static void test_success_after_the_end(void)
{
    RulesFixture *f = vtd();

    for (unsigned i = 0; i < 18; i++) {
        rules_ask(f, P5, VA + i * 0x1000, i, true);
    }
    rules_write(f, P5, VTD_FPD, 0);
    rules_read(f, P5);
    /* Who was at it already. */
    for (unsigned i = 0; i < 16; i++) {
        rules_answer(f, P5, i, OK);
    }
    rules_answer(f, P5, 16, NO);
    rules_reports(f, "");
    rules_answer(f, P5, 17, OK);
    rules_reports(f, "page-success-ended");
    rules_free(f);
}

static void test_success_for_what_came_after_the_end(void)
{
    RulesFixture *f = rules_new(SVA_REGS_SMMUV3, &sva_check_topic_page);

    rules_bind(f, P5, 0x300000);
    rules_ask(f, P5, VA, 1, true);
    rules_answer(f, P5, 1, OK);
    rules_write(f, P5, CD_QUIET, 0);
    rules_read(f, P5);
    rules_ask(f, P5, VA, 2, true);
    rules_reports(f, "");
    rules_answer(f, P5, 2, OK);
    rules_reports(f, "page-success-ended");
    rules_free(f);
}

static void ask_often(RulesFixture *f, unsigned n, uint8_t access)
{
    for (unsigned i = 0; i < n; i++) {
        rules_ask(f, P5, VA, i, true);
        rules_answer(f, P5, i, OK);
        granted(f, VA, access);
    }
}

static void test_fault_loop(void)
{
    RulesFixture *f = vtd();

    /* It is translated in between, or refused. */
    ask_often(f, 50, SVA_RW);
    for (unsigned i = 0; i < 50; i++) {
        rules_ask(f, P5, VA, i, true);
        rules_answer(f, P5, i, NO);
    }
    ask_often(f, 12, SVA_READ);
    rules_reports(f, "");
    ask_often(f, 1, SVA_READ);
    rules_reports(f, "page-fault-loop");
    rules_free(f);
}

/*
 * The page may be there, but in tables of which a cache does not know yet, as
 * long as the invalidation is under way.
 */
static void test_fault_loop_while_owed(void)
{
    RulesFixture *f = vtd();

    rules_write(f, P5, VTD_BOUND, 0x400000);
    rules_read(f, P5);
    ask_often(f, 30, SVA_READ);
    rules_reports(f, "");
    rules_free(f);
}

static void test_failure(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_ask(f, P5, VA, 4, true);
    rules_answer(f, P5, 3, SVA_PRG_FAILURE);
    rules_reports(f, "page-response-failure");
    /* The others are gone with it. */
    fake_env_advance(f->env, 100 * LIMIT);
    rules_reports(f, "page-response-failure");
    rules_free(f);
    /* By IHI 0070 G.b it is a legal answer. */
    f = rules_new(SVA_REGS_SMMUV3, &sva_check_topic_page);
    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, SVA_PRG_FAILURE);
    rules_reports(f, "");
    rules_free(f);
}

static void test_reuse(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_unbind(f, P5);
    wait_done(f, 0xa5);
    rules_answer(f, P5, 3, NO);
    rules_bind(f, P5, 0x400000);
    rules_reports(f, "");
    rules_ask(f, P5, VA, 3, true);
    rules_unbind(f, P5);
    wait_done(f, 0xa5);
    /* The same tables again, as after a reset: no other bond. */
    rules_bind(f, P5, 0x400000);
    rules_reports(f, "");
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "page-request-reuse");
    rules_free(f);
}

static void test_drain(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, OK);
    wait_done(f, 0xa5);                 /* too early */
    rules_unbind(f, P5);
    wait_done(f, 0x25);                 /* no page drain */
    rules_reports(f, "");
    rules_bind(f, P5, 0x400000);
    rules_reports(f, "page-drain-missing");
    rules_free(f);
}

static void test_drain_in_time(void)
{
    RulesFixture *f = vtd();

    /* One that asked for nothing needs none. */
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x400000);
    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, OK);
    /* The mm is gone: that is no unbind yet. */
    rules_write(f, P5, VTD_FPD, 0);
    rules_read(f, P5);
    fake_env_advance(f->env, 50 * LIMIT);
    rules_unbind(f, P5);
    wait_done(f, 0xa5);
    fake_env_advance(f->env, 50 * LIMIT);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "");
    /* Not at all. */
    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, OK);
    rules_unbind(f, P5);
    fake_env_advance(f->env, 9 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "page-drain-missing");
    rules_free(f);
}

/*
 * The page of a first table is that of the next process's, as Linux gives it
 * away: nothing in it leads where it did.
 */
static void test_drain_with_tables_in_the_same_place(void)
{
    RulesFixture *f = rules_new(SVA_REGS_VTD, &sva_check_topic_page);

    fake_put64(f->env, 0x300000 + 8 * 256, 0x77067);    /* the kernel's */
    fake_put64(f->env, 0x300000 + 8 * 255, 0x3f067);
    rules_bind(f, P5, 0x300000);
    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, OK);
    rules_unbind(f, P5);
    fake_put64(f->env, 0x300000 + 8 * 255, 0x57067);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "page-drain-missing");
    rules_free(f);
}

/* The process has unmapped most, and its entry was changed meanwhile. */
static void test_drain_with_the_same_tables(void)
{
    RulesFixture *f = rules_new(SVA_REGS_VTD, &sva_check_topic_page);

    for (unsigned i = 0; i < 8; i++) {
        fake_put64(f->env, 0x300000 + 8 * i, 0x30047 + (i << 12));
    }
    fake_put64(f->env, 0x300000 + 8 * 255, 0x3f047);
    rules_bind(f, P5, 0x300000);
    rules_ask(f, P5, VA, 3, true);
    rules_answer(f, P5, 3, OK);
    rules_unbind(f, P5);
    for (unsigned i = 0; i < 8; i++) {
        fake_put64(f->env, 0x300000 + 8 * i, 0);
    }
    fake_put64(f->env, 0x300000 + 8 * 255, 0x3f067);    /* A */
    rules_bind(f, P5, 0x300000);
    fake_env_advance(f->env, 50 * LIMIT);
    rules_reports(f, "");
    rules_free(f);
}

static void cleared(RulesFixture *f, uint32_t head, uint32_t tail)
{
    rules_emit(f, .kind = SVA_EV_PRQ_CLEARED,
               .queue = { .head = head, .tail = tail });
}

static void test_overflow(void)
{
    RulesFixture *f = vtd();

    rules_ask(f, P5, VA, 3, false);
    cleared(f, 0x40, 0x40);
    cleared(f, 0, 0);
    rules_reports(f, "");
    cleared(f, 0x40, 0x60);
    rules_reports(f, "page-overflow-cleared");
    rules_free(f);

    /* There the overflow is acknowledged in another way. */
    f = rules_new(SVA_REGS_SMMUV3, &sva_check_topic_page);
    cleared(f, 0x40, 0x60);
    rules_reports(f, "");
    rules_free(f);
}

/* More than anybody has: what is not followed is not judged. */
static void test_forged_requests(void)
{
    RulesFixture *f = vtd();

    for (unsigned i = 0; i < 200000; i++) {
        rules_emit(f, .kind = SVA_EV_PRQ, .rid = i, .pasid = sva_pasid(i),
                   .addr = VA, .access = SVA_RW,
                   .prq = { .entry = { 1, 7 }, .prgi = i });
    }
    for (unsigned i = 0; i < 1000; i++) {
        rules_emit(f, .kind = SVA_EV_PRG_RESPONSE, .rid = i,
                   .pasid = sva_pasid(1), .response.prgi = i);
    }
    rules_reports(f, "");
    rules_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/checker/page/" #fn, test_##fn)
    CASE(answers_in_order_are_no_violation);
    CASE(unknown);
    CASE(twice);
    CASE(early);
    CASE(wrong_names);
    CASE(unanswered);
    CASE(unanswered_on_a_busy_host);
    CASE(unanswered_after_the_end);
    CASE(held_up);
    CASE(held_up_for_ever);
    CASE(drain_that_is_held_up);
    CASE(forgotten_groups);
    CASE(success_after_the_end);
    CASE(success_for_what_came_after_the_end);
    CASE(fault_loop);
    CASE(fault_loop_while_owed);
    CASE(failure);
    CASE(reuse);
    CASE(drain);
    CASE(drain_in_time);
    CASE(drain_with_tables_in_the_same_place);
    CASE(drain_with_the_same_tables);
    CASE(overflow);
    CASE(forged_requests);
    return g_test_run();
}
