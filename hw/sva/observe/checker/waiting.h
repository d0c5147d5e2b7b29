/*
 * Requests that wait for an answer of software: page request groups, stalls
 *
 * Found by a key of the owner's.  What was answered is remembered for a while,
 * to tell a second answer from one for nothing.  Memory is bounded: with too
 * much open, new requests are not followed, and @lossy says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_WAITING_H
#define HW_SVA_OBSERVE_CHECKER_WAITING_H

#include <glib.h>
#include "query.h"

#define SVA_CHECK_WAITING_OPEN     65536
#define SVA_CHECK_WAITING_ANSWERED 4096

/*
 * @tag:      page request group index, STAG
 * @owed:     answers that software owes
 * @partial:  a request for which none is owed yet
 * @answered: there was one already
 * @excused:  software need not answer any more, but may
 * @said:     it was reported
 * @addr, @access, @since, @seq: of the first request that is owed an answer
 * @clock:    the same as @since, of sva_check_clock()
 * @tables:   of its PASID then (SvaCheckBond), 0: it was not bound
 * @ended:    that bond has; @ended_at: when, of sva_check_clock()
 */
typedef struct SvaCheckWaiting {
    uint64_t key;
    uint64_t addr;
    int64_t since;
    int64_t clock;
    uint64_t seq;
    uint64_t tables;
    int64_t ended_at;
    SvaPasid pasid;
    uint16_t rid;
    uint16_t tag;
    uint8_t access;
    bool partial;
    bool answered;
    bool excused;
    bool said;
    bool ended;
    uint32_t owed;
    GList link;
} SvaCheckWaiting;

typedef struct SvaCheckWaitings {
    GHashTable *table;
    GQueue open;                /* in the order of @since */
    GQueue answered;
    bool lossy;
} SvaCheckWaitings;

void sva_check_waitings_init(SvaCheckWaitings *w);
void sva_check_waitings_free(SvaCheckWaitings *w);

/* NULL: not known. */
SvaCheckWaiting *sva_check_waiting_find(const SvaCheckWaitings *w,
                                        uint64_t key);
/* The same, made if need be; NULL: there are too many. */
SvaCheckWaiting *sva_check_waiting_get(SvaCheckWaitings *w, uint64_t key,
                                       const SvaEvent *event, uint16_t tag);
/* One more answer is owed, for the request that @event announces. */
void sva_check_waiting_ask(SvaCheckWaitings *w, const SvaChecker *c,
                           SvaCheckWaiting *item, const SvaEvent *event);
/* An answer is no longer owed. */
void sva_check_waiting_answer(SvaCheckWaitings *w, SvaCheckWaiting *item);

/* Excuse all of @rid: the function has forgotten them. */
void sva_check_waitings_excuse(SvaCheckWaitings *w, uint16_t rid);

/*
 * The bond of @rid and @pasid has changed.  If it stands for other tables now:
 * the oldest open request of what it stood for before, or NULL.
 */
const SvaCheckWaiting *sva_check_waitings_bond(SvaCheckWaitings *w,
                                               uint16_t rid, SvaPasid pasid,
                                               const SvaCheckBond *now);

/* Call @late for each that waits for longer than it may; once. */
typedef void SvaCheckLateFn(SvaChecker *c, const SvaCheckWaiting *item);
void sva_check_waitings_tick(SvaCheckWaitings *w, SvaChecker *c,
                             SvaCheckLateFn *late);

/*
 * What software may take for an answer, in multiples of the limit: a page may
 * have to come from a disk; where the bond has ended there is nothing to fetch.
 */
#define SVA_CHECK_ANSWER_LIMITS       50
#define SVA_CHECK_ANSWER_LIMITS_ENDED 10

#endif
