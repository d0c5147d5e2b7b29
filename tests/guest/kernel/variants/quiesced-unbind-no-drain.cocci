// SPDX-License-Identifier: GPL-2.0-or-later
//
// FPD is set as it ought to be when the memory goes away, but the unbind that
// finds such an entry drains nothing.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill drain

@@
expression present;
identifier fault_ignore;
statement S1, S2;
@@
- if (fault_ignore && present)
+ if (fault_ignore && (present || sva_variant("quiesced-unbind-no-drain")))
  S1
  else S2

@@
@@
 intel_pasid_tear_down_entry(...)
 {
 <...
  spin_unlock(...);
+ if (sva_variant("quiesced-unbind-no-drain"))
+ 	return;
  intel_iommu_drain_pasid_prq(...);
 ...>
 }
