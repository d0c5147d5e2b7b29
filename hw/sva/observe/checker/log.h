/*
 * Commands that were issued and are not complete yet
 *
 * A wait completes every invalidation that was issued before it.  A guest may
 * issue any number without waiting; what does not fit is taken for complete.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_LOG_H
#define HW_SVA_OBSERVE_CHECKER_LOG_H

#include "arch.h"

#define SVA_CHECK_LOG_INVALS 1024
#define SVA_CHECK_LOG_WAITS  64

/*
 * @order: event at which it was issued
 * @seq:   the same, or the one at which it was carried out: what was read
 *         before that is dropped
 */
typedef struct SvaCheckIssued {
    SvaCheckInval inval;
    uint64_t words[2];
    uint64_t order;
    uint64_t seq;
} SvaCheckIssued;

/* @time: of the checker's clock */
typedef struct SvaCheckWait {
    uint64_t word;
    uint64_t addr;
    uint64_t seq;
    int64_t time;
} SvaCheckWait;

/*
 * Rings; the oldest is at @first, respectively @first_wait.
 *
 * @done: the newest wait that is complete
 */
typedef struct SvaCheckLog {
    SvaCheckIssued invals[SVA_CHECK_LOG_INVALS];
    unsigned first;
    unsigned count;
    SvaCheckWait waits[SVA_CHECK_LOG_WAITS];
    unsigned first_wait;
    unsigned wait_count;
    uint64_t done;
} SvaCheckLog;

/* @oldest: had to make room, if true is returned. */
bool sva_check_log_add(SvaCheckLog *log, const SvaCheckInval *inval,
                       const SvaEvent *event, SvaCheckIssued *oldest);

/* The oldest of these words that was not carried out yet has been. */
void sva_check_log_carried(SvaCheckLog *log, const SvaEvent *event);

void sva_check_log_wait(SvaCheckLog *log, const SvaEvent *event, int64_t now);

/*
 * Software waits, and has not been told yet.  One that a unit gave up, as after
 * a time-out, counts until a later one is complete, and no longer than a
 * function may take to answer.
 */
bool sva_check_log_waiting(const SvaCheckLog *log, int64_t now);

/* The unit has forgotten its queue. */
void sva_check_log_reset(SvaCheckLog *log);

/*
 * A wait is complete.  Everything issued before the returned number is, too:
 * before the wait, or before now if the command is not known.
 */
uint64_t sva_check_log_done(SvaCheckLog *log, const SvaEvent *event);

/* Take the oldest one that was issued before @seq. */
bool sva_check_log_take(SvaCheckLog *log, uint64_t seq, SvaCheckIssued *issued);

/* The @i-th pending one, oldest first; NULL behind the last. */
const SvaCheckIssued *sva_check_log_pending(const SvaCheckLog *log, unsigned i);

#endif
