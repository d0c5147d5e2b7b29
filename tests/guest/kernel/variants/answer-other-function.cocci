// SPDX-License-Identifier: GPL-2.0-or-later
//
// A page request is answered to another function.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 fault-in contract:page-response-function 30

@@
expression bus, devfn;
identifier sid;
@@
 intel_iommu_page_response(...)
 {
 <...
- sid = PCI_DEVID(bus, devfn);
+ sid = PCI_DEVID(bus, devfn) ^ (sva_variant("answer-other-function") ? 0x80 : 0);
 ...>
 }
