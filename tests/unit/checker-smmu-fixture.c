/*
 * CheckSmmu: an SMMUv3 with the checker at its events, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu-fixture.h"
#include "../../hw/sva/smmuv3/regs.h"

static void hear(void *opaque, const SvaEvent *event)
{
    CheckSmmu *t = opaque;

    sva_checker_event(t->c, event);
}

void check_smmu_init(CheckSmmu *t, SmmuFixture *f)
{
    static const SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT,
        .history = 256,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
        .paranoid = true,
    };

    t->traffic = NULL;
    t->f = f;
    f->complete = true;
    t->c = sva_checker_new(&f->env->env, &options);
    t->sink = (SvaEventSink) { .fn = hear, .opaque = t };
    sva_event_bus_add(&f->env->bus, &t->sink);
    sva_smmu_regs_announce(&f->smmu);
}

void check_smmu_traffic(CheckSmmu *t)
{
    t->traffic = traffic_new(&t->f->smmu.iommu, t->c);
}

void check_smmu_finalize(CheckSmmu *t)
{
    traffic_free(t->traffic);
    sva_event_bus_remove(&t->f->env->bus, &t->sink);
    sva_checker_free(t->c);
    smmu_fixture_free(t->f);
}

void check_smmu_sync(CheckSmmu *t)
{
    unsigned i;

    traffic_go(t->traffic);
    if (!smmu_sync(t->f)) {
        for (i = 0; i < 100 && !smmu_idle(t->f); i++) {
            traffic_go(t->traffic);
            fake_env_advance(t->f->env, 100000);
        }
        g_assert_true(smmu_idle(t->f));
    }
    traffic_go(t->traffic);
}

void check_smmu_command(CheckSmmu *t, uint64_t qw0, uint64_t qw1)
{
    traffic_go(t->traffic);
    smmu_put(t->f, qw0, qw1);
    check_smmu_sync(t);
}

void check_smmu_past_limit(CheckSmmu *t)
{
    unsigned i;

    for (i = 0; i < 20; i++) {
        fake_env_advance(t->f->env, SVA_CHECK_LIMIT_DEFAULT / 2);
    }
}

char *check_smmu_broken(const CheckSmmu *t)
{
    GString *ids = g_string_new(NULL);
    const SvaCheckReport *r;
    unsigned i;

    for (i = 0; (r = sva_checker_report(t->c, i)); i++) {
        g_test_message("%s: %s Owed: %s", r->facts.rule->id, r->text,
                       r->owed ? r->owed : "-");
        g_assert_cmpint(r->facts.culprit, ==, SVA_CULPRIT_KERNEL);
        if (!strstr(ids->str, r->facts.rule->id)) {
            g_string_append_printf(ids, "%s%s", ids->len ? " " : "",
                                   r->facts.rule->id);
        }
    }
    return g_string_free(ids, FALSE);
}
