/*
 * Tests of the accelerator's page requests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)

static void warm(Bench *b, unsigned ctx)
{
    bench_enable(b, ctx, SVA_MODE_ATS_PRI);
    bench_submit(b, ctx, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(bench_cpl(b, ctx, 0).status, ==, 1);
    bench_forget_log(b);
}

static Bench *bench(FakePrgPolicy policy)
{
    Bench *b = bench_new();

    warm(b, 0);
    b->p->prg_policy = policy;
    return b;
}

static struct sva_desc touch(uint16_t flags, uint64_t size)
{
    return (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = flags, .dst = 0x10000,
        .size = size, .stride = 0x1000, .rounds = 1,
    };
}

static void respond(Bench *b, unsigned ctx, unsigned prgi, unsigned code)
{
    fake_port_respond(b->p, sva_pasid(ctx + 1), prgi, code);
    bench_run(b);
}

static uint16_t status(Bench *b)
{
    return sva_accel_pri_status(b->a);
}

#define RING "tr 201000100040+40; "
#define RECORD "; tw 201000200028+18; tw 201000200020+8"

static void test_fault_in_is_request_response_and_translation_again(void)
{
    Bench *b = bench(FAKE_PRG_MAP);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 8);
    bench_assert_log(b, RING "at 1:10000 r; pr 1:10000 r 0 L; "
                     "at 1:10000 r; tr 201000010000+8" RECORD);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 1);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
    bench_free(b);
}

static void test_a_write_asks_for_write(void)
{
    Bench *b = bench(FAKE_PRG_MAP);

    bench_submit(b, 0, touch(BLOCK | SVA_DF_TOUCH_WRITE, 8));
    bench_assert_log(b, RING "at 1:10000 rw; pr 1:10000 w 0 L; "
                     "at 1:10000 rw; tw 201000010000+8");
    bench_free(b);
}

static void test_ring_and_record_fault_in_without_the_flag(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_ATS_PRI);
    bench_map(b, 0, ACCEL_RING, 0x1000, SVA_NONE);
    bench_map(b, 0, ACCEL_CPL, 0x1000, SVA_READ);
    /* One page each, whatever a group may have. */
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 32);
    b->p->prg_policy = FAKE_PRG_MAP;
    bench_submit(b, 0, (struct sva_desc) { .flags = CPL, .id = 8 });
    bench_assert_cpl(b, 0, 0, .status = 0x01, .id = 8);
    bench_assert_log(b, "at 1:100000 r; pr 1:100000 r 0 L; at 1:100000 r; "
                     "tr 201000100000+40; "
                     "at 1:200000 rw; pr 1:200000 w 1 L; at 1:200000 rw; "
                     "tw 201000200008+18; tw 201000200000+8");
    bench_free(b);
}

static void test_the_job_waits_until_the_response(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_forget_log(b);
    fake_env_advance(b->f, 60000000000ll);
    bench_assert_log(b, "");
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 1);
    bench_map(b, 0, 0x10000, 0x1000, RW);
    respond(b, 0, 0, 0);
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 8);
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 0);
    bench_free(b);
}

static void test_invalid_request_fails_the_job(void)
{
    Bench *b = bench(FAKE_PRG_INVALID);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_assert_cpl(b, 0, 1, .status = 0x21, .fault_addr = 0x10000,
                     .result = 1);
    bench_assert_log(b, RING "at 1:10000 r; pr 1:10000 r 0 L" RECORD);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PRG_INVALID), ==, 1);
    g_assert_cmphex(status(b), ==, 0);
    bench_free(b);
}

static void test_every_word_is_tried_with_keep_going(void)
{
    Bench *b = bench(FAKE_PRG_INVALID);

    bench_submit(b, 0, touch(CPL | BLOCK | SVA_DF_KEEP_GOING, 0x3000));
    bench_assert_cpl(b, 0, 1, .status = 0x01, .fault_addr = 0x10000,
                     .result = 3);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PRG_INVALID), ==, 3);
    bench_free(b);
}

static void test_success_in_vain_ends_after_16_requests(void)
{
    Bench *b = bench(FAKE_PRG_SUCCESS);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_assert_cpl(b, 0, 1, .status = 0x25, .fault_addr = 0x10000,
                     .result = 1);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 16);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_ATS_NO_ACCESS), ==, 17);
    bench_free(b);
}

static void test_a_group_asks_for_the_pages_that_come_next(void)
{
    Bench *b = bench(FAKE_PRG_MAP);

    bench_write(b, 0, SVA_CTX_PRG_PAGES, 3);
    bench_map(b, 0, 0x20000, 0x5000, RW);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL | BLOCK, .dst = 0x10ff0,
        .size = 0x3020,
    });
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 0x3020);
    bench_assert_log(b, RING
                     "at 1:10000 rw; pr 1:10000 w 0; pr 1:11000 w 0; "
                     "pr 1:12000 w 0 L; "
                     "at 1:10000 rw; tw 201000010ff0+10; "
                     "at 1:11000 rw; tw 201000011000+1000; "
                     "at 1:12000 rw; tw 201000012000+1000; "
                     "at 1:13000 rw; pr 1:13000 w 1; pr 1:14000 w 1 L; "
                     "at 1:13000 rw; tw 201000013000+1000; "
                     "at 1:14000 rw; tw 201000014000+10" RECORD);
    bench_free(b);
}

static void test_a_group_ends_with_the_last_byte_of_the_range(void)
{
    static const struct {
        uint64_t size;
        uint64_t requests;
    } cases[] = { { 0x2000, 2 }, { 0x2001, 3 }, { 1, 1 }, { 0x1000, 1 } };

    for (unsigned i = 0; i < 4; i++) {
        Bench *b = bench(FAKE_PRG_MAP);

        bench_write(b, 0, SVA_CTX_PRG_PAGES, 32);
        bench_submit(b, 0, (struct sva_desc) {
            .opcode = SVA_OP_FILL, .flags = CPL | BLOCK, .dst = 0x10000,
            .size = cases[i].size,
        });
        g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 1);
        g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==,
                         cases[i].requests);
        g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
        bench_free(b);
    }
}

static void test_a_group_may_end_with_the_address_space(void)
{
    Bench *b = bench(FAKE_PRG_MAP);

    bench_write(b, 0, SVA_CTX_PRG_PAGES, 32);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL | BLOCK,
        .dst = 0xffffffffffffe800, .size = 0x1800,
    });
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 1);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 2);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
    bench_free(b);
}

static void test_credits_left_over_serve_the_next_in_the_queue(void)
{
    Bench *b = bench_new();

    for (unsigned i = 0; i < 3; i++) {
        warm(b, i);
    }
    bench_set_pri(b, true, 2);
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 2);
    bench_submit(b, 0, touch(CPL | BLOCK, 0x2000));
    bench_submit(b, 1, touch(CPL | BLOCK, 8));
    bench_submit(b, 2, touch(CPL | BLOCK, 8));
    g_assert_cmpuint(bench_count(b, 1, SVA_CNT_PAGE_REQS), ==, 0);
    respond(b, 0, 0, 1);
    g_assert_cmpuint(bench_count(b, 1, SVA_CNT_PAGE_REQS), ==, 1);
    g_assert_cmpuint(bench_count(b, 2, SVA_CNT_PAGE_REQS), ==, 1);
    bench_free(b);
}

static void test_those_who_may_not_send_leave_the_queue(void)
{
    Bench *b = bench_new();

    for (unsigned i = 0; i < 3; i++) {
        warm(b, i);
    }
    bench_set_pri(b, true, 1);
    for (unsigned i = 0; i < 3; i++) {
        bench_submit(b, i, touch(CPL | BLOCK, 8));
    }
    sva_accel_set_pasid(b->a, false);
    respond(b, 0, 0, 1);
    sva_accel_set_pasid(b->a, true);
    for (unsigned i = 0; i < 3; i++) {
        /* The records were lost with the PASID, the jobs are over. */
        g_assert_cmpuint(bench_read(b, i, SVA_CTX_RUNNING), ==, 0);
        g_assert_cmphex(bench_read(b, i, SVA_CTX_ERR_STATUS), ==, 0x80000023);
    }
    b->p->prg_policy = FAKE_PRG_MAP;
    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_assert_cpl(b, 0, 2, .status = 0x01, .bytes = 8);
    bench_free(b);
}

static void answer_first(FakePort *p, const char *tlp, void *opaque)
{
    if (g_str_equal(tlp, "pr 1:10000 r 0")) {
        fake_port_map(p, sva_pasid(1), 0x10000, 0x3000, SVA_READ);
        fake_port_respond(p, sva_pasid(1), 0, GPOINTER_TO_UINT(opaque));
    }
}

static void test_a_group_answered_early_is_not_continued(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_write(b, 0, SVA_CTX_PRG_PAGES, 3);
    b->p->hook = answer_first;
    bench_submit(b, 0, touch(BLOCK, 0x3000));
    bench_assert_log(b, RING "at 1:10000 r; pr 1:10000 r 0; at 1:10000 r; "
                     "tr 201000010000+8; at 1:11000 r; tr 201000011000+8; "
                     "at 1:12000 r; tr 201000012000+8");
    bench_free(b);
}

static void test_a_group_of_a_touch_follows_its_stride(void)
{
    Bench *b = bench(FAKE_PRG_MAP);
    struct sva_desc desc = touch(BLOCK, 0x5000);

    bench_write(b, 0, SVA_CTX_PRG_PAGES, 32);
    desc.stride = 0x2000;
    bench_submit(b, 0, desc);
    bench_assert_log(b, RING
                     "at 1:10000 r; pr 1:10000 r 0; pr 1:12000 r 0; "
                     "pr 1:14000 r 0 L; at 1:10000 r; tr 201000010000+8; "
                     "at 1:12000 r; tr 201000012000+8; "
                     "at 1:14000 r; tr 201000014000+8");
    bench_free(b);
}

static void test_a_page_asked_for_in_advance_never_fails_a_job(void)
{
    Bench *b = bench(FAKE_PRG_MAP);

    b->p->invalid_page = 0x12000;
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 8);
    bench_submit(b, 0, touch(CPL | BLOCK, 0x4000));
    bench_assert_cpl(b, 0, 1, .status = 0x21, .bytes = 16,
                     .fault_addr = 0x12000, .result = 1);
    bench_assert_log(b, RING
                     "at 1:10000 r; pr 1:10000 r 0; pr 1:11000 r 0; "
                     "pr 1:12000 r 0; pr 1:13000 r 0 L; "
                     "at 1:10000 r; pr 1:10000 r 1 L; at 1:10000 r; "
                     "tr 201000010000+8; "
                     "at 1:11000 r; pr 1:11000 r 2; pr 1:12000 r 2; "
                     "pr 1:13000 r 2 L; "
                     "at 1:11000 r; pr 1:11000 r 3 L; at 1:11000 r; "
                     "tr 201000011000+8; "
                     "at 1:12000 r; pr 1:12000 r 4; pr 1:13000 r 4 L; "
                     "at 1:12000 r; pr 1:12000 r 5 L" RECORD);
    bench_free(b);
}

static void test_requests_never_exceed_the_allocation(void)
{
    Bench *b = bench_new();

    for (unsigned i = 0; i < 4; i++) {
        warm(b, i);
        bench_write(b, i, SVA_CTX_PRG_PAGES, 32);
    }
    bench_set_pri(b, true, 5);
    for (unsigned i = 0; i < 4; i++) {
        bench_submit(b, i, touch(CPL | BLOCK, 0x3000));
    }
    /* 3 and 2 pages; the others wait. */
    g_assert_cmpuint(b->p->page_requests, ==, 5);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PAGE_REQS), ==, 3);
    g_assert_cmpuint(bench_count(b, 1, SVA_CNT_PAGE_REQS), ==, 2);
    g_assert_cmpuint(bench_count(b, 2, SVA_CNT_PAGE_REQS), ==, 0);

    /* Two credits come back: the first in the queue takes both. */
    respond(b, 1, 1, 1);
    g_assert_cmpuint(bench_count(b, 2, SVA_CNT_PAGE_REQS), ==, 2);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_PAGE_REQS), ==, 0);
    /* Context 1 wants its page alone now, and is behind context 3. */
    respond(b, 0, 0, 1);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_PAGE_REQS), ==, 3);
    g_assert_cmpuint(bench_count(b, 1, SVA_CNT_PAGE_REQS), ==, 2);
    bench_free(b);
}

static void test_an_index_is_reused_as_late_as_possible(void)
{
    Bench *b = bench(FAKE_PRG_INVALID);
    struct sva_desc desc = touch(BLOCK | SVA_DF_KEEP_GOING, 8);

    desc.rounds = 511;
    bench_submit(b, 0, desc);
    fake_env_advance(b->f, 1000000);
    bench_forget_log(b);
    bench_submit(b, 0, touch(BLOCK, 8));
    bench_submit(b, 0, touch(BLOCK, 8));
    bench_assert_log(b, "tr 201000100080+40; at 1:10000 r; "
                     "pr 1:10000 r 511 L; "
                     "tr 2010001000c0+40; at 1:10000 r; pr 1:10000 r 0 L");
    bench_free(b);
}

static void test_a_response_must_match_index_and_pasid(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    respond(b, 1, 0, 0);
    g_assert_cmphex(status(b), ==, SVA_PRI_UPRGI);
    sva_accel_clear_pri_status(b->a, SVA_PRI_UPRGI);
    g_assert_cmphex(status(b), ==, 0);
    respond(b, 0, 7, 0);
    g_assert_cmphex(status(b), ==, SVA_PRI_UPRGI);
    fake_port_respond(b->p, SVA_NO_PASID, 0, 0);
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PRG_UNEXPECTED), ==, 3);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0);
    respond(b, 0, 0, 1);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0x21);
    respond(b, 0, 0, 1);
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PRG_UNEXPECTED), ==, 4);
    bench_free(b);
}

static void test_response_failure_turns_the_interface_off(void)
{
    Bench *b = bench_new();

    warm(b, 0);
    warm(b, 1);
    warm(b, 2);
    bench_set_pri(b, true, 2);
    for (unsigned i = 0; i < 3; i++) {
        bench_submit(b, i, touch(CPL | BLOCK, 8));
    }
    /* The index of a failure may be wrong. */
    respond(b, 0, 300, 15);
    g_assert_cmphex(status(b), ==, SVA_PRI_RF);
    for (unsigned i = 0; i < 3; i++) {
        bench_assert_cpl(b, i, 1, .status = 0x22, .fault_addr = 0x10000,
                         .result = 1);
    }
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PRG_FAILURE), ==, 1);
    /* Off: nothing is sent, late responses are ignored. */
    bench_forget_log(b);
    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    respond(b, 1, 1, 0);
    respond(b, 1, 1, 15);
    bench_assert_log(b, "tr 201000100080+40; at 1:10000 r; "
                     "tw 201000200048+18; tw 201000200040+8");
    g_assert_cmphex(status(b), ==, SVA_PRI_RF);
    /* ... but counted: the sender has counted them. */
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PRG_SUCCESS), ==, 1);
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PRG_FAILURE), ==, 2);
    bench_assert_cpl(b, 0, 2, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    /* On again. */
    sva_accel_clear_pri_status(b->a, SVA_PRI_RF);
    b->p->prg_policy = FAKE_PRG_MAP;
    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_assert_cpl(b, 0, 3, .status = 0x01, .bytes = 8);
    bench_free(b);
}

static void test_unused_codes_are_failures(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    respond(b, 0, 0, 2);
    g_assert_cmphex(status(b), ==, SVA_PRI_RF);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0x22);
    g_assert_cmpuint(bench_count(b, 0, SVA_CNT_PRG_FAILURE), ==, 1);
    bench_free(b);
}

static void test_stopped_tells_when_no_response_is_due(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    g_assert_cmphex(status(b), ==, 0);
    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_set_pri(b, false, 32);
    g_assert_cmphex(status(b), ==, 0);
    respond(b, 0, 0, 1);
    g_assert_cmphex(status(b), ==, SVA_PRI_STOPPED);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0x21);
    bench_free(b);
}

static void test_disabling_fails_those_who_wait_for_a_credit(void)
{
    Bench *b = bench_new();

    warm(b, 0);
    warm(b, 1);
    bench_set_pri(b, true, 1);
    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_submit(b, 1, touch(CPL | BLOCK, 8));
    bench_set_pri(b, false, 1);
    bench_run(b);
    g_assert_cmphex(bench_cpl(b, 1, 1).status, ==, 0x22);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0);
    /* They can wait again, once it is on. */
    bench_set_pri(b, true, 1);
    bench_submit(b, 1, touch(CPL | BLOCK, 8));
    g_assert_cmpuint(bench_count(b, 1, SVA_CNT_PAGE_REQS), ==, 0);
    respond(b, 0, 0, 1);
    g_assert_cmpuint(bench_count(b, 1, SVA_CNT_PAGE_REQS), ==, 1);
    bench_free(b);
}

static void test_reset_of_the_function_clears_the_status(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    respond(b, 0, 7, 0);
    respond(b, 0, 7, 15);
    g_assert_cmphex(status(b), ==, SVA_PRI_UPRGI | SVA_PRI_RF);
    sva_accel_reset(b->a);
    g_assert_cmphex(status(b), ==, SVA_PRI_STOPPED);
    bench_free(b);
}

static void test_a_response_after_disabling_sets_no_uprgi(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_set_pri(b, false, 1);
    respond(b, 0, 9, 0);
    g_assert_cmphex(status(b), ==, 0);
    bench_set_pri(b, true, 1);
    respond(b, 0, 9, 0);
    bench_set_pri(b, false, 1);
    respond(b, 0, 9, 0);
    g_assert_cmphex(status(b), ==, SVA_PRI_UPRGI);
    bench_free(b);
}

static void test_pri_reset_forgets_all_groups(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    /* While enabled the bit does nothing. */
    sva_accel_set_pri(b->a, &(SvaPriControl) {
        .enable = true, .reset = true, .allocation = 32,
    });
    bench_run(b);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0);
    sva_accel_set_pri(b->a, &(SvaPriControl) {
        .reset = true, .allocation = 32,
    });
    bench_run(b);
    g_assert_cmphex(status(b), ==, SVA_PRI_STOPPED);
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0x22);
    /* What comes now is late, and no error. */
    respond(b, 0, 0, 0);
    g_assert_cmphex(status(b), ==, SVA_PRI_STOPPED);
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PRG_UNEXPECTED), ==, 1);
    bench_free(b);
}

static void test_allocation_is_at_most_the_capacity(void)
{
    Bench *b = bench_new();

    for (unsigned i = 0; i < 3; i++) {
        warm(b, i);
        bench_write(b, i, SVA_CTX_PRG_PAGES, 32);
    }
    bench_set_pri(b, true, 0xffffffff);
    for (unsigned i = 0; i < 3; i++) {
        bench_submit(b, i, touch(BLOCK, 0x40000));
    }
    g_assert_cmpuint(b->p->page_requests, ==, 64);
    bench_free(b);
}

static void test_allocation_is_fixed_while_enabled(void)
{
    Bench *b = bench(FAKE_PRG_SILENT);

    bench_set_pri(b, true, 1);
    sva_accel_set_pri(b->a, &(SvaPriControl) {
        .enable = true, .allocation = 8,
    });
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 8);
    bench_submit(b, 0, touch(BLOCK, 0x8000));
    g_assert_cmpuint(b->p->page_requests, ==, 1);
    bench_free(b);
}

static void test_no_allocation_no_requests(void)
{
    Bench *b = bench(FAKE_PRG_MAP);

    bench_set_pri(b, true, 0);
    bench_submit(b, 0, touch(CPL | BLOCK, 8));
    bench_assert_cpl(b, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    bench_free(b);
}

#define ADD(name) g_test_add_func("/accel/pri/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(fault_in_is_request_response_and_translation_again);
    ADD(a_write_asks_for_write);
    ADD(ring_and_record_fault_in_without_the_flag);
    ADD(the_job_waits_until_the_response);
    ADD(invalid_request_fails_the_job);
    ADD(every_word_is_tried_with_keep_going);
    ADD(success_in_vain_ends_after_16_requests);
    ADD(a_group_asks_for_the_pages_that_come_next);
    ADD(a_group_ends_with_the_last_byte_of_the_range);
    ADD(a_group_may_end_with_the_address_space);
    ADD(credits_left_over_serve_the_next_in_the_queue);
    ADD(those_who_may_not_send_leave_the_queue);
    ADD(a_group_answered_early_is_not_continued);
    ADD(a_group_of_a_touch_follows_its_stride);
    ADD(a_page_asked_for_in_advance_never_fails_a_job);
    ADD(requests_never_exceed_the_allocation);
    ADD(an_index_is_reused_as_late_as_possible);
    ADD(a_response_must_match_index_and_pasid);
    ADD(response_failure_turns_the_interface_off);
    ADD(unused_codes_are_failures);
    ADD(stopped_tells_when_no_response_is_due);
    ADD(disabling_fails_those_who_wait_for_a_credit);
    ADD(reset_of_the_function_clears_the_status);
    ADD(a_response_after_disabling_sets_no_uprgi);
    ADD(pri_reset_forgets_all_groups);
    ADD(allocation_is_at_most_the_capacity);
    ADD(allocation_is_fixed_while_enabled);
    ADD(no_allocation_no_requests);
    return g_test_run();
}
