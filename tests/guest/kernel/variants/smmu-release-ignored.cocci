// SPDX-License-Identifier: GPL-2.0-or-later
//
// The context descriptor stays as it is when the memory goes away.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 kill silence

@@
@@
 arm_smmu_mm_release(...)
 {
 <...
+ if (sva_variant("smmu-release-ignored"))
+ 	continue;
  arm_smmu_make_sva_cd(...);
 ...>
 }
