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
static void start(AccelFixture *f, unsigned ctx, uint32_t inject)
{
    accel_enable(f, ctx, SVA_MODE_ATS_PRI);
    accel_submit(f, ctx, (struct sva_desc) { .flags = CPL });
    accel_write(f, ctx, SVA_CTX_PRG_PAGES, 2);
    accel_write(f, ctx, SVA_CTX_INJECT, inject);
    g_assert_cmphex(accel_read(f, ctx, SVA_CTX_INJECT), ==, inject);
    accel_forget_log(f);
}

static AccelFixture *fixture(uint32_t inject)
{
    AccelFixture *f = accel_fixture_new();

    start(f, 0, inject);
    return f;
}

/* Two pages, none of them there. */
static void submit(AccelFixture *f, unsigned ctx)
{
    accel_submit(f, ctx, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = CPL | BLOCK, .dst = 0x10000,
        .size = 0x1008, .stride = 0x1000, .rounds = 1,
    });
}

static void answer(AccelFixture *f, uint32_t pasid, unsigned prgi)
{
    accel_map(f, pasid - 1, 0x10000, 0x2000, RW);
    fake_port_respond(f->p, sva_pasid(pasid), prgi, SVA_PRG_SUCCESS);
    accel_run(f);
}

static uint64_t count(AccelFixture *f, unsigned which)
{
    return sva_accel_counter(f->a, (enum sva_counter)which);
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
    AccelFixture *f = fixture(0);

    g_assert_cmphex(sva_accel_read(f->a, 0x020, 4), ==, 0x1ff);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_cmpstr(sva_accel_counter_name(29 + i), ==, names[i]);
    }
    accel_fixture_free(f);
}

static void test_dropped_requests_are_sent_when_the_bit_is_cleared(void)
{
    AccelFixture *f = fixture(1 << 2);

    submit(f, 0);
    accel_assert_log(f, FETCH);
    fake_env_advance(f->env, 1000000000);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 0);
    g_assert_cmpuint(count(f, 29), ==, 2);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_assert_log(f, "pr 1:10000 r 0; pr 1:11000 r 0 L");
    answer(f, 1, 0);
    accel_assert_log(f, REST);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 2);
    accel_write(f, 0, SVA_CTX_INJECT, 1 << 2);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_a_group_is_left_without_its_last_request(void)
{
    AccelFixture *f = fixture(1 << 4);

    submit(f, 0);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0");
    g_assert_cmpuint(count(f, 29), ==, 1);
    /* Not while the other bit keeps it back. */
    accel_write(f, 0, SVA_CTX_INJECT, 1 << 2);
    accel_assert_log(f, "");
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_assert_log(f, "pr 1:11000 r 0 L");
    answer(f, 1, 0);
    accel_assert_log(f, REST);
    accel_fixture_free(f);
}

static void test_an_answer_to_what_is_sent_late_may_come_at_once(void)
{
    AccelFixture *f = fixture(1 << 2);

    submit(f, 0);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_forget_log(f);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_run(f);
    accel_assert_log(f, "pr 1:10000 r 0; pr 1:11000 r 0 L; " REST);
    accel_fixture_free(f);
}

static void test_an_abort_waits_for_an_incomplete_group(void)
{
    AccelFixture *f = fixture(1 << 4);

    submit(f, 0);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; " RECORD);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_assert_log(f, "pr 1:11000 r 0 L");
    answer(f, 1, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_fixture_free(f);
}

static void test_what_was_kept_back_dies_with_the_interface(void)
{
    AccelFixture *f = fixture(1 << 2);

    submit(f, 0);
    accel_fixture_set_pri(f, false, 32);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    accel_run(f);
    accel_assert_cpl(f, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    accel_forget_log(f);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_soft_reset_sends_what_was_kept_back(void)
{
    AccelFixture *f = fixture(1 << 2 | 1 << 4);

    submit(f, 0);
    accel_forget_log(f);
    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    accel_assert_log(f, "pr 1:10000 r 0; pr 1:11000 r 0 L");
    answer(f, 1, 0);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, 0);
    g_assert_cmpuint(count(f, SVA_CNT_PRG_UNEXPECTED), ==, 0);
    accel_fixture_free(f);
}

static void test_duplicates_have_the_same_index(void)
{
    AccelFixture *f = fixture(1 << 3);

    submit(f, 0);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; pr 1:10000 r 0; "
                     "pr 1:11000 r 0 L; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(f, 30), ==, 2);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 4);
    answer(f, 1, 0);
    accel_assert_log(f, REST);
    answer(f, 1, 0);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_UPRGI);
    accel_fixture_free(f);
}

static void test_no_duplicate_follows_the_answer(void)
{
    AccelFixture *f = fixture(1 << 3);

    f->p->prg_policy = FAKE_PRG_MAP;
    submit(f, 0);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; pr 1:10000 r 0; "
                     "pr 1:11000 r 0 L; " REST);
    accel_fixture_free(f);
}

static void test_excess_needs_no_credit(void)
{
    AccelFixture *f = fixture(1 << 5);

    accel_fixture_set_pri(f, true, 1);
    submit(f, 0);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(f, 31), ==, 1);
    /* Others still need one. */
    start(f, 1, 0);
    submit(f, 1);
    accel_assert_log(f, "tr 301000100040+40; at 2:10000 r");
    answer(f, 1, 0);
    accel_assert_log(f, REST "; pr 2:10000 r 1 L");
    accel_fixture_free(f);
}

static void test_excess_needs_no_enable(void)
{
    AccelFixture *f = fixture(1 << 5);

    accel_fixture_set_pri(f, false, 32);
    submit(f, 0);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(f, 31), ==, 2);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, 0);
    answer(f, 1, 0);
    accel_assert_log(f, REST);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    accel_fixture_free(f);
}

static void test_excess_respects_response_failure(void)
{
    AccelFixture *f = fixture(1 << 5);

    fake_port_respond(f->p, sva_pasid(1), 0, SVA_PRG_FAILURE);
    submit(f, 0);
    accel_assert_log(f, FETCH "; " RECORD);
    accel_assert_cpl(f, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    accel_fixture_free(f);
}

static void test_two_pasids_share_an_index(void)
{
    AccelFixture *f = fixture(0);

    start(f, 1, 1 << 6);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_IN_PRG);
    submit(f, 0);
    submit(f, 1);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; "
                     "tr 301000100040+40; at 2:10000 r; "
                     "pr 2:10000 r 0; pr 2:11000 r 0 L");
    accel_write(f, 0, SVA_CTX_RELEASE, 1);
    accel_run(f);
    accel_assert_log(f, "pr 1:11000 r 0 L");
    g_assert_cmpuint(count(f, 32), ==, 1);
    answer(f, 1, 0);
    accel_assert_log(f, REST);
    answer(f, 2, 0);
    accel_assert_cpl(f, 1, 1, .status = 0x01, .bytes = 16);
    answer(f, 2, 0);
    g_assert_cmpuint(count(f, SVA_CNT_PRG_UNEXPECTED), ==, 1);
    accel_fixture_free(f);
}

static void test_without_another_pasid_no_index_is_shared(void)
{
    AccelFixture *f = fixture(1 << 6);

    submit(f, 0);
    accel_assert_log(f, FETCH "; pr 1:10000 r 0; pr 1:11000 r 0 L");
    g_assert_cmpuint(count(f, 32), ==, 0);
    answer(f, 1, 0);
    accel_assert_log(f, REST);
    accel_fixture_free(f);
}

static void test_a_shared_index_is_answered_without_pri(void)
{
    AccelFixture *f = fixture(0);

    start(f, 1, 1 << 6);
    submit(f, 0);
    submit(f, 1);
    answer(f, 1, 0);
    accel_fixture_set_pri(f, false, 32);
    answer(f, 2, 0);
    accel_assert_cpl(f, 1, 1, .status = 0x01, .bytes = 16);
    accel_fixture_free(f);
}

static void abort_now(AccelFixture *f)
{
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 0);
}

static void test_no_wait_leaves_the_group_behind(void)
{
    AccelFixture *f = fixture(1 << 7);

    submit(f, 0);
    accel_fixture_set_pri(f, false, 32);
    accel_forget_log(f);
    abort_now(f);
    accel_assert_log(f, RECORD);
    g_assert_cmpuint(count(f, 33), ==, 1);
    g_assert_cmpuint(count(f, 34), ==, 0);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, 0);
    answer(f, 1, 0);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    g_assert_cmpuint(count(f, SVA_CNT_PRG_UNEXPECTED), ==, 0);
    g_assert_cmpuint(count(f, SVA_CNT_PRG_SUCCESS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_stop_marker_follows_all_requests(void)
{
    AccelFixture *f = fixture(1 << 8);

    submit(f, 0);
    accel_forget_log(f);
    abort_now(f);
    accel_assert_log(f, RECORD "; pr 1:0 - 0 L");
    g_assert_cmpuint(count(f, 33), ==, 1);
    g_assert_cmpuint(count(f, 34), ==, 1);
    /* The context may be used again before the response comes. */
    start(f, 0, 1 << 8);
    submit(f, 0);
    accel_assert_log(f, "tr 201000100040+40; at 1:10000 r; "
                     "pr 1:10000 r 1; pr 1:11000 r 1 L");
    answer(f, 1, 0);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0);
    answer(f, 1, 1);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 16);
    accel_fixture_free(f);
}

static void test_a_drain_sends_the_stop_marker_too(void)
{
    AccelFixture *f = fixture(1 << 8);

    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    accel_assert_log(f, "pr 1:0 - 0 L");
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 2);
    g_assert_cmpuint(count(f, 33), ==, 0);
    accel_fixture_free(f);
}

static void test_contexts_without_page_requests_send_no_marker(void)
{
    AccelFixture *f = fixture(1 << 8);

    accel_fixture_set_pri(f, false, 32);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    accel_enable(f, 1, SVA_MODE_ATS);
    accel_write(f, 1, SVA_CTX_INJECT, 1 << 8);
    accel_write(f, 1, SVA_CTX_CMD, SVA_CMD_DRAIN);
    accel_fixture_set_pri(f, true, 32);
    accel_write(f, 2, SVA_CTX_CFG, 2 << 24);
    accel_write(f, 2, SVA_CTX_CMD, SVA_CMD_ENABLE);
    accel_write(f, 2, SVA_CTX_INJECT, 1 << 8);
    accel_write(f, 2, SVA_CTX_CMD, SVA_CMD_DRAIN);
    g_assert_cmphex(accel_read(f, 2, SVA_CTX_CMD_STATUS), ==, 2);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_an_incomplete_group_left_behind_costs_no_credit(void)
{
    AccelFixture *f = fixture(1 << 4 | 1 << 7);

    accel_fixture_set_pri(f, true, 2);
    submit(f, 0);
    start(f, 1, 0);
    submit(f, 1);
    accel_forget_log(f);
    abort_now(f);
    accel_assert_log(f, RECORD "; pr 2:10000 r 1; pr 2:11000 r 1 L");
    accel_fixture_free(f);
}

static void test_setting_no_wait_ends_an_abort_that_waits(void)
{
    AccelFixture *f = fixture(0);

    submit(f, 0);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    accel_write(f, 0, SVA_CTX_INJECT, 1 << 7);
    accel_run(f);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_fixture_free(f);
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
