/*
 * Tests of sva-smmuv3 with the accelerator: the three states of a bond, by
 * hand
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID   5u
#define NOBODY 0x0f800000u      /* a hole in the map of the virt board */
#define RESUME_RAZ_WI 0
#define RESUME_RETRY  1
#define RESUME_ABORT  2

static SvaTest *start(Process *p, uint32_t mode)
{
    return process_start_on(&sva_board_virt, p, PASID, mode);
}

static void assert_copied(SvaTest *t, Process *p)
{
    struct sva_completion done = process_copy_done(t, p);

    g_assert_cmphex(done.status, ==, SVA_ST_SUCCESS);
    g_assert_cmphex(done.bytes, ==, BUF_PAGES * 0x1000);
    sva_assert_filled(t, p->dst, BUF_PAGES * 0x1000, 1);
}

/* The destination goes; everybody is told. */
static void unmap_destination(SvaTest *t, Process *p)
{
    sva_put64(t, p->dst_pte, 0);
    smmu_flush(t, PASID);
    process_flush_atc(t, p);
}

static void test_bound_processes_share_their_memory(void)
{
    unsigned mode;

    for (mode = SVA_MODE_UNTRANSLATED; mode <= SVA_MODE_ATS_PRI; mode++) {
        Process p;
        SvaTest *t = start(&p, mode);

        process_copy(t, &p, BUF_PAGES * 0x1000);
        assert_copied(t, &p);
        g_assert_true(smmu_event_empty(t));
        g_assert_cmpuint(sva_qom(t, "smmu", "count-ats-requests") > 0, ==,
                         mode != SVA_MODE_UNTRANSLATED);
        sva_test_end(t);
    }
}

/* IHI 0070 G.b 7.3.13 F_TRANSLATION: Stall, RnW=0, CLASS=IN, unprivileged. */
static uint16_t assert_stalled_write(SvaTest *t, uint64_t addr)
{
    SmmuEvent e;

    sva_wait_until(t, !smmu_event_empty(t));
    e = smmu_event_pop(t);
    g_assert_cmphex(e.w[0], ==, 0x10 | 1 << 11 | (uint64_t)PASID << 12 |
                                (uint64_t)SVA_TEST_RID << 32);
    g_assert_cmphex(e.w[1] & ~0xffffull, ==, 1ull << 31 | 2ull << 40);
    g_assert_cmphex(e.w[2], ==, addr);
    g_assert_cmphex(e.w[3], ==, 0);
    return e.w[1];
}

static void test_a_stalled_write_goes_on_when_its_page_is_there(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    uint16_t stag;

    unmap_destination(t, &p);
    process_copy(t, &p, BUF_PAGES * 0x1000);
    stag = assert_stalled_write(t, DST_VA);
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    /* An invalid entry was not cached: nothing to invalidate. */
    sva_put64(t, p.dst_pte, p.dst | PAGE_USER_RW);
    smmu_resume(t, stag, RESUME_RETRY);
    assert_copied(t, &p);
    g_assert_true(smmu_event_empty(t));
    g_assert_cmphex(sva_qom(t, "smmu", "count-stall-retries"), ==, 1);
    sva_test_end(t);
}

static void test_a_retry_without_a_page_stalls_again(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    unsigned i;

    unmap_destination(t, &p);
    process_copy(t, &p, BUF_PAGES * 0x1000);
    for (i = 0; i < 20; i++) {
        smmu_resume(t, assert_stalled_write(t, DST_VA), RESUME_RETRY);
    }
    g_assert_cmphex(sva_get64(t, p.rec), ==, 0);
    sva_test_end(t);
}

static void test_a_stalled_write_is_aborted(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    struct sva_completion done;

    unmap_destination(t, &p);
    process_copy(t, &p, BUF_PAGES * 0x1000);
    smmu_resume(t, assert_stalled_write(t, DST_VA), RESUME_ABORT);
    done = process_copy_done(t, &p);
    g_assert_cmphex(done.status, ==, SVA_ST_ACCESS_ABORTED);
    g_assert_cmphex(done.fault_addr, ==, DST_VA);
    sva_assert_filled(t, p.dst, BUF_PAGES * 0x1000, 2);
    g_assert_true(smmu_event_empty(t));
    sva_test_end(t);
}

static void test_a_stalled_write_ends_without_effect(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    unmap_destination(t, &p);
    process_copy(t, &p, 0x1000);
    smmu_resume(t, assert_stalled_write(t, DST_VA), RESUME_RAZ_WI);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, SVA_ST_SUCCESS);
    sva_assert_filled(t, p.dst, BUF_PAGES * 0x1000, 2);
    sva_test_end(t);
}

/* As Linux leaves the descriptor behind when the mm has exited. */
static void quiesce(SvaTest *t, Process *p)
{
    /* V, EPD0, EPD1, IPS, AA64, A, ASET, ASID; R=S=0, T0SZ=TG0=TTB0=0 */
    uint64_t qw0 = CD_EPD0 | 1u << 30 | 1ull << 31 | 4ull << 32 |
                   1ull << 41 | CD_A | 1ull << 47 | (uint64_t)PASID << 48;

    sva_put64(t, smmu_cd_addr(t, PASID), qw0);
    smmu_command(t, 0x05 | PASID << 12 | (uint64_t)SVA_TEST_RID << 32, 1);
    smmu_sync(t);
    smmu_flush(t, PASID);
    process_flush_atc(t, p);
}

static void test_when_the_mm_is_gone_there_is_silence(void)
{
    static const uint8_t status[] = {
        [SVA_MODE_UNTRANSLATED] = SVA_ST_ACCESS_ABORTED,
        [SVA_MODE_ATS] = SVA_ST_PAGE_FAULT,
    };
    unsigned mode;

    for (mode = SVA_MODE_UNTRANSLATED; mode <= SVA_MODE_ATS; mode++) {
        Process p;
        SvaTest *t = start(&p, mode);
        uint64_t data = 0;

        quiesce(t, &p);
        process_copy(t, &p, 0x1000);
        /* Not even the descriptor can be fetched. */
        sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_STATE)) ==
                          SVA_CTX_HALTED);
        g_assert_cmphex(acc_read32(t, SVA_CTX(0, SVA_CTX_ERR_STATUS)) & 0xff,
                        ==, status[mode]);
        g_assert_cmphex(acc_probe(t, &p.ctx, SVA_PROBE_READ, SRC_VA, &data) &
                        0xff, ==, SVA_PROBE_ABORTED);
        g_assert_true(smmu_event_empty(t));
        g_assert_cmpuint(sva_qom(t, "smmu", "count-faults-silent"), >, 0);
        g_assert_cmphex(sva_qom(t, "smmu", "count-stalls"), ==, 0);
        sva_test_end(t);
    }
}

static void test_after_unbind_dma_is_reported(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);
    SmmuEvent e;

    smmu_cd_put(t, PASID, 0, 0);
    smmu_flush(t, PASID);
    process_flush_atc(t, &p);
    process_copy(t, &p, 0x1000);
    sva_wait_until(t, !smmu_event_empty(t));
    e = smmu_event_pop(t);
    /* C_BAD_CD, SSV, SubstreamID, StreamID; nothing else */
    g_assert_cmphex(e.w[0], ==, 0x0a | 1 << 11 | (uint64_t)PASID << 12 |
                                (uint64_t)SVA_TEST_RID << 32);
    g_assert_cmphex(e.w[1], ==, 0);
    g_assert_cmphex(e.w[2], ==, 0);
    g_assert_cmphex(e.w[3], ==, 0);
    sva_test_end(t);
}

/* IHI 0070 G.b 7.5, "PRI queue": record; then CMD_PRI_RESP. */
static void test_a_page_request_is_queued_and_answered(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_ATS_PRI);
    uint64_t qw0, qw1;

    unmap_destination(t, &p);
    process_copy(t, &p, BUF_PAGES * 0x1000);
    sva_wait_until(t, !smmu_pri_empty(t));
    smmu_pri_pop(t, &qw0, &qw1);
    /* SSV, Last, W, R as the device asks */
    g_assert_cmphex(qw0 & ~(1ull << 60), ==,
                    SVA_TEST_RID | (uint64_t)PASID << 32 | 1ull << 61 |
                    1ull << 62 | 1ull << 63);
    g_assert_cmphex(qw1 & ~0xfffull, ==, DST_VA);
    sva_put64(t, p.dst_pte, p.dst | PAGE_USER_RW);
    process_respond(t, &p, qw1, 0);
    assert_copied(t, &p);
    g_assert_true(smmu_event_empty(t));
    sva_test_end(t);
}

static void test_a_sync_waits_for_the_atc(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_ATS);

    acc_set32(t, SVA_REG_INJECT, SVA_GINJECT_KEEP_INVAL);
    smmu_command(t, 0x40 | 1 << 11 | PASID << 12 |
                    (uint64_t)SVA_TEST_RID << 32, 52);
    g_assert_false(smmu_sync_done(t));
    acc_write32(t, SVA_REG_INJECT, 0);
    sva_wait_until(t, smmu_read32(t, SMMU_CMDQ_CONS) == t->cmdq_prod);
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==, 0);
    sva_test_end(t);
}

/* To memory, to a register of the unit itself, to nobody. */
static void test_messages_reach_what_is_there(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_ATS);
    uint64_t ram = sva_alloc(t, 0x1000);

    smmu_command(t, 0x1046 | 0x1234ull << 32, ram);
    g_assert_cmphex(sva_get64(t, ram), ==, 0x1234);
    smmu_command(t, 0x1046 | 0x20ull << 32, SMMU_BASE + SMMU_GERRORN);
    sva_wait_until(t, smmu_read32(t, SMMU_GERRORN) == 0x20);
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==, 0);
    smmu_command(t, 0x1046, NOBODY);
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==, 0x10);
    sva_test_end(t);
}

static void test_disabling_aborts_what_is_stalled(void)
{
    Process p;
    SvaTest *t = start(&p, SVA_MODE_UNTRANSLATED);

    unmap_destination(t, &p);
    process_copy(t, &p, 0x1000);
    assert_stalled_write(t, DST_VA);
    smmu_set32(t, SMMU_GBPA, smmu_read32(t, SMMU_GBPA));
    smmu_cr0(t, SMMU_CMDQEN | SMMU_EVENTQEN);
    /* The record is written past the SMMU, to where nothing is mapped. */
    sva_wait_until(t, acc_read32(t, SVA_CTX(0, SVA_CTX_RUNNING)) == 0);
    g_assert_cmphex(sva_qom(t, "smmu", "count-stall-aborts"), ==, 1);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/sva/smmuv3/bound",
                   test_bound_processes_share_their_memory);
    qtest_add_func("/sva/smmuv3/stall-retry",
                   test_a_stalled_write_goes_on_when_its_page_is_there);
    qtest_add_func("/sva/smmuv3/stall-again",
                   test_a_retry_without_a_page_stalls_again);
    qtest_add_func("/sva/smmuv3/stall-abort", test_a_stalled_write_is_aborted);
    qtest_add_func("/sva/smmuv3/stall-raz-wi",
                   test_a_stalled_write_ends_without_effect);
    qtest_add_func("/sva/smmuv3/mm-gone",
                   test_when_the_mm_is_gone_there_is_silence);
    qtest_add_func("/sva/smmuv3/unbound", test_after_unbind_dma_is_reported);
    qtest_add_func("/sva/smmuv3/page-request",
                   test_a_page_request_is_queued_and_answered);
    qtest_add_func("/sva/smmuv3/sync", test_a_sync_waits_for_the_atc);
    qtest_add_func("/sva/smmuv3/messages", test_messages_reach_what_is_there);
    qtest_add_func("/sva/smmuv3/disable",
                   test_disabling_aborts_what_is_stalled);
    return g_test_run();
}
