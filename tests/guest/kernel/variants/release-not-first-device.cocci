// SPDX-License-Identifier: GPL-2.0-or-later
//
// The exit is carried through for all devices but the first.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 kill-two-devices abort

@@
iterator name list_for_each_entry;
identifier dev_pasid, domain;
statement S;
@@
 intel_mm_release(...)
 {
 <...
 list_for_each_entry(dev_pasid, &domain->dev_pasids, link_domain)
- S
+ {
+ 	if (sva_variant("release-not-first-device") && dev_pasid->link_domain.prev == &domain->dev_pasids)
+ 		continue;
+ 	S
+ }
 ...>
 }
