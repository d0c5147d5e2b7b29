/*
 * Counters of the SMMUv3 unit: names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "counters.h"

static const char *const names[SVA_SMMU_CNT_COUNT] = {
#define SVA_SMMU_COUNTER_TEXT(name, text) [SVA_SMMU_CNT_##name] = text,
    SVA_SMMU_COUNTERS(SVA_SMMU_COUNTER_TEXT)
#undef SVA_SMMU_COUNTER_TEXT
};

const char *sva_smmu_counter_name(SvaSmmuCounter counter)
{
    return counter < SVA_SMMU_CNT_COUNT ? names[counter] : "";
}
