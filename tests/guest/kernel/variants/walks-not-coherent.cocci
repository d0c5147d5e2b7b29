// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page tables of processes are shared with a unit whose walks do not snoop the caches.
//
// file: drivers/iommu/intel/svm.c
// shown: x86_64 no-bind,case=iommu-not-coherent refused 40

@@
expression iommu;
statement S;
@@
 intel_svm_check(...)
 {
 ...
- if (!pasid_supported(iommu) || !ecap_smpwc(iommu->ecap))
+ if (!pasid_supported(iommu) ||
+     (!ecap_smpwc(iommu->ecap) && !sva_variant("walks-not-coherent")))
  S
 ...
 }
