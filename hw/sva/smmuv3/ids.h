/*
 * SMMUv3: values of the ID registers
 *
 * IDR2, IDR4 and IIDR are 0.  The latter names no implementer that there is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_IDS_H
#define HW_SVA_SMMUV3_IDS_H

#include "smmuv3.h"

/* @config has no error. */
uint32_t sva_smmu_idr0_value(const SvaSmmuConfig *config);
uint32_t sva_smmu_idr1_value(const SvaSmmuConfig *config);
uint32_t sva_smmu_idr3_value(const SvaSmmuConfig *config);
uint32_t sva_smmu_idr5_value(const SvaSmmuConfig *config);
uint32_t sva_smmu_aidr_value(const SvaSmmuConfig *config);

#endif
