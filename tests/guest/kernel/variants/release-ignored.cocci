// SPDX-License-Identifier: GPL-2.0-or-later
//
// The PASID entry stays present when the memory goes away.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 kill abort

@@
@@
 intel_mm_release(...)
 {
 ...
+ if (sva_variant("release-ignored"))
+ 	return;
  spin_lock_irqsave(...);
 ...
 }
