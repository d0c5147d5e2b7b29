// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests of a group that never became complete are not freed.
//
// file: drivers/iommu/io-pgfault.c
// shown: x86_64 bind-storm memory 240

@@
identifier partial;
@@
 iopf_queue_remove_device(...)
 {
 <...
- kfree(partial);
+ if (!sva_variant("partial-groups-leak"))
+ 	kfree(partial);
 ...>
 }
