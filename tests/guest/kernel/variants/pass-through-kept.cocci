// SPDX-License-Identifier: GPL-2.0-or-later
//
// Pass-through stays in the IOTLB when a function leaves it.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 domain-type contract:inval-tlb-missing

@@
@@
 intel_pasid_tear_down_entry(...)
 {
 <...
+ if (!(sva_variant("pass-through-kept") && pgtt == PASID_ENTRY_PGTT_PT))
  qi_flush_piotlb_all(...);
 ...>
 }
