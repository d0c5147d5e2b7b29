// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process that lives on is unbound, and TLB and ATC keep what they have.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 fault-in invalidated

@@
@@
 arm_smmu_sva_domain_free(...)
 {
 <...
+ if (!sva_variant("smmu-unbind-no-flush"))
  arm_smmu_domain_inv(...);
 ...>
 }

@@
expression master;
statement S;
@@
 arm_smmu_blocking_set_dev_pasid(...)
 {
 <...
- if (master->ats_enabled)
+ if (master->ats_enabled && !sva_variant("smmu-unbind-no-flush"))
  	S
 ...>
 }

@@
identifier inv;
@@
 arm_smmu_inv_flush_iotlb_tag(struct arm_smmu_inv *inv)
 {
+ if (sva_variant("smmu-unbind-no-flush"))
+ 	return;
 ...
 }
