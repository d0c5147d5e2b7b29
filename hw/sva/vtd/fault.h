/*
 * VT-d unit: faults, between the stages of a translation and in records
 *
 * A stage that fails returns an SvaFault by value; one place turns it into a
 * record for software (or not) and into the answer to the device.
 *
 * VT-d rev 5.10, 7.1: recoverable and non-recoverable faults, qualified
 * faults.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_FAULT_H
#define HW_SVA_VTD_FAULT_H

#include "hw/sva/types.h"
#include "../core/pt-walk.h"
#include "vtd.h"

/* What a fault means for the requester; decides the answer to ATS. */
typedef enum SvaFaultClass {
    SVA_FAULT_NONE,
    SVA_FAULT_FUNCTION,  /* the function as a whole may not: UR */
    SVA_FAULT_ERROR,     /* hardware or programming error: CA */
    SVA_FAULT_UPDATE,    /* A/D update failed: Success, R=W=0, recorded */
    SVA_FAULT_PAGE,      /* not mapped or not allowed: Success with R=W=0 */
} SvaFaultClass;

/*
 * @reason:    code of the architecture's own table; 0 without fault
 * @cls:       SvaFaultClass
 * @qualified: suppressed by the fault disable bit (FPD) of a table entry
 */
typedef struct SvaFault {
    uint16_t reason;
    uint8_t cls;
    bool qualified;
} SvaFault;

#define SVA_NO_FAULT ((SvaFault) { .cls = SVA_FAULT_NONE })

static inline bool sva_fault_is_none(SvaFault fault)
{
    return fault.cls == SVA_FAULT_NONE;
}

/*
 * Is the fault one that only shapes the answer to a request of SvaAddressType
 * @at, and is never recorded?  Conditions that a translation request meets
 * on its way from the PASID entry to the page mostly are.
 */
static inline bool sva_fault_is_recoverable(SvaFault fault, uint8_t at)
{
    return fault.cls == SVA_FAULT_PAGE && at == SVA_AT_TRANSLATION;
}

/*
 * Must the fault be recorded, given the FPD bits seen on the way (ORed)?
 */
static inline bool sva_fault_is_recorded(SvaFault fault, uint8_t at, bool fpd)
{
    return !sva_fault_is_none(fault) &&
           !sva_fault_is_recoverable(fault, at) &&
           !(fault.qualified && fpd);
}

/*
 * A fault and the request that met it; @fpd: OR of the FPD bits that the
 * lookup came by, of entries that are not present too.
 */
typedef struct SvaVtdFaultReport {
    SvaFault fault;
    bool fpd;
    bool page_request;
    SvaRequest req;
} SvaVtdFaultReport;

/* The fault of a reason code; its class and whether FPD suppresses it. */
SvaFault sva_vtd_fault(unsigned reason);
/* The answer to a translation request that ended with @fault. */
void sva_vtd_fault_answer(const SvaRequest *req, SvaFault fault,
                          SvaAtsCompletion *out);
/* Record it, or see why not. */
void sva_vtd_fault_report(SvaVtd *vtd, const SvaVtdFaultReport *report);
/* Software cleared F of a record, or tried to. */
void sva_vtd_fault_cleared(SvaVtd *vtd);

/* Reason codes of walk results, by SvaPtStatus; 0 for "cannot be". */
typedef struct SvaVtdWalkReasons {
    uint8_t reason[SVA_PT_STATUSES];
    uint8_t not_present_write;  /* NOT_PRESENT of a write, if it differs */
    uint8_t pass;               /* host address beyond the width */
    uint8_t interrupt;          /* result in the interrupt range */
} SvaVtdWalkReasons;

extern const SvaVtdWalkReasons sva_vtd_legacy_reasons;
extern const SvaVtdWalkReasons sva_vtd_first_reasons;
extern const SvaVtdWalkReasons sva_vtd_second_reasons;

#endif
