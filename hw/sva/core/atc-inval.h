/*
 * ATC invalidation: invalidate requests from a unit to functions
 *
 * Sends requests, keeps those that are outstanding, takes their completions
 * and gives up what is not completed in time.  What a unit does then is said
 * by its callbacks: VT-d wait descriptors and ITE, CMD_SYNC of SMMUv3.
 *
 *     if (sva_atc_inval_ready(atc)) sva_atc_inval_send(atc, &inv);
 *     ...
 *     generation = sva_atc_inval_fence(atc);
 *     ... and when @closed is called: if (sva_atc_inval_done(atc, generation))
 *
 * PCIe r6 10.3 "ATS Invalidation".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_ATC_INVAL_H
#define HW_SVA_CORE_ATC_INVAL_H

#include "agent.h"
#include "outstanding.h"

/* Requests that may be outstanding. */
#define SVA_ATC_INVAL_MAX 4096

/*
 * @closed:  a request has been completed; maybe from within
 *           sva_atc_inval_send(), as functions may complete it at once
 * @expired: some have not been in time, the oldest one by function @rid; from
 *           a timer
 */
typedef struct SvaAtcInvalOps {
    void (*closed)(void *unit);
    void (*expired)(void *unit, uint16_t rid);
} SvaAtcInvalOps;

/* Private. */
typedef struct SvaAtcInval {
    const SvaAgent *agent;
    const SvaAtcInvalOps *ops;
    void *unit;
    SvaOutstanding *table;
    SvaTimer *timer;            /* for the oldest one */
    int64_t timeout;            /* virtual ns */
} SvaAtcInval;

/* What is saved of it. */
typedef struct SvaAtcInvalState {
    SvaOutstandingState table;
    SvaOutstandingEntry open[SVA_ATC_INVAL_MAX];
} SvaAtcInvalState;

/* @timeout: virtual ms until a request is given up; @unit: for @ops. */
void sva_atc_inval_init(SvaAtcInval *atc, const SvaAgent *agent,
                        const SvaAtcInvalOps *ops, void *unit,
                        uint32_t timeout);
void sva_atc_inval_finalize(SvaAtcInval *atc);

/* Forget all; their completions are unexpected then. */
void sva_atc_inval_reset(SvaAtcInval *atc);

/* Can one more request be sent? */
bool sva_atc_inval_ready(const SvaAtcInval *atc);

/*
 * Send a request; its ITag is chosen here.  One that reaches nobody is over.
 * Returns what it is worth of a slice of work, see dropped.h.
 */
unsigned sva_atc_inval_send(SvaAtcInval *atc, const SvaAtcInvalidation *inv);

/*
 * Function @rid has completed a request.  false: there is none such,
 * @closed was not called.
 */
bool sva_atc_inval_completed(SvaAtcInval *atc, uint16_t rid, uint32_t itag);

/* Can sva_atc_inval_fence() be called? */
bool sva_atc_inval_fence_ready(const SvaAtcInval *atc);

/*
 * Something is to wait for all requests so far: it may go on when
 * sva_atc_inval_done() says so.  That it goes on says that no translation is
 * in use, so those that keep copies (SvaFabric) have to drop them too.
 */
uint64_t sva_atc_inval_fence(SvaAtcInval *atc);
bool sva_atc_inval_done(const SvaAtcInval *atc, uint64_t generation);

void sva_atc_inval_save(const SvaAtcInval *atc, SvaAtcInvalState *out);
/* false: this cannot have been saved; no request is outstanding then. */
bool sva_atc_inval_restore(SvaAtcInval *atc, const SvaAtcInvalState *in);

#endif
