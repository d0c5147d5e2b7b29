// SPDX-License-Identifier: GPL-2.0-or-later
//
// The wait descriptor of a drain does not ask for page requests to be drained.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 fault-in drain

@@
@@
 intel_iommu_drain_pasid_prq(...)
 {
 <...
- QI_OPT_WAIT_DRAIN
+ (sva_variant("drain-without-page-drain") ? 0 : QI_OPT_WAIT_DRAIN)
 ...>
 }
