// SPDX-License-Identifier: GPL-2.0-or-later
//
// A stalled request is resumed as one of another stream.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 fault-in contract:stall-resume-unknown 30

@@
expression sid, stag, resp;
@@
 arm_smmu_page_response(...)
 {
 <...
- arm_smmu_make_cmd_resume(sid, stag, resp)
+ arm_smmu_make_cmd_resume(sid ^ (sva_variant("smmu-resume-other-stream") ? 0x80 : 0), stag, resp)
 ...>
 }
