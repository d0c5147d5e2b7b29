/*
 * Tests of the accelerator's scheduling and resets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)

static const struct sva_desc blocked = {
    .opcode = SVA_OP_TOUCH, .flags = CPL | BLOCK, .dst = 0x30000,
    .size = 0x3000, .stride = 0x1000, .rounds = 1,
};

static struct sva_desc fill(uint64_t size)
{
    return (struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL, .dst = 0x1000000, .size = size,
    };
}

static void test_a_turn_ends_after_256_requests(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x1000000, 0x400000, RW);
    accel_submit(f, 0, fill(0x400000));
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), ==, 256);
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), ==, 512);
    fake_env_advance(f->env, 3000);
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 0x400000);
    accel_fixture_free(f);
}

static void test_failures_in_vain_end_a_turn_too(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS);
    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .flags = SVA_DF_KEEP_GOING, .dst = 0x30000,
        .size = 8, .stride = 8,
    });
    /* The ring took one translation and one access. */
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ATS_NO_ACCESS), ==, 254);
    sva_function_set_bus_master(f->fn, false);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_RUNNING), ==, 1);
    accel_fixture_free(f);
}

static void test_contexts_share_fairly(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 3; i++) {
        accel_enable(f, i, SVA_MODE_UNTRANSLATED);
        accel_map(f, i, 0x1000000, 0x1000000, RW);
        accel_put(f, i, fill(0x1000000));
        accel_ring(f, i);
    }
    fake_env_advance(f->env, 11000);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(accel_count(f, i, SVA_CNT_ACCESSES), ==, 1024);
    }
    /* A newcomer has its turn within one round. */
    accel_enable(f, 3, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 3, (struct sva_desc) { .flags = CPL });
    fake_env_advance(f->env, 4000);
    g_assert_cmphex(accel_cpl(f, 3, 0).status, ==, 1);
    accel_fixture_free(f);
}

static void test_an_idle_device_arms_no_timer(void)
{
    AccelFixture *f = accel_fixture_new();
    uint64_t seq;

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    seq = f->env->timer_seq;
    fake_env_advance(f->env, 1000000000);
    g_assert_cmpuint(f->env->timer_seq, ==, seq);
    accel_fixture_free(f);
}

static void test_bandwidth_is_limited_in_virtual_time(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x1000000, 0x10000, RW);
    accel_write(f, 0, SVA_CTX_BW_LIMIT, 4);
    accel_submit(f, 0, fill(0x4000));
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x1000);
    fake_env_advance(f->env, 999999999);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x1000);
    fake_env_advance(f->env, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x2000);
    fake_env_advance(f->env, 3000000000);
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 0x4000);
    accel_fixture_free(f);
}

static void test_idle_time_earns_no_bandwidth(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x1000000, 0x10000, RW);
    accel_write(f, 0, SVA_CTX_BW_LIMIT, 4);
    fake_env_advance(f->env, 10000000000);
    accel_submit(f, 0, fill(0x2000));
    fake_env_advance(f->env, 999999999);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x1000);
    accel_fixture_free(f);
}

/* Everything at once: late, held, waiting for page, credit, time, turn. */
static AccelFixture *busy(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 4; i++) {
        accel_enable(f, i, SVA_MODE_ATS_PRI);
    }
    accel_map(f, 3, 0x1000000, 0x1000000, RW);
    accel_fixture_set_pri(f, true, 4);
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 3);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_IN_PRG);
    accel_submit(f, 0, blocked);
    accel_submit(f, 1, blocked);
    accel_submit(f, 2, blocked);
    accel_submit(f, 3, fill(0x1000000));
    accel_write(f, 1, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 1, SVA_CTX_STOP_DELAY, 1);
    accel_write(f, 1, SVA_CTX_CMD, SVA_CMD_ABORT);
    g_assert_cmpuint(f->p->page_requests, ==, 3);
    g_assert_cmpuint(accel_count(f, 2, SVA_CNT_PAGE_REQS), ==, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_AT), ==, 8);
    accel_write(f, 3, SVA_CTX_CMD, 9);
    accel_forget_log(f);
    return f;
}

static void assert_power_on(AccelFixture *f)
{
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned reg = 0; reg < 0x100; reg += 4) {
            g_assert_cmphex(accel_read(f, i, reg), ==, reg == 0x2c ? 1 : 0);
        }
    }
    g_assert_cmphex(sva_accel_read(f->a, 0x14, 4), ==, 0);
    g_assert_cmphex(sva_accel_read(f->a, 0x18, 4), ==, 3);
    for (unsigned i = 0; i < SVA_CNT_MAX; i++) {
        g_assert_cmpuint(sva_accel_counter(f->a, i), ==, 0);
    }
}

/* All events of the device name its function. */
static void assert_rids(AccelFixture *f)
{
    static const SvaEventKind kinds[] = {
        SVA_EV_JOB_START, SVA_EV_CTX_STATE, SVA_EV_BREAKPOINT, SVA_EV_RESET,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        unsigned n = fake_env_event_count(f->env, kinds[i]);

        g_assert_cmphex(fake_env_event(f->env, kinds[i], n - 1)->rid, ==,
                        FAKE_PORT_RID);
    }
}

static void test_flr_with_everything_in_flight(void)
{
    AccelFixture *f = busy();

    sva_accel_reset(f->a);
    assert_power_on(f);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_RESET), ==, 2);
    assert_rids(f);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    fake_env_advance(f->env, 10000000000);
    accel_assert_log(f, "");
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, 0);
    /* What was on its way is dropped. */
    fake_port_respond(f->p, sva_pasid(2), 1, 15);
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, SVA_PRI_STOPPED);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .mask = UINT64_MAX, .pasid = sva_pasid(1), .itag = 5,
    });
    accel_assert_log(f, "ic 5");
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_ATC_DROPPED), ==, 0);
    accel_fixture_free(f);
}

static void test_the_device_works_after_flr(void)
{
    AccelFixture *f = busy();

    sva_accel_reset(f->a);
    sva_function_set_bus_master(f->fn, true);
    sva_function_set_pasid(f->fn, true);
    sva_function_set_ats(f->fn, true);
    accel_fixture_set_pri(f, true, 1);
    for (unsigned i = 0; i < 4; i++) {
        accel_enable(f, i, SVA_MODE_ATS_PRI);
        accel_submit(f, i, blocked);
    }
    f->p->prg_policy = FAKE_PRG_MAP;
    for (unsigned page = 0; page < 3; page++) {
        accel_map(f, 0, 0x30000 + page * 0x1000, 0x1000, RW);
    }
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    accel_run(f);
    for (unsigned i = 0; i < 4; i++) {
        accel_assert_cpl(f, i, 0, .status = 0x01, .bytes = 24);
    }
    accel_fixture_free(f);
}

static void test_after_flr_nothing_may_be_sent(void)
{
    static const struct {
        uint32_t cfg;
        uint32_t cmd_status;
    } cases[] = {
        { 0x00100001, 0x401 }, { 0x01000000, 0x501 }, { 0x02000000, 0x501 },
    };
    AccelFixture *f = busy();

    sva_accel_reset(f->a);
    for (unsigned i = 0; i < 3; i++) {
        accel_write(f, 0, SVA_CTX_CFG, cases[i].cfg);
        accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ENABLE);
        g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==,
                        cases[i].cmd_status);
    }
    accel_write(f, 0, SVA_CTX_PROBE_CTRL, SVA_PROBE_READ);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_PROBE_STATUS), ==, 0x800000ff);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_soft_reset_forgets_probes(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_write(f, 0, SVA_CTX_PROBE_CTRL, SVA_PROBE_PRG);
    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    accel_write(f, 0, SVA_CTX_PROBE_CTRL, SVA_PROBE_PRG);
    fake_port_respond(f->p, SVA_NO_PASID, 0, 1);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_PROBE_STATUS), ==, 0);
    fake_port_respond(f->p, SVA_NO_PASID, 1, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_PROBE_STATUS), ==, 0x80000010);
    accel_fixture_free(f);
}

static void test_soft_reset_empties_the_atc(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS);
    accel_submit(f, 0, (struct sva_desc) { .flags = 0 });
    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    accel_enable(f, 0, SVA_MODE_ATS);
    accel_submit(f, 0, (struct sva_desc) { .flags = 0 });
    accel_assert_log(f, "at 1:100000 r; tr 201000100000+40");
    accel_fixture_free(f);
}

static void test_doorbells_may_be_repeated(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 2; i++) {
        accel_enable(f, i, SVA_MODE_UNTRANSLATED);
        accel_put(f, i, (struct sva_desc) { .flags = CPL });
    }
    for (unsigned i = 0; i < 4; i++) {
        accel_ring(f, i % 2);
    }
    accel_run(f);
    accel_ring(f, 0);
    accel_run(f);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmphex(accel_cpl(f, i, 0).status, ==, 1);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_ERR_STATUS), ==, 0);
        g_assert_cmphex(accel_read(f, i, SVA_CTX_HEAD), ==, 1);
    }
    accel_fixture_free(f);
}

static void test_a_debt_of_bandwidth_ends_with_the_context(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x1000000, 0x10000, RW);
    accel_write(f, 0, SVA_CTX_BW_LIMIT, 4);
    accel_submit(f, 0, fill(0x4000));
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ABORT);
    accel_run(f);
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_submit(f, 0, fill(0x400));
    fake_env_advance(f->env, 250000000);
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 0x400);
    accel_fixture_free(f);
}

static void test_soft_reset_ends_groups_and_waits_for_them(void)
{
    AccelFixture *f = busy();

    sva_accel_write(f->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    accel_assert_log(f, "pr 1:32000 r 0 L");
    assert_power_on(f);
    fake_env_advance(f->env, 10000000000);
    accel_assert_log(f, "");
    /* Configuration space is as it was; three and one credits are in use. */
    g_assert_cmphex(sva_function_pri_status(f->fn), ==, 0);
    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_submit(f, 0, blocked);
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, 0);
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    accel_run(f);
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 24);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_SUCCESS), ==, 3);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_PRG_SUCCESS), ==, 4);
    accel_fixture_free(f);
}

typedef struct Intruder {
    SvaAccel *a;
    bool flr;
} Intruder;

/* A memory request of the function that arrives at its own registers. */
static void intrude(FakePort *p, const char *tlp, void *opaque)
{
    Intruder *in = opaque;

    if (!g_str_has_prefix(tlp, "uw 1:1000000")) {
        return;
    }
    if (in->flr) {
        sva_accel_reset(in->a);
    } else {
        sva_accel_write(in->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
        sva_accel_write(in->a, SVA_CTX(0, SVA_CTX_CMD), SVA_CMD_ABORT, 4);
        sva_accel_doorbell_write(in->a, 0, 1000, 4);
        g_assert_cmphex(sva_accel_read(in->a, 0, 4), ==, 0);
    }
    p->hook = NULL;
}

static void test_the_function_cannot_reach_its_own_registers(void)
{
    AccelFixture *f = accel_fixture_new();
    Intruder in = { .a = f->a };

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x1000000, 0x1000, RW);
    f->p->hook = intrude;
    f->p->hook_opaque = &in;
    accel_submit(f, 0, fill(0x1000));
    accel_assert_cpl(f, 0, 0, .status = 0x01, .bytes = 0x1000);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, 1);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 4);
    accel_fixture_free(f);
}

static void test_flr_from_within_an_access_is_put_off(void)
{
    AccelFixture *f = accel_fixture_new();
    Intruder in = { .a = f->a, .flr = true };

    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    accel_map(f, 0, 0x1000000, 0x4000, RW);
    f->p->hook = intrude;
    f->p->hook_opaque = &in;
    accel_submit(f, 0, fill(0x4000));
    accel_assert_log(f, "ur 1:100000+40; uw 1:1000000+1000");
    assert_power_on(f);
    accel_fixture_free(f);
}

static void test_events_tell_the_life_of_a_job(void)
{
    AccelFixture *f = accel_fixture_new();
    const SvaEvent *ev;

    accel_enable(f, 2, SVA_MODE_UNTRANSLATED);
    ev = fake_env_event(f->env, SVA_EV_CTX_STATE, 0);
    g_assert_cmpuint(ev->context.state, ==, 1);
    g_assert_cmpuint(ev->context.index, ==, 2);
    g_assert_cmpuint(ev->pasid.id, ==, 3);
    accel_submit(f, 2, (struct sva_desc) {
        .opcode = SVA_OP_TOUCH, .id = 44, .dst = 0x9000, .size = 8,
        .stride = 8, .rounds = 1,
    });
    ev = fake_env_event(f->env, SVA_EV_JOB_START, 0);
    g_assert_cmpuint(ev->job.opcode, ==, 4);
    g_assert_cmpuint(ev->job.context, ==, 2);
    g_assert_cmpuint(ev->job.id, ==, 44);
    ev = fake_env_event(f->env, SVA_EV_JOB_DONE, 0);
    g_assert_cmphex(ev->rid, ==, FAKE_PORT_RID);
    g_assert_cmphex(ev->job.status, ==, 0x24);
    g_assert_cmphex(ev->addr, ==, 0x9000);
    g_assert_cmpuint(ev->job.id, ==, 44);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/engine/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_turn_ends_after_256_requests);
    ADD(failures_in_vain_end_a_turn_too);
    ADD(contexts_share_fairly);
    ADD(an_idle_device_arms_no_timer);
    ADD(bandwidth_is_limited_in_virtual_time);
    ADD(idle_time_earns_no_bandwidth);
    ADD(flr_with_everything_in_flight);
    ADD(the_device_works_after_flr);
    ADD(after_flr_nothing_may_be_sent);
    ADD(soft_reset_forgets_probes);
    ADD(soft_reset_empties_the_atc);
    ADD(doorbells_may_be_repeated);
    ADD(a_debt_of_bandwidth_ends_with_the_context);
    ADD(soft_reset_ends_groups_and_waits_for_them);
    ADD(the_function_cannot_reach_its_own_registers);
    ADD(flr_from_within_an_access_is_put_off);
    ADD(events_tell_the_life_of_a_job);
    return g_test_run();
}
