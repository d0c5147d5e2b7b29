// SPDX-License-Identifier: GPL-2.0-or-later
//
// The context descriptor of a PASID stays after unbind.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 late late-dma

@@
identifier cdptr, ssid;
expression master;
@@
 arm_smmu_clear_cd(..., ioasid_t ssid)
 {
 ...
+ if (sva_variant("smmu-unbind-cd-kept") && ssid)
+ 	return;
  cdptr = arm_smmu_get_cd_ptr(master, ssid);
 ...
 }
