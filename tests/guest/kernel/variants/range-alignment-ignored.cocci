// SPDX-License-Identifier: GPL-2.0-or-later
//
// The size of an invalidation comes from the number of pages alone, wherever they
// begin.
//
// file: drivers/iommu/intel/cache.c
// shown: x86_64 munmap-race contract:inval-range-missed

@@
identifier start, last, bits;
expression E;
@@
 calculate_psi_aligned_address(unsigned long start, unsigned long last, ...)
 {
 <...
  bits = fls_long(E);
+ if (sva_variant("range-alignment-ignored"))
+ 	bits = fls_long(last - start);
 ...>
 }
