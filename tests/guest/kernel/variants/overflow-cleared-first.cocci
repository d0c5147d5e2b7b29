// SPDX-License-Identifier: GPL-2.0-or-later
//
// The overflow of the page request queue is cleared before the queue is empty.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 prq-overflow contract:page-overflow-cleared

@@
@@
 prq_event_thread(...)
 {
 <...
- writel(DMA_PRS_PPR, iommu->reg + DMAR_PRS_REG);
+ writel(DMA_PRS_PPR | (sva_variant("overflow-cleared-first") ? DMA_PRS_PRO : 0),
+        iommu->reg + DMAR_PRS_REG);
 ...>
 }
