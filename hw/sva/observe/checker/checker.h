/*
 * SvaChecker: judges the guest's side of the contract with the IOMMU
 *
 * It hears the events of the models, keeps what the IOMMU read from tables in
 * guest memory and what may be cached of it, reads memory again, and reports
 * what software owes and did not do (docs/system/sva-checker.rst).  It writes
 * no guest memory and calls no model.
 *
 * The caller sees to it that one call runs at a time.  In sva_checker_event()
 * and in its timers the checker touches memory only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_H
#define HW_SVA_OBSERVE_CHECKER_H

#include "violation.h"

/* Of @elapsed virtual ns since the last call those in which the guest ran. */
typedef int64_t SvaCheckRanFn(void *opaque, int64_t elapsed);

/*
 * @limit:    virtual ns that an obligation may stay open
 * @history:  events that are kept
 * @entries:  table entries that are kept; the oldest is forgotten
 * @paranoid: compare each use with the tables, not only each insertion
 * @ran:      NULL: all of the time; @ran_opaque is handed to it
 */
typedef struct SvaCheckOptions {
    int64_t limit;
    uint32_t history;
    uint32_t entries;
    bool paranoid;
    SvaCheckRanFn *ran;
    void *ran_opaque;
} SvaCheckOptions;

#define SVA_CHECK_LIMIT_DEFAULT   (200 * 1000000ll)
#define SVA_CHECK_HISTORY_DEFAULT 4096
#define SVA_CHECK_ENTRIES_DEFAULT (1u << 20)
#define SVA_CHECK_ENTRIES_MIN     1024

/* Events of a report, at most. */
#define SVA_CHECK_LAST_EVENTS 32

/*
 * A violation as it is kept.
 *
 * @number:  1, 2, ...
 * @repeats: times that it was seen again
 * @text:    plain words
 * @events:  last ones of the function and PASID, oldest first
 */
typedef struct SvaCheckReport {
    SvaCheckCase facts;
    char *owed;
    char *text;
    uint64_t number;
    uint64_t seq;
    int64_t time;
    uint64_t repeats;
    unsigned event_count;
    SvaEvent *events;
} SvaCheckReport;

/* Why there is no verdict where the unit differs from the oracle. */
typedef enum SvaCheckDoubt {
    SVA_DOUBT_NONE,
    SVA_DOUBT_WAIT,             /* an invalidation is not complete */
    SVA_DOUBT_LEFT,             /* copies of other entries may be left */
    SVA_DOUBT_SHARED,           /* other tables have, or had, the same tags */
    SVA_DOUBT_UNKNOWN,          /* how the translation was made is not known */
    SVA_DOUBTS
} SvaCheckDoubt;

/* Counters, for properties and tests. */
typedef struct SvaCheckCounts {
    uint64_t events;
    uint64_t violations;        /* repetitions included */
    uint64_t entries;           /* that are kept now */
    uint64_t forgotten;         /* to stay within SvaCheckOptions.entries */
    uint64_t obligations;       /* that were ever opened */
    uint64_t open;              /* that are open now */
    uint64_t walks;             /* that the oracle made */
    uint64_t doubts[SVA_DOUBTS];
    uint64_t work;              /* steps over entries, obligations, commands */
} SvaCheckCounts;

/* There are new reports.  Called in the midst of things: come back later. */
typedef void SvaCheckNotifyFn(void *opaque);

/*
 * What is told of an obligation.
 *
 * @begin: else it has ended
 * @owed:  text of @obligation
 */
typedef struct SvaCheckTold {
    SvaObligation obligation;
    uint64_t addr;
    SvaPasid pasid;
    uint16_t rid;
    bool begin;
    char owed[256];
} SvaCheckTold;

SvaChecker *sva_checker_new(SvaEnv *env, const SvaCheckOptions *options);
void sva_checker_free(SvaChecker *c);

void sva_checker_set_notify(SvaChecker *c, SvaCheckNotifyFn *fn, void *opaque);

/* Does somebody want to hear of obligations?  Those that begin from now on. */
void sva_checker_listen(SvaChecker *c, bool listened);
/* There is something to tell.  Called in the midst of things, as above. */
void sva_checker_set_told(SvaChecker *c, SvaCheckNotifyFn *fn, void *opaque);
/* Take the oldest of it; false: that was all. */
bool sva_checker_told(SvaChecker *c, SvaCheckTold *told);

void sva_checker_event(SvaChecker *c, const SvaEvent *event);

/* Virtual time of its last tick; -1: it does not tick yet. */
int64_t sva_checker_ticked(const SvaChecker *c);
/* A new checker goes on to tick like one that ticked last then. */
void sva_checker_tick_from(SvaChecker *c, int64_t ticked);

/*
 * Judge by these parts instead of those of topics.c; for tests, before the
 * first event.
 */
void sva_checker_set_parts(SvaChecker *c,
                           const SvaCheckArch *const archs[SVA_REGS_ARCHS],
                           const SvaCheckTopic *const *topics);

/* Kept reports, in order; NULL behind the last. */
const SvaCheckReport *sva_checker_report(const SvaChecker *c, unsigned i);

void sva_checker_counts(const SvaChecker *c, SvaCheckCounts *counts);

#endif
