// SPDX-License-Identifier: GPL-2.0-or-later
//
// A change of a context descriptor is not announced (CFGI_CD).
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 late contract:inval-entry-missing

@@
identifier leaf;
@@
 arm_smmu_sync_cd(..., bool leaf)
 {
 ...
+ if (sva_variant("smmu-no-cfgi-cd") && leaf)
+ 	return;
  arm_smmu_cmdq_batch_init_cmd(...);
 ...
 }
