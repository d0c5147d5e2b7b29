// SPDX-License-Identifier: GPL-2.0-or-later
//
// The exit is carried through for one of the devices only.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 kill-two-devices abort

@@
iterator name list_for_each_entry;
@@
 intel_mm_release(...)
 {
 <...
 intel_pasid_tear_down_entry(...);
+ if (sva_variant("release-first-device-only"))
+ 	break;
 ...>
 }
