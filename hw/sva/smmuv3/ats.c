/*
 * SMMUv3: translation requests (ATS)
 *
 * IHI 0070 G.b, "ATS Translation Requests", "Responses to ATS Translation
 * Requests", "Split-stage ATS".  UR: ATS is not enabled; CA: the
 * configuration is in error; Success with R=W=0: the page is not present.
 * IDR0.ATSRECERR=0: no event but F_BAD_ATS_TREQ.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "xlate.h"

/* UR, and the only event that a translation request can cause. */
static void refuse_service(SvaSmmu *smmu, const SvaRequest *req,
                           SvaAtsCompletion *out)
{
    SvaSmmuFault fault = { .event = SVA_SMMU_F_BAD_ATS_TREQ };
    /* The record has the values before overrides. */
    SvaSmmuTransaction txn = sva_smmu_transaction(NULL, req);

    sva_smmu_event_record(smmu, &fault, &txn);
    sva_ats_refuse(SVA_ATS_UR, out);
}

/* Faults of a page, and of the walk to it, are no errors. */
static void answer_fault(const SvaRequest *req, const SvaSmmuFault *fault,
                         SvaAtsCompletion *out)
{
    switch (fault->event) {
    case SVA_SMMU_F_TRANSLATION:
    case SVA_SMMU_F_ADDR_SIZE:
    case SVA_SMMU_F_ACCESS:
    case SVA_SMMU_F_PERMISSION:
        sva_ats_no_access(req, out);
        break;
    default:
        sva_ats_refuse(SVA_ATS_CA, out);
        break;
    }
}

/*
 * Rights of the answer from those of the tables.  A requester reads what it
 * executes, so an execute-only page is useless to it unless the STE turns all
 * its reads into instruction fetches.
 */
static uint8_t granted(const SvaSmmuSte *ste, uint8_t access)
{
    uint8_t rights = access & SVA_WRITE;

    switch (ste->instcfg) {
    case SVA_SMMU_CFG_SET:
        return rights | (access & SVA_EXEC ? SVA_READ | SVA_EXEC : 0);
    case SVA_SMMU_CFG_CLEAR:
        return rights | (access & SVA_READ ? SVA_READ | SVA_EXEC : 0);
    default:
        return access;
    }
}

/* Rights of the tables without which granted() returns none. */
static uint8_t useful(const SvaSmmuSte *ste)
{
    return SVA_WRITE | (ste->instcfg == SVA_SMMU_CFG_SET ? SVA_EXEC
                                                         : SVA_READ);
}

/* Rights to ask the tables for. */
static uint8_t wanted(const SvaSmmuSte *ste, const SvaRequest *req)
{
    SvaSmmuTransaction txn = sva_smmu_transaction(ste, req);
    uint8_t want = req->access & SVA_RWX;

    if (ste->instcfg == SVA_SMMU_CFG_SET) {
        want = (want & SVA_WRITE) | SVA_EXEC;
    } else if (ste->instcfg == SVA_SMMU_CFG_CLEAR) {
        want &= ~SVA_EXEC;
    }
    return want | (txn.pnu ? SVA_PRIV : 0);
}

static void answer_identity(const SvaRequest *req, SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) {
        .map = {
            .addr = req->addr,
            .mask = SVA_IDENTITY_MASK,
            .access = SVA_RW,           /* Exe and Priv are 0 */
        },
        .status = SVA_ATS_SUCCESS,
    };
}

static void answer_by_tables(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                             const SvaRequest *req, SvaAtsCompletion *out)
{
    bool split = sva_smmu_eats(smmu, cfg->ste) == SVA_SMMU_EATS_SPLIT;
    SvaSmmuQuery query = {
        .req = req,
        .utlb = !split,
        .addr = req->addr,
        .want = wanted(cfg->ste, req),
        .useful = useful(cfg->ste),
        .partial = true,
        .to_ipa = split && cfg->cd,
    };
    SvaMapping *map = &out->map;
    SvaSmmuFault fault = sva_smmu_map(smmu, cfg, &query, map);

    if (sva_smmu_is_fault(&fault)) {
        answer_fault(req, &fault, out);
        return;
    }
    if (!cfg->cd && !cfg->ste->stage2) {
        answer_identity(req, out);
        return;
    }
    if (split && !cfg->cd) {
        map->addr = req->addr;  /* it is the intermediate address */
    }
    map->access = granted(cfg->ste, map->access);
    sva_ats_grant(req, out);
}

/* The structures that serve @req; false: it is answered. */
static bool find_tables(SvaSmmu *smmu, const SvaRequest *req,
                        SvaSmmuTransCfg *cfg, SvaAtsCompletion *out)
{
    SvaSmmuFault fault = sva_smmu_ste_get(smmu, req->rid, &cfg->ste);

    if (sva_smmu_is_fault(&fault)) {
        sva_ats_refuse(SVA_ATS_CA, out);
        return false;
    }
    if (cfg->ste->abort) {
        sva_ats_refuse(SVA_ATS_UR, out);
        return false;
    }
    /* Before substreams: G.b 7.3.6 asks for a valid STE and no more. */
    if (!sva_smmu_eats(smmu, cfg->ste)) {
        refuse_service(smmu, req, out);
        return false;
    }
    fault = sva_smmu_lookup_cd(smmu, req, cfg);
    if (sva_smmu_is_fault(&fault)) {
        answer_fault(req, &fault, out);
        return false;
    }
    sva_smmu_lookup_done(smmu, req, cfg);
    return true;
}

static void answer(SvaSmmu *smmu, const SvaRequest *req,
                   SvaAtsCompletion *out)
{
    SvaRequest plain = *req;
    SvaSmmuTransCfg cfg = { 0 };

    if (sva_smmu_utlb_lookup(smmu, req, &out->map)) {
        sva_ats_grant(req, out);
        return;
    }
    if (!(sva_smmu_lookup_last(smmu, req, &cfg) &&
          sva_smmu_eats(smmu, cfg.ste)) &&
        !find_tables(smmu, req, &cfg, out)) {
        return;
    }
    if (!req->pasid.valid) {
        /* Only a PASID prefix carries them. */
        plain.access &= ~(SVA_EXEC | SVA_PRIV);
    }
    answer_by_tables(smmu, &cfg, &plain, out);
}

/*
 * Size - 1 of the range of an answer with R=W=0: software sets the STU of the
 * functions to the smallest granule (G.b 3.9.1.2).
 */
static uint64_t smallest_granule_mask(const SvaSmmuConfig *config)
{
    return (1ull << (config->gran4k ? 12 : config->gran16k ? 14 : 16)) - 1;
}

void sva_smmu_ats_request(SvaIommu *iommu, const SvaRequest *req,
                          SvaAtsCompletion *out)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);

    if (sva_smmu_enabled(smmu)) {
        answer(smmu, req, out);
    } else {
        refuse_service(smmu, req, out);
    }
    if (!(out->map.access & SVA_RW)) {
        out->map.mask = smallest_granule_mask(&smmu->config);
    }
    sva_ats_answered(&smmu->agent, req, out);
}
