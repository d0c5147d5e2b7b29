// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each group of page requests is answered twice.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 fault-in contract:page-response-twice

@@
identifier msg, desc;
@@
 intel_iommu_page_response(..., struct iommu_page_response *msg)
 {
 <...
  desc.qw3 = 0;
+ if (sva_variant("answered-twice"))
+ 	qi_submit_sync(iommu, &desc, 1, 0);
 ...>
 }
