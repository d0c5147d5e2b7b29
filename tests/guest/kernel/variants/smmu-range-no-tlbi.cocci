// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is unmapped stays in the TLB.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 munmap-race contract:inval-tlb-missing

@@
identifier size, granule;
@@
 arm_smmu_inv_to_cmdq_batch(..., size_t size, unsigned int granule)
 {
+ if (sva_variant("smmu-range-no-tlbi") && size)
+ 	return;
 ...
 }
