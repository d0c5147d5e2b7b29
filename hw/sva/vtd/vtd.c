/*
 * VT-d unit: creation, reset, and the calls that the PCI side makes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "inv.h"
#include "tlb.h"
#include "xlate.h"

static uint64_t mmio_read(SvaIommu *iommu, uint64_t off, unsigned size)
{
    return sva_vtd_mmio_read(sva_vtd_of(iommu), off, size);
}

static void mmio_write(SvaIommu *iommu, uint64_t off, uint64_t val,
                       unsigned size)
{
    sva_vtd_mmio_write(sva_vtd_of(iommu), off, val, size);
}

static const SvaIommuOps iommu_ops = {
    .translate = sva_vtd_translate,
    .ats_request = sva_vtd_ats_request,
    .check_translated = sva_vtd_check_translated,
    .peek = sva_vtd_peek,
    .page_request = sva_vtd_page_request,
    .inval_done = sva_vtd_inval_done,
    .mmio_read = mmio_read,
    .mmio_write = mmio_write,
    .cached = sva_vtd_cached,
};

/* An adversary's caches never evict; the uTLB is none of the architecture's. */
static void make_caches(SvaVtd *vtd, const SvaVtdConfig *config)
{
    bool all = config->adversary;
    uint32_t configs = all ? 1u << 20 : config->config_entries;
    uint32_t entries = all ? 1u << 20 : config->iotlb_entries;
    uint32_t walks = all ? 1u << 20 : config->walk_entries;

    vtd->contexts = sva_config_cache_new(configs, sizeof(SvaVtdContext));
    /* No more PASIDs are in use at a time than the IOTLB has entries. */
    vtd->pasids = sva_config_cache_new(entries, sizeof(SvaVtdPasidEntry));
    vtd->irtes = sva_config_cache_new(configs, sizeof(SvaVtdIrte));
    vtd->iotlb = sva_iotlb_new(entries);
    vtd->walks = walks ? sva_iotlb_new(walks) : NULL;
    sva_utlb_init(&vtd->utlb, config->iotlb_entries);
}

bool sva_vtd_init(SvaVtd *vtd, SvaEnv *env, const SvaVtdConfig *config)
{
    if (sva_vtd_config_error(config)) {
        return false;
    }
    memset(vtd, 0, sizeof(*vtd));
    vtd->iommu.ops = &iommu_ops;
    vtd->iommu.env = env;
    vtd->config = *config;
    vtd->cap = sva_vtd_cap(config);
    vtd->ecap = sva_vtd_ecap(config);
    make_caches(vtd, config);
    vtd->agent = (SvaAgent) {
        .env = env,
        .fabric = &vtd->iommu.fabric,
        .counters = &vtd->counters[SVA_VTD_CNT_ATS_REQUESTS],
    };
    sva_atc_inval_init(&vtd->atc, &vtd->agent, &sva_vtd_queue_atc_ops, vtd,
                       config->inval_timeout);
    vtd->slice_timer = env->ops->timer_new(env, sva_vtd_queue_slice, vtd);
    if (config->adversary) {
        sva_vtd_adversary_init(vtd);
    }
    sva_vtd_regs_init(vtd);
    sva_vtd_reset(vtd);
    return true;
}

void sva_vtd_set_host(SvaVtd *vtd, const SvaVtdHostOps *ops, void *host)
{
    vtd->host_ops = ops;
    vtd->host = host;
}

void sva_vtd_reset(SvaVtd *vtd)
{
    const SvaVtdHostOps *ops = vtd->host_ops;

    if (G_UNLIKELY(vtd->adversary)) {
        sva_vtd_adversary_reset(vtd);
    }
    sva_vtd_queue_reset(vtd);
    sva_vtd_drop_all(vtd);
    sva_vtd_drop_irtes(vtd, true, 0, 0);
    sva_vtd_regs_reset(vtd);
    vtd->root = 0;
    vtd->fault_next = 0;
    memset(&vtd->intremap, 0, sizeof(vtd->intremap));
    if (ops && ops->intremap_changed) {
        ops->intremap_changed(vtd->host, &vtd->intremap);
    }
    sva_emit(vtd->iommu.env, .kind = SVA_EV_RESET);
    sva_vtd_regs_announce(vtd);
}

void sva_vtd_finalize(SvaVtd *vtd)
{
    if (vtd->adversary) {
        sva_vtd_adversary_free(vtd);
    }
    vtd->iommu.env->ops->timer_free(vtd->slice_timer);
    sva_atc_inval_finalize(&vtd->atc);
    sva_utlb_free(&vtd->utlb);
    sva_iotlb_free(vtd->walks);
    sva_iotlb_free(vtd->iotlb);
    sva_config_cache_free(vtd->irtes);
    sva_config_cache_free(vtd->pasids);
    sva_config_cache_free(vtd->contexts);
}
