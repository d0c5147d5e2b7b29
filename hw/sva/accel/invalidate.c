/*
 * sva-accel: invalidate requests, and completions that come late or lie
 *
 * PCIe r6 10.3.1 "Invalidate Request", 10.3.2 "Invalidate Completion".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

static void inval_done(SvaAccel *accel, uint32_t ticket)
{
    accel->port->ops->inval_done(accel->port, ticket);
}

/* Take it out first: the completion may bring the next request. */
static void inval_send_late(SvaAccel *accel, unsigned n)
{
    uint32_t ticket = accel->late[n].ticket;

    accel->late_count--;
    memmove(&accel->late[n], &accel->late[n + 1],
            (accel->late_count - n) * sizeof(accel->late[0]));
    inval_done(accel, ticket);
}

void sva_accel_inval_arm(SvaAccel *accel)
{
    int64_t due = INT64_MAX;

    for (unsigned i = 0; i < accel->late_count; i++) {
        if (!accel->late[i].withheld) {
            due = MIN(due, accel->late[i].due);
        }
    }
    if (due != INT64_MAX) {
        accel->env->ops->timer_at(accel->inval_timer, due);
    } else {
        accel->env->ops->timer_cancel(accel->inval_timer);
    }
}

static void inval_put_off(SvaAccel *accel, uint32_t ticket)
{
    int64_t delay = accel->inval_delay * 1000000ll;

    if (accel->late_count == SVA_LATE_INVALS) {
        inval_send_late(accel, 0);
    }
    /* What came of that may have taken the place. */
    if (accel->late_count == SVA_LATE_INVALS) {
        inval_done(accel, ticket);
        return;
    }
    sva_count(accel, NULL, SVA_CNT_INVAL_LATE, 1);
    accel->late[accel->late_count++] = (SvaLateInval) {
        .ticket = ticket,
        .withheld = accel->inject & SVA_GINJECT_KEEP_INVAL,
        .due = sva_accel_now(accel) + delay,
    };
    sva_accel_inval_arm(accel);
}

void sva_accel_inval_request(SvaAccel *accel, const SvaAtcInvalidation *inv)
{
    sva_count(accel, NULL, SVA_CNT_INVALIDATIONS, 1);
    if (accel->inject & SVA_GINJECT_STALE_ATC) {
        sva_count(accel, NULL, SVA_CNT_STALE_KEPT,
                  sva_atc_mark_stale(accel->atc, inv));
    } else {
        sva_count(accel, NULL, SVA_CNT_ATC_DROPPED,
                  sva_atc_invalidate(accel->atc, inv));
    }
    if (accel->inject & (SVA_GINJECT_LATE_INVAL | SVA_GINJECT_KEEP_INVAL)) {
        inval_put_off(accel, inv->itag);
        return;
    }
    /*
     * Accesses end within the slice that made them, and a job held before
     * its access sees the generation: no use of old translations is left.
     */
    inval_done(accel, inv->itag);
}

/* No more than there are now, whatever else comes in the meantime. */
static void inval_send_due(SvaAccel *accel, bool late, bool withheld)
{
    int64_t now = sva_accel_now(accel);
    unsigned left = accel->late_count;

    for (unsigned i = 0; left && i < accel->late_count; left--) {
        const SvaLateInval *inval = &accel->late[i];

        if (inval->withheld ? withheld : late || inval->due <= now) {
            inval_send_late(accel, i);
        } else {
            i++;
        }
    }
    sva_accel_inval_arm(accel);
}

void sva_accel_inval_timer(void *opaque)
{
    inval_send_due(opaque, false, false);
}

void sva_inval_set_inject(SvaAccel *accel, uint32_t inject)
{
    uint32_t cleared = accel->inject & ~inject;

    accel->inject = inject;
    if (cleared & SVA_GINJECT_STALE_ATC) {
        sva_atc_flush(accel->atc);
    }
    inval_send_due(accel, cleared & SVA_GINJECT_LATE_INVAL,
                   cleared & SVA_GINJECT_KEEP_INVAL);
}

/* The function forgets; who waits for a completion has a time-out. */
void sva_accel_inval_reset(SvaAccel *accel)
{
    accel->inject = 0;
    accel->inval_delay = 0;
    accel->late_count = 0;
    accel->env->ops->timer_cancel(accel->inval_timer);
}

const SvaAtc *sva_accel_atc(const SvaAccel *accel)
{
    return accel->atc;
}
