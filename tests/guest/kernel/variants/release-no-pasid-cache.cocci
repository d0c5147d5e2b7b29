// SPDX-License-Identifier: GPL-2.0-or-later
//
// The PASID cache is not invalidated when the memory goes away.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:inval-entry-missing

@@
@@
 intel_pasid_tear_down_entry(..., bool fault_ignore)
 {
 <...
+ if (!(sva_variant("release-no-pasid-cache") && fault_ignore))
  pasid_cache_invalidation_with_pasid(...);
 ...>
 }
