/*
 * VT-d unit: the adversary, and what it does by itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "xlate.h"

/* As a request would, but what goes wrong is not reported. */
static void speculate(void *opaque, const SvaRequest *req)
{
    SvaVtd *vtd = opaque;
    SvaVtdTransCfg cfg;
    SvaMapping map;

    if (sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK) &&
        (req->pasid.valid || !sva_vtd_in_interrupt_range(req->addr)) &&
        sva_fault_is_none(sva_vtd_lookup(vtd, req, &cfg)) &&
        cfg.entry->kind != SVA_TLB_PASS) {
        (void)sva_vtd_map(vtd, &cfg, req, req->access, &map);
    }
}

static void before_request(SvaVtd *vtd, const SvaRequest *req)
{
    SvaAdversary *core = &vtd->adversary->core;

    sva_adversary_speculate(core);
    sva_adversary_asked(core, req);
}

static void translate(SvaIommu *iommu, const SvaRequest *req,
                      SvaTranslation *out)
{
    before_request(sva_vtd_of(iommu), req);
    sva_vtd_translate(iommu, req, out);
}

static void ats_request(SvaIommu *iommu, const SvaRequest *req,
                        SvaAtsCompletion *out)
{
    before_request(sva_vtd_of(iommu), req);
    sva_vtd_ats_request(iommu, req, out);
}

static void tick(void *opaque)
{
    SvaVtd *vtd = opaque;

    if (sva_adversary_tick(&vtd->adversary->core)) {
        sva_adversary_speculate(&vtd->adversary->core);
        if (sva_vtd_takes(vtd, SVA_LIBERTY_DROP)) {
            sva_vtd_drop_all(vtd);
        }
    } else {
        sva_vtd_late_flush(vtd);
    }
}

static void hold_ended(void *opaque)
{
    sva_vtd_wait_check(opaque);
    sva_vtd_queue_run(opaque);          /* one may have been a fence */
}

void sva_vtd_adversary_init(SvaVtd *vtd)
{
    const SvaEnvOps *ops = vtd->iommu.env->ops;
    SvaVtdAdversary *adv = g_new0(SvaVtdAdversary, 1);

    vtd->adversary = adv;
    adv->ops = *vtd->iommu.ops;
    adv->ops.translate = translate;
    adv->ops.ats_request = ats_request;
    adv->ops.peek = NULL;
    vtd->iommu.ops = &adv->ops;
    sva_adversary_init(&adv->core, vtd->iommu.env, vtd->config.adversary,
                       vtd->config.adversary_only);
    adv->core.speculate = speculate;
    adv->core.opaque = vtd;
    adv->core.timer = ops->timer_new(vtd->iommu.env, tick, vtd);
    adv->hold_timer = ops->timer_new(vtd->iommu.env, hold_ended, vtd);
    adv->contexts = sva_early_new();
    adv->pasids = sva_early_new();
}

void sva_vtd_adversary_reset(SvaVtd *vtd)
{
    SvaVtdAdversary *adv = vtd->adversary;

    sva_adversary_reset(&adv->core);
    vtd->iommu.env->ops->timer_cancel(adv->hold_timer);
    adv->hold_until = 0;
    adv->late_count = 0;
}

void sva_vtd_adversary_free(SvaVtd *vtd)
{
    SvaVtdAdversary *adv = vtd->adversary;

    sva_adversary_finalize(&adv->core);
    vtd->iommu.env->ops->timer_free(adv->core.timer);
    vtd->iommu.env->ops->timer_free(adv->hold_timer);
    sva_config_cache_free(adv->contexts);
    sva_config_cache_free(adv->pasids);
    g_free(adv);
}
