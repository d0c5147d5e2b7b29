/*
 * Evidence: what the host can read of an IOMMU while the guest runs
 *
 * Counters and registers as QOM properties.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_EVIDENCE_H
#define HW_SVA_EVIDENCE_H

#include "qom/object.h"

/* A register that is a property @name; @size: 4 or 8 bytes. */
typedef struct SvaEvidenceRegister {
    const char *name;
    uint32_t offset;
    uint8_t size;
} SvaEvidenceRegister;

/*
 * @counter_count, @counter_name: property "count-<name>" of each counter
 * @counters:  their values
 * @registers: 0 unless the device is realized; reading has no side effects
 */
typedef struct SvaEvidence {
    unsigned counter_count;
    const char *(*counter_name)(unsigned counter);
    const uint64_t *(*counters)(Object *obj);
    const SvaEvidenceRegister *registers;
    unsigned register_count;
} SvaEvidence;

/* Add the properties to @klass, which is a SvaIommuClass. */
void sva_evidence_add(ObjectClass *klass, const SvaEvidence *evidence);

#endif
