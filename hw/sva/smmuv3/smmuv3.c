/*
 * SMMUv3 unit: creation, reset, and the calls that the PCI side makes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "cmd.h"
#include "regs.h"
#include "stall.h"
#include "tlb.h"
#include "xlate.h"

static uint64_t mmio_read(SvaIommu *iommu, uint64_t off, unsigned size)
{
    return sva_smmu_mmio_read(sva_smmu_of(iommu), off, size);
}

static void mmio_write(SvaIommu *iommu, uint64_t off, uint64_t val,
                       unsigned size)
{
    sva_smmu_mmio_write(sva_smmu_of(iommu), off, val, size);
}

static const SvaIommuOps iommu_ops = {
    .translate = sva_smmu_translate,
    .ats_request = sva_smmu_ats_request,
    .check_translated = sva_smmu_check_translated,
    .peek = sva_smmu_peek,
    .page_request = sva_smmu_page_request,
    .inval_done = sva_smmu_inval_done,
    .mmio_read = mmio_read,
    .mmio_write = mmio_write,
    .cached = sva_smmu_cached,
};

/* An adversary's caches never evict; the uTLB is none of the architecture's. */
static void make_caches(SvaSmmu *smmu, const SvaSmmuConfig *config)
{
    bool all = config->adversary;
    uint32_t configs = all ? 1u << 20 : config->config_entries;
    uint32_t walks = all ? 1u << 20 : config->walk_entries;

    smmu->stes = sva_config_cache_new(configs, sizeof(SvaSmmuSte));
    smmu->cds = sva_config_cache_new(configs, sizeof(SvaSmmuCd));
    smmu->iotlb = sva_iotlb_new(all ? 1u << 20 : config->iotlb_entries);
    smmu->walks = walks ? sva_iotlb_new(walks) : NULL;
    sva_utlb_init(&smmu->utlb, config->iotlb_entries);
}

bool sva_smmu_init(SvaSmmu *smmu, SvaEnv *env, const SvaSmmuConfig *config)
{
    if (sva_smmu_config_error(config)) {
        return false;
    }
    memset(smmu, 0, sizeof(*smmu));
    smmu->iommu.ops = &iommu_ops;
    smmu->iommu.env = env;
    smmu->config = *config;
    make_caches(smmu, config);
    smmu->agent = (SvaAgent) {
        .env = env,
        .fabric = &smmu->iommu.fabric,
        .counters = &smmu->counters[SVA_SMMU_CNT_ATS_REQUESTS],
    };
    sva_atc_inval_init(&smmu->atc, &smmu->agent, &sva_smmu_cmdq_atc_ops, smmu,
                       config->inval_timeout);
    smmu->cmdq_timer = env->ops->timer_new(env, sva_smmu_cmdq_timer, smmu);
    smmu->stalls = sva_smmu_stalls_new(smmu);
    if (config->adversary) {
        sva_smmu_adversary_init(smmu);
    }
    sva_smmu_reset(smmu);
    return true;
}

void sva_smmu_set_host(SvaSmmu *smmu, const SvaSmmuHostOps *ops, void *host)
{
    smmu->host_ops = ops;
    smmu->host = host;
}

/* Unverified (U9): a reset ends stalls with an abort. */
void sva_smmu_reset(SvaSmmu *smmu)
{
    sva_smmu_stall_abort_all(smmu);
    sva_atc_inval_reset(&smmu->atc);
    smmu->iommu.env->ops->timer_cancel(smmu->cmdq_timer);
    smmu->sync_waits = false;
    smmu->inval_expired = false;
    if (G_UNLIKELY(smmu->adversary)) {
        sva_smmu_adversary_reset(smmu);
    }
    sva_smmu_drop_all(smmu);
    sva_smmu_regs_reset(smmu);
    sva_emit(smmu->iommu.env, .kind = SVA_EV_RESET);
    sva_smmu_regs_announce(smmu);
}

void sva_smmu_finalize(SvaSmmu *smmu)
{
    if (smmu->adversary) {
        sva_smmu_adversary_free(smmu);
    }
    sva_smmu_stalls_free(smmu);
    smmu->iommu.env->ops->timer_free(smmu->cmdq_timer);
    sva_atc_inval_finalize(&smmu->atc);
    sva_utlb_free(&smmu->utlb);
    sva_iotlb_free(smmu->walks);
    sva_iotlb_free(smmu->iotlb);
    sva_config_cache_free(smmu->cds);
    sva_config_cache_free(smmu->stes);
}
