// SPDX-License-Identifier: GPL-2.0-or-later
//
// The group index of an answer has three bits.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 fault-in contract:page-request-unanswered

@@
identifier msg, desc;
@@
 intel_iommu_page_response(..., struct iommu_page_response *msg)
 {
 <...
  desc.qw3 = 0;
+ if (sva_variant("answer-index-short"))
+ 	desc.qw1 = QI_PGRP_IDX(msg->grpid & 7);
 ...>
 }
