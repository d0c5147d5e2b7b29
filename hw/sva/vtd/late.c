/*
 * VT-d unit: invalidations and waits that take their time
 *
 * VT-d rev 5.10, 6.5.2.12: an invalidation is in force when the next wait
 * completes.  Those of the unit's own caches keep their order, which is more
 * than has to be, and come before invalidations of device-TLBs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"

static void put_off(SvaVtd *vtd, const SvaVtdDescType *type,
                    const SvaVtdDesc *desc, const uint64_t *qw)
{
    SvaVtdAdversary *adv = vtd->adversary;

    if (adv->late_count == SVA_VTD_LATE) {
        sva_vtd_late_flush(vtd);
    }
    adv->late[adv->late_count++] = (SvaVtdLate) {
        .type = type, .desc = *desc, .words = { qw[0], qw[1] },
    };
}

/* Entries may have been read since the descriptor was announced. */
static unsigned carry_out(SvaVtd *vtd, const SvaVtdDescType *type,
                          const SvaVtdDesc *desc, const uint64_t *qw)
{
    unsigned looked = type->run(vtd, desc);

    sva_emit(vtd->iommu.env, .kind = SVA_EV_INVALIDATED,
             .command = {
                 .words = { qw[0], qw[1] },
                 .type = FIELD_EX64(qw[0], VTD_DESC0, TYPE_LO),
             });
    return looked;
}

unsigned sva_vtd_late_run(SvaVtd *vtd, const SvaVtdDescType *type,
                          const SvaVtdDesc *desc, const uint64_t *qw)
{
    SvaVtdAdversary *adv = vtd->adversary;

    sva_adversary_wake(&adv->core);
    sva_adversary_speculate(&adv->core);
    if (type->when == SVA_VTD_RUN_LATE &&
        (adv->late_count || sva_vtd_takes(vtd, SVA_LIBERTY_LATE))) {
        put_off(vtd, type, desc, qw);
        return 0;
    }
    if (type->when == SVA_VTD_RUN_AFTER) {
        sva_vtd_late_flush(vtd);
    }
    return type->when == SVA_VTD_RUN_LATE ? carry_out(vtd, type, desc, qw)
                                          : type->run(vtd, desc);
}

void sva_vtd_late_flush(SvaVtd *vtd)
{
    SvaVtdAdversary *adv = vtd->adversary;
    unsigned i;

    for (i = 0; i < adv->late_count; i++) {
        const SvaVtdLate *late = &adv->late[i];

        carry_out(vtd, late->type, &late->desc, late->words);
        sva_adversary_speculate(&adv->core);
    }
    adv->late_count = 0;
}

bool sva_vtd_late_wait(SvaVtd *vtd)
{
    SvaVtdAdversary *adv = vtd->adversary;
    const SvaEnvOps *ops = vtd->iommu.env->ops;
    int64_t delay = sva_adversary_delay(&adv->core);

    if (!delay) {
        /* Not before those that are about to complete. */
        return !vtd->wait_count && !sva_vtd_late_holds(vtd);
    }
    if (!sva_vtd_late_holds(vtd)) {
        adv->hold_until = ops->now(vtd->iommu.env) + delay;
        ops->timer_at(adv->hold_timer, adv->hold_until);
    }
    return false;
}

bool sva_vtd_late_holds(const SvaVtd *vtd)
{
    return vtd->iommu.env->ops->now(vtd->iommu.env) <
           vtd->adversary->hold_until;
}
