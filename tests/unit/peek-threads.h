/*
 * Threads that look into a unit's caches while it works
 *
 * The page of a request translates to one address after the other.  Each time
 * the unit is told to forget the old one, and says when it has; whoever begins
 * to look after that must not find it.  Who finds nothing asks the unit, as an
 * iothread does: one at a time, under the lock that the unit's work is under.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_PEEK_THREADS_H
#define TESTS_UNIT_PEEK_THREADS_H

#include "hw/sva/iommu.h"

#define PEEK_BASE 0x100000000ull

/*
 * @req:    an untranslated request; without its PASID and with other AT it is
 *          a translated one that may pass
 * @map:    from now on the page of @req is at @pa
 * @forget: tell the unit, and return when it has said that it knows
 * @use:    make requests until the caches have it
 * @busy:   whatever else changes them
 */
typedef struct PeekUnit {
    SvaIommu *iommu;
    SvaRequest req;
    void *fixture;
    void (*map)(void *fixture, uint64_t pa);
    void (*forget)(void *fixture);
    void (*use)(void *fixture);
    void (*busy)(void *fixture, unsigned n);
} PeekUnit;

void peek_threads_run(const PeekUnit *unit);

#endif
