/*
 * SMMUv3: translation of memory requests
 *
 * IHI 0070 G.b, "Translation procedure", "Fault models", "Stall and terminate",
 * "ATS Translated transactions", SMMU_GBPA.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "../core/peek.h"
#include "adversary.h"
#include "stall.h"
#include "tlb.h"
#include "xlate.h"

/* -- transactions -- */

static bool override(unsigned cfg, bool incoming)
{
    switch (cfg) {
    case SVA_SMMU_CFG_CLEAR:
        return false;
    case SVA_SMMU_CFG_SET:
        return true;
    default:
        return incoming;
    }
}

SvaSmmuTransaction sva_smmu_transaction(const SvaSmmuSte *ste,
                                        const SvaRequest *req)
{
    /* Only a PASID prefix carries privilege and kind. */
    SvaSmmuTransaction txn = {
        .req = *req,
        .pnu = req->pasid.valid && req->access & SVA_PRIV,
        .ind = req->pasid.valid && req->access & SVA_EXEC,
    };

    if (ste) {
        txn.pnu = override(ste->privcfg, txn.pnu);
        txn.ind = override(ste->instcfg, txn.ind);
    }
    txn.ind &= !(req->access & SVA_WRITE);   /* writes are data */
    return txn;
}

/* An instruction fetch needs the right to execute, and no other. */
static uint8_t rights_of(const SvaSmmuTransaction *txn)
{
    uint8_t rights = txn->ind ? SVA_EXEC
                     : txn->req.access & SVA_RW;

    return rights | (txn->pnu ? SVA_PRIV : 0);
}

/* -- translation -- */

static SvaSmmuFault input_fault(SvaSmmuEventId event)
{
    return (SvaSmmuFault) { .event = event, .cls = SVA_SMMU_CLASS_IN };
}

/* Stage 1 is bypassed: the width of the address that stage 2 gets. */
static SvaSmmuFault check_bypassed_stage1(const SvaSmmu *smmu, uint64_t addr)
{
    /* Intermediate addresses are as wide as output addresses: TTF=2. */
    return sva_smmu_beyond_oas(smmu, addr)
           ? input_fault(SVA_SMMU_F_ADDR_SIZE) : SVA_SMMU_NO_FAULT;
}

static const SvaSmmuHalf *half_of(const SvaSmmuTransCfg *cfg, uint64_t addr)
{
    return &cfg->cd->half[addr >> 55 & 1];
}

/* The address with the byte that TBI ignores replaced by bit 55. */
static uint64_t canonical(const SvaSmmuTransCfg *cfg, uint64_t addr)
{
    if (!cfg->cd || !half_of(cfg, addr)->ignore_top) {
        return addr;
    }
    return (uint64_t)((int64_t)(addr << 8) >> 8);
}

/* Is @addr within the range that the tables of its half translate? */
static bool in_half(const SvaSmmuHalf *half, uint64_t addr)
{
    int64_t upper = (int64_t)addr >> half->pt.input_bits;

    return !half->disabled && upper == (addr >> 55 & 1 ? -1 : 0);
}

static SvaSmmuFault walk(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                         uint64_t addr, const SvaSmmuQuery *query,
                         SvaMapping *out)
{
    const SvaVmsaTables *first = NULL;
    SvaWalkView views[2];
    SvaPtQuery pt = {
        .va = addr,
        .pasid = query->req->pasid,
        .rid = query->req->rid,
        .want = query->want,
        .useful = query->useful,
        .partial = query->partial,
    };
    SvaVmsaResult res;

    if (cfg->cd) {
        const SvaSmmuHalf *half = half_of(cfg, addr);

        if (!in_half(half, addr)) {
            return input_fault(SVA_SMMU_F_TRANSLATION);
        }
        first = &half->pt;
        pt.va &= (1ull << half->pt.input_bits) - 1;
        pt.upper = addr ^ pt.va;
    }
    pt.views = sva_smmu_walk_views(smmu, cfg, addr ^ pt.va, views);
    sva_vmsa_walk(smmu->iommu.env, first,
                  cfg->ste->stage2 ? &cfg->ste->s2 : NULL, &pt, &res);
    if (res.status != SVA_VMSA_OK) {
        return sva_smmu_walk_fault(&res, SVA_SMMU_CLASS_IN);
    }
    sva_smmu_tlb_insert(smmu, cfg, query->req, addr, query->want & SVA_PRIV,
                        &res);
    sva_mapping_copy(out, &res.map);
    if (query->to_ipa) {
        out->addr = res.ipa;
    }
    return SVA_SMMU_NO_FAULT;
}

/*
 * A right that was added needs an invalidation to be seen (G.b 3.21.1), but
 * not that to write a clean page.  Software that adds one counts on it that who
 * lacks it asks for the page: who does not is spared.
 */
static bool lacks_rights_for_now(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                                 uint64_t addr, const SvaSmmuQuery *query,
                                 const SvaTlbEntry *hit)
{
    return cfg->cd && !cfg->ste->stage2 && !query->to_ipa &&
           !query->req->final &&
           !(half_of(cfg, addr)->pt.flags & SVA_VMSA_HD) &&
           query->want & SVA_RWX & ~hit->map.access &&
           sva_smmu_takes(smmu, SVA_LIBERTY_STALE_RIGHTS);
}

static SvaSmmuFault answer_lacking(const SvaTlbEntry *hit, uint64_t addr,
                                   const SvaSmmuQuery *query,
                                   SvaMapping *out)
{
    SvaVmsaResult res = {
        .status = SVA_VMSA_PERMISSION,
        .missing = query->want & SVA_RWX & ~hit->map.access,
    };

    if (!query->partial || !(hit->map.access & query->useful)) {
        return sva_smmu_walk_fault(&res, SVA_SMMU_CLASS_IN);
    }
    *out = sva_tlb_entry_map(hit, addr);
    return SVA_SMMU_NO_FAULT;
}

static SvaSmmuFault map_by_tables(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                                  const SvaSmmuQuery *query,
                                  SvaMapping *out)
{
    uint64_t addr = canonical(cfg, query->addr);
    const SvaTlbEntry *hit = sva_smmu_tlb_lookup(smmu, cfg, addr,
                                                 query->want & SVA_PRIV);

    if (G_UNLIKELY(smmu->adversary) && hit &&
        lacks_rights_for_now(smmu, cfg, addr, query, hit)) {
        return answer_lacking(hit, addr, query, out);
    }
    /*
     * The TLB comes first: a half that has been disabled, or a range that
     * has become smaller, ends to be served when it is invalidated.  What an
     * entry lacks is looked up in the tables again.
     */
    if (!hit || query->to_ipa || query->want & SVA_RWX & ~hit->map.access) {
        if (hit) {
            /* It is about to be replaced: no copy of it may stay. */
            sva_utlb_invalidate_tag(&smmu->utlb, hit->tag.asid);
        }
        sva_smmu_count(smmu, SVA_SMMU_CNT_IOTLB_MISSES);
        return walk(smmu, cfg, addr, query, out);
    }
    sva_smmu_count(smmu, SVA_SMMU_CNT_IOTLB_HITS);
    *out = sva_tlb_entry_map(hit, addr);
    if (query->utlb) {
        sva_smmu_utlb_insert(smmu, cfg, query->req, hit, out);
    }
    return SVA_SMMU_NO_FAULT;
}

SvaSmmuFault sva_smmu_map(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                          const SvaSmmuQuery *query, SvaMapping *out)
{
    SvaSmmuQuery copy = *query;
    SvaSmmuFault fault;

    if (!cfg->cd) {
        fault = check_bypassed_stage1(smmu, query->addr);
        if (sva_smmu_is_fault(&fault)) {
            return fault;
        }
        if (!cfg->ste->stage2) {
            *out = (SvaMapping) {
                .addr = query->addr,
                .mask = SVA_IDENTITY_MASK,
                .access = SVA_RWX,
            };
            return SVA_SMMU_NO_FAULT;
        }
    } else if (cfg->ste->world == SVA_SMMU_WORLD_EL2) {
        copy.want &= ~SVA_PRIV; /* there is one privilege */
    }
    return map_by_tables(smmu, cfg, &copy, out);
}

/* -- faults -- */

/*
 * CD.{A,R,S} and STE.{S2R,S2S} decide about these alone; stage 1 that is
 * bypassed has no CD.
 */
static bool is_governed(const SvaSmmuFault *fault,
                        const SvaSmmuTransCfg *cfg)
{
    switch (fault->event) {
    case SVA_SMMU_F_TRANSLATION:
    case SVA_SMMU_F_ADDR_SIZE:
    case SVA_SMMU_F_ACCESS:
    case SVA_SMMU_F_PERMISSION:
        return fault->s2 || cfg->cd;
    default:
        return false;
    }
}

static SvaOutcome end_with_fault(SvaSmmu *smmu, const SvaSmmuFault *fault,
                                 const SvaSmmuTransCfg *cfg,
                                 const SvaSmmuTransaction *txn)
{
    bool abort = true, record = true, stall = false;

    if (is_governed(fault, cfg)) {
        abort = fault->s2 || cfg->cd->abort;
        record = fault->s2 ? cfg->ste->s2_record : cfg->cd->record;
        stall = fault->s2 ? cfg->ste->s2_stall : cfg->cd->stall;
    }
    if (stall) {
        if (sva_smmu_stall(smmu, fault, txn)) {
            return SVA_STALL;
        }
        abort = record = true;
    }
    if (record) {
        sva_smmu_event_record(smmu, fault, txn);
    } else {
        sva_smmu_event_silent(smmu, fault, txn);
    }
    return abort ? SVA_ABORT : SVA_RAZ_WI;
}

/* -- requests -- */

static SvaOutcome grant(const SvaSmmuTransaction *txn, SvaMapping *map)
{
    if (txn->ind) {
        /* A fetch was granted, which is a read for the requester. */
        map->access |= SVA_READ;
    }
    return SVA_OK;
}

/* SMMUEN=0: there are no events, and SubstreamIDs mean nothing. */
static SvaOutcome by_global_bypass(const SvaSmmu *smmu, const SvaRequest *req,
                                   SvaMapping *out)
{
    if (sva_smmu_reg32(smmu, A_SMMU_GBPA) & R_SMMU_GBPA_ABORT_MASK ||
        sva_smmu_beyond_oas(smmu, req->addr)) {
        return SVA_ABORT;
    }
    *out = (SvaMapping) {
        .addr = req->addr,
        .mask = SVA_IDENTITY_MASK,
        .access = SVA_RWX,
    };
    return SVA_OK;
}

static SvaOutcome translate(SvaSmmu *smmu, const SvaRequest *req,
                            SvaMapping *out)
{
    SvaSmmuTransCfg cfg;
    SvaSmmuFault fault;
    SvaSmmuTransaction txn;
    SvaSmmuQuery query;

    if (!req->peeked && sva_smmu_utlb_lookup(smmu, req, out)) {
        return SVA_OK;
    }
    fault = sva_smmu_lookup(smmu, req, &cfg);
    txn = sva_smmu_transaction(cfg.ste, req);
    query = (SvaSmmuQuery) {
        .req = req, .utlb = true, .addr = req->addr, .want = rights_of(&txn),
    };
    if (!sva_smmu_is_fault(&fault)) {
        fault = sva_smmu_map(smmu, &cfg, &query, out);
    }
    return sva_smmu_is_fault(&fault)
           ? end_with_fault(smmu, &fault, &cfg, &txn)
           : grant(&txn, out);
}

/*
 * For a while after a stall what may stall may be the end of it, which all
 * listeners have to know.
 */
static bool may_end_stall(SvaSmmu *smmu, const SvaRequest *req)
{
    if (G_LIKELY(!smmu->heard) || !req->may_stall) {
        return false;
    }
    smmu->heard--;
    return true;
}

void sva_smmu_translate(SvaIommu *iommu, const SvaRequest *req,
                        SvaTranslation *out)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);

    if (!sva_smmu_enabled(smmu)) {
        out->outcome = by_global_bypass(smmu, req, &out->map);
    } else {
        sva_smmu_count(smmu, SVA_SMMU_CNT_TRANSLATIONS);
        out->outcome = translate(smmu, req, &out->map);
    }
    if (out->outcome != SVA_OK) {
        out->map = (SvaMapping) { .mask = SVA_PAGE_SIZE - 1 };
    }
    if (out->outcome == SVA_ABORT) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_ABORTED_UNTRANSLATED);
    } else if (out->outcome == SVA_RAZ_WI) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_RAZ_WI);
    }
    sva_emit_request(iommu->env,
                     out->map.cached && !may_end_stall(smmu, req),
                     .kind = SVA_EV_XLATE, .rid = req->rid,
                     .pasid = req->pasid, .addr = req->addr,
                     .access = req->access, .xlate = *out);
}

/* -- translated requests -- */

static SvaOutcome forbid(SvaSmmu *smmu, const SvaSmmuSte *ste,
                         const SvaRequest *req)
{
    SvaSmmuFault fault = { .event = SVA_SMMU_F_TRANSL_FORBIDDEN };
    SvaSmmuTransaction txn = sva_smmu_transaction(ste, req);

    sva_smmu_event_record(smmu, &fault, &txn);
    return SVA_ABORT;
}

/* The address is an intermediate one.  Overrides apply: G.b 13.7. */
static SvaOutcome translate_by_stage2(SvaSmmu *smmu, const SvaSmmuSte *ste,
                                      const SvaRequest *req,
                                      SvaMapping *out)
{
    SvaSmmuTransCfg cfg = { .ste = ste };
    SvaSmmuTransaction txn = sva_smmu_transaction(ste, req);
    SvaSmmuQuery query = {
        .req = req, .addr = req->addr, .want = rights_of(&txn),
    };
    SvaSmmuFault fault = sva_smmu_map(smmu, &cfg, &query, out);

    return sva_smmu_is_fault(&fault)
           ? end_with_fault(smmu, &fault, &cfg, &txn)
           : grant(&txn, out);
}

/* What goes for one address goes for all with those bits above. */
#define PASSED_MASK UINT32_MAX  /* 32: the smallest output address size */

static SvaOutcome pass(const SvaSmmu *smmu, const SvaRequest *req,
                       SvaMapping *out)
{
    *out = (SvaMapping) {
        .addr = req->addr,
        .mask = PASSED_MASK,
        .access = SVA_RW,
    };
    return sva_smmu_beyond_oas(smmu, req->addr) ? SVA_ABORT : SVA_OK;
}

/* From now on peek() knows that translated requests of the function pass. */
static void remember_function(SvaSmmu *smmu, const SvaRequest *req)
{
    SvaUtlbEntry entry = {
        .map = { .mask = SVA_PAGE_SIZE - 1, .access = SVA_RW },
    };

    sva_utlb_insert(&smmu->utlb, req, &entry);
}

static SvaOutcome check_translated(SvaSmmu *smmu, const SvaRequest *req,
                                   SvaMapping *out)
{
    const SvaSmmuSte *ste = NULL;
    SvaSmmuFault fault;

    if (!sva_smmu_enabled(smmu)) {
        return forbid(smmu, NULL, req);
    }
    if (!smmu->config.ats) {
        return SVA_ABORT;       /* none is passed: G.b 5.2, EATS */
    }
    if (!sva_smmu_ats_check(smmu)) {
        return pass(smmu, req, out);
    }
    fault = sva_smmu_ste_get(smmu, req->rid, &ste);
    if (sva_smmu_is_fault(&fault) || ste->abort) {
        return SVA_ABORT;       /* no event: IDR0.ATSRECERR=0 */
    }
    switch (sva_smmu_eats(smmu, ste)) {
    case SVA_SMMU_EATS_FULL:
        remember_function(smmu, req);
        return pass(smmu, req, out);
    case SVA_SMMU_EATS_SPLIT:
        return translate_by_stage2(smmu, ste, req, out);
    default:
        return forbid(smmu, ste, req);
    }
}

void sva_smmu_check_translated(SvaIommu *iommu, const SvaRequest *req,
                               SvaTranslation *out)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);
    SvaRequest plain = *req;

    /* IDR3.PASIDTT=0: a PASID here means nothing. */
    plain.pasid = SVA_NO_PASID;
    out->outcome = check_translated(smmu, &plain, &out->map);
    if (out->outcome != SVA_OK) {
        out->map = (SvaMapping) { .mask = SVA_PAGE_SIZE - 1 };
    }
    sva_smmu_count(smmu, out->outcome == SVA_OK
                         ? SVA_SMMU_CNT_TRANSLATED
                         : SVA_SMMU_CNT_ABORTED_TRANSLATED);
}

/* -- without the lock -- */

static bool peek_translated(const SvaSmmu *smmu, uint32_t cr0,
                            const SvaRequest *req, SvaHit *out)
{
    bool check = cr0 & R_SMMU_CR0_ATSCHK_MASK;
    SvaRequest plain = *req;
    SvaUtlbEntry entry;

    plain.pasid = SVA_NO_PASID;     /* IDR3.PASIDTT=0 */
    *out = (SvaHit) {
        .addr = req->addr, .mask = PASSED_MASK,
        .kind = check ? SVA_HIT_CONFIG : SVA_HIT_PASSED, .access = SVA_RW,
    };
    return smmu->config.ats && !sva_smmu_beyond_oas(smmu, req->addr) &&
           (!check || sva_utlb_peek(&smmu->utlb, &plain, &entry));
}

static bool peek_untranslated(const SvaSmmu *smmu, const SvaRequest *req,
                              SvaHit *out)
{
    return !(req->may_stall && smmu->heard) &&
           sva_peek_page(&smmu->utlb, smmu->iommu.env->bus, req, out);
}

bool sva_smmu_peek(const SvaIommu *iommu, const SvaRequest *req, SvaHit *out)
{
    const SvaSmmu *smmu = (const SvaSmmu *)iommu;
    uint32_t cr0 = __atomic_load_n(&smmu->regs[A_SMMU_CR0ACK / 4],
                                   __ATOMIC_RELAXED);

    if (!(cr0 & R_SMMU_CR0_SMMUEN_MASK)) {
        return false;
    }
    return req->at == SVA_AT_TRANSLATED
           ? peek_translated(smmu, cr0, req, out)
           : peek_untranslated(smmu, req, out);
}
