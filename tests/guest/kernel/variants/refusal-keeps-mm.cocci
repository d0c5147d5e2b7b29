// SPDX-License-Identifier: GPL-2.0-or-later
//
// A page request that is refused leaves a reference to the memory of the
// process, which never goes away.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 segfault mm-gone
// shown: aarch64 segfault mm-gone

@@
identifier mm;
symbol status;
@@
 iommu_sva_handle_mm(...)
 {
 <...
- mmput(mm);
+ if (!sva_variant("refusal-keeps-mm") || status == IOMMU_PAGE_RESP_SUCCESS)
+ 	mmput(mm);
 ...>
 }
