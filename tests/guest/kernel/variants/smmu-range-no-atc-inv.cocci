// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is unmapped stays in the ATC.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 munmap-race contract:inval-atc-missing

@@
identifier size, granule;
@@
 __arm_smmu_domain_inv_range(..., size_t size, unsigned int granule, bool leaf)
 {
 <...
+ if (!(sva_variant("smmu-range-no-atc-inv") && size))
  arm_smmu_cmdq_batch_add_cmd(..., arm_smmu_atc_inv_to_cmd(...));
 ...>
 }
