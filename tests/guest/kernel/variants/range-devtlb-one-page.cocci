// SPDX-License-Identifier: GPL-2.0-or-later
//
// An invalidation of a range reaches the device TLBs as one of a page.
//
// file: drivers/iommu/intel/cache.c
// shown: x86_64 munmap-race contract:inval-range-missed

@@
identifier mask, info;
expression dev;
@@
 cache_tag_flush_devtlb_psi(..., unsigned long mask)
 {
 ...
+ if (sva_variant("range-devtlb-one-page"))
+ 	mask = 0;
  info = dev_iommu_priv_get(dev);
 ...
 }
