/*
 * Checker: rules about the life of a bond, each broken and nearly broken
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-rules.h"
#include "hw/sva/observe/checker/rules-life.h"

static RulesFixture *start(SvaRegsArch arch)
{
    RulesFixture *f = rules_new(arch, &sva_check_topic_life);

    rules_bind(f, P5, 0x300000);
    return f;
}

static void job_of(RulesFixture *f, SvaEventKind kind, uint32_t context)
{
    rules_emit(f, .kind = kind, .rid = RULES_RID, .pasid = P5,
               .job = { .id = 0x77, .context = context });
}

static void job(RulesFixture *f, SvaEventKind kind)
{
    job_of(f, kind, 2);
}

/* A request that reads the entry and ends with this. */
static void fault(RulesFixture *f, SvaEventKind kind)
{
    rules_read(f, P5);
    rules_emit(f, .kind = kind, .rid = RULES_RID, .pasid = P5, .addr = 0x1000,
               .fault.reason = 0x59);
}

/* The entry is zero, the device goes on. */
static void test_noise_of_what_works_on(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    fake_env_advance(f->env, LIMIT);
    job(f, SVA_EV_JOB_START);
    rules_unbind(f, P5);
    fake_env_advance(f->env, LIMIT / 5);
    fault(f, SVA_EV_FAULT);             /* it is being torn down */
    rules_reports(f, "");
    fake_env_advance(f->env, LIMIT);
    fault(f, SVA_EV_FAULT);
    rules_reports(f, "bond-fault-noise");
    rules_free(f);
}

/* The guest can have done little. */
static void test_noise_on_a_busy_host(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    f->slow = 10;
    job(f, SVA_EV_JOB_START);
    rules_unbind(f, P5);
    fake_env_advance(f->env, 2 * LIMIT);
    fault(f, SVA_EV_FAULT);
    rules_reports(f, "");
    fake_env_advance(f->env, LIMIT);
    fault(f, SVA_EV_FAULT);
    rules_reports(f, "bond-fault-noise");
    rules_free(f);
}

static void test_late_dma_is_reported(void)
{
    static const SvaEventKind ends[] = {
        SVA_EV_JOB_DONE, SVA_EV_CTX_STATE, SVA_EV_RESET,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        RulesFixture *f = start(SVA_REGS_VTD);

        job(f, SVA_EV_JOB_START);
        if (ends[i] == SVA_EV_CTX_STATE) {
            rules_emit(f, .kind = ends[i], .rid = RULES_RID,
                       .context = { .index = 2, .state = 0 });
        } else {
            job(f, ends[i]);
        }
        rules_unbind(f, P5);
        fake_env_advance(f->env, LIMIT);
        /* Begun when nobody was bound. */
        job_of(f, SVA_EV_JOB_START, 3);
        fault(f, SVA_EV_FAULT);
        rules_reports(f, "");
        rules_free(f);
    }
}

static void test_quiesced(void)
{
    RulesFixture *f = start(SVA_REGS_SMMUV3);

    job(f, SVA_EV_JOB_START);
    rules_write(f, P5, CD_QUIET, 0);
    fake_env_advance(f->env, LIMIT);
    fault(f, SVA_EV_FAULT_SILENT);
    rules_reports(f, "");
    /* R is left on. */
    rules_write(f, P5, CD_QUIET | 1ull << 45, 0);
    fault(f, SVA_EV_FAULT);
    rules_reports(f, "bond-fault-noise");
    rules_free(f);
}

static void test_quiesced_but_stalls(void)
{
    RulesFixture *f = start(SVA_REGS_SMMUV3);

    rules_write(f, P5, CD_QUIET | 1ull << 44, 0);
    fault(f, SVA_EV_STALL);
    rules_reports(f, "bond-fault-noise");
    rules_free(f);
}

/* What the IOMMU still has in its cache says something else. */
static void test_faults_by_the_old_entry(void)
{
    RulesFixture *f = start(SVA_REGS_SMMUV3);

    rules_write(f, P5, CD_QUIET | 1ull << 45, 0);
    rules_emit(f, .kind = SVA_EV_FAULT, .rid = RULES_RID, .pasid = P5,
               .addr = 0x1000, .fault.reason = 0x10);
    rules_reports(f, "");
    rules_free(f);
}

static void test_late_dma_is_silent(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    rules_write(f, P5, VTD_FPD, 0);
    fault(f, SVA_EV_FAULT_SILENT);      /* the mm is gone */
    rules_reports(f, "");
    rules_unbind(f, P5);
    fault(f, SVA_EV_FAULT_SILENT);
    rules_reports(f, "bond-late-silent");
    g_assert_cmpint(rules_last(f)->facts.culprit, ==, SVA_CULPRIT_MODEL);
    rules_free(f);
}

/* FPD in the directory: it is the kernel that wants silence. */
static void test_silence_of_all_pasids(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    fake_put64(f->env, 0x500000, RULES_TABLE | 3);
    rules_unbind(f, P5);
    rules_emit(f, .kind = SVA_EV_ENTRY, .rid = RULES_RID, .pasid = P5,
               .entry = {
                   .pa = 0x500000, .type = SVA_ENTRY_VTD_PASID_DIR,
                   .count = 1, .words = { RULES_TABLE | 3 },
               });
    fault(f, SVA_EV_FAULT_SILENT);
    rules_reports(f, "bond-late-silent");
    g_assert_cmpint(rules_last(f)->facts.culprit, ==, SVA_CULPRIT_KERNEL);
    rules_free(f);
}

static void test_reuse(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    job(f, SVA_EV_JOB_START);
    job(f, SVA_EV_JOB_DONE);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x400000);
    job(f, SVA_EV_JOB_START);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x400000);        /* the same tables: a reset */
    rules_reports(f, "");
    job(f, SVA_EV_JOB_DONE);
    rules_unbind(f, P5);
    job(f, SVA_EV_JOB_START);           /* nobody is bound */
    rules_bind(f, P5, 0x500000);
    rules_reports(f, "");
    job_of(f, SVA_EV_JOB_START, 3);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "bond-access-reuse");
    rules_free(f);
}

/* Another process got the page that the first table was in. */
static void test_reuse_of_the_place(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    fake_put64(f->env, 0x300000, 0x3f067);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x300000);
    job(f, SVA_EV_JOB_START);
    rules_unbind(f, P5);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "");
    rules_unbind(f, P5);
    fake_put64(f->env, 0x300000, 0x57067);
    rules_bind(f, P5, 0x300000);
    rules_reports(f, "bond-access-reuse");
    rules_free(f);
}

static void test_forged_jobs(void)
{
    RulesFixture *f = start(SVA_REGS_VTD);

    for (unsigned i = 0; i < 200000; i++) {
        rules_emit(f, .kind = SVA_EV_JOB_START, .rid = i >> 4,
                   .pasid = sva_pasid(i), .job.context = i);
        rules_emit(f, .kind = SVA_EV_ENTRY, .rid = i, .pasid = sva_pasid(i),
                   .entry = {
                       .type = SVA_ENTRY_VTD_PASID, .count = UINT8_MAX,
                   });
    }
    rules_reports(f, "");
    rules_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/checker/life/" #fn, test_##fn)
    CASE(noise_of_what_works_on);
    CASE(noise_on_a_busy_host);
    CASE(late_dma_is_reported);
    CASE(quiesced);
    CASE(quiesced_but_stalls);
    CASE(faults_by_the_old_entry);
    CASE(late_dma_is_silent);
    CASE(silence_of_all_pasids);
    CASE(reuse);
    CASE(reuse_of_the_place);
    CASE(forged_jobs);
    return g_test_run();
}
