// SPDX-License-Identifier: GPL-2.0-or-later
//
// Requests stall after the memory has gone away.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 kill silence

@@
identifier target;
expression mask;
statement S;
expression E;
@@
 arm_smmu_make_sva_cd(...)
 {
 <...
- if (!(E & ARM_SMMU_FEAT_STALL_FORCE))
+ if (!sva_variant("smmu-stall-kept") && !(E & ARM_SMMU_FEAT_STALL_FORCE))
  S
 ...>
 }
