// SPDX-License-Identifier: GPL-2.0-or-later
//
// Invalidations of a range say that no table has changed, though tables are freed.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 thp contract:inval-leaf-only

@@
expression domain, start, end;
@@
 intel_arch_invalidate_secondary_tlbs(...)
 {
 <...
- cache_tag_flush_range(domain, start, end, 0);
+ cache_tag_flush_range(domain, start, end, sva_variant("leaf-hint"));
 ...>
 }
