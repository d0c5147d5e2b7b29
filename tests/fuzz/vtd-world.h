/*
 * World of the VT-d fuzz harness: memory, fabric, clock and what was seen
 *
 * Checks as it goes along:
 *  - a wait descriptor completes at most once for each time it was fetched,
 *    and not before the ATS invalidations in front of it;
 *  - the unit writes to its page request queue and to the status words of
 *    waits, nowhere else;
 *  - a page request is queued or answered, as the rules say, exactly once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_VTD_WORLD_H
#define TESTS_FUZZ_VTD_WORLD_H

#include "fuzz.h"
#include "vtd-fixture.h"

/* What the fabric does with an ATS invalidation. */
typedef enum FabricMode {
    FABRIC_HOLD,                /* delivered, completed later */
    FABRIC_AT_ONCE,
    FABRIC_TWICE,               /* completed twice: the second is an error */
    FABRIC_ABSENT,
    FABRIC_MODES
} FabricMode;

typedef struct OpenInval {
    uint64_t seq;
    int64_t deadline;
    uint32_t itag;
    uint16_t rid;
} OpenInval;

typedef struct OpenWait {
    uint64_t raw;
    uint64_t addr;
    uint64_t inval_seq;        /* those below were sent before */
} OpenWait;

typedef struct VtdWorld {
    VtdFixture *f;
    SvaEventSink sink;
    FabricMode mode;
    GArray *invals;            /* OpenInval */
    GArray *waits;              /* OpenWait */
    OpenWait ending;            /* announced, its status is to be written */
    uint64_t inval_seq;
    uint64_t aborted_seen;      /* of SVA_VTD_CNT_WAITS_ABORTED */
    unsigned queued;            /* page requests, since the last reset of it */
    unsigned responses;
    bool foreign;               /* another unit is at work */
    bool exchanged;             /* an A/D update happened */
    uint64_t race_pa;
    uint64_t race_bits;
    unsigned race_in;           /* accesses until the race; 0: none */
} VtdWorld;

VtdWorld *vtd_world_new(FuzzInput *in);
/* Everything that is pending must come to an end. */
void vtd_world_free(VtdWorld *w);

/* After each operation. */
void vtd_world_settle(VtdWorld *w);
void vtd_world_reset(VtdWorld *w);
void vtd_world_advance(VtdWorld *w, int64_t ns);
/* Complete the @n-th outstanding invalidation, if there are so many. */
void vtd_world_complete(VtdWorld *w, unsigned n);
void vtd_world_page_request(VtdWorld *w, const SvaPageRequest *req);
/* Set the queue up anew and drop every cache; was that possible? */
bool vtd_world_flush(VtdWorld *w);
/*
 * An adversary walks for others as well: is there nobody whose tables are
 * cached as if they were those of @pasid?
 */
bool vtd_world_is_alone(const VtdWorld *w, SvaPasid pasid);
/* All that was submitted is done; false: something is pending. */
bool vtd_world_wait(VtdWorld *w);

/* -- vtd-state.c -- */

void vtd_world_migrate(VtdWorld *w, FuzzInput *in);
void vtd_world_interrupt(VtdWorld *w, FuzzInput *in);

#endif
