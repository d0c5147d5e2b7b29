/*
 * Statistics: what the host can read of an IOMMU while the guest runs
 *
 * Counters, registers and a summary of the caches as QOM properties.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_IOMMU_STATS_H
#define HW_SVA_PCI_IOMMU_STATS_H

#include "qom/object.h"

/* A register that is a property @name; @size: 4 or 8 bytes. */
typedef struct SvaIommuStatsRegister {
    const char *name;
    uint32_t offset;
    uint8_t size;
} SvaIommuStatsRegister;

/*
 * @counter_count, @counter_name: property "count-<name>" of each counter
 * @counter:   its value
 * @registers: 0 unless the device is realized; reading has no side effects
 */
typedef struct SvaIommuStats {
    unsigned counter_count;
    const char *(*counter_name)(unsigned counter);
    uint64_t (*counter)(Object *obj, unsigned counter);
    const SvaIommuStatsRegister *registers;
    unsigned register_count;
} SvaIommuStats;

/* Add the properties to @klass, which is one of IOMMU devices. */
void sva_iommu_stats_add(ObjectClass *klass, const SvaIommuStats *stats);

#endif
