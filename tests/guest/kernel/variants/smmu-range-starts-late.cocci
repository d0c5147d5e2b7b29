// SPDX-License-Identifier: GPL-2.0-or-later
//
// The invalidation of a range of pages leaves out its first page.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 munmap-race contract:inval-range-missed

@@
identifier start, end, size;
@@
 arm_smmu_mm_arch_invalidate_secondary_tlbs(..., unsigned long start, unsigned long end)
 {
 <...
  size = end - start;
+ if (sva_variant("smmu-range-starts-late") && size > PAGE_SIZE) {
+ 	start += PAGE_SIZE;
+ 	size -= PAGE_SIZE;
+ }
 ...>
 }
