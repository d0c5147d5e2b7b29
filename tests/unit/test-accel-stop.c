/*
 * Tests of the accelerator's commands: enable, drain, abort, and stops that
 * are ignored or late
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL SVA_DF_COMPLETION
#define BLOCK SVA_DF_BLOCK_ON_FAULT
#define RW (SVA_READ | SVA_WRITE)
#define MS 1000000ll

static AccelFixture *fixture(enum sva_mode mode)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, mode);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(accel_cpl(f, 0, 0).status, ==, 1);
    accel_forget_log(f);
    return f;
}

static uint32_t command(AccelFixture *f, uint32_t cmd)
{
    accel_write(f, 0, SVA_CTX_CMD, cmd);
    return accel_read(f, 0, SVA_CTX_CMD_STATUS);
}

static void assert_ctx(AccelFixture *f, uint32_t cmd_status, uint32_t state,
                       uint32_t running)
{
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_CMD_STATUS), ==, cmd_status);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_STATE), ==, state);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_RUNNING), ==, running);
}

/* Touches one page for ever, every 10 us. */
static const struct sva_desc forever = {
    .opcode = SVA_OP_TOUCH, .flags = CPL, .id = 5, .dst = 0x10000,
    .size = 8, .stride = 8, .interval = 10,
};

static const struct sva_desc blocked = {
    .opcode = SVA_OP_TOUCH, .flags = CPL | BLOCK, .id = 6, .dst = 0x30000,
    .size = 8, .stride = 8, .rounds = 1,
};

static void test_enable_checks_the_configuration(void)
{
    static const struct {
        uint32_t cfg;
        uint64_t base;
        uint32_t size;
        uint32_t cmd_status;
    } cases[] = {
        { 0x03100001, 0x1000, 6, 0x00000301 },
        { 0x00100001, 0x1000, 13, 0x00000301 },
        { 0x00100001, 0xffffffffffffffc0, 1, 0x00000301 },
        { 0x00100001, 0xffffffffffffffc0, 0, 0x00000001 },
        { 0x00100001, 0x1000, 12, 0x00000001 },
        { 0x01000000, 0x1000, 6, 0x00000001 },
        { 0x02100001, 0x1000, 6, 0x00000001 },
    };
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        accel_write(f, 0, SVA_CTX_CFG, cases[i].cfg);
        accel_write(f, 0, SVA_CTX_RING_BASE, cases[i].base);
        accel_write(f, 0, SVA_CTX_RING_SIZE, cases[i].size);
        g_assert_cmphex(command(f, 1), ==, cases[i].cmd_status);
        if (cases[i].cmd_status == 1) {
            g_assert_cmphex(command(f, 2), ==, 2);
        }
        assert_ctx(f, accel_read(f, 0, SVA_CTX_CMD_STATUS), 0, 0);
    }
    accel_fixture_free(f);
}

static void test_a_pasid_wider_than_the_device_is_refused(void)
{
    FakeEnv *f = fake_env_new();
    SvaAccelConfig config = {
        .contexts = 1, .pasid_bits = 8, .atc_entries = 4, .pri_capacity = 1,
    };
    SvaAccel *a = sva_accel_new(&f->env, &config);
    FakePort *p = fake_port_new(f, &sva_function_client_ops,
                                sva_accel_function(a));

    sva_function_attach(sva_accel_function(a), &p->port);
    sva_function_set_pasid(sva_accel_function(a), true);
    sva_accel_write(a, 0x1000, 0x00100100, 4);
    sva_accel_write(a, 0x1020, 1, 4);
    g_assert_cmphex(sva_accel_read(a, 0x1024, 4), ==, 0x301);
    sva_accel_write(a, 0x1000, 0x001000ff, 4);
    sva_accel_write(a, 0x1020, 1, 4);
    g_assert_cmphex(sva_accel_read(a, 0x1024, 4), ==, 0x001);
    sva_accel_free(a);
    fake_port_free(p);
    fake_env_free(f);
}

static void test_enable_needs_the_capabilities_of_its_mode(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_write(f, 0, SVA_CTX_CFG, 0x02100001);
    accel_fixture_set_pri(f, true, 0);
    g_assert_cmphex(command(f, 1), ==, 0x601);
    accel_fixture_set_pri(f, false, 8);
    g_assert_cmphex(command(f, 1), ==, 0x601);
    sva_function_set_ats(f->fn, false);
    g_assert_cmphex(command(f, 1), ==, 0x501);
    sva_function_set_pasid(f->fn, false);
    g_assert_cmphex(command(f, 1), ==, 0x401);
    accel_write(f, 0, SVA_CTX_CFG, 0);
    g_assert_cmphex(command(f, 1), ==, 0x001);
    accel_fixture_free(f);
}

static void test_commands_in_the_wrong_state(void)
{
    AccelFixture *f = accel_fixture_new();

    g_assert_cmphex(command(f, 2), ==, 0x202);
    g_assert_cmphex(command(f, 3), ==, 0x203);
    g_assert_cmphex(command(f, 4), ==, 0x104);
    g_assert_cmphex(command(f, 0), ==, 0x100);
    accel_enable(f, 0, SVA_MODE_UNTRANSLATED);
    g_assert_cmphex(command(f, 1), ==, 0x201);
    assert_ctx(f, 0x201, 1, 0);
    accel_fixture_free(f);
}

static void test_a_command_sets_its_cause(void)
{
    AccelFixture *f = accel_fixture_new();

    sva_accel_write(f->a, SVA_REG_IRQ_MASK, 1, 4);
    command(f, 9);
    accel_assert_log(f, "irq 0");
    g_assert_cmphex(sva_accel_read(f->a, SVA_REG_IRQ_CAUSE, 4), ==, 2);
    command(f, 9);
    accel_assert_log(f, "");
    sva_accel_write(f->a, SVA_REG_IRQ_CAUSE, 2, 4);
    command(f, 9);
    accel_assert_log(f, "irq 0");
    accel_fixture_free(f);
}

static void test_drain_of_an_idle_context_is_complete_at_once(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    g_assert_cmphex(command(f, 2), ==, 0x002);
    assert_ctx(f, 0x002, 0, 0);
    accel_fixture_free(f);
}

static void test_drain_finishes_what_was_submitted(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < 2; i++) {
        accel_put(f, 0, (struct sva_desc) {
            .opcode = SVA_OP_DELAY, .flags = CPL, .size = 100,
        });
    }
    accel_ring(f, 0);
    accel_run(f);
    g_assert_cmphex(command(f, 2), ==, 0x80000002);
    assert_ctx(f, 0x80000002, 2, 1);
    /* Doorbells are ignored meanwhile. */
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    fake_env_advance(f->env, 199);
    assert_ctx(f, 0x80000002, 2, 1);
    fake_env_advance(f->env, 1);
    assert_ctx(f, 0x002, 0, 0);
    g_assert_cmphex(accel_cpl(f, 0, 2).status, ==, 1);
    g_assert_cmphex(accel_cpl(f, 0, 3).status, ==, 0);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_TAIL), ==, 3);
    accel_fixture_free(f);
}

static void test_drain_waits_for_the_page_response(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI);

    accel_submit(f, 0, blocked);
    command(f, 2);
    fake_env_advance(f->env, 1000 * MS);
    assert_ctx(f, 0x80000002, 2, 1);
    fake_port_respond(f->p, sva_pasid(1), 0, 1);
    accel_run(f);
    assert_ctx(f, 0x002, 0, 0);
    accel_assert_cpl(f, 0, 1, .status = 0x21, .id = 6,
                     .fault_addr = 0x30000, .result = 1);
    accel_fixture_free(f);
}

static void test_drain_ends_when_the_ring_cannot_be_read(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    accel_put(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .size = 100,
    });
    accel_put(f, 0, (struct sva_desc) { .flags = CPL });
    accel_ring(f, 0);
    accel_run(f);
    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_NONE);
    command(f, 2);
    fake_env_advance(f->env, 100);
    assert_ctx(f, 0x002, 0, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000024);
    accel_fixture_free(f);
}

static void test_abort_ends_the_job_and_drops_the_rest(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_put(f, 0, forever);
    accel_put(f, 0, (struct sva_desc) { .flags = CPL });
    accel_ring(f, 0);
    fake_env_advance(f->env, 15000);
    g_assert_cmphex(command(f, 3), ==, 0x80000003);
    assert_ctx(f, 0x80000003, 3, 1);
    accel_forget_log(f);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    accel_assert_cpl(f, 0, 1, .status = 0x30, .id = 5, .bytes = 16);
    accel_assert_log(f, "uw 1:200028+18; uw 1:200020+8");
    g_assert_cmphex(accel_cpl(f, 0, 2).status, ==, 0);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 3);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_JOBS), ==, 2);
    fake_env_advance(f->env, 1000 * MS);
    accel_assert_log(f, "");
    accel_fixture_free(f);
}

static void test_abort_waits_for_the_page_response(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI);

    accel_submit(f, 0, blocked);
    command(f, 3);
    fake_env_advance(f->env, 1000 * MS);
    assert_ctx(f, 0x80000003, 3, 1);
    accel_assert_cpl(f, 0, 1, .status = 0x30, .id = 6);
    accel_forget_log(f);
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    accel_assert_log(f, "");
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PRG_SUCCESS), ==, 1);
    accel_fixture_free(f);
}

static void test_abort_drops_a_descriptor_that_is_being_fetched(void)
{
    AccelFixture *f = accel_fixture_new();

    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    accel_map(f, 0, ACCEL_RING, 0x1000, SVA_NONE);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    command(f, 3);
    accel_forget_log(f);
    accel_run(f);
    assert_ctx(f, 0x80000003, 3, 1);
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    accel_assert_log(f, "");
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_JOBS), ==, 0);
    accel_fixture_free(f);
}

static void test_abort_sends_no_page_request_for_its_record(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI);
    struct sva_desc desc = forever;

    accel_map(f, 0, 0x10000, 0x1000, RW);
    desc.completion = 0x400000;
    accel_submit(f, 0, desc);
    command(f, 3);
    accel_forget_log(f);
    accel_run(f);
    accel_assert_log(f, "at 1:400000 rw");
    assert_ctx(f, 0x003, 0, 0);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000020);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_CPL_LOST), ==, 1);
    accel_fixture_free(f);
}

static void test_abort_ends_a_group_that_was_begun(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI);
    struct sva_desc desc = blocked;

    desc.size = 0x3000;
    desc.stride = 0x1000;
    accel_write(f, 0, SVA_CTX_PRG_PAGES, 3);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_IN_PRG);
    accel_submit(f, 0, desc);
    command(f, 3);
    accel_forget_log(f);
    accel_run(f);
    accel_assert_log(f, "pr 1:32000 r 0 L; tw 201000200028+18; "
                     "tw 201000200020+8");
    assert_ctx(f, 0x80000003, 3, 1);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_AT), ==, 0);
    fake_port_respond(f->p, sva_pasid(1), 0, 1);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    accel_fixture_free(f);
}

static void test_abort_leaves_the_queue_for_credits(void)
{
    AccelFixture *f = accel_fixture_new();

    for (unsigned i = 0; i < 3; i++) {
        accel_enable(f, i, SVA_MODE_ATS_PRI);
        accel_submit(f, i, (struct sva_desc) { .flags = CPL });
    }
    accel_fixture_set_pri(f, true, 1);
    accel_submit(f, 1, blocked);
    accel_submit(f, 0, blocked);
    accel_submit(f, 2, blocked);
    command(f, 3);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    fake_port_respond(f->p, sva_pasid(2), 0, 1);
    accel_run(f);
    g_assert_cmpuint(accel_count(f, 2, SVA_CNT_PAGE_REQS), ==, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_PAGE_REQS), ==, 0);
    accel_fixture_free(f);
}

static void test_abort_takes_the_place_of_a_drain(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI);

    accel_submit(f, 0, blocked);
    command(f, 2);
    g_assert_cmphex(command(f, 3), ==, 0x80000003);
    /* Nothing else is accepted. */
    g_assert_cmphex(command(f, 1), ==, 0x80000003);
    g_assert_cmphex(command(f, 2), ==, 0x80000003);
    g_assert_cmphex(command(f, 3), ==, 0x80000003);
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 0x30);
    accel_fixture_free(f);
}

static void test_a_context_works_again_after_a_stop(void)
{
    AccelFixture *f = fixture(SVA_MODE_ATS_PRI);

    accel_submit(f, 0, blocked);
    command(f, 3);
    accel_run(f);
    fake_port_respond(f->p, sva_pasid(1), 0, 0);
    accel_run(f);
    accel_enable(f, 0, SVA_MODE_ATS_PRI);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 0);
    f->p->prg_policy = FAKE_PRG_MAP;
    accel_submit(f, 0, blocked);
    accel_assert_cpl(f, 0, 0, .status = 0x01, .id = 6, .bytes = 8);
    accel_fixture_free(f);
}

static void test_an_ignored_stop_lies(void)
{
    for (uint32_t cmd = 2; cmd <= 3; cmd++) {
        AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

        accel_map(f, 0, 0x10000, 0x1000, RW);
        accel_submit(f, 0, forever);
        accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_IGNORE_STOP);
        g_assert_cmphex(command(f, cmd), ==, cmd);
        assert_ctx(f, cmd, 0, 1);
        accel_forget_log(f);
        fake_env_advance(f->env, 10000);
        accel_assert_log(f, "ur 1:10000+8");
        g_assert_cmphex(command(f, 1), ==, 0x201);
        g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STOPS_IGNORED), ==,
                         1);
        /* Doorbells do not count in this state. */
        accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
        g_assert_cmpuint(accel_read(f, 0, SVA_CTX_TAIL), ==, 2);

        accel_write(f, 0, SVA_CTX_INJECT, 0);
        accel_run(f);
        assert_ctx(f, 0x201, 0, 0);
        accel_assert_cpl(f, 0, 1, .status = 0x30, .id = 5, .bytes = 16);
        accel_fixture_free(f);
    }
}

static void test_a_stop_without_work_is_not_ignored(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    accel_write(f, 0, SVA_CTX_INJECT, 3);
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 60000);
    g_assert_cmphex(command(f, 3), ==, 0x003);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STOPS_IGNORED), ==, 0);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STOPS_LATE), ==, 0);
    accel_fixture_free(f);
}

static void test_a_late_stop_goes_on_for_the_delay(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);
    struct sva_desc desc = forever;

    desc.interval = 1000000;
    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, desc);
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 120000);
    command(f, 3);
    fake_env_advance(f->env, 60000 * MS);
    accel_forget_log(f);
    fake_env_advance(f->env, 60000 * MS - 1);
    assert_ctx(f, 0x80000003, 3, 1);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), ==, 3 + 1 + 120);
    fake_env_advance(f->env, 1);
    assert_ctx(f, 0x003, 0, 0);
    accel_assert_cpl(f, 0, 1, .status = 0x30, .id = 5, .bytes = 960);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STOPS_LATE), ==, 1);
    accel_fixture_free(f);
}

static void test_a_late_stop_ends_when_the_bit_is_cleared(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    accel_map(f, 0, 0x10000, 0x1000, RW);
    accel_submit(f, 0, forever);
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 120000);
    command(f, 3);
    accel_write(f, 0, SVA_CTX_INJECT, 0);
    accel_run(f);
    assert_ctx(f, 0x003, 0, 0);
    accel_fixture_free(f);
}

static void test_a_late_drain_completes_at_the_delay(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    accel_submit(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_DELAY, .flags = CPL, .size = 100,
    });
    accel_write(f, 0, SVA_CTX_INJECT, SVA_INJECT_LATE_STOP);
    accel_write(f, 0, SVA_CTX_STOP_DELAY, 1);
    command(f, 2);
    fake_env_advance(f->env, 100);
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 1);
    assert_ctx(f, 0x80000002, 2, 0);
    fake_env_advance(f->env, 1 * MS - 100);
    assert_ctx(f, 0x002, 0, 0);
    accel_fixture_free(f);
}

static void test_doorbells_need_an_enabled_context(void)
{
    AccelFixture *f = accel_fixture_new();

    /* Nobody has checked the size of the ring yet. */
    accel_write(f, 0, SVA_CTX_RING_SIZE, 0xff);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    accel_assert_log(f, "");
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_TAIL), ==, 0);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 1);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_DOORBELLS), ==, 1);
    accel_fixture_free(f);
}

static void test_a_doorbell_beyond_the_ring_is_not_taken(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    sva_accel_doorbell_write(f->a, 0, 1 + 65, 4);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000015);
    g_assert_cmphex(accel_read64(f, 0, SVA_CTX_ERR_ADDR), ==, 66);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_TAIL), ==, 1);
    sva_accel_doorbell_write(f->a, 0, 0, 4);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0xc0000015);
    accel_write(f, 0, SVA_CTX_ERR_STATUS, 0x40000000);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0x80000015);
    accel_write(f, 0, SVA_CTX_ERR_STATUS, 0x80000000);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_ERR_STATUS), ==, 0);
    g_assert_cmphex(accel_read64(f, 0, SVA_CTX_ERR_ADDR), ==, 0);
    accel_submit(f, 0, (struct sva_desc) { .flags = CPL });
    g_assert_cmphex(accel_cpl(f, 0, 1).status, ==, 1);
    accel_fixture_free(f);
}

static void test_the_whole_ring_can_be_submitted_and_wraps(void)
{
    AccelFixture *f = fixture(SVA_MODE_UNTRANSLATED);

    for (unsigned i = 0; i < 64; i++) {
        accel_put(f, 0, (struct sva_desc) { .flags = CPL, .id = i });
    }
    accel_ring(f, 0);
    accel_run(f);
    g_assert_cmpuint(accel_read(f, 0, SVA_CTX_HEAD), ==, 65);
    accel_assert_cpl(f, 0, 64, .status = 0x01, .id = 63);
    accel_assert_cpl(f, 0, 1, .status = 0x01, .id = 0);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/stop/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(enable_checks_the_configuration);
    ADD(a_pasid_wider_than_the_device_is_refused);
    ADD(enable_needs_the_capabilities_of_its_mode);
    ADD(commands_in_the_wrong_state);
    ADD(a_command_sets_its_cause);
    ADD(drain_of_an_idle_context_is_complete_at_once);
    ADD(drain_finishes_what_was_submitted);
    ADD(drain_waits_for_the_page_response);
    ADD(drain_ends_when_the_ring_cannot_be_read);
    ADD(abort_ends_the_job_and_drops_the_rest);
    ADD(abort_waits_for_the_page_response);
    ADD(abort_drops_a_descriptor_that_is_being_fetched);
    ADD(abort_sends_no_page_request_for_its_record);
    ADD(abort_ends_a_group_that_was_begun);
    ADD(abort_leaves_the_queue_for_credits);
    ADD(abort_takes_the_place_of_a_drain);
    ADD(a_context_works_again_after_a_stop);
    ADD(an_ignored_stop_lies);
    ADD(a_stop_without_work_is_not_ignored);
    ADD(a_late_stop_goes_on_for_the_delay);
    ADD(a_late_stop_ends_when_the_bit_is_cleared);
    ADD(a_late_drain_completes_at_the_delay);
    ADD(doorbells_need_an_enabled_context);
    ADD(a_doorbell_beyond_the_ring_is_not_taken);
    ADD(the_whole_ring_can_be_submitted_and_wraps);
    return g_test_run();
}
