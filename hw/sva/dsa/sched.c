/*
 * sva-dsa: dispatch of descriptors, and the turns of slots
 *
 * A timer that is due at once steps the slots that can go on, so that the
 * processors run between two slices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "command.h"
#include "job.h"
#include "queue.h"
#include "run-queue.h"
#include "sched.h"

/* Requests of a slice, and the pause after a full one. */
#define SLICE_REQUESTS 256
#define SLICE_GAP_NS 1000

/* -- dispatch (4.1) -- */

static bool is_batch(const DsaEntry *entry)
{
    return entry->desc[7] == DSA_OP_BATCH;
}

/* 4.4: the limit of the group is a fraction of what there is. */
static unsigned slot_limit(const SvaDsa *dsa, unsigned group, bool batch)
{
    uint64_t flags = dsa->grpcfg[group][DSA_GRP_FLAGS];

    return batch ? DSA_BATCH_SLOTS >> (flags >> DSA_GRPFLAGS_BATCH_SHIFT & 3)
                 : DSA_WORK_SLOTS >> (flags >> DSA_GRPFLAGS_WORK_SHIFT & 3);
}

/* At least one, since 4 >> 3 is none. */
static DsaSlot *free_slot(SvaDsa *dsa, unsigned engine, bool batch)
{
    unsigned group = dsa->engine_group[engine];
    unsigned limit = MAX(slot_limit(dsa, group, batch), 1u);
    DsaSlot *first = &dsa->slot[engine * DSA_ENGINE_SLOTS +
                                (batch ? DSA_WORK_SLOTS : 0)];

    for (unsigned i = 0; i < limit; i++) {
        if (first[i].phase == DSA_SLOT_IDLE) {
            return &first[i];
        }
    }
    return NULL;
}

static void refill_turns(SvaDsa *dsa, unsigned group)
{
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        if (dsa->wq[i].group == group) {
            dsa->wq[i].turns = dsa_wq_priority(&dsa->wq[i]);
        }
    }
}

/* The next WQ of @group that has a descriptor for a free slot of @engine. */
static int next_wq(SvaDsa *dsa, unsigned group, unsigned engine, bool turns)
{
    unsigned wqs = dsa->config.wqs;

    for (unsigned n = 0; n < wqs; n++) {
        unsigned i = (dsa->next_wq[group] + n) % wqs;
        const DsaEntry *entry = sva_dsa_queue_peek(dsa, i);

        if (entry && dsa->wq[i].group == group &&
            (!turns || dsa->wq[i].turns) &&
            free_slot(dsa, engine, is_batch(entry))) {
            return (int)i;
        }
    }
    return -1;
}

static bool dispatch_one(SvaDsa *dsa, unsigned engine)
{
    unsigned group = dsa->engine_group[engine];
    const DsaEntry *entry;
    DsaSlot *slot;
    int wq;

    if (group >= dsa->config.groups) {
        return false;
    }
    wq = next_wq(dsa, group, engine, true);
    if (wq < 0) {
        wq = next_wq(dsa, group, engine, false);
        if (wq < 0) {
            return false;
        }
        refill_turns(dsa, group);
    }
    dsa->next_wq[group] = (uint8_t)((wq + 1) % (int)dsa->config.wqs);
    dsa->wq[wq].turns -= dsa->wq[wq].turns > 0;
    entry = sva_dsa_queue_peek(dsa, (unsigned)wq);
    slot = free_slot(dsa, engine, is_batch(entry));
    sva_dsa_job_start(slot, (unsigned)wq, entry);
    sva_dsa_queue_pop(dsa, (unsigned)wq);
    sva_dsa_wake(slot);
    return true;
}

/* One for each engine in turn, so that all of a group get work. */
static void dispatch(SvaDsa *dsa)
{
    bool more = dsa->state == DSA_ENABLED || dsa->state == DSA_DRAINING;

    while (more) {
        more = false;
        for (unsigned i = 0; i < dsa->config.engines; i++) {
            more |= dispatch_one(dsa, i);
        }
    }
}

/* -- slices -- */

static void slot_slice(DsaSlot *slot)
{
    SvaDsa *dsa = slot->dsa;
    unsigned before = dsa->budget;

    while (!dsa->fn.reset_pending && sva_dsa_job_step(slot)) {
        if (!dsa->budget) {
            sva_dsa_wake(slot);
            break;
        }
    }
    /* Turns end even if they sent nothing. */
    if (dsa->budget == before) {
        dsa->budget -= dsa->budget > 0;
    }
}

/* Those that waited for another one to become idle. */
static void kick(SvaDsa *dsa)
{
    dsa->kick = false;
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        if (sva_dsa_job_waits_for_others(&dsa->slot[i])) {
            sva_dsa_wake(&dsa->slot[i]);
        }
    }
}

void sva_dsa_run(void *opaque)
{
    SvaDsa *dsa = opaque;
    DsaSlot *slot;

    sva_function_begin(&dsa->fn);
    dsa->budget = SLICE_REQUESTS;
    dispatch(dsa);
    while (dsa->budget && !dsa->fn.reset_pending &&
           (slot = sva_dsa_next_slot(dsa))) {
        slot_slice(slot);
    }
    if (!dsa->fn.reset_pending) {
        sva_dsa_command_step(dsa);
        if (dsa->kick) {
            kick(dsa);
        }
        dispatch(dsa);
    }
    if (dsa->run_queue.length) {
        sva_dsa_arm(dsa, SLICE_GAP_NS);
    }
    sva_function_end(&dsa->fn);
}
