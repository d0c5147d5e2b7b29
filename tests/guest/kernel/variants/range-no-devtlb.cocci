// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is unmapped stays in the device TLBs.
//
// file: drivers/iommu/intel/cache.c
// shown: x86_64 munmap-race contract:inval-atc-missing

@@
identifier info;
expression dev;
@@
 cache_tag_flush_devtlb_psi(...)
 {
 ...
+ if (sva_variant("range-no-devtlb"))
+ 	return;
  info = dev_iommu_priv_get(dev);
 ...
 }
