/*
 * SMMUv3: CMD_SYNC and the ATS invalidations that it waits for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-fixture.h"

#define CMDQ_ERR 0x1
#define MS       1000000ll

static SmmuFixture *hasty(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.inval_timeout = 10;
    return smmu_fixture_start(&c);
}

static void test_nothing_to_wait_for(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_sync_to(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WAITS), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WAITS_DELAYED), ==, 0);
    smmu_fixture_free(f);
}

/* RD stays at the CMD_SYNC, and nothing behind it runs. */
static void test_waits_for_all_before_it(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_invalidate(f);
    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    smmu_invalidate(f);
    smmu_sync_to(f, 1);
    g_assert_cmpuint(f->inv_count, ==, 2);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 2);
    smmu_complete(f, 1);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 2);
    smmu_complete(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(f->inv_count, ==, 3);
    g_assert_cmphex(smmu_word(f, 1), ==, 0);
    smmu_complete(f, 2);
    g_assert_cmphex(smmu_word(f, 1), ==, 2);
    g_assert_true(smmu_idle(f));
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WAITS_DELAYED), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WAITS), ==, 2);
    smmu_fixture_free(f);
}

/* Who keeps copies without ATS is asked with each CMD_SYNC, which waits. */
static void test_waits_for_copies(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    f->smmu.iommu.fabric.copies = 1;
    smmu_sync_to(f, 0);
    g_assert_cmpuint(f->forget_count, ==, 1);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    f->smmu.iommu.ops->inval_done(&f->smmu.iommu, 0xffff, f->forget_itag);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_true(smmu_idle(f));
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATC_COMPLETIONS), ==, 0);
    f->smmu.iommu.fabric.copies = 0;
    smmu_sync_to(f, 1);
    g_assert_cmpuint(f->forget_count, ==, 1);
    g_assert_cmphex(smmu_word(f, 1), ==, 2);
    smmu_fixture_free(f);
}

static void test_answers_from_within_the_command(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 20; i++) {
        smmu_invalidate(f);
    }
    smmu_sync_to(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(f->inv_count, ==, 20);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_WAITS_DELAYED), ==, 0);
    smmu_fixture_free(f);
}

/* Consumption is visible when the signal is. */
static void see_signal(FakeEnv *env G_GNUC_UNUSED, FakeAccess kind, uint64_t pa,
                       void *opaque)
{
    SmmuFixture *f = opaque;

    if (kind == FAKE_WRITE && pa == SMMU_SYNC) {
        g_assert_true(smmu_idle(f));
        f->messages++;
    }
}

static void test_consumed_before_the_signal(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fake_env_set_hook(f->env, see_signal, f);
    smmu_sync_to(f, 0);
    g_assert_cmpuint(f->messages, ==, 1);
    smmu_fixture_free(f);
}

/* Linux: the signal goes to the command's own place in the queue. */
static void test_signal_into_the_queue(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_submit(f, 0xffc01046, SMMU_CMDQ);
    g_assert_cmphex(fake_get32(f->env, SMMU_CMDQ), ==, 0);
    g_assert_true(smmu_idle(f));
    smmu_fixture_free(f);
}

/* MSIAddress is cut to what the unit can address (IHI 0070 G.b 3.4.3). */
static void test_signal_beyond_the_output_size(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.oas = 40;
    f = smmu_fixture_start(&c);
    f->no_messages = true;
    smmu_submit(f, 0x1046 | 0x77ull << 32, 1ull << 44 | SMMU_SYNC);
    g_assert_cmphex(smmu_word(f, 0), ==, 0x77);
    g_assert_cmphex(smmu_active(f), ==, 0);
    /* What is left of it may be 0, and is an address none the less. */
    smmu_submit(f, 0x1046 | 0x78ull << 32, 1ull << 44);
    g_assert_cmphex(fake_get32(f->env, 0), ==, 0x78);
    smmu_submit(f, 0x1046 | 0x79ull << 32, 0);
    g_assert_cmphex(fake_get32(f->env, 0), ==, 0x78);
    smmu_fixture_free(f);
}

static void test_signal_that_nobody_takes(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fake_env_hole(f->env, SMMU_SYNC, 0x1000);
    f->no_messages = true;
    smmu_sync_to(f, 0);
    /* MSI_CMDQ_ABT_ERR */
    g_assert_cmphex(smmu_active(f), ==, 0x10);
    g_assert_true(smmu_idle(f));
    smmu_sync_to(f, 1);
    /* it is not told twice */
    g_assert_cmphex(smmu_active(f), ==, 0x10);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_GERRORS), ==, 1);
    /* nothing has stopped */
    smmu_invalidate(f);
    g_assert_cmpuint(f->inv_count, ==, 1);
    smmu_fixture_free(f);
}

static void test_without_messages(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.msi = false;
    f = smmu_fixture_start(&c);
    smmu_sync_to(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_CMD_SYNC], ==, 1);
    smmu_fixture_free(f);
}

/* Nobody is there: it completes without error. */
static void test_absent_function(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    f->absent = true;
    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATC_UNDELIVERED), ==, 1);
    smmu_fixture_free(f);
}

static void test_stream_that_cannot_be(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_submit(f, 0x40 | 1ull << 48, 0x1000);
    g_assert_cmpuint(f->inv_count, ==, 0);
    g_assert_true(smmu_sync(f));
    smmu_fixture_free(f);
}

static void test_unexpected_answers(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    const SvaIommuOps *ops = f->smmu.iommu.ops;

    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    ops->inval_done(&f->smmu.iommu, SMMU_RID + 1, f->invs[0].itag);
    ops->inval_done(&f->smmu.iommu, SMMU_RID, f->invs[0].itag + 1);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    smmu_complete(f, 0);
    smmu_complete(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATC_UNEXPECTED), ==, 3);
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_fixture_free(f);
}

/* -- time-outs -- */

static void test_time_out(void)
{
    SmmuFixture *f = hasty();

    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    fake_env_advance(f->env, 10 * MS - 1);
    g_assert_cmphex(smmu_active(f), ==, 0);
    fake_env_advance(f->env, 1);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    g_assert_cmphex(smmu_cerror(f), ==, 3);
    g_assert_cmphex(smmu_read32(f, 0x9c) & 0xfffff, ==, 1);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    /* After acknowledgement it is run again, and has nothing to wait for. */
    smmu_gerror(f);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    g_assert_true(smmu_idle(f));
    smmu_complete(f, 0);          /* too late */
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATC_UNEXPECTED), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_ATC_TIMEOUTS), ==, 1);
    smmu_fixture_free(f);
}

/* Without a CMD_SYNC that waits the next one tells, once. */
static void test_time_out_before_the_sync(void)
{
    SmmuFixture *f = hasty();

    smmu_invalidate(f);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_sync_to(f, 0);
    g_assert_cmphex(smmu_active(f), ==, CMDQ_ERR);
    g_assert_cmphex(smmu_cerror(f), ==, 3);
    smmu_gerror(f);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    smmu_sync_to(f, 1);
    g_assert_cmphex(smmu_word(f, 1), ==, 2);
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_fixture_free(f);
}

/* The one that is run again waits for those that may still be answered. */
static void test_time_out_of_some(void)
{
    SmmuFixture *f = hasty();

    smmu_invalidate(f);
    fake_env_advance(f->env, 6 * MS);
    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    fake_env_advance(f->env, 4 * MS);
    g_assert_cmphex(smmu_cerror(f), ==, 3);
    smmu_gerror(f);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_complete(f, 1);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    smmu_fixture_free(f);
}

/* -- limits, stops -- */

static void test_itags_run_out(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    for (i = 0; i < SVA_ATC_INVAL_MAX; i++) {
        smmu_invalidate(f);
    }
    g_assert_true(smmu_idle(f));
    smmu_invalidate(f);
    smmu_invalidate(f);
    g_assert_cmpuint(f->inv_count, ==, SVA_ATC_INVAL_MAX);
    g_assert_false(smmu_idle(f));
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_complete(f, 7);
    g_assert_cmpuint(f->inv_count, ==, SVA_ATC_INVAL_MAX + 1);
    smmu_complete(f, 8);
    g_assert_true(smmu_idle(f));
    smmu_fixture_free(f);
}

static void test_itags_come_back_by_time_out(void)
{
    SmmuFixture *f = hasty();
    unsigned i;

    for (i = 0; i <= SVA_ATC_INVAL_MAX; i++) {
        smmu_invalidate(f);
    }
    g_assert_false(smmu_idle(f));
    fake_env_advance(f->env, 10 * MS);
    g_assert_true(smmu_idle(f));
    g_assert_cmpuint(f->inv_count, ==, SVA_ATC_INVAL_MAX + 1);
    smmu_fixture_free(f);
}

/* A CMD_SYNC that waits is not consumed: it is there when the queue is on. */
static void test_queue_is_disabled(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    smmu_write32(f, 0x20, 0x15);
    g_assert_cmphex(smmu_read32(f, 0x24), ==, 0x15);
    smmu_complete(f, 0);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 1);
    smmu_write32(f, 0x20, 0x1d);
    g_assert_cmphex(smmu_word(f, 0), ==, 1);
    smmu_fixture_free(f);
}

static void test_reset_forgets(void)
{
    SmmuFixture *f = hasty();

    smmu_invalidate(f);
    smmu_sync_to(f, 0);
    sva_smmu_reset(&f->smmu);
    smmu_complete(f, 0);
    fake_env_advance(f->env, 20 * MS);
    g_assert_cmphex(smmu_word(f, 0), ==, 0);
    g_assert_cmphex(smmu_read32(f, 0x60), ==, 0);
    smmu_enable(f);
    smmu_sync_to(f, 1);
    g_assert_cmphex(smmu_word(f, 1), ==, 2);
    g_assert_cmphex(smmu_active(f), ==, 0);
    smmu_fixture_free(f);
}

static void test_announcements(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    const SvaEvent *e;

    smmu_invalidate(f);
    e = fake_env_event(f->env, SVA_EV_ATC_INV, 0);
    g_assert_cmphex(e->rid, ==, SMMU_RID);
    g_assert_cmphex(e->addr, ==, 0x1000);
    g_assert_cmphex(e->atc_inv.mask, ==, 0xfff);
    g_assert_cmphex(e->atc_inv.itag, ==, f->invs[0].itag);
    smmu_sync_to(f, 0);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_WAIT_DONE), ==, 0);
    smmu_complete(f, 0);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_ATC_INV_DONE, 0)
                    ->atc_inv.itag, ==, f->invs[0].itag);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_WAIT_DONE, 0)->addr, ==,
                    SMMU_SYNC);
    smmu_fixture_free(f);
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
    CASE(itags_run_out);
    CASE(itags_come_back_by_time_out);
    CASE(queue_is_disabled);
    CASE(reset_forgets);
    CASE(announcements);
    return g_test_run();
}
