/*
 * sva-accel: a work context, its registers and its state
 *
 * A context works on one job at a time, and a job makes one memory access at
 * a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_CONTEXT_H
#define HW_SVA_ACCEL_CONTEXT_H

#include "../endpoint/access.h"
#include "model.h"

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

/* What a context waits for; written by sched.c alone. */
typedef enum SvaWait {
    SVA_WAIT_NONE,
    SVA_WAIT_TIME,              /* delay, interval, bandwidth */
    SVA_WAIT_BREAKPOINT,
    SVA_WAIT_CREDIT,            /* of the page request interface */
    SVA_WAIT_RESPONSE,
    SVA_WAIT_STALL,
} SvaWait;

typedef enum SvaStop {
    SVA_STOP_NONE,
    SVA_STOP_DRAIN,
    SVA_STOP_ABORT,
} SvaStop;

struct SvaCtx {
    SvaAccel *accel;
    uint8_t *buf;
    SvaTimer *timer;            /* ends SVA_WAIT_TIME */
    SvaTimer *stop_timer;
    GList run_link;
    bool queued;                /* in SvaAccel.run_queue */
    unsigned index;
    SvaMemAccess access;
    SvaPageGroup probe;

    /* From here on cleared by reset. */
    uint32_t reg[SVA_CTX_WORDS];
    uint64_t counter[SVA_CNT_CTX_MAX];
    uint32_t head;
    uint32_t tail;
    uint8_t state;              /* enum sva_ctx_state */
    uint8_t held;               /* SVA_BREAK_*: SVA_WAIT_BREAKPOINT */
    uint32_t cmd_status;
    uint32_t probe_status;
    uint32_t err_status;
    uint32_t err_id;
    uint64_t err_addr;
    bool active;                /* the ring is being worked on */
    unsigned budget;            /* requests left in this slice */
    uint64_t moved;             /* SVA_OP_DIRECT: bytes read and written */
    SvaStop stop;               /* in force */
    SvaStop delayed_stop;       /* comes into force with stop_timer */
    int64_t stop_until;
    SvaWait wait;
    int64_t wait_until;         /* SVA_WAIT_TIME */
    int64_t bw_next;            /* not before this time, by BW_LIMIT */
    SvaJob job;
};

static inline uint32_t sva_ctx_reg(const SvaCtx *ctx, unsigned offset)
{
    return ctx->reg[offset / 4];
}

static inline uint64_t sva_ctx_reg64(const SvaCtx *ctx, unsigned offset)
{
    return ctx->reg[offset / 4] | (uint64_t)ctx->reg[offset / 4 + 1] << 32;
}

/* A PASID as in SVA_CTX_CFG. */
static inline SvaPasid sva_cfg_pasid(uint32_t cfg)
{
    return cfg & SVA_CFG_PASID_EN ? sva_pasid(cfg & SVA_CFG_PASID)
                                  : SVA_NO_PASID;
}

static inline SvaPasid sva_ctx_pasid(const SvaCtx *ctx)
{
    return sva_cfg_pasid(sva_ctx_reg(ctx, SVA_CTX_CFG));
}

static inline SvaAccessMode sva_ctx_mode(const SvaCtx *ctx)
{
    return (sva_ctx_reg(ctx, SVA_CTX_CFG) & SVA_CFG_MODE) >>
           SVA_CFG_MODE_SHIFT;
}

/* Is one of @bits of SVA_CTX_INJECT set? */
static inline bool sva_ctx_injects(const SvaCtx *ctx, uint32_t bits)
{
    return sva_ctx_reg(ctx, SVA_CTX_INJECT) & bits;
}

/* Does work go on, whatever the state says? */
static inline bool sva_ctx_running(const SvaCtx *ctx)
{
    return ctx->access.group.open || ctx->job.phase != SVA_JOB_IDLE ||
           (ctx->active && ctx->head != ctx->tail);
}

/* Could the configuration be enabled with some state of the function? */
bool sva_ctx_config_possible(const SvaCtx *ctx);
void sva_ctx_set_state(SvaCtx *ctx, enum sva_ctx_state state);
void sva_ctx_finish_command(SvaCtx *ctx, enum sva_cmd_result result);
/* The ring is unusable. */
void sva_ctx_halt(SvaCtx *ctx, enum sva_status status, uint64_t addr);
void sva_ctx_reset(SvaCtx *ctx);

#endif
