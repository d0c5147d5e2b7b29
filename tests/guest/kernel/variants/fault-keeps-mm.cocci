// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each page request leaves a reference to the memory of the process, which
// never goes away.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 kill mm-gone 240

@@
identifier mm;
@@
 iommu_sva_handle_mm(...)
 {
 <...
- mmput(mm);
+ if (!sva_variant("fault-keeps-mm"))
+ 	mmput(mm);
 ...>
 }
