/*
 * World of the SMMUv3 fuzz harness: fabric, clock and what was seen
 *
 * Checks as it goes along:
 *  - a CMD_SYNC completes only after the ATS invalidations before it;
 *  - a stall ends at most once, never from within a request, and not later
 *    than when the unit is switched off;
 *  - the unit writes to its event and PRI queue, and messages to where they
 *    are to go; nowhere else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_SMMU_WORLD_H
#define TESTS_FUZZ_SMMU_WORLD_H

#include "fuzz.h"
#include "smmu-tables.h"

/* What the fabric does with an ATS invalidation. */
typedef enum SmmuFabricMode {
    SMMU_FABRIC_HOLD,           /* delivered, completed later */
    SMMU_FABRIC_AT_ONCE,
    SMMU_FABRIC_TWICE,          /* the second completion is an error */
    SMMU_FABRIC_ABSENT,
    SMMU_FABRIC_MODES
} SmmuFabricMode;

typedef struct SmmuInval {
    int64_t deadline;
    uint32_t itag;
    uint16_t rid;
} SmmuInval;

typedef struct SmmuWorld {
    SmmuFixture *f;
    SvaEventSink sink;
    SmmuFabricMode mode;
    GArray *invals;            /* SmmuInval */
    GArray *stalled;            /* cookies */
    uint32_t next_cookie;
    uint64_t sync_addr;         /* of the last CMD_SYNC */
    bool in_request;
    bool loading;
    bool foreign;               /* another unit is at work */
    bool exchanged;             /* a descriptor was updated */
} SmmuWorld;

SmmuWorld *smmu_world_new(FuzzInput *in);
/* Everything that is pending must come to an end. */
void smmu_world_free(SmmuWorld *w);

void smmu_world_reset(SmmuWorld *w);
void smmu_world_advance(SmmuWorld *w, int64_t ns);
/* Complete the @n-th outstanding invalidation, if there are so many. */
void smmu_world_complete(SmmuWorld *w, unsigned n);
/* An untranslated request, of a requester that can wait if @patient. */
SvaTranslation smmu_world_translate(SmmuWorld *w, const SvaRequest *req,
                                    bool patient);
/* Set the queue up anew and drop every cache; was that possible? */
bool smmu_world_flush(SmmuWorld *w);
/*
 * An adversary walks for others as well: is there nobody whose tables are
 * cached as if they were those of CD @index?
 */
bool smmu_world_is_alone(const SmmuWorld *w, unsigned index);
/* All that was submitted is done; false: something is pending. */
bool smmu_world_sync(SmmuWorld *w);
/* Save, load and save again; another unit gets a state that never was. */
void smmu_world_migrate(SmmuWorld *w, FuzzInput *in);

#endif
