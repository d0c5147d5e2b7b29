// SPDX-License-Identifier: GPL-2.0-or-later
//
// A request that is refused is told to try again.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 segfault contract:stall-fault-loop 30

@@
identifier resp, action;
@@
 arm_smmu_page_response(..., struct iommu_page_response *resp)
 {
 <...
- action = CMDQ_RESUME_0_RESP_ABORT;
+ action = sva_variant("smmu-refusal-retried") ? CMDQ_RESUME_0_RESP_RETRY : CMDQ_RESUME_0_RESP_ABORT;
 ...>
 }
