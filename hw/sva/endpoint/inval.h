/*
 * Invalidate requests, and completions that come late or never
 *
 * PCIe r6 10.3.1 "Invalidate Request", 10.3.2 "Invalidate Completion".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_INVAL_H
#define HW_SVA_ENDPOINT_INVAL_H

#include "function.h"

void sva_inval_request(SvaFunction *fn, const SvaAtcInvalidation *inv);

/*
 * The completion of the next request comes this many ms after it, though the
 * request is in force at once.  From any thread.
 */
void sva_inval_next_late(SvaFunction *fn, unsigned ms);

/* Complete what is due, and all that is late or that is withheld. */
void sva_inval_complete(SvaFunction *fn, bool late, bool withheld);

/* Set the timer for what is late. */
void sva_inval_arm(SvaFunction *fn);

/* Of SvaFunction.inval_timer. */
void sva_inval_timer(void *fn);

/* Drop all; whoever waits for a completion has a time-out. */
void sva_inval_reset(SvaFunction *fn);

#endif
