// SPDX-License-Identifier: GPL-2.0-or-later
//
// Without commands for ranges even the whole address space is invalidated page by
// page, so that no CMD_SYNC ever follows.
//
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c
// shown: aarch64 fork contract:smmu-command-unsynced 30

@@
identifier size;
expression E;
statement S;
@@
 arm_smmu_inv_size_too_big(struct arm_smmu_device *smmu, size_t size, ...)
 {
 ...
- if (!size || size == SIZE_MAX)
+ if (!size || (size == SIZE_MAX && !sva_variant("smmu-range-no-limit")))
  S
 ...
- return size >= E;
+ return !sva_variant("smmu-range-no-limit") && size >= E;
 }

@@
expression reg;
statement S;
@@
- if (FIELD_GET(IDR3_RIL, reg))
+ if (FIELD_GET(IDR3_RIL, reg) && !sva_variant("smmu-range-no-limit"))
  S
