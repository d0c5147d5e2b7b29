/*
 * VT-d unit: translation of memory requests
 *
 * VT-d rev 5.10, 3.4 to 3.9, 3.14, 3.15 and 4.2.5.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "../core/peek.h"
#include "../core/pt-nested.h"
#include "tlb.h"
#include "xlate.h"

static SvaFault walk_fault(const SvaVtdTransCfg *cfg, const SvaPtResult *res,
                           uint8_t want)
{
    const SvaVtdWalkReasons *reasons = res->second ? &sva_vtd_second_reasons
                                                   : cfg->entry->reasons;
    unsigned reason = reasons->reason[res->status];

    if (res->status == SVA_PT_NOT_PRESENT && want & SVA_WRITE &&
        reasons->not_present_write) {
        reason = reasons->not_present_write;
    }
    return sva_vtd_fault(reason);
}

static void walk_tables(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                        const SvaRequest *req, uint8_t want, SvaPtResult *res)
{
    const SvaVtdPasidEntry *entry = cfg->entry;
    SvaWalkView views[2];
    SvaPtQuery query = {
        .va = req->addr,
        .pasid = req->pasid,
        .rid = req->rid,
        .want = want,
        .partial = req->at == SVA_AT_TRANSLATION,
        .views = sva_vtd_walk_views(vtd, cfg, views),
    };

    if (entry->kind == SVA_TLB_NESTED) {
        sva_pt_walk_nested(vtd->iommu.env, &entry->pt, &entry->second, &query,
                           res);
    } else {
        sva_pt_walk(vtd->iommu.env, &entry->pt, &query, res);
    }
}

static bool takes_in_interrupts(uint64_t addr, uint64_t mask)
{
    return (addr & ~mask) <= SVA_VTD_INTR_LAST &&
           (addr | mask) >= SVA_VTD_INTR_FIRST;
}

/*
 * Nothing may reach the interrupt range by translation (VT-d rev 5.10,
 * 3.15; LGN.4, SGN.8).  To a translation request that is the whole range that
 * it would get, to others the page accessed.  Table 30 has no fault for
 * translation requests by pass-through.  Unverified (U8): such a page is
 * answered R=W=0, as the translated requests would all be blocked.
 */
static SvaFault check_interrupt_range(const SvaVtdTransCfg *cfg,
                                      const SvaRequest *req,
                                      SvaMapping *map)
{
    bool asks = req->at == SVA_AT_TRANSLATION;
    bool pass = cfg->entry->kind == SVA_TLB_PASS;

    if (takes_in_interrupts(map->addr, map->mask)) {
        bool inside = sva_vtd_in_interrupt_range(map->addr);

        if (asks ? !pass : inside) {
            return sva_vtd_fault(cfg->entry->reasons->interrupt);
        }
        map->mask = SVA_PAGE_SIZE - 1;
        if (inside) {
            map->access = SVA_NONE;
        }
    } else if (!req->pasid.valid &&
               takes_in_interrupts(req->addr, map->mask)) {
        /* The interrupt range is not translated by these tables. */
        map->mask = SVA_PAGE_SIZE - 1;
    }
    return SVA_NO_FAULT;
}

static SvaFault pass_through(const SvaVtdTransCfg *cfg, uint64_t addr,
                             SvaMapping *out)
{
    if (addr >> cfg->entry->pt.input_bits) {
        return sva_vtd_fault(cfg->entry->reasons->pass);
    }
    *out = (SvaMapping) {
        .addr = addr,
        .mask = SVA_IDENTITY_MASK,
        .access = SVA_RW,
        .snoop = cfg->entry->snoop,
    };
    return SVA_NO_FAULT;
}

static SvaFault walk(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                     const SvaRequest *req, uint8_t want, SvaMapping *out)
{
    SvaPtResult res;

    walk_tables(vtd, cfg, req, want, &res);
    if (res.status != SVA_PT_OK) {
        return walk_fault(cfg, &res, want);
    }
    sva_vtd_tlb_insert(vtd, cfg, req, want & SVA_PRIV, &res);
    sva_mapping_copy(out, &res.map);
    return SVA_NO_FAULT;
}

static SvaFault map_by_tables(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                              const SvaRequest *req, uint8_t want,
                              SvaMapping *out)
{
    if (!sva_vtd_tlb_lookup(vtd, cfg, req, want, out)) {
        SvaFault fault = walk(vtd, cfg, req, want, out);

        if (!sva_fault_is_none(fault)) {
            return fault;
        }
    }
    out->snoop |= cfg->entry->snoop;
    return SVA_NO_FAULT;
}

SvaFault sva_vtd_map(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                     const SvaRequest *req, uint8_t want,
                     SvaMapping *out)
{
    SvaFault fault;

    want &= SVA_RW | SVA_PRIV;
    if (!req->pasid.valid) {
        want &= ~SVA_PRIV;      /* only a PASID prefix carries it */
    }
    if (!sva_vtd_has_first_stage(cfg->entry)) {
        want &= ~SVA_PRIV;      /* not a property of these tables */
    }
    if (cfg->entry->kind == SVA_TLB_PASS) {
        fault = pass_through(cfg, req->addr, out);
    } else {
        fault = map_by_tables(vtd, cfg, req, want, out);
    }
    if (sva_fault_is_none(fault)) {
        fault = check_interrupt_range(cfg, req, out);
    }
    if (sva_fault_is_none(fault) && out->cached) {
        sva_vtd_utlb_insert(vtd, req, out);
    }
    return fault;
}

static void abort_request(SvaVtd *vtd, const SvaRequest *req, SvaFault fault,
                          bool fpd)
{
    SvaVtdFaultReport report = { .fault = fault, .fpd = fpd, .req = *req };

    sva_vtd_fault_report(vtd, &report);
}

static SvaOutcome translate(SvaVtd *vtd, const SvaRequest *req,
                            SvaMapping *out)
{
    SvaVtdTransCfg cfg;
    SvaFault fault;

    if (!req->peeked && sva_vtd_utlb_lookup(vtd, req, out)) {
        return SVA_OK;
    }
    fault = sva_vtd_lookup(vtd, req, &cfg);
    if (sva_fault_is_none(fault)) {
        fault = sva_vtd_map(vtd, &cfg, req, req->access, out);
    }
    if (!sva_fault_is_none(fault)) {
        abort_request(vtd, req, fault, cfg.fpd);
        return SVA_ABORT;
    }
    return SVA_OK;
}

/*
 * A request without PASID to the interrupt range that is no interrupt request:
 * a read, an atomic or a write of the wrong size.  It is blocked and recorded,
 * except a zero-length read (VT-d rev 5.10, 3.15).
 */
static SvaOutcome interrupt_range(SvaVtd *vtd, const SvaRequest *req)
{
    if (req->access == SVA_NONE) {
        return SVA_RAZ_WI;
    }
    sva_vtd_count(vtd, SVA_VTD_CNT_ABORTED_INTERRUPT);
    if (sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK | R_VTD_GCMD_IRE_MASK)) {
        abort_request(vtd, req, sva_vtd_fault(SVA_VTD_FR_IR_ILLEGAL), false);
    }
    return SVA_ABORT;
}

void sva_vtd_translate(SvaIommu *iommu, const SvaRequest *req,
                       SvaTranslation *out)
{
    SvaVtd *vtd = sva_vtd_of(iommu);

    if (G_UNLIKELY(!req->pasid.valid &&
                   sva_vtd_in_interrupt_range(req->addr))) {
        out->outcome = interrupt_range(vtd, req);
    } else if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK)) {
        *out = (SvaTranslation) {
            .map = {
                .addr = req->addr, .mask = SVA_IDENTITY_MASK, .access = SVA_RW,
            },
            .outcome = SVA_OK,
        };
        return;
    } else {
        sva_vtd_count(vtd, SVA_VTD_CNT_TRANSLATIONS);
        out->outcome = translate(vtd, req, &out->map);
    }
    if (out->outcome != SVA_OK) {
        out->map = (SvaMapping) { .mask = SVA_PAGE_SIZE - 1 };
        sva_vtd_count(vtd, SVA_VTD_CNT_ABORTED_UNTRANSLATED);
    }
    sva_emit_request(iommu->env, out->map.cached, .kind = SVA_EV_XLATE,
                     .rid = req->rid, .pasid = req->pasid, .addr = req->addr,
                     .access = req->access, .xlate = *out);
}

/*
 * What goes for one address goes for its range of this size: what it is
 * compared with begins and ends with one.
 */
#define PASSED_MASK (SVA_VTD_INTR_LAST - SVA_VTD_INTR_FIRST)

/* May a translated request go to this host address? */
static SvaFault check_host_address(const SvaVtd *vtd,
                                   const SvaVtdWalkReasons *reasons,
                                   uint64_t addr)
{
    if (addr & sva_vtd_above_haw(vtd)) {
        return sva_vtd_fault(reasons->pass);
    }
    return sva_vtd_in_interrupt_range(addr)
           ? sva_vtd_fault(reasons->interrupt) : SVA_NO_FAULT;
}

static bool peek_translated(const SvaVtd *vtd, const SvaRequest *req,
                            SvaHit *out)
{
    SvaUtlbEntry entry;

    *out = (SvaHit) {
        .addr = req->addr, .mask = PASSED_MASK,
        .kind = SVA_HIT_CONFIG, .access = SVA_RW,
    };
    return !req->pasid.valid && sva_utlb_peek(&vtd->utlb, req, &entry) &&
           sva_fault_is_none(check_host_address(vtd, &sva_vtd_second_reasons,
                                                req->addr));
}

static bool peek_untranslated(const SvaVtd *vtd, const SvaRequest *req,
                              SvaHit *out)
{
    return (req->pasid.valid || !sva_vtd_in_interrupt_range(req->addr)) &&
           sva_peek_page(&vtd->utlb, vtd->iommu.env->bus, req, out);
}

bool sva_vtd_peek(const SvaIommu *iommu, const SvaRequest *req, SvaHit *out)
{
    const SvaVtd *vtd = (const SvaVtd *)iommu;

    if (!(__atomic_load_n(&vtd->regs[A_VTD_GSTS / 4], __ATOMIC_RELAXED) &
          R_VTD_GCMD_TE_MASK)) {
        return false;
    }
    return req->at == SVA_AT_TRANSLATED ? peek_translated(vtd, req, out)
                                        : peek_untranslated(vtd, req, out);
}

/* From now on peek() knows that translated requests of the function pass. */
static void remember_function(SvaVtd *vtd, const SvaRequest *req)
{
    SvaUtlbEntry entry = {
        .map = { .mask = SVA_PAGE_SIZE - 1, .access = SVA_RW },
    };

    sva_utlb_insert(&vtd->utlb, req, &entry);
}

/*
 * Check the function and the address only: the tables of the PASID were used
 * when the translation was granted.
 */
static bool may_pass(SvaVtd *vtd, const SvaRequest *req)
{
    const SvaVtdContext *ctx = NULL;
    SvaVtdTransCfg cfg;
    SvaFault fault;

    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK) || req->pasid.valid) {
        return false;           /* ECAP.PTRS=0: no PASID here */
    }
    fault = sva_vtd_admit(vtd, req, false, &ctx, &cfg);
    if (sva_fault_is_none(fault)) {
        fault = check_host_address(vtd, ctx->legacy ? &sva_vtd_legacy_reasons
                                                    : &sva_vtd_second_reasons,
                                   req->addr);
    }
    if (!sva_fault_is_none(fault)) {
        abort_request(vtd, req, fault, cfg.fpd);
        return false;
    }
    remember_function(vtd, req);
    return true;
}

void sva_vtd_check_translated(SvaIommu *iommu, const SvaRequest *req,
                              SvaTranslation *out)
{
    SvaVtd *vtd = sva_vtd_of(iommu);
    bool pass = may_pass(vtd, req);

    sva_vtd_count(vtd, pass ? SVA_VTD_CNT_TRANSLATED
                            : SVA_VTD_CNT_ABORTED_TRANSLATED);
    *out = (SvaTranslation) {
        .map = {
            .addr = req->addr, .mask = pass ? PASSED_MASK : SVA_PAGE_SIZE - 1,
            .access = SVA_RW,
        },
        .outcome = pass ? SVA_OK : SVA_ABORT,
    };
}
