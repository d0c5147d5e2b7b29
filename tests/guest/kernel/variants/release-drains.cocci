// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests are drained under a spin lock when the memory goes away.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 kill-with-queued-requests health

@@
identifier fault_ignore;
statement S;
@@
 intel_pasid_tear_down_entry(..., bool fault_ignore)
 {
 <...
- if (!fault_ignore)
+ if (!fault_ignore || sva_variant("release-drains"))
  S
 ...>
 }
