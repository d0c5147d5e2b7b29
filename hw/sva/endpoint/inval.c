/*
 * Invalidate requests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "inval.h"

#define NS_IN_MS 1000000ll

static void inval_apply(SvaFunction *fn, const SvaAtcInvalidation *inv)
{
    const SvaMisbehaviour *m = fn->misbehaviour;

    if (m->keep_stale && m->keep_stale(fn->device)) {
        sva_function_count(fn, NULL, SVA_FN_ATC_STALE_KEPT,
                           sva_atc_mark_stale(fn->atc, inv));
    } else {
        sva_function_count(fn, NULL, SVA_FN_ATC_DROPPED,
                           sva_atc_invalidate(fn->atc, inv));
    }
}

/*
 * Accesses end within the step that makes them, and one that waits sees the
 * generation: no use of old translations is left.
 */
static void inval_finish(SvaFunction *fn, const SvaLateInval *late)
{
    if (!late->in_force) {
        inval_apply(fn, &late->inv);
    }
    fn->port->ops->inval_done(fn->port, late->inv.itag);
}

/* Take it out first: the completion may bring the next request. */
static void inval_send_late(SvaFunction *fn, unsigned n)
{
    SvaLateInval late = fn->late[n];

    fn->late_count--;
    memmove(&fn->late[n], &fn->late[n + 1],
            (fn->late_count - n) * sizeof(fn->late[0]));
    inval_finish(fn, &late);
}

void sva_inval_arm(SvaFunction *fn)
{
    int64_t due = INT64_MAX;

    for (unsigned i = 0; i < fn->late_count; i++) {
        if (!fn->late[i].withheld) {
            due = MIN(due, fn->late[i].due);
        }
    }
    if (due != INT64_MAX) {
        fn->env->ops->timer_at(fn->inval_timer, due);
    } else {
        fn->env->ops->timer_cancel(fn->inval_timer);
    }
}

static void inval_put_off(SvaFunction *fn, const SvaLateInval *late)
{
    if (fn->late_count == SVA_INVALS_MAX) {
        inval_send_late(fn, 0);
    }
    /* What came of that may have taken the place. */
    if (fn->late_count == SVA_INVALS_MAX) {
        inval_finish(fn, late);
        return;
    }
    sva_function_count(fn, NULL, SVA_FN_INVALS_LATE, 1);
    fn->late[fn->late_count++] = *late;
    sva_inval_arm(fn);
}

void sva_inval_next_late(SvaFunction *fn, unsigned ms)
{
    __atomic_store_n(&fn->late_next, ms, __ATOMIC_RELAXED);
}

/* What the device was told, or the host, which is about one request. */
static SvaInvalTiming inval_timing(SvaFunction *fn, int64_t *delay)
{
    const SvaMisbehaviour *m = fn->misbehaviour;
    SvaInvalTiming timing = SVA_INVAL_NOW;

    if (m->inval_timing) {
        timing = m->inval_timing(fn->device, delay);
    }
    if (timing == SVA_INVAL_NOW &&
        __atomic_load_n(&fn->late_next, __ATOMIC_RELAXED)) {
        *delay = __atomic_exchange_n(&fn->late_next, 0, __ATOMIC_RELAXED) *
                 NS_IN_MS;
        return SVA_INVAL_LATE;
    }
    return timing;
}

void sva_inval_request(SvaFunction *fn, const SvaAtcInvalidation *inv)
{
    SvaLateInval late = { .inv = *inv };
    SvaInvalTiming timing;
    int64_t delay = 0;

    sva_function_count(fn, NULL, SVA_FN_INVALIDATIONS, 1);
    timing = inval_timing(fn, &delay);
    if (timing != SVA_INVAL_NOW) {
        inval_apply(fn, inv);
        late.in_force = true;
    } else {
        delay = sva_adversary_inval_delay(fn);
    }
    if (timing == SVA_INVAL_NOW && !delay) {
        inval_finish(fn, &late);
        return;
    }
    late.withheld = timing == SVA_INVAL_WITHHELD;
    late.due = fn->env->ops->now(fn->env) + delay;
    inval_put_off(fn, &late);
}

/* No more than there are now, whatever else comes in the meantime. */
void sva_inval_complete(SvaFunction *fn, bool late, bool withheld)
{
    int64_t now = fn->env->ops->now(fn->env);
    unsigned left = fn->late_count;

    for (unsigned i = 0; left && i < fn->late_count; left--) {
        const SvaLateInval *inval = &fn->late[i];

        if (inval->withheld ? withheld : late || inval->due <= now) {
            inval_send_late(fn, i);
        } else {
            i++;
        }
    }
    sva_inval_arm(fn);
}

void sva_inval_timer(void *fn)
{
    sva_inval_complete(fn, false, false);
}

void sva_inval_reset(SvaFunction *fn)
{
    fn->late_count = 0;
    fn->env->ops->timer_cancel(fn->inval_timer);
}
