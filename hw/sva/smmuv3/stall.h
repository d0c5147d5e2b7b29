/*
 * SMMUv3: stalled transactions, their life and their state
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_STALL_H
#define HW_SVA_SMMUV3_STALL_H

#include "fault.h"

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

/*
 * Suspend the transaction, with a record or, if none can be written now,
 * unrecorded: it is sent again when there is room.  false: it cannot be
 * suspended, and is to be terminated with an abort and an ordinary record.
 */
bool sva_smmu_stall(SvaSmmu *smmu, const SvaSmmuFault *fault,
                    const SvaSmmuTransaction *txn);
/* Those that return a number: of stalls that they looked at. */
unsigned sva_smmu_stall_resume(SvaSmmu *smmu, uint32_t sid, uint16_t stag,
                               SvaStallAction action);
/* Abort all of @sid. */
unsigned sva_smmu_stall_term(SvaSmmu *smmu, uint32_t sid);
/* SMMUEN 1->0, reset: abort all; STAGs are free. */
void sva_smmu_stall_abort_all(SvaSmmu *smmu);
/* The event queue has become writable, or a STAG free. */
unsigned sva_smmu_stall_kick(SvaSmmu *smmu);

SvaSmmuStalls *sva_smmu_stalls_new(SvaSmmu *smmu);
void sva_smmu_stalls_free(SvaSmmu *smmu);

void sva_smmu_stalls_save(const SvaSmmu *smmu, SvaSmmuStallsState *out);
/* Drops the present stalls.  false: @in is impossible. */
bool sva_smmu_stalls_restore(SvaSmmu *smmu, const SvaSmmuStallsState *in);

#endif
