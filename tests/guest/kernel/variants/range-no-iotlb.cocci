// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is unmapped stays in the IOTLB.
//
// file: drivers/iommu/intel/cache.c
// shown: x86_64 munmap-race contract:inval-tlb-missing

@@
identifier domain;
statement S;
@@
 cache_tag_flush_iotlb(struct dmar_domain *domain, ...)
 {
 ...
+ if (sva_variant("range-no-iotlb") && domain->domain.type == IOMMU_DOMAIN_SVA)
+ 	return;
  if (intel_domain_use_piotlb(domain)) S
 ...
 }
