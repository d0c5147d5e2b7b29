// SPDX-License-Identifier: GPL-2.0-or-later
//
// A PASID entry is made present before it has its page table.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill contract:vtd-entry-torn adversary=1

@@
@@
 #include <linux/dmar.h>
+#include <linux/delay.h>

@@
identifier pte;
@@
 pasid_pte_config_first_level(..., struct pasid_entry *pte, ...)
 {
 <...
  pasid_clear_entry(pte);
+ if (sva_variant("present-first")) {
+ 	pasid_set_translation_type(pte, PASID_ENTRY_PGTT_FL_ONLY);
+ 	pasid_set_present(pte);
+ 	/* The processor may be away at any moment, as in an SMI. */
+ 	udelay(3000);
+ }
 ...>
 }
