/*
 * Threads that look into a unit's caches while it works
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib.h>
#include "peek-threads.h"

#define THREADS 3
#ifndef CHANGES
#define CHANGES 20000u
#endif

typedef struct Look {
    const PeekUnit *unit;
    unsigned completed;         /* the last change that the unit knows of */
    unsigned stop;
    unsigned found[THREADS];
    unsigned passed[THREADS];
    unsigned late;              /* found what had been forgotten */
} Look;

typedef struct Looker {
    Look *look;
    unsigned number;
} Looker;

static void look_untranslated(Look *look, unsigned number)
{
    const PeekUnit *unit = look->unit;
    unsigned least = __atomic_load_n(&look->completed, __ATOMIC_ACQUIRE);
    uint64_t change;
    SvaHit hit;

    if (!unit->iommu->ops->peek(unit->iommu, &unit->req, &hit)) {
        return;
    }
    change = (hit.addr - PEEK_BASE) >> SVA_PAGE_SHIFT;
    if (change < least || change > CHANGES ||
        (hit.addr ^ unit->req.addr) & ~SVA_PAGE_MASK) {
        __atomic_fetch_add(&look->late, 1, __ATOMIC_RELAXED);
    }
    look->found[number]++;
}

static void look_translated(Look *look, unsigned number)
{
    SvaIommu *iommu = look->unit->iommu;
    SvaRequest req = look->unit->req;
    SvaHit hit;

    req.at = SVA_AT_TRANSLATED;
    req.pasid = SVA_NO_PASID;
    if (iommu->ops->peek(iommu, &req, &hit)) {
        look->passed[number]++;
        if (hit.addr != req.addr) {
            __atomic_fetch_add(&look->late, 1, __ATOMIC_RELAXED);
        }
    }
}

static gpointer look_on(gpointer opaque)
{
    Looker *looker = opaque;
    Look *look = looker->look;

    while (!__atomic_load_n(&look->stop, __ATOMIC_RELAXED)) {
        look_untranslated(look, looker->number);
        look_translated(look, looker->number);
    }
    return NULL;
}

static void work(Look *look)
{
    const PeekUnit *unit = look->unit;
    unsigned i;

    for (i = 1; i <= CHANGES; i++) {
        unit->change(unit->fixture,
                     PEEK_BASE + ((uint64_t)i << SVA_PAGE_SHIFT));
        __atomic_store_n(&look->completed, i, __ATOMIC_RELEASE);
        unit->use(unit->fixture);
        unit->busy(unit->fixture, i);
        if (i % 64 == 0) {
            g_thread_yield();
        }
    }
}

void peek_threads_run(const PeekUnit *unit)
{
    Look look = { .unit = unit };
    Looker lookers[THREADS];
    GThread *threads[THREADS];
    unsigned i;

    unit->change(unit->fixture, PEEK_BASE);
    unit->use(unit->fixture);
    for (i = 0; i < THREADS; i++) {
        lookers[i] = (Looker) { .look = &look, .number = i };
        threads[i] = g_thread_new("look", look_on, &lookers[i]);
    }
    work(&look);
    g_usleep(10000);            /* nothing changes: all of them find it */
    __atomic_store_n(&look.stop, 1, __ATOMIC_RELAXED);
    for (i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        g_test_message("found %u, passed %u", look.found[i], look.passed[i]);
    }
    g_assert_cmpuint(look.late, ==, 0);
    g_assert_cmpuint(look.found[0] + look.found[1] + look.found[2], >, 0);
    g_assert_cmpuint(look.passed[0] + look.passed[1] + look.passed[2], >, 0);
}
