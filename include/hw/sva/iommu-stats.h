/*
 * Evidence: what the host can read of an IOMMU while the guest runs
 *
 * Counters, registers and what the caches hold as QOM properties.
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

/*
 * What caches hold, in sum: how many translations of which PASID or ASID
 * ("cached-translations": "1:512 3:2"), and of which functions and PASIDs the
 * entries ("cached-configs": "0x0020.1").  Sorted; empty: nothing.
 */
typedef struct SvaHoldings SvaHoldings;

SvaHoldings *sva_holdings_new(void);
/* @rid: 0 where it does not matter. */
void sva_holdings_add(SvaHoldings *held, uint16_t rid, uint32_t tag);
/* The text of a property; frees @held. */
char *sva_holdings_translations(SvaHoldings *held);
char *sva_holdings_configs(SvaHoldings *held);

/* Add the properties to @klass, which is a SvaIommuClass. */
void sva_evidence_add(ObjectClass *klass, const SvaEvidence *evidence);

#endif
