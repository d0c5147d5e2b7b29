/*
 * A checker that compares a model with the oracle, and does nothing else
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ORACLE_CHECKER_H
#define TESTS_UNIT_ORACLE_CHECKER_H

#include "fake-env.h"
#include "hw/sva/iommu.h"
#include "hw/sva/observe/checker/checker.h"

/* Change an event before the checker gets it; false: it does not get it. */
typedef bool OracleAlterFn(SvaEvent *event, void *opaque);

typedef struct OracleChecker {
    FakeEnv *f;
    SvaChecker *c;
    SvaEventSink sink;
    OracleAlterFn *alter;
    void *opaque;
    uint64_t stale_pa;
} OracleChecker;

/* What it has of topics */
extern const SvaCheckTopic *const oracle_checker_topics[];

/* It listens to the bus of @f until it is freed. */
OracleChecker *oracle_checker_new(FakeEnv *f, bool paranoid);
void oracle_checker_free(OracleChecker *o);

/*
 * From now on no walk is heard of: each memory request is a hit that leads to
 * @pa, where there are all rights.
 */
void oracle_checker_stale(OracleChecker *o, uint64_t pa);

/*
 * It has accused the model by this rule and no other; NULL: of nothing.  What
 * software owes is not looked at.
 */
void oracle_checker_expect(OracleChecker *o, const char *rule);
/* Send a memory request or a translation request; nothing is expected. */
void oracle_checker_request(OracleChecker *o, SvaIommu *iommu,
                            const SvaRequest *req);

#endif
