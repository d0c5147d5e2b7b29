// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests of a process that is gone are never answered.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 kill-with-queued-requests contract:page-request-unanswered
// shown: aarch64 stall-across-exit contract:stall-unanswered 30

@@
identifier group, status;
@@
- iopf_group_response(group, status);
+ if (sva_variant("no-answer-after-exit") && !atomic_read(&group->attach_handle->domain->mm->mm_users))
+ 	iopf_group_dequeue(group);
+ else
+ 	iopf_group_response(group, status);
  iopf_free_group(group);
