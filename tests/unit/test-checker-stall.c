/*
 * Checker: rules about stalls, each broken and nearly broken
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-rules.h"
#include "hw/sva/observe/checker/rules-stall.h"

#define VA 0x7f0000001000ull

#define RETRY 1
#define ABORT 2

static RulesFixture *start(void)
{
    RulesFixture *f = rules_new(SVA_REGS_SMMUV3, &sva_check_topic_stall);

    rules_bind(f, P5, 0x300000);
    return f;
}

static void stall(RulesFixture *f, uint64_t stag)
{
    rules_emit(f, .kind = SVA_EV_STALL, .rid = RULES_RID, .pasid = P5,
               .addr = VA, .access = SVA_WRITE,
               .stall = { .tag = stag, .reason = 0x10 });
}

static void end(RulesFixture *f, uint64_t stag)
{
    rules_emit(f, .kind = SVA_EV_STALL_END, .rid = RULES_RID,
               .stall = { .tag = stag });
}

static void resume_of(RulesFixture *f, uint16_t rid, uint16_t stag,
                      unsigned resp)
{
    uint64_t word = 0x44 | (uint64_t)resp << 12 | (uint64_t)rid << 32;

    rules_emit(f, .kind = SVA_EV_COMMAND,
               .command = { .words = { word, stag }, .type = 0x44 });
}

static void resume(RulesFixture *f, uint16_t stag, unsigned resp)
{
    resume_of(f, RULES_RID, stag, resp);
    end(f, stag);
}

static void test_answers_in_time(void)
{
    RulesFixture *f = start();

    stall(f, 1);
    stall(f, 2);
    stall(f, UINT64_MAX);               /* it has no record yet */
    fake_env_advance(f->env, 40 * LIMIT);
    resume(f, 2, ABORT);
    resume(f, 1, RETRY);
    stall(f, 1);                        /* the STAG is free again */
    resume(f, 1, RETRY);
    end(f, UINT64_MAX);
    fake_env_advance(f->env, 100 * LIMIT);
    rules_reports(f, "");
    rules_free(f);
}

static void test_unanswered(void)
{
    RulesFixture *f = start();

    stall(f, 1);
    fake_env_advance(f->env, 49 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "stall-unanswered");
    rules_free(f);
    f = start();
    stall(f, 1);
    rules_write(f, P5, CD_QUIET, 0);
    rules_read(f, P5);
    fake_env_advance(f->env, 9 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 2 * LIMIT);
    rules_reports(f, "stall-unanswered");
    rules_free(f);
}

/* The guest can have done little. */
static void test_unanswered_on_a_busy_host(void)
{
    RulesFixture *f = start();

    f->slow = 10;
    stall(f, 1);
    fake_env_advance(f->env, 490 * LIMIT);
    rules_reports(f, "");
    fake_env_advance(f->env, 20 * LIMIT);
    rules_reports(f, "stall-unanswered");
    rules_free(f);
}

/* The unit has ended it, as with SMMUEN=0: nothing is owed, nor wrong. */
static void test_ended_by_the_unit(void)
{
    RulesFixture *f = start();

    stall(f, 1);
    end(f, 1);
    fake_env_advance(f->env, 100 * LIMIT);
    resume_of(f, RULES_RID, 1, ABORT);
    rules_reports(f, "");
    rules_free(f);
}

static void test_unknown(void)
{
    RulesFixture *f = start();

    stall(f, 1);
    resume_of(f, RULES_RID + 1, 1, ABORT);
    rules_reports(f, "stall-resume-unknown");
    rules_free(f);
}

static void test_twice(void)
{
    RulesFixture *f = start();

    stall(f, 1);
    resume(f, 1, ABORT);
    rules_reports(f, "");
    resume_of(f, RULES_RID, 1, ABORT);
    rules_reports(f, "stall-resumed-twice");
    rules_free(f);
}

static void read_ste(RulesFixture *f)
{
    rules_emit(f, .kind = SVA_EV_ENTRY, .rid = RULES_RID,
               .entry = {
                   .pa = RULES_STE, .type = SVA_ENTRY_SMMU_STE, .count = 4,
                   .words = { fake_get64(f->env, RULES_STE) },
               });
    rules_emit(f, .kind = SVA_EV_XLATE, .rid = RULES_RID, .pasid = P5,
               .xlate.outcome = SVA_ABORT);
}

static void term(RulesFixture *f)
{
    rules_emit(f, .kind = SVA_EV_COMMAND, .command = {
        .words = { 0x45 | (uint64_t)RULES_RID << 32 }, .type = 0x45 });
}

static void test_term(void)
{
    RulesFixture *f = start();

    term(f);                            /* nobody knows its STE */
    fake_put64(f->env, RULES_STE, 0xb);
    read_ste(f);
    fake_put64(f->env, RULES_STE, 0x1); /* Config=0b000 */
    term(f);
    rules_reports(f, "");
    fake_put64(f->env, RULES_STE, 0xb);
    term(f);
    rules_reports(f, "stall-term-live");
    g_assert_cmphex(rules_last(f)->facts.now.words[0], ==, 0xb);
    rules_free(f);
}

static void loop(RulesFixture *f, unsigned n, unsigned resp, bool served)
{
    for (unsigned i = 0; i < n; i++) {
        stall(f, 3);
        resume(f, 3, resp);
        if (served) {
            rules_emit(f, .kind = SVA_EV_XLATE, .rid = RULES_RID,
                       .pasid = P5, .addr = VA, .access = SVA_WRITE,
                       .xlate = { .map.access = SVA_RW });
        }
    }
}

/*
 * The page may be there, but in tables of which a cache does not know yet, as
 * long as the invalidation is under way.
 */
static void test_loop_while_owed(void)
{
    RulesFixture *f = start();

    rules_write(f, P5, CD_BOUND, 0x400000);
    rules_read(f, P5);
    loop(f, 30, RETRY, false);
    rules_reports(f, "");
    rules_free(f);
}

static void test_loop(void)
{
    RulesFixture *f = start();

    loop(f, 50, RETRY, true);
    loop(f, 50, ABORT, false);
    loop(f, 16, RETRY, false);
    rules_reports(f, "");
    loop(f, 1, RETRY, false);
    rules_reports(f, "stall-fault-loop");
    rules_free(f);
}

static void test_reuse(void)
{
    RulesFixture *f = start();

    stall(f, 1);
    resume(f, 1, ABORT);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x400000);
    rules_reports(f, "");
    stall(f, 1);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "stall-reuse");
    rules_free(f);
}

/* Stalls of a bond whose first table is that of another process now. */
static void reuse_of_the_place(uint64_t ste, const char *reports)
{
    RulesFixture *f = rules_new(SVA_REGS_SMMUV3, &sva_check_topic_stall);

    fake_put64(f->env, RULES_STE, ste);
    read_ste(f);
    for (unsigned i = 0; i < 2; i++) {
        fake_put64(f->env, 0x300000 + 8 * 511, 0x3f003 + 0x10000 * i);
        rules_write(f, P5, CD_BOUND | 16, 0x300000);
        rules_read(f, P5);
        rules_reports(f, i ? reports : "");
        stall(f, 1);
        rules_unbind(f, P5);
    }
    rules_free(f);
}

static void test_reuse_of_the_place(void)
{
    reuse_of_the_place(0xb, "stall-reuse");
    reuse_of_the_place(0xf, "");        /* stage 2: it is not there */
    reuse_of_the_place(0, "");
}

/* VT-d has other commands with these numbers. */
static void test_of_one_architecture(void)
{
    RulesFixture *f = rules_new(SVA_REGS_VTD, &sva_check_topic_stall);

    resume_of(f, RULES_RID, 1, ABORT);
    rules_reports(f, "");
    rules_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/checker/stall/" #fn, test_##fn)
    CASE(answers_in_time);
    CASE(unanswered);
    CASE(unanswered_on_a_busy_host);
    CASE(ended_by_the_unit);
    CASE(unknown);
    CASE(twice);
    CASE(term);
    CASE(loop);
    CASE(loop_while_owed);
    CASE(reuse);
    CASE(reuse_of_the_place);
    CASE(of_one_architecture);
    return g_test_run();
}
