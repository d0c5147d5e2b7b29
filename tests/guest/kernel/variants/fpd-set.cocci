// SPDX-License-Identifier: GPL-2.0-or-later
//
// Control: nothing is wrong.  FPD is set when the memory goes away, which the
// kernel means to do (finding 1).
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill none

@@
expression pe;
identifier fault_ignore;
statement S1, S2;
@@
- if (fault_ignore && pasid_pte_is_present(pe))
+ if (fault_ignore && (pasid_pte_is_present(pe) || sva_variant("fpd-set")))
  S1
  else S2
