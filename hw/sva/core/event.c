/*
 * SvaEvent: distribution to sinks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "hw/sva/event.h"

void sva_event_bus_init(SvaEventBus *bus)
{
    *bus = (SvaEventBus) { .sinks = NULL };
    g_rec_mutex_init(&bus->lock);
}

void sva_event_bus_destroy(SvaEventBus *bus)
{
    g_rec_mutex_clear(&bus->lock);
}

static void link_to(SvaEventSink **link, SvaEventSink *sink)
{
    __atomic_store_n(link, sink, __ATOMIC_RELAXED);
}

static void count_hits(SvaEventBus *bus, const SvaEventSink *sink, int by)
{
    if (!sink->no_hits) {
        __atomic_store_n(&bus->hits, bus->hits + by, __ATOMIC_RELAXED);
    }
}

void sva_event_bus_add(SvaEventBus *bus, SvaEventSink *sink)
{
    SvaEventSink **link = &bus->sinks;

    g_rec_mutex_lock(&bus->lock);
    while (*link) {
        link = &(*link)->next;
    }
    sink->next = NULL;
    link_to(link, sink);
    count_hits(bus, sink, 1);
    g_rec_mutex_unlock(&bus->lock);
}

void sva_event_bus_remove(SvaEventBus *bus, SvaEventSink *sink)
{
    SvaEventSink **link = &bus->sinks;

    g_rec_mutex_lock(&bus->lock);
    while (*link && *link != sink) {
        link = &(*link)->next;
    }
    if (*link) {
        link_to(link, sink->next);
        sink->next = NULL;
        count_hits(bus, sink, -1);
    }
    g_rec_mutex_unlock(&bus->lock);
}

/* A sink may remove itself. */
static void call_sinks(const SvaEventBus *bus, const SvaEvent *event, bool hit)
{
    SvaEventSink *sink, *next;

    for (sink = bus->sinks; sink; sink = next) {
        next = sink->next;
        if (!hit || !sink->no_hits) {
            sink->fn(sink->opaque, event);
        }
    }
}

/* What they emit comes after the event for all sinks. */
static void call_after(SvaEventBus *bus, bool hit)
{
    SvaEventSink *sink, *next;

    bus->after = true;
    for (sink = bus->sinks; sink; sink = next) {
        next = sink->next;
        if (sink->after && (!hit || !sink->no_hits)) {
            sink->after(sink->opaque);
        }
    }
    bus->after = false;
}

void sva_event_bus_after(SvaEventBus *bus)
{
    g_rec_mutex_lock(&bus->lock);
    if (!bus->after) {
        call_after(bus, false);
    }
    g_rec_mutex_unlock(&bus->lock);
}

void sva_event_send_request(SvaEnv *env, SvaEvent event, bool hit)
{
    SvaEventBus *bus = env->bus;

    if (!bus) {
        return;
    }
    g_rec_mutex_lock(&bus->lock);
    event.time = env->ops->now(env);
    event.seq = ++bus->seq;
    call_sinks(bus, &event, hit);
    if (!bus->after) {
        call_after(bus, hit);
    }
    g_rec_mutex_unlock(&bus->lock);
}

void sva_event_send(SvaEnv *env, SvaEvent event)
{
    sva_event_send_request(env, event, false);
}

void sva_event_entry(SvaEnv *env, SvaEntryType type, uint16_t rid,
                     SvaPasid pasid, uint64_t pa, const uint64_t *words,
                     unsigned count)
{
    SvaEvent event = {
        .kind = SVA_EV_ENTRY, .rid = rid, .pasid = pasid,
        .entry = { .pa = pa, .type = type, .count = count },
    };

    if (G_UNLIKELY(sva_event_bus_listens(env->bus))) {
        memcpy(event.entry.words, words, count * sizeof(*words));
        sva_event_send(env, event);
    }
}

const char *sva_event_kind_name(SvaEventKind kind)
{
    static const char *const names[] = {
        [SVA_EV_XLATE] = "XLATE",
        [SVA_EV_ATS] = "ATS",
        [SVA_EV_FAULT] = "FAULT",
        [SVA_EV_FAULT_SILENT] = "FAULT_SILENT",
        [SVA_EV_PRQ] = "PRQ",
        [SVA_EV_PRQ_AUTO] = "PRQ_AUTO",
        [SVA_EV_PRG_RESPONSE] = "PRG_RESPONSE",
        [SVA_EV_PRQ_CLEARED] = "PRQ_CLEARED",
        [SVA_EV_COMMAND] = "COMMAND",
        [SVA_EV_INVALIDATED] = "INVALIDATED",
        [SVA_EV_COMMAND_ERROR] = "COMMAND_ERROR",
        [SVA_EV_WAIT_DONE] = "WAIT_DONE",
        [SVA_EV_ATC_INV] = "ATC_INV",
        [SVA_EV_ATC_INV_DONE] = "ATC_INV_DONE",
        [SVA_EV_JOB_START] = "JOB_START",
        [SVA_EV_JOB_DONE] = "JOB_DONE",
        [SVA_EV_CTX_STATE] = "CTX_STATE",
        [SVA_EV_BREAKPOINT] = "BREAKPOINT",
        [SVA_EV_STALL] = "STALL",
        [SVA_EV_STALL_END] = "STALL_END",
        [SVA_EV_ENTRY] = "ENTRY",
        [SVA_EV_FILL] = "FILL",
        [SVA_EV_DROP] = "DROP",
        [SVA_EV_REGS] = "REGS",
        [SVA_EV_FUNCTION] = "FUNCTION",
        [SVA_EV_ATC_HIT] = "ATC_HIT",
        [SVA_EV_VIOLATION] = "VIOLATION",
        [SVA_EV_OBLIGATION] = "OBLIGATION",
        [SVA_EV_OBLIGATION_DONE] = "OBLIGATION_DONE",
        [SVA_EV_RESET] = "RESET",
    };

    return (size_t)kind < G_N_ELEMENTS(names) && names[kind]
           ? names[kind] : "UNKNOWN";
}

const char *sva_event_entry_name(SvaEntryType type)
{
    static const char *const names[SVA_ENTRY_TYPES] = {
        [SVA_ENTRY_VTD_ROOT] = "VTD_ROOT",
        [SVA_ENTRY_VTD_CONTEXT] = "VTD_CONTEXT",
        [SVA_ENTRY_VTD_PASID_DIR] = "VTD_PASID_DIR",
        [SVA_ENTRY_VTD_PASID] = "VTD_PASID",
        [SVA_ENTRY_VTD_FIRST] = "VTD_FIRST",
        [SVA_ENTRY_VTD_SECOND] = "VTD_SECOND",
        [SVA_ENTRY_SMMU_L1STD] = "SMMU_L1STD",
        [SVA_ENTRY_SMMU_STE] = "SMMU_STE",
        [SVA_ENTRY_SMMU_L1CD] = "SMMU_L1CD",
        [SVA_ENTRY_SMMU_CD] = "SMMU_CD",
        [SVA_ENTRY_SMMU_STAGE1] = "SMMU_STAGE1",
        [SVA_ENTRY_SMMU_STAGE2] = "SMMU_STAGE2",
    };

    return (size_t)type < SVA_ENTRY_TYPES ? names[type] : "UNKNOWN";
}
