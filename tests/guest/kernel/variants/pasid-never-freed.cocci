// SPDX-License-Identifier: GPL-2.0-or-later
//
// A PASID is not given back.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 kill pasid-reuse
// shown: aarch64 kill pasid-reuse

@@
expression pasid;
@@
 mm_pasid_drop(...)
 {
 <...
- iommu_free_global_pasid(pasid);
+ if (!sva_variant("pasid-never-freed"))
+ 	iommu_free_global_pasid(pasid);
 ...>
 }
