// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the DMA API unmaps stays in the IOTLB.
//
// file: drivers/iommu/intel/iommu.c
// shown: x86_64 kernel-pasid contract:inval-tlb-missing

@@
@@
 intel_iommu_tlb_sync(...)
 {
+ if (!sva_variant("dma-unmap-kept"))
  cache_tag_flush_range(...);
 ...
 }
