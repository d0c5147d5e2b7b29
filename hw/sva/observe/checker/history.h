/*
 * The last events
 *
 * One ring for the whole machine; what concerns a function and a PASID is
 * looked for when a report is made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_HISTORY_H
#define HW_SVA_OBSERVE_CHECKER_HISTORY_H

#include "hw/sva/event.h"

typedef struct SvaCheckHistory {
    SvaEvent *events;
    unsigned size;
    uint64_t put;
} SvaCheckHistory;

/* @size: 0: nothing is kept */
void sva_check_history_init(SvaCheckHistory *h, unsigned size);
void sva_check_history_free(SvaCheckHistory *h);
void sva_check_history_put(SvaCheckHistory *h, const SvaEvent *event);

/*
 * The last events of @rid and @pasid, and commands and waits between them,
 * oldest first; at most @max.  Without @has_rid: of everybody.
 */
unsigned sva_check_history_last(const SvaCheckHistory *h, bool has_rid,
                                uint16_t rid, SvaPasid pasid,
                                SvaEvent *events, unsigned max);

#endif
