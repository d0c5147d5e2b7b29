/*
 * sva-dsa: the accelerator as a whole, its work queues and its slots
 *
 * Descriptors wait in a work queue (WQ).  An engine has slots, each of which
 * works on one descriptor at a time; a batch stays in its slot and has its
 * descriptors executed there, one after the other.  A slot makes one memory
 * access at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_MODEL_H
#define HW_SVA_DSA_MODEL_H

#include "../endpoint/access.h"
#include "dsa.h"

/* Of each engine; a slot is for batches or for all other descriptors. */
#define DSA_WORK_SLOTS 8
#define DSA_BATCH_SLOTS 4
#define DSA_ENGINE_SLOTS (DSA_WORK_SLOTS + DSA_BATCH_SLOTS)
#define DSA_SLOTS_MAX (DSA_ENGINES_MAX * DSA_ENGINE_SLOTS)
#define DSA_READ_BUFFERS 96

/* Not the index in the table, so that software has to ask for it. */
#define DSA_HANDLE_BASE 0x100

/*
 * Buffer of a slot: a block with its DIF twice, the deltas of a page, a
 * descriptor, an entry of the event log, the second half of which is the
 * completion record.
 */
#define DSA_BUF_DATA(n) ((n) * 4160u)
#define DSA_BUF_DELTAS DSA_BUF_DATA(2)
#define DSA_BUF_DELTAS_SIZE 5120u
#define DSA_BUF_DESC (DSA_BUF_DELTAS + DSA_BUF_DELTAS_SIZE)
#define DSA_BUF_EVENT (DSA_BUF_DESC + DSA_DESC_BYTES)
#define DSA_BUF_RECORD (DSA_BUF_EVENT + DSA_EVENT_BYTES - DSA_RECORD_BYTES)
#define DSA_BUF_SIZE (DSA_BUF_EVENT + DSA_EVENT_BYTES)

/* A descriptor in a WQ; @portal: DSA_PORTAL_* */
typedef struct DsaEntry {
    uint8_t desc[DSA_DESC_BYTES];
    uint64_t seq;
    uint8_t portal;
} DsaEntry;

/*
 * @cfg:   WQCFG as it was written, and Occupancy Interrupt Generated
 * @group: while the device is not Disabled; DSA_GROUPS_MAX: none
 * @base:  of its room in SvaDsa.entries
 * @turns: descriptors that it may dispatch before others must have had theirs
 */
typedef struct DsaWq {
    uint64_t cfg[DSA_WQ_WORDS];
    uint8_t state;
    uint8_t group;
    uint8_t turns;
    uint32_t base;
    uint32_t head;
    uint32_t count;
} DsaWq;

/* A descriptor in host order; what is of one operation is in @raw. */
typedef struct DsaDesc {
    const uint8_t *raw;
    uint32_t word;              /* PASID and Priv */
    uint32_t flags;
    uint8_t op;
    uint64_t cr;
    uint64_t src;
    uint64_t dst;
    uint32_t size;
    uint16_t handle;
} DsaDesc;

/* The numbers are those of saved states. */
typedef enum DsaPhase {
    DSA_SLOT_IDLE,
    DSA_SLOT_FETCH,             /* of a descriptor of a batch */
    DSA_SLOT_EXEC,
    DSA_SLOT_DRAIN,             /* waits for older descriptors */
    DSA_SLOT_READBACK,
    DSA_SLOT_RECORD,
    DSA_SLOT_EVENT_WAIT,        /* for room, or for another slot's event */
    DSA_SLOT_EVENT,
    DSA_SLOT_TOLD,              /* of its completion all is told */
    DSA_SLOT_QUIT,              /* given up; a page response may be due */
    DSA_PHASES
} DsaPhase;

/*
 * Another address space for source or destination (3.14), as the IDPT said
 * when the descriptor began.
 *
 * @shift: from addresses in the descriptor to those that are accessed
 */
typedef struct DsaDomain {
    SvaPasid pasid;             /* valid: there is one */
    uint16_t handle;
    bool masked;                /* addresses are not told */
    uint64_t shift;
} DsaDomain;

/* A piece of memory to or from the buffer; may be of several pages. */
typedef struct DsaTransfer {
    uint64_t addr;
    uint32_t offset;            /* in the buffer */
    uint32_t len;
    uint32_t done;
    uint8_t operand;            /* DsaOperand */
    uint8_t mode;               /* SvaAccessMode, while @active */
    bool write;
    bool block;
    SvaPasid pasid;
    bool event;                 /* to the event log, by its PASID */
    bool active;                /* the access is in flight */
} DsaTransfer;

/*
 * Progress of an operation; each one has its own use of it.
 *
 * @part:   what the transfer in flight is
 * @pos:    source bytes done
 * @out:    bytes of the delta record that was created
 * @step, @count: of the piece in work
 * @tag:    DIF tags of source and destination
 */
typedef struct DsaOpState {
    uint8_t part;
    uint8_t result;
    bool reverse;
    uint32_t pos;
    uint32_t out;
    uint32_t step;
    uint32_t count;
    uint64_t crc;
    struct {
        uint32_t ref;
        uint16_t app;
    } tag[2];
} DsaOpState;

typedef struct DsaSlot {
    SvaDsa *dsa;
    uint8_t *buf;
    unsigned index;
    GList run_link;
    bool queued;                /* in SvaDsa.run_queue */
    SvaMemAccess access;

    /* From here on cleared when it becomes idle. */
    uint8_t phase;
    bool quit;                  /* to be given up at the next step */
    uint8_t wq;
    uint8_t portal;
    bool priv;
    SvaPasid pasid;
    uint64_t seq;
    uint8_t raw[DSA_DESC_BYTES];
    DsaDesc desc;               /* of @raw */

    bool in_batch;
    bool batch_failed;          /* one of them did not succeed */
    bool batch_event;           /* the log has a record of one of them */
    uint32_t batch_index;
    uint8_t batch[DSA_DESC_BYTES];

    DsaDomain domain[2];        /* of source; of destination or source 2 */
    DsaTransfer xfer;
    DsaOpState op;
    uint8_t status;
    uint8_t operand;            /* that failed */
    uint16_t fault_handle;      /* of its address space */
    bool fault_masked;
    uint64_t fault_addr;
    uint32_t bad_flags;
    uint8_t part;               /* of the record; of readbacks */
    uint8_t event;              /* error code to be reported, or 0 */
    bool event_record;          /* with the completion record */
    bool event_first;           /* of its batch */
} DsaSlot;

/* Descriptors that a command is about. */
typedef struct DsaFilter {
    uint64_t wqs;
    uint64_t before;            /* SvaDsa.seq when it was given */
    SvaPasid pasid;             /* if valid, of this one only */
} DsaFilter;

struct SvaDsa {
    SvaFunction fn;
    SvaEnv *env;
    SvaDsaConfig config;
    SvaTimer *timer;
    DsaSlot *slot;
    uint8_t *buf;
    DsaEntry *entries;
    GQueue run_queue;           /* of DsaSlot */
    unsigned budget;            /* requests left in this slice */
    bool kick;                  /* a slot has become idle */

    /* From here on cleared by reset. */
    uint32_t gencfg;
    uint32_t genctrl;
    uint32_t intcause;
    uint8_t state;              /* DsaState */
    uint64_t swerr[4];
    uint64_t evlcfg[2];
    uint64_t evlsts;
    uint32_t msixperm[DSA_VECTORS_MAX];
    bool handle_given[DSA_VECTORS_MAX];
    uint64_t idpt[DSA_IDPT_ENTRIES][DSA_IDPT_WORDS];
    uint64_t grpcfg[DSA_GROUPS_MAX][DSA_GRP_WORDS];
    DsaWq wq[DSA_WQS_MAX];
    uint8_t engine_group[DSA_ENGINES_MAX];  /* DSA_GROUPS_MAX: none */
    uint8_t next_wq[DSA_GROUPS_MAX];
    uint64_t seq;               /* of the next descriptor */

    uint32_t cmd;               /* as written */
    uint32_t cmdsts;
    bool cmd_begun;
    DsaFilter filter;           /* of a command that has begun */
    uint64_t counter[DSA_COUNTERS];
};

static inline unsigned sva_dsa_slots(const SvaDsa *dsa)
{
    return dsa->config.engines * DSA_ENGINE_SLOTS;
}

static inline void sva_dsa_count(SvaDsa *dsa, DsaCounter which)
{
    dsa->counter[which]++;
}

static inline bool sva_dsa_evl_on(const SvaDsa *dsa)
{
    return dsa->gencfg & DSA_GENCFG_EVL;
}

#endif
