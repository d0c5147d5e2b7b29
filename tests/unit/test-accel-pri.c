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

static void warm(AccelFixture *f, unsigned ctx)
{
    accel_enable(f, ctx, SVA_MODE_ATS_PRI);
    accel_submit(f, ctx, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(accel_cpl(f, ctx, 0).status, ==, 1);
    accel_forget_log(f);
}

static AccelFixture *fixture(FakePrgPolicy policy)
{
    AccelFixture *f = accel_fixture_new();

    warm(f, 0);
    f->p->prg_policy = policy;
    return f;
}

static struct sva_desc touch(uint16_t flags, uint64_t size)
{
    return (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = flags, .dst = 0x10000,
        .size = size, .stride = 0x1000, .rounds = 1,
    };
}

static void respond(AccelFixture *f, unsigned ctx, unsigned prgi, unsigned code)
{
    fake_port_respond(f->p, sva_pasid(ctx + 1), prgi, code);
    accel_run(f);
}

static uint16_t status(AccelFixture *f)
{
    return sva_function_pri_status(f->fn);
}

#define RING "tr 201000100040+40; "
#define RECORD "; tw 201000200028+18; tw 201000200020+8"

static void test_fault_in_is_request_response_and_translation_again(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8);
    accel_assert_log(f, RING "at 1:10000 r; pr 1:10000 r 0 L; "
                     "at 1:10000 r; tr 201000010000+8" RECORD);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_write_asks_for_write(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);

    accel_submit(f, 0, touch(BLOCK | SVA_DF_TOUCH_WRITE, 8));
    accel_assert_log(f, RING "at 1:10000 rw; pr 1:10000 w 0 L; "
                     "at 1:10000 rw; tw 201000010000+8");
    accel_fixture_free(f);
}

static void test_ring_and_record_fault_in_without_the_flag(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_NONE);
    accel_map(f, 0, ACCEL_CPL, 0x1000, SVA_READ);
    /* One page each, whatever a group may have. */
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 32);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL, .id = 8 });
    accel_assert_cpl(f, 0, 0, .status = 0x01, .id = 8);
    accel_assert_log(f, "at 1:100000 r; pr 1:100000 r 0 L; at 1:100000 r; "
                     "tr 201000100000+40; "
                     "at 1:200000 rw; pr 1:200000 w 1 L; at 1:200000 rw; "
                     "tw 201000200008+18; tw 201000200000+8");
    accel_fixture_free(f);
}

static void test_the_job_waits_until_the_response(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_forget_log(f);
    fake_env_advance(f->env, 60000000000ll);
    accel_assert_log(f, "");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    accel_map(f, 0, 0x10000, 0x1000, RW);
    respond(f, 0, 0, 0);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 0);
    accel_fixture_free(f);
}

static void test_invalid_request_fails_the_job(void)
{
    AccelFixture *f = fixture(FAKE_PRG_INVALID);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_assert_cpl(f, 0, 1, .status = 0x21, .fault_addr = 0x10000,
                     .result = 1);
    accel_assert_log(f, RING "at 1:10000 r; pr 1:10000 r 0 L" RECORD);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_INVALID), ==, 1);
    g_assert_cmphex(status(f), ==, 0);
    accel_fixture_free(f);
}

static void test_every_word_is_tried_with_keep_going(void)
{
    AccelFixture *f = fixture(FAKE_PRG_INVALID);

    accel_submit(f, 0, touch(CPL | BLOCK | SVA_DF_KEEP_GOING, 0x3000));
    accel_assert_cpl(f, 0, 1, .status = 0x01, .fault_addr = 0x10000,
                     .result = 3);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_INVALID), ==, 3);
    accel_fixture_free(f);
}

static void test_success_in_vain_ends_after_16_requests(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SUCCESS);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_assert_cpl(f, 0, 1, .status = 0x25, .fault_addr = 0x10000,
                     .result = 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 16);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_NO_ACCESS), ==, 17);
    accel_fixture_free(f);
}

static void test_a_group_asks_for_the_pages_that_come_next(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);

    accel_write(f, 0, SVA_CTX_PRG_PAGES, 3);
    accel_map(f, 0, 0x20000, 0x5000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL | BLOCK, .dst = 0x10ff0,
        .size = 0x3020,
    });
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 0x3020);
    accel_assert_log(f, RING
                     "at 1:10000 rw; pr 1:10000 w 0; pr 1:11000 w 0; "
                     "pr 1:12000 w 0 L; "
                     "at 1:10000 rw; tw 201000010ff0+10; "
                     "at 1:11000 rw; tw 201000011000+1000; "
                     "at 1:12000 rw; tw 201000012000+1000; "
                     "at 1:13000 rw; pr 1:13000 w 1; pr 1:14000 w 1 L; "
                     "at 1:13000 rw; tw 201000013000+1000; "
                     "at 1:14000 rw; tw 201000014000+10" RECORD);
    accel_fixture_free(f);
}

static void test_a_group_ends_with_the_last_byte_of_the_range(void)
{
    static const struct {
        uint64_t size;
        uint64_t requests;
    } cases[] = { { 0x2000, 2 }, { 0x2001, 3 }, { 1, 1 }, { 0x1000, 1 } };

    for (unsigned i = 0; i < 4; i++) {
        AccelFixture *f = fixture(FAKE_PRG_MAP);

        accel_write(f, 0, SVA_CTX_PRG_PAGES, 32);
        accel_submit(f, 0, (struct sva_desc) {
            .opcode = SVA_OP_FILL, .flags = CPL | BLOCK, .dst = 0x10000,
            .size = cases[i].size,
        });
        g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 1);
        g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==,
                         cases[i].requests);
        g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
        accel_fixture_free(f);
    }
}

static void test_a_group_may_end_with_the_address_space(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);

    accel_write(f, 0, SVA_CTX_PRG_PAGES, 32);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL | BLOCK,
        .dst = 0xffffffffffffe800, .size = 0x1800,
    });
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 2);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
    accel_fixture_free(f);
}

static void test_credits_left_over_serve_the_next_in_the_queue(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 3; i++) {
        warm(f, i);
    }
    accel_fixture_set_pri(f, true, 2);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 2);
    accel_submit(f, 0, touch(CPL | BLOCK, 0x2000));
    accel_submit(f, 1, touch(CPL | BLOCK, 8));
    accel_submit(f, 2, touch(CPL | BLOCK, 8));
    g_assert_cmpuint(accel_count(f, 1, SVA_CNT_PAGE_REQS), ==, 0);
    respond(f, 0, 0, 1);
    g_assert_cmpuint(accel_count(f, 1, SVA_CNT_PAGE_REQS), ==, 1);
    g_assert_cmpuint(accel_count(f, 2, SVA_CNT_PAGE_REQS), ==, 1);
    accel_fixture_free(f);
}

static void test_those_who_may_not_send_leave_the_queue(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 3; i++) {
        warm(f, i);
    }
    accel_fixture_set_pri(f, true, 1);
    for (unsigned i = 0; i < 3; i++) {
        accel_submit(f, i, touch(CPL | BLOCK, 8));
    }
    sva_function_set_pasid(f->fn, false);
    respond(f, 0, 0, 1);
    sva_function_set_pasid(f->fn, true);
    for (unsigned i = 0; i < 3; i++) {
        /* The records were lost with the PASID, the jobs are over. */
        g_assert_cmpuint(accel_read(f, i, SVA_CTX_RUNNING), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_ERR_STATUS), ==, 0x80000023);
    }
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_assert_cpl(f, 0, 2, .status = 0x01, .bytes = 8);
    accel_fixture_free(f);
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
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_write(f, 0, SVA_CTX_PRG_PAGES, 3);
    f->p->hook = answer_first;
    accel_submit(f, 0, touch(BLOCK, 0x3000));
    accel_assert_log(f, RING "at 1:10000 r; pr 1:10000 r 0; at 1:10000 r; "
                     "tr 201000010000+8; at 1:11000 r; tr 201000011000+8; "
                     "at 1:12000 r; tr 201000012000+8");
    accel_fixture_free(f);
}

static void test_a_group_of_a_touch_follows_its_stride(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);
    struct sva_desc desc = touch(BLOCK, 0x5000);

    accel_write(f, 0, SVA_CTX_PRG_PAGES, 32);
    desc.stride = 0x2000;
    accel_submit(f, 0, desc);
    accel_assert_log(f, RING
                     "at 1:10000 r; pr 1:10000 r 0; pr 1:12000 r 0; "
                     "pr 1:14000 r 0 L; at 1:10000 r; tr 201000010000+8; "
                     "at 1:12000 r; tr 201000012000+8; "
                     "at 1:14000 r; tr 201000014000+8");
    accel_fixture_free(f);
}

static void test_a_page_asked_for_in_advance_never_fails_a_job(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);

    f->p->invalid_page = 0x12000;
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 8);
    accel_submit(f, 0, touch(CPL | BLOCK, 0x4000));
    accel_assert_cpl(f, 0, 1, .status = 0x21, .bytes = 16,
                     .fault_addr = 0x12000, .result = 1);
    accel_assert_log(f, RING
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
    accel_fixture_free(f);
}

static void test_requests_never_exceed_the_allocation(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 4; i++) {
        warm(f, i);
        accel_write(f, i, SVA_CTX_PRG_PAGES, 32);
    }
    accel_fixture_set_pri(f, true, 5);
    for (unsigned i = 0; i < 4; i++) {
        accel_submit(f, i, touch(CPL | BLOCK, 0x3000));
    }
    /* 3 and 2 pages; the others wait. */
    g_assert_cmpuint(f->p->page_requests, ==, 5);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 3);
    g_assert_cmpuint(accel_count(f, 1, SVA_CNT_PAGE_REQS), ==, 2);
    g_assert_cmpuint(accel_count(f, 2, SVA_CNT_PAGE_REQS), ==, 0);

    /* Two credits come back: the first in the queue takes both. */
    respond(f, 1, 1, 1);
    g_assert_cmpuint(accel_count(f, 2, SVA_CNT_PAGE_REQS), ==, 2);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_PAGE_REQS), ==, 0);
    /* Context 1 wants its page alone now, and is behind context 3. */
    respond(f, 0, 0, 1);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_PAGE_REQS), ==, 3);
    g_assert_cmpuint(accel_count(f, 1, SVA_CNT_PAGE_REQS), ==, 2);
    accel_fixture_free(f);
}

static void test_an_index_is_reused_as_late_as_possible(void)
{
    AccelFixture *f = fixture(FAKE_PRG_INVALID);
    struct sva_desc desc = touch(BLOCK | SVA_DF_KEEP_GOING, 8);

    desc.rounds = 511;
    accel_submit(f, 0, desc);
    fake_env_advance(f->env, 1000000);
    accel_forget_log(f);
    accel_submit(f, 0, touch(BLOCK, 8));
    accel_submit(f, 0, touch(BLOCK, 8));
    accel_assert_log(f, "tr 201000100080+40; at 1:10000 r; "
                     "pr 1:10000 r 511 L; "
                     "tr 2010001000c0+40; at 1:10000 r; pr 1:10000 r 0 L");
    accel_fixture_free(f);
}

static void test_a_response_must_match_index_and_pasid(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    respond(f, 1, 0, 0);
    g_assert_cmphex(status(f), ==, SVA_PRI_UPRGI);
    sva_function_clear_pri_status(f->fn, SVA_PRI_UPRGI);
    g_assert_cmphex(status(f), ==, 0);
    respond(f, 0, 7, 0);
    g_assert_cmphex(status(f), ==, SVA_PRI_UPRGI);
    fake_port_respond(f->p, SVA_NO_PASID, 0, 0);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_UNEXPECTED), ==, 3);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0);
    respond(f, 0, 0, 1);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0x21);
    respond(f, 0, 0, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_UNEXPECTED), ==, 4);
    accel_fixture_free(f);
}

static void test_response_failure_turns_the_interface_off(void)
{
    AccelFixture *f = accel_fixture_new();

    warm(f, 0);
    warm(f, 1);
    warm(f, 2);
    accel_fixture_set_pri(f, true, 2);
    for (unsigned i = 0; i < 3; i++) {
        accel_submit(f, i, touch(CPL | BLOCK, 8));
    }
    /* The index of a failure may be wrong. */
    respond(f, 0, 300, 15);
    g_assert_cmphex(status(f), ==, SVA_PRI_RF);
    for (unsigned i = 0; i < 3; i++) {
        accel_assert_cpl(f, i, 1, .status = 0x22, .fault_addr = 0x10000,
                         .result = 1);
    }
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_FAILURE), ==, 1);
    /* Off: nothing is sent, late responses are ignored. */
    accel_forget_log(f);
    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    respond(f, 1, 1, 0);
    respond(f, 1, 1, 15);
    accel_assert_log(f, "tr 201000100080+40; at 1:10000 r; "
                     "tw 201000200048+18; tw 201000200040+8");
    g_assert_cmphex(status(f), ==, SVA_PRI_RF);
    /* ... but counted: the sender has counted them. */
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_SUCCESS), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_FAILURE), ==, 2);
    accel_assert_cpl(f, 0, 2, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    /* On again. */
    sva_function_clear_pri_status(f->fn, SVA_PRI_RF);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_assert_cpl(f, 0, 3, .status = 0x01, .bytes = 8);
    accel_fixture_free(f);
}

static void test_unused_codes_are_failures(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    respond(f, 0, 0, 2);
    g_assert_cmphex(status(f), ==, SVA_PRI_RF);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0x22);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_FAILURE), ==, 1);
    accel_fixture_free(f);
}

static void test_stopped_tells_when_no_response_is_due(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    g_assert_cmphex(status(f), ==, 0);
    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_fixture_set_pri(f, false, 32);
    g_assert_cmphex(status(f), ==, 0);
    respond(f, 0, 0, 1);
    g_assert_cmphex(status(f), ==, SVA_PRI_STOPPED);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0x21);
    accel_fixture_free(f);
}

static void test_disabling_fails_those_who_wait_for_a_credit(void)
{
    AccelFixture *f = accel_fixture_new();

    warm(f, 0);
    warm(f, 1);
    accel_fixture_set_pri(f, true, 1);
    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_submit(f, 1, touch(CPL | BLOCK, 8));
    accel_fixture_set_pri(f, false, 1);
    accel_run(f);
    g_assert_cmphex(accel_cpl(f, 1, 1).status, ==, 0x22);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0);
    /* They can wait again, once it is on. */
    accel_fixture_set_pri(f, true, 1);
    accel_submit(f, 1, touch(CPL | BLOCK, 8));
    g_assert_cmpuint(accel_count(f, 1, SVA_CNT_PAGE_REQS), ==, 0);
    respond(f, 0, 0, 1);
    g_assert_cmpuint(accel_count(f, 1, SVA_CNT_PAGE_REQS), ==, 1);
    accel_fixture_free(f);
}

static void test_reset_of_the_function_clears_the_status(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    respond(f, 0, 7, 0);
    respond(f, 0, 7, 15);
    g_assert_cmphex(status(f), ==, SVA_PRI_UPRGI | SVA_PRI_RF);
    sva_accel_reset(f->a);
    g_assert_cmphex(status(f), ==, SVA_PRI_STOPPED);
    accel_fixture_free(f);
}

static void test_a_response_after_disabling_sets_no_uprgi(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_fixture_set_pri(f, false, 1);
    respond(f, 0, 9, 0);
    g_assert_cmphex(status(f), ==, 0);
    accel_fixture_set_pri(f, true, 1);
    respond(f, 0, 9, 0);
    accel_fixture_set_pri(f, false, 1);
    respond(f, 0, 9, 0);
    g_assert_cmphex(status(f), ==, SVA_PRI_UPRGI);
    accel_fixture_free(f);
}

static void test_pri_reset_forgets_all_groups(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    /* While enabled the bit does nothing. */
    sva_function_set_pri(f->fn, &(SvaPriControl) {
        .enable = true, .reset = true, .allocation = 32,
    });
    accel_run(f);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0);
    sva_function_set_pri(f->fn, &(SvaPriControl) {
        .reset = true, .allocation = 32,
    });
    accel_run(f);
    g_assert_cmphex(status(f), ==, SVA_PRI_STOPPED);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0x22);
    /* What comes now is late, and no error. */
    respond(f, 0, 0, 0);
    g_assert_cmphex(status(f), ==, SVA_PRI_STOPPED);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_UNEXPECTED), ==, 1);
    accel_fixture_free(f);
}

static void test_allocation_is_at_most_the_capacity(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 3; i++) {
        warm(f, i);
        accel_write(f, i, SVA_CTX_PRG_PAGES, 32);
    }
    accel_fixture_set_pri(f, true, 0xffffffff);
    for (unsigned i = 0; i < 3; i++) {
        accel_submit(f, i, touch(BLOCK, 0x40000));
    }
    g_assert_cmpuint(f->p->page_requests, ==, 64);
    accel_fixture_free(f);
}

static void test_allocation_is_fixed_while_enabled(void)
{
    AccelFixture *f = fixture(FAKE_PRG_SILENT);

    accel_fixture_set_pri(f, true, 1);
    sva_function_set_pri(f->fn, &(SvaPriControl) {
        .enable = true, .allocation = 8,
    });
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 8);
    accel_submit(f, 0, touch(BLOCK, 0x8000));
    g_assert_cmpuint(f->p->page_requests, ==, 1);
    accel_fixture_free(f);
}

static void test_no_allocation_no_requests(void)
{
    AccelFixture *f = fixture(FAKE_PRG_MAP);

    accel_fixture_set_pri(f, true, 0);
    accel_submit(f, 0, touch(CPL | BLOCK, 8));
    accel_assert_cpl(f, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    accel_fixture_free(f);
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
