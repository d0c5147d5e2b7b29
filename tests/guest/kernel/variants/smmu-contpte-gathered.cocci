// SPDX-License-Identifier: GPL-2.0-or-later
//
// A page of a contiguous range is taken for dirty if one of its neighbours is.  The
// SMMU, which is not to set the dirty state here, asks for it for ever.
//
// file: arch/arm64/mm/contpte.c
// file: drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c
// shown: aarch64 clean-pages contract:stall-fault-loop 60

@@
expression ptep, entry;
@@
 contpte_ptep_set_access_flags(...)
 {
 <...
- if (contpte_all_subptes_match_access_flags(ptep, entry))
+ if (sva_variant("smmu-contpte-gathered")
+     ? pte_val(pte_mknoncont(ptep_get(ptep))) == pte_val(entry)
+     : contpte_all_subptes_match_access_flags(ptep, entry))
  	return 0;
 ...>
 }

@@
expression features;
statement S;
@@
 arm_smmu_make_sva_cd(...)
 {
 <...
(
- if (features & ARM_SMMU_FEAT_HA)
+ if ((features & ARM_SMMU_FEAT_HA) && !sva_variant("smmu-contpte-gathered"))
  S
|
- if (features & ARM_SMMU_FEAT_HD)
+ if ((features & ARM_SMMU_FEAT_HD) && !sva_variant("smmu-contpte-gathered"))
  S
)
 ...>
 }
