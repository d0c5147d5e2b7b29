/*
 * SMMUv3: CMD_SYNC and the ATS invalidations that it waits for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-fixture.h"

#define CMDQ_ERR 0x1
#define MS       1000000ll

static SmmuBench *hasty(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.inval_timeout = 10;
    return smmu_bench_start(&c);
}

static void test_nothing_to_wait_for(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    smmu_bench_sync_to(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_WAITS), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_WAITS_DELAYED), ==, 0);
    smmu_bench_free(b);
}

/* RD stays at the CMD_SYNC, and nothing behind it runs. */
static void test_waits_for_all_before_it(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    smmu_bench_invalidate(b);
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 1);
    g_assert_cmpuint(b->inv_count, ==, 2);
    g_assert_cmphex(smmu_read32(b, 0x9c), ==, 2);
    smmu_bench_complete(b, 1);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    g_assert_cmphex(smmu_read32(b, 0x9c), ==, 2);
    smmu_bench_complete(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_cmpuint(b->inv_count, ==, 3);
    g_assert_cmphex(smmu_bench_word(b, 1), ==, 0);
    smmu_bench_complete(b, 2);
    g_assert_cmphex(smmu_bench_word(b, 1), ==, 2);
    g_assert_true(smmu_bench_idle(b));
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_WAITS_DELAYED), ==, 2);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_WAITS), ==, 2);
    smmu_bench_free(b);
}

/* Who keeps copies without ATS is asked with each CMD_SYNC, which waits. */
static void test_waits_for_copies(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    b->smmu.iommu.copies = 1;
    smmu_bench_sync_to(b, 0);
    g_assert_cmpuint(b->forget_count, ==, 1);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    b->smmu.iommu.ops->inval_done(&b->smmu.iommu, 0xffff, b->forget_ticket);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_true(smmu_bench_idle(b));
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_ATC_COMPLETIONS), ==, 0);
    b->smmu.iommu.copies = 0;
    smmu_bench_sync_to(b, 1);
    g_assert_cmpuint(b->forget_count, ==, 1);
    g_assert_cmphex(smmu_bench_word(b, 1), ==, 2);
    smmu_bench_free(b);
}

static void test_answers_from_within_the_command(void)
{
    SmmuBench *b = smmu_bench_start(NULL);
    unsigned i;

    b->complete = true;
    for (i = 0; i < 20; i++) {
        smmu_bench_invalidate(b);
    }
    smmu_bench_sync_to(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_cmpuint(b->inv_count, ==, 20);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_WAITS_DELAYED), ==, 0);
    smmu_bench_free(b);
}

/* Consumption is visible when the signal is. */
static void see_signal(FakeEnv *f G_GNUC_UNUSED, FakeAccess kind, uint64_t pa,
                       void *opaque)
{
    SmmuBench *b = opaque;

    if (kind == FAKE_WRITE && pa == SMMU_SYNC) {
        g_assert_true(smmu_bench_idle(b));
        b->messages++;
    }
}

static void test_consumed_before_the_signal(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    fake_env_set_hook(b->f, see_signal, b);
    smmu_bench_sync_to(b, 0);
    g_assert_cmpuint(b->messages, ==, 1);
    smmu_bench_free(b);
}

/* Linux: the signal goes to the command's own place in the queue. */
static void test_signal_into_the_queue(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    smmu_bench_submit(b, 0xffc01046, SMMU_CMDQ);
    g_assert_cmphex(fake_get32(b->f, SMMU_CMDQ), ==, 0);
    g_assert_true(smmu_bench_idle(b));
    smmu_bench_free(b);
}

/* MSIAddress is cut to what the unit can address (IHI 0070 G.b 3.4.3). */
static void test_signal_beyond_the_output_size(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuBench *b;

    c.oas = 40;
    b = smmu_bench_start(&c);
    b->no_messages = true;
    smmu_bench_submit(b, 0x1046 | 0x77ull << 32, 1ull << 44 | SMMU_SYNC);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0x77);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    /* What is left of it may be 0, and is an address none the less. */
    smmu_bench_submit(b, 0x1046 | 0x78ull << 32, 1ull << 44);
    g_assert_cmphex(fake_get32(b->f, 0), ==, 0x78);
    smmu_bench_submit(b, 0x1046 | 0x79ull << 32, 0);
    g_assert_cmphex(fake_get32(b->f, 0), ==, 0x78);
    smmu_bench_free(b);
}

static void test_signal_that_nobody_takes(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    fake_env_hole(b->f, SMMU_SYNC, 0x1000);
    b->no_messages = true;
    smmu_bench_sync_to(b, 0);
    /* MSI_CMDQ_ABT_ERR */
    g_assert_cmphex(smmu_bench_active(b), ==, 0x10);
    g_assert_true(smmu_bench_idle(b));
    smmu_bench_sync_to(b, 1);
    /* it is not told twice */
    g_assert_cmphex(smmu_bench_active(b), ==, 0x10);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_GERRORS), ==, 1);
    /* nothing has stopped */
    smmu_bench_invalidate(b);
    g_assert_cmpuint(b->inv_count, ==, 1);
    smmu_bench_free(b);
}

static void test_without_messages(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuBench *b;

    c.msi = false;
    b = smmu_bench_start(&c);
    smmu_bench_sync_to(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    g_assert_cmpuint(b->irqs[SVA_SMMU_IRQ_CMD_SYNC], ==, 1);
    smmu_bench_free(b);
}

/* Nobody is there: it completes without error. */
static void test_absent_function(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    b->absent = true;
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_ATC_UNDELIVERED), ==, 1);
    smmu_bench_free(b);
}

static void test_stream_that_cannot_be(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    smmu_bench_submit(b, 0x40 | 1ull << 48, 0x1000);
    g_assert_cmpuint(b->inv_count, ==, 0);
    g_assert_true(smmu_bench_sync(b));
    smmu_bench_free(b);
}

static void test_unexpected_answers(void)
{
    SmmuBench *b = smmu_bench_start(NULL);
    const SvaIommuOps *ops = b->smmu.iommu.ops;

    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    ops->inval_done(&b->smmu.iommu, SMMU_RID + 1, b->invs[0].ticket);
    ops->inval_done(&b->smmu.iommu, SMMU_RID, b->invs[0].ticket + 1);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    smmu_bench_complete(b, 0);
    smmu_bench_complete(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_ATC_UNEXPECTED), ==, 3);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    smmu_bench_free(b);
}

/* -- time-outs -- */

static void test_time_out(void)
{
    SmmuBench *b = hasty();

    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    fake_env_advance(b->f, 10 * MS - 1);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    fake_env_advance(b->f, 1);
    g_assert_cmphex(smmu_bench_active(b), ==, CMDQ_ERR);
    g_assert_cmphex(smmu_bench_cerror(b), ==, 3);
    g_assert_cmphex(smmu_read32(b, 0x9c) & 0xfffff, ==, 1);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    /* After acknowledgement it is run again, and has nothing to wait for. */
    smmu_bench_gerror(b);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    g_assert_true(smmu_bench_idle(b));
    smmu_bench_complete(b, 0);          /* too late */
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_ATC_UNEXPECTED), ==, 1);
    g_assert_cmpuint(smmu_count(b, SVA_SMMU_CNT_ATC_TIMEOUTS), ==, 1);
    smmu_bench_free(b);
}

/* Without a CMD_SYNC that waits the next one tells, once. */
static void test_time_out_before_the_sync(void)
{
    SmmuBench *b = hasty();

    smmu_bench_invalidate(b);
    fake_env_advance(b->f, 20 * MS);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    smmu_bench_sync_to(b, 0);
    g_assert_cmphex(smmu_bench_active(b), ==, CMDQ_ERR);
    g_assert_cmphex(smmu_bench_cerror(b), ==, 3);
    smmu_bench_gerror(b);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    smmu_bench_sync_to(b, 1);
    g_assert_cmphex(smmu_bench_word(b, 1), ==, 2);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    smmu_bench_free(b);
}

/* The one that is run again waits for those that may still be answered. */
static void test_time_out_of_some(void)
{
    SmmuBench *b = hasty();

    smmu_bench_invalidate(b);
    fake_env_advance(b->f, 6 * MS);
    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    fake_env_advance(b->f, 4 * MS);
    g_assert_cmphex(smmu_bench_cerror(b), ==, 3);
    smmu_bench_gerror(b);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    smmu_bench_complete(b, 1);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    smmu_bench_free(b);
}

/* -- limits, stops -- */

static void test_tickets_run_out(void)
{
    SmmuBench *b = smmu_bench_start(NULL);
    unsigned i;

    for (i = 0; i < SVA_SMMU_TICKETS; i++) {
        smmu_bench_invalidate(b);
    }
    g_assert_true(smmu_bench_idle(b));
    smmu_bench_invalidate(b);
    smmu_bench_invalidate(b);
    g_assert_cmpuint(b->inv_count, ==, SVA_SMMU_TICKETS);
    g_assert_false(smmu_bench_idle(b));
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    smmu_bench_complete(b, 7);
    g_assert_cmpuint(b->inv_count, ==, SVA_SMMU_TICKETS + 1);
    smmu_bench_complete(b, 8);
    g_assert_true(smmu_bench_idle(b));
    smmu_bench_free(b);
}

static void test_tickets_come_back_by_time_out(void)
{
    SmmuBench *b = hasty();
    unsigned i;

    for (i = 0; i <= SVA_SMMU_TICKETS; i++) {
        smmu_bench_invalidate(b);
    }
    g_assert_false(smmu_bench_idle(b));
    fake_env_advance(b->f, 10 * MS);
    g_assert_true(smmu_bench_idle(b));
    g_assert_cmpuint(b->inv_count, ==, SVA_SMMU_TICKETS + 1);
    smmu_bench_free(b);
}

/* A CMD_SYNC that waits is not consumed: it is there when the queue is on. */
static void test_queue_is_disabled(void)
{
    SmmuBench *b = smmu_bench_start(NULL);

    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    smmu_write32(b, 0x20, 0x15);
    g_assert_cmphex(smmu_read32(b, 0x24), ==, 0x15);
    smmu_bench_complete(b, 0);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    g_assert_cmphex(smmu_read32(b, 0x9c), ==, 1);
    smmu_write32(b, 0x20, 0x1d);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 1);
    smmu_bench_free(b);
}

static void test_reset_forgets(void)
{
    SmmuBench *b = hasty();

    smmu_bench_invalidate(b);
    smmu_bench_sync_to(b, 0);
    sva_smmu_reset(&b->smmu);
    smmu_bench_complete(b, 0);
    fake_env_advance(b->f, 20 * MS);
    g_assert_cmphex(smmu_bench_word(b, 0), ==, 0);
    g_assert_cmphex(smmu_read32(b, 0x60), ==, 0);
    smmu_bench_enable(b);
    smmu_bench_sync_to(b, 1);
    g_assert_cmphex(smmu_bench_word(b, 1), ==, 2);
    g_assert_cmphex(smmu_bench_active(b), ==, 0);
    smmu_bench_free(b);
}

static void test_announcements(void)
{
    SmmuBench *b = smmu_bench_start(NULL);
    const SvaEvent *e;

    smmu_bench_invalidate(b);
    e = fake_env_event(b->f, SVA_EV_ATC_INV, 0);
    g_assert_cmphex(e->rid, ==, SMMU_RID);
    g_assert_cmphex(e->addr, ==, 0x1000);
    g_assert_cmphex(e->data0, ==, 0xfff);
    g_assert_cmphex(e->data1, ==, b->invs[0].ticket);
    smmu_bench_sync_to(b, 0);
    g_assert_cmpuint(fake_env_event_count(b->f, SVA_EV_WAIT_DONE), ==, 0);
    smmu_bench_complete(b, 0);
    g_assert_cmphex(fake_env_event(b->f, SVA_EV_ATC_INV_DONE, 0)->data1, ==,
                    b->invs[0].ticket);
    g_assert_cmphex(fake_env_event(b->f, SVA_EV_WAIT_DONE, 0)->addr, ==,
                    SMMU_SYNC);
    smmu_bench_free(b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/sync/" #fn, test_##fn)
    CASE(nothing_to_wait_for);
    CASE(waits_for_all_before_it);
    CASE(waits_for_copies);
    CASE(answers_from_within_the_command);
    CASE(consumed_before_the_signal);
    CASE(signal_into_the_queue);
    CASE(signal_beyond_the_output_size);
    CASE(signal_that_nobody_takes);
    CASE(without_messages);
    CASE(absent_function);
    CASE(stream_that_cannot_be);
    CASE(unexpected_answers);
    CASE(time_out);
    CASE(time_out_before_the_sync);
    CASE(time_out_of_some);
    CASE(tickets_run_out);
    CASE(tickets_come_back_by_time_out);
    CASE(queue_is_disabled);
    CASE(reset_forgets);
    CASE(announcements);
    return g_test_run();
}
