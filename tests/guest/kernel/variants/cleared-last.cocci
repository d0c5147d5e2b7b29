// SPDX-License-Identifier: GPL-2.0-or-later
//
// The PASID entry is cleared after the caches have been invalidated.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 late contract:inval-entry-missing adversary=28

@@
@@
 intel_pasid_tear_down_entry(...)
 {
 <...
+ if (!sva_variant("cleared-last"))
  pasid_clear_present(...);
 ...>
 }
