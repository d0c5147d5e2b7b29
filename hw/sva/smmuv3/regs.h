/*
 * SMMUv3: register file, for those who reset and restore it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_REGS_H
#define HW_SVA_SMMUV3_REGS_H

#include "smmuv3.h"

void sva_smmu_regs_reset(SvaSmmu *smmu);

/* Bits of the word at @off that software can set, whatever is enabled. */
uint32_t sva_smmu_regs_writable(const SvaSmmu *smmu, unsigned off);

#endif
