/*
 * Threads that look into a unit's caches while it works
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib.h>
#include <pthread.h>
#include "peek-threads.h"

#define THREADS 3
#ifndef CHANGES
#define CHANGES 20000u
#endif

/* @lock: not GLib's, which ThreadSanitizer does not know */
typedef struct Look {
    const PeekUnit *unit;
    pthread_mutex_t lock;
    unsigned completed;         /* the last change that the unit knows of */
    unsigned stop;
    unsigned found[THREADS];
    unsigned passed[THREADS];
    unsigned asked[THREADS];
    unsigned late;              /* found what had been forgotten */
} Look;

typedef struct Looker {
    Look *look;
    unsigned number;
} Looker;

/* Where a request goes; sooner or later the caches have it. */
static uint64_t ask(Look *look, const SvaRequest *req)
{
    SvaIommu *iommu = look->unit->iommu;
    SvaTranslation t;

    pthread_mutex_lock(&look->lock);
    if (req->at == SVA_AT_TRANSLATED) {
        iommu->ops->check_translated(iommu, req, &t);
    } else {
        iommu->ops->translate(iommu, req, &t);
    }
    pthread_mutex_unlock(&look->lock);
    return t.outcome == SVA_OK ? t.map.addr : 0;
}

static void look_untranslated(Look *look, unsigned number)
{
    const PeekUnit *unit = look->unit;
    unsigned least = __atomic_load_n(&look->completed, __ATOMIC_ACQUIRE);
    uint64_t change;
    SvaHit hit;

    if (unit->iommu->ops->peek(unit->iommu, &unit->req, &hit)) {
        look->found[number]++;
    } else {
        hit.addr = ask(look, &unit->req);
        look->asked[number]++;
    }
    change = (hit.addr - PEEK_BASE) >> SVA_PAGE_SHIFT;
    if (change < least || change > CHANGES ||
        (hit.addr ^ unit->req.addr) & ~SVA_PAGE_MASK) {
        __atomic_fetch_add(&look->late, 1, __ATOMIC_RELAXED);
    }
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
    } else {
        hit.addr = ask(look, &req);
    }
    if (hit.addr != req.addr) {
        __atomic_fetch_add(&look->late, 1, __ATOMIC_RELAXED);
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

/* Between the two others may ask, and get the one or the other. */
static void change(Look *look, unsigned n)
{
    const PeekUnit *unit = look->unit;

    pthread_mutex_lock(&look->lock);
    unit->map(unit->fixture, PEEK_BASE + ((uint64_t)n << SVA_PAGE_SHIFT));
    pthread_mutex_unlock(&look->lock);
    pthread_mutex_lock(&look->lock);
    unit->forget(unit->fixture);
    pthread_mutex_unlock(&look->lock);
    __atomic_store_n(&look->completed, n, __ATOMIC_RELEASE);
}

static void use(Look *look, unsigned n)
{
    const PeekUnit *unit = look->unit;

    pthread_mutex_lock(&look->lock);
    unit->use(unit->fixture);
    unit->busy(unit->fixture, n);
    pthread_mutex_unlock(&look->lock);
}

static void work(Look *look)
{
    unsigned i;

    for (i = 1; i <= CHANGES; i++) {
        change(look, i);
        if (i % 4 == 0) {       /* else the others ask first */
            use(look, i);
        }
        if (i % 16 == 1) {
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

    pthread_mutex_init(&look.lock, NULL);
    change(&look, 0);
    use(&look, 0);
    for (i = 0; i < THREADS; i++) {
        lookers[i] = (Looker) { .look = &look, .number = i };
        threads[i] = g_thread_new("look", look_on, &lookers[i]);
    }
    work(&look);
    g_usleep(10000);            /* nothing changes: all of them find it */
    __atomic_store_n(&look.stop, 1, __ATOMIC_RELAXED);
    for (i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        g_test_message("found %u, passed %u, asked %u", look.found[i],
                       look.passed[i], look.asked[i]);
    }
    pthread_mutex_destroy(&look.lock);
    g_assert_cmpuint(look.late, ==, 0);
    g_assert_cmpuint(look.found[0] + look.found[1] + look.found[2], >, 0);
    g_assert_cmpuint(look.passed[0] + look.passed[1] + look.passed[2], >, 0);
    g_assert_cmpuint(look.asked[0] + look.asked[1] + look.asked[2], >, 0);
}
