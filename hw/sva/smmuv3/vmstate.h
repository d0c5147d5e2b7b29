/*
 * sva-smmuv3: how its state is written to a stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_VMSTATE_H
#define HW_SVA_SMMUV3_VMSTATE_H

#include "migration/vmstate.h"
#include "state.h"

/* Of a SvaSmmuSaved. */
extern const VMStateDescription sva_smmu_vmstate;

#endif
