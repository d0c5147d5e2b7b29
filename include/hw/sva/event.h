/*
 * SvaEvent: facts that the models announce
 *
 * One by-value event per commit point, emitted after the state change.  The
 * models do not know who listens.  Without a bus or without a sink an event
 * costs one branch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_EVENT_H
#define HW_SVA_EVENT_H

#include "hw/sva/env.h"

typedef enum SvaEventKind {
    SVA_EV_XLATE,        /* addr -> data0, mask data1, rights granted, from
                          * a cache or the tables; code = SvaOutcome */
    SVA_EV_ATS,          /* the same; code = SvaAtsStatus */
    SVA_EV_FAULT,        /* addr, code = reason, data0/1 = raw record */
    SVA_EV_FAULT_SILENT, /* suppressed by FPD: addr, code = reason */
    SVA_EV_PRQ,          /* queued: addr, code = prgi, data0/1 = raw entry */
    SVA_EV_PRQ_AUTO,     /* answered by hardware: code = response code,
                          * data0 = prgi, data1 = fault reason or 0 */
    SVA_EV_PRG_RESPONSE, /* code = response code, data0 = prgi */
    SVA_EV_COMMAND,      /* queued descriptor: code = type, data0/1 = raw */
    SVA_EV_WAIT_DONE,    /* wait descriptor complete: data0 = raw qw0 */
    SVA_EV_ATC_INV,      /* sent: addr, data0 = mask, data1 = ITag */
    SVA_EV_ATC_INV_DONE, /* completed: data1 = ITag */
    SVA_EV_JOB_START,    /* code = opcode, data0 = context, data1 = id */
    SVA_EV_JOB_DONE,     /* code = status, data0 = context, data1 = id */
    SVA_EV_CTX_STATE,    /* code = new state, data0 = context */
    SVA_EV_HOLD,         /* code = point, data0 = context */
    SVA_EV_STALL,        /* addr, code = event; data0 = STAG, or UINT64_MAX if
                          * it is held without a record */
    SVA_EV_STALL_END,    /* code = SvaStallAction, data0 as above */
    SVA_EV_RESET,
} SvaEventKind;

/*
 * @seq and @time (virtual ns) are filled in by sva_emit().  @access is the
 * SvaAccess set asked for, @granted that of the answer.  @code and @data depend
 * on the kind, see above.
 */
typedef struct SvaEvent {
    uint64_t seq;
    int64_t time;
    uint64_t addr;
    uint64_t data0;
    uint64_t data1;
    SvaPasid pasid;
    uint32_t code;
    uint16_t rid;
    uint8_t access;
    uint8_t granted;
    bool cached;
    SvaEventKind kind;
} SvaEvent;

typedef void SvaEventSinkFn(void *opaque, const SvaEvent *event);

/* A listener; linked into at most one bus, owned by the caller. */
typedef struct SvaEventSink {
    SvaEventSinkFn *fn;
    void *opaque;
    struct SvaEventSink *next;
} SvaEventSink;

struct SvaEventBus {
    SvaEventSink *sinks;
    uint64_t seq;
};

void sva_event_bus_add(SvaEventBus *bus, SvaEventSink *sink);
void sva_event_bus_remove(SvaEventBus *bus, SvaEventSink *sink);

/* Number the event and hand it to all sinks of @env's bus. */
void sva_event_send(SvaEnv *env, SvaEvent event);

/* Emit an event from field initialisers; they are not evaluated in vain. */
#define sva_emit(envp, ...)                                         \
    do {                                                            \
        SvaEnv *emit_env_ = (envp);                                 \
        if (G_UNLIKELY(emit_env_->bus && emit_env_->bus->sinks)) {  \
            sva_event_send(emit_env_, (SvaEvent) { __VA_ARGS__ });  \
        }                                                           \
    } while (0)

/* Short upper-case name of an event kind, never NULL. */
const char *sva_event_kind_name(SvaEventKind kind);

#endif
