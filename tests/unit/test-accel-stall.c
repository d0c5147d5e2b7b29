/*
 * Tests of the accelerator: requests that the IOMMU suspends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define RW (SVA_READ | SVA_WRITE)
#define SRC 0x10000ull
#define DST 0x20000ull
#define LEN 0x1000u

static const struct sva_desc copy = {
    .opcode = SVA_OP_COPY, .flags = SVA_DF_COMPLETION, .id = 9,
    .src = SRC, .dst = DST, .size = LEN,
};

static AccelFixture *stall_fixture(void)
{
    AccelFixture *f = accel_fixture_new();

    f->p->stall = true;
    return f;
}

/* A copy the source of which is there; the write stalls. */
static AccelFixture *stalled_copy(void)
{
    uint8_t data[LEN];
    AccelFixture *f = stall_fixture();

    memset(data, 0x5a, LEN);
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, SRC, LEN, SVA_READ);
    accel_fill(f, 0, SRC, data, LEN);
    accel_submit(f, 0, copy);
    g_assert_cmpuint(f->p->stalled->len, ==, 1);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STALLS), ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ABORTS), ==, 0);
    accel_forget_log(f);
    return f;
}

static void assert_byte_at_destination(AccelFixture *f, uint8_t want)
{
    uint8_t data[LEN];

    accel_get(f, 0, DST, data, LEN);
    for (unsigned i = 0; i < LEN; i++) {
        g_assert_cmphex(data[i], ==, want);
    }
}

static void test_a_retried_request_is_sent_again_later(void)
{
    AccelFixture *f = stalled_copy();

    accel_run(f);
    accel_assert_log(f, "");
    accel_map(f, 0, DST, LEN, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    accel_assert_log(f, "");
    accel_run(f);
    accel_assert_log(f, "uw 1:20000+1000; uw 1:200008+18; uw 1:200000+8");
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    assert_byte_at_destination(f, 0x5a);
    accel_fixture_free(f);
}

static void test_a_retry_may_stall_again(void)
{
    AccelFixture *f = stalled_copy();
    uint32_t first = g_array_index(f->p->stalled, uint32_t, 0);

    for (unsigned i = 0; i < 40; i++) {
        g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
        accel_run(f);
        g_assert_cmpuint(f->p->stalled->len, ==, 1);
        g_assert_cmphex(g_array_index(f->p->stalled, uint32_t, 0), !=,
                        first);
    }
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STALLS), ==, 41);
    accel_fixture_free(f);
}

static void test_an_abort_ends_the_job_there(void)
{
    AccelFixture *f = stalled_copy();

    g_assert_true(fake_port_resume(f->p, SVA_STALL_ABORT));
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_ACCESS_ABORTED, .id = 9,
                     .fault_addr = DST, .fault_write = 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ABORTS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_write_ended_raz_wi_is_lost(void)
{
    AccelFixture *f = stalled_copy();

    g_assert_true(fake_port_resume(f->p, SVA_STALL_RAZ_WI));
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    assert_byte_at_destination(f, 0);
    accel_fixture_free(f);
}

static void test_a_read_ended_raz_wi_reads_zeros(void)
{
    uint8_t data[LEN];
    AccelFixture *f = stall_fixture();

    memset(data, 0x77, LEN);
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_fill(f, 0, SRC, data, LEN);
    accel_map(f, 0, DST, LEN, RW);
    accel_fill(f, 0, DST, data, LEN);
    accel_submit(f, 0, copy);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RAZ_WI));
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    assert_byte_at_destination(f, 0);
    accel_fixture_free(f);
}

static void test_a_stop_waits_for_the_end(void)
{
    static const SvaStallAction actions[] = {
        SVA_STALL_RETRY, SVA_STALL_ABORT, SVA_STALL_RAZ_WI,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++) {
        AccelFixture *f = stalled_copy();

        accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
        accel_run(f);
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==,
                        SVA_CMDST_BUSY | SVA_CMD_ABORT);
        accel_assert_log(f, "");
        g_assert_true(fake_port_resume(f->p, actions[i]));
        accel_run(f);
        /* What was stalled is not sent again. */
        accel_assert_log(f, "uw 1:200008+18; uw 1:200000+8");
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==,
                        SVA_CMD_ABORT);
        accel_assert_cpl(f, 0, 0, .status = SVA_ST_ABORTED, .id = 9);
        accel_fixture_free(f);
    }
}

static void take_record_away(FakePort *p, const char *tlp,
                             void *opaque G_GNUC_UNUSED)
{
    if (g_str_has_prefix(tlp, "uw 1:200008")) {
        fake_port_map(p, sva_pasid(1), ACCEL_CPL, LEN, SVA_NONE);
        p->hook = NULL;
    }
}

/* The response to a group that an abort left open; the record stalls. */
static void test_a_late_response_does_not_end_a_stall(void)
{
    AccelFixture *f = stall_fixture();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .id = 9, .dst = DST, .size = LEN,
        .flags = SVA_DF_COMPLETION | SVA_DF_BLOCK_ON_FAULT,
    });
    g_assert_cmpuint(f->p->page_requests, ==, 1);
    f->p->untranslated_only = true;
    f->p->hook = take_record_away;
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    g_assert_cmpuint(f->p->stalled->len, ==, 1);

    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_SUCCESS);
    accel_map(f, 0, ACCEL_CPL, LEN, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_ABORTED, .id = 9);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    accel_fixture_free(f);
}

static void test_an_end_without_a_stall_is_refused(void)
{
    AccelFixture *f = stalled_copy();
    SvaStallEnd end = {
        .cookie = g_array_index(f->p->stalled, uint32_t, 0) ^ 1u << 10,
        .action = SVA_STALL_ABORT,
    };

    g_assert_false(sva_function_client_ops.stall_end(f->fn, &end));
    end.cookie = UINT32_MAX;
    g_assert_false(sva_function_client_ops.stall_end(f->fn, &end));
    accel_map(f, 0, DST, LEN, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    accel_run(f);
    end.cookie = 0;
    g_assert_false(sva_function_client_ops.stall_end(f->fn, &end));
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    accel_fixture_free(f);
}

static void test_an_end_after_a_reset_does_not_fit_a_new_stall(void)
{
    AccelFixture *f = stalled_copy();

    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    f->tail[0] = 0;
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 0, copy);
    g_assert_cmpuint(f->p->stalled->len, ==, 2);
    g_assert_false(fake_port_resume(f->p, SVA_STALL_ABORT));
    g_assert_true(fake_port_resume(f->p, SVA_STALL_ABORT));
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_ACCESS_ABORTED, .id = 9,
                     .fault_addr = DST, .fault_write = 1);
    accel_fixture_free(f);
}

static void test_the_descriptor_and_the_record_may_stall(void)
{
    AccelFixture *f = stall_fixture();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_NONE);
    accel_map(f, 0, ACCEL_CPL, 0x1000, SVA_NONE);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_NOP, .flags = SVA_DF_COMPLETION, .id = 4,
    });
    accel_assert_log(f, "ur 1:100000+40");
    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_READ);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    accel_run(f);
    accel_assert_log(f, "ur 1:100000+40; uw 1:200008+18");
    accel_map(f, 0, ACCEL_CPL, 0x1000, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    accel_run(f);
    accel_assert_log(f, "uw 1:200008+18; uw 1:200000+8");
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .id = 4);
    accel_fixture_free(f);
}

static void test_an_aborted_fetch_halts_the_context(void)
{
    AccelFixture *f = stall_fixture();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_NONE);
    accel_submit(f, 0, copy);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_ABORT));
    accel_run(f);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_STATE), ==, SVA_CTX_HALTED);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS) & 0xff, ==,
                    SVA_ST_ACCESS_ABORTED);
    accel_fixture_free(f);
}

static void test_an_atomic_request_stalls(void)
{
    const uint64_t before = 40;
    uint64_t after;
    AccelFixture *f = stall_fixture();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_fill(f, 0, DST, &before, sizeof(before));
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FETCH_ADD, .flags = SVA_DF_COMPLETION, .dst = DST,
        .src = 2, .size = 8,
    });
    g_assert_cmpuint(f->p->stalled->len, ==, 1);
    accel_map(f, 0, DST, 8, RW);
    g_assert_true(fake_port_resume(f->p, SVA_STALL_RETRY));
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = SVA_ST_SUCCESS, .bytes = 8,
                     .result = 40);
    accel_get(f, 0, DST, &after, sizeof(after));
    g_assert_cmpuint(after, ==, 42);
    accel_fixture_free(f);
}

static void test_contexts_stall_each_for_itself(void)
{
    AccelFixture *f = stall_fixture();

    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        accel_enable(f, i, SVA_MODE_UNTRANSLATED);
        accel_map(f, i, SRC, LEN, RW);
        accel_submit(f, i, copy);
    }
    g_assert_cmpuint(f->p->stalled->len, ==, ACCEL_CONTEXTS);
    /* The last one first. */
    for (unsigned i = ACCEL_CONTEXTS; i-- > 0;) {
        SvaStallEnd end = {
            .cookie = g_array_index(f->p->stalled, uint32_t, i),
            .action = SVA_STALL_RETRY,
        };

        accel_map(f, i, DST, LEN, RW);
        g_assert_true(sva_function_client_ops.stall_end(f->fn, &end));
        accel_run(f);
        accel_assert_cpl(f, i, 0, .status = SVA_ST_SUCCESS, .id = 9,
                         .bytes = LEN);
        g_assert_false(sva_function_client_ops.stall_end(f->fn, &end));
    }
    accel_fixture_free(f);
}

static void test_a_probe_does_not_stall(void)
{
    AccelFixture *f = stall_fixture();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_write(f, 0, SVA_CTX_PROBE_ADDR, DST);
    accel_write(f, 0, SVA_CTX_PROBE_CTRL, SVA_PROBE_READ);
    g_assert_cmpuint(f->p->stalled->len, ==, 0);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ABORTS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_stall_survives_a_move(void)
{
    static const uint8_t status[] = {
        [SVA_STALL_RETRY] = SVA_ST_SUCCESS,
        [SVA_STALL_ABORT] = SVA_ST_ACCESS_ABORTED,
        [SVA_STALL_RAZ_WI] = SVA_ST_SUCCESS,
    };

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(status); i++) {
        SvaStallAction action = i / 2;
        AccelFixture *f = stalled_copy();

        accel_move(f);
        accel_run(f);
        accel_assert_log(f, "");
        accel_map(f, 0, DST, LEN, RW);
        g_assert_true(fake_port_resume(f->p, action));
        if (i % 2) {
            accel_move(f);      /* between the end and what follows */
        }
        accel_run(f);
        g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, status[action]);
        assert_byte_at_destination(f, action == SVA_STALL_RETRY ? 0x5a : 0);
        accel_fixture_free(f);
    }
}

static void refuse(AccelFixture *f, SvaAccelSaved *saved, const char *why)
{
    g_assert_cmpstr(sva_accel_load(f->a, saved), ==, why);
    g_free(saved);
}

static void test_impossible_stalls_are_not_taken(void)
{
    AccelFixture *f = stalled_copy();
    SvaAccelSaved *saved = accel_save(f);

    saved->ctx[0].wait = 0;
    refuse(f, saved, "a context that waits for nothing");
    accel_fixture_free(f);

    f = stalled_copy();
    saved = accel_save(f);
    saved->ctx[0].wait++;
    refuse(f, saved, "impossible job");
    accel_fixture_free(f);

    f = stalled_copy();
    saved = accel_save(f);
    saved->ctx[0].action = 3;
    refuse(f, saved, "impossible access");
    accel_fixture_free(f);

    f = stalled_copy();
    saved = accel_save(f);
    saved->ctx[0].stage += 2;
    refuse(f, saved, "impossible access");
    accel_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/accel-stall/retry",
                    test_a_retried_request_is_sent_again_later);
    g_test_add_func("/accel-stall/again", test_a_retry_may_stall_again);
    g_test_add_func("/accel-stall/abort", test_an_abort_ends_the_job_there);
    g_test_add_func("/accel-stall/write-ignored",
                    test_a_write_ended_raz_wi_is_lost);
    g_test_add_func("/accel-stall/read-as-zero",
                    test_a_read_ended_raz_wi_reads_zeros);
    g_test_add_func("/accel-stall/stop", test_a_stop_waits_for_the_end);
    g_test_add_func("/accel-stall/late-response",
                    test_a_late_response_does_not_end_a_stall);
    g_test_add_func("/accel-stall/no-stall",
                    test_an_end_without_a_stall_is_refused);
    g_test_add_func("/accel-stall/reset",
                    test_an_end_after_a_reset_does_not_fit_a_new_stall);
    g_test_add_func("/accel-stall/fetch-and-record",
                    test_the_descriptor_and_the_record_may_stall);
    g_test_add_func("/accel-stall/fetch-aborted",
                    test_an_aborted_fetch_halts_the_context);
    g_test_add_func("/accel-stall/atomic", test_an_atomic_request_stalls);
    g_test_add_func("/accel-stall/contexts",
                    test_contexts_stall_each_for_itself);
    g_test_add_func("/accel-stall/probe", test_a_probe_does_not_stall);
    g_test_add_func("/accel-stall/move", test_a_stall_survives_a_move);
    g_test_add_func("/accel-stall/move-bad",
                    test_impossible_stalls_are_not_taken);
    return g_test_run();
}
