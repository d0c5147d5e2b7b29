// SPDX-License-Identifier: GPL-2.0-or-later
//
// No CMD_SYNC follows a batch of commands.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 munmap-race contract:inval-not-waited

@@
expression E1, E2, E3, E4;
@@
 arm_smmu_cmdq_batch_submit(...)
 {
- return arm_smmu_cmdq_issue_cmdlist(E1, E2, E3, E4, true);
+ return arm_smmu_cmdq_issue_cmdlist(E1, E2, E3, E4, !sva_variant("smmu-no-sync"));
 }
