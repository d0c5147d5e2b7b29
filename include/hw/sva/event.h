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
#include "hw/sva/types.h"

/* With each: its payload in SvaEvent; other members that have a meaning. */
typedef enum SvaEventKind {
    SVA_EV_XLATE,        /* xlate; addr, access */
    SVA_EV_ATS,          /* ats; addr, access */
    SVA_EV_FAULT,        /* fault; addr, access */
    SVA_EV_FAULT_SILENT, /* suppressed, as by FPD: fault.reason; addr, access */
    SVA_EV_PRQ,          /* queued: prq; addr, access */
    SVA_EV_PRQ_AUTO,     /* answered by hardware: response; addr */
    SVA_EV_PRG_RESPONSE, /* answered by software: response without reason */
    SVA_EV_COMMAND,      /* command or descriptor of the queue: command */
    SVA_EV_WAIT_DONE,    /* wait descriptor, CMD_SYNC complete: wait; addr */
    SVA_EV_ATC_INV,      /* sent: atc_inv; addr */
    SVA_EV_ATC_INV_DONE, /* completed: atc_inv.itag */
    SVA_EV_JOB_START,    /* job without status */
    SVA_EV_JOB_DONE,     /* job; addr: where it failed */
    SVA_EV_CTX_STATE,    /* context */
    SVA_EV_BREAKPOINT,   /* breakpoint; addr */
    SVA_EV_STALL,        /* stall without action; addr, access */
    SVA_EV_STALL_END,    /* stall without reason */
    SVA_EV_RESET,
} SvaEventKind;

/*
 * @seq and @time (virtual ns) are filled in by sva_emit().  @rid and @pasid are
 * those of the request or message, if there is one; @access is the SvaAccess
 * set asked for.
 *
 * @xlate, @ats:     the answer
 * @fault.reason:    of the architecture's table; @fault.record: first words
 * @prq.entry:       as in the queue
 * @response.reason: PRQ_AUTO: fault reason, 0: none
 * @command.type:    opcode; @command.words: first words
 * @wait.word:       first word of the descriptor or command
 * @stall.tag:       STAG, UINT64_MAX: it has no record
 */
typedef struct SvaEvent {
    uint64_t seq;
    int64_t time;
    uint64_t addr;
    SvaPasid pasid;
    uint16_t rid;
    uint8_t access;
    SvaEventKind kind;
    union {
        SvaTranslation xlate;
        SvaAtsCompletion ats;
        struct {
            uint64_t record[2];
            uint32_t reason;
        } fault;
        struct {
            uint64_t entry[2];
            uint16_t prgi;
        } prq;
        struct {
            SvaPrgCode code;
            uint32_t reason;
            uint16_t prgi;
        } response;
        struct {
            uint64_t words[2];
            uint32_t type;
        } command;
        struct {
            uint64_t word;
        } wait;
        struct {
            uint64_t mask;
            uint32_t itag;
        } atc_inv;
        struct {
            uint64_t id;
            uint32_t context;
            uint32_t opcode;
            uint32_t status;
        } job;
        struct {
            uint32_t index;
            uint32_t state;
        } context;
        struct {
            uint32_t context;
            uint32_t point;
        } breakpoint;
        struct {
            uint64_t tag;
            uint32_t reason;
            SvaStallAction action;
        } stall;
    };
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
