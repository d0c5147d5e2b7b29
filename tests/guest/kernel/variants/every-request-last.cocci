// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every page request is taken for the last one of its group.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 kill-with-requests contract:page-response-early

@@
identifier desc;
statement S;
@@
- if (desc->lpig)
+ if (desc->lpig || sva_variant("every-request-last"))
  S
