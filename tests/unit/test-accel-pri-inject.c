/*
 * Tests of page requests against the rules, and of stops with responses due
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)

#define RECORD "tw 201000200028+18; tw 201000200020+8"

/* Ring and record are in the ATC; nobody answers page requests. */
static void start(Bench *b, unsigned ctx, uint32_t inject)
{
    bench_enable(b, ctx, SVA_MODE_ATS_PRI);
    bench_submit(b, ctx, (struct sva_desc) { .flags = CPL });
    bench_write(b, ctx, SVA_CTX_PRG_PAGES, 2);
    bench_write(b, ctx, SVA_CTX_INJECT, inject);
    g_assert_cmphex(bench_read(b, ctx, SVA_CTX_INJECT), ==, inject);
    bench_forget_log(b);
}

static Bench *bench(uint32_t inject)
{
    Bench *b = bench_new();

    start(b, 0, inject);
    return b;
}

/* Two pages, none of them there. */
static void submit(Bench *b, unsigned ctx)
{
    bench_submit(b, ctx, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = CPL | BLOCK, .dst = 0x10000,
        .size = 0x1008, .stride = 0x1000, .rounds = 1,
    });
}

static void answer(Bench *b, uint32_t pasid, unsigned prgi)
{
    bench_map(b, pasid - 1, 0x10000, 0x2000, RW);
    fake_port_respond(b->p, sva_pasid(pasid), prgi, SVA_PRG_SUCCESS);
    bench_run(b);
}

static uint64_t count(Bench *b, unsigned which)
{
    return sva_accel_counter(b->a, (enum sva_counter)which);
}

#define FETCH "tr 201000100040+40; at 1:10000 r"
#define REST "at 1:10000 r; tr 201000010000+8; at 1:11000 r; " \
             "tr 201000011000+8; " RECORD

static void test_what_exists_is_announced(void)
{
    static const char *const names[] = {
        "prg-unsent", "prg-duplicates", "prg-excess", "prg-shared",
        "stops-no-wait", "stop-markers", "stalls",
    };
    Bench *b = bench(0);

    g_assert_cmphex(sva_accel_read(b->a, 0x020, 4), ==, 0x1ff);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_cmpstr(sva_accel_counter_name(29 + i), ==, names[i]);
    }
    bench_free(b);
}

static void test_dropped_requests_are_sent_when_the_bit_is_cleared(void)
{
    Bench *b = bench(1 << 2);

    submit(b, 0);
    bench_assert_log(b, FETCH);
    fake_env_advance(b->f, 1000000000);
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 1);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 0);
    g_assert_cmpuint(count(b, 29), ==, 2);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_assert_log(b, "pr 1:10000 r 0; pr 1:11000 r 0 L");
    answer(b, 1, 0);
    bench_assert_log(b, REST);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 2);
    bench_write(b, 0, SVA_CTX_INJECT, 1 << 2);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_assert_log(b, "");
    bench_free(b);
}

static void test_a_group_is_left_without_its_last_request(void)
{
    Bench *b = bench(1 << 4);

    submit(b, 0);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0");
    g_assert_cmpuint(count(b, 29), ==, 1);
    /* Not while the other bit keeps it back. */
    bench_write(b, 0, SVA_CTX_INJECT, 1 << 2);
    bench_assert_log(b, "");
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_assert_log(b, "pr 1:11000 r 0 L");
    answer(b, 1, 0);
    bench_assert_log(b, REST);
    bench_free(b);
}

static void test_an_answer_to_what_is_sent_late_may_come_at_once(void)
{
    Bench *b = bench(1 << 2);

    submit(b, 0);
    b->p->prg_policy = FAKE_PRG_MAP;
    bench_forget_log(b);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_run(b);
    bench_assert_log(b, "pr 1:10000 r 0; pr 1:11000 r 0 L; " REST);
    bench_free(b);
}

static void test_an_abort_waits_for_an_incomplete_group(void)
{
    Bench *b = bench(1 << 4);

    submit(b, 0);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    bench_run(b);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; " RECORD);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_assert_log(b, "pr 1:11000 r 0 L");
    answer(b, 1, 0);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 3);
    bench_free(b);
}

static void test_what_was_kept_back_dies_with_the_interface(void)
{
    Bench *b = bench(1 << 2);

    submit(b, 0);
    bench_set_pri(b, false, 32);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, SVA_PRI_STOPPED);
    bench_run(b);
    bench_assert_cpl(b, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    bench_forget_log(b);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_assert_log(b, "");
    bench_free(b);
}

static void test_soft_reset_sends_what_was_kept_back(void)
{
    Bench *b = bench(1 << 2 | 1 << 4);

    submit(b, 0);
    bench_forget_log(b);
    sva_accel_write(b->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    bench_assert_log(b, "pr 1:10000 r 0; pr 1:11000 r 0 L");
    answer(b, 1, 0);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, 0);
    g_assert_cmpuint(count(b, SVA_CNT_PRG_UNEXPECTED), ==, 0);
    bench_free(b);
}

static void test_duplicates_have_the_same_index(void)
{
    Bench *b = bench(1 << 3);

    submit(b, 0);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; pr 1:10000 r 0; "
                     "pr 1:11000 r 0 L; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(b, 30), ==, 2);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 4);
    answer(b, 1, 0);
    bench_assert_log(b, REST);
    answer(b, 1, 0);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, SVA_PRI_UPRGI);
    bench_free(b);
}

static void test_no_duplicate_follows_the_answer(void)
{
    Bench *b = bench(1 << 3);

    b->p->prg_policy = FAKE_PRG_MAP;
    submit(b, 0);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; pr 1:10000 r 0; "
                     "pr 1:11000 r 0 L; " REST);
    bench_free(b);
}

static void test_excess_needs_no_credit(void)
{
    Bench *b = bench(1 << 5);

    bench_set_pri(b, true, 1);
    submit(b, 0);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(b, 31), ==, 1);
    /* Others still need one. */
    start(b, 1, 0);
    submit(b, 1);
    bench_assert_log(b, "tr 301000100040+40; at 2:10000 r");
    answer(b, 1, 0);
    bench_assert_log(b, REST "; pr 2:10000 r 1 L");
    bench_free(b);
}

static void test_excess_needs_no_enable(void)
{
    Bench *b = bench(1 << 5);

    bench_set_pri(b, false, 32);
    submit(b, 0);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(b, 31), ==, 2);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, 0);
    answer(b, 1, 0);
    bench_assert_log(b, REST);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, SVA_PRI_STOPPED);
    bench_free(b);
}

static void test_excess_respects_response_failure(void)
{
    Bench *b = bench(1 << 5);

    fake_port_respond(b->p, sva_pasid(1), 0, SVA_PRG_FAILURE);
    submit(b, 0);
    bench_assert_log(b, FETCH "; " RECORD);
    bench_assert_cpl(b, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    bench_free(b);
}

static void test_two_pasids_share_an_index(void)
{
    Bench *b = bench(0);

    start(b, 1, 1 << 6);
    bench_write(b, 0, SVA_CTX_HOLD_MASK, SVA_HOLD_IN_PRG);
    submit(b, 0);
    submit(b, 1);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; "
                     "tr 301000100040+40; at 2:10000 r; "
                     "pr 2:10000 r 0; pr 2:11000 r 0 L");
    bench_write(b, 0, SVA_CTX_RELEASE, 1);
    bench_run(b);
    bench_assert_log(b, "pr 1:11000 r 0 L");
    g_assert_cmpuint(count(b, 32), ==, 1);
    answer(b, 1, 0);
    bench_assert_log(b, REST);
    answer(b, 2, 0);
    bench_assert_cpl(b, 1, 1, .status = 0x01, .bytes = 16);
    answer(b, 2, 0);
    g_assert_cmpuint(count(b, SVA_CNT_PRG_UNEXPECTED), ==, 1);
    bench_free(b);
}

static void test_without_another_pasid_no_index_is_shared(void)
{
    Bench *b = bench(1 << 6);

    submit(b, 0);
    bench_assert_log(b, FETCH "; pr 1:10000 r 0; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(b, 32), ==, 0);
    answer(b, 1, 0);
    bench_assert_log(b, REST);
    bench_free(b);
}

static void test_a_shared_index_is_answered_without_pri(void)
{
    Bench *b = bench(0);

    start(b, 1, 1 << 6);
    submit(b, 0);
    submit(b, 1);
    answer(b, 1, 0);
    bench_set_pri(b, false, 32);
    answer(b, 2, 0);
    bench_assert_cpl(b, 1, 1, .status = 0x01, .bytes = 16);
    bench_free(b);
}

static void abort_now(Bench *b)
{
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    bench_run(b);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 3);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_RUNNING), ==, 0);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_STATE), ==, 0);
}

static void test_no_wait_leaves_the_group_behind(void)
{
    Bench *b = bench(1 << 7);

    submit(b, 0);
    bench_set_pri(b, false, 32);
    bench_forget_log(b);
    abort_now(b);
    bench_assert_log(b, RECORD);
    g_assert_cmpuint(count(b, 33), ==, 1);
    g_assert_cmpuint(count(b, 34), ==, 0);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, 0);
    answer(b, 1, 0);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, SVA_PRI_STOPPED);
    g_assert_cmpuint(count(b, SVA_CNT_PRG_UNEXPECTED), ==, 0);
    g_assert_cmpuint(count(b, SVA_CNT_PRG_SUCCESS), ==, 1);
    bench_free(b);
}

static void test_a_stop_marker_follows_all_requests(void)
{
    Bench *b = bench(1 << 8);

    submit(b, 0);
    bench_forget_log(b);
    abort_now(b);
    bench_assert_log(b, RECORD "; pr 1:0 - 0 L");
    g_assert_cmpuint(count(b, 33), ==, 1);
    g_assert_cmpuint(count(b, 34), ==, 1);
    /* The context may be used again before the response comes. */
    start(b, 0, 1 << 8);
    submit(b, 0);
    bench_assert_log(b, "tr 201000100040+40; at 1:10000 r; "
                     "pr 1:10000 r 1; pr 1:11000 r 1 L");
    answer(b, 1, 0);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0);
    answer(b, 1, 1);
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 16);
    bench_free(b);
}

static void test_a_drain_sends_the_stop_marker_too(void)
{
    Bench *b = bench(1 << 8);

    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    bench_assert_log(b, "pr 1:0 - 0 L");
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 2);
    g_assert_cmpuint(count(b, 33), ==, 0);
    bench_free(b);
}

static void test_contexts_without_page_requests_send_no_marker(void)
{
    Bench *b = bench(1 << 8);

    bench_set_pri(b, false, 32);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    bench_enable(b, 1, SVA_MODE_ATS);
    bench_write(b, 1, SVA_CTX_INJECT, 1 << 8);
    bench_write(b, 1, SVA_CTX_CMD, SVA_CMD_DRAIN);
    bench_set_pri(b, true, 32);
    bench_write(b, 2, SVA_CTX_CFG, 2 << 24);
    bench_write(b, 2, SVA_CTX_CMD, SVA_CMD_ENABLE);
    bench_write(b, 2, SVA_CTX_INJECT, 1 << 8);
    bench_write(b, 2, SVA_CTX_CMD, SVA_CMD_DRAIN);
    g_assert_cmphex(bench_read(b, 2, SVA_CTX_CMD_STATUS), ==, 2);
    bench_assert_log(b, "");
    bench_free(b);
}

static void test_an_incomplete_group_left_behind_costs_no_credit(void)
{
    Bench *b = bench(1 << 4 | 1 << 7);

    bench_set_pri(b, true, 2);
    submit(b, 0);
    start(b, 1, 0);
    submit(b, 1);
    bench_forget_log(b);
    abort_now(b);
    bench_assert_log(b, RECORD "; pr 2:10000 r 1; pr 2:11000 r 1 L");
    bench_free(b);
}

static void test_setting_no_wait_ends_an_abort_that_waits(void)
{
    Bench *b = bench(0);

    submit(b, 0);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    bench_run(b);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    bench_write(b, 0, SVA_CTX_INJECT, 1 << 7);
    bench_run(b);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 3);
    bench_free(b);
}

#define ADD(name) g_test_add_func("/accel/pri-inject/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(what_exists_is_announced);
    ADD(dropped_requests_are_sent_when_the_bit_is_cleared);
    ADD(a_group_is_left_without_its_last_request);
    ADD(an_answer_to_what_is_sent_late_may_come_at_once);
    ADD(an_abort_waits_for_an_incomplete_group);
    ADD(what_was_kept_back_dies_with_the_interface);
    ADD(soft_reset_sends_what_was_kept_back);
    ADD(duplicates_have_the_same_index);
    ADD(no_duplicate_follows_the_answer);
    ADD(excess_needs_no_credit);
    ADD(excess_needs_no_enable);
    ADD(excess_respects_response_failure);
    ADD(two_pasids_share_an_index);
    ADD(without_another_pasid_no_index_is_shared);
    ADD(a_shared_index_is_answered_without_pri);
    ADD(no_wait_leaves_the_group_behind);
    ADD(a_stop_marker_follows_all_requests);
    ADD(a_drain_sends_the_stop_marker_too);
    ADD(contexts_without_page_requests_send_no_marker);
    ADD(an_incomplete_group_left_behind_costs_no_credit);
    ADD(setting_no_wait_ends_an_abort_that_waits);
    return g_test_run();
}
