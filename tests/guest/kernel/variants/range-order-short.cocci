// SPDX-License-Identifier: GPL-2.0-or-later
//
// The address mask of an invalidation is one too small.
//
// file: drivers/iommu/intel/cache.c
// shown: x86_64 munmap-race contract:inval-range-missed

@@
identifier order, bits;
@@
 calculate_psi_aligned_address(...)
 {
 <...
- *order = bits - VTD_PAGE_SHIFT;
+ *order = bits - VTD_PAGE_SHIFT - sva_variant("range-order-short");
 ...>
 }
