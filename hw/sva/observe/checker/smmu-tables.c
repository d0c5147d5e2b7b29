/*
 * Checker, SMMUv3: geometry of the tables that STEs and CDs point at
 *
 * IHI 0070 G.b, 5.2 (S2TG, S2PS), 5.4 (TG0, IPS); Arm DDI 0487, "Translation
 * table lookup levels".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-entry.h"

unsigned sva_check_smmu_granule(const SvaCheckSmmuUnit *u, unsigned tg)
{
    static const uint8_t log2[4] = { 12, 16, 14, 0 };
    unsigned granule = log2[tg & 3];

    return granule && u->granules >> granule & 1 ? granule : 0;
}

int sva_check_smmu_start_level(unsigned granule, unsigned tsz)
{
    unsigned index = granule - 3;
    unsigned translated = 64 - tsz;

    if (!granule || translated <= granule) {
        return -1;
    }
    /* Each level resolves @index bits above those of the page. */
    return 4 - (int)((translated - granule + index - 1) / index);
}

unsigned sva_check_smmu_output_bits(const SvaCheckSmmuUnit *u, unsigned ps)
{
    static const uint8_t bits[8] = { 32, 36, 40, 42, 44, 48, 52, 56 };

    return MIN(bits[ps & 7], u->oas);
}
