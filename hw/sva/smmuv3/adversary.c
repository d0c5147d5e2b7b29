/*
 * SMMUv3: the adversary, and what it does by itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "xlate.h"

/* As a transaction would, but what goes wrong is not recorded (G.b 7.3). */
static void speculate(void *opaque, const SvaRequest *req)
{
    SvaSmmu *smmu = opaque;
    SvaSmmuQuery query = {
        .req = req, .addr = req->addr, .want = req->access,
    };
    SvaSmmuTransCfg cfg;
    SvaSmmuFault fault;
    SvaMapping map;

    if (!sva_smmu_enabled(smmu)) {
        return;                 /* nothing can be reached */
    }
    fault = sva_smmu_lookup(smmu, req, &cfg);
    if (!sva_smmu_is_fault(&fault)) {
        (void)sva_smmu_map(smmu, &cfg, &query, &map);
    }
}

static void before_request(SvaSmmu *smmu, const SvaRequest *req)
{
    SvaAdversary *core = &smmu->adversary->core;

    sva_adversary_speculate(core);
    sva_adversary_asked(core, req);
}

static void translate(SvaIommu *iommu, const SvaRequest *req,
                      SvaTranslation *out)
{
    before_request(sva_smmu_of(iommu), req);
    sva_smmu_translate(iommu, req, out);
}

static void ats_request(SvaIommu *iommu, const SvaRequest *req,
                        SvaAtsCompletion *out)
{
    before_request(sva_smmu_of(iommu), req);
    sva_smmu_ats_request(iommu, req, out);
}

static void tick(void *opaque)
{
    SvaSmmu *smmu = opaque;

    if (sva_adversary_tick(&smmu->adversary->core)) {
        sva_adversary_speculate(&smmu->adversary->core);
        if (sva_smmu_takes(smmu, SVA_LIBERTY_DROP)) {
            sva_smmu_drop_all(smmu);
        }
    } else {
        sva_smmu_late_flush(smmu);
    }
}

static void hold_ended(void *opaque)
{
    sva_smmu_cmdq_run(opaque);
}

void sva_smmu_adversary_init(SvaSmmu *smmu)
{
    const SvaEnvOps *ops = smmu->iommu.env->ops;
    SvaSmmuAdversary *adv = g_new0(SvaSmmuAdversary, 1);

    smmu->adversary = adv;
    adv->ops = *smmu->iommu.ops;
    adv->ops.translate = translate;
    adv->ops.ats_request = ats_request;
    adv->ops.peek = NULL;
    smmu->iommu.ops = &adv->ops;
    sva_adversary_init(&adv->core, smmu->iommu.env, smmu->config.adversary,
                       smmu->config.adversary_only);
    adv->core.speculate = speculate;
    adv->core.opaque = smmu;
    adv->core.timer = ops->timer_new(smmu->iommu.env, tick, smmu);
    adv->hold_timer = ops->timer_new(smmu->iommu.env, hold_ended, smmu);
    adv->kept = sva_early_new();
}

void sva_smmu_adversary_reset(SvaSmmu *smmu)
{
    SvaSmmuAdversary *adv = smmu->adversary;

    sva_adversary_reset(&adv->core);
    smmu->iommu.env->ops->timer_cancel(adv->hold_timer);
    adv->holding = false;
    adv->late_count = 0;
}

void sva_smmu_adversary_free(SvaSmmu *smmu)
{
    SvaSmmuAdversary *adv = smmu->adversary;

    sva_adversary_finalize(&adv->core);
    smmu->iommu.env->ops->timer_free(adv->core.timer);
    smmu->iommu.env->ops->timer_free(adv->hold_timer);
    sva_config_cache_free(adv->kept);
    g_free(adv);
}
