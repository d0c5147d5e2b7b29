/*
 * SMMUv3: translation of memory requests
 *
 * IHI 0070 G.b, "Translation procedure", "Fault models", "Stall and terminate",
 * "ATS Translated transactions", SMMU_GBPA.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "xlate.h"

#define RIGHTS (SVA_READ | SVA_WRITE | SVA_EXEC)

/* -- who asks -- */

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

SvaSmmuClient sva_smmu_client(const SvaSmmuSte *ste, const SvaRequest *req)
{
    /* Only a PASID prefix carries privilege and kind. */
    SvaSmmuClient client = {
        .req = *req,
        .pnu = req->pasid.valid && req->access & SVA_PRIV,
        .ind = req->pasid.valid && req->access & SVA_EXEC,
    };

    if (ste) {
        client.pnu = override(ste->privcfg, client.pnu);
        client.ind = override(ste->instcfg, client.ind);
    }
    client.ind &= !(req->access & SVA_WRITE);   /* writes are data */
    return client;
}

/* An instruction fetch needs the right to execute, and no other. */
static uint8_t rights_of(const SvaSmmuClient *client)
{
    uint8_t rights = client->ind ? SVA_EXEC
                     : client->req.access & (SVA_READ | SVA_WRITE);

    return rights | (client->pnu ? SVA_PRIV : 0);
}

/* -- translation -- */

static SvaSmmuFault input_fault(SvaSmmuEventId event)
{
    return (SvaSmmuFault) { .event = event, .cls = SVA_SMMU_CLASS_IN };
}

/* A request that nothing but stage 2, or nothing at all, translates. */
static SvaSmmuFault check_bypassed_stage1(const SvaSmmu *smmu, uint64_t addr)
{
    /* Intermediate addresses are as wide as output addresses: TTF=2. */
    return sva_smmu_beyond_oas(smmu, addr)
           ? input_fault(SVA_SMMU_F_ADDR_SIZE) : SVA_SMMU_NO_FAULT;
}

static const SvaSmmuHalf *half_of(const SvaSmmuTarget *target, uint64_t addr)
{
    return &target->cd->half[addr >> 55 & 1];
}

/* The address with what TBI ignores replaced by copies of bit 55. */
static uint64_t canonical(const SvaSmmuTarget *target, uint64_t addr)
{
    if (!target->cd || !half_of(target, addr)->ignore_top) {
        return addr;
    }
    return (uint64_t)((int64_t)(addr << 8) >> 8);
}

/* Is @addr something that the tables of its half are asked about? */
static bool in_half(const SvaSmmuHalf *half, uint64_t addr)
{
    int64_t upper = (int64_t)addr >> half->pt.input_bits;

    return !half->disabled && upper == (addr >> 55 & 1 ? -1 : 0);
}

static SvaSmmuFault walk(SvaSmmu *smmu, const SvaSmmuTarget *target,
                         uint64_t addr, const SvaSmmuQuery *query,
                         SvaMapping *out)
{
    const SvaVmsaTables *first = NULL;
    SvaPtQuery pt = {
        .va = addr,
        .want = query->want,
        .useful = query->useful,
        .partial = query->partial,
    };
    SvaVmsaResult res;

    if (target->cd) {
        const SvaSmmuHalf *half = half_of(target, addr);

        if (!in_half(half, addr)) {
            return input_fault(SVA_SMMU_F_TRANSLATION);
        }
        first = &half->pt;
        pt.va &= (1ull << half->pt.input_bits) - 1;
    }
    sva_vmsa_walk(smmu->iommu.env, first,
                  target->ste->stage2 ? &target->ste->s2 : NULL, &pt, &res);
    if (res.status != SVA_VMSA_OK) {
        return sva_smmu_walk_fault(&res, SVA_SMMU_CLASS_IN);
    }
    sva_smmu_tlb_insert(smmu, target, addr, query->want & SVA_PRIV, &res);
    *out = res.map;
    if (query->to_ipa) {
        out->addr = res.ipa;
    }
    return SVA_SMMU_NO_FAULT;
}

static SvaSmmuFault map_by_tables(SvaSmmu *smmu, const SvaSmmuTarget *target,
                                  const SvaSmmuQuery *query,
                                  SvaMapping *out)
{
    uint64_t addr = canonical(target, query->addr);
    const SvaTlbEntry *hit = sva_smmu_tlb_lookup(smmu, target, addr,
                                                 query->want & SVA_PRIV);

    /*
     * The TLB comes first: a half that has been disabled, or a range that
     * has become smaller, ends to be served when it is invalidated.  What an
     * entry lacks is looked up in the tables again.
     */
    if (!hit || query->to_ipa || query->want & RIGHTS & ~hit->map.access) {
        if (hit) {
            /* It is about to be replaced: no copy of it may stay. */
            sva_utlb_invalidate_tag(&smmu->utlb, hit->tag.pasid);
        }
        sva_smmu_count(smmu, SVA_SMMU_CNT_IOTLB_MISSES);
        return walk(smmu, target, addr, query, out);
    }
    sva_smmu_count(smmu, SVA_SMMU_CNT_IOTLB_HITS);
    *out = sva_tlb_entry_map(hit, addr);
    if (query->utlb) {
        sva_smmu_utlb_insert(smmu, target, query->utlb, hit, out);
    }
    return SVA_SMMU_NO_FAULT;
}

SvaSmmuFault sva_smmu_map(SvaSmmu *smmu, const SvaSmmuTarget *target,
                          const SvaSmmuQuery *query, SvaMapping *out)
{
    SvaSmmuQuery copy = *query;
    SvaSmmuFault fault;

    if (!target->cd) {
        fault = check_bypassed_stage1(smmu, query->addr);
        if (sva_smmu_is_fault(&fault)) {
            return fault;
        }
        if (!target->ste->stage2) {
            *out = (SvaMapping) {
                .addr = query->addr,
                .mask = SVA_SMMU_IDENTITY_MASK,
                .access = RIGHTS,
            };
            return SVA_SMMU_NO_FAULT;
        }
    } else if (target->ste->world == SVA_SMMU_WORLD_EL2) {
        copy.want &= ~SVA_PRIV; /* there is one privilege */
    }
    return map_by_tables(smmu, target, &copy, out);
}

/* -- faults -- */

/*
 * CD.{A,R,S} and STE.{S2R,S2S} decide about these alone; stage 1 that is
 * bypassed has no CD.
 */
static bool is_governed(const SvaSmmuFault *fault,
                        const SvaSmmuTarget *target)
{
    switch (fault->event) {
    case SVA_SMMU_F_TRANSLATION:
    case SVA_SMMU_F_ADDR_SIZE:
    case SVA_SMMU_F_ACCESS:
    case SVA_SMMU_F_PERMISSION:
        return fault->s2 || target->cd;
    default:
        return false;
    }
}

static SvaOutcome end_with_fault(SvaSmmu *smmu, const SvaSmmuFault *fault,
                                 const SvaSmmuTarget *target,
                                 SvaSmmuClient *client)
{
    bool abort = true, record = true, stall = false;

    if (is_governed(fault, target)) {
        abort = fault->s2 || target->cd->abort;
        record = fault->s2 ? target->ste->s2_record : target->cd->record;
        stall = fault->s2 ? target->ste->s2_stall : target->cd->stall;
    }
    if (fault->missing == SVA_READ) {
        /* An atomic access that may write but not read is told as a read. */
        client->req.access &= ~SVA_WRITE;
    }
    if (stall) {
        if (client->req.may_stall && sva_smmu_stall(smmu, fault, client)) {
            return SVA_STALL;
        }
        abort = record = true;
    }
    if (record) {
        sva_smmu_event_record(smmu, fault, client);
    } else {
        sva_smmu_event_silent(smmu, fault, client);
    }
    return abort ? SVA_ABORT : SVA_RAZ_WI;
}

/* -- requests -- */

static SvaOutcome grant(const SvaSmmuClient *client, SvaMapping *map)
{
    if (client->ind) {
        /* The requester knows of reads, and was granted one. */
        map->access |= SVA_READ;
    }
    return SVA_OK;
}

/* SMMUEN=0: there are no events, and SubstreamIDs mean nothing. */
static SvaOutcome by_global_bypass(const SvaSmmu *smmu, const SvaRequest *req,
                                   SvaMapping *out)
{
    if (sva_smmu_reg32(smmu, SVA_SMMU_REG_GBPA) & SVA_SMMU_GBPA_ABORT ||
        sva_smmu_beyond_oas(smmu, req->addr)) {
        return SVA_ABORT;
    }
    *out = (SvaMapping) {
        .addr = req->addr,
        .mask = SVA_SMMU_IDENTITY_MASK,
        .access = RIGHTS,
    };
    return SVA_OK;
}

static SvaOutcome translate(SvaSmmu *smmu, const SvaRequest *req,
                            SvaMapping *out)
{
    SvaSmmuTarget target;
    SvaSmmuFault fault;
    SvaSmmuClient client;
    SvaSmmuQuery query;

    if (G_LIKELY(sva_smmu_utlb_lookup(smmu, req, out))) {
        return SVA_OK;
    }
    fault = sva_smmu_lookup(smmu, req, &target);
    client = sva_smmu_client(target.ste, req);
    query = (SvaSmmuQuery) {
        .utlb = req, .addr = req->addr, .want = rights_of(&client),
    };
    if (!sva_smmu_is_fault(&fault)) {
        fault = sva_smmu_map(smmu, &target, &query, out);
    }
    return sva_smmu_is_fault(&fault)
           ? end_with_fault(smmu, &fault, &target, &client)
           : grant(&client, out);
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
    sva_emit(iommu->env, .kind = SVA_EV_XLATE, .rid = req->rid,
             .pasid = req->pasid, .addr = req->addr, .access = req->access,
             .xlate = *out);
}

/* -- translated requests -- */

static SvaOutcome forbid(SvaSmmu *smmu, const SvaSmmuSte *ste,
                         const SvaRequest *req)
{
    SvaSmmuFault fault = { .event = SVA_SMMU_F_TRANSL_FORBIDDEN };
    SvaSmmuClient client = sva_smmu_client(ste, req);

    sva_smmu_event_record(smmu, &fault, &client);
    return SVA_ABORT;
}

/* The address is an intermediate one.  Overrides apply: G.b 13.7. */
static SvaOutcome translate_by_stage2(SvaSmmu *smmu, const SvaSmmuSte *ste,
                                      const SvaRequest *req,
                                      SvaMapping *out)
{
    SvaSmmuTarget target = { .ste = ste };
    SvaSmmuClient client = sva_smmu_client(ste, req);
    SvaSmmuQuery query = { .addr = req->addr, .want = rights_of(&client) };
    SvaSmmuFault fault = sva_smmu_map(smmu, &target, &query, out);

    return sva_smmu_is_fault(&fault)
           ? end_with_fault(smmu, &fault, &target, &client)
           : grant(&client, out);
}

static SvaOutcome pass(const SvaSmmu *smmu, const SvaRequest *req,
                       SvaMapping *out)
{
    *out = (SvaMapping) {
        .addr = req->addr,
        .mask = SVA_PAGE_SIZE - 1,
        .access = SVA_READ | SVA_WRITE,
    };
    return sva_smmu_beyond_oas(smmu, req->addr) ? SVA_ABORT : SVA_OK;
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
