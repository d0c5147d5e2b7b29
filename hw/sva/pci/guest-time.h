/*
 * How long the guest's processors could run
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_GUEST_TIME_H
#define HW_SVA_PCI_GUEST_TIME_H

/* @used: processor time of the process at the last call, in ns */
typedef struct SvaGuestTime {
    int64_t used;
} SvaGuestTime;

/*
 * Of @elapsed ns since the last call, those for which the guest got time of
 * the host; all, if each processor waits for an interrupt.  Under the BQL.
 */
int64_t sva_guest_time(SvaGuestTime *t, int64_t elapsed);

#endif
