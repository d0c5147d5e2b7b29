/*
 * SMMUv3: event queue: what is recorded, lost, silent; interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/fault.h"
#include "smmu-fixture.h"

#define EVENTQ_ERR 0x4
#define ENTRIES    (1u << SMMU_EVENTQ_LOG2)

static const SvaSmmuTransaction txn = {
    .req = { .addr = 0x5000, .rid = SMMU_RID, .access = SVA_READ },
};

static void record(SmmuFixture *f, uint8_t event)
{
    SvaSmmuFault fault = { .event = event };

    sva_smmu_event_record(&f->smmu, &fault, &txn);
}

static void fill(SmmuFixture *f)
{
    unsigned i;

    for (i = 0; i < ENTRIES; i++) {
        record(f, 0x04);
    }
}

/* An STE that is not valid. */
static void test_end_to_end(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    uint64_t w[4];

    g_assert_cmpuint(smmu_translate(f, sva_pasid(5), 0x7000,
                                    SVA_WRITE).outcome, ==, SVA_ABORT);
    g_assert_cmphex(smmu_event(f, w), ==, 0x04);
    g_assert_cmphex(w[0], ==, 0x0000011000005804);
    g_assert_cmphex(w[1] | w[2] | w[3], ==, 0);
    g_assert_cmphex(smmu_event(f, w), ==, 0);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT, 0)->fault.reason, ==,
                    0x04);
    g_assert_cmphex(fake_env_event(f->env, SVA_EV_FAULT, 0)->fault.record[0],
                    ==, 0x0000011000005804);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_RECORDED), ==, 1);
    smmu_fixture_free(f);
}

/* Recorded only if software has asked for it. */
static void test_bad_stream(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0xc);
    smmu_write32(f, 0x88, 4);           /* 16 STEs */
    smmu_write32(f, 0x20, 0xd);
    smmu_translate(f, SVA_NO_PASID, 0, SVA_READ);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x02);
    smmu_write32(f, 0x20, 0xc);
    smmu_write32(f, 0x2c, 0);
    smmu_write32(f, 0x20, 0xd);
    g_assert_cmpuint(smmu_translate(f, SVA_NO_PASID, 0, SVA_READ)
                     .outcome, ==, SVA_ABORT);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_SILENT), ==, 1);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_FAULT_SILENT), ==, 1);
    smmu_fixture_free(f);
}

static void test_silent_faults(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    SvaSmmuFault fault = { .abort = true };

    sva_smmu_event_record(&f->smmu, &fault, &txn);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_SILENT), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_RECORDED), ==, 0);
    smmu_fixture_free(f);
}

/* The interrupt comes when the queue was empty. */
static void test_interrupt(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    record(f, 0x04);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 1);
    record(f, 0x04);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 1);
    smmu_event(f, NULL);
    record(f, 0x04);                    /* there is one left */
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 1);
    smmu_event(f, NULL);
    smmu_event(f, NULL);
    record(f, 0x04);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 2);
    smmu_event(f, NULL);
    smmu_write32(f, 0x50, 0x3);
    record(f, 0x04);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 2);
    smmu_fixture_free(f);
}

/* To memory, to an interrupt controller, to nobody. */
static void test_message(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write64(f, 0xb0, 0x70000);
    smmu_write32(f, 0xb8, 0x1234);
    smmu_enable(f);
    record(f, 0x04);
    g_assert_cmphex(fake_get32(f->env, 0x70000), ==, 0x1234);
    g_assert_cmpuint(f->messages, ==, 0);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 1);
    fake_env_hole(f->env, 0x70000, 0x1000);
    smmu_event(f, NULL);
    record(f, 0x04);
    g_assert_cmphex(f->message_addr, ==, 0x70000);
    g_assert_cmphex(f->message_data, ==, 0x1234);
    g_assert_cmphex(smmu_active(f), ==, 0);
    f->no_messages = true;
    smmu_event(f, NULL);
    record(f, 0x04);
    /* MSI_EVENTQ_ABT_ERR */
    g_assert_cmphex(smmu_active(f), ==, 0x20);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x04);
    smmu_fixture_free(f);
}

/* The message of a global error that fails ends it. */
static void test_message_of_global_error(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);

    smmu_write64(f, 0x68, 0x70000);
    smmu_write32(f, 0x70, 0x99);
    smmu_enable(f);
    smmu_submit(f, 0xff, 0);
    g_assert_cmphex(fake_get32(f->env, 0x70000), ==, 0x99);
    fake_env_hole(f->env, 0x70000, 0x1000);
    f->no_messages = true;
    g_assert_cmphex(smmu_gerror(f), ==, 0x1);     /* runs it again */
    /* MSI_GERROR_ABT_ERR */
    g_assert_cmphex(smmu_active(f), ==, 0x81);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_GERRORS), ==, 3);
    smmu_fixture_free(f);
}

static void test_all_entries_are_used(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fill(f);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, ENTRIES);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST), ==, 0);
    smmu_fixture_free(f);
}

/* Overflow is told once until acknowledged, and holds nothing up. */
static void test_overflow(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fill(f);
    record(f, 0x0a);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0x80000000 | ENTRIES);
    record(f, 0x0a);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0x80000000 | ENTRIES);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_EVENTQ_OVERFLOWS), ==, 1);
    /* One taken, the overflow not acknowledged. */
    smmu_write32(f, 0x100ac, 1);
    record(f, 0x0a);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0x80000000 | (ENTRIES + 1));
    g_assert_cmphex(fake_get64(f->env, SMMU_EVENTQ) & 0xff, ==, 0x0a);
    /* Acknowledged: the next one toggles back. */
    smmu_write32(f, 0x100ac, 0x80000001);
    record(f, 0x0a);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, ENTRIES + 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_EVENTQ_OVERFLOWS), ==, 2);
    smmu_fixture_free(f);
}

static void test_disabled_queue_does_not_overflow(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fill(f);
    smmu_write32(f, 0x20, 0x9);
    record(f, 0x04);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, ENTRIES);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST), ==, 1);
    smmu_fixture_free(f);
}

/* Unless SMMUEN does, the queue works. */
static void test_without_translation(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x20, 0xc);
    g_assert_cmpuint(smmu_ats(f, SVA_NO_PASID, 0x1000, SVA_READ)
                     .status, ==, SVA_ATS_UR);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x05);
    smmu_fixture_free(f);
}

static void test_queue_that_is_not_memory(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    fake_env_read_only(f->env, SMMU_EVENTQ, 0x1000);
    record(f, 0x04);
    g_assert_cmphex(smmu_active(f), ==, EVENTQ_ERR);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0);
    g_assert_cmpuint(f->irqs[SVA_SMMU_IRQ_EVENTQ], ==, 0);
    fake_env_heal(f->env);
    record(f, 0x04);                    /* the error stops it */
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 0);
    g_assert_cmphex(smmu_gerror(f), ==, EVENTQ_ERR);
    record(f, 0x04);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 1);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST), ==, 2);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_EVENTQ_OVERFLOWS), ==, 0);
    smmu_fixture_free(f);
}

/* Pointers that software has set up wrongly: nothing is overwritten. */
static void test_inconsistent_pointers(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);

    smmu_write32(f, 0x100ac, 5);
    record(f, 0x04);
    g_assert_cmphex(smmu_read32(f, 0x100a8) & 0xfffff, ==, 0);
    g_assert_cmphex(fake_get64(f->env, SMMU_EVENTQ), ==, 0);
    smmu_fixture_free(f);
}

/* Round and round: nothing around the queue is touched. */
static void test_record_is_inside(void)
{
    SmmuFixture *f = smmu_fixture_start(NULL);
    unsigned i;

    for (i = 0; i < 1000; i++) {
        record(f, 0x04);
        g_assert_cmphex(smmu_event(f, NULL), ==, 0x04);
    }
    g_assert_cmphex(fake_get64(f->env, SMMU_EVENTQ - 8), ==, 0);
    g_assert_cmphex(fake_get64(f->env, SMMU_EVENTQ + ENTRIES * 32), ==, 0);
    g_assert_cmphex(smmu_read32(f, 0x100a8), ==, 1000 % (2 * ENTRIES));
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/event/" #fn, test_##fn)
    CASE(end_to_end);
    CASE(bad_stream);
    CASE(silent_faults);
    CASE(interrupt);
    CASE(message);
    CASE(message_of_global_error);
    CASE(all_entries_are_used);
    CASE(overflow);
    CASE(disabled_queue_does_not_overflow);
    CASE(without_translation);
    CASE(queue_that_is_not_memory);
    CASE(inconsistent_pointers);
    CASE(record_is_inside);
    return g_test_run();
}
