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
    SVA_EV_PRQ_CLEARED,  /* the overflow of the queue, by software: queue */
    SVA_EV_COMMAND,      /* taken from the queue: command without code */
    SVA_EV_INVALIDATED,  /* carried out, if not at once: command without code */
    SVA_EV_COMMAND_ERROR, /* queue stops at it, or could not be read: command */
    SVA_EV_WAIT_DONE,    /* wait descriptor, CMD_SYNC complete: wait; addr */
    SVA_EV_ATC_INV,      /* sent: atc_inv; addr */
    SVA_EV_ATC_INV_DONE, /* completed: atc_inv.itag */
    SVA_EV_JOB_START,    /* job without status */
    SVA_EV_JOB_DONE,     /* job; addr: where it failed */
    SVA_EV_CTX_STATE,    /* context */
    SVA_EV_BREAKPOINT,   /* breakpoint; addr */
    SVA_EV_STALL,        /* stall without action; addr, access */
    SVA_EV_STALL_END,    /* stall without reason */
    SVA_EV_ENTRY,        /* read from a table: entry; addr */
    SVA_EV_FILL,         /* put into the IOTLB or TLB: fill; addr */
    SVA_EV_DROP,         /* caches dropped without a command: drop */
    SVA_EV_REGS,         /* of translation, took effect: regs */
    SVA_EV_FUNCTION,     /* ATS or PRI switched on or off: function */
    SVA_EV_ATC_HIT,      /* used from the ATC: atc_hit; addr, access */
    SVA_EV_VIOLATION,    /* found by the checker: violation; addr */
    SVA_EV_OBLIGATION,   /* seen by the checker: obligation; addr */
    SVA_EV_OBLIGATION_DONE, /* obligation: @id, @end, @until, @lost */
    SVA_EV_RESET,
} SvaEventKind;

#define SVA_EV_KINDS (SVA_EV_RESET + 1)

/* Which table an entry is of. */
typedef enum SvaEntryType {
    SVA_ENTRY_VTD_ROOT,         /* legacy: 2 words, scalable mode: its half */
    SVA_ENTRY_VTD_CONTEXT,      /* legacy: 2 words, scalable mode: 4 */
    SVA_ENTRY_VTD_PASID_DIR,
    SVA_ENTRY_VTD_PASID,
    SVA_ENTRY_VTD_FIRST,
    SVA_ENTRY_VTD_SECOND,
    SVA_ENTRY_SMMU_L1STD,
    SVA_ENTRY_SMMU_STE,
    SVA_ENTRY_SMMU_L1CD,
    SVA_ENTRY_SMMU_CD,
    SVA_ENTRY_SMMU_STAGE1,
    SVA_ENTRY_SMMU_STAGE2,
    SVA_ENTRY_TYPES
} SvaEntryType;

/* Caches that SVA_EV_DROP names; a set of bits. */
typedef enum SvaDropCaches {
    SVA_DROP_CONFIG = 1 << 0,   /* context entries; STEs */
    SVA_DROP_PASID  = 1 << 1,   /* PASID entries; CDs */
    SVA_DROP_TLB    = 1 << 2,
    SVA_DROP_WALK   = 1 << 3,   /* paging-structure caches */
    SVA_DROP_ATC    = 1 << 4,   /* of the function */
} SvaDropCaches;

typedef enum SvaRegsArch {
    SVA_REGS_VTD,
    SVA_REGS_SMMUV3,
    SVA_REGS_ARCHS
} SvaRegsArch;

/* Words of SVA_EV_REGS, as software would read the registers. */
enum {
    SVA_REGS_VTD_RTADDR,        /* the one in force */
    SVA_REGS_VTD_CAP,
    SVA_REGS_VTD_ECAP,
    SVA_REGS_VTD_GSTS,
    SVA_REGS_VTD_HAW,           /* no register: width of host addresses */
    SVA_REGS_VTD_ADVERSARY,     /* no register: seed of liberties, 0: none */
    SVA_REGS_VTD_WORDS,

    SVA_REGS_SMMU_STRTAB_BASE = 0,
    SVA_REGS_SMMU_STRTAB_BASE_CFG,
    SVA_REGS_SMMU_IDR0,         /* | IDR1 << 32 */
    SVA_REGS_SMMU_IDR3,         /* | IDR5 << 32 */
    SVA_REGS_SMMU_CR0ACK,       /* | CR1 << 32 */
    SVA_REGS_SMMU_CR2,
    SVA_REGS_SMMU_GBPA,
    SVA_REGS_SMMU_ADVERSARY,    /* as above */
    SVA_REGS_SMMU_WORDS,
};

#define SVA_EVENT_WORDS 8

/* SVA_EV_FILL: tables that made the translation. */
typedef enum SvaFillKind {
    SVA_FILL_VTD_FIRST,
    SVA_FILL_VTD_SECOND,        /* legacy mode, too */
    SVA_FILL_VTD_PASS,
    SVA_FILL_VTD_NESTED,

    SVA_FILL_SMMU_STAGE1 = 0,   /* NS-EL1 */
    SVA_FILL_SMMU_STAGE2,       /* NS-EL1, of intermediate addresses */
    SVA_FILL_SMMU_COMBINED,     /* NS-EL1 */
    SVA_FILL_SMMU_HYP,          /* NS-EL2, NS-EL2-E2H */
} SvaFillKind;

/* SVA_EV_FILL of SMMUv3: in the place of an ASID, if there is none. */
enum {
    SVA_FILL_SMMU_GLOBAL = 1 << 16,     /* nG=0, or a world without ASIDs */
    SVA_FILL_SMMU_ASET   = 1 << 17,     /* of a global entry */
    SVA_FILL_SMMU_EL2    = 1 << 18,     /* not E2H */
};

/*
 * A rule that was broken (docs/system/sva-checker.rst).
 *
 * @number:  of the report
 * @rule:    its name; @culprit: kernel, model or unknown
 * @text:    plain words; @owed: what software had to do, may be NULL
 * @event:   sequence number of the event that showed it
 * @obligation: that was not met, 0: none that was told
 * @since:   when its cause was first seen
 * @pa:      of a table entry, with the words it had and has
 */
typedef struct SvaViolation {
    uint64_t number;
    uint64_t obligation;
    const char *rule;
    const char *culprit;
    const char *text;
    const char *owed;
    uint64_t event;
    uint64_t since;
    uint64_t pa;
    uint64_t before[SVA_EVENT_WORDS];
    uint64_t now[SVA_EVENT_WORDS];
    uint8_t before_count;
    uint8_t now_count;
    bool has_rid;               /* else it concerns no function */
} SvaViolation;

/* What became of an obligation that nobody is accused of. */
typedef enum SvaObligationEnd {
    SVA_OBLIGATION_COMPLETE,    /* the last wait that it needed has completed */
    SVA_OBLIGATION_WITHDRAWN,   /* the entry is what it was, or owes nothing */
    SVA_OBLIGATION_FORGOTTEN,   /* by the checker, whose memory is bounded */
} SvaObligationEnd;

/*
 * A table entry, or several of a range, that software has changed while caches
 * may hold what was made of it.
 *
 * @id:    1, 2, ...; not each number is told
 * @type, @pa: of the first entry, with the words it had and has
 * @entries: of which the range, SvaEvent.addr to @last, consists
 * @owed:  commands that are to come, a list for people
 * @since: virtual time at which the change was seen
 * @until: ... and at which it ended
 * @lost:  begins and ends that could not be told, until now
 */
typedef struct SvaObligation {
    uint64_t id;
    uint64_t last;
    uint64_t pa;
    uint64_t before[SVA_EVENT_WORDS];
    uint64_t now[SVA_EVENT_WORDS];
    uint64_t since;
    uint64_t until;
    uint64_t lost;
    const char *owed;
    SvaEntryType type;
    SvaObligationEnd end;
    uint32_t entries;
    uint8_t before_count;
    uint8_t now_count;
} SvaObligation;

/*
 * @seq and @time (virtual ns) are filled in by sva_emit().  @rid and @pasid are
 * those of the request or message, if there is one; @access is the SvaAccess
 * set asked for.
 *
 * @xlate, @ats:     the answer
 * @fault.reason:    of the architecture's table; @fault.record: first words
 * @prq.entry:       as in the queue
 * @response.reason: PRQ_AUTO: fault reason, 0: none
 * @command.type:    opcode; @command.words: first words; @command.code: IQEI of
 *                   VT-d, CERROR of SMMUv3; the words are 0 if none were read
 * @wait.word:       first word of the descriptor or command
 * @stall.tag:       STAG, UINT64_MAX: it has no record
 * @atc_inv.global:  Global Invalidate, the PASID counts for nothing
 * @entry:           @pa: where it is; @count: of @words; @level: page tables:
 *                   VT-d: 1 maps 4 KiB; SMMUv3: level of the architecture, 3 is
 *                   that of pages; @shift: log2 of the input addresses that
 *                   it stands for; @addr: input address of the stage.  Other
 *                   tables: all 0.  @pasid: page tables: of the request; tables
 *                   of PASIDs: that of the entry; other tables: none.
 * @fill:            @addr translates to @map; @domain: DID, VMID; @priv: 1: for
 *                   privileged requests; @kind: SvaFillKind; @asid: VT-d:
 *                   PASID used, 0 in legacy mode; SMMUv3: ASID, or bits
 *                   SVA_FILL_SMMU_...
 * @drop:            SvaDropCaches; SVA_DROP_ATC: those of @rid
 * @regs.count:      of @words, in the order of SVA_REGS_...
 * @function:        what is enabled now
 * @violation, @obligation: of the sender's; gone when all sinks were called
 * @atc_hit.stale:   the function has been told to drop it, and misbehaves
 *
 * The entries that a request takes are announced as they are read, present or
 * not, and once more as the unit has changed them; then what was put into the
 * TLB; then what became of the request.  Nothing else that the unit announces
 * comes in between.
 *
 * What software waits for (SVA_EV_WAIT_DONE) and what is handed to a function
 * (SVA_EV_PRG_RESPONSE, SVA_EV_STALL_END) is announced before they can see it.
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
            uint32_t code;
        } command;
        struct {
            uint64_t word;
        } wait;
        struct {
            uint64_t mask;
            uint32_t itag;
            bool global;
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
        struct {
            uint64_t pa;
            uint64_t words[SVA_EVENT_WORDS];
            SvaEntryType type;
            uint8_t level;
            uint8_t shift;
            uint8_t count;
        } entry;
        struct {
            SvaMapping map;
            uint32_t asid;
            uint16_t domain;
            uint8_t kind;
            uint8_t priv;
        } fill;
        struct {
            uint8_t caches;
        } drop;
        struct {
            uint64_t words[SVA_EVENT_WORDS];
            SvaRegsArch arch;
            uint8_t count;
        } regs;
        struct {
            bool ats;
            bool pri;
        } function;
        struct {
            uint32_t head;
            uint32_t tail;
        } queue;
        struct {
            uint64_t pa;
            bool stale;
        } atc_hit;
        const SvaViolation *violation;
        const SvaObligation *obligation;
    };
} SvaEvent;

/*
 * One at a time, for one event after the other, in the order of @seq, but from
 * any thread, with or without QEMU's global lock, under the lock of the IOMMU
 * that emits, or none.  A sink must not wait for another thread, nor take a
 * lock under which somebody waits or emits.
 */
typedef void SvaEventSinkFn(void *opaque, const SvaEvent *event);

/*
 * A listener; linked into at most one bus, owned by the caller.
 *
 * @no_hits: does not hear of requests that a cache answered, which are most
 * @after:   called when all sinks have heard of an event that @fn was called
 *           for; it may emit events, after which it is not called.  Or NULL
 */
typedef struct SvaEventSink {
    SvaEventSinkFn *fn;
    void (*after)(void *opaque);
    void *opaque;
    struct SvaEventSink *next;
    bool no_hits;
} SvaEventSink;

/*
 * @sinks: looked at without @lock to see whether there are any
 * @hits:  of them: sinks that hear of hits; likewise
 * @lock:  of all else; held while sinks are called.  It comes last: nothing is
 *         waited for below it.  Recursive, since a sink may remove itself, and
 *         emit from @after.
 * @after: some sink's is being called
 */
struct SvaEventBus {
    GRecMutex lock;
    SvaEventSink *sinks;
    unsigned hits;
    uint64_t seq;
    bool after;
};

/* Of a bus that is not in static memory. */
void sva_event_bus_init(SvaEventBus *bus);
void sva_event_bus_destroy(SvaEventBus *bus);

void sva_event_bus_add(SvaEventBus *bus, SvaEventSink *sink);
/* No other thread is in the sink when this returns. */
void sva_event_bus_remove(SvaEventBus *bus, SvaEventSink *sink);
/* Call SvaEventSink.after of all sinks, without an event. */
void sva_event_bus_after(SvaEventBus *bus);

static inline bool sva_event_bus_listens(const SvaEventBus *bus)
{
    return bus && __atomic_load_n(&bus->sinks, __ATOMIC_RELAXED);
}

static inline bool sva_event_bus_wants(const SvaEventBus *bus, bool hit)
{
    return sva_event_bus_listens(bus) &&
           (!hit || __atomic_load_n(&bus->hits, __ATOMIC_RELAXED));
}

/* Number the event and hand it to all sinks of @env's bus. */
void sva_event_send(SvaEnv *env, SvaEvent event);

/* The same, if @hit only to those that hear of hits. */
void sva_event_send_request(SvaEnv *env, SvaEvent event, bool hit);

/* Emit an event from field initialisers; they are not evaluated in vain. */
#define sva_emit(envp, ...)                                         \
    do {                                                            \
        SvaEnv *emit_env_ = (envp);                                 \
        if (G_UNLIKELY(sva_event_bus_listens(emit_env_->bus))) {    \
            sva_event_send(emit_env_, (SvaEvent) { __VA_ARGS__ });  \
        }                                                           \
    } while (0)

/* The same for a request; @hit: a cache answered it. */
#define sva_emit_request(envp, hit, ...)                            \
    do {                                                            \
        SvaEnv *emit_env_ = (envp);                                 \
        bool emit_hit_ = (hit);                                     \
        if (G_UNLIKELY(sva_event_bus_wants(emit_env_->bus,          \
                                           emit_hit_))) {           \
            sva_event_send_request(emit_env_,                       \
                                   (SvaEvent) { __VA_ARGS__ },      \
                                   emit_hit_);                      \
        }                                                           \
    } while (0)

/* A table entry of @count words, at most SVA_EVENT_WORDS, was read at @pa. */
void sva_event_entry(SvaEnv *env, SvaEntryType type, uint16_t rid,
                     SvaPasid pasid, uint64_t pa, const uint64_t *words,
                     unsigned count);

/* Short upper-case names, never NULL. */
const char *sva_event_kind_name(SvaEventKind kind);
const char *sva_event_entry_name(SvaEntryType type);

#endif
