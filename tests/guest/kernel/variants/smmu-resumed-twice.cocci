// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each stalled request is resumed twice.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 fault-in answers

@@
expression smmu, cmd;
@@
 arm_smmu_page_response(...)
 {
 <...
  arm_smmu_cmdq_issue_cmd(smmu, cmd);
+ if (sva_variant("smmu-resumed-twice"))
+ 	arm_smmu_cmdq_issue_cmd(smmu, cmd);
 ...>
 }
