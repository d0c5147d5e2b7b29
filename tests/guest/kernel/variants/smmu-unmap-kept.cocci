// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the kernel unmaps from a domain of its own stays in the TLB.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 kernel-pasid contract:inval-tlb-missing

@@
@@
 arm_smmu_iotlb_sync(...)
 {
 ...
+ if (!sva_variant("smmu-unmap-kept"))
  arm_smmu_domain_inv_range(...);
 ...
 }
