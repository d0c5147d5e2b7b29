// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is unmapped is not invalidated.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 munmap-race contract:inval-tlb-missing

@@
identifier size;
expression start, end;
@@
 arm_smmu_mm_arch_invalidate_secondary_tlbs(...)
 {
 <...
  size = end - start;
+ if (sva_variant("smmu-range-not-invalidated"))
+ 	return;
 ...>
 }
