// SPDX-License-Identifier: GPL-2.0-or-later
//
// The TLB is not invalidated when the memory goes away.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 kill contract:inval-tlb-missing

@@
expression domain, granule;
@@
 arm_smmu_mm_release(...)
 {
 ...
(
- arm_smmu_domain_inv(domain);
+ arm_smmu_domain_inv_range(domain, 0, 0, sva_variant("smmu-release-no-tlbi") ? SZ_2G : 0, false);
|
- arm_smmu_domain_inv_range(domain, 0, 0, granule, false);
+ arm_smmu_domain_inv_range(domain, 0, 0, sva_variant("smmu-release-no-tlbi") ? SZ_2G : granule, false);
)
 }

@@
identifier size, granule;
@@
 arm_smmu_inv_to_cmdq_batch(..., size_t size, unsigned int granule)
 {
+ if (sva_variant("smmu-release-no-tlbi") && granule == SZ_2G)
+ 	return;
 ...
 }
