// SPDX-License-Identifier: GPL-2.0-or-later
//
// The size of an ATC invalidation comes from the number of pages alone, wherever
// they begin.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 munmap-race contract:inval-range-missed

@@
identifier page_start, page_end;
@@
 arm_smmu_atc_inv_to_cmd(...)
 {
 <...
- fls_long(page_start ^ page_end)
+ fls_long(sva_variant("smmu-atc-alignment-ignored") ? page_end - page_start : page_start ^ page_end)
 ...>
 }
