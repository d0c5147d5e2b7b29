// SPDX-License-Identifier: GPL-2.0-or-later
//
// The context descriptor is made invalid when the memory goes away.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 kill silence

@@
identifier target;
@@
 arm_smmu_mm_release(...)
 {
 <...
  arm_smmu_make_sva_cd(&target, ...);
+ if (sva_variant("smmu-release-invalid-cd"))
+ 	memset(&target, 0, sizeof(target));
 ...>
 }
