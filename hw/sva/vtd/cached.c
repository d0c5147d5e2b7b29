/*
 * VT-d unit: what its caches hold of PASIDs
 *
 * For statistics, which show whether software has invalidated all that
 * it owed: VT-d rev 5.10, 6.5.3.3, "Guidance to Software for Invalidations".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "xlate.h"

typedef struct Teller {
    SvaCachedFn *tell;
    void *opaque;
} Teller;

static bool has_first_stage(unsigned kind)
{
    return kind == SVA_TLB_FIRST || kind == SVA_TLB_NESTED;
}

static void tell_entry(uint64_t key, const void *value, void *opaque)
{
    const SvaVtdPasidEntry *entry = value;
    const Teller *t = opaque;
    SvaCached cached = {
        .config = true,
        .rid = (uint16_t)(key >> SVA_PASID_BITS),
        .tag = key & SVA_PASID_MAX,
    };

    if (has_first_stage(entry->kind)) {
        t->tell(&cached, t->opaque);
    }
}

static void tell_translation(const SvaTlbEntry *entry, void *opaque)
{
    const Teller *t = opaque;
    SvaCached cached = { .tag = entry->tag.asid };

    if (has_first_stage(entry->tag.kind)) {
        t->tell(&cached, t->opaque);
    }
}

void sva_vtd_cached(SvaIommu *iommu, SvaCachedFn *tell, void *opaque)
{
    SvaVtd *vtd = sva_vtd_of(iommu);
    Teller t = { tell, opaque };

    sva_config_cache_visit(vtd->pasids, tell_entry, &t);
    sva_iotlb_visit(vtd->iotlb, tell_translation, &t);
}
