// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ASID of a process that lives on is given to another one, and the TLB keeps
// what it has.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 bind-storm contract:smmu-asid-reused

@@
@@
 arm_smmu_sva_domain_free(...)
 {
 <...
+ if (!sva_variant("smmu-unbind-no-tlbi"))
  arm_smmu_domain_inv(...);
 ...>
 }

@@
identifier inv;
@@
 arm_smmu_inv_flush_iotlb_tag(struct arm_smmu_inv *inv)
 {
+ if (sva_variant("smmu-unbind-no-tlbi"))
+ 	return;
 ...
 }
