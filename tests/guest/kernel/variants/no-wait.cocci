// SPDX-License-Identifier: GPL-2.0-or-later
//
// Invalidations of a PASID are followed by no wait descriptor, so that nobody knows
// when they have been carried out.
//
// file: drivers/iommu/intel/dmar.c
// shown: x86_64 kill contract:inval-not-waited

@@
expression status, to, shift;
identifier wait_desc;
statement S;
@@
 qi_submit_sync(...)
 {
 <...
(
- memcpy(to, &wait_desc, 1 << shift);
+ bool unwaited = count && sva_variant("no-wait") &&
+ 		(type == QI_PC_TYPE || type == QI_EIOTLB_TYPE || type == QI_DEIOTLB_TYPE);
+ memcpy(to, unwaited ? &desc[count - 1] : &wait_desc, 1 << shift);
|
- while (READ_ONCE(status) != QI_DONE)
+ while (!unwaited && READ_ONCE(status) != QI_DONE)
  S
)
 ...>
 }
