// SPDX-License-Identifier: GPL-2.0-or-later
//
// The device TLB is not invalidated when the memory goes away.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:inval-atc-missing

@@
@@
 intel_pasid_tear_down_entry(..., bool fault_ignore)
 {
 <...
+ if (!(sva_variant("release-no-devtlb") && fault_ignore))
  devtlb_invalidation_with_pasid(...);
 ...>
 }
