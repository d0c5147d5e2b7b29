/*
 * Tests of the accelerator's hold points and probes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)

static Bench *bench(uint32_t hold_mask)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_ATS_PRI);
    bench_submit(b, 0, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(bench_cpl(b, 0, 0).status, ==, 1);
    bench_forget_log(b);
    b->p->prg_policy = FAKE_PRG_MAP;
    bench_write(b, 0, SVA_CTX_HOLD_MASK, hold_mask);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_HOLD_MASK), ==, hold_mask);
    return b;
}

static void release(Bench *b)
{
    bench_write(b, 0, SVA_CTX_RELEASE, 0);
    bench_run(b);
}

static void assert_held(Bench *b, uint32_t point, const char *log)
{
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_HELD), ==, point);
    bench_assert_log(b, log);
}

static const struct sva_desc read_word = {
    .opcode = SVA_OP_TOUCH, .flags = CPL | BLOCK, .dst = 0x10000, .size = 8,
    .stride = 8, .rounds = 1,
};

#define RING "tr 201000100040+40"
#define RECORD "tw 201000200028+18; tw 201000200020+8"

static void test_a_job_stops_once_at_every_point(void)
{
    Bench *b = bench(SVA_HOLD_ALL);

    bench_submit(b, 0, read_word);
    assert_held(b, 0x01, RING);
    release(b);
    assert_held(b, 0x04, "at 1:10000 r");
    release(b);
    assert_held(b, 0x08, "");
    release(b);
    assert_held(b, 0x10, "pr 1:10000 r 0 L");
    release(b);
    assert_held(b, 0x02, "at 1:10000 r");
    release(b);
    assert_held(b, 0x20, "tr 201000010000+8");
    release(b);
    assert_held(b, 0, RECORD);
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 8);
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_HOLDS), ==, 6);
    g_assert_cmpuint(fake_env_event_count(b->f, SVA_EV_HOLD), ==, 6);
    bench_free(b);
}

static void test_every_access_is_held_anew(void)
{
    Bench *b = bench(SVA_HOLD_BEFORE_ACCESS);

    bench_map(b, 0, 0x10000, 0x2000, RW);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = 0x10000, .dst = 0x11000,
        .size = 16,
    });
    assert_held(b, 0x02, RING "; at 1:10000 r");
    release(b);
    assert_held(b, 0x02, "tr 201000010000+10; at 1:11000 rw");
    release(b);
    assert_held(b, 0, "tw 201000011000+10; " RECORD);
    bench_free(b);
}

static void test_clearing_the_mask_does_not_release(void)
{
    Bench *b = bench(SVA_HOLD_BEFORE_XLATE);

    bench_submit(b, 0, read_word);
    bench_forget_log(b);
    bench_write(b, 0, SVA_CTX_HOLD_MASK, 0);
    fake_env_advance(b->f, 1000000000);
    assert_held(b, 0x01, "");
    release(b);
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 8);
    bench_free(b);
}

static void test_release_of_a_job_that_is_not_held_does_nothing(void)
{
    Bench *b = bench(0);

    b->p->prg_policy = FAKE_PRG_SILENT;
    bench_submit(b, 0, read_word);
    bench_forget_log(b);
    release(b);
    bench_assert_log(b, "");
    g_assert_cmpuint(bench_read(b, 0, SVA_CTX_RUNNING), ==, 1);
    bench_free(b);
}

static void test_untranslated_jobs_are_held_before_the_access(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_map(b, 0, 0x10000, 0x1000, RW);
    bench_write(b, 0, SVA_CTX_HOLD_MASK, 0x1f);
    bench_submit(b, 0, read_word);
    assert_held(b, 0x02, "ur 1:100000+40");
    bench_map(b, 0, 0x10000, 0x1000, SVA_NONE);
    release(b);
    bench_assert_cpl(b, 0, 0, .status = 0x24, .fault_addr = 0x10000,
                     .result = 1);
    bench_free(b);
}

static void test_invalidation_while_held_makes_translate_again(void)
{
    Bench *b = bench(SVA_HOLD_BEFORE_XLATE | SVA_HOLD_BEFORE_ACCESS);

    bench_map(b, 0, 0x10000, 0x1000, RW);
    bench_submit(b, 0, read_word);
    release(b);
    assert_held(b, 0x02, RING "; at 1:10000 r");
    bench_map(b, 0, 0x10000, 0x1000, SVA_NONE);
    fake_port_invalidate(b->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xfff, .pasid = sva_pasid(1), .ticket = 3,
    });
    b->p->prg_policy = FAKE_PRG_INVALID;
    assert_held(b, 0x02, "ic 3");
    release(b);
    assert_held(b, 0, "at 1:10000 r; pr 1:10000 r 0 L; " RECORD);
    bench_assert_cpl(b, 0, 1, .status = 0x21, .fault_addr = 0x10000,
                     .result = 1);
    bench_free(b);
}

static void test_a_group_is_held_before_its_last_request(void)
{
    Bench *b = bench(SVA_HOLD_IN_PRG);
    struct sva_desc desc = read_word;

    desc.size = 0x3000;
    desc.stride = 0x1000;
    bench_write(b, 0, SVA_CTX_PRG_PAGES, 3);
    bench_submit(b, 0, desc);
    assert_held(b, 0x08, RING "; at 1:10000 r; pr 1:10000 r 0; "
                "pr 1:11000 r 0");
    release(b);
    bench_assert_cpl(b, 0, 1, .status = 0x01, .bytes = 24);
    bench_free(b);
}

static void test_an_abort_ends_a_group_of_one(void)
{
    Bench *b = bench(SVA_HOLD_IN_PRG);

    b->p->prg_policy = FAKE_PRG_INVALID;
    bench_submit(b, 0, read_word);
    assert_held(b, 0x08, RING "; at 1:10000 r");
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    bench_run(b);
    assert_held(b, 0, "pr 1:10000 r 0 L; " RECORD);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 3);
    bench_free(b);
}

static void test_a_held_job_sees_that_it_may_not_send(void)
{
    static const enum sva_mode modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS,
    };
    static const uint8_t statuses[] = { 0x24, 0x23 };

    for (unsigned i = 0; i < 2; i++) {
        Bench *b = bench_new();

        bench_enable(b, 0, modes[i]);
        bench_map(b, 0, 0x10000, 0x1000, RW);
        bench_write(b, 0, SVA_CTX_HOLD_MASK,
                    SVA_HOLD_BEFORE_ACCESS | SVA_HOLD_BEFORE_CPL);
        bench_submit(b, 0, read_word);
        sva_accel_set_bus_master(b->a, false);
        release(b);
        sva_accel_set_bus_master(b->a, true);
        release(b);
        bench_assert_cpl(b, 0, 0, .status = statuses[i],
                         .fault_addr = 0x10000, .result = 1);
        bench_free(b);
    }
}

static void test_a_half_sent_group_dies_with_the_interface(void)
{
    Bench *b = bench(SVA_HOLD_IN_PRG);

    bench_submit(b, 0, read_word);
    bench_set_pri(b, false, 32);
    g_assert_cmphex(sva_accel_pri_status(b->a), ==, SVA_PRI_STOPPED);
    bench_forget_log(b);
    release(b);
    assert_held(b, 0, RECORD);
    bench_assert_cpl(b, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    bench_free(b);
}

static void test_a_held_job_does_not_stop_other_contexts(void)
{
    Bench *b = bench(SVA_HOLD_BEFORE_CPL);

    bench_submit(b, 0, (struct sva_desc) { .flags = CPL });
    bench_enable(b, 1, SVA_MODE_ATS);
    bench_submit(b, 1, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(bench_cpl(b, 0, 1).status, ==, 0);
    g_assert_cmphex(bench_cpl(b, 1, 0).status, ==, 1);
    bench_free(b);
}

/* Reads one page for ever, every 10 us. */
static Bench *busy_bench(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_map(b, 0, 0x10000, 0x1000, RW);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = 0x10000, .size = 8, .stride = 8,
        .interval = 10,
    });
    bench_write(b, 0, SVA_CTX_STOP_DELAY, 1);
    return b;
}

static void test_an_ignored_abort_cancels_a_late_drain(void)
{
    Bench *b = busy_bench();

    bench_write(b, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    bench_write(b, 0, SVA_CTX_INJECT, SVA_INJECT_ALL);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    fake_env_advance(b->f, 5000000);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 3);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_STATE), ==, 0);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_RUNNING), ==, 1);
    bench_free(b);
}

static void test_a_late_abort_cancels_a_drain(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_submit(b, 0, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .size = 100,
    });
    bench_write(b, 0, SVA_CTX_STOP_DELAY, 1);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    bench_write(b, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    fake_env_advance(b->f, 999999);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_HEAD), ==, 1);
    fake_env_advance(b->f, 1);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_CMD_STATUS), ==, 3);
    bench_free(b);
}

static void test_a_late_stop_made_good_does_not_strike_again(void)
{
    Bench *b = busy_bench();

    bench_write(b, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    bench_write(b, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    bench_run(b);
    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    fake_env_advance(b->f, 2000000);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_STATE), ==, 1);
    bench_free(b);
}

static void probe(Bench *b, uint32_t pasid, uint64_t addr, uint32_t kind)
{
    bench_write(b, 3, SVA_CTX_PROBE_PASID, pasid);
    bench_write(b, 3, SVA_CTX_PROBE_ADDR, addr);
    bench_write(b, 3, SVA_CTX_PROBE_CTRL, kind);
}

static uint32_t probe_status(Bench *b)
{
    return bench_read(b, 3, SVA_CTX_PROBE_STATUS);
}

static void test_probe_reads_and_writes_with_any_pasid(void)
{
    Bench *b = bench_new();
    uint64_t word = 0x1122334455667788;

    fake_port_map(b->p, sva_pasid(77), 0x10000, 0x1000, SVA_WRITE);
    bench_write(b, 3, SVA_CTX_PROBE_DATA, word);
    probe(b, 0x10004d, 0x10008, 2);
    g_assert_cmphex(probe_status(b), ==, 0x80000000);
    g_assert_cmphex(fake_get64(b->f, fake_port_pa(sva_pasid(77), 0x10008)),
                    ==, word);
    probe(b, 0x10004d, 0x10008, 1);
    g_assert_cmphex(probe_status(b), ==, 0x80000001);
    fake_port_map(b->p, sva_pasid(77), 0x10000, 0x1000, RW);
    bench_write(b, 3, SVA_CTX_PROBE_DATA, 0);
    probe(b, 0x10004d, 0x10008, 1);
    g_assert_cmphex(probe_status(b), ==, 0x80000000);
    g_assert_cmphex(bench_read64(b, 3, SVA_CTX_PROBE_DATA), ==, word);
    bench_assert_log(b, "uw 77:10008+8; ur 77:10008+8; ur 77:10008+8");
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PROBES), ==, 3);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_ACCESSES), ==, 3);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_ABORTS), ==, 1);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_BYTES_READ), ==, 8);
    bench_free(b);
}

static void test_probe_without_pasid(void)
{
    Bench *b = bench_new();

    probe(b, 0x4d, 0x10008, 1);
    bench_assert_log(b, "ur -:10008+8");
    bench_free(b);
}

static void test_probe_translates(void)
{
    Bench *b = bench_new();

    probe(b, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(b), ==, 0x80000000);
    g_assert_cmphex(bench_read64(b, 3, SVA_CTX_PROBE_DATA), ==, 0);
    fake_port_map(b->p, sva_pasid(5), 0x10000, 0x1000, SVA_READ);
    probe(b, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(b), ==, 0x80000100);
    g_assert_cmphex(bench_read64(b, 3, SVA_CTX_PROBE_DATA), ==,
                    0x601000010000);
    fake_port_map(b->p, sva_pasid(5), 0x10000, 0x1000, RW);
    probe(b, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(b), ==, 0x80000300);
    b->p->ats_status = SVA_ATS_UR;
    probe(b, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(b), ==, 0x80000002);
    b->p->ats_status = SVA_ATS_CA;
    probe(b, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(b), ==, 0x80000003);
    bench_assert_log(b, "at 5:10000 rw; at 5:10000 rw; at 5:10000 rw; "
                     "at 5:10000 rw; at 5:10000 rw");
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_ATS_NO_ACCESS), ==, 1);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_ATS_PARTIAL), ==, 1);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_ATS_GRANTED), ==, 1);
    g_assert_cmpuint(bench_count(b, 3, SVA_CNT_ATS_ERROR), ==, 2);
    bench_free(b);
}

static void test_probe_asks_for_a_page(void)
{
    static const struct {
        unsigned code;
        uint32_t status;
    } cases[] = {
        { 0, 0x80000010 }, { 1, 0x80000011 }, { 15, 0x8000001f },
    };

    for (unsigned i = 0; i < 3; i++) {
        Bench *b = bench_new();

        probe(b, 0x100005, 0x10123, 0);
        g_assert_cmphex(probe_status(b), ==, 0x800000ff);
        probe(b, 0x100005, 0x10123, 4);
        g_assert_cmphex(probe_status(b), ==, 0);
        g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PROBES), ==, 1);
        bench_assert_log(b, "pr 5:10000 rw 0 L");
        /* One at a time. */
        probe(b, 0x100005, 0x10123, 1);
        bench_assert_log(b, "");
        fake_port_respond(b->p, sva_pasid(5), 0, cases[i].code);
        g_assert_cmphex(probe_status(b), ==, cases[i].status);
        bench_free(b);
    }
}

static void test_probe_does_not_wait_for_an_answer_given_at_once(void)
{
    Bench *b = bench_new();

    b->p->prg_policy = FAKE_PRG_INVALID;
    probe(b, 0x100005, 0x10123, 4);
    g_assert_cmphex(probe_status(b), ==, 0x80000011);
    bench_free(b);
}

static void test_probes_that_may_not_be_sent(void)
{
    Bench *b = bench_new();

    probe(b, 0x100005, 0x10000, 0);
    g_assert_cmphex(probe_status(b), ==, 0x800000ff);
    probe(b, 0x100005, 0x10000, 5);
    g_assert_cmphex(probe_status(b), ==, 0x800000ff);
    probe(b, 0x100005, 0x10000, 1);
    g_assert_cmphex(probe_status(b), ==, 0x80000001);
    bench_set_pri(b, true, 0);
    probe(b, 0x100005, 0x10000, 4);
    g_assert_cmphex(probe_status(b), ==, 0x800000ff);
    bench_forget_log(b);
    bench_set_pri(b, true, 8);
    sva_accel_set_ats(b->a, false);
    probe(b, 0x100005, 0x10000, 3);
    g_assert_cmphex(probe_status(b), ==, 0x800000ff);
    sva_accel_set_pasid(b->a, false);
    for (uint32_t kind = 1; kind <= 4; kind++) {
        probe(b, 0x100005, 0x10000, kind);
        g_assert_cmphex(probe_status(b), ==, 0x800000ff);
    }
    sva_accel_set_bus_master(b->a, false);
    for (uint32_t kind = 1; kind <= 4; kind++) {
        probe(b, 0, 0x10000, kind);
        g_assert_cmphex(probe_status(b), ==, 0x800000ff);
    }
    bench_assert_log(b, "");
    g_assert_cmpuint(sva_accel_counter(b->a, SVA_CNT_PROBES), ==, 1);
    bench_free(b);
}

static void write_own_register(FakePort *p, const char *tlp, void *opaque)
{
    if (g_str_equal(tlp, "uw 5:10000+8")) {
        sva_accel_write(opaque, SVA_REG_IRQ_MASK, 0, 4);
        p->hook = NULL;
    }
}

static void test_a_probe_cannot_reach_its_own_registers(void)
{
    Bench *b = bench_new();

    b->p->hook = write_own_register;
    b->p->hook_opaque = b->a;
    probe(b, 0x100005, 0x10000, 2);
    g_assert_null(b->p->hook);
    g_assert_cmphex(sva_accel_read(b->a, SVA_REG_IRQ_MASK, 4), ==, 3);
    bench_free(b);
}

static void test_a_read_that_is_aborted_leaves_the_data(void)
{
    Bench *b = bench_new();

    bench_write(b, 3, SVA_CTX_PROBE_DATA, 0x1234);
    probe(b, 0x100005, 0x10000, 1);
    g_assert_cmphex(bench_read64(b, 3, SVA_CTX_PROBE_DATA), ==, 0x1234);
    bench_free(b);
}

static void test_changing_inject_does_not_stop_a_context(void)
{
    Bench *b = bench_new();

    bench_enable(b, 0, SVA_MODE_UNTRANSLATED);
    bench_write(b, 0, SVA_CTX_INJECT, SVA_INJECT_ALL);
    bench_write(b, 0, SVA_CTX_INJECT, 0);
    g_assert_cmphex(bench_read(b, 0, SVA_CTX_STATE), ==, 1);
    bench_free(b);
}

static void test_pri_reset_answers_a_probe(void)
{
    Bench *b = bench_new();

    probe(b, 0x100005, 0x10000, 4);
    bench_set_pri(b, false, 8);
    g_assert_cmphex(probe_status(b), ==, 0);
    sva_accel_set_pri(b->a, &(SvaPriControl) { .reset = true });
    g_assert_cmphex(probe_status(b), ==, 0x8000001f);
    bench_free(b);
}

#define ADD(name) g_test_add_func("/accel/inject/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_job_stops_once_at_every_point);
    ADD(every_access_is_held_anew);
    ADD(clearing_the_mask_does_not_release);
    ADD(release_of_a_job_that_is_not_held_does_nothing);
    ADD(untranslated_jobs_are_held_before_the_access);
    ADD(invalidation_while_held_makes_translate_again);
    ADD(a_group_is_held_before_its_last_request);
    ADD(an_abort_ends_a_group_of_one);
    ADD(a_held_job_sees_that_it_may_not_send);
    ADD(a_half_sent_group_dies_with_the_interface);
    ADD(a_held_job_does_not_stop_other_contexts);
    ADD(an_ignored_abort_cancels_a_late_drain);
    ADD(a_late_abort_cancels_a_drain);
    ADD(a_late_stop_made_good_does_not_strike_again);
    ADD(probe_reads_and_writes_with_any_pasid);
    ADD(probe_without_pasid);
    ADD(probe_translates);
    ADD(probe_asks_for_a_page);
    ADD(probe_does_not_wait_for_an_answer_given_at_once);
    ADD(probes_that_may_not_be_sent);
    ADD(a_probe_cannot_reach_its_own_registers);
    ADD(a_read_that_is_aborted_leaves_the_data);
    ADD(changing_inject_does_not_stop_a_context);
    ADD(pri_reset_answers_a_probe);
    return g_test_run();
}
