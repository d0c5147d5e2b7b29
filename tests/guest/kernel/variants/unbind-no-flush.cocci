// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process that lives on is unbound, and IOTLB and device TLB keep what they have.
//
// file: drivers/iommu/intel/pasid.c
// file: drivers/iommu/intel/prq.c
// shown: x86_64 fault-in contract:inval-tlb-missing

@@
@@
 intel_pasid_tear_down_entry(..., bool fault_ignore)
 {
 <...
(
+ if (!sva_variant("unbind-no-flush") || fault_ignore)
  devtlb_invalidation_with_pasid(...);
|
+ if (!sva_variant("unbind-no-flush") || fault_ignore)
  qi_flush_piotlb_all(...);
)
 ...>
 }

@@
expression iommu, desc, options;
@@
 intel_iommu_drain_pasid_prq(...)
 {
 <...
- qi_submit_sync(iommu, desc, 3, options);
+ qi_submit_sync(iommu, desc, sva_variant("unbind-no-flush") ? 1 : 3, options);
 ...>
 }
