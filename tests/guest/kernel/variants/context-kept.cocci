// SPDX-License-Identifier: GPL-2.0-or-later
//
// The context cache is not invalidated when a function gets another context entry.
//
// file: drivers/iommu/intel/pasid.c
// shown: x86_64 hot-unplug contract:inval-entry-missing

@@
@@
 device_pasid_table_teardown(...)
 {
 <...
+ if (!sva_variant("context-kept"))
  intel_context_flush_no_pasid(...);
 ...>
 }
