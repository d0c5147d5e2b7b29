/*
 * SMMUv3: command queue: order, wrap, errors and how they are repaired
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-fixture.h"

#define CMDQ_ERR 0x1

static uint32_t cons(SmmuFixture *f)
{
    return smmu_read32(f, 0x9c) & 0xfffff;
}

/* A command that can be seen: an invalidation of page @n. */
static void put_visible(SmmuFixture *f, unsigned n)
{
    smmu_put(f, 0x40 | (uint64_t)SMMU_RID << 32, n * 0x1000ull);
}

static void test_order_and_wrap(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 1000; i++) {
        put_visible(f, i);
        if (i % 7 == 0 || i == 999) {
            smmu_kick(f);
            g_assert_cmphex(cons(f), ==, f->prod);
        }
    }
    g_assert_cmpuint(f->inv_count, ==, 1000);
    for (i = 0; i < 1000; i++) {
        g_assert_cmphex(f->invs[i].addr, ==, i * 0x1000ull);
    }
    g_assert_cmphex(cons(f), ==, 1000 % 512);
    smmu_fixture_free(f);
}

/* All entries can be in use. */
static void test_full_queue(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 256; i++) {
        put_visible(f, i);
    }
    g_assert_cmphex(f->prod, ==, 0x100);
    smmu_kick(f);
    g_assert_cmpuint(f->inv_count, ==, 256);
    g_assert_cmphex(cons(f), ==, 0x100);
    smmu_fixture_free(f);
}

static void test_one_entry(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);
    unsigned i;

    f->complete = true;
    smmu_write64(f, 0x90, SMMU_CMDQ | 0x20);    /* 32-byte aligned */
    smmu_write32(f, 0x20, 0x9);
    for (i = 0; i < 5; i++) {
        fake_put64(f->env, SMMU_CMDQ + 0x20, 0x40 | (uint64_t)SMMU_RID << 32);
        smmu_write32(f, 0x98, ~i & 1);
        g_assert_cmphex(smmu_read32(f, 0x9c), ==, ~i & 1);
    }
    g_assert_cmpuint(f->inv_count, ==, 5);
    smmu_fixture_free(f);
}

/* LOG2SIZE reads back, and is capped in use; the base is aligned. */
static void test_size_is_capped(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.cmdq_bits = 3;
    f = smmu_fixture_new(&c);
    smmu_write64(f, 0x90, 0x300e0 | 31);
    smmu_write32(f, 0x98, 0x8);
    smmu_write32(f, 0x9c, 0x7);
    fake_put64(f->env, 0x300f0, 0x40 | (uint64_t)SMMU_RID << 32);
    smmu_write32(f, 0x20, 0x9);
    g_assert_cmphex(smmu_read64(f, 0x90), ==, 0x300e0 | 31);
    g_assert_cmpuint(f->inv_count, ==, 1);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 0x8);
    smmu_fixture_free(f);
}

static void test_runs_only_when_enabled(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0x5);
    put_visible(f, 1);
    smmu_kick(f);
    g_assert_cmpuint(f->inv_count, ==, 0);
    smmu_write32(f, 0x20, 0xd);         /* what is there runs */
    g_assert_cmpuint(f->inv_count, ==, 1);
    g_assert_true(smmu_idle(f));
    smmu_fixture_free(f);
}

/* Pointers further apart than the queue is long. */
static void test_inconsistent_pointers(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x98, 0x101);
    g_assert_cmphex(cons(f), ==, 0);
    g_assert_cmphex(smmu_active(f), ==, 0);
    g_assert_cmpuint(fake_env_log_count(f->env), ==, 1);
    smmu_fixture_free(f);
}

/* -- errors -- */

static void expect_illegal(const SvaSmmuConfig *c, uint64_t qw0, uint64_t qw1)
{
    SmmuFixture *f = smmu_fixture_start(c);

    smmu_put(f, 0x01, 0);
    smmu_put(f, qw0, qw1);
    smmu_put(f, 0x01, 0);
    smmu_kick(f);
    g_assert_cmphex(cons(f), ==, 1);
    g_assert_cmphex(smmu_cerror(f), ==, 1);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_GERROR], ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_QUEUE_ERRORS), ==, 1);
    smmu_fixture_free(f);
}

static void expect_legal(const SvaSmmuConfig *c, uint64_t qw0, uint64_t qw1)
{
    SmmuFixture *f = smmu_fixture_start(c);

    smmu_submit(f, qw0, qw1);
    g_assert_cmphex(cons(f), ==, 1);
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_fixture_free(f);
}

/* By opcode, with fields all zero: which the default unit has. */
static void test_opcodes(void)
{
    static const uint8_t known[] = {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x20,
        0x21, 0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46,
    };
    unsigned op;

    for (op = 0; op < 256; op++) {
        if (memchr(known, op, sizeof(known))) {
            expect_legal(NULL, op, 0);
            expect_illegal(NULL, op | 1 << 10, 0);      /* SSec */
        } else {
            expect_illegal(NULL, op, 0);
        }
    }
}

static void test_opcodes_of_absent_features(void)
{
    static const uint8_t nested[] = { 0x20, 0x21, 0x22, 0x23 };
    SvaSmmuConfig c = sva_smmu_default_config;
    unsigned i;

    c.stage2 = false;
    expect_illegal(&c, 0x28, 0);
    expect_illegal(&c, 0x2a, 0);
    expect_legal(&c, 0x30, 0);
    for (i = 0; i < sizeof(nested); i++) {
        expect_illegal(&c, nested[i], 0);
    }
    c = sva_smmu_default_config;
    c.stage1 = false;
    c.ssid_bits = 0;
    for (i = 0x10; i <= 0x13; i++) {
        expect_illegal(&c, i, 0);
    }
    for (i = 0; i < sizeof(nested); i++) {
        expect_illegal(&c, nested[i], 0);
    }
    expect_illegal(&c, 0x05, 0);
    expect_illegal(&c, 0x06, 0);
    expect_legal(&c, 0x2a, 0);
    c = sva_smmu_default_config;
    c.pri = false;
    expect_illegal(&c, 0x41, 0);
    expect_legal(&c, 0x40, 0);
    c.ats = false;
    expect_illegal(&c, 0x40, 0);
    c = sva_smmu_default_config;
    c.stall_model = SVA_SMMU_STALL_NONE;
    c.stall_max = 0;
    expect_illegal(&c, 0x44, 0);
    expect_illegal(&c, 0x45, 0);
    c.stall_model = SVA_SMMU_STALL_FORCED;
    c.stall_max = 1;
    expect_legal(&c, 0x44, 0);
    expect_legal(&c, 0x45, 0);
}

static void test_illegal_fields(void)
{
    static const uint8_t by_address[] = { 0x12, 0x13, 0x22, 0x23, 0x2a };
    SvaSmmuConfig c = sva_smmu_default_config;
    unsigned i, tg;

    expect_illegal(NULL, 0x46 | 3 << 12, 0);            /* CS */
    expect_illegal(NULL, 0x41, 3 << 12);                /* Resp */
    expect_illegal(NULL, 0x40, 53);                     /* Size */
    expect_illegal(NULL, 0x40, 63);
    c.ril = false;
    for (i = 0; i < sizeof(by_address); i++) {
        for (tg = 1; tg < 4; tg++) {
            expect_illegal(NULL, by_address[i], tg << 10);
            expect_legal(NULL, by_address[i] | 1 << 12, tg << 10);
            expect_legal(NULL, by_address[i] | 1 << 20, tg << 10);
            expect_legal(NULL, by_address[i], tg << 10 | 3 << 8);
            expect_legal(&c, by_address[i], tg << 10);
        }
        /* 16 KiB, DS=0: TTL=0b01 counts as 0b00 (IHI 0070 G.b 4.4.1.1). */
        expect_illegal(NULL, by_address[i], 2 << 10 | 1 << 8);
        expect_legal(NULL, by_address[i] | 1 << 12, 2 << 10 | 1 << 8);
        expect_legal(NULL, by_address[i], 2 << 10 | 2 << 8);
        expect_legal(NULL, by_address[i], 1 << 10 | 1 << 8);
        expect_legal(NULL, by_address[i], 3 << 10 | 1 << 8);
        expect_legal(&c, by_address[i], 2 << 10 | 1 << 8);
    }
}

/* What is illegal is so while the command would have no effect, too. */
static void test_illegal_without_effect(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0xc);
    smmu_submit(f, 0x40 | (uint64_t)SMMU_RID << 32, 0);
    smmu_submit(f, 0x41 | (uint64_t)SMMU_RID << 32, 0x1000);
    g_assert_cmpuint(f->inv_count + f->rsp_count, ==, 0);
    g_assert_true(smmu_idle(f));
    smmu_submit(f, 0x41 | (uint64_t)SMMU_RID << 32, 0x3000);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    smmu_fixture_free(f);
}

/* As Linux does: overwrite the command, acknowledge. */
static void test_repair(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_put(f, 0xff, 0);
    put_visible(f, 1);
    smmu_kick(f);
    g_assert_cmphex(smmu_cerror(f), ==, 1);
    smmu_kick(f);                 /* nothing goes on by itself */
    smmu_write32(f, 0x20, 0x15);
    smmu_write32(f, 0x20, 0x1d);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    g_assert_cmpuint(f->inv_count, ==, 0);
    fake_put64(f->env, SMMU_CMDQ, 0x46);
    g_assert_cmphex(smmu_gerror(f), ==, CMDQ_ERR);
    g_assert_cmpuint(f->inv_count, ==, 1);
    g_assert_true(smmu_idle(f));
    /* A second error is seen like the first. */
    smmu_submit(f, 0xff, 0);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_GERROR], ==, 2);
    smmu_fixture_free(f);
}

static void test_fetch_abort(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fake_env_hole(f->env, SMMU_CMDQ, 0x1000);
    put_visible(f, 1);
    smmu_kick(f);
    g_assert_cmphex(smmu_cerror(f), ==, 2);
    g_assert_cmphex(cons(f), ==, 0);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    fake_env_heal(f->env);
    smmu_gerror(f);
    g_assert_cmpuint(f->inv_count, ==, 1);
    smmu_fixture_free(f);
}

/* PROD may be moved back while the error is active. */
static void test_producer_moves_back(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_put(f, 0xff, 0);
    put_visible(f, 1);
    smmu_kick(f);
    f->prod = 0;
    smmu_kick(f);
    smmu_gerror(f);
    g_assert_true(smmu_idle(f));
    g_assert_cmphex(smmu_active(f), ==, 0);
    g_assert_cmpuint(f->inv_count, ==, 0);
    smmu_fixture_free(f);
}

static void test_global_error_is_not_toggled_twice(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fake_env_read_only(f->env, SMMU_EVENTQ, 0x1000);
    smmu_translate(f, SVA_NO_PASID, 0, SVA_READ);
    smmu_translate(f, SVA_NO_PASID, 0, SVA_READ);
    g_assert_cmphex(smmu_active(f), ==, 0x4);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_GERROR], ==, 1);
    smmu_submit(f, 0xff, 0);
    g_assert_cmphex(smmu_active(f), ==, 0x5);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_GERROR], ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_GERRORS), ==, 2);
    smmu_fixture_free(f);
}

static void test_no_interrupt_unless_enabled(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x50, 0x6);
    smmu_submit(f, 0xff, 0);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_GERROR], ==, 0);
    smmu_write32(f, 0x50, 0x7);         /* nothing is made up for */
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_GERROR], ==, 0);
    smmu_fixture_free(f);
}

static void test_commands_are_announced(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    const SvaEvent *e;

    smmu_submit(f, 0x0000011000000003, 1);
    e = fake_env_event(f->env, SVA_EV_COMMAND, 0);
    g_assert_cmphex(e->command.type, ==, 0x03);
    g_assert_cmphex(e->command.words[0], ==, 0x0000011000000003);
    g_assert_cmphex(e->command.words[1], ==, 1);
    g_assert_true(smmu_sync(f));
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_COMMAND, 1)->command.type,
                    ==, 0x46);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_WAIT_DONE, 0)->wait.word, ==,
                    0x46);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/cmdq/" #fn, test_##fn)
    CASE(order_and_wrap);
    CASE(full_queue);
    CASE(one_entry);
    CASE(size_is_capped);
    CASE(runs_only_when_enabled);
    CASE(inconsistent_pointers);
    CASE(opcodes);
    CASE(opcodes_of_absent_features);
    CASE(illegal_fields);
    CASE(illegal_without_effect);
    CASE(repair);
    CASE(fetch_abort);
    CASE(producer_moves_back);
    CASE(global_error_is_not_toggled_twice);
    CASE(no_interrupt_unless_enabled);
    CASE(commands_are_announced);
    return g_test_run();
}
