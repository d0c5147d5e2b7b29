/*
 * VT-d unit: IOTLB, and what an invalidation drops of all caches
 *
 * VT-d rev 5.10, 6.2 (caches and their tags), 6.5 (invalidations).  A unit may
 * drop more than was asked for.  This one drops exactly what the descriptor
 * says, so that software which asks for too little shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "tlb.h"
#include "xlate.h"

#define FIRST_STAGE (SVA_TLB_KIND_BIT(SVA_TLB_FIRST) | \
                     SVA_TLB_KIND_BIT(SVA_TLB_NESTED))

QEMU_BUILD_BUG_ON((int)SVA_TLB_FIRST != (int)SVA_FILL_VTD_FIRST ||
                  (int)SVA_TLB_SECOND != (int)SVA_FILL_VTD_SECOND ||
                  (int)SVA_TLB_PASS != (int)SVA_FILL_VTD_PASS ||
                  (int)SVA_TLB_NESTED != (int)SVA_FILL_VTD_NESTED);

static SvaTlbTag tag_of(const SvaVtdTransCfg *cfg, bool priv)
{
    return (SvaTlbTag) {
        .asid = cfg->pasid,
        .domain = cfg->entry->domain,
        .kind = cfg->entry->kind,
        .priv = priv,
    };
}

/* An IOTLB entry will be replaced: drop the copies of it in the uTLB. */
static void invalidate_copies(SvaVtd *vtd, const SvaVtdTransCfg *cfg)
{
    if (sva_vtd_has_first_stage(cfg->entry)) {
        sva_vtd_utlb_invalidate(vtd, cfg->pasid);
    } else {
        sva_utlb_invalidate_all(&vtd->utlb);
    }
}

/*
 * Rights that were added need an invalidation to be seen, unless whoever lacks
 * them asks for the page (VT-d rev 5.10, 6.5.3.3).
 */
static bool lacks_rights_for_now(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                                 const SvaRequest *req, uint8_t want,
                                 const SvaTlbEntry *hit)
{
    return req->at == SVA_AT_TRANSLATION && cfg->page_requests &&
           !req->final &&
           want & SVA_RW & ~SVA_VTD_TLB_RIGHTS(hit->table) &&
           want & hit->map.access &&
           sva_vtd_takes(vtd, SVA_LIBERTY_STALE_RIGHTS);
}

bool sva_vtd_tlb_lookup(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                        const SvaRequest *req, uint8_t want, SvaMapping *out)
{
    SvaTlbTag tag = tag_of(cfg, want & SVA_PRIV);
    const SvaTlbEntry *hit = sva_iotlb_lookup(vtd->iotlb, &tag, req->addr);

    /*
     * Software may add rights without an invalidation: look up in the tables
     * what the entry lacks.
     */
    if (!hit || (want & SVA_RW & ~hit->map.access &&
                 (G_LIKELY(!vtd->adversary) ||
                  !lacks_rights_for_now(vtd, cfg, req, want, hit)))) {
        if (hit) {
            invalidate_copies(vtd, cfg);
        }
        sva_vtd_count(vtd, SVA_VTD_CNT_IOTLB_MISSES);
        return false;
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_IOTLB_HITS);
    *out = sva_tlb_entry_map(hit, req->addr);
    return true;
}

/* Number the entry, and perhaps make it a piece of the page only. */
static void prepare_entry(SvaVtd *vtd, const SvaPtResult *res,
                          SvaTlbEntry *entry)
{
    SvaVtdAdversary *adv = vtd->adversary;

    entry->table = SVA_VTD_TLB_TABLE(++adv->fills, res->rights & SVA_RW);
    if (entry->map.mask >= SVA_PAGE_SIZE &&
        sva_vtd_takes(vtd, SVA_LIBERTY_SPLIT)) {
        entry->map.mask = SVA_PAGE_SIZE - 1;
    }
}

void sva_vtd_tlb_insert(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                        const SvaRequest *req, bool priv,
                        const SvaPtResult *res)
{
    SvaTlbEntry entry = { .tag = tag_of(cfg, priv), .iova = req->addr };

    sva_mapping_copy(&entry.map, &res->map);
    if (G_UNLIKELY(vtd->adversary)) {
        prepare_entry(vtd, res, &entry);
    }
    if (sva_iotlb_insert(vtd->iotlb, &entry)) {
        sva_tlb_filled(vtd->iommu.env, req, &entry);
    }
}

static void set_view(SvaWalkView *view, SvaVtd *vtd, uint16_t domain,
                     uint32_t pasid, SvaTlbKind kind)
{
    view->cache = vtd->walks;
    view->tag.asid = pasid;
    view->tag.domain = domain;
    view->tag.kind = kind;
    view->tag.priv = 0;
    view->upper = 0;
    view->hits = &vtd->counters[SVA_VTD_CNT_WALK_HITS];
}

/* Tags of the second stage have no PASID (VT-d rev 5.10, 6.2.5). */
const SvaWalkView *sva_vtd_walk_views(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                                      SvaWalkView views[2])
{
    const SvaVtdPasidEntry *entry = cfg->entry;

    if (!vtd->walks) {
        return NULL;
    }
    set_view(&views[0], vtd, entry->domain,
             sva_vtd_has_first_stage(entry) ? cfg->pasid : 0, entry->kind);
    if (entry->kind == SVA_TLB_NESTED) {
        set_view(&views[1], vtd, entry->domain, 0, SVA_TLB_SECOND);
    }
    return views;
}

static bool match_context(uint64_t key, const void *value, void *opaque)
{
    const SvaVtdContext *ctx = value;
    const SvaVtdScope *scope = opaque;

    switch (scope->gran) {
    case SVA_VTD_GRAN_DEVICE:
        return !((key ^ scope->rid) & sva_vtd_rid_mask(scope->fm));
    case SVA_VTD_GRAN_DOMAIN:
        /* A scalable entry names no domain: global (VT-d rev 5.10, 6.5.2.1). */
        return !ctx->legacy || ctx->entry.domain == scope->domain;
    default:
        return true;
    }
}

static bool match_pasid(uint64_t key G_GNUC_UNUSED, const void *value,
                        void *opaque)
{
    const SvaVtdPasidEntry *entry = value;
    const SvaVtdScope *scope = opaque;

    switch (scope->gran) {
    case SVA_VTD_GRAN_PASID:    /* of the PASID's group */
    case SVA_VTD_GRAN_DOMAIN:
        return entry->domain == scope->domain;
    default:
        return true;
    }
}

/* What an invalidation cost. */
static unsigned looked_at(SvaVtd *vtd, SvaDropped done)
{
    vtd->counters[SVA_VTD_CNT_LOOKED_AT] += done.looked;
    return done.looked;
}

unsigned sva_vtd_drop_contexts(SvaVtd *vtd, const SvaVtdScope *scope)
{
    SvaVtdScope copy = *scope;

    if (G_UNLIKELY(vtd->adversary)) {
        sva_vtd_kept_drop_contexts(vtd, scope);
    }
    sva_utlb_invalidate_all(&vtd->utlb);
    return looked_at(vtd, sva_config_cache_drop(vtd->contexts, match_context,
                                                &copy));
}

unsigned sva_vtd_drop_pasids(SvaVtd *vtd, const SvaVtdScope *scope)
{
    SvaVtdScope copy = *scope;

    if (G_UNLIKELY(vtd->adversary)) {
        sva_vtd_kept_drop_pasids(vtd, scope);
    }
    if (scope->gran == SVA_VTD_GRAN_PASID) {
        sva_vtd_utlb_invalidate(vtd, scope->pasid);
        return looked_at(vtd, sva_config_cache_drop_group(
                                  vtd->pasids, scope->pasid, match_pasid,
                                  &copy));
    }
    sva_utlb_invalidate_all(&vtd->utlb);
    return looked_at(vtd, sva_config_cache_drop(vtd->pasids, match_pasid,
                                                &copy));
}

static unsigned drop_walks(SvaVtd *vtd, const SvaTlbScope *scope)
{
    SvaDropped done;

    if (!vtd->walks) {
        return 0;
    }
    done = sva_iotlb_invalidate(vtd->walks, scope);
    vtd->counters[SVA_VTD_CNT_WALK_DROPPED] += done.count;
    return looked_at(vtd, done);
}

static unsigned drop(SvaVtd *vtd, const SvaTlbScope *scope)
{
    SvaDropped done;

    if (scope->by_asid) {
        sva_vtd_utlb_invalidate(vtd, scope->asid);
    } else {
        sva_utlb_invalidate_all(&vtd->utlb);
    }
    done = sva_iotlb_invalidate(vtd->iotlb, scope);
    vtd->counters[SVA_VTD_CNT_IOTLB_DROPPED] += done.count;
    return looked_at(vtd, done);
}

/*
 * Page-selective within a domain: second-stage entries of the range, and all
 * entries with a first stage, as any of them may depend on the page.
 */
static unsigned drop_domain_page(SvaVtd *vtd, SvaTlbScope tlb,
                                 bool leaf_only)
{
    unsigned looked;

    tlb.kinds = SVA_TLB_ALL_KINDS & ~FIRST_STAGE;
    looked = drop(vtd, &tlb);
    if (!leaf_only) {
        looked += drop_walks(vtd, &tlb);
    }
    tlb.kinds = FIRST_STAGE;
    tlb.mask = UINT64_MAX;
    return looked + drop(vtd, &tlb) + drop_walks(vtd, &tlb);
}

/* VT-d rev 5.10, Table 24: what has no PASID stays. */
static unsigned drop_pasid_walks(SvaVtd *vtd, SvaTlbScope tlb)
{
    tlb.kinds = FIRST_STAGE;
    return drop_walks(vtd, &tlb);
}

unsigned sva_vtd_drop_iotlb(SvaVtd *vtd, const SvaVtdScope *scope)
{
    SvaTlbScope tlb = {
        .kinds = SVA_TLB_ALL_KINDS,
        .by_domain = scope->gran != SVA_VTD_GRAN_GLOBAL,
        .domain = scope->domain,
        .asid = scope->pasid,
        .addr = scope->addr,
        .mask = UINT64_MAX,
    };

    switch (scope->gran) {
    case SVA_VTD_GRAN_PAGE:
        tlb.mask = scope->mask;
        return drop_domain_page(vtd, tlb, scope->leaf_only);
    case SVA_VTD_GRAN_PASID_PAGE:
        /* VT-d rev 5.10, Table 24: second-stage entries stay. */
        tlb.mask = scope->mask;
        tlb.kinds = FIRST_STAGE;
        tlb.by_asid = true;
        return drop(vtd, &tlb) +
               (scope->leaf_only ? 0 : drop_walks(vtd, &tlb));
    case SVA_VTD_GRAN_PASID:
        tlb.by_asid = true;
        return drop(vtd, &tlb) + drop_pasid_walks(vtd, tlb);
    default:
        return drop(vtd, &tlb) + drop_walks(vtd, &tlb);
    }
}

void sva_vtd_drop_all(SvaVtd *vtd)
{
    if (G_UNLIKELY(vtd->adversary)) {
        sva_vtd_kept_drop_all(vtd);
    }
    sva_config_cache_reset(vtd->contexts);
    sva_config_cache_reset(vtd->pasids);
    sva_iotlb_reset(vtd->iotlb);
    if (vtd->walks) {
        sva_iotlb_reset(vtd->walks);
    }
    sva_utlb_reset(&vtd->utlb);
    sva_emit(vtd->iommu.env, .kind = SVA_EV_DROP,
             .drop.caches = SVA_DROP_CONFIG | SVA_DROP_PASID | SVA_DROP_TLB |
                            SVA_DROP_WALK);
}

uint64_t sva_vtd_am_mask(unsigned am)
{
    return am >= 64 - SVA_PAGE_SHIFT ? UINT64_MAX
                                     : (SVA_PAGE_SIZE << am) - 1;
}

void sva_vtd_drop_page(SvaVtd *vtd, const SvaVtdPasidEntry *entry,
                       uint32_t pasid, uint64_t addr)
{
    SvaVtdScope domain = {
        .gran = SVA_VTD_GRAN_DOMAIN,
        .domain = entry->domain,
    };
    SvaTlbScope tlb = {
        .kinds = sva_vtd_has_first_stage(entry)
                 ? FIRST_STAGE : SVA_TLB_ALL_KINDS & ~FIRST_STAGE,
        .by_domain = true,
        .by_asid = sva_vtd_has_first_stage(entry),
        .domain = entry->domain,
        .asid = pasid,
        .addr = addr,
        .mask = SVA_PAGE_SIZE - 1,
    };

    if (entry->kind == SVA_TLB_NESTED) {
        /* VT-d rev 5.10, Table 27: the whole domain. */
        sva_vtd_drop_iotlb(vtd, &domain);
    } else {
        drop(vtd, &tlb);
        drop_walks(vtd, &tlb);
    }
}
