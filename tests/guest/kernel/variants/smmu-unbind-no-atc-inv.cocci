// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process that lives on is unbound, and the ATC keeps what it has.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 fault-in contract:inval-atc-missing

@@
expression master, pasid;
@@
 arm_smmu_blocking_set_dev_pasid(...)
 {
 <...
+ if (!sva_variant("smmu-unbind-no-atc-inv"))
  arm_smmu_atc_inv_master(master, pasid);
 ...>
 }
