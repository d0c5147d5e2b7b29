/*
 * Events of the models as QEMU trace events
 *
 * The sink is on the bus only while a trace event of ours is enabled, so that
 * the models pay nothing otherwise.  Nobody is told when the monitor enables
 * one, so that is looked at a few times a second, and when the machine is
 * ready, is reset, stops or goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "system/system.h"
#include "trace/control.h"
#include "hw/sva/endpoint-pci.h"
#include "hw/sva/event.h"
#include "trace.h"

static int pasid_number(SvaPasid pasid)
{
    return pasid.valid ? (int)pasid.id : -1;
}

static const char *access_name(uint8_t access)
{
    static const char names[16][5] = {
        "----", "r---", "-w--", "rw--", "--x-", "r-x-", "-wx-", "rwx-",
        "---p", "r--p", "-w-p", "rw-p", "--xp", "r-xp", "-wxp", "rwxp",
    };

    return names[access & 15];
}

static const char *source(const SvaMapping *map)
{
    return map->cached ? "cache" : "tables";
}

static void trace_request(const SvaEvent *e)
{
    int pasid = pasid_number(e->pasid);
    const char *access = access_name(e->access);

    switch (e->kind) {
    case SVA_EV_XLATE:
        trace_sva_xlate(e->seq, e->rid, pasid, e->addr, access,
                        e->xlate.map.addr, e->xlate.map.mask,
                        access_name(e->xlate.map.access),
                        source(&e->xlate.map), e->xlate.outcome);
        break;
    case SVA_EV_ATS:
        trace_sva_ats(e->seq, e->rid, pasid, e->addr, access,
                      e->ats.map.addr, e->ats.map.mask,
                      access_name(e->ats.map.access), source(&e->ats.map),
                      e->ats.status);
        break;
    case SVA_EV_FAULT:
        trace_sva_fault(e->seq, e->rid, pasid, e->addr, access,
                        e->fault.reason, e->fault.record[0],
                        e->fault.record[1]);
        break;
    case SVA_EV_FAULT_SILENT:
        trace_sva_fault_silent(e->seq, e->rid, pasid, e->addr, access,
                               e->fault.reason);
        break;
    case SVA_EV_PRQ:
        trace_sva_prq(e->seq, e->rid, pasid, e->addr, access, e->prq.prgi,
                      e->prq.entry[0], e->prq.entry[1]);
        break;
    default:
        break;
    }
}

static void trace_message(const SvaEvent *e)
{
    int pasid = pasid_number(e->pasid);

    switch (e->kind) {
    case SVA_EV_PRQ_AUTO:
        trace_sva_prq_auto(e->seq, e->rid, pasid, e->addr, e->response.code,
                           e->response.reason);
        break;
    case SVA_EV_PRG_RESPONSE:
        trace_sva_prg_response(e->seq, e->rid, pasid, e->response.prgi,
                               e->response.code);
        break;
    case SVA_EV_COMMAND:
        trace_sva_command(e->seq, e->command.type, e->command.words[0],
                          e->command.words[1]);
        break;
    case SVA_EV_INVALIDATED:
        trace_sva_invalidated(e->seq, e->command.type, e->command.words[0],
                              e->command.words[1]);
        break;
    case SVA_EV_COMMAND_ERROR:
        trace_sva_command_error(e->seq, e->command.type, e->command.code,
                                e->command.words[0], e->command.words[1]);
        break;
    case SVA_EV_WAIT_DONE:
        trace_sva_wait_done(e->seq, e->wait.word);
        break;
    case SVA_EV_ATC_INV:
        trace_sva_atc_inv(e->seq, e->rid, pasid, e->addr, e->atc_inv.mask,
                          e->atc_inv.global, e->atc_inv.itag);
        break;
    case SVA_EV_ATC_INV_DONE:
        trace_sva_atc_inv_done(e->seq, e->rid, e->atc_inv.itag);
        break;
    case SVA_EV_STALL:
        trace_sva_stall(e->seq, e->rid, pasid, e->addr, e->stall.reason,
                        e->stall.tag);
        break;
    case SVA_EV_STALL_END:
        trace_sva_stall_end(e->seq, e->rid, e->stall.tag, e->stall.action);
        break;
    default:
        break;
    }
}

static void trace_device(const SvaEvent *e)
{
    int pasid = pasid_number(e->pasid);

    switch (e->kind) {
    case SVA_EV_JOB_START:
        trace_sva_job_start(e->seq, e->rid, pasid, e->job.context,
                            e->job.opcode, e->job.id);
        break;
    case SVA_EV_JOB_DONE:
        trace_sva_job_done(e->seq, e->rid, pasid, e->job.context,
                           e->job.status, e->job.id);
        break;
    case SVA_EV_CTX_STATE:
        trace_sva_ctx_state(e->seq, e->rid, pasid, e->context.index,
                            e->context.state);
        break;
    case SVA_EV_BREAKPOINT:
        trace_sva_breakpoint(e->seq, e->rid, e->breakpoint.context,
                             e->breakpoint.point);
        break;
    case SVA_EV_RESET:
        trace_sva_reset(e->seq, e->rid);
        break;
    default:
        break;
    }
}

static void trace_table(const SvaEvent *e)
{
    const uint64_t *words = e->entry.words;
    int pasid = pasid_number(e->pasid);

    switch (e->kind) {
    case SVA_EV_ENTRY:
        trace_sva_entry(e->seq, e->rid, pasid, e->addr,
                        sva_event_entry_name(e->entry.type), e->entry.level,
                        e->entry.pa, words[0], words[1], words[2]);
        break;
    case SVA_EV_FILL:
        trace_sva_fill(e->seq, e->rid, pasid, e->addr, e->fill.map.addr,
                       e->fill.map.mask, access_name(e->fill.map.access),
                       e->fill.asid, e->fill.domain, e->fill.kind);
        break;
    case SVA_EV_ATC_HIT:
        trace_sva_atc_hit(e->seq, e->rid, pasid, e->addr,
                          access_name(e->access), e->atc_hit.pa);
        break;
    default:
        break;
    }
}

static void trace_configuration(const SvaEvent *e)
{
    const uint64_t *words = e->regs.words;

    switch (e->kind) {
    case SVA_EV_DROP:
        trace_sva_drop(e->seq, e->rid, e->drop.caches);
        break;
    case SVA_EV_REGS:
        trace_sva_regs(e->seq, e->regs.arch, words[0], words[1], words[2],
                       words[3]);
        break;
    case SVA_EV_PRQ_CLEARED:
        trace_sva_prq_cleared(e->seq, e->queue.head, e->queue.tail);
        break;
    case SVA_EV_FUNCTION:
        trace_sva_function(e->seq, e->rid, e->function.ats, e->function.pri);
        break;
    default:
        break;
    }
}

static void trace_checker(const SvaEvent *e)
{
    int pasid = pasid_number(e->pasid);

    switch (e->kind) {
    case SVA_EV_VIOLATION:
        trace_sva_violation(e->seq, e->rid, pasid, e->violation->number,
                            e->violation->rule, e->violation->culprit,
                            e->violation->text);
        break;
    case SVA_EV_OBLIGATION:
        trace_sva_obligation(e->seq, e->rid, pasid, e->obligation->id,
                             e->addr, e->obligation->last,
                             sva_event_entry_name(e->obligation->type),
                             e->obligation->pa, e->obligation->since,
                             e->obligation->owed);
        break;
    case SVA_EV_OBLIGATION_DONE:
        trace_sva_obligation_done(e->seq, e->rid, pasid, e->obligation->id,
                                  e->obligation->end, e->obligation->until);
        break;
    default:
        break;
    }
}

static void trace_event_sink(void *opaque, const SvaEvent *e)
{
    /* Each takes the kinds it knows. */
    trace_request(e);
    trace_message(e);
    trace_table(e);
    trace_configuration(e);
    trace_device(e);
    trace_checker(e);
}

/* Of the host. */
#define LOOK_MS 250

/* All of ours; there are more than enough places. */
static TraceEvent *own_events[64];
static QEMUTimer *trace_timer;

static void trace_events_find(void)
{
    TraceEventIter iter;
    TraceEvent *event;
    unsigned n = 0;

    trace_event_iter_init_pattern(&iter, "sva_*");
    while (n < ARRAY_SIZE(own_events) &&
           (event = trace_event_iter_next(&iter))) {
        if (trace_event_get_state_static(event)) {
            own_events[n++] = event;
        }
    }
}

static bool trace_wanted(void)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(own_events) && own_events[i]; i++) {
        if (trace_event_get_state_dynamic(own_events[i])) {
            return true;
        }
    }
    return false;
}

static void trace_sink_update(void *opaque)
{
    static SvaEventSink sink = { .fn = trace_event_sink };
    static bool installed;
    bool wanted = trace_wanted();

    if (wanted == installed) {
        return;
    }
    if (wanted) {
        sva_event_bus_add(sva_env_machine_bus(), &sink);
    } else {
        sva_event_bus_remove(sva_env_machine_bus(), &sink);
    }
    installed = wanted;
}

static void trace_sink_runstate(void *opaque, bool running, RunState state)
{
    trace_sink_update(NULL);
}

static void trace_sink_look(void *opaque)
{
    trace_sink_update(NULL);
    timer_mod(trace_timer,
              qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + LOOK_MS);
}

static void trace_sink_machine_ready(Notifier *notifier, void *data)
{
    trace_events_find();
    trace_timer = timer_new_ms(QEMU_CLOCK_REALTIME, trace_sink_look, NULL);
    trace_sink_look(NULL);
    qemu_register_reset(trace_sink_update, NULL);
    qemu_add_vm_change_state_handler(trace_sink_runstate, NULL);
}

static void trace_sink_init(void)
{
    static Notifier ready = { .notify = trace_sink_machine_ready };

    qemu_add_machine_init_done_notifier(&ready);
}

/* Nobody knows this file, so it finds its way in by itself. */
opts_init(trace_sink_init)
