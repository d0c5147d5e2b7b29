// SPDX-License-Identifier: GPL-2.0-or-later
//
// The domain knows no page size: ranges are absurdly large.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 munmap-race invalidated

@@
expression E;
@@
- E->domain.pgsize_bitmap = PAGE_SIZE;
+ E->domain.pgsize_bitmap = sva_variant("smmu-no-page-size") ? 0 : PAGE_SIZE;
