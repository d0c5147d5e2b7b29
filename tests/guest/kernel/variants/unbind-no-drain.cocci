// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests are not drained at unbind.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 fault-in drain

@@
@@
 intel_pasid_tear_down_entry(...)
 {
 <...
+ if (!sva_variant("unbind-no-drain"))
  intel_iommu_drain_pasid_prq(...);
 ...>
 }
