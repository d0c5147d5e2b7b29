/*
 * SMMUv3: what its caches hold of SubstreamIDs and ASIDs
 *
 * For statistics, which show whether software has invalidated all that
 * it owed: IHI 0070 G.b, "Configuration caches", "TLB tagging".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "xlate.h"

typedef struct Teller {
    SvaCachedFn *tell;
    void *opaque;
} Teller;

/* A CD without walks stays valid and may stay cached. */
static void tell_cd(uint64_t key, const void *value, void *opaque)
{
    const SvaSmmuCd *cd = value;
    const Teller *t = opaque;
    SvaCached cached = {
        .config = true,
        .rid = (uint16_t)sva_smmu_cd_key_sid(key),
        .tag = sva_smmu_cd_key_ssid(key),
    };

    if (!cd->half[0].disabled || !cd->half[1].disabled) {
        t->tell(&cached, t->opaque);
    }
}

static void tell_translation(const SvaTlbEntry *entry, void *opaque)
{
    const Teller *t = opaque;
    SvaCached cached;

    if (sva_smmu_tlb_asid(entry, &cached.tag)) {
        cached.config = false;
        cached.rid = 0;
        t->tell(&cached, t->opaque);
    }
}

void sva_smmu_cached(SvaIommu *iommu, SvaCachedFn *tell, void *opaque)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);
    Teller t = { tell, opaque };

    sva_config_cache_visit(smmu->cds, tell_cd, &t);
    sva_iotlb_visit(smmu->iotlb, tell_translation, &t);
}
