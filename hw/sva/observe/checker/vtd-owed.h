/*
 * Checker, VT-d: what software owes after a change
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_OWED_H
#define HW_SVA_OBSERVE_CHECKER_VTD_OWED_H

#include "vtd-command.h"
#include "vtd-compare.h"

/* Lines of Table 28; those by PASID without the case of RID_PASID. */
typedef enum SvaCheckVtdDuty {
    SVA_CHECK_VTD_DUTY_ROOT_LEGACY,
    SVA_CHECK_VTD_DUTY_CONTEXT_LEGACY,
    SVA_CHECK_VTD_DUTY_ROOT,
    SVA_CHECK_VTD_DUTY_CONTEXT,
    SVA_CHECK_VTD_DUTY_CONTEXT_OWN,
    SVA_CHECK_VTD_DUTY_PASID_DIR,
    SVA_CHECK_VTD_DUTY_GONE_SECOND,
    SVA_CHECK_VTD_DUTY_GONE_FIRST,
    SVA_CHECK_VTD_DUTY_FIELDS,
    SVA_CHECK_VTD_DUTY_FIRST_TABLE,
    SVA_CHECK_VTD_DUTY_SECOND_TABLE,
    SVA_CHECK_VTD_DUTIES
} SvaCheckVtdDuty;

#define SVA_CHECK_VTD_STEPS 4

/* A descriptor: SvaCheckVtdCmdType and SvaCheckVtdGran; type 0: none */
typedef struct SvaCheckVtdStep {
    uint8_t type;
    uint8_t gran;
} SvaCheckVtdStep;

extern const SvaCheckVtdStep
sva_check_vtd_duties[SVA_CHECK_VTD_DUTIES][SVA_CHECK_VTD_STEPS];

/* Which line is about the change from @old to @now. */
SvaCheckVtdDuty sva_check_vtd_duty(const SvaCheckVtdUnit *unit,
                                   const SvaCheckEntry *old,
                                   const SvaCheckEntry *now);

/* As SvaCheckArch.owed. */
unsigned sva_check_vtd_owed(const SvaCheckVtdUnit *unit,
                            const SvaCheckEntry *old,
                            const SvaCheckEntry *now,
                            SvaCheckOwed out[SVA_CHECK_OWED]);

#endif
