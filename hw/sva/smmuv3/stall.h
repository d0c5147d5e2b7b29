/*
 * SMMUv3: stalled transactions, their life and their state
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_STALL_H
#define HW_SVA_SMMUV3_STALL_H

#include "internal.h"

/* SVA_EV_STALL, SVA_EV_STALL_END of a transaction that has no record. */
#define SVA_SMMU_NO_STAG UINT64_MAX

/* A stalled transaction, to be saved; @stag is 0 without a record. */
typedef struct SvaSmmuStallState {
    uint32_t cookie;
    uint16_t rid;
    uint16_t stag;
} SvaSmmuStallState;

/*
 * @recorded:   transactions with a record, oldest first
 * @unrecorded: those without, oldest first
 * @stags:      by slot, last STAG given out
 */
typedef struct SvaSmmuStallsState {
    uint32_t recorded_count;
    uint32_t unrecorded_count;
    SvaSmmuStallState recorded[SVA_SMMU_STALLS_MAX];
    SvaSmmuStallState unrecorded[SVA_SMMU_UNRECORDED_MAX];
    uint16_t stags[SVA_SMMU_STALLS_MAX];
} SvaSmmuStallsState;

SvaSmmuStalls *sva_smmu_stalls_new(SvaSmmu *smmu);
void sva_smmu_stalls_free(SvaSmmu *smmu);

void sva_smmu_stalls_save(const SvaSmmu *smmu, SvaSmmuStallsState *out);
/* Drops the present stalls.  false: @in is impossible. */
bool sva_smmu_stalls_restore(SvaSmmu *smmu, const SvaSmmuStallsState *in);

#endif
