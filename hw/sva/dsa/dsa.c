/*
 * sva-dsa: the accelerator as a whole
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "command.h"
#include "config.h"
#include "run-queue.h"
#include "sched.h"

G_STATIC_ASSERT(DSA_SLOTS_MAX <= SVA_FUNCTION_ACCESSES_MAX);
/* The index of a slot is the batch identifier of an event. */
G_STATIC_ASSERT(DSA_SLOTS_MAX <= 256);

/* Named as those of sva-accel. */
#define OF_FUNCTION(which, name) [DSA_CNT_FUNCTION + SVA_FN_##which] = name

static const char *const counter_names[DSA_COUNTERS] = {
    [DSA_CNT_ACCEPTED] = "accepted",
    [DSA_CNT_RETRIED] = "retried",
    [DSA_CNT_DROPPED] = "dropped",
    [DSA_CNT_COMPLETED] = "completed",
    [DSA_CNT_FAILED] = "failed",
    [DSA_CNT_ABORTED] = "aborted",
    [DSA_CNT_EVENTS] = "events",
    [DSA_CNT_FAULTS] = "faults",
    [DSA_CNT_INTERRUPTS] = "interrupts",
    OF_FUNCTION(REQUESTS, "accesses"),
    OF_FUNCTION(BYTES_READ, "bytes-read"),
    OF_FUNCTION(BYTES_WRITTEN, "bytes-written"),
    OF_FUNCTION(ABORTS, "aborts"),
    OF_FUNCTION(STALLS, "stalls"),
    OF_FUNCTION(ATS_REQUESTS, "xlate-reqs"),
    OF_FUNCTION(ATS_GRANTED, "ats-granted"),
    OF_FUNCTION(ATS_NO_ACCESS, "ats-no-access"),
    OF_FUNCTION(ATS_PARTIAL, "ats-partial"),
    OF_FUNCTION(ATS_ERROR, "ats-error"),
    OF_FUNCTION(ATC_HITS, "atc-hits"),
    OF_FUNCTION(ATC_STALE_HITS, "stale-hits"),
    OF_FUNCTION(PAGE_REQUESTS, "page-reqs"),
    OF_FUNCTION(STOP_MARKERS, "stop-markers"),
    OF_FUNCTION(PRG_SUCCESS, "prg-success"),
    OF_FUNCTION(PRG_INVALID, "prg-invalid"),
    OF_FUNCTION(PRG_FAILURE, "prg-failure"),
    OF_FUNCTION(PRG_UNEXPECTED, "prg-unexpected"),
    OF_FUNCTION(PRG_WITHHELD, "prg-unsent"),
    OF_FUNCTION(PRG_DUPLICATES, "prg-duplicates"),
    OF_FUNCTION(PRG_EXCESS, "prg-excess"),
    OF_FUNCTION(PRG_SHARED, "prg-shared"),
    OF_FUNCTION(INVALIDATIONS, "invalidations"),
    OF_FUNCTION(ATC_DROPPED, "atc-dropped"),
    OF_FUNCTION(ATC_STALE_KEPT, "stale-kept"),
    OF_FUNCTION(INVALS_LATE, "inval-late"),
};

uint64_t sva_dsa_counter(const SvaDsa *dsa, DsaCounter which)
{
    return dsa->counter[which];
}

const char *sva_dsa_counter_name(DsaCounter which)
{
    return counter_names[which];
}

static void clear_queues(SvaDsa *dsa)
{
    for (unsigned i = 0; i < DSA_WQS_MAX; i++) {
        dsa->wq[i] = (DsaWq) { .group = DSA_GROUPS_MAX };
    }
    memset(dsa->engine_group, DSA_GROUPS_MAX, sizeof(dsa->engine_group));
    memset(dsa->next_wq, 0, sizeof(dsa->next_wq));
    dsa->seq = 0;
}

static void clear_slots(SvaDsa *dsa)
{
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        DsaSlot *slot = &dsa->slot[i];

        slot->queued = false;
        slot->run_link.prev = NULL;
        slot->run_link.next = NULL;
        slot->phase = DSA_SLOT_IDLE;
        slot->quit = false;
        slot->in_batch = false;
        slot->xfer = (DsaTransfer) { 0 };
    }
    g_queue_init(&dsa->run_queue);
    dsa->kick = false;
}

static void dsa_clear(void *device)
{
    SvaDsa *dsa = device;

    dsa->env->ops->timer_cancel(dsa->timer);
    clear_slots(dsa);
    clear_queues(dsa);
    sva_dsa_clear_config(dsa);
    dsa->state = DSA_DISABLED;
    dsa->cmd = 0;
    dsa->cmdsts = 0;
    dsa->cmd_begun = false;
    dsa->filter = (DsaFilter) { 0 };
    dsa->evlsts = 0;
    memset(dsa->swerr, 0, sizeof(dsa->swerr));
    memset(dsa->counter, 0, sizeof(dsa->counter));
    sva_emit(dsa->env, .kind = SVA_EV_RESET,
             .rid = sva_function_rid(&dsa->fn));
}

/* 9.1.3, Table 5-1: not while it works. */
static void dsa_changed(void *device)
{
    SvaDsa *dsa = device;

    if (dsa->state != DSA_DISABLED && dsa->state != DSA_HALTED) {
        sva_guest_error(dsa->env, "sva-dsa: bus mastering, PASID, ATS or PRI "
                        "changed while the device is enabled");
        sva_dsa_halt(dsa, DSA_SE_CONFIG);
    }
}

static void dsa_count(void *device, void *owner G_GNUC_UNUSED,
                      SvaFunctionCounter which, uint64_t n)
{
    SvaDsa *dsa = device;

    dsa->counter[DSA_CNT_FUNCTION + which] += n;
}

static void dsa_woken(void *owner, SvaAccessWait ended G_GNUC_UNUSED)
{
    sva_dsa_wake(owner);
}

static const SvaFunctionOps dsa_ops = {
    .reset = dsa_clear,
    .changed = dsa_changed,
    .count = dsa_count,
    .wake = dsa_woken,
};

static void add_slot(SvaDsa *dsa, unsigned index)
{
    DsaSlot *slot = &dsa->slot[index];

    slot->dsa = dsa;
    slot->index = index;
    slot->buf = dsa->buf + (size_t)index * DSA_BUF_SIZE;
    slot->run_link.data = slot;
    sva_mem_access_init(&slot->access, &dsa->fn, slot);
}

SvaDsa *sva_dsa_new(SvaEnv *env, const SvaDsaConfig *config)
{
    SvaDsa *dsa = g_new0(SvaDsa, 1);

    dsa->env = env;
    dsa->config = *config;
    dsa->timer = env->ops->timer_new(env, sva_dsa_run, dsa);
    dsa->slot = g_new0(DsaSlot, sva_dsa_slots(dsa));
    dsa->buf = g_malloc0_n(sva_dsa_slots(dsa), DSA_BUF_SIZE);
    dsa->entries = g_new0(DsaEntry, config->wq_size);
    sva_function_init(&dsa->fn, env, &config->function, &dsa_ops, dsa);
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        add_slot(dsa, i);
    }
    sva_dsa_reset(dsa);
    return dsa;
}

SvaFunction *sva_dsa_function(SvaDsa *dsa)
{
    return &dsa->fn;
}

void sva_dsa_reset(SvaDsa *dsa)
{
    sva_function_reset(&dsa->fn);
}

void sva_dsa_free(SvaDsa *dsa)
{
    if (!dsa) {
        return;
    }
    dsa->env->ops->timer_free(dsa->timer);
    sva_function_destroy(&dsa->fn);
    g_free(dsa->entries);
    g_free(dsa->buf);
    g_free(dsa->slot);
    g_free(dsa);
}
