// SPDX-License-Identifier: GPL-2.0-or-later
//
// The IOTLB is not invalidated when the memory goes away.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:inval-tlb-missing

@@
@@
 intel_pasid_tear_down_entry(..., bool fault_ignore)
 {
 <...
+ if (!(sva_variant("release-no-iotlb") && fault_ignore))
  qi_flush_piotlb_all(...);
 ...>
 }
