// SPDX-License-Identifier: GPL-2.0-or-later
//
// Refused page requests are answered Response Failure.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 segfault contract:page-response-failure

@@
identifier msg, desc;
@@
 intel_iommu_page_response(..., struct iommu_page_response *msg)
 {
 <...
  desc.qw3 = 0;
+ if (sva_variant("refusal-is-failure") && msg->code == IOMMU_PAGE_RESP_INVALID)
+ 	desc.qw0 |= QI_PGRP_RESP_CODE(0xfULL);
 ...>
 }
