/*
 * sva-accel: saving and restoring the function
 *
 * What comes from a stream is checked like what comes from a guest: members
 * that the model relies on have to be possible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "sched.h"
#include "state-ctx.h"

static void options_save(const SvaAccel *accel, uint32_t options[3])
{
    options[0] = accel->config.contexts;
    options[1] = accel->config.pasid_bits;
    options[2] = accel->config.pri_capacity;
}

SvaAccelSaved *sva_accel_saved_new(const SvaAccel *accel)
{
    size_t size = sizeof(SvaAccelSaved) +
                  accel->config.contexts * sizeof(SvaCtxSaved);
    SvaAccelSaved *saved = g_malloc0(size);

    saved->contexts = accel->config.contexts;
    return saved;
}

static void run_save(const SvaAccel *accel, SvaAccelSaved *out)
{
    out->run_count = 0;
    for (const GList *link = accel->run_queue.head; link; link = link->next) {
        const SvaCtx *ctx = link->data;

        out->run[out->run_count++] = (uint16_t)ctx->index;
    }
}

void sva_accel_save(SvaAccel *accel, SvaAccelSaved *out)
{
    out->version = SVA_ACCEL_STATE_VERSION;
    options_save(accel, out->options);
    sva_function_save(&accel->fn, &out->fn);
    out->irq_cause = accel->irq_cause;
    out->irq_mask = accel->irq_mask;
    out->inject = accel->inject;
    out->inval_delay = accel->inval_delay;
    memcpy(out->counter, accel->counter, sizeof(out->counter));
    run_save(accel, out);
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        sva_ctx_save(&accel->ctx[i], &out->ctx[i]);
    }
}

static const char *registers_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    const uint32_t causes = SVA_IRQ_ERROR | SVA_IRQ_CMD;
    uint32_t options[3];

    options_save(accel, options);
    if (in->version != SVA_ACCEL_STATE_VERSION) {
        return "the state is of another version";
    }
    if (memcmp(options, in->options, sizeof(options)) ||
        in->contexts != accel->config.contexts) {
        return "the state is of a device with other options";
    }
    if (in->irq_cause & ~causes || in->irq_mask & ~causes ||
        in->inject & ~SVA_GINJECT_ALL) {
        return "impossible registers";
    }
    accel->irq_cause = in->irq_cause;
    accel->irq_mask = in->irq_mask;
    accel->inject = in->inject;
    accel->inval_delay = in->inval_delay;
    memcpy(accel->counter, in->counter, sizeof(accel->counter));
    return sva_function_load(&accel->fn, &in->fn,
                             in->inject & SVA_GINJECT_KEEP_INVAL);
}

static const char *queues_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    static const char error[] = "impossible queue of contexts";
    unsigned most = accel->config.contexts;

    if (in->run_count > most) {
        return error;
    }
    for (unsigned i = 0; i < in->run_count; i++) {
        if (in->run[i] >= most || accel->ctx[in->run[i]].queued) {
            return error;
        }
        sva_sched_enqueue(&accel->ctx[in->run[i]]);
    }
    return sva_function_load_waiting(&accel->fn, &in->fn) ? error : NULL;
}

static const char *contexts_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    const char *error = NULL;

    for (unsigned i = 0; !error && i < accel->config.contexts; i++) {
        error = sva_ctx_load(&accel->ctx[i], &in->ctx[i]);
    }
    return error;
}

static const char *contexts_stuck(const SvaAccel *accel)
{
    const char *error = NULL;

    for (unsigned i = 0; !error && i < accel->config.contexts; i++) {
        error = sva_ctx_stuck(&accel->ctx[i]);
    }
    return error;
}

const char *sva_accel_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    const char *error;

    sva_accel_reset(accel);
    error = registers_load(accel, in);
    error = error ? error : contexts_load(accel, in);
    error = error ? error
            : sva_function_load_groups(&accel->fn, &in->fn);
    error = error ? error : queues_load(accel, in);
    error = error ? error : contexts_stuck(accel);
    if (error) {
        sva_accel_reset(accel);
    }
    return error;
}
