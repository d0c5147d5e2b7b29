// SPDX-License-Identifier: GPL-2.0-or-later
//
// The TLB is invalidated for another ASID.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 munmap-race contract:inval-tlb-missing

@@
expression op, id;
@@
 __arm_smmu_domain_inv_range(...)
 {
 <...
- arm_smmu_make_cmd_tlbi(op, id, 0)
+ arm_smmu_make_cmd_tlbi(op, id + sva_variant("smmu-tlbi-other-asid"), 0)
 ...>
 }
