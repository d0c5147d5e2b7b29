/*
 * sva-accel: scheduling of the contexts, reset, and the function as a whole
 *
 * Contexts that can go on are in the run queue.  A timer that is always due
 * at once steps them, so that the processors run between two slices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "internal.h"

static void engine_arm(SvaAccel *accel, int64_t delay)
{
    accel->env->ops->timer_at(accel->timer, sva_accel_now(accel) + delay);
}

void sva_ctx_enqueue(SvaCtx *ctx)
{
    SvaAccel *accel = ctx->accel;

    if (ctx->queued) {
        return;
    }
    ctx->queued = true;
    g_queue_push_tail_link(&accel->run_queue, &ctx->run_link);
    if (accel->run_queue.length == 1) {
        engine_arm(accel, 0);
    }
}

void sva_ctx_wake(SvaCtx *ctx)
{
    ctx->accel->env->ops->timer_cancel(ctx->timer);
    ctx->wait = SVA_WAIT_NONE;
    ctx->held = 0;
    sva_ctx_enqueue(ctx);
}

void sva_ctx_sleep(SvaCtx *ctx, int64_t until)
{
    ctx->wait = SVA_WAIT_TIME;
    ctx->wait_until = until;
    ctx->accel->env->ops->timer_at(ctx->timer, until);
}

static void ctx_timer(void *opaque)
{
    SvaCtx *ctx = opaque;

    if (ctx->wait == SVA_WAIT_TIME) {
        sva_ctx_wake(ctx);
    }
}

static void ctx_late_timer(void *opaque)
{
    SvaCtx *ctx = opaque;

    if (ctx->late_stop) {
        sva_ctx_stop(ctx, ctx->late_stop);
    }
}

/* Returns how many requests were made; at least 1, so that turns end. */
static unsigned ctx_slice(SvaCtx *ctx)
{
    ctx->budget = SVA_SLICE_REQUESTS;
    while (ctx->wait == SVA_WAIT_NONE && !ctx->accel->reset_pending) {
        if (!ctx->budget) {
            sva_ctx_enqueue(ctx);
            break;
        }
        if (ctx->stop == SVA_STOP_ABORT && !ctx->job.aborted) {
            sva_job_abort(ctx);
        }
        if (!sva_job_step(ctx)) {
            break;
        }
    }
    return MAX(SVA_SLICE_REQUESTS - ctx->budget, 1u);
}

static void engine_run(void *opaque)
{
    SvaAccel *accel = opaque;
    unsigned used = 0;
    GList *link;

    sva_accel_begin(accel);
    while (used < SVA_SLICE_REQUESTS &&
           (link = g_queue_pop_head_link(&accel->run_queue))) {
        SvaCtx *ctx = link->data;

        ctx->queued = false;
        used += ctx_slice(ctx);
    }
    if (accel->run_queue.length) {
        engine_arm(accel, SVA_SLICE_GAP_NS);
    }
    sva_accel_end(accel);
}

/*
 * Memory requests may lead anywhere, also to the function's own registers
 * and to its configuration space.  Until the end of what is in progress BAR
 * accesses are refused and a reset is put off.
 */
void sva_accel_begin(SvaAccel *accel)
{
    accel->busy = true;
}

void sva_accel_end(SvaAccel *accel)
{
    accel->busy = false;
    if (accel->reset_pending) {
        sva_accel_reset(accel);
    }
}

bool sva_accel_may_send(const SvaAccel *accel, SvaPasid pasid)
{
    return accel->bus_master && (!pasid.valid || accel->pasid_enable);
}

void sva_accel_interrupt(SvaAccel *accel, unsigned vector)
{
    sva_count(accel, NULL, SVA_CNT_INTERRUPTS, 1);
    accel->port->ops->interrupt(accel->port, vector);
}

void sva_accel_irq(SvaAccel *accel, uint32_t cause)
{
    uint32_t risen = cause & ~accel->irq_cause;

    accel->irq_cause |= cause;
    if (risen & ~accel->irq_mask) {
        sva_accel_interrupt(accel, 0);
    }
}

void sva_accel_set_irq_mask(SvaAccel *accel, uint32_t mask)
{
    uint32_t unmasked = accel->irq_mask & ~mask;

    accel->irq_mask = mask;
    if (accel->irq_cause & unmasked) {
        sva_accel_interrupt(accel, 0);
    }
}

static void client_invalidate(void *client, const SvaAtcInvalidation *inv)
{
    sva_accel_inval_request(client, inv);
}

static void client_page_response(void *client, const SvaPageResponse *rsp)
{
    sva_accel_pri_response(client, rsp);
}

static bool client_stall_end(void *client, const SvaStallEnd *end)
{
    return sva_stall_end(client, end);
}

const SvaPortClientOps sva_accel_client_ops = {
    .invalidate = client_invalidate,
    .page_response = client_page_response,
    .stall_end = client_stall_end,
};

void sva_accel_set_bus_master(SvaAccel *accel, bool enable)
{
    accel->bus_master = enable;
    sva_accel_pri_forget_partial(accel);
}

void sva_accel_set_pasid(SvaAccel *accel, bool enable)
{
    if (accel->pasid_enable != enable) {
        accel->pasid_enable = enable;
        sva_atc_flush(accel->atc);
        sva_accel_pri_forget_partial(accel);
    }
}

void sva_accel_set_ats(SvaAccel *accel, bool enable)
{
    if (accel->ats_enable != enable) {
        accel->ats_enable = enable;
        sva_atc_flush(accel->atc);
    }
}

/* Registers, contexts, ATC and counters; no TLP, no completion record. */
static void engine_reset(SvaAccel *accel)
{
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        sva_ctx_reset(&accel->ctx[i]);
    }
    accel->env->ops->timer_cancel(accel->timer);
    g_queue_init(&accel->run_queue);
    g_queue_init(&accel->credit_queue);
    sva_atc_flush(accel->atc);
    sva_accel_inval_reset(accel);
    accel->irq_cause = 0;
    accel->irq_mask = SVA_IRQ_ERROR | SVA_IRQ_CMD;
    memset(accel->counter, 0, sizeof(accel->counter));
    sva_emit(accel->env, .kind = SVA_EV_RESET);
}

void sva_accel_reset(SvaAccel *accel)
{
    accel->bus_master = false;
    accel->pasid_enable = false;
    accel->ats_enable = false;
    accel->reset_pending = accel->busy;
    if (accel->busy) {
        sva_accel_pri_forget_partial(accel);
    } else {
        sva_accel_pri_reset(accel);
        engine_reset(accel);
    }
}

/* Page requests in flight keep index and credits until they are answered. */
void sva_accel_soft_reset(SvaAccel *accel)
{
    sva_inval_set_inject(accel, 0);
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        SvaCtx *ctx = &accel->ctx[i];

        ctx->reg[SVA_CTX_INJECT / 4] = 0;
        sva_prg_send_unsent(ctx);
        sva_pri_end_group(ctx);
        sva_prg_abandon_owner(&accel->prg, &ctx->group);
        sva_prg_abandon_owner(&accel->prg, &ctx->probe);
    }
    engine_reset(accel);
}

void sva_ctx_reset(SvaCtx *ctx)
{
    SvaAccel *accel = ctx->accel;
    size_t from = offsetof(SvaCtx, reg);

    accel->env->ops->timer_cancel(ctx->timer);
    accel->env->ops->timer_cancel(ctx->late_timer);
    ctx->queued = false;
    ctx->credit_queued = false;
    ctx->group.open = false;
    ctx->probe.open = false;
    ctx->run_link = (GList) { .data = ctx };
    ctx->credit_link = (GList) { .data = ctx };
    memset((char *)ctx + from, 0, sizeof(*ctx) - from);
    ctx->reg[SVA_CTX_PRG_PAGES / 4] = 1;
}

SvaAccel *sva_accel_new(SvaEnv *env, const SvaAccelConfig *config)
{
    SvaAccel *accel = g_new0(SvaAccel, 1);

    accel->env = env;
    accel->config = *config;
    accel->atc = sva_atc_new(config->atc_entries);
    accel->timer = env->ops->timer_new(env, engine_run, accel);
    accel->inval_timer = env->ops->timer_new(env, sva_accel_inval_timer, accel);
    accel->ctx = g_new0(SvaCtx, config->contexts);
    accel->buf = g_malloc0_n(config->contexts, SVA_BUF_SIZE);
    for (unsigned i = 0; i < config->contexts; i++) {
        SvaCtx *ctx = &accel->ctx[i];

        ctx->accel = accel;
        ctx->index = i;
        ctx->buf = accel->buf + i * SVA_BUF_SIZE;
        ctx->timer = env->ops->timer_new(env, ctx_timer, ctx);
        ctx->late_timer = env->ops->timer_new(env, ctx_late_timer, ctx);
        ctx->group = (SvaPrgOwner) { .ctx = ctx };
        ctx->probe = (SvaPrgOwner) { .ctx = ctx, .probe = true };
    }
    sva_accel_reset(accel);
    return accel;
}

void sva_accel_attach(SvaAccel *accel, SvaPort *port)
{
    accel->port = port;
}

void sva_accel_free(SvaAccel *accel)
{
    if (!accel) {
        return;
    }
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        accel->env->ops->timer_free(accel->ctx[i].timer);
        accel->env->ops->timer_free(accel->ctx[i].late_timer);
    }
    accel->env->ops->timer_free(accel->timer);
    accel->env->ops->timer_free(accel->inval_timer);
    sva_atc_free(accel->atc);
    g_free(accel->buf);
    g_free(accel->ctx);
    g_free(accel);
}
