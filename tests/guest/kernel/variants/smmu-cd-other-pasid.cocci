// SPDX-License-Identifier: GPL-2.0-or-later
//
// The context descriptor is written at the place of another PASID.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 fault-in data 180

@@
expression master, pasid;
identifier cdptr;
@@
 arm_smmu_set_pasid(...)
 {
 <...
- cdptr = arm_smmu_alloc_cd_ptr(master, pasid);
+ cdptr = arm_smmu_alloc_cd_ptr(master, pasid ^ (sva_variant("smmu-cd-other-pasid") ? 2 : 0));
 ...>
 }
