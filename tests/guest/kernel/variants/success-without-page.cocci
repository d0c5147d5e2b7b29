// SPDX-License-Identifier: GPL-2.0-or-later
//
// A page request is answered Success, and nothing was done for it.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 fault-in contract:page-fault-loop
// shown: aarch64 fault-in contract:stall-fault-loop 20

@@
expression vma, addr, flags, regs;
@@
 iommu_sva_handle_mm(...)
 {
 <...
- handle_mm_fault(vma, addr, flags, regs)
+ (sva_variant("success-without-page") ? 0 : handle_mm_fault(vma, addr, flags, regs))
 ...>
 }
