/*
 * The last events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "history.h"

void sva_check_history_init(SvaCheckHistory *h, unsigned size)
{
    h->events = g_new0(SvaEvent, size);
    h->size = size;
    h->put = 0;
}

void sva_check_history_free(SvaCheckHistory *h)
{
    g_free(h->events);
    h->events = NULL;
}

void sva_check_history_put(SvaCheckHistory *h, const SvaEvent *event)
{
    if (h->size) {
        h->events[h->put++ % h->size] = *event;
    }
}

/* Commands name what they concern in words of their own: all may matter. */
static bool is_common(SvaEventKind kind)
{
    return kind == SVA_EV_COMMAND || kind == SVA_EV_WAIT_DONE ||
           kind == SVA_EV_DROP || kind == SVA_EV_REGS || kind == SVA_EV_RESET;
}

static bool concerns(const SvaEvent *e, uint16_t rid, SvaPasid pasid)
{
    return is_common(e->kind) ||
           (e->rid == rid &&
            (!e->pasid.valid || !pasid.valid || e->pasid.id == pasid.id));
}

unsigned sva_check_history_last(const SvaCheckHistory *h, bool has_rid,
                                uint16_t rid, SvaPasid pasid,
                                SvaEvent *events, unsigned max)
{
    uint64_t kept = MIN(h->put, h->size);
    unsigned n = 0;
    uint64_t i;

    for (i = 1; i <= kept && n < max; i++) {
        const SvaEvent *e = &h->events[(h->put - i) % h->size];

        if (!has_rid || concerns(e, rid, pasid)) {
            events[max - ++n] = *e;
        }
    }
    memmove(events, events + max - n, n * sizeof(*events));
    return n;
}
