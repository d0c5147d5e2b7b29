/*
 * sva-accel: state shared by the files of the accelerator
 *
 * A context works on one job at a time.  A job is a state machine: it is
 * stepped until it has to wait (SvaWait), and whatever ends the wait calls
 * sva_ctx_wake().  Nothing blocks and nothing is kept on a stack.
 *
 *   SvaCtx   registers, state, commands                    context.c
 *   SvaJob   one descriptor from fetch to retirement       job.c, operation.c
 *   SvaXfer  one access within one page, with translation
 *            and page requests                             transfer.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_INTERNAL_H
#define HW_SVA_ACCEL_INTERNAL_H

#include "accel.h"
#include "../endpoint/atc.h"
#include "state.h"
#include "../endpoint/prg.h"

/* Requests that a context may send before it is another one's turn. */
#define SVA_SLICE_REQUESTS 256

/* Pause after a full slice: without it the processors might starve. */
#define SVA_SLICE_GAP_NS 1000

/* Page requests for one access that may be answered Success in vain. */
#define SVA_FAULT_RETRIES 16

/* Context registers that are plain words, as a register file. */
#define SVA_CTX_WORDS (SVA_CTX_COUNTERS / 4)

/*
 * Buffer of a context: two pages of data (compare needs both), then a
 * descriptor, then a completion record.
 */
#define SVA_BUF_DATA(n) ((n) * (unsigned)SVA_PAGE_SIZE)
#define SVA_BUF_DESC SVA_BUF_DATA(2)
#define SVA_BUF_CPL (SVA_BUF_DESC + (unsigned)sizeof(struct sva_desc))
#define SVA_BUF_SIZE (SVA_BUF_CPL + (unsigned)sizeof(struct sva_completion))

typedef struct SvaCtx SvaCtx;

typedef enum SvaWait {
    SVA_WAIT_NONE,
    SVA_WAIT_TIME,              /* delay, interval, bandwidth */
    SVA_WAIT_HOLD,
    SVA_WAIT_CREDIT,            /* of the page request interface */
    SVA_WAIT_RESPONSE,
    SVA_WAIT_STALL,
} SvaWait;

typedef enum SvaStop {
    SVA_STOP_NONE,
    SVA_STOP_DRAIN,
    SVA_STOP_ABORT,
} SvaStop;

typedef enum SvaJobPhase {
    SVA_JOB_IDLE,
    SVA_JOB_FETCH,
    SVA_JOB_EXEC,
    SVA_JOB_COMPLETE,
} SvaJobPhase;

typedef enum SvaXferStage {
    SVA_XFER_TRANSLATE,
    SVA_XFER_ACCESS,
    SVA_XFER_PRG_OPEN,
    SVA_XFER_PRG_SEND,
    SVA_XFER_PRG_WAIT,
    SVA_XFER_PRG_ANSWERED,
    SVA_XFER_STALLED,
    SVA_XFER_STALL_ENDED,
} SvaXferStage;

typedef enum SvaXferResult {
    SVA_XFER_AGAIN,             /* step it again */
    SVA_XFER_WAITS,             /* SvaCtx.wait says for what */
    SVA_XFER_DONE,
    SVA_XFER_FAILED,            /* status and fault_addr are set */
} SvaXferResult;

/*
 * One access within one page.
 *
 * The first group is set by the caller, sva_xfer_start() clears the others.
 *
 * @buf:   offset in the context's buffer
 * @end:   end of the range of which the access is a part; pages up to it
 *         are asked for in advance
 * @step:  distance of the pages asked for
 * @block: page requests may be sent
 * @holds: hold points exist for this access
 * @atomic: the atomic operation of the descriptor; set after the start
 */
typedef struct SvaXfer {
    uint64_t addr;
    uint64_t end;
    uint64_t step;
    uint32_t buf;
    uint32_t len;
    bool write;
    bool block;
    bool holds;
    bool atomic;

    bool alone;                 /* ask for the needed page only */
    bool untranslated;
    uint8_t held;               /* points passed already */
    uint8_t retries;
    uint8_t status;             /* enum sva_status */
    SvaPrgCode code;
    SvaStallAction action;
    SvaXferStage stage;
    uint64_t generation;           /* of the ATC, when translated */
    uint64_t pa;
    uint64_t fault_addr;
    uint32_t done;              /* bytes transferred when it failed */
} SvaXfer;

typedef struct SvaJob {
    struct sva_desc desc;       /* host order, checked */
    SvaJobPhase phase;
    bool xfer_active;
    bool aborted;
    bool cpl_held;
    bool fault_write;
    uint8_t part;
    uint8_t cpl_part;
    uint8_t status;             /* enum sva_status */
    uint64_t offset;            /* touch: in the range */
    uint64_t round;
    uint64_t bytes;
    uint64_t fault_addr;
    uint64_t result;
} SvaJob;

/* A page request group in flight, of a job or of a probe. */
typedef struct SvaPrgOwner {
    SvaCtx *ctx;
    bool probe;
    bool open;                  /* index and credits are in use */
    uint8_t access;
    bool forced;                /* probe: allowed or not */
    bool shared;                /* index of another group, no credits */
    uint16_t prgi;
    uint16_t count;             /* at most 32 */
    uint16_t sent;
    uint32_t unsent;            /* bit n: request n was kept back */
    uint64_t first;             /* address of request 0 */
    uint64_t step;              /* from request to request */
    SvaPasid pasid;
} SvaPrgOwner;

struct SvaCtx {
    SvaAccel *accel;
    uint8_t *buf;
    SvaTimer *timer;            /* ends SVA_WAIT_TIME */
    SvaTimer *late_timer;
    GList run_link;
    GList credit_link;
    bool queued;                /* in SvaAccel.run_queue */
    bool credit_queued;         /* in SvaAccel.credit_queue */
    unsigned index;
    SvaPrgOwner group;
    SvaPrgOwner probe;

    /* From here on cleared by reset. */
    uint32_t reg[SVA_CTX_WORDS];
    uint64_t counter[SVA_CNT_CTX_MAX];
    uint32_t head;
    uint32_t tail;
    uint8_t state;              /* enum sva_ctx_state */
    uint8_t held;               /* SVA_HOLD_* */
    uint32_t cmd_status;
    uint32_t probe_status;
    uint32_t err_status;
    uint32_t err_id;
    uint64_t err_addr;
    bool active;                /* the ring is being worked on */
    unsigned budget;            /* requests left in this slice */
    SvaStop stop;               /* in force */
    SvaStop late_stop;          /* comes into force with late_timer */
    int64_t late_until;
    SvaWait wait;
    int64_t wait_until;         /* SVA_WAIT_TIME */
    int64_t bw_next;            /* not before this time, by BW_LIMIT */
    uint32_t stall_cookie;      /* SVA_WAIT_STALL */
    SvaJob job;
    SvaXfer xfer;
};

/* An invalidate request that was not completed yet. */
typedef struct SvaLateInval {
    uint32_t ticket;
    bool withheld;              /* else until @due */
    int64_t due;
} SvaLateInval;

struct SvaAccel {
    SvaEnv *env;
    SvaPort *port;
    SvaAccelConfig config;
    SvaAtc *atc;
    SvaTimer *timer;            /* next slice */
    SvaTimer *inval_timer;      /* next SvaLateInval */
    SvaCtx *ctx;
    uint8_t *buf;
    GQueue run_queue;           /* of SvaCtx */
    GQueue credit_queue;        /* of SvaCtx, in the order they came */
    SvaPrgTable prg;
    uint32_t stall_seq;         /* goes on over resets */

    bool busy;                  /* requests are being sent */
    bool reset_pending;
    bool bus_master;
    bool pasid_enable;
    bool ats_enable;
    bool pri_enable;
    bool pri_rf;
    bool pri_uprgi;

    uint32_t irq_cause;
    uint32_t irq_mask;
    uint32_t inject;            /* SVA_GINJECT_* */
    uint32_t inval_delay;
    unsigned late_count;
    SvaLateInval late[SVA_LATE_INVALS];     /* oldest first */
    uint64_t counter[SVA_CNT_MAX];
};

/* regs.c: could software have left such values behind? */
bool sva_ctx_regs_possible(const uint32_t *reg);

/* state-ctx.c: NULL, or why not */
void sva_ctx_save(const SvaCtx *ctx, SvaCtxSaved *out);
const char *sva_ctx_load(SvaCtx *ctx, const SvaCtxSaved *in);
const char *sva_ctx_stuck(const SvaCtx *ctx);

/* counters.c: @ctx may be NULL for what belongs to no context */
void sva_count(SvaAccel *accel, SvaCtx *ctx, enum sva_counter which,
               uint64_t n);

/* engine.c */
void sva_ctx_enqueue(SvaCtx *ctx);
void sva_ctx_wake(SvaCtx *ctx);         /* whatever it waits for */
void sva_ctx_sleep(SvaCtx *ctx, int64_t until);
void sva_ctx_reset(SvaCtx *ctx);
void sva_accel_soft_reset(SvaAccel *accel);
void sva_accel_begin(SvaAccel *accel);
void sva_accel_end(SvaAccel *accel);
bool sva_accel_may_send(const SvaAccel *accel, SvaPasid pasid);
void sva_accel_irq(SvaAccel *accel, uint32_t cause);
void sva_accel_set_irq_mask(SvaAccel *accel, uint32_t mask);
void sva_accel_interrupt(SvaAccel *accel, unsigned vector);

static inline int64_t sva_accel_now(SvaAccel *accel)
{
    return accel->env->ops->now(accel->env);
}

static inline uint32_t sva_ctx_reg(const SvaCtx *ctx, unsigned offset)
{
    return ctx->reg[offset / 4];
}

static inline uint64_t sva_ctx_reg64(const SvaCtx *ctx, unsigned offset)
{
    return ctx->reg[offset / 4] | (uint64_t)ctx->reg[offset / 4 + 1] << 32;
}

/* context.c */
SvaPasid sva_cfg_pasid(uint32_t cfg);
SvaPasid sva_ctx_pasid(const SvaCtx *ctx);
enum sva_mode sva_ctx_mode(const SvaCtx *ctx);
bool sva_ctx_running(const SvaCtx *ctx);
bool sva_ctx_config_possible(const SvaCtx *ctx);
void sva_ctx_set_state(SvaCtx *ctx, enum sva_ctx_state state);
void sva_ctx_command(SvaCtx *ctx, uint32_t cmd);
void sva_ctx_doorbell(SvaCtx *ctx, uint32_t tail);
void sva_ctx_stop(SvaCtx *ctx, SvaStop stop);
void sva_ctx_stopped(SvaCtx *ctx);
void sva_ctx_finish_command(SvaCtx *ctx, enum sva_cmd_result result);
void sva_ctx_halt(SvaCtx *ctx, enum sva_status status, uint64_t addr);

/* job.c: false: there is nothing to do until sva_ctx_wake() */
bool sva_job_step(SvaCtx *ctx);
void sva_job_start_fetch(SvaCtx *ctx);
void sva_job_abort(SvaCtx *ctx);

/* operation.c */
typedef enum SvaOpNext {
    SVA_OP_XFER,                /* an access was started */
    SVA_OP_SLEEP,               /* ask again after the wait */
    SVA_OP_END,                 /* SvaJob.status is set */
} SvaOpNext;

SvaOpNext sva_op_next(SvaCtx *ctx);
void sva_op_done(SvaCtx *ctx);
bool sva_op_failed(SvaCtx *ctx);        /* true: the job goes on */

/* transfer.c */
void sva_xfer_start(SvaCtx *ctx, const SvaXfer *request);
SvaXferResult sva_xfer_step(SvaCtx *ctx);
void sva_count_ats(SvaCtx *ctx, const SvaAtsCompletion *cpl, uint8_t wanted);
void sva_count_dma(SvaCtx *ctx, const SvaDmaResult *result, bool write);

/* stall.c */
uint32_t sva_stall_cookie(const SvaCtx *ctx);
SvaXferResult sva_stall_begin(SvaCtx *ctx);
bool sva_stall_end(SvaAccel *accel, const SvaStallEnd *end);

/* completion.c */
void sva_cpl_begin(SvaCtx *ctx);
void sva_cpl_resume(SvaCtx *ctx);       /* of a job that was restored */
SvaXferResult sva_cpl_step(SvaCtx *ctx);
void sva_ctx_error(SvaCtx *ctx, enum sva_status status, uint32_t id,
                   uint64_t addr);
void sva_ctx_clear_error(SvaCtx *ctx, uint32_t bits);
uint32_t sva_accel_err_ctx(const SvaAccel *accel);

/* pri.c */
bool sva_pri_usable(const SvaAccel *accel, SvaPasid pasid);
bool sva_pri_open(SvaPrgOwner *owner, unsigned wanted);
bool sva_pri_allowed(const SvaPrgOwner *owner);
void sva_pri_send(SvaPrgOwner *owner);
void sva_pri_message(SvaPrgOwner *owner, unsigned n);
void sva_pri_end_group(SvaCtx *ctx);
void sva_pri_kick(SvaAccel *accel);
void sva_pri_wait_credit(SvaCtx *ctx);
bool sva_pri_is_next(const SvaCtx *ctx);
void sva_pri_leave_queue(SvaCtx *ctx);
void sva_accel_pri_response(SvaAccel *accel, const SvaPageResponse *rsp);
void sva_accel_pri_forget_partial(SvaAccel *accel);
void sva_accel_pri_reset(SvaAccel *accel);

/* pri-inject.c */
bool sva_prg_inject(const SvaPrgOwner *owner, uint32_t bits);
bool sva_prg_excess(const SvaPrgOwner *owner);
bool sva_prg_keep_back(SvaPrgOwner *owner, unsigned n);
void sva_prg_send_unsent(SvaCtx *ctx);
bool sva_prg_share(SvaPrgOwner *owner);
SvaPrgOwner *sva_prg_shared_owner(SvaAccel *accel,
                                  const SvaPageResponse *rsp);
bool sva_prg_leave(SvaCtx *ctx);
void sva_prg_stop_marker(SvaCtx *ctx);

/* invalidate.c */
void sva_accel_inval_arm(SvaAccel *accel);
void sva_accel_inval_request(SvaAccel *accel, const SvaAtcInvalidation *inv);
void sva_accel_inval_timer(void *opaque);
void sva_inval_set_inject(SvaAccel *accel, uint32_t inject);
void sva_accel_inval_reset(SvaAccel *accel);

/* inject.c */
bool sva_hold(SvaCtx *ctx, uint32_t point);
void sva_hold_release(SvaCtx *ctx);
bool sva_inject_stop(SvaCtx *ctx, SvaStop stop);
void sva_inject_changed(SvaCtx *ctx);
void sva_probe_start(SvaCtx *ctx, uint32_t ctrl);
void sva_probe_answered(SvaCtx *ctx, SvaPrgCode code);

#endif
