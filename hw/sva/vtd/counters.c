/*
 * Counters of the VT-d unit: names and values
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd.h"

static const char *const names[SVA_VTD_CNT_COUNT] = {
#define SVA_VTD_COUNTER_TEXT(name, text) [SVA_VTD_CNT_##name] = text,
    SVA_VTD_COUNTERS(SVA_VTD_COUNTER_TEXT)
#undef SVA_VTD_COUNTER_TEXT
};

const char *sva_vtd_counter_name(SvaVtdCounter counter)
{
    return counter < SVA_VTD_CNT_COUNT ? names[counter] : "";
}

uint64_t sva_vtd_counter(const SvaVtd *vtd, SvaVtdCounter counter)
{
    /* What a hit without a lookup would have counted. */
    static const uint8_t hits[SVA_VTD_CNT_COUNT] = {
        [SVA_VTD_CNT_TRANSLATIONS] = SVA_HIT_UNTRANSLATED,
        [SVA_VTD_CNT_TRANSLATED] = SVA_HIT(PASSED) | SVA_HIT(CONFIG),
        [SVA_VTD_CNT_CONTEXT_HITS] = SVA_HIT_UNTRANSLATED | SVA_HIT(CONFIG),
        [SVA_VTD_CNT_PASID_HITS] = SVA_HIT(PASID),
        [SVA_VTD_CNT_IOTLB_HITS] = SVA_HIT_UNTRANSLATED,
    };

    return vtd->counters[counter] +
           sva_iommu_hits(&vtd->iommu, hits[counter]);
}
