/*
 * CheckSmmu: an SMMUv3 with the checker at its events, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_SMMU_FIXTURE_H
#define TESTS_UNIT_CHECKER_SMMU_FIXTURE_H

#include "hw/sva/observe/checker/checker.h"
#include "smmu-fixture.h"
#include "traffic.h"

typedef struct CheckSmmu {
    SmmuFixture *f;
    SvaChecker *c;
    SvaEventSink sink;
    Traffic *traffic;           /* NULL: none */
} CheckSmmu;

/* @f goes with it; functions complete invalidations at once. */
void check_smmu_init(CheckSmmu *t, SmmuFixture *f);
void check_smmu_finalize(CheckSmmu *t);
/* Do not stop between steps, whatever is taken away.  To be called first. */
void check_smmu_traffic(CheckSmmu *t);

/* CMD_SYNC; with a seed it takes its time. */
void check_smmu_sync(CheckSmmu *t);
/* Another command, and one behind it. */
void check_smmu_command(CheckSmmu *t, uint64_t qw0, uint64_t qw1);

/* Let more than the limit pass. */
void check_smmu_past_limit(CheckSmmu *t);

/* Rules that software has broken, in order, each once; to be freed. */
char *check_smmu_broken(const CheckSmmu *t);

#endif
