// SPDX-License-Identifier: GPL-2.0-or-later
//
// The PASID is given back when the memory goes away, while a device is still
// bound.
//
// file: kernel/fork.c
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 kill pasid-kept
// shown: aarch64 kill pasid-kept

@@
identifier mm;
@@
 __mmput(struct mm_struct *mm)
 {
 ...
 exit_mmap(mm);
+ if (sva_variant("pasid-freed-at-exit") && mm->iommu_mm)
+ 	iommu_free_global_pasid(mm->iommu_mm->pasid);
 ...
 }

@@
expression pasid;
@@
 mm_pasid_drop(...)
 {
 <...
- iommu_free_global_pasid(pasid);
+ if (!sva_variant("pasid-freed-at-exit"))
+ 	iommu_free_global_pasid(pasid);
 ...>
 }
