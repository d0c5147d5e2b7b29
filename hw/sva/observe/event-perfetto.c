/*
 * Events in the trace event format that the Perfetto UI opens
 *
 * A process of the trace is the IOMMU, all device contexts, or a function; its
 * threads are queues, contexts and PASIDs.  What has a begin and an end that
 * others may cross is an asynchronous event, named by the tag the architecture
 * has for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "event-json.h"
#include "event-perfetto.h"

/* Processes of the trace; functions follow, by requester ID. */
enum {
    PID_IOMMU = 1,
    PID_CONTEXTS = 2,
    PID_FUNCTIONS = 0x10000,
};

/* Threads of PID_IOMMU, and of a function: without PASID, with PASID 0. */
enum {
    TID_COMMANDS = 1,
    TID_RESETS = 2,
    TID_NO_PASID = 1,
    TID_PASID_0 = 2,
};

typedef struct Track {
    uint32_t pid;
    uint64_t tid;
} Track;

/*
 * How one event is shown.
 *
 * @phase: B, E: work of its thread; b, n, e: asynchronous; i: instant
 * @id:    of an asynchronous event, in its process and category
 * @number: follows the name, if there is a @number_valid
 */
typedef struct Shape {
    const char *name;
    const char *category;
    char phase;
    bool number_valid;
    uint64_t id;
    uint64_t number;
} Shape;

/* -- tracks -- */

static Track function_track(const SvaEvent *e)
{
    return (Track) {
        PID_FUNCTIONS + e->rid,
        e->pasid.valid ? TID_PASID_0 + (uint64_t)e->pasid.id : TID_NO_PASID,
    };
}

static Track event_track(const SvaEvent *e)
{
    switch (e->kind) {
    case SVA_EV_COMMAND:
    case SVA_EV_INVALIDATED:
    case SVA_EV_COMMAND_ERROR:
    case SVA_EV_WAIT_DONE:
        return (Track) { PID_IOMMU, TID_COMMANDS };
    case SVA_EV_RESET:
    case SVA_EV_REGS:
    case SVA_EV_PRQ_CLEARED:
        return (Track) { PID_IOMMU, TID_RESETS };
    case SVA_EV_DROP:
        return e->drop.caches & SVA_DROP_ATC
               ? function_track(e) : (Track) { PID_IOMMU, TID_RESETS };
    case SVA_EV_JOB_START:
    case SVA_EV_JOB_DONE:
        return (Track) { PID_CONTEXTS, 1ull + e->job.context };
    case SVA_EV_CTX_STATE:
        return (Track) { PID_CONTEXTS, 1ull + e->context.index };
    case SVA_EV_BREAKPOINT:
        return (Track) { PID_CONTEXTS, 1ull + e->breakpoint.context };
    default:
        return function_track(e);
    }
}

static void add_function_name(SvaText *t, unsigned rid)
{
    sva_text_add(t, "function ");
    sva_text_hex(t, rid >> 8, 2);
    sva_text_add(t, ":");
    sva_text_hex(t, rid >> 3 & 0x1f, 2);
    sva_text_add(t, ".");
    sva_text_hex(t, rid & 7, 1);
}

static void add_process_name(SvaText *t, uint32_t pid)
{
    if (pid == PID_IOMMU) {
        sva_text_add(t, "IOMMU");
    } else if (pid == PID_CONTEXTS) {
        sva_text_add(t, "device contexts");
    } else {
        add_function_name(t, pid - PID_FUNCTIONS);
    }
}

static void add_thread_name(SvaText *t, Track track)
{
    if (track.pid == PID_IOMMU) {
        sva_text_add(t, track.tid == TID_RESETS ? "resets" : "commands");
    } else if (track.pid == PID_CONTEXTS) {
        sva_text_add(t, "context ");
        sva_text_dec(t, track.tid - 1);
    } else if (track.tid == TID_NO_PASID) {
        sva_text_add(t, "no PASID");
    } else {
        sva_text_add(t, "PASID ");
        sva_text_dec(t, track.tid - TID_PASID_0);
    }
}

static void begin_metadata(SvaText *t, const char *what, Track track)
{
    sva_text_add(t, "{\"name\":\"");
    sva_text_add(t, what);
    sva_text_add(t, "\",\"ph\":\"M\",\"pid\":");
    sva_text_dec(t, track.pid);
    sva_text_add(t, ",\"tid\":");
    sva_text_dec(t, track.tid);
    sva_text_add(t, ",\"args\":{\"name\":\"");
}

static void end_metadata(SvaText *t)
{
    sva_text_add(t, "\"}}");
}

/* A hash; the multiplier is 2^64 divided by the golden ratio, made odd. */
static unsigned slot_of(uint64_t key, unsigned slots)
{
    return (key * 0x9e3779b97f4a7c15ull >> 32) % slots;
}

static void name_track(SvaPerfetto *p, SvaText *t, Track track)
{
    /* A function's tid has 21 bits, never all of them 0. */
    uint64_t key = (uint64_t)track.pid << 40 | track.tid;
    uint64_t *slot = &p->tracks[slot_of(key, SVA_PERFETTO_TRACKS)];

    if (*slot == key) {
        return;
    }
    *slot = key;
    begin_metadata(t, "process_name", track);
    add_process_name(t, track.pid);
    end_metadata(t);
    sva_text_add(t, ",");
    begin_metadata(t, "thread_name", track);
    add_thread_name(t, track);
    end_metadata(t);
    sva_text_add(t, ",");
}

/* -- page request groups -- */

static uint32_t group_key(const SvaEvent *e, uint16_t prgi)
{
    return 1u << 31 | (uint32_t)e->rid << SVA_PRGI_BITS |
           (prgi & (SVA_PRGI_COUNT - 1));
}

/* The first request of a group?  It is open from now on. */
static bool group_opens(SvaPerfetto *p, const SvaEvent *e)
{
    uint32_t key = group_key(e, e->prq.prgi);
    uint32_t *slot = &p->groups[slot_of(key, SVA_PERFETTO_GROUPS)];
    bool open = *slot == key;

    *slot = key;
    return !open;
}

/* Was it open, so that an answer ends it? */
static bool group_closes(SvaPerfetto *p, const SvaEvent *e)
{
    uint32_t key = group_key(e, e->response.prgi);
    uint32_t *slot = &p->groups[slot_of(key, SVA_PERFETTO_GROUPS)];

    if (*slot != key) {
        return false;
    }
    *slot = 0;
    return true;
}

/* -- shapes -- */

static Shape instant(const SvaEvent *e, const char *category)
{
    return (Shape) {
        .name = sva_event_kind_name(e->kind), .category = category,
        .phase = 'i',
    };
}

static Shape numbered(const SvaEvent *e, const char *category, uint64_t number)
{
    Shape shape = instant(e, category);

    shape.number_valid = true;
    shape.number = number;
    return shape;
}

static Shape async(const char *name, char phase, uint64_t id)
{
    return (Shape) {
        .name = name, .category = name, .phase = phase, .id = id,
    };
}

/* Nobody answers a Stop Marker. */
static bool is_stop_marker(const SvaEvent *e)
{
    return e->pasid.valid && !(e->access & (SVA_READ | SVA_WRITE));
}

static Shape page_request_shape(SvaPerfetto *p, const SvaEvent *e)
{
    static const char name[] = "page request group";

    switch (e->kind) {
    case SVA_EV_PRQ:
        if (is_stop_marker(e)) {
            return instant(e, name);
        }
        return async(name, group_opens(p, e) ? 'b' : 'n', e->prq.prgi);
    case SVA_EV_PRG_RESPONSE:
        group_closes(p, e);
        return async(name, 'e', e->response.prgi);
    default:
        return group_closes(p, e) ? async(name, 'e', e->response.prgi)
                                  : instant(e, name);
    }
}

static Shape job_shape(const SvaEvent *e)
{
    return (Shape) {
        .name = "job", .category = "job",
        .phase = e->kind == SVA_EV_JOB_START ? 'B' : 'E',
        .number_valid = true, .number = e->job.opcode,
    };
}

static Shape event_shape(SvaPerfetto *p, const SvaEvent *e)
{
    switch (e->kind) {
    case SVA_EV_XLATE:
    case SVA_EV_ATS:
    case SVA_EV_ATC_HIT:
        return instant(e, "translation");
    case SVA_EV_ENTRY:
        return numbered(e, "table", e->entry.level);
    case SVA_EV_FILL:
    case SVA_EV_DROP:
        return instant(e, "cache");
    case SVA_EV_REGS:
    case SVA_EV_FUNCTION:
    case SVA_EV_PRQ_CLEARED:
        return instant(e, "configuration");
    case SVA_EV_VIOLATION:
        return numbered(e, "violation", e->violation->number);
    case SVA_EV_OBLIGATION:
        return async("obligation", 'b', e->obligation->id);
    case SVA_EV_OBLIGATION_DONE:
        return async("obligation", 'e', e->obligation->id);
    case SVA_EV_FAULT:
    case SVA_EV_FAULT_SILENT:
        return numbered(e, "fault", e->fault.reason);
    case SVA_EV_PRQ:
    case SVA_EV_PRQ_AUTO:
    case SVA_EV_PRG_RESPONSE:
        return page_request_shape(p, e);
    case SVA_EV_COMMAND:
    case SVA_EV_INVALIDATED:
    case SVA_EV_COMMAND_ERROR:
        return numbered(e, "command", e->command.type);
    case SVA_EV_WAIT_DONE:
        return instant(e, "command");
    case SVA_EV_ATC_INV:
        return async("ATC invalidation", 'b', e->atc_inv.itag);
    case SVA_EV_ATC_INV_DONE:
        return async("ATC invalidation", 'e', e->atc_inv.itag);
    case SVA_EV_STALL:
        return async("stall", 'b', e->stall.tag);
    case SVA_EV_STALL_END:
        return async("stall", 'e', e->stall.tag);
    case SVA_EV_JOB_START:
    case SVA_EV_JOB_DONE:
        return job_shape(e);
    case SVA_EV_CTX_STATE:
        return numbered(e, "context", e->context.state);
    case SVA_EV_BREAKPOINT:
        return numbered(e, "context", e->breakpoint.point);
    default:
        return instant(e, "reset");
    }
}

/* -- lines -- */

/* The checker tells of obligations a little later. */
static int64_t event_time(const SvaEvent *e)
{
    switch (e->kind) {
    case SVA_EV_OBLIGATION:
        return e->obligation->since;
    case SVA_EV_OBLIGATION_DONE:
        return e->obligation->until;
    default:
        return e->time;
    }
}

/* Microseconds, with a fraction. */
static void add_ts(SvaText *t, int64_t time)
{
    uint64_t ns = (uint64_t)MAX(time, 0);

    sva_text_add(t, ",\"ts\":");
    sva_text_dec(t, ns / 1000);
    sva_text_add(t, ".");
    sva_text_dec_padded(t, ns % 1000, 3);
}

static void begin_event(SvaText *t, const Shape *s, int64_t time, Track track)
{
    const char phase[] = { s->phase, '\0' };

    sva_text_add(t, "{\"name\":\"");
    sva_text_add(t, s->name);
    if (s->number_valid) {
        sva_text_add(t, " 0x");
        sva_text_hex(t, s->number, 1);
    }
    sva_text_add(t, "\",\"cat\":\"");
    sva_text_add(t, s->category);
    sva_text_add(t, "\",\"ph\":\"");
    sva_text_add(t, phase);
    sva_text_add(t, "\"");
    if (strchr("bne", s->phase)) {
        sva_text_add(t, ",\"id2\":{\"local\":\"0x");
        sva_text_hex(t, s->id, 1);
        sva_text_add(t, "\"}");
    } else if (s->phase == 'i') {
        sva_text_add(t, ",\"s\":\"t\"");
    }
    add_ts(t, time);
    sva_text_add(t, ",\"pid\":");
    sva_text_dec(t, track.pid);
    sva_text_add(t, ",\"tid\":");
    sva_text_dec(t, track.tid);
    sva_text_add(t, ",\"args\":");
}

void sva_event_perfetto_forget(SvaPerfetto *p)
{
    memset(p, 0, sizeof(*p));
}

void sva_event_perfetto_format(SvaPerfetto *p, SvaText *t)
{
    sva_event_perfetto_forget(p);
    sva_text_add(t, "[{\"name\":\"process_labels\",\"ph\":\"M\",\"pid\":1,"
                    "\"tid\":1,\"args\":{\"labels\":\"sva-events v");
    sva_text_dec(t, SVA_EVENT_JSON_VERSION);
    sva_text_add(t, "\"}}");
}

void sva_event_perfetto(SvaPerfetto *p, SvaText *t, const SvaEvent *e)
{
    Track track = event_track(e);
    Shape shape = event_shape(p, e);

    sva_text_add(t, ",\n");
    name_track(p, t, track);
    begin_event(t, &shape, event_time(e), track);
    sva_event_json(t, e);
    sva_text_add(t, "}");
}

void sva_event_perfetto_lost(SvaText *t, int64_t time, uint64_t count)
{
    static const Shape shape = {
        .name = "LOST", .category = "loss", .phase = 'i',
    };

    sva_text_add(t, ",\n");
    begin_event(t, &shape, time, (Track) { PID_IOMMU, TID_RESETS });
    sva_event_json_lost(t, time, count);
    sva_text_add(t, "}");
}
