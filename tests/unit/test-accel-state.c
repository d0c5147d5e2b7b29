/*
 * Test of the accelerator: saving and restoring
 *
 * A job is interrupted somewhere, and another device goes on with it.  What
 * comes of it has to be what comes of it without the move.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define MS 1000000ll
#define BLOCK (SVA_DF_COMPLETION | SVA_DF_BLOCK_ON_FAULT)
#define SRC 0x10000ull
#define DST 0x20000ull
#define LEN 0x2800u

static void fill_source(AccelFixture *f, unsigned ctx)
{
    uint8_t data[LEN];

    for (unsigned i = 0; i < LEN; i++) {
        data[i] = i * 7 + (i >> 8) + ctx;
    }
    accel_fill(f, ctx, SRC, data, LEN);
    accel_map(f, ctx, SRC, LEN, RW);
}

static void assert_copied(AccelFixture *f, unsigned ctx)
{
    uint8_t src[LEN], dst[LEN];

    accel_get(f, ctx, SRC, src, LEN);
    accel_get(f, ctx, DST, dst, LEN);
    g_assert_cmpmem(src, LEN, dst, LEN);
}

static const struct sva_desc copy = {
    .opcode = SVA_OP_COPY, .flags = BLOCK | SVA_DF_IRQ, .id = 77,
    .src = SRC, .dst = DST, .size = LEN,
};

/* A copy the destination of which is not there, unless @map. */
static AccelFixture *start_copy(enum sva_mode mode, bool map, uint32_t hold)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, mode);
    fill_source(f, 0);
    if (map) {
        accel_map(f, 0, DST, LEN, RW);
    }
    accel_write(f, 0, SVA_CTX_BREAK_MASK, hold);
    accel_submit(f, 0, copy);
    return f;
}

static void finish_copy(AccelFixture *f)
{
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 77,
                     .bytes = LEN);
    assert_copied(f, 0);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_JOBS), ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, LEN + 32);
    accel_fixture_free(f);
}

static void test_the_response_arrives_after_the_move(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    accel_move(f);
    accel_forget_log(f);
    accel_run(f);
    accel_assert_log(f, "");
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_map(f, 0, DST, LEN, RW);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
    finish_copy(f);
}

static void test_every_response_means_what_it_did(void)
{
    static const uint8_t status[] = {
        [SVA_PRG_INVALID] = SVA_ST_INVALID_REQUEST,
        [SVA_PRG_FAILURE] = SVA_ST_PRI_FAILURE,
    };
    static const unsigned codes[] = { SVA_PRG_INVALID, SVA_PRG_FAILURE };

    for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++) {
        AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

        accel_move(f);
        fake_port_respond(f->p, sva_pasid(1), 0, codes[i]);
        accel_run(f);
        accel_assert_cpl(f, 0, 0, .status = status[codes[i]], .id = 77,
                         .fault_addr = DST, .fault_write = 1);
        accel_fixture_free(f);
    }
}

static void test_a_response_of_another_pasid_does_not_fit(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

    accel_move(f);
    fake_port_respond(f->p, sva_pasid(2), 0, SVA_PRG_SUCCESS);
    fake_port_respond(f->p, sva_pasid(1), 1, SVA_PRG_SUCCESS);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_UPRGI);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    accel_fixture_free(f);
}

/* Moved at every stop, on the way through all of the points. */
static void test_a_job_is_held_at_every_point(void)
{
    static const enum sva_mode modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS, SVA_MODE_ATS_PRI,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(modes); i++) {
        bool pages = modes[i] == SVA_MODE_ATS_PRI;
        AccelFixture *f = accel_fixture_new();
        uint32_t seen = 0;

        accel_enable(f, 0, modes[i]);
        fill_source(f, 0);
        f->p->prg_policy = FAKE_PRG_MAP;
        if (!pages) {
            accel_map(f, 0, DST, LEN, RW);
        }
        accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_ALL);
        accel_submit(f, 0, copy);
        for (unsigned n = 0;
             n < 100 && accel_read(f, 0, SVA_CTX_BREAK_AT); n++) {
            uint32_t point = accel_read(f, 0, SVA_CTX_BREAK_AT);

            seen |= point;
            accel_move(f);
            g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_AT), ==, point);
            accel_forget_log(f);
            fake_env_advance(f->env, 10 * MS);
            accel_assert_log(f, "");
            accel_write(f, 0, SVA_CTX_RELEASE, 1);
            accel_run(f);
        }
        g_assert_cmphex(seen, ==, pages ? SVA_BREAK_ALL
                                  : modes[i] == SVA_MODE_ATS ? 0x23 : 0x22);
        finish_copy(f);
    }
}

static void test_a_job_with_a_translation_asks_again(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS, true, SVA_BREAK_BEFORE_ACCESS);

    accel_write(f, 0, SVA_CTX_BREAK_MASK, 0);
    accel_move(f);
    accel_forget_log(f);
    accel_map(f, 0, SRC, LEN, SVA_NONE);
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_PAGE_FAULT, .id = 77,
                     .fault_addr = SRC);
    accel_fixture_free(f);
}

/* The clock of the other device differs; what counts is what is left. */
static void test_a_delay_ends_when_it_would_have(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 1, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 1, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .flags = SVA_DF_COMPLETION, .size = 10 * MS,
    });
    fake_env_advance(f->env, 4 * MS);
    accel_move(f);
    fake_env_advance(f->env, 6 * MS - 1);
    g_assert_cmphex(accel_cpl(f, 1, 0).status, ==, SVA_ST_NONE);
    fake_env_advance(f->env, 1);
    accel_assert_cpl(f, 1, 0, .status = SVA_ST_SUCCESS);
    accel_fixture_free(f);
}

static void test_a_limited_job_takes_as_long(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    fill_source(f, 0);
    accel_map(f, 0, DST, LEN, RW);
    /* 2 * 10 KiB at 10 KiB/s */
    accel_write(f, 0, SVA_CTX_BW_LIMIT, 10);
    accel_submit(f, 0, copy);
    for (unsigned i = 0; i < 19; i++) {
        fake_env_advance(f->env, 100 * MS);
        accel_move(f);
    }
    fake_env_advance(f->env, 100 * MS - 1);
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, SVA_ST_NONE);
    fake_env_advance(f->env, 1);
    finish_copy(f);
}

static void test_a_touch_goes_on_between_two_rounds(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS);
    accel_map(f, 0, DST, 0x2000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = SVA_DF_COMPLETION, .dst = DST,
        .size = 0x2000, .stride = 0x1000, .rounds = 5, .interval = 1000,
    });
    for (unsigned i = 0; i < 8; i++) {
        fake_env_advance(f->env, MS / 2 - 1);
        accel_move(f);
    }
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, SVA_ST_NONE);
    fake_env_advance(f->env, 8);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .bytes = 80);
    accel_fixture_free(f);
}

static void test_a_drain_waits_for_its_response(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    accel_move(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, SVA_CTX_DRAINING);
    accel_map(f, 0, DST, LEN, RW);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    accel_run(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, SVA_CTX_DISABLED);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, SVA_CMD_DRAIN);
    finish_copy(f);
}

static void test_an_abort_waits_for_its_response(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    accel_move(f);
    fake_env_advance(f->env, 10 * MS);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    accel_run(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_ABORTED, .id = 77);
    accel_fixture_free(f);
}

/* All that is left of it is to notice that it may go on. */
static void test_an_abort_whose_response_is_there(void)
{
    static const unsigned codes[] = { SVA_PRG_SUCCESS, SVA_PRG_FAILURE };

    for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++) {
        AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

        accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
        if (i) {
            accel_run(f);
        }
        fake_port_respond(f->p, sva_pasid(1), 0, codes[i]);
        accel_move(f);
        accel_run(f);
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==,
                        SVA_CMD_ABORT);
        accel_assert_cpl(f, 0, 0, .status = SVA_ST_ABORTED, .id = 77);
        accel_fixture_free(f);
    }
}

static void test_an_abort_that_has_not_begun_yet(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS, true, SVA_BREAK_BEFORE_ACCESS);

    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_move(f);
    accel_run(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_ABORTED, .id = 77);
    accel_fixture_free(f);
}

static void test_a_late_stop_comes_when_it_would_have(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS, true, SVA_BREAK_BEFORE_ACCESS);

    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 100);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    fake_env_advance(f->env, 30 * MS);
    accel_move(f);
    fake_env_advance(f->env, 70 * MS - 1);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    fake_env_advance(f->env, 1);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_fixture_free(f);
}

/* Software may write them when nothing goes on, and no ENABLE checks them. */
static void mutate_ring_and_move(AccelFixture *f)
{
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_STATE), ==, SVA_CTX_DISABLED);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    accel_write(f, 0, SVA_CTX_RING_SIZE, 0xff);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_RING_SIZE), ==, 0xff);
    accel_move(f);
    accel_fixture_free(f);
}

static void test_a_ring_may_be_anything_after_a_dropped_stop(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS, true, SVA_BREAK_BEFORE_ACCESS);

    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_IGNORE_STOP);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, 0);
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    mutate_ring_and_move(f);
}

static void test_a_ring_that_failed_after_a_dropped_stop_may_be_too(void)
{
    AccelFixture *f = start_copy(SVA_MODE_UNTRANSLATED, true,
                                 SVA_BREAK_BEFORE_ACCESS);

    accel_submit(f, 0, (struct sva_desc) { .opcode = SVA_OP_NOP });
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_IGNORE_STOP);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_map(f, 0, ACCEL_RING, 4096, SVA_NONE);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, 0);
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_TAIL), ==, 2);
    mutate_ring_and_move(f);
}

/* One credit for three contexts, which asked in the order 2, 0, 1. */
static void test_contexts_wait_for_a_credit_in_their_order(void)
{
    static const unsigned order[] = { 2, 0, 1 };
    AccelFixture *f = accel_fixture_new();

    accel_fixture_set_pri(f, true, 1);
    for (unsigned i = 0; i < 3; i++) {
        accel_enable(f, i, SVA_MODE_ATS_PRI);
    }
    for (unsigned i = 0; i < 3; i++) {
        accel_submit(f, order[i], (struct sva_desc) {
            .opcode = SVA_OP_FILL, .flags = BLOCK, .dst = DST, .size = 8,
        });
    }
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *want = g_strdup_printf("pr %u:20000 w %u L",
                                                order[i] + 1, i);
        g_autofree char *log = fake_port_take_log(f->p);

        g_assert_nonnull(strstr(log, want));
        accel_move(f);
        accel_map(f, order[i], DST, 0x1000, RW);
        fake_port_respond(f->p, sva_pasid(order[i] + 1), i, SVA_PRG_SUCCESS);
        /* Turns of contexts are a microsecond apart. */
        fake_env_advance(f->env, 10000);
        accel_assert_cpl(f, order[i], 0, .status = SVA_ST_SUCCESS,
                         .bytes = 8);
    }
    accel_fixture_free(f);
}

static void test_requests_kept_back_are_sent_later(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    fill_source(f, 0);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 3);
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_PRG_NO_LAST);
    accel_submit(f, 0, copy);
    accel_move(f);
    accel_forget_log(f);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_assert_log(f, "pr 1:22000 w 0 L");
    accel_map(f, 0, DST, LEN, RW);
    finish_copy(f);
}

static void test_an_index_that_is_shared(void)
{
    AccelFixture *f = start_copy(SVA_MODE_ATS_PRI, false, 0);

    accel_enable(f, 1, SVA_MODE_ATS_PRI);
    accel_write(f, 1, SVA_CTX_INJECT, SVA_INJECT_PRG_SHARE);
    accel_submit(f, 1, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = BLOCK, .dst = DST, .size = 8,
    });
    accel_move(f);
    accel_map(f, 1, DST, 0x1000, RW);
    fake_port_respond(f->p, sva_pasid(2), 0, SVA_PRG_SUCCESS);
    accel_run(f);
    accel_assert_cpl(f, 1, 0, .status = SVA_ST_SUCCESS, .bytes = 8);
    accel_map(f, 0, DST, LEN, RW);
    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    finish_copy(f);
}

static void test_a_probe_gets_its_response(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_write(f, 3, SVA_CTX_PROBE_PASID, 1u << 20 | 9);
    accel_write(f, 3, SVA_CTX_PROBE_ADDR, 0x5000);
    accel_write(f, 3, SVA_CTX_PROBE_CTRL, SVA_PROBE_PRG);
    accel_move(f);
    g_assert_cmphex(accel_read(f, 3, SVA_CTX_PROBE_STATUS), ==, 0);
    fake_port_respond(f->p, sva_pasid(9), 0, SVA_PRG_INVALID);
    g_assert_cmphex(accel_read(f, 3, SVA_CTX_PROBE_STATUS), ==, 0x80000011);
    accel_fixture_free(f);
}

static void invalidate(AccelFixture *f, uint32_t itag)
{
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .mask = UINT64_MAX, .pasid = sva_pasid(1), .itag = itag,
    });
}

static void test_invalidations_are_completed_after_the_move(void)
{
    AccelFixture *f = accel_fixture_new();

    sva_accel_write(f->a, SVA_REG_INVAL_DELAY, 5, 4);
    sva_accel_write(f->a, SVA_REG_INJECT, SVA_GINJECT_LATE_INVAL, 4);
    invalidate(f, 11);
    fake_env_advance(f->env, 2 * MS);
    invalidate(f, 12);
    sva_accel_write(f->a, SVA_REG_INJECT, 3, 4);
    invalidate(f, 13);
    accel_move(f);
    g_assert_cmpuint(sva_accel_read(f->a, SVA_REG_INVAL_HELD, 4), ==, 3);
    fake_env_advance(f->env, 3 * MS - 1);
    accel_assert_log(f, "");
    fake_env_advance(f->env, 1);
    accel_assert_log(f, "ic 11");
    fake_env_advance(f->env, 100 * MS);
    accel_assert_log(f, "ic 12");
    sva_accel_write(f->a, SVA_REG_INJECT, 0, 4);
    accel_assert_log(f, "ic 13");
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/state/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(the_response_arrives_after_the_move);
    ADD(every_response_means_what_it_did);
    ADD(a_response_of_another_pasid_does_not_fit);
    ADD(a_job_is_held_at_every_point);
    ADD(a_job_with_a_translation_asks_again);
    ADD(a_delay_ends_when_it_would_have);
    ADD(a_limited_job_takes_as_long);
    ADD(a_touch_goes_on_between_two_rounds);
    ADD(a_drain_waits_for_its_response);
    ADD(an_abort_waits_for_its_response);
    ADD(an_abort_whose_response_is_there);
    ADD(an_abort_that_has_not_begun_yet);
    ADD(a_late_stop_comes_when_it_would_have);
    ADD(a_ring_may_be_anything_after_a_dropped_stop);
    ADD(a_ring_that_failed_after_a_dropped_stop_may_be_too);
    ADD(contexts_wait_for_a_credit_in_their_order);
    ADD(requests_kept_back_are_sent_later);
    ADD(an_index_that_is_shared);
    ADD(a_probe_gets_its_response);
    ADD(invalidations_are_completed_after_the_move);
    return g_test_run();
}
