/*
 * Counters of the SMMUv3 unit: names and values
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmuv3.h"

static const char *const names[SVA_SMMU_CNT_COUNT] = {
#define SVA_SMMU_COUNTER_TEXT(name, text) [SVA_SMMU_CNT_##name] = text,
    SVA_SMMU_COUNTERS(SVA_SMMU_COUNTER_TEXT)
#undef SVA_SMMU_COUNTER_TEXT
};

const char *sva_smmu_counter_name(SvaSmmuCounter counter)
{
    return counter < SVA_SMMU_CNT_COUNT ? names[counter] : "";
}

uint64_t sva_smmu_counter(const SvaSmmu *smmu, SvaSmmuCounter counter)
{
    /* What a hit without a lookup would have counted. */
    static const uint8_t hits[SVA_SMMU_CNT_COUNT] = {
        [SVA_SMMU_CNT_TRANSLATIONS] = SVA_HIT_UNTRANSLATED,
        [SVA_SMMU_CNT_TRANSLATED] = SVA_HIT(PASSED) | SVA_HIT(CONFIG),
        [SVA_SMMU_CNT_STE_HITS] = SVA_HIT_UNTRANSLATED | SVA_HIT(CONFIG),
        [SVA_SMMU_CNT_CD_HITS] = SVA_HIT(PASID),
        [SVA_SMMU_CNT_IOTLB_HITS] = SVA_HIT_UNTRANSLATED,
    };

    return smmu->counters[counter] +
           sva_iommu_hits(&smmu->iommu, hits[counter]);
}
