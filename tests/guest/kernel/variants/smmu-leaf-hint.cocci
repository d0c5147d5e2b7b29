// SPDX-License-Identifier: GPL-2.0-or-later
//
// Invalidations of a range say that no table has changed, though tables are freed.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 freed-tables contract:inval-leaf-only

@@
expression domain, start, size;
@@
 arm_smmu_mm_arch_invalidate_secondary_tlbs(...)
 {
 <...
- arm_smmu_domain_inv_range(domain, start, size, PAGE_SIZE, false);
+ arm_smmu_domain_inv_range(domain, start, size, PAGE_SIZE, sva_variant("smmu-leaf-hint"));
 ...>
 }
