/*
 * SMMUv3: from requests to translations
 *
 * Tables are fetched as raw words and decoded by ste.c and cd.c; later stages
 * do not see raw words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_XLATE_H
#define HW_SVA_SMMUV3_XLATE_H

#include "fault.h"
#include "regs.h"
#include "spec-tables.h"
#include "structs.h"

static inline SvaSmmuFault sva_smmu_fault(SvaSmmuEventId event)
{
    return (SvaSmmuFault) { .event = event };
}

/* Has @addr bits above the output addresses of the unit? */
static inline bool sva_smmu_beyond_oas(const SvaSmmu *smmu, uint64_t addr)
{
    return addr >> smmu->config.oas;
}

static inline bool sva_smmu_idr0(const SvaSmmu *smmu, uint32_t bit)
{
    return sva_smmu_reg32(smmu, A_SMMU_IDR0) & bit;
}

static inline bool sva_smmu_ats_check(const SvaSmmu *smmu)
{
    return sva_smmu_reg32(smmu, A_SMMU_CR0ACK) & R_SMMU_CR0_ATSCHK_MASK;
}

/* STE.EATS as it has effect: split-stage ATS takes CR0.ATSCHK. */
static inline unsigned sva_smmu_eats(const SvaSmmu *smmu,
                                     const SvaSmmuSte *ste)
{
    return ste->eats == SVA_SMMU_EATS_SPLIT && !sva_smmu_ats_check(smmu)
           ? 0 : ste->eats;
}

/* -- decoding (ste.c, cd.c) -- */

/* Granules as STE.S2TG and CD.TG0 number them; 0: reserved or missing. */
unsigned sva_smmu_granule(const SvaSmmuConfig *config, unsigned tg);
/*
 * Width of output addresses of tables: IPS, S2PS encoded in @ps, at most
 * what the unit has and the descriptors of @granule can hold.
 */
unsigned sva_smmu_output_bits(const SvaSmmuConfig *config, unsigned ps,
                              unsigned granule);
/* Do these values of HA and HD need more than the unit has? */
bool sva_smmu_lacks_httu(const SvaSmmuConfig *config, bool ha, bool hd);

/* Words of an STE to @out; C_BAD_STE. */
SvaSmmuFault sva_smmu_ste_decode(const SvaSmmu *smmu,
                                 const uint64_t qw[SVA_SMMU_STE_WORDS],
                                 SvaSmmuSte *out);
/* Words of a CD that is reached by @ste; C_BAD_CD. */
SvaSmmuFault sva_smmu_cd_decode(const SvaSmmu *smmu, const SvaSmmuSte *ste,
                                const uint64_t qw[SVA_SMMU_CD_WORDS],
                                SvaSmmuCd *out);
/*
 * Key of a cached CD.  The low bits are the StreamID: CDs of a stream are a
 * group of the cache.
 */
static inline uint64_t sva_smmu_cd_key(uint32_t sid, uint32_t ssid)
{
    return (uint64_t)ssid << 32 | sid;
}

static inline uint32_t sva_smmu_cd_key_sid(uint64_t key)
{
    return (uint32_t)key;
}

static inline uint32_t sva_smmu_cd_key_ssid(uint64_t key)
{
    return (uint32_t)(key >> 32);
}

/* The CD of index @index; @out belongs to the cache. */
SvaSmmuFault sva_smmu_cd_get(SvaSmmu *smmu, const SvaSmmuSte *ste,
                             uint32_t sid, uint32_t index,
                             const SvaSmmuCd **out);

/* -- lookup (stream-table.c, lookup.c) -- */

/* The STE of @sid; @out belongs to the cache until the next insertion. */
SvaSmmuFault sva_smmu_ste_get(SvaSmmu *smmu, uint32_t sid,
                              const SvaSmmuSte **out);
/* STE.PPAR of @sid; false in @valid: there is no usable STE. */
bool sva_smmu_ste_ppar(SvaSmmu *smmu, uint32_t sid, bool *valid);

SvaSmmuFault sva_smmu_lookup(SvaSmmu *smmu, const SvaRequest *req,
                             SvaSmmuTransCfg *out);
/* The same as for the request before, if that was alike and nothing changed. */
bool sva_smmu_lookup_last(SvaSmmu *smmu, const SvaRequest *req,
                          SvaSmmuTransCfg *out);
/* @cfg serves @req, without fault. */
void sva_smmu_lookup_done(SvaSmmu *smmu, const SvaRequest *req,
                          const SvaSmmuTransCfg *cfg);
/* From @cfg->ste, which does not abort, on: the CD, if there is one. */
SvaSmmuFault sva_smmu_lookup_cd(SvaSmmu *smmu, const SvaRequest *req,
                                SvaSmmuTransCfg *cfg);

/* -- translation (translate.c) -- */

/*
 * What to translate.
 *
 * @req:     for whom
 * @utlb:    the uTLB may keep the answer for other requests like it
 * @want:    rights as the tables have them, and SVA_PRIV
 * @partial: rights may be missing, but not all of @useful
 * @to_ipa:  two stages: translate to the intermediate address; the TLB does
 *           not have it, so this takes a walk
 */
typedef struct SvaSmmuQuery {
    const SvaRequest *req;
    uint64_t addr;
    uint8_t want;
    uint8_t useful;
    bool utlb;
    bool partial;
    bool to_ipa;
} SvaSmmuQuery;

SvaSmmuFault sva_smmu_map(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                          const SvaSmmuQuery *query, SvaMapping *out);

/*
 * uTLB (lookup.c), for untranslated and translation requests.  It holds
 * answers from TLB hits that depend on the request, the STE, the CD and that
 * TLB entry alone: CMD_CFGI_CD names them by the SubstreamID, CMD_TLBI_* by
 * the ASID.  No register takes part: CR0.SMMUEN is looked at before, and
 * answers of split-stage ATS, for which CR0.ATSCHK counts, are not inserted.
 * A hit counts as one in each cache behind the uTLB.
 */
bool sva_smmu_utlb_lookup(SvaSmmu *smmu, const SvaRequest *req,
                          SvaMapping *out);
/* @map is from TLB entry @hit. */
void sva_smmu_utlb_insert(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                          const SvaRequest *req, const SvaTlbEntry *hit,
                          const SvaMapping *map);

/* Privilege and kind of @req, after the overrides of @ste (may be NULL). */
SvaSmmuTransaction sva_smmu_transaction(const SvaSmmuSte *ste,
                                        const SvaRequest *req);

/* -- for SvaIommuOps (translate.c, ats.c, pri.c, cached.c) -- */

void sva_smmu_translate(SvaIommu *iommu, const SvaRequest *req,
                        SvaTranslation *out);
bool sva_smmu_peek(const SvaIommu *iommu, const SvaRequest *req, SvaHit *out);
void sva_smmu_check_translated(SvaIommu *iommu, const SvaRequest *req,
                               SvaTranslation *out);
void sva_smmu_ats_request(SvaIommu *iommu, const SvaRequest *req,
                          SvaAtsCompletion *out);
void sva_smmu_page_request(SvaIommu *iommu, const SvaPageRequest *req);
void sva_smmu_cached(SvaIommu *iommu, SvaCachedFn *fn, void *opaque);

#endif
