// SPDX-License-Identifier: GPL-2.0-or-later
//
// The exit is carried through for one of the devices only.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 kill-two-devices silence

@@
@@
 arm_smmu_mm_release(...)
 {
 <...
  arm_smmu_write_cd_entry(...);
+ if (sva_variant("smmu-release-first-device-only"))
+ 	break;
 ...>
 }
