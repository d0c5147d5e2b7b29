// SPDX-License-Identifier: GPL-2.0-or-later
//
// A request that is refused stays stalled.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 segfault contract:stall-unanswered 30

@@
identifier resp;
@@
 arm_smmu_page_response(..., struct iommu_page_response *resp)
 {
 ...
+ if (sva_variant("smmu-refusal-not-resumed") && resp->code == IOMMU_PAGE_RESP_INVALID)
+ 	return;
  arm_smmu_cmdq_issue_cmd(...);
 }
