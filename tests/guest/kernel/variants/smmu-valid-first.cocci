// SPDX-License-Identifier: GPL-2.0-or-later
//
// A descriptor becomes valid before the rest of it is there.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 kill contract:smmu-entry-torn

@@
identifier entry, target, unused_update, critical_qword_index;
@@
 arm_smmu_write_entry(..., __le64 *entry, const __le64 *target)
 {
 <...
  unused_update[critical_qword_index] = entry[critical_qword_index];
+ if (sva_variant("smmu-valid-first"))
+ 	unused_update[critical_qword_index] = target[critical_qword_index];
 ...>
 }
