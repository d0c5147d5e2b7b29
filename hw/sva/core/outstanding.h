/*
 * Outstanding invalidations: ATS invalidate requests that functions have not
 * completed
 *
 * A request is entered when it is sent and leaves with its completion, which
 * names it by its ITag.  A wait descriptor (VT-d) or CMD_SYNC (SMMUv3) takes
 * the generation at the time it is fetched and is complete once every request
 * of an older generation has left.
 *
 *     generation = sva_outstanding_generation(t);
 *     ... each time one leaves: if (sva_outstanding_done(t, generation)) ...
 *
 * PCIe r6 10.3 "ATS Invalidation": a completion must match by ITag and by
 * function; VT-d rev 5.10, 6.5.2.9 (wait), 6.5.2 (ICE, ITE).  An ITag on the
 * link has five bits, and each function its own; here one table serves all,
 * and a number has 32 bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_OUTSTANDING_H
#define HW_SVA_CORE_OUTSTANDING_H

#include "hw/sva/types.h"

/* Never the ITag of a request. */
#define SVA_NO_ITAG 0

typedef struct SvaOutstanding SvaOutstanding;

/* A table for at most @capacity requests (1..65536) at a time. */
SvaOutstanding *sva_outstanding_new(unsigned capacity);
void sva_outstanding_free(SvaOutstanding *table);

/* Forget all; ITags given out before stay unknown. */
void sva_outstanding_reset(SvaOutstanding *table);

/*
 * Enter a request to function @rid that times out at @deadline (virtual ns).
 * Deadlines must not decrease from call to call.  Returns its ITag, or
 * SVA_NO_ITAG when the table is full.  An ITag is not given out again for a
 * long time (2^32 / capacity requests).
 */
uint32_t sva_outstanding_open(SvaOutstanding *table, uint16_t rid,
                              int64_t deadline);

/*
 * A request was completed.  false: none with this ITag is outstanding, or it
 * belongs to another function, nothing has changed (VT-d: Invalidation
 * Completion Error).
 */
bool sva_outstanding_close(SvaOutstanding *table, uint32_t itag,
                           uint16_t rid);

/* The generation that is newer than all requests so far. */
uint64_t sva_outstanding_generation(const SvaOutstanding *table);

/* Have all requests left that are older than @generation? */
bool sva_outstanding_done(const SvaOutstanding *table, uint64_t generation);

/* Deadline of the oldest request, INT64_MAX if none is outstanding. */
int64_t sva_outstanding_deadline(const SvaOutstanding *table);

/*
 * Take out the oldest request if its deadline is not after @now.  Returns its
 * ITag and its function in @rid, or SVA_NO_ITAG.
 */
uint32_t sva_outstanding_expire(SvaOutstanding *table, int64_t now,
                                uint16_t *rid);

/* A request, to be saved and restored. */
typedef struct SvaOutstandingEntry {
    uint64_t generation;
    int64_t deadline;
    uint32_t itag;
    uint16_t rid;
} SvaOutstandingEntry;

/*
 * @next_generation: that of the next request
 * @itag_base:  such that no ITag below it is given out again
 * @count:      requests
 */
typedef struct SvaOutstandingState {
    uint64_t next_generation;
    uint32_t itag_base;
    uint32_t count;
} SvaOutstandingState;

/* Requests by age into @open, which has room for the capacity. */
void sva_outstanding_save(const SvaOutstanding *table,
                          SvaOutstandingState *state,
                          SvaOutstandingEntry *open);
/*
 * The reverse, into a table of the same capacity.  false: this cannot have
 * been saved; no request is outstanding then.
 */
bool sva_outstanding_restore(SvaOutstanding *table,
                             const SvaOutstandingState *state,
                             const SvaOutstandingEntry *open);

/* Number of requests. */
unsigned sva_outstanding_count(const SvaOutstanding *table);

#endif
