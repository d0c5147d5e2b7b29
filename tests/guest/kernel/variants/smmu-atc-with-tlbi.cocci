// SPDX-License-Identifier: GPL-2.0-or-later
//
// No CMD_SYNC lies between the invalidations of TLB and ATC, which is filled again.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 munmap-race contract:inval-wrong-order

@@
expression cur, next;
statement S;
@@
 arm_smmu_invs_end_batch(...)
 {
 <...
- if (!arm_smmu_inv_is_ats(cur) && arm_smmu_inv_is_ats(next))
+ if (!sva_variant("smmu-atc-with-tlbi") && !arm_smmu_inv_is_ats(cur) &&
+     arm_smmu_inv_is_ats(next))
  S
 ...>
 }
