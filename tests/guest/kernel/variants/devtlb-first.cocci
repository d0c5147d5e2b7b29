// SPDX-License-Identifier: GPL-2.0-or-later
//
// The device TLB is invalidated before the IOTLB, from which it is filled again.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:inval-wrong-order

@@
identifier iommu, dev, pasid;
@@
 intel_pasid_tear_down_entry(struct intel_iommu *iommu, struct device *dev, u32 pasid, ...)
 {
 <...
(
+ if (sva_variant("devtlb-first"))
+ 	devtlb_invalidation_with_pasid(iommu, dev, pasid);
  qi_flush_piotlb_all(...);
|
+ if (!sva_variant("devtlb-first"))
  devtlb_invalidation_with_pasid(...);
)
 ...>
 }
