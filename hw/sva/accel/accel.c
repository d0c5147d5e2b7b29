/*
 * sva-accel: the accelerator as a whole
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "counters.h"
#include "ctx-access.h"
#include "engine.h"
#include "misbehaviour.h"
#include "model.h"
#include "probe.h"
#include "sched.h"
#include "stop.h"

G_STATIC_ASSERT(SVA_ACCEL_CONTEXTS_MAX <= SVA_FUNCTION_ACCESSES_MAX);

/* Registers, contexts and counters; no TLP, no completion record. */
static void accel_clear(void *device)
{
    SvaAccel *accel = device;

    for (unsigned i = 0; i < accel->config.contexts; i++) {
        sva_ctx_reset(&accel->ctx[i]);
    }
    accel->env->ops->timer_cancel(accel->timer);
    g_queue_init(&accel->run_queue);
    accel->inject = 0;
    accel->inval_delay = 0;
    accel->irq_cause = 0;
    accel->irq_mask = SVA_IRQ_ERROR | SVA_IRQ_CMD;
    memset(accel->counter, 0, sizeof(accel->counter));
    sva_emit(accel->env, .kind = SVA_EV_RESET,
             .rid = sva_function_rid(&accel->fn));
}

void sva_accel_reset(SvaAccel *accel)
{
    sva_function_reset(&accel->fn);
}

void sva_accel_soft_reset(SvaAccel *accel)
{
    sva_accel_set_inject(accel, 0);
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        accel->ctx[i].reg[SVA_CTX_INJECT / 4] = 0;
    }
    sva_function_quiesce(&accel->fn);
    sva_function_clear(&accel->fn);
    accel_clear(accel);
}

static unsigned accel_group_pages(void *ctx)
{
    return sva_ctx_reg(ctx, SVA_CTX_PRG_PAGES);
}

static const SvaFunctionOps accel_function_ops = {
    .reset = accel_clear,
    .count = sva_count_function,
    .wake = sva_ctx_access_wake,
    .group_pages = accel_group_pages,
    .misbehaviour = &sva_accel_misbehaviour,
};

static void accel_add_context(SvaAccel *accel, unsigned index)
{
    SvaEnv *env = accel->env;
    SvaCtx *ctx = &accel->ctx[index];

    ctx->accel = accel;
    ctx->index = index;
    ctx->buf = accel->buf + index * SVA_BUF_SIZE;
    ctx->timer = env->ops->timer_new(env, sva_sched_timer, ctx);
    ctx->stop_timer = env->ops->timer_new(env, sva_ctx_stop_timer, ctx);
    sva_mem_access_init(&ctx->access, &accel->fn, ctx);
    sva_page_group_init(&ctx->probe, &accel->fn, ctx, sva_probe_answered);
    ctx->probe.single = true;
}

SvaAccel *sva_accel_new(SvaEnv *env, const SvaAccelConfig *config)
{
    SvaFunctionConfig function = {
        .atc_entries = config->atc_entries,
        .atc_largest = config->atc_largest,
        .pri_capacity = config->pri_capacity,
        .adversary = config->adversary,
    };
    SvaAccel *accel = g_new0(SvaAccel, 1);

    accel->env = env;
    accel->config = *config;
    accel->timer = env->ops->timer_new(env, sva_engine_run, accel);
    accel->ctx = g_new0(SvaCtx, config->contexts);
    accel->buf = g_malloc0_n(config->contexts, SVA_BUF_SIZE);
    sva_function_init(&accel->fn, env, &function, &accel_function_ops, accel);
    for (unsigned i = 0; i < config->contexts; i++) {
        accel_add_context(accel, i);
    }
    sva_accel_reset(accel);
    return accel;
}

SvaFunction *sva_accel_function(SvaAccel *accel)
{
    return &accel->fn;
}

void sva_accel_free(SvaAccel *accel)
{
    if (!accel) {
        return;
    }
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        accel->env->ops->timer_free(accel->ctx[i].timer);
        accel->env->ops->timer_free(accel->ctx[i].stop_timer);
    }
    accel->env->ops->timer_free(accel->timer);
    sva_function_destroy(&accel->fn);
    g_free(accel->buf);
    g_free(accel->ctx);
    g_free(accel);
}
