/*
 * Traffic: a function that does not stop
 *
 * It repeats all requests that it has seen, and uses what its ATC was given for
 * as long as it may, between any two steps of software.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_TRAFFIC_H
#define TESTS_UNIT_TRAFFIC_H

#include "fake-env.h"
#include "hw/sva/iommu.h"
#include "hw/sva/observe/checker/checker.h"

#define TRAFFIC_USES 24

/* @held: an ATC has @map */
typedef struct TrafficUse {
    SvaRequest req;
    SvaMapping map;
    bool held;
} TrafficUse;

typedef struct Traffic {
    SvaIommu *iommu;
    SvaEventSink sink;
    TrafficUse uses[TRAFFIC_USES];
    unsigned count;
    bool going;
} Traffic;

/* From now on @c judges the unit and nothing else. */
Traffic *traffic_new(SvaIommu *iommu, SvaChecker *c);
void traffic_free(Traffic *t);

/* All of it once; @t NULL: nothing happens. */
void traffic_go(Traffic *t);

/* The unit is not accused. */
void traffic_expect(const SvaChecker *c);

#endif
