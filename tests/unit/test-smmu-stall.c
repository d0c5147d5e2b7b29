/*
 * SMMUv3: stalled transactions: records, STAGs, answers, unrecorded stalls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/stall.h"
#include "smmu-fixture.h"

#define EVENTS (1u << SMMU_EVENTQ_LOG2)
#define US     1000ll

static bool stall_of(SmmuFixture *f, uint16_t rid, uint32_t cookie)
{
    SvaSmmuFault fault = {
        .event = 0x10, .cls = SVA_SMMU_CLASS_IN,
    };
    SvaSmmuTransaction txn = {
        .req = {
            .addr = 0x7000, .pasid = sva_pasid(3), .rid = rid,
            .access = SVA_WRITE, .may_stall = true, .cookie = cookie,
        },
    };

    return sva_smmu_stall(&f->smmu, &fault, &txn);
}

static void stall(SmmuFixture *f, uint32_t cookie)
{
    g_assert_true(stall_of(f, SMMU_RID, cookie));
}

/* Take a stall record; returns its STAG. */
static uint16_t take(SmmuFixture *f)
{
    uint64_t w[4];

    g_assert_cmphex(smmu_event(f, w), ==, 0x10);
    g_assert_cmphex(w[1] & 1u << 31, !=, 0);
    return w[1] & 0xffff;
}

#define RETRY 0x1000
#define ABORT 0x2000

/* CMD_RESUME; @how: Ac, Ab. */
static void resume(SmmuFixture *f, uint32_t sid, uint16_t stag, uint32_t how)
{
    smmu_submit(f, 0x44 | how | (uint64_t)sid << 32, stag);
    g_assert_true(smmu_idle(f));
}

static void stall_term(SmmuFixture *f, uint32_t sid)
{
    smmu_submit(f, 0x45 | (uint64_t)sid << 32, 0);
    g_assert_true(smmu_idle(f));
}

static void expect_end(SmmuFixture *f, unsigned n, uint16_t rid,
                       uint32_t cookie, SvaStallAction action)
{
    g_assert_cmpuint(f->end_count, >, n);
    g_assert_cmphex(f->ends[n].rid, ==, rid);
    g_assert_cmphex(f->ends[n].cookie, ==, cookie);
    g_assert_cmpuint(f->ends[n].action, ==, action);
}

static SmmuFixture *with_stalls(unsigned max)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.stall_max = max;
    return smmu_fixture_start(&c);
}

static void test_record(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    uint64_t w[4];

    stall(f, 0x99);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 1);
    g_assert_cmphex(smmu_event(f, w), ==, 0x10);
    g_assert_cmphex(w[0], ==, 0x0000011000003810);
    g_assert_cmphex(w[1] & ~0xffffull, ==, 0x20080000000);
    g_assert_cmphex(w[2], ==, 0x7000);
    g_assert_cmphex(w[3], ==, 0);
    g_assert_cmpuint(f->end_count, ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_RECORDED), ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_RECORDED), ==, 1);
    smmu_fixture_free(f);
}

static void test_answers(void)
{
    static const struct {
        uint32_t how;
        SvaStallAction action;
    } rows[] = {
        { RETRY, SVA_STALL_RETRY }, { RETRY | ABORT, SVA_STALL_RETRY },
        { ABORT, SVA_STALL_ABORT }, { 0, SVA_STALL_RAZ_WI },
    };
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        stall(f, 100 + i);
        resume(f, SMMU_RID, take(f), rows[i].how);
        g_assert_cmpuint(f->end_count, ==, i + 1);
        expect_end(f, i, SMMU_RID, 100 + i, rows[i].action);
    }
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALL_RETRIES), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALL_ABORTS), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALL_RAZ_WI), ==, 1);
    smmu_fixture_free(f);
}

/* Not an error, and nothing happens. */
static void test_answers_that_match_nobody(void)
{
    SmmuFixture *f = with_stalls(3);
    uint16_t stag;

    stall(f, 1);
    stag = take(f);
    resume(f, SMMU_RID + 1, stag, ABORT);
    resume(f, SMMU_RID | 0x10000, stag, ABORT);
    resume(f, SMMU_RID, stag + 1, ABORT);
    resume(f, SMMU_RID, stag | 3, ABORT);
    resume(f, SMMU_RID, stag ^ 0x8000, ABORT);
    g_assert_cmpuint(f->end_count, ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALL_UNKNOWN), ==, 5);
    resume(f, SMMU_RID, stag, ABORT);
    resume(f, SMMU_RID, stag, ABORT);
    g_assert_cmpuint(f->end_count, ==, 1);
    g_assert_cmphex(smmu_gerror(f), ==, 0);
    smmu_fixture_free(f);
}

/* One that is free is not given out again at once, even if there is one. */
static void test_tags_are_not_reused_at_once(void)
{
    static const unsigned maxima[] = { 1, 2, 3, 100, 1024, 4096 };
    unsigned m, i, j;
    uint16_t stags[8];

    for (m = 0; m < G_N_ELEMENTS(maxima); m++) {
        SmmuFixture *f = with_stalls(maxima[m]);

        for (i = 0; i < G_N_ELEMENTS(stags); i++) {
            stall(f, i);
            stags[i] = take(f);
            for (j = 0; j < i; j++) {
                g_assert_cmphex(stags[i], !=, stags[j]);
            }
            resume(f, SMMU_RID, stags[i], RETRY);
        }
        /* All are old by now. */
        for (i = 0; i < G_N_ELEMENTS(stags); i++) {
            resume(f, SMMU_RID, stags[i], RETRY);
        }
        g_assert_cmpuint(f->end_count, ==, G_N_ELEMENTS(stags));
        smmu_fixture_free(f);
    }
}

/* As many as STALL_MAX have one at a time, all different. */
static void test_tags_are_unique(void)
{
    SmmuFixture *f = with_stalls(100);
    bool seen[65536] = { false };
    unsigned i;

    for (i = 0; i < 100; i++) {
        uint16_t stag;

        stall(f, i);
        stag = take(f);
        g_assert_false(seen[stag]);
        seen[stag] = true;
    }
    stall(f, 100);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_UNRECORDED), ==, 1);
    smmu_fixture_free(f);
}

static void test_requester_that_cannot_wait(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    SvaSmmuFault fault = { .event = 0x10 };
    SvaSmmuTransaction txn = { .req = { .rid = SMMU_RID } };

    g_assert_false(sva_smmu_stall(&f->smmu, &fault, &txn));
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS), ==, 0);
    smmu_fixture_free(f);
}

/* -- those without a record -- */

/* Free STAGs: as many as there are, the rest a little later. */
static void test_unrecorded_for_want_of_a_tag(void)
{
    SmmuFixture *f = with_stalls(2);
    uint16_t first;
    unsigned i;

    for (i = 0; i < 6; i++) {
        stall(f, i);
    }
    first = take(f);
    take(f);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpuint(f->end_count, ==, 0);
    resume(f, SMMU_RID, first, ABORT);
    g_assert_cmpuint(f->end_count, ==, 2);
    expect_end(f, 1, SMMU_RID, 2, SVA_STALL_RETRY);
    /* It has not come back: the next one is not kept waiting for it. */
    fake_env_advance(f->env, 100 * US - 1);
    g_assert_cmpuint(f->end_count, ==, 2);
    fake_env_advance(f->env, 1);
    expect_end(f, 2, SMMU_RID, 3, SVA_STALL_RETRY);
    /* This one stalls again, and there is no room any more. */
    stall(f, 3);
    fake_env_advance(f->env, 1000 * US);
    g_assert_cmpuint(f->end_count, ==, 3);
    resume(f, SMMU_RID, take(f), RETRY);
    expect_end(f, 4, SMMU_RID, 4, SVA_STALL_RETRY);
    fake_env_advance(f->env, 100 * US);
    expect_end(f, 5, SMMU_RID, 5, SVA_STALL_RETRY);
    fake_env_advance(f->env, 1000 * US);
    g_assert_cmpuint(f->end_count, ==, 6);
    smmu_fixture_free(f);
}

static void fill(SmmuFixture *f)
{
    SvaSmmuFault fault = { .event = 0x04 };
    SvaSmmuTransaction txn = { .req = { .rid = SMMU_RID } };
    unsigned i;

    for (i = 0; i < EVENTS; i++) {
        sva_smmu_event_record(&f->smmu, &fault, &txn);
    }
}

/* A full queue: no overflow, no loss, no record that is late. */
static void test_unrecorded_for_want_of_room(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fill(f);
    stall(f, 1);
    stall(f, 2);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, EVENTS);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST), ==, 0);
    smmu_write32(f, 0x100ac, 1);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, EVENTS);
    g_assert_cmpuint(f->end_count, ==, 1);
    expect_end(f, 0, SMMU_RID, 1, SVA_STALL_RETRY);
    smmu_write32(f, 0x100ac, 8);
    expect_end(f, 1, SMMU_RID, 2, SVA_STALL_RETRY);
    g_assert_cmpuint(f->end_count, ==, 2);
    smmu_fixture_free(f);
}

static void test_unrecorded_while_the_queue_is_off(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0x9);
    stall(f, 1);
    fake_env_advance(f->env, 10000 * US);
    g_assert_cmpuint(f->end_count, ==, 0);
    smmu_write32(f, 0x20, 0xd);
    expect_end(f, 0, SMMU_RID, 1, SVA_STALL_RETRY);
    smmu_fixture_free(f);
}

static void test_unrecorded_while_the_queue_is_not_memory(void)
{
    SmmuFixture *f = with_stalls(1);
    uint16_t stag;

    fake_env_read_only(f->env, SMMU_EVENTQ, 0x1000);
    stall(f, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_UNRECORDED), ==, 1);
    fake_env_heal(f->env);
    stall(f, 2);
    g_assert_cmpuint(f->end_count, ==, 0);
    g_assert_cmphex(smmu_gerror(f), ==, 0x4);
    expect_end(f, 0, SMMU_RID, 1, SVA_STALL_RETRY);
    fake_env_advance(f->env, 100 * US);
    expect_end(f, 1, SMMU_RID, 2, SVA_STALL_RETRY);
    /* The tag of the record that failed is free. */
    stall(f, 1);
    stag = take(f);
    resume(f, SMMU_RID, stag, ABORT);
    expect_end(f, 2, SMMU_RID, 1, SVA_STALL_ABORT);
    smmu_fixture_free(f);
}

/* Whoever has gone makes no use of the room. */
static void test_unrecorded_that_nobody_waits_for(void)
{
    SmmuFixture *f = with_stalls(1);
    unsigned i;

    for (i = 0; i < 5; i++) {
        stall(f, i);
    }
    f->deaf = true;
    resume(f, SMMU_RID, take(f), RETRY);
    g_assert_cmpuint(f->end_count, ==, 5);
    smmu_fixture_free(f);
}

static void test_too_many_to_hold(void)
{
    SmmuFixture *f = with_stalls(1);
    unsigned i;

    for (i = 0; i < 1 + SVA_SMMU_UNRECORDED_MAX; i++) {
        stall(f, i);
    }
    g_assert_false(stall_of(f, SMMU_RID, i));
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS), ==, i);
    smmu_fixture_free(f);
}

/* -- ends of many -- */

static void test_terminate_a_stream(void)
{
    SmmuFixture *f = with_stalls(3);
    uint16_t other;
    unsigned i;

    g_assert_true(stall_of(f, 0x0200, 7));
    other = take(f);
    stall(f, 1);
    stall(f, 2);
    g_assert_true(stall_of(f, 0x0301, 8));      /* unrecorded */
    stall(f, 3);
    stall_term(f, SMMU_RID | 0x10000);
    g_assert_cmpuint(f->end_count, ==, 0);
    stall_term(f, SMMU_RID);
    g_assert_cmpuint(f->end_count, ==, 4);
    for (i = 0; i < 3; i++) {
        g_assert_cmphex(f->ends[i].rid, ==, SMMU_RID);
        g_assert_cmpuint(f->ends[i].action, ==, SVA_STALL_ABORT);
    }
    expect_end(f, 3, 0x0301, 8, SVA_STALL_RETRY);
    resume(f, SMMU_RID, take(f), RETRY);        /* tags are free */
    g_assert_cmpuint(f->end_count, ==, 4);
    resume(f, 0x0200, other, RETRY);
    expect_end(f, 4, 0x0200, 7, SVA_STALL_RETRY);
    smmu_fixture_free(f);
}

static void test_translation_is_disabled(void)
{
    SmmuFixture *f = with_stalls(2);
    unsigned i;

    for (i = 0; i < 4; i++) {
        stall(f, i);
    }
    smmu_write32(f, 0x20, 0xc);
    g_assert_cmpuint(f->end_count, ==, 4);
    for (i = 0; i < 4; i++) {
        g_assert_cmpuint(f->ends[i].action, ==, SVA_STALL_ABORT);
    }
    resume(f, SMMU_RID, take(f), RETRY);
    fake_env_advance(f->env, 10000 * US);
    g_assert_cmpuint(f->end_count, ==, 4);
    smmu_fixture_free(f);
}

static void test_reset(void)
{
    SmmuFixture *f = with_stalls(2);
    unsigned i;

    for (i = 0; i < 4; i++) {
        stall(f, i);
    }
    sva_smmu_reset(&f->smmu);
    g_assert_cmpuint(f->end_count, ==, 4);
    fake_env_advance(f->env, 10000 * US);
    smmu_enable(f);
    g_assert_cmpuint(f->end_count, ==, 4);
    stall(f, 5);
    resume(f, SMMU_RID, take(f), RETRY);
    expect_end(f, 4, SMMU_RID, 5, SVA_STALL_RETRY);
    smmu_fixture_free(f);
}

/* Many of many streams, ended in another order than they came. */
static void test_any_order(void)
{
    SmmuFixture *f = with_stalls(100);
    uint16_t stags[100];
    unsigned i, round;

    for (round = 0; round < 20; round++) {
        for (i = 0; i < 100; i++) {
            g_assert_true(stall_of(f, i % 7 * 0x101, i));
            stags[i] = take(f);
        }
        f->end_count = 0;
        for (i = 0; i < 100; i++) {
            unsigned n = i * 37 % 100;

            resume(f, n % 7 * 0x101, stags[n], RETRY);
            expect_end(f, i, n % 7 * 0x101, n, SVA_STALL_RETRY);
        }
    }
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_UNRECORDED), ==, 0);
    smmu_fixture_free(f);
}

/* As many as there can be, ended at random: each once, and none is lost. */
static void test_storm(void)
{
    SmmuFixture *f = with_stalls(SVA_SMMU_STALLS_MAX);
    static uint16_t stags[SVA_SMMU_STALLS_MAX];
    unsigned i;

    for (i = 0; i < SVA_SMMU_STALLS_MAX; i++) {
        stall(f, i);
        stags[i] = take(f);
    }
    stall(f, i);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_UNRECORDED), ==, 1);
    for (i = 0; i < SVA_SMMU_STALLS_MAX; i++) {
        unsigned n = i * 2731 % SVA_SMMU_STALLS_MAX;

        f->end_count = 0;
        resume(f, SMMU_RID, stags[n], RETRY);
        expect_end(f, 0, SMMU_RID, n, SVA_STALL_RETRY);
        /* The first makes room for the one that is unrecorded. */
        g_assert_cmpuint(f->end_count, ==, i ? 1 : 2);
        resume(f, SMMU_RID, stags[n], RETRY);
        g_assert_cmpuint(f->end_count, ==, i ? 1 : 2);
    }
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALL_RETRIES), ==,
                     SVA_SMMU_STALLS_MAX + 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALL_UNKNOWN), ==,
                     SVA_SMMU_STALLS_MAX);
    smmu_fixture_free(f);
}

static void test_announcements(void)
{
    SmmuFixture *f = with_stalls(1);
    const SvaEvent *e;
    uint16_t stag;

    stall(f, 1);
    stall(f, 2);
    stag = take(f);
    e = fake_env_event(f->env, SVA_EV_STALL, 0);
    g_assert_cmphex(e->stall.reason, ==, 0x10);
    g_assert_cmphex(e->addr, ==, 0x7000);
    g_assert_cmphex(e->stall.tag, ==, stag);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_STALL, 1)->stall.tag, ==,
                    UINT64_MAX);
    resume(f, SMMU_RID, stag, ABORT);
    e = fake_env_event(f->env, SVA_EV_STALL_END, 0);
    g_assert_cmphex(e->stall.tag, ==, stag);
    g_assert_cmpuint(e->stall.action, ==, SVA_STALL_ABORT);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_STALL_END, 1)->stall.tag, ==,
                    UINT64_MAX);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/stall/" #fn, test_##fn)
    CASE(record);
    CASE(answers);
    CASE(answers_that_match_nobody);
    CASE(tags_are_not_reused_at_once);
    CASE(tags_are_unique);
    CASE(requester_that_cannot_wait);
    CASE(unrecorded_for_want_of_a_tag);
    CASE(unrecorded_for_want_of_room);
    CASE(unrecorded_while_the_queue_is_off);
    CASE(unrecorded_while_the_queue_is_not_memory);
    CASE(unrecorded_that_nobody_waits_for);
    CASE(too_many_to_hold);
    CASE(terminate_a_stream);
    CASE(translation_is_disabled);
    CASE(reset);
    CASE(any_order);
    CASE(storm);
    CASE(announcements);
    return g_test_run();
}
