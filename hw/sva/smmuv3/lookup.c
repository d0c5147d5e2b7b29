/*
 * SMMUv3: from a request to the structures that serve it
 *
 * IHI 0070 G.b, "Configuration lookup", "Substreams".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "xlate.h"

static SvaSmmuFault bad_substream(const SvaRequest *req)
{
    return (SvaSmmuFault) {
        .event = SVA_SMMU_C_BAD_SUBSTREAMID,
        .ssid = req->pasid.id,
    };
}

/* Index of the CD that serves @req; @bypass: stage 1 is bypassed. */
static SvaSmmuFault choose_cd(const SvaSmmuSte *ste, const SvaRequest *req,
                              uint32_t *index, bool *bypass)
{
    *index = req->pasid.id;
    *bypass = false;
    if (!ste->stage1 || !ste->cd_bits) {
        *bypass = !ste->stage1;
        return req->pasid.valid ? bad_substream(req) : SVA_SMMU_NO_FAULT;
    }
    if (req->pasid.valid) {
        if (req->pasid.id >> ste->cd_bits) {
            return bad_substream(req);
        }
        return req->pasid.id || ste->s1dss != SVA_SMMU_S1DSS_SSID0
               ? SVA_SMMU_NO_FAULT
               : sva_smmu_fault(SVA_SMMU_F_STREAM_DISABLED);
    }
    switch (ste->s1dss) {
    case SVA_SMMU_S1DSS_BYPASS:
        *bypass = true;
        return SVA_SMMU_NO_FAULT;
    case SVA_SMMU_S1DSS_SSID0:
        return SVA_SMMU_NO_FAULT;
    default:
        return sva_smmu_fault(SVA_SMMU_F_STREAM_DISABLED);
    }
}

SvaSmmuFault sva_smmu_lookup_cd(SvaSmmu *smmu, const SvaRequest *req,
                                SvaSmmuTransCfg *cfg)
{
    uint32_t index;
    bool bypass;
    SvaSmmuFault fault = choose_cd(cfg->ste, req, &index, &bypass);

    cfg->cd = NULL;
    if (sva_smmu_is_fault(&fault) || bypass) {
        return fault;
    }
    return sva_smmu_cd_get(smmu, cfg->ste, req->rid, index, &cfg->cd);
}

static uint64_t changes(const SvaSmmu *smmu)
{
    return sva_config_cache_changes(smmu->stes) +
           sva_config_cache_changes(smmu->cds);
}

/* With an adversary, structures are read early: it is asked each time. */
bool sva_smmu_lookup_last(SvaSmmu *smmu, const SvaRequest *req,
                          SvaSmmuTransCfg *out)
{
    const SvaSmmuLast *last = &smmu->last;

    if (last->requester != sva_utlb_key(req).requester ||
        last->changes != changes(smmu) || G_UNLIKELY(smmu->adversary)) {
        return false;
    }
    sva_smmu_count(smmu, SVA_SMMU_CNT_STE_HITS);
    smmu->counters[SVA_SMMU_CNT_CD_HITS] += !!last->cd;
    *out = (SvaSmmuTransCfg) { .ste = last->ste, .cd = last->cd };
    return true;
}

void sva_smmu_lookup_done(SvaSmmu *smmu, const SvaRequest *req,
                          const SvaSmmuTransCfg *cfg)
{
    smmu->last = (SvaSmmuLast) {
        .requester = sva_utlb_key(req).requester,
        .changes = changes(smmu), .ste = cfg->ste, .cd = cfg->cd,
    };
}

SvaSmmuFault sva_smmu_lookup(SvaSmmu *smmu, const SvaRequest *req,
                             SvaSmmuTransCfg *out)
{
    SvaSmmuFault fault = SVA_SMMU_NO_FAULT;

    if (sva_smmu_lookup_last(smmu, req, out)) {
        return fault;
    }
    out->cd = NULL;
    fault = sva_smmu_ste_get(smmu, req->rid, &out->ste);
    if (sva_smmu_is_fault(&fault)) {
        return fault;
    }
    if (out->ste->abort) {
        return (SvaSmmuFault) { .abort = true };
    }
    fault = sva_smmu_lookup_cd(smmu, req, out);
    if (!sva_smmu_is_fault(&fault)) {
        sva_smmu_lookup_done(smmu, req, out);
    }
    return fault;
}

/* -- uTLB -- */

bool sva_smmu_utlb_lookup(SvaSmmu *smmu, const SvaRequest *req,
                          SvaMapping *out)
{
    SvaUtlbEntry entry;

    if (!sva_utlb_lookup(&smmu->utlb, req, &entry)) {
        return false;
    }
    /* Count the lookups that this hit replaces. */
    sva_smmu_count(smmu, SVA_SMMU_CNT_STE_HITS);
    smmu->counters[SVA_SMMU_CNT_CD_HITS] += entry.flag;
    sva_smmu_count(smmu, SVA_SMMU_CNT_IOTLB_HITS);
    /* By members: the compiler would copy through memory what it just made. */
    *out = (SvaMapping) {
        .addr = entry.map.addr,
        .mask = entry.map.mask,
        .access = entry.map.access,
        .snoop = entry.map.snoop,
        .cached = true,
    };
    return true;
}

void sva_smmu_utlb_insert(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                          const SvaRequest *req, const SvaTlbEntry *hit,
                          const SvaMapping *map)
{
    const SvaSmmuSte *ste = cfg->ste;
    SvaUtlbEntry entry = {
        .map = *map,
        .tag = hit->tag.asid,
        .flag = cfg->cd,
    };

    /* With overrides a read may be a fetch: one entry cannot serve both. */
    if (ste->instcfg < SVA_SMMU_CFG_CLEAR &&
        ste->privcfg < SVA_SMMU_CFG_CLEAR) {
        sva_utlb_insert(&smmu->utlb, req, &entry);
    }
}
