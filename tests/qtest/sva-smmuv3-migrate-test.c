/*
 * sva-smmuv3: its state goes to another QEMU process, and resets, with
 * transactions stalled and invalidations open
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-migrate.h"
#include "libsva-process.h"

#define PASID 7u
#define RETRY 1
#define ABORT 2

static bool move(SvaTest *t, const char *smmu)
{
    g_autofree char *args = sva_board_args(&sva_board_virt, smmu, "");

    return sva_test_move(t, args);
}

/* A copy whose destination is not there, until its event has come. */
static SvaTest *stalled_copy(Process *p)
{
    SvaTest *t = process_start_on(&sva_board_virt, p, PASID,
                                  SVA_MODE_UNTRANSLATED);

    sva_put64(t, p->dst_pte, 0);
    process_copy(t, p, 0x2000);
    sva_wait_until(t, !smmu_event_empty(t));
    return t;
}

static void assert_copied(SvaTest *t, Process *p)
{
    struct sva_completion done = process_copy_done(t, p);

    g_assert_cmphex(done.status, ==, SVA_ST_SUCCESS);
    g_assert_cmphex(done.bytes, ==, 0x2000);
    sva_assert_filled(t, p->dst, 0x2000, 1);
}

static void test_a_stall_is_resumed_after_the_move(void)
{
    Process p;
    SvaTest *t = stalled_copy(&p);
    SmmuEvent e;

    g_assert_true(move(t, ""));
    g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)), ==, 1);
    e = smmu_event_pop(t);
    g_assert_cmphex(e.w[2], ==, DST_VA);
    /* One STAG of another transaction has no effect. */
    smmu_resume(t, e.w[1] ^ 1, ABORT);
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    sva_put64(t, p.dst_pte, p.dst | PAGE_USER_RW);
    smmu_resume(t, e.w[1], RETRY);
    assert_copied(t, &p);
    g_assert_true(smmu_event_empty(t));
    sva_test_end(t);
}

static void test_a_stall_is_aborted_after_the_move(void)
{
    Process p;
    SvaTest *t = stalled_copy(&p);

    g_assert_true(move(t, ""));
    smmu_resume(t, smmu_event_pop(t).w[1], ABORT);
    g_assert_cmphex(process_copy_done(t, &p).status, ==,
                    SVA_ST_ACCESS_ABORTED);
    sva_test_end(t);
}

static void test_a_sync_that_waits_ends_after_the_move(void)
{
    Process p;
    SvaTest *t = process_start_on(&sva_board_virt, &p, PASID, SVA_MODE_ATS);
    uint32_t before;

    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL);
    smmu_command(t, 0x40 | 1 << 11 | PASID << 12 |
                    (uint64_t)SVA_TEST_RID << 32, 52);
    before = smmu_read32(t, SMMU_CMDQ_CONS);
    g_assert_false(smmu_sync_done(t));
    g_assert_true(move(t, ""));
    g_assert_cmphex(smmu_read32(t, SMMU_CMDQ_CONS), ==, before);
    acc_write32(t, SVA_REG_INJECT, 0);
    sva_wait_until(t, smmu_read32(t, SMMU_CMDQ_CONS) == t->cmdq_prod);
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==, 0);
    sva_test_end(t);
}

/* More stalls than the queue takes: unrecorded ones are sent again. */
static void test_stalls_without_a_record_survive(void)
{
    Process p;
    SvaTest *t = process_start_on(&sva_board_virt, &p, PASID,
                                  SVA_MODE_UNTRANSLATED);
    unsigned n;

    sva_put64(t, p.dst_pte, 0);
    /* No room: the consumer is said to be a queue behind. */
    smmu_write32(t, SMMU_EVENTQ_CONS, 1u << 5);
    process_copy(t, &p, 0x2000);
    sva_wait_until(t, sva_qom(t, "smmu", "count-stalls-unrecorded") == 1);
    g_assert_cmphex(smmu_read32(t, SMMU_EVENTQ_PROD), ==, 0);
    g_assert_true(move(t, ""));
    for (n = 0; n < 4; n++) {
        qtest_clock_step(t->qts, 1000000);
    }
    g_assert_cmphex(smmu_read32(t, SMMU_EVENTQ_PROD), ==, 0);
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);

    smmu_write32(t, SMMU_EVENTQ_CONS, 0);
    sva_wait_until(t, !smmu_event_empty(t));
    sva_put64(t, p.dst_pte, p.dst | PAGE_USER_RW);
    smmu_resume(t, smmu_event_pop(t).w[1], RETRY);
    assert_copied(t, &p);
    sva_test_end(t);
}

static void test_a_unit_with_other_options_is_refused(void)
{
    static const char *const options[] = {
        ",oas=48", ",stall-max=5", ",ssid-bits=8", ",ats=off",
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(options); i++) {
        Process p;
        SvaTest *t = process_start_on(&sva_board_virt, &p, PASID,
                                      SVA_MODE_UNTRANSLATED);

        g_assert_false(move(t, options[i]));
        sva_test_end(t);
    }
}

/* IHI 0070 G.b lets a reset forget what is stalled; it all works again. */
static void test_reset_with_everything_in_flight(void)
{
    Process p;
    SvaTest *t = stalled_copy(&p);

    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL);
    smmu_command(t, 0x40 | 1 << 11 | PASID << 12 |
                    (uint64_t)SVA_TEST_RID << 32, 52);
    g_assert_false(smmu_sync_done(t));
    sva_test_reset(t);
    g_assert_cmphex(smmu_read32(t, SMMU_CR0), ==, 0);
    g_assert_cmphex(smmu_read32(t, SMMU_CMDQ_CONS), ==, 0);
    process_setup(t, &p, PASID, SVA_MODE_UNTRANSLATED);
    process_copy(t, &p, 0x2000);
    assert_copied(t, &p);
    g_assert_true(smmu_event_empty(t));
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/sva/smmuv3-migrate/retry",
                   test_a_stall_is_resumed_after_the_move);
    qtest_add_func("/sva/smmuv3-migrate/abort",
                   test_a_stall_is_aborted_after_the_move);
    qtest_add_func("/sva/smmuv3-migrate/sync",
                   test_a_sync_that_waits_ends_after_the_move);
    qtest_add_func("/sva/smmuv3-migrate/unrecorded",
                   test_stalls_without_a_record_survive);
    qtest_add_func("/sva/smmuv3-migrate/options",
                   test_a_unit_with_other_options_is_refused);
    qtest_add_func("/sva/smmuv3-migrate/reset",
                   test_reset_with_everything_in_flight);
    return g_test_run();
}
