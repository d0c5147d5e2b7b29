/*
 * sva-accel: its state goes to another QEMU process, that of sva-vtd with it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-migrate.h"
#include "libsva-process.h"

#define PASID 0x1234
#define MS 1000000

static bool move(SvaTest *t, const char *vtd, const char *accel)
{
    g_autofree char *args = sva_test_args(vtd, accel);

    return sva_test_move(t, args);
}

static void assert_copied(SvaTest *t, Process *p, size_t size)
{
    struct sva_completion done = process_copy_done(t, p);

    g_assert_cmphex(done.status, ==, SVA_ST_SUCCESS);
    g_assert_cmphex(done.bytes, ==, size);
    g_assert_cmphex(done.fault_addr, ==, 0);
    sva_assert_filled(t, p->dst, size, 1);
}

/* The page of the second half is not there; its request is on the way. */
static void test_response_comes_after_the_move(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    uint64_t qw0, qw1;

    sva_put64(t, p.dst_pte + 8, 0);
    process_copy(t, &p, 0x2000);
    sva_wait_until(t, !vtd_prq_empty(t));
    g_assert_true(move(t, "", ""));

    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)), ==, 1);
    g_assert_cmpuint(sva_qom(t, "acc", "count-page-reqs"), ==, 1);
    vtd_prq_pop(t, &qw0, &qw1);
    g_assert_cmphex(qw0 >> 32 & 0xfffff, ==, PASID);
    g_assert_cmphex(qw1 & ~0xfffull, ==, DST_VA + 0x1000);
    sva_put64(t, p.dst_pte + 8, (p.dst + 0x1000) | PTE_USER_RW);
    process_respond(t, &p, qw1, 0);
    assert_copied(t, &p, 0x2000);
    g_assert_cmpuint(sva_qom(t, "acc", "count-prg-success"), ==, 1);
    g_assert_cmpuint(sva_qom(t, "acc", "count-prg-unexpected"), ==, 0);
    g_assert_true(vtd_prq_empty(t));
    vtd_assert_no_fault(t);

    /* And it works on as if nothing had been. */
    sva_fill(t, p.dst, 0x3000, 5);
    process_copy(t, &p, 0x3000);
    assert_copied(t, &p, 0x3000);
    sva_test_end(t);
}

/* A wait descriptor waits for an invalidation that the function keeps. */
static void test_invalidation_is_completed_after_the_move(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS);

    acc_set32(t, SVA_CTX(0, SVA_CTX_BREAK_MASK), SVA_BREAK_BEFORE_ACCESS);
    process_copy(t, &p, 0x1000);
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_BREAK_AT)));
    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL);
    vtd_submit(t, 8 | SVA_TEST_RID << 16 | (uint64_t)PASID << 32,
               0x7ffffffffffff000ull | 1 << 11);
    g_assert_false(vtd_wait_done(t, 0));
    g_assert_true(move(t, "", ""));

    g_assert_cmphex(sva_get64(t, t->wait_status), ==, 0);
    g_assert_cmphex(acc_read32(t, SVA_REG_INVAL_HELD), ==, 1);
    acc_set32(t, SVA_REG_INJECT, 0);
    g_assert_cmphex(sva_get64(t, t->wait_status), ==, t->wait_value);
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_BREAK_AT)), ==,
                    SVA_BREAK_BEFORE_ACCESS);
    acc_set32(t, SVA_CTX(0, SVA_CTX_BREAK_MASK), 0);
    acc_write32(t, SVA_CTX(0, SVA_CTX_RELEASE), 1);
    assert_copied(t, &p, 0x1000);
    vtd_assert_no_fault(t);
    sva_test_end(t);
}

/* The other process has a clock of its own. */
static void test_rest_of_a_delay(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_UNTRANSLATED);
    struct sva_desc desc = {
        .opcode = SVA_OP_DELAY, .flags = SVA_DF_COMPLETION, .id = 0x1d,
        .size = 10000ull * MS, .completion = REC_VA,
    };

    sva_put64(t, p.rec, 0);
    acc_submit(t, &p.ctx, &desc);
    qtest_clock_step(t->qts, 4000ll * MS);
    g_assert_true(move(t, "", ""));
    qtest_clock_step(t->qts, 5999ll * MS);
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    qtest_clock_step(t->qts, 1 * MS);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, SVA_ST_SUCCESS);
    sva_test_end(t);
}

static void test_configuration_survives(void)
{
    Process p;
    SvaTest *t = process_start(&p, PASID, SVA_MODE_ATS_PRI);
    uint32_t values[0x200 / 4];
    unsigned i;

    sva_cfg_write(t, SVA_TEST_DEVFN,
                  sva_cfg_cap(t, SVA_TEST_DEVFN, 0x11) + 2, 2, 0x8000);
    qtest_writeq(t->qts, ACC_BAR4 + 16, 0xfee00000);
    qtest_writel(t->qts, ACC_BAR4 + 24, 0x55);
    for (i = 0; i < ARRAY_SIZE(values); i++) {
        values[i] = sva_cfg_read(t, SVA_TEST_DEVFN, i * 4, 4);
    }
    g_assert_true(move(t, "", ""));
    for (i = 0; i < ARRAY_SIZE(values); i++) {
        g_assert_cmphex(sva_cfg_read(t, SVA_TEST_DEVFN, i * 4, 4), ==,
                        values[i]);
    }
    g_assert_cmphex(qtest_readq(t->qts, ACC_BAR4 + 16), ==, 0xfee00000);
    g_assert_cmphex(qtest_readl(t->qts, ACC_BAR4 + 24), ==, 0x55);
    /* ENABLE needs all of the capabilities. */
    g_assert_cmphex(acc_command(t, &p.ctx, SVA_CMD_ABORT), ==,
                    SVA_CMDRES_OK);
    acc_enable(t, &p.ctx);
    process_copy(t, &p, 0x1000);
    assert_copied(t, &p, 0x1000);
    sva_test_end(t);
}

static void test_device_with_other_options_is_refused(void)
{
    static const char *const options[] = {
        ",contexts=8,vectors=65", ",pri-capacity=32", ",pasid-bits=16",
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(options); i++) {
        SvaTest *t = sva_test_start("", "");

        g_assert_false(move(t, "", options[i]));
        sva_test_end(t);
    }
}

#define WORD_VA (DST_VA + 0x3000)

static void add(SvaTest *t, Process *p, uint64_t n)
{
    struct sva_desc desc = {
        .opcode = SVA_OP_FETCH_ADD, .flags = SVA_DF_COMPLETION, .id = 0x1d,
        .dst = WORD_VA, .src = n, .size = 8, .completion = REC_VA,
    };

    sva_put64(t, p->rec, 0);
    acc_submit(t, &p->ctx, &desc);
    g_assert_cmphex(process_copy_done(t, p).status, ==, SVA_ST_SUCCESS);
}

static void copy_and_add(SvaTest *t, void *opaque)
{
    Process *p = opaque;

    process_copy(t, p, 0x3000);
    g_assert_cmphex(process_copy_done(t, p).status, ==, SVA_ST_SUCCESS);
    add(t, p, 0x100);
}

/* It has translations, so that it writes in place. */
static void test_what_is_written_in_place_is_moved(void)
{
    static const uint32_t modes[] = { SVA_MODE_UNTRANSLATED, SVA_MODE_ATS };

    for (unsigned i = 0; i < ARRAY_SIZE(modes); i++) {
        Process p;
        SvaTest *t = process_start(&p, PASID, modes[i]);
        g_autofree char *args = sva_test_args("", "");

        sva_put64(t, p.dst + 0x3000, 1);
        for (unsigned n = 0; n < 3; n++) {
            copy_and_add(t, &p);
        }
        sva_fill(t, p.dst, 0x3000, 5);
        g_assert_true(sva_test_move_at_work(t, args, copy_and_add, &p));
        sva_assert_filled(t, p.dst, 0x3000, 1);
        g_assert_cmphex(sva_get64(t, p.dst + 0x3000), ==, 0x401);
        sva_test_end(t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/accel/migrate/page-response",
                   test_response_comes_after_the_move);
    qtest_add_func("sva/accel/migrate/invalidation",
                   test_invalidation_is_completed_after_the_move);
    qtest_add_func("sva/accel/migrate/delay", test_rest_of_a_delay);
    qtest_add_func("sva/accel/migrate/configuration",
                   test_configuration_survives);
    qtest_add_func("sva/accel/migrate/in-place",
                   test_what_is_written_in_place_is_moved);
    qtest_add_func("sva/accel/migrate/other-options",
                   test_device_with_other_options_is_refused);
    return g_test_run();
}
