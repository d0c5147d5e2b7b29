// SPDX-License-Identifier: GPL-2.0-or-later
//
// The first device that is unbound takes the domain of all of them along.
//
// file: drivers/iommu/iommu-sva.c
// shown: aarch64 two-devices contract:inval-tlb-missing

@@
expression users;
statement S;
@@
 iommu_sva_unbind_device(...)
 {
 <...
- if (--users == 0)
+ if (--users == 0 || sva_variant("smmu-unbind-frees-shared"))
  S
 ...>
 }
