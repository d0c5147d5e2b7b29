// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests behind the 64th of the queue are looked for at its begin.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 fault-in contract:page-request-unanswered 60

@@
expression req;
identifier head;
@@
 prq_event_thread(...)
 {
 <...
- req = &iommu->prq[head / sizeof(*req)];
+ req = &iommu->prq[(head / sizeof(*req)) % (sva_variant("request-index-short") ? 64 : PRQ_DEPTH)];
 ...>
 }
