// SPDX-License-Identifier: GPL-2.0-or-later
//
// Refused page requests are answered for PASID 0.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 segfault contract:page-response-pasid

@@
identifier msg, desc;
@@
 intel_iommu_page_response(..., struct iommu_page_response *msg)
 {
 <...
  desc.qw3 = 0;
+ if (sva_variant("refusal-without-pasid") && msg->code == IOMMU_PAGE_RESP_INVALID)
+ 	desc.qw0 &= ~QI_PGRP_PASID(0xfffffULL);
 ...>
 }
