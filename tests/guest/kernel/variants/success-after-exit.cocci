// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests of a process that is gone are answered Success.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 kill-with-queued-requests invalid-request

@@
identifier mm, status;
@@
- if (!mmget_not_zero(mm))
- 	return status;
+ if (!mmget_not_zero(mm))
+ 	return sva_variant("success-after-exit") ? IOMMU_PAGE_RESP_SUCCESS : status;
