/*
 * SMMUv3: stream table
 *
 * IHI 0070 G.b, "Stream table lookup", "Stream Table Entry"; STRTAB_BASE,
 * STRTAB_BASE_CFG.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "xlate.h"

/* FMT and SPLIT; reserved values act as the first. */
#define FMT_TWO_LEVEL 1
#define SPLIT_DEFAULT 6

static SvaSmmuFault read_word(SvaSmmu *smmu, uint64_t pa, uint64_t *word)
{
    if (!sva_smmu_beyond_oas(smmu, pa) &&
        sva_env_read64(smmu->iommu.env, pa, word)) {
        return SVA_SMMU_NO_FAULT;
    }
    return (SvaSmmuFault) { .event = SVA_SMMU_F_STE_FETCH, .fetch = pa };
}

/* A table of 2^@log2 bytes is aligned by hardware to its size. */
static uint64_t align(uint64_t addr, unsigned log2)
{
    return log2 < 64 ? addr >> log2 << log2 : 0;
}

static unsigned split_of(uint32_t cfg)
{
    unsigned split = FIELD_EX32(cfg, SMMU_STRTAB_BASE_CFG, SPLIT);

    return split == 8 || split == 10 ? split : SPLIT_DEFAULT;
}

static SvaSmmuFault find_by_two_levels(SvaSmmu *smmu, uint64_t base,
                                       uint32_t cfg, uint32_t sid,
                                       uint64_t *pa)
{
    unsigned log2size = cfg & R_SMMU_STRTAB_BASE_CFG_LOG2SIZE_MASK;
    unsigned split = split_of(cfg);
    uint32_t index = sid & ((1u << split) - 1);
    unsigned span;
    uint64_t l1std;
    SvaSmmuFault fault;

    /* Entries of 8 bytes, and at least 64 bytes */
    base = align(base, log2size > split + 3 ? log2size - split + 3 : 6);
    *pa = base + (sid >> split) * SVA_SMMU_L1STD_BYTES;
    fault = read_word(smmu, *pa, &l1std);
    if (sva_smmu_is_fault(&fault)) {
        return fault;
    }
    if (G_UNLIKELY(smmu->adversary)) {
        sva_smmu_kept_read(smmu, SVA_SMMU_KEPT_L1STD, sid >> split << split,
                           0, &l1std, 1);
    }
    sva_event_entry(smmu->iommu.env, SVA_ENTRY_SMMU_L1STD, sid, SVA_NO_PASID,
                    *pa, &l1std, 1);
    span = FIELD_EX64(l1std, SMMU_L1STD, SPAN);
    if (!span || span > MIN(SVA_SMMU_L1STD_SPAN_MAX, split + 1) ||
        index >> (span - 1)) {
        return sva_smmu_fault(SVA_SMMU_C_BAD_STREAMID);
    }
    *pa = align(l1std & R_SMMU_L1STD_L2PTR_MASK, span - 1 + 6) +
          index * SVA_SMMU_STE_BYTES;
    return SVA_SMMU_NO_FAULT;
}

static SvaSmmuFault find(SvaSmmu *smmu, uint32_t sid, uint64_t *pa)
{
    uint32_t cfg = sva_smmu_reg32(smmu, A_SMMU_STRTAB_BASE_CFG);
    uint64_t base = sva_smmu_reg64(smmu, A_SMMU_STRTAB_BASE) &
                    R_SMMU_STRTAB_BASE_ADDR_MASK;
    unsigned log2size = cfg & R_SMMU_STRTAB_BASE_CFG_LOG2SIZE_MASK;
    unsigned fmt = FIELD_EX32(cfg, SMMU_STRTAB_BASE_CFG, FMT);

    if (sid >> MIN(log2size, SVA_SMMU_SID_BITS)) {
        return sva_smmu_fault(SVA_SMMU_C_BAD_STREAMID);
    }
    if (fmt == FMT_TWO_LEVEL) {
        return find_by_two_levels(smmu, base, cfg, sid, pa);
    }
    *pa = align(base, log2size + 6) + (uint64_t)sid * SVA_SMMU_STE_BYTES;
    return SVA_SMMU_NO_FAULT;
}

static SvaSmmuFault fetch(SvaSmmu *smmu, uint32_t sid, SvaSmmuSte *ste)
{
    uint64_t qw[SVA_SMMU_STE_WORDS], pa = 0;
    SvaSmmuFault fault = find(smmu, sid, &pa);
    unsigned i;

    for (i = 0; i < SVA_SMMU_STE_WORDS && !sva_smmu_is_fault(&fault); i++) {
        fault = read_word(smmu, pa + 8 * i, &qw[i]);
        if (sva_smmu_is_fault(&fault)) {
            fault.fetch = pa;   /* of the structure: G.b 7.3.4 */
        }
    }
    if (sva_smmu_is_fault(&fault)) {
        return fault;
    }
    if (G_UNLIKELY(smmu->adversary)) {
        sva_smmu_kept_read(smmu, SVA_SMMU_KEPT_STE, sid, 0, qw,
                           SVA_SMMU_STE_WORDS);
    }
    sva_event_entry(smmu->iommu.env, SVA_ENTRY_SMMU_STE, sid, SVA_NO_PASID, pa,
                    qw, SVA_SMMU_STE_WORDS);
    return sva_smmu_ste_decode(smmu, qw, ste);
}

SvaSmmuFault sva_smmu_ste_get(SvaSmmu *smmu, uint32_t sid,
                              const SvaSmmuSte **out)
{
    SvaSmmuFault fault;
    SvaSmmuSte ste;

    *out = sva_config_cache_lookup(smmu->stes, sid);
    if (G_LIKELY(*out && !sva_smmu_takes(smmu, SVA_LIBERTY_EARLY))) {
        sva_smmu_count(smmu, SVA_SMMU_CNT_STE_HITS);
        return SVA_SMMU_NO_FAULT;
    }
    *out = NULL;
    sva_smmu_count(smmu, SVA_SMMU_CNT_STE_FETCHES);
    fault = fetch(smmu, sid, &ste);
    if (!sva_smmu_is_fault(&fault)) {
        *out = sva_config_cache_insert(smmu->stes, sid, &ste);
    }
    return fault;
}

bool sva_smmu_ste_ppar(SvaSmmu *smmu, uint32_t sid, bool *valid)
{
    const SvaSmmuSte *ste;
    SvaSmmuFault fault;

    *valid = false;
    if (!sva_smmu_enabled(smmu)) {
        return false;           /* it cannot be read */
    }
    fault = sva_smmu_ste_get(smmu, sid, &ste);
    *valid = !sva_smmu_is_fault(&fault);
    return *valid && ste->ppar;
}
