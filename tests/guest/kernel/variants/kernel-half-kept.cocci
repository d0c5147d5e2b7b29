// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tables of the kernel half are freed while the IOMMU may know them (CVE-2025-71089).
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 kernel-tables contract:inval-walk-missing

@@
@@
 iommu_sva_invalidate_kva_range(...)
 {
+ if (sva_variant("kernel-half-kept"))
+ 	return;
 ...
 }
