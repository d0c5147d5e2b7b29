// SPDX-License-Identifier: GPL-2.0-or-later
//
// A stalled request is resumed by the tag of another one.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 fault-in contract:stall-resume-unknown 30

@@
identifier resp;
@@
 arm_smmu_page_response(..., struct iommu_page_response *resp)
 {
 <...
- resp->grpid
+ (resp->grpid ^ sva_variant("smmu-resume-other-stag"))
 ...>
 }
