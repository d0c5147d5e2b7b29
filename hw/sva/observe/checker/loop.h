/*
 * The same page asked for again and again although software says it is there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_LOOP_H
#define HW_SVA_OBSERVE_CHECKER_LOOP_H

#include "hw/sva/event.h"

#define SVA_CHECK_LOOPS 1024

/*
 * @group: key of the request's SvaCheckWaiting
 * @answers: good answers one after the other, without a translation between
 */
typedef struct SvaCheckLoop {
    uint64_t page;
    uint64_t group;
    SvaPasid pasid;
    uint16_t rid;
    uint8_t access;
    bool used;
    bool asked;
    uint8_t answers;
} SvaCheckLoop;

/* One request takes the place of another: of fixed size, all zero at first. */
typedef struct SvaCheckLoops {
    SvaCheckLoop slots[SVA_CHECK_LOOPS];
} SvaCheckLoops;

/*
 * A request, with group @key.  Returns how many good answers the same request
 * had before, in a row.
 */
unsigned sva_check_loop_ask(SvaCheckLoops *loops, const SvaEvent *event,
                            uint64_t key);
/* Software says that the page of @addr is there. */
void sva_check_loop_answer(SvaCheckLoops *loops, uint16_t rid, SvaPasid pasid,
                           uint64_t addr, uint64_t key);
/* A translation of @event's address was granted with rights @access. */
void sva_check_loop_end(SvaCheckLoops *loops, const SvaEvent *event,
                        uint8_t access);

#endif
