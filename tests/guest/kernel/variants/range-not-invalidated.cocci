// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is unmapped is not invalidated.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 munmap-race contract:inval-tlb-missing

@@
identifier start, end;
@@
 intel_arch_invalidate_secondary_tlbs(..., unsigned long start, unsigned long end)
 {
 ...
+ if (sva_variant("range-not-invalidated"))
+ 	return;
  cache_tag_flush_range(...);
 }
