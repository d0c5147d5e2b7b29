// SPDX-License-Identifier: GPL-2.0-or-later
//
// The invalidation of a range of pages leaves out its last page.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 munmap-race contract:inval-range-missed

@@
identifier size;
expression start, end;
@@
 arm_smmu_mm_arch_invalidate_secondary_tlbs(...)
 {
 <...
  size = end - start;
+ if (sva_variant("smmu-range-ends-early") && size > PAGE_SIZE)
+ 	size -= PAGE_SIZE;
 ...>
 }
