// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each bind leaks memory.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 bind-storm memory 240
// shown: aarch64 bind-storm memory 240

@@
@@
 iommu_sva_bind_device(...)
 {
 <...
 mutex_lock(&iommu_sva_lock);
+ if (sva_variant("bind-leaks"))
+ 	kzalloc(16384, GFP_KERNEL);
 ...>
 }
