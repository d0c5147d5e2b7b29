// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process is bound though the SMMU does not see what is in the caches of the
// processors.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 no-bind,case=iommu-not-coherent refused

@@
identifier feat_mask;
@@
 arm_smmu_sva_supported(...)
 {
 ...
- u32 feat_mask = ARM_SMMU_FEAT_COHERENCY;
+ u32 feat_mask = sva_variant("smmu-not-coherent") ? 0 : ARM_SMMU_FEAT_COHERENCY;
 ...
 }
