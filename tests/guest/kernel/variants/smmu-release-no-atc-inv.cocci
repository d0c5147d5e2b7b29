// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ATC is not invalidated when the memory goes away.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 kill contract:inval-atc-missing

@@
expression domain, granule;
@@
 arm_smmu_mm_release(...)
 {
 ...
(
- arm_smmu_domain_inv(domain);
+ arm_smmu_domain_inv_range(domain, 0, 0, sva_variant("smmu-release-no-atc-inv") ? SZ_2G : 0, false);
|
- arm_smmu_domain_inv_range(domain, 0, 0, granule, false);
+ arm_smmu_domain_inv_range(domain, 0, 0, sva_variant("smmu-release-no-atc-inv") ? SZ_2G : granule, false);
)
 }

@@
identifier size, granule;
@@
 __arm_smmu_domain_inv_range(..., size_t size, unsigned int granule, bool leaf)
 {
 <...
+ if (!(sva_variant("smmu-release-no-atc-inv") && granule == SZ_2G))
  arm_smmu_cmdq_batch_add_cmd(..., arm_smmu_atc_inv_to_cmd(...));
 ...>
 }
