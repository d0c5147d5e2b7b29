// SPDX-License-Identifier: GPL-2.0-or-later
//
// Page requests of a PASID that nobody is bound to are never answered.
//
// file: drivers/iommu/io-pgfault.c
// shown: x86_64 late contract:page-request-unanswered

@@
identifier dev, evt;
@@
- iopf_error_response(dev, evt);
+ if (!sva_variant("no-answer-without-bond"))
+ 	iopf_error_response(dev, evt);
