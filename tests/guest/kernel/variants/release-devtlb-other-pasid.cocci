// SPDX-License-Identifier: GPL-2.0-or-later
//
// The device TLB is invalidated for the next PASID.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:inval-atc-missing

@@
expression iommu, sid, pfsid, pasid, depth, addr, order;
@@
 devtlb_invalidation_with_pasid(...)
 {
 <...
- qi_flush_dev_iotlb_pasid(iommu, sid, pfsid, pasid, depth, addr, order);
+ qi_flush_dev_iotlb_pasid(iommu, sid, pfsid, pasid + sva_variant("release-devtlb-other-pasid"), depth, addr, order);
 ...>
 }
