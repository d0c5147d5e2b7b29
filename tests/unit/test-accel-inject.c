/*
 * Tests of the accelerator's breakpoints and probes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)

static AccelFixture *fixture(uint32_t hold_mask)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, 1);
    accel_forget_log(f);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_write(f, 0, SVA_CTX_BREAK_MASK, hold_mask);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_MASK), ==, hold_mask);
    return f;
}

static void release(AccelFixture *f)
{
    accel_write(f, 0, SVA_CTX_RELEASE, 0);
    accel_run(f);
}

static void assert_held(AccelFixture *f, uint32_t point, const char *log)
{
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_AT), ==, point);
    accel_assert_log(f, log);
}

static const struct sva_desc read_word = {
    .opcode = SVA_OP_TOUCH, .flags = CPL | BLOCK, .dst = 0x10000, .size = 8,
    .stride = 8, .rounds = 1,
};

#define RING "tr 201000100040+40"
#define RECORD "tw 201000200028+18; tw 201000200020+8"

static void test_a_job_stops_once_at_every_point(void)
{
    AccelFixture *f = fixture(SVA_BREAK_ALL);

    accel_submit(f, 0, read_word);
    assert_held(f, 0x01, RING);
    release(f);
    assert_held(f, 0x04, "at 1:10000 r");
    release(f);
    assert_held(f, 0x08, "");
    release(f);
    assert_held(f, 0x10, "pr 1:10000 r 0 L");
    release(f);
    assert_held(f, 0x02, "at 1:10000 r");
    release(f);
    assert_held(f, 0x20, "tr 201000010000+8");
    release(f);
    assert_held(f, 0, RECORD);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_BREAKPOINTS), ==, 6);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_BREAKPOINT), ==, 6);
    accel_fixture_free(f);
}

static void test_every_access_is_held_anew(void)
{
    AccelFixture *f = fixture(SVA_BREAK_BEFORE_ACCESS);

    accel_map(f, 0, 0x10000, 0x2000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = 0x10000, .dst = 0x11000,
        .size = 16,
    });
    assert_held(f, 0x02, RING "; at 1:10000 r");
    release(f);
    assert_held(f, 0x02, "tr 201000010000+10; at 1:11000 rw");
    release(f);
    assert_held(f, 0, "tw 201000011000+10; " RECORD);
    accel_fixture_free(f);
}

static void test_clearing_the_mask_does_not_release(void)
{
    AccelFixture *f = fixture(SVA_BREAK_BEFORE_XLATE);

    accel_submit(f, 0, read_word);
    accel_forget_log(f);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, 0);
    fake_env_advance(f->env, 1000000000);
    assert_held(f, 0x01, "");
    release(f);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 8);
    accel_fixture_free(f);
}

static void test_release_of_a_job_that_is_not_held_does_nothing(void)
{
    AccelFixture *f = fixture(0);

    f->p->prg_policy = FAKE_PRG_SILENT;
    accel_submit(f, 0, read_word);
    accel_forget_log(f);
    release(f);
    accel_assert_log(f, "");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    accel_fixture_free(f);
}

static void test_untranslated_jobs_are_held_before_the_access(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, 0x1f);
    accel_submit(f, 0, read_word);
    assert_held(f, 0x02, "ur 1:100000+40");
    accel_map(f, 0, 0x10000, 0x1000, SVA_NONE);
    release(f);
    accel_assert_cpl(f, 0, 0, .status = 0x24, .fault_addr = 0x10000,
                     .result = 1);
    accel_fixture_free(f);
}

static void test_invalidation_while_held_makes_translate_again(void)
{
    AccelFixture *f = fixture(SVA_BREAK_BEFORE_XLATE | SVA_BREAK_BEFORE_ACCESS);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, read_word);
    release(f);
    assert_held(f, 0x02, RING "; at 1:10000 r");
    accel_map(f, 0, 0x10000, 0x1000, SVA_NONE);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = 0x10000, .mask = 0xfff, .pasid = sva_pasid(1), .itag = 3,
    });
    f->p->prg_policy = FAKE_PRG_INVALID;
    assert_held(f, 0x02, "ic 3");
    release(f);
    assert_held(f, 0, "at 1:10000 r; pr 1:10000 r 0 L; " RECORD);
    accel_assert_cpl(f, 0, 1, .status = 0x21, .fault_addr = 0x10000,
                     .result = 1);
    accel_fixture_free(f);
}

static void test_a_group_is_held_before_its_last_request(void)
{
    AccelFixture *f = fixture(SVA_BREAK_IN_PRG);
    struct sva_desc desc = read_word;

    desc.size = 0x3000;
    desc.stride = 0x1000;
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 3);
    accel_submit(f, 0, desc);
    assert_held(f, 0x08, RING "; at 1:10000 r; pr 1:10000 r 0; "
                "pr 1:11000 r 0");
    release(f);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .bytes = 24);
    accel_fixture_free(f);
}

static void test_an_abort_ends_a_group_of_one(void)
{
    AccelFixture *f = fixture(SVA_BREAK_IN_PRG);

    f->p->prg_policy = FAKE_PRG_INVALID;
    accel_submit(f, 0, read_word);
    assert_held(f, 0x08, RING "; at 1:10000 r");
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    assert_held(f, 0, "pr 1:10000 r 0 L; " RECORD);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_fixture_free(f);
}

static void test_a_held_job_sees_that_it_may_not_send(void)
{
    static const enum sva_mode modes[] = {
        SVA_MODE_UNTRANSLATED, SVA_MODE_ATS,
    };
    static const uint8_t statuses[] = { 0x24, 0x23 };

    for (unsigned i = 0; i < 2; i++) {
        AccelFixture *f = accel_fixture_new();

        accel_enable(f, 0, modes[i]);
        accel_map(f, 0, 0x10000, 0x1000, RW);
        accel_write(f, 0, SVA_CTX_BREAK_MASK,
                    SVA_BREAK_BEFORE_ACCESS | SVA_BREAK_BEFORE_CPL);
        accel_submit(f, 0, read_word);
        sva_function_set_bus_master(f->fn, false);
        release(f);
        sva_function_set_bus_master(f->fn, true);
        release(f);
        accel_assert_cpl(f, 0, 0, .status = statuses[i],
                         .fault_addr = 0x10000, .result = 1);
        accel_fixture_free(f);
    }
}

static void test_a_half_sent_group_dies_with_the_interface(void)
{
    AccelFixture *f = fixture(SVA_BREAK_IN_PRG);

    accel_submit(f, 0, read_word);
    accel_fixture_set_pri(f, false, 32);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    accel_forget_log(f);
    release(f);
    assert_held(f, 0, RECORD);
    accel_assert_cpl(f, 0, 1, .status = 0x22, .fault_addr = 0x10000,
                     .result = 1);
    accel_fixture_free(f);
}

static void test_a_held_job_does_not_stop_other_contexts(void)
{
    AccelFixture *f = fixture(SVA_BREAK_BEFORE_CPL);

    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_enable(f, 1, SVA_MODE_ATS);
    accel_submit(f, 1, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0);
    g_assert_cmphex(accel_cpl(f, 1, 0).status, ==, 1);
    accel_fixture_free(f);
}

/* Reads one page for ever, every 10 us. */
static AccelFixture *busy_fixture(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .dst = 0x10000, .size = 8, .stride = 8,
        .interval = 10,
    });
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 1);
    return f;
}

static void test_an_ignored_abort_cancels_a_late_drain(void)
{
    AccelFixture *f = busy_fixture();

    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_ALL);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    fake_env_advance(f->env, 5000000);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    accel_fixture_free(f);
}

static void test_a_late_abort_cancels_a_drain(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .size = 100,
    });
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 1);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_DRAIN);
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    fake_env_advance(f->env, 999999);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 0x80000003);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_HEAD), ==, 1);
    fake_env_advance(f->env, 1);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, 3);
    accel_fixture_free(f);
}

static void test_a_late_stop_made_good_does_not_strike_again(void)
{
    AccelFixture *f = busy_fixture();

    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_run(f);
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    fake_env_advance(f->env, 2000000);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 1);
    accel_fixture_free(f);
}

static void probe(AccelFixture *f, uint32_t pasid, uint64_t addr, uint32_t kind)
{
    accel_write(f, 3, SVA_CTX_PROBE_PASID, pasid);
    accel_write(f, 3, SVA_CTX_PROBE_ADDR, addr);
    accel_write(f, 3, SVA_CTX_PROBE_CTRL, kind);
}

static uint32_t probe_status(AccelFixture *f)
{
    return accel_read(f, 3, SVA_CTX_PROBE_STATUS);
}

static void test_probe_reads_and_writes_with_any_pasid(void)
{
    AccelFixture *f = accel_fixture_new();
    uint64_t word = 0x1122334455667788;

    fake_port_map(f->p, sva_pasid(77), 0x10000, 0x1000, SVA_WRITE);
    accel_write(f, 3, SVA_CTX_PROBE_DATA, word);
    probe(f, 0x10004d, 0x10008, 2);
    g_assert_cmphex(probe_status(f), ==, 0x80000000);
    g_assert_cmphex(fake_get64(f->env, fake_port_pa(sva_pasid(77), 0x10008)),
                    ==, word);
    probe(f, 0x10004d, 0x10008, 1);
    g_assert_cmphex(probe_status(f), ==, 0x80000001);
    fake_port_map(f->p, sva_pasid(77), 0x10000, 0x1000, RW);
    accel_write(f, 3, SVA_CTX_PROBE_DATA, 0);
    probe(f, 0x10004d, 0x10008, 1);
    g_assert_cmphex(probe_status(f), ==, 0x80000000);
    g_assert_cmphex(accel_read64(f, 3, SVA_CTX_PROBE_DATA), ==, word);
    accel_assert_log(f, "uw 77:10008+8; ur 77:10008+8; ur 77:10008+8");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PROBES), ==, 3);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ACCESSES), ==, 3);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ABORTS), ==, 1);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_BYTES_READ), ==, 8);
    accel_fixture_free(f);
}

static void test_probe_without_pasid(void)
{
    AccelFixture *f = accel_fixture_new();

    probe(f, 0x4d, 0x10008, 1);
    accel_assert_log(f, "ur -:10008+8");
    accel_fixture_free(f);
}

static void test_probe_translates(void)
{
    AccelFixture *f = accel_fixture_new();

    probe(f, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(f), ==, 0x80000000);
    g_assert_cmphex(accel_read64(f, 3, SVA_CTX_PROBE_DATA), ==, 0);
    fake_port_map(f->p, sva_pasid(5), 0x10000, 0x1000, SVA_READ);
    probe(f, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(f), ==, 0x80000100);
    g_assert_cmphex(accel_read64(f, 3, SVA_CTX_PROBE_DATA), ==,
                    0x601000010000);
    fake_port_map(f->p, sva_pasid(5), 0x10000, 0x1000, RW);
    probe(f, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(f), ==, 0x80000300);
    f->p->ats_status = SVA_ATS_UR;
    probe(f, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(f), ==, 0x80000002);
    f->p->ats_status = SVA_ATS_CA;
    probe(f, 0x100005, 0x10123, 3);
    g_assert_cmphex(probe_status(f), ==, 0x80000003);
    accel_assert_log(f, "at 5:10000 rw; at 5:10000 rw; at 5:10000 rw; "
                     "at 5:10000 rw; at 5:10000 rw");
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ATS_NO_ACCESS), ==, 1);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ATS_PARTIAL), ==, 1);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ATS_GRANTED), ==, 1);
    g_assert_cmpuint(accel_count(f, 3, SVA_CNT_ATS_ERROR), ==, 2);
    accel_fixture_free(f);
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
        AccelFixture *f = accel_fixture_new();

        probe(f, 0x100005, 0x10123, 0);
        g_assert_cmphex(probe_status(f), ==, 0x800000ff);
        probe(f, 0x100005, 0x10123, 4);
        g_assert_cmphex(probe_status(f), ==, 0);
        g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PROBES), ==, 1);
        accel_assert_log(f, "pr 5:10000 rw 0 L");
        /* One at a time. */
        probe(f, 0x100005, 0x10123, 1);
        accel_assert_log(f, "");
        fake_port_respond(f->p, sva_pasid(5), 0, cases[i].code);
        g_assert_cmphex(probe_status(f), ==, cases[i].status);
        accel_fixture_free(f);
    }
}

static void test_probe_does_not_wait_for_an_answer_given_at_once(void)
{
    AccelFixture *f = accel_fixture_new();

    f->p->prg_policy = FAKE_PRG_INVALID;
    probe(f, 0x100005, 0x10123, 4);
    g_assert_cmphex(probe_status(f), ==, 0x80000011);
    accel_fixture_free(f);
}

static void test_probes_that_may_not_be_sent(void)
{
    AccelFixture *f = accel_fixture_new();

    probe(f, 0x100005, 0x10000, 0);
    g_assert_cmphex(probe_status(f), ==, 0x800000ff);
    probe(f, 0x100005, 0x10000, 5);
    g_assert_cmphex(probe_status(f), ==, 0x800000ff);
    probe(f, 0x100005, 0x10000, 1);
    g_assert_cmphex(probe_status(f), ==, 0x80000001);
    accel_fixture_set_pri(f, true, 0);
    probe(f, 0x100005, 0x10000, 4);
    g_assert_cmphex(probe_status(f), ==, 0x800000ff);
    accel_forget_log(f);
    accel_fixture_set_pri(f, true, 8);
    sva_function_set_ats(f->fn, false);
    probe(f, 0x100005, 0x10000, 3);
    g_assert_cmphex(probe_status(f), ==, 0x800000ff);
    sva_function_set_pasid(f->fn, false);
    for (uint32_t kind = 1; kind <= 4; kind++) {
        probe(f, 0x100005, 0x10000, kind);
        g_assert_cmphex(probe_status(f), ==, 0x800000ff);
    }
    sva_function_set_bus_master(f->fn, false);
    for (uint32_t kind = 1; kind <= 4; kind++) {
        probe(f, 0, 0x10000, kind);
        g_assert_cmphex(probe_status(f), ==, 0x800000ff);
    }
    accel_assert_log(f, "");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PROBES), ==, 1);
    accel_fixture_free(f);
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
    AccelFixture *f = accel_fixture_new();

    f->p->hook = write_own_register;
    f->p->hook_opaque = f->a;
    probe(f, 0x100005, 0x10000, 2);
    g_assert_null(f->p->hook);
    g_assert_cmphex(sva_accel_read(f->a, SVA_REG_IRQ_MASK, 4), ==, 3);
    accel_fixture_free(f);
}

static void test_a_read_that_is_aborted_leaves_the_data(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_write(f, 3, SVA_CTX_PROBE_DATA, 0x1234);
    probe(f, 0x100005, 0x10000, 1);
    g_assert_cmphex(accel_read64(f, 3, SVA_CTX_PROBE_DATA), ==, 0x1234);
    accel_fixture_free(f);
}

static void test_changing_inject_does_not_stop_a_context(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_ALL);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 1);
    accel_fixture_free(f);
}

static void test_pri_reset_answers_a_probe(void)
{
    AccelFixture *f = accel_fixture_new();

    probe(f, 0x100005, 0x10000, 4);
    accel_fixture_set_pri(f, false, 8);
    g_assert_cmphex(probe_status(f), ==, 0);
    sva_function_set_pri(f->fn, &(SvaPriControl) { .reset = true });
    g_assert_cmphex(probe_status(f), ==, 0x8000001f);
    accel_fixture_free(f);
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
