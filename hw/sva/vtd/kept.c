/*
 * VT-d unit: what the adversary keeps of context and PASID entries
 *
 * VT-d rev 5.10, 9 (entries are read in pieces of 128 bits), 6.2.4.1, Table 17
 * (the IOTLB is looked up by requester ID, PASID and address alone) and 6.5.3.3
 * (what ends it).
 *
 * Only pieces of entries with P=1 are kept: software writes P last, and owes no
 * invalidation for that (CAP.CM=0).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "xlate.h"

#define PIECE 2                 /* words */

/* -- early reads -- */

void sva_vtd_kept_context(SvaVtd *vtd, uint16_t rid, uint64_t *qw,
                          unsigned words)
{
    SvaVtdAdversary *adv = vtd->adversary;

    sva_early_mix(adv->contexts, &adv->core, rid, qw, words, PIECE);
}

void sva_vtd_kept_pasid(SvaVtd *vtd, uint16_t rid, uint32_t pasid,
                        uint64_t *qw)
{
    SvaVtdAdversary *adv = vtd->adversary;

    sva_early_mix(adv->pasids, &adv->core,
                  (uint64_t)rid << SVA_PASID_BITS | pasid, qw,
                  SVA_VTD_PTE_WORDS, PIECE);
}

/* -- bindings -- */

static SvaVtdBinding *find_binding(SvaVtdAdversary *adv, uint16_t rid,
                                   uint32_t pasid)
{
    unsigned i;

    for (i = 0; i < SVA_VTD_BINDINGS; i++) {
        SvaVtdBinding *b = &adv->bindings[i];

        if (b->used && b->rid == rid && b->pasid == pasid) {
            return b;
        }
    }
    return NULL;
}

void sva_vtd_kept_binding(SvaVtd *vtd, uint16_t rid,
                          const SvaVtdContext *ctx,
                          const SvaVtdTransCfg *cfg)
{
    SvaVtdAdversary *adv = vtd->adversary;
    SvaVtdBinding *b = find_binding(adv, rid, cfg->pasid);

    if (!b) {
        b = &adv->bindings[sva_adversary_below(adv->core.rand,
                                               SVA_VTD_BINDINGS)];
    }
    *b = (SvaVtdBinding) {
        .used = true,
        .snoop = cfg->entry->snoop,
        .ats = ctx->ats,
        .supervisor = cfg->entry->supervisor,
        .kind = cfg->entry->kind,
        .domain = cfg->entry->domain,
        .rid = rid,
        .pasid = cfg->pasid,
        .last = UINT64_MAX,
    };
}

/* What the entries said of requests of this kind */
static bool admits(const SvaVtdBinding *b, const SvaRequest *req)
{
    return (b->ats || req->at != SVA_AT_TRANSLATION) &&
           (b->supervisor || !(req->access & SVA_PRIV));
}

/* Entries are numbered as they come, see sva_vtd_tlb_insert(). */
static bool may_serve(const SvaVtdBinding *b, const SvaTlbEntry *hit,
                      uint8_t want)
{
    const SvaMapping *map = &hit->map;

    return SVA_VTD_TLB_NUMBER(hit->table) <= b->last &&
           !(want & SVA_RW & ~map->access) &&
           ((map->addr | map->mask) < SVA_VTD_INTR_FIRST ||
            map->addr > SVA_VTD_INTR_LAST);
}

bool sva_vtd_kept_lookup(SvaVtd *vtd, const SvaRequest *req,
                         SvaMapping *out)
{
    const SvaVtdBinding *b = find_binding(vtd->adversary, req->rid,
                                          req->pasid.id);
    const SvaTlbEntry *hit;
    SvaTlbTag tag;

    if (!req->pasid.valid || req->access & SVA_EXEC || !b ||
        !admits(b, req) || !sva_vtd_takes(vtd, SVA_LIBERTY_ALONE)) {
        return false;
    }
    tag = (SvaTlbTag) {
        .asid = b->pasid, .domain = b->domain, .kind = b->kind,
        .priv = req->access & SVA_PRIV && b->kind != SVA_TLB_SECOND,
    };
    hit = sva_iotlb_lookup(vtd->iotlb, &tag, req->addr);
    if (!hit || !may_serve(b, hit, req->access)) {
        return false;
    }
    *out = sva_tlb_entry_map(hit, req->addr);
    out->snoop |= b->snoop;
    return true;
}

/* -- invalidations -- */

static bool match_rid(uint64_t key, const void *value G_GNUC_UNUSED,
                      void *opaque)
{
    const SvaVtdScope *scope = opaque;

    return scope->gran != SVA_VTD_GRAN_DEVICE ||
           !((key ^ scope->rid) & sva_vtd_rid_mask(scope->fm));
}

static bool match_pasid(uint64_t key, const void *value G_GNUC_UNUSED,
                        void *opaque)
{
    const SvaVtdScope *scope = opaque;

    return scope->gran != SVA_VTD_GRAN_PASID ||
           (key & SVA_PASID_MAX) == scope->pasid;
}

/*
 * The function of @b is not to use the tables of before any more: entries of
 * the IOTLB that are made from now on are not its own.  Those of before are,
 * until the IOTLB is invalidated.
 */
static void seal(SvaVtdAdversary *adv, SvaVtdBinding *b)
{
    b->last = MIN(b->last, adv->fills);
}

void sva_vtd_kept_drop_contexts(SvaVtd *vtd, const SvaVtdScope *scope)
{
    SvaVtdAdversary *adv = vtd->adversary;
    SvaVtdScope copy = *scope;
    unsigned i;

    sva_config_cache_drop(adv->contexts, match_rid, &copy);
    for (i = 0; i < SVA_VTD_BINDINGS; i++) {
        if (match_rid(adv->bindings[i].rid, NULL, &copy)) {
            seal(adv, &adv->bindings[i]);
        }
    }
}

void sva_vtd_kept_drop_pasids(SvaVtd *vtd, const SvaVtdScope *scope)
{
    SvaVtdAdversary *adv = vtd->adversary;
    SvaVtdScope copy = *scope;
    unsigned i;

    sva_config_cache_drop(adv->pasids, match_pasid, &copy);
    for (i = 0; i < SVA_VTD_BINDINGS; i++) {
        if (match_pasid(adv->bindings[i].pasid, NULL, &copy)) {
            seal(adv, &adv->bindings[i]);
        }
    }
}

void sva_vtd_kept_drop_all(SvaVtd *vtd)
{
    SvaVtdAdversary *adv = vtd->adversary;

    sva_config_cache_reset(adv->contexts);
    sva_config_cache_reset(adv->pasids);
    memset(adv->bindings, 0, sizeof(adv->bindings));
}
