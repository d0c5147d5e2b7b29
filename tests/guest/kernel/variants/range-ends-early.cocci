// SPDX-License-Identifier: GPL-2.0-or-later
//
// The invalidation of a range of pages leaves out its last page.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 munmap-race contract:inval-range-missed

@@
identifier start, end;
@@
 intel_arch_invalidate_secondary_tlbs(..., unsigned long start, unsigned long end)
 {
 ...
+ if (sva_variant("range-ends-early") && end - start > PAGE_SIZE)
+ 	end -= PAGE_SIZE;
  cache_tag_flush_range(...);
 }
