/*
 * SMMUv3: TLB, and what invalidations drop of all caches
 *
 * IHI 0070 G.b, "Configuration caches", "Translation caches", "TLB tagging";
 * CMD_CFGI_*, CMD_TLBI_*.  An SMMU may drop more than a command names, never
 * less.  This one drops exactly that, so that software that invalidates too
 * little is found out.
 *
 * StreamIDs and SubstreamIDs are no part of a tag: streams with equal tags
 * share entries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "tlb.h"
#include "xlate.h"

/* SvaTlbTag.domain is the VMID; the kind decides which commands drop it. */
typedef enum Kind {
    KIND_STAGE1 = SVA_FILL_SMMU_STAGE1,
    KIND_STAGE2 = SVA_FILL_SMMU_STAGE2,
    KIND_COMBINED = SVA_FILL_SMMU_COMBINED,
    KIND_HYP = SVA_FILL_SMMU_HYP,
} Kind;

QEMU_BUILD_BUG_ON((int)KIND_HYP >= (int)SVA_TLB_KINDS);

/* SvaTlbTag.asid: the ASID, or one of these if there is none. */
#define TAG_GLOBAL    SVA_FILL_SMMU_GLOBAL
#define TAG_ASET      SVA_FILL_SMMU_ASET
#define TAG_EL2       SVA_FILL_SMMU_EL2

static uint32_t global_tag(const SvaSmmuTransCfg *cfg)
{
    return TAG_GLOBAL | (cfg->cd->aset ? TAG_ASET : 0);
}

static SvaTlbTag tag_of(const SvaSmmuTransCfg *cfg, bool priv)
{
    const SvaSmmuSte *ste = cfg->ste;
    SvaTlbTag tag = { .domain = ste->vmid, .priv = priv };

    if (!cfg->cd) {
        tag.kind = KIND_STAGE2;
        return tag;
    }
    tag.asid = cfg->cd->asid;
    tag.kind = ste->stage2 ? KIND_COMBINED : KIND_STAGE1;
    if (ste->world != SVA_SMMU_WORLD_EL1) {
        tag.kind = KIND_HYP;
    }
    if (ste->world == SVA_SMMU_WORLD_EL2) {
        tag.asid = TAG_GLOBAL | TAG_EL2;
    }
    return tag;
}

static bool has_asid(const SvaSmmuTransCfg *cfg)
{
    return cfg->cd && cfg->ste->world != SVA_SMMU_WORLD_EL2;
}

const SvaTlbEntry *sva_smmu_tlb_lookup(const SvaSmmu *smmu,
                                       const SvaSmmuTransCfg *cfg,
                                       uint64_t addr, bool priv)
{
    SvaTlbTag tag = tag_of(cfg, priv);
    const SvaTlbEntry *hit = sva_iotlb_lookup(smmu->iotlb, &tag, addr);

    if (!hit && G_UNLIKELY(smmu->has_globals) && has_asid(cfg)) {
        tag.asid = global_tag(cfg);
        hit = sva_iotlb_lookup(smmu->iotlb, &tag, addr);
    }
    return hit;
}

void sva_smmu_tlb_insert(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                         const SvaRequest *req, uint64_t addr, bool priv,
                         const SvaVmsaResult *res)
{
    SvaTlbEntry entry = { .tag = tag_of(cfg, priv), .iova = addr };

    sva_mapping_copy(&entry.map, &res->map);
    if (has_asid(cfg) && res->global) {
        entry.tag.asid = global_tag(cfg);
        smmu->has_globals = true;
    }
    if (sva_iotlb_insert(smmu->iotlb, &entry)) {
        sva_tlb_filled(smmu->iommu.env, req, &entry);
    }
}

static SvaWalkView walk_view(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                             uint64_t upper)
{
    return (SvaWalkView) {
        .cache = smmu->walks,
        .tag = tag_of(cfg, false),
        .upper = upper,
        .hits = &smmu->counters[SVA_SMMU_CNT_WALK_HITS],
    };
}

/* Table descriptors have no nG: they belong to the ASID (DDI 0487, TLBI). */
const SvaWalkView *sva_smmu_walk_views(SvaSmmu *smmu,
                                       const SvaSmmuTransCfg *cfg,
                                       uint64_t upper, SvaWalkView views[2])
{
    SvaSmmuTransCfg second = { .ste = cfg->ste };

    if (!smmu->walks) {
        return NULL;
    }
    views[0] = walk_view(smmu, cfg, upper);
    if (cfg->cd && cfg->ste->stage2) {
        views[1] = walk_view(smmu, &second, 0);
    }
    return views;
}

/* Stage 1, with an ASID. */
bool sva_smmu_tlb_asid(const SvaTlbEntry *entry, uint32_t *asid)
{
    *asid = entry->tag.asid;
    return entry->tag.kind != KIND_STAGE2 && !(*asid & TAG_GLOBAL);
}

/* -- invalidation of configuration -- */

static bool in_range(uint64_t sid, void *opaque)
{
    const SvaSmmuConfigScope *scope = opaque;

    return sid >= scope->sid && sid <= scope->sid_last;
}

static bool match_ste(uint64_t key, const void *value G_GNUC_UNUSED,
                      void *opaque)
{
    return in_range(key, opaque);
}

static bool match_cd(uint64_t key, const void *value G_GNUC_UNUSED,
                     void *opaque)
{
    return in_range(sva_smmu_cd_key_sid(key), opaque);
}

static unsigned drop_cds_of(SvaSmmu *smmu, SvaSmmuConfigScope *scope)
{
    return sva_config_cache_drop_group(smmu->cds, scope->sid, match_cd,
                                       scope).looked;
}

unsigned sva_smmu_drop_config(SvaSmmu *smmu, const SvaSmmuConfigScope *scope)
{
    SvaSmmuConfigScope copy = *scope;
    unsigned looked;

    if (G_UNLIKELY(smmu->adversary)) {
        sva_smmu_kept_drop(smmu, scope);
    }
    if (scope->one_cd) {
        sva_utlb_invalidate_tag(&smmu->utlb, scope->ssid);
    } else {
        sva_utlb_invalidate_all(&smmu->utlb);
    }
    if (scope->all) {
        sva_config_cache_reset(smmu->stes);
        sva_config_cache_reset(smmu->cds);
        return 0;
    }
    if (scope->one_cd) {
        sva_config_cache_drop_key(smmu->cds,
                                  sva_smmu_cd_key(scope->sid, scope->ssid));
        return 0;
    }
    if (scope->sid == scope->sid_last) {
        if (!scope->cd_only) {
            sva_config_cache_drop_key(smmu->stes, scope->sid);
        }
        return drop_cds_of(smmu, &copy);
    }
    looked = sva_config_cache_drop(smmu->cds, match_cd, &copy).looked;
    return looked +
           sva_config_cache_drop(smmu->stes, match_ste, &copy).looked;
}

/* -- invalidation of translations -- */

static unsigned kinds_of(const SvaSmmuTlbScope *scope)
{
    unsigned kinds = 0;

    if (scope->hyp) {
        return SVA_TLB_KIND_BIT(KIND_HYP);
    }
    if (scope->stage1) {
        kinds |= SVA_TLB_KIND_BIT(KIND_STAGE1) |
                 SVA_TLB_KIND_BIT(KIND_COMBINED);
    }
    if (scope->stage2) {
        kinds |= SVA_TLB_KIND_BIT(KIND_STAGE2);
    }
    return kinds;
}

static unsigned invalidate(SvaSmmu *smmu, const SvaTlbScope *tlb)
{
    SvaDropped done;

    if (tlb->by_asid) {
        sva_utlb_invalidate_tag(&smmu->utlb, tlb->asid);
    } else {
        sva_utlb_invalidate_all(&smmu->utlb);
    }
    done = sva_iotlb_invalidate(smmu->iotlb, tlb);
    smmu->counters[SVA_SMMU_CNT_IOTLB_DROPPED] += done.count;
    return done.looked;
}

static unsigned drop_walks(SvaSmmu *smmu, const SvaSmmuTlbScope *scope,
                           SvaTlbScope tlb)
{
    SvaDropped done;

    if (!smmu->walks || scope->leaf) {
        return 0;
    }
    tlb.orders = scope->tables;
    done = sva_iotlb_invalidate(smmu->walks, &tlb);
    smmu->counters[SVA_SMMU_CNT_WALK_DROPPED] += done.count;
    return done.looked;
}

unsigned sva_smmu_drop_tlb(SvaSmmu *smmu, const SvaSmmuTlbScope *scope)
{
    static const uint32_t globals[] = { TAG_GLOBAL, TAG_GLOBAL | TAG_ASET };
    bool stage2_only = scope->stage2 && !scope->stage1;
    SvaTlbScope tlb = {
        .kinds = kinds_of(scope),
        /* EL2 has no VMID, and without stage 2 there is none: tag 0. */
        .by_domain = scope->by_vmid || scope->hyp || !smmu->config.stage2,
        .domain = scope->by_vmid && !scope->hyp ? scope->vmid : 0,
        .by_asid = scope->by_asid || stage2_only,
        .asid = scope->by_asid ? scope->asid : 0,
        .by_range = scope->by_addr,
        .addr = scope->first,
        .mask = UINT64_MAX,
        .last = scope->last,
    };
    unsigned i, looked = invalidate(smmu, &tlb);

    looked += drop_walks(smmu, scope, tlb);
    if (scope->by_asid && scope->globals) {
        for (i = 0; i < G_N_ELEMENTS(globals); i++) {
            tlb.asid = globals[i];
            looked += invalidate(smmu, &tlb);
        }
    }
    return looked;
}

void sva_smmu_drop_all(SvaSmmu *smmu)
{
    if (G_UNLIKELY(smmu->adversary)) {
        sva_smmu_kept_drop(smmu, &(SvaSmmuConfigScope) { .all = true });
    }
    sva_config_cache_reset(smmu->stes);
    sva_config_cache_reset(smmu->cds);
    sva_iotlb_reset(smmu->iotlb);
    smmu->has_globals = false;
    if (smmu->walks) {
        sva_iotlb_reset(smmu->walks);
    }
    sva_utlb_reset(&smmu->utlb);
    sva_emit(smmu->iommu.env, .kind = SVA_EV_DROP,
             .drop.caches = SVA_DROP_CONFIG | SVA_DROP_PASID | SVA_DROP_TLB |
                            SVA_DROP_WALK);
}
