/*
 * SMMUv3: what its caches hold of SubstreamIDs and ASIDs
 *
 * For statistics, which show whether software has invalidated all that
 * it owed: IHI 0070 G.b, "Configuration caches", "TLB tagging".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "tlb.h"
#include "xlate.h"

typedef struct Visit {
    SvaCachedFn *fn;
    void *opaque;
} Visit;

/* A CD without walks stays valid and may stay cached. */
static void visit_cd(uint64_t key, const void *value, void *opaque)
{
    const SvaSmmuCd *cd = value;
    const Visit *v = opaque;
    SvaCached cached = {
        .config = true,
        .rid = (uint16_t)sva_smmu_cd_key_sid(key),
        .tag = sva_smmu_cd_key_ssid(key),
    };

    if (!cd->half[0].disabled || !cd->half[1].disabled) {
        v->fn(&cached, v->opaque);
    }
}

static void visit_translation(const SvaTlbEntry *entry, void *opaque)
{
    const Visit *v = opaque;
    SvaCached cached;

    if (sva_smmu_tlb_asid(entry, &cached.tag)) {
        cached.config = false;
        cached.rid = 0;
        v->fn(&cached, v->opaque);
    }
}

void sva_smmu_cached(SvaIommu *iommu, SvaCachedFn *fn, void *opaque)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);
    Visit v = { fn, opaque };

    sva_config_cache_visit(smmu->cds, visit_cd, &v);
    sva_iotlb_visit(smmu->iotlb, visit_translation, &v);
}
