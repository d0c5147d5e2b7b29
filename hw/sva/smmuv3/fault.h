/*
 * SMMUv3: faults, and the event records of transactions (event.c)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_FAULT_H
#define HW_SVA_SMMUV3_FAULT_H

#include "../core/pt-vmsa64.h"
#include "smmuv3.h"

/* CLASS of an event: what was being translated. */
typedef enum SvaSmmuClass {
    SVA_SMMU_CLASS_CD = 0,
    SVA_SMMU_CLASS_TT = 1,
    SVA_SMMU_CLASS_IN = 2,
} SvaSmmuClass;

/*
 * A fault or configuration error, by value between the stages.
 *
 * @event:  event number (IHI 0070 G.b 7.3), 0: none
 * @abort:  the transaction is aborted, and there is no event for it
 * @cls:    SvaSmmuClass
 * @s2:     of stage 2
 * @ttrnw:  F_PERMISSION with CLASS=TT: the descriptor could not be read
 * @missing: F_PERMISSION of the address itself: rights that are not there
 * @ssid:   C_BAD_SUBSTREAMID: index of the CD that was fetched
 * @ipa:    stage 2: the address it could not translate
 * @fetch:  F_*_FETCH, F_WALK_EABT: physical address that was not readable
 */
typedef struct SvaSmmuFault {
    uint8_t event;
    uint8_t cls;
    bool abort;
    bool s2;
    bool ttrnw;
    uint8_t missing;
    uint32_t ssid;
    uint64_t ipa;
    uint64_t fetch;
} SvaSmmuFault;

#define SVA_SMMU_NO_FAULT ((SvaSmmuFault) { .event = 0 })

static inline bool sva_smmu_is_fault(const SvaSmmuFault *fault)
{
    return fault->event || fault->abort;
}

/* What a walk that failed on behalf of @cls is. */
SvaSmmuFault sva_smmu_walk_fault(const SvaVmsaResult *res, SvaSmmuClass cls);

/*
 * A transaction, as event records describe it.
 *
 * @pnu, @ind: privileged, instruction, after STE overrides; valid in all
 *             records that have them
 */
typedef struct SvaSmmuTransaction {
    SvaRequest req;
    bool pnu;
    bool ind;
} SvaSmmuTransaction;

/*
 * Make a record, Stall=0, or lose it as IHI 0070 G.b 7.2 says.  A fault without
 * event, and C_BAD_STREAMID without CR2.RECINVSID, make none.  RnW is 0 if
 * SVA_WRITE is in @txn->req.access, unless SVA_READ alone is missing.
 */
void sva_smmu_event_record(SvaSmmu *smmu, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn);
/* A fault that is not to be recorded (R=0): count it. */
void sva_smmu_event_silent(SvaSmmu *smmu, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn);
/* The four 64-bit words of a record; @stag is used if @stall. */
void sva_smmu_event_encode(const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn, bool stall,
                           uint16_t stag, uint64_t words[4]);
/* Put a record into the queue; false if it is not writable now. */
bool sva_smmu_event_put(SvaSmmu *smmu, const uint64_t words[4]);
/* Records that can be written now; 0 if disabled or with EVENTQ_ABT_ERR. */
uint32_t sva_smmu_event_room(const SvaSmmu *smmu);

#endif
