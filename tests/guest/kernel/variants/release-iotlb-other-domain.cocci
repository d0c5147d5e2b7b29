// SPDX-License-Identifier: GPL-2.0-or-later
//
// When the memory goes away the IOTLB is invalidated for another domain ID.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:inval-tlb-missing

@@
expression iommu, did, pasid;
@@
 intel_pasid_tear_down_entry(..., bool fault_ignore)
 {
 <...
- qi_flush_piotlb_all(iommu, did, pasid);
+ qi_flush_piotlb_all(iommu, did + sva_variant("release-iotlb-other-domain"), pasid);
 ...>
 }
