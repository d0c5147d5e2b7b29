/*
 * Page request interface of a function: enable, responses, status
 *
 * What configuration space says about it comes by function.h.
 *
 * PCIe r6 10.4.2 "Page Request Group Response", 10.5.2 "Page Request Extended
 * Capability".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_PRI_H
#define HW_SVA_ENDPOINT_PRI_H

#include "function.h"

void sva_pri_response(SvaFunction *fn, const SvaPageResponse *rsp);

/*
 * The function may have lost the permission to send.  Groups that can no
 * longer be completed end with a Response Failure and give back their
 * credits.
 */
void sva_pri_forget_partial(SvaFunction *fn);

/* Reset of the function: send nothing, and call nobody. */
void sva_pri_reset(SvaFunction *fn);

#endif
