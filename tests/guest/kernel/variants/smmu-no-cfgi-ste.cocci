// SPDX-License-Identifier: GPL-2.0-or-later
//
// A change of a stream table entry is not announced (CFGI_STE).
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 hot-unplug contract:inval-entry-missing 40

@@
@@
 arm_smmu_ste_writer_sync_entry(...)
 {
 ...
+ if (sva_variant("smmu-no-cfgi-ste"))
+ 	return;
  arm_smmu_cmdq_issue_cmd_with_sync(...);
 }
