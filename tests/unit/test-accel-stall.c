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

static Bench *stall_bench(void)
{
    Bench *b = bench_new();

    b->p->stall = true;
    return b;
}

/* A copy the source of which is there; the write stalls. */
static Bench *stalled_copy(void)
{
    uint8_t data[LEN];
    Bench *b = stall_bench();

    memset(data, 0x5a, LEN);
    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_map(b, 0, SRC, LEN, SVA_READ);
    bench_fill(b, 0, SRC, data, LEN);
    bench_submit(b, 0, copy);
    g_assert_cmpuint(b->p->stalled->len, ==, 1);
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 1);
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_STALLS), ==, 1);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_ABORTS), ==, 0);
    bench_forget_log(b);
    return b;
}

static void assert_byte_at_destination(Bench *b, uint8_t want)
{
    uint8_t data[LEN];

    bench_get(b, 0, DST, data, LEN);
    for (unsigned i = 0; i < LEN; i++) {
        g_assert_cmphex(data[i], ==, want);
    }
}

static void test_a_retried_request_is_sent_again_later(void)
{
    Bench *b = stalled_copy();

    bench_run(b);
    bench_assert_log(b, "");
    bench_map(b, 0, DST, LEN, RW);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_RETRY));
    bench_assert_log(b, "");
    bench_run(b);
    bench_assert_log(b, "uw 1:20000+1000; uw 1:200008+18; uw 1:200000+8");
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    assert_byte_at_destination(b, 0x5a);
    bench_free(b);
}

static void test_a_retry_may_stall_again(void)
{
    Bench *b = stalled_copy();
    uint32_t first = g_array_index(b->p->stalled, uint32_t, 0);

    for (unsigned i = 0; i < 40; i++) {
        g_assert_true(fake_port_resume(b->p, SVA_STALL_RETRY));
        bench_run(b);
        g_assert_cmpuint(b->p->stalled->len, ==, 1);
        g_assert_cmphex(g_array_index(b->p->stalled, uint32_t, 0), !=,
                        first);
    }
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_STALLS), ==, 41);
    bench_free(b);
}

static void test_an_abort_ends_the_job_there(void)
{
    Bench *b = stalled_copy();

    g_assert_true(fake_port_resume(b->p, SVA_STALL_ABORT));
    bench_run(b);
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_ACCESS_ABORTED, .id = 9,
                     .fault_addr = DST, .fault_write = 1);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_ABORTS), ==, 1);
    bench_free(b);
}

static void test_a_write_ended_raz_wi_is_lost(void)
{
    Bench *b = stalled_copy();

    g_assert_true(fake_port_resume(b->p, SVA_STALL_RAZ_WI));
    bench_run(b);
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    assert_byte_at_destination(b, 0);
    bench_free(b);
}

static void test_a_read_ended_raz_wi_reads_zeros(void)
{
    uint8_t data[LEN];
    Bench *b = stall_bench();

    memset(data, 0x77, LEN);
    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_fill(b, 0, SRC, data, LEN);
    bench_map(b, 0, DST, LEN, RW);
    bench_fill(b, 0, DST, data, LEN);
    bench_submit(b, 0, copy);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_RAZ_WI));
    bench_run(b);
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    assert_byte_at_destination(b, 0);
    bench_free(b);
}

static void test_a_stop_waits_for_the_end(void)
{
    static const SvaStallAction actions[] = {
        SVA_STALL_RETRY, SVA_STALL_ABORT, SVA_STALL_RAZ_WI,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++) {
        Bench *b = stalled_copy();

        bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
        bench_run(b);
        g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==,
                        SVA_CMDST_BUSY | SVA_CMD_ABORT);
        bench_assert_log(b, "");
        g_assert_true(fake_port_resume(b->p, actions[i]));
        bench_run(b);
        /* What was stalled is not sent again. */
        bench_assert_log(b, "uw 1:200008+18; uw 1:200000+8");
        g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==,
                        SVA_CMD_ABORT);
        bench_assert_cpl(b, 0, 0, .status = SVA_ST_ABORTED, .id = 9);
        bench_free(b);
    }
}

static void test_an_end_without_a_stall_is_refused(void)
{
    Bench *b = stalled_copy();
    SvaStallEnd end = {
        .cookie = g_array_index(b->p->stalled, uint32_t, 0) ^ 1u << 10,
        .action = SVA_STALL_ABORT,
    };

    g_assert_false(sva_accel_client_ops.stall_end(b->a, &end));
    end.cookie = UINT32_MAX;
    g_assert_false(sva_accel_client_ops.stall_end(b->a, &end));
    bench_map(b, 0, DST, LEN, RW);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_RETRY));
    bench_run(b);
    end.cookie = 0;
    g_assert_false(sva_accel_client_ops.stall_end(b->a, &end));
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_SUCCESS, .id = 9,
                     .bytes = LEN);
    bench_free(b);
}

static void test_an_end_after_a_reset_does_not_fit_a_new_stall(void)
{
    Bench *b = stalled_copy();

    sva_accel_write(b->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    b->tail[0] = 0;
    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_submit(b, 0, copy);
    g_assert_cmpuint(b->p->stalled->len, ==, 2);
    g_assert_false(fake_port_resume(b->p, SVA_STALL_ABORT));
    g_assert_true(fake_port_resume(b->p, SVA_STALL_ABORT));
    bench_run(b);
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_ACCESS_ABORTED, .id = 9,
                     .fault_addr = DST, .fault_write = 1);
    bench_free(b);
}

static void test_the_descriptor_and_the_record_may_stall(void)
{
    Bench *b = stall_bench();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_map(b, 0, ACCEL_RING, 0x1000, SVA_NONE);
    bench_map(b, 0, ACCEL_CPL, 0x1000, SVA_NONE);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_NOP, .flags = SVA_DF_COMPLETION, .id = 4,
    });
    bench_assert_log(b, "ur 1:100000+40");
    bench_map(b, 0, ACCEL_RING, 0x1000, SVA_READ);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_RETRY));
    bench_run(b);
    bench_assert_log(b, "ur 1:100000+40; uw 1:200008+18");
    bench_map(b, 0, ACCEL_CPL, 0x1000, RW);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_RETRY));
    bench_run(b);
    bench_assert_log(b, "uw 1:200008+18; uw 1:200000+8");
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_SUCCESS, .id = 4);
    bench_free(b);
}

static void test_an_aborted_fetch_halts_the_context(void)
{
    Bench *b = stall_bench();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_map(b, 0, ACCEL_RING, 0x1000, SVA_NONE);
    bench_submit(b, 0, copy);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_ABORT));
    bench_run(b);
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_STATE), ==, SVA_CTX_HALTED);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_ERR_STATUS) & 0xff, ==,
                    SVA_ST_ACCESS_ABORTED);
    bench_free(b);
}

static void test_an_atomic_request_stalls(void)
{
    const uint64_t before = 40;
    uint64_t after;
    Bench *b = stall_bench();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_fill(b, 0, DST, &before, sizeof(before));
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_FETCH_ADD, .flags = SVA_DF_COMPLETION, .dst = DST,
        .src = 2, .size = 8,
    });
    g_assert_cmpuint(b->p->stalled->len, ==, 1);
    bench_map(b, 0, DST, 8, RW);
    g_assert_true(fake_port_resume(b->p, SVA_STALL_RETRY));
    bench_run(b);
    bench_assert_cpl(b, 0, 0, .status = SVA_ST_SUCCESS, .bytes = 8,
                     .result = 40);
    bench_get(b, 0, DST, &after, sizeof(after));
    g_assert_cmpuint(after, ==, 42);
    bench_free(b);
}

static void test_contexts_stall_each_for_itself(void)
{
    Bench *b = stall_bench();

    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        bench_enable(b, i, SVA_MODE_UNTRANSLATED);
        bench_map(b, i, SRC, LEN, RW);
        bench_submit(b, i, copy);
    }
    g_assert_cmpuint(b->p->stalled->len, ==, ACCEL_CONTEXTS);
    /* The last one first. */
    for (unsigned i = ACCEL_CONTEXTS; i-- > 0;) {
        SvaStallEnd end = {
            .cookie = g_array_index(b->p->stalled, uint32_t, i),
            .action = SVA_STALL_RETRY,
        };

        bench_map(b, i, DST, LEN, RW);
        g_assert_true(sva_accel_client_ops.stall_end(b->a, &end));
        bench_run(b);
        bench_assert_cpl(b, i, 0, .status = SVA_ST_SUCCESS, .id = 9,
                         .bytes = LEN);
        g_assert_false(sva_accel_client_ops.stall_end(b->a, &end));
    }
    bench_free(b);
}

static void test_a_probe_does_not_stall(void)
{
    Bench *b = stall_bench();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_write(b, 0, SVA_CTX_PROBE_ADDR, DST);
    bench_write(b, 0, SVA_CTX_PROBE_CTRL, SVA_PROBE_READ);
    g_assert_cmpuint(b->p->stalled->len, ==, 0);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_ABORTS), ==, 1);
    bench_free(b);
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
        Bench *b = stalled_copy();

        bench_move(b);
        bench_run(b);
        bench_assert_log(b, "");
        bench_map(b, 0, DST, LEN, RW);
        g_assert_true(fake_port_resume(b->p, action));
        if (i % 2) {
            bench_move(b);      /* between the end and what follows */
        }
        bench_run(b);
        g_assert_cmphex(bench_cpl(b, 0, 0).status, ==, status[action]);
        assert_byte_at_destination(b, action == SVA_STALL_RETRY ? 0x5a : 0);
        bench_free(b);
    }
}

static void refuse(Bench *b, SvaAccelSaved *saved, const char *why)
{
    g_assert_cmpstr(sva_accel_load(b->a, saved), ==, why);
    g_free(saved);
}

static void test_impossible_stalls_are_not_taken(void)
{
    Bench *b = stalled_copy();
    SvaAccelSaved *saved = bench_save(b);

    saved->ctx[0].wait = 0;
    refuse(b, saved, "a context that waits for nothing");
    bench_free(b);

    b = stalled_copy();
    saved = bench_save(b);
    saved->ctx[0].wait++;
    refuse(b, saved, "impossible job");
    bench_free(b);

    b = stalled_copy();
    saved = bench_save(b);
    saved->ctx[0].action = 3;
    refuse(b, saved, "impossible access");
    bench_free(b);

    b = stalled_copy();
    saved = bench_save(b);
    saved->ctx[0].stage += 2;
    refuse(b, saved, "impossible access");
    bench_free(b);
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
