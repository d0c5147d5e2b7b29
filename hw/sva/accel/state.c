/*
 * sva-accel: saving and restoring the function
 *
 * What comes from a stream is checked like what comes from a guest: members
 * that the model relies on have to be possible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "descriptor.h"
#include "internal.h"

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

static uint32_t queue_save(const GQueue *queue, uint16_t *out)
{
    uint32_t n = 0;

    for (const GList *link = queue->head; link; link = link->next) {
        const SvaCtx *ctx = link->data;

        out[n++] = ctx->index;
    }
    return n;
}

static void late_save(const SvaAccel *accel, int64_t now, SvaAccelSaved *out)
{
    out->late_count = accel->late_count;
    for (unsigned i = 0; i < accel->late_count; i++) {
        const SvaLateInval *late = &accel->late[i];

        out->late[i] = (SvaLateInvalSaved) {
            .left = late->withheld || late->due < now ? 0 : late->due - now,
            .ticket = late->ticket,
            .withheld = late->withheld,
        };
    }
}

void sva_accel_save(SvaAccel *accel, SvaAccelSaved *out)
{
    out->version = SVA_ACCEL_STATE_VERSION;
    options_save(accel, out->options);
    out->flags = (accel->bus_master ? SVA_SAVED_BUS_MASTER : 0) |
                 (accel->pasid_enable ? SVA_SAVED_PASID : 0) |
                 (accel->ats_enable ? SVA_SAVED_ATS : 0) |
                 (accel->pri_enable ? SVA_SAVED_PRI : 0) |
                 (accel->pri_rf ? SVA_SAVED_PRI_RF : 0) |
                 (accel->pri_uprgi ? SVA_SAVED_PRI_UPRGI : 0);
    out->irq_cause = accel->irq_cause;
    out->irq_mask = accel->irq_mask;
    out->inject = accel->inject;
    out->inval_delay = accel->inval_delay;
    out->stall_seq = accel->stall_seq;
    late_save(accel, sva_accel_now(accel), out);
    memcpy(out->counter, accel->counter, sizeof(out->counter));
    sva_prg_save(&accel->prg, &out->prg);
    out->run_count = queue_save(&accel->run_queue, out->run);
    out->waiting_count = queue_save(&accel->credit_queue, out->waiting);
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        sva_ctx_save(&accel->ctx[i], &out->ctx[i]);
    }
}

static const char *function_load(SvaAccel *accel, const SvaAccelSaved *in)
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
    if (in->flags & ~SVA_SAVED_FLAGS || in->irq_cause & ~causes ||
        in->irq_mask & ~causes || in->inject & ~SVA_GINJECT_ALL) {
        return "impossible registers";
    }
    accel->bus_master = in->flags & SVA_SAVED_BUS_MASTER;
    accel->pasid_enable = in->flags & SVA_SAVED_PASID;
    accel->ats_enable = in->flags & SVA_SAVED_ATS;
    accel->pri_enable = in->flags & SVA_SAVED_PRI;
    accel->pri_rf = in->flags & SVA_SAVED_PRI_RF;
    accel->pri_uprgi = in->flags & SVA_SAVED_PRI_UPRGI;
    accel->irq_cause = in->irq_cause;
    accel->irq_mask = in->irq_mask;
    accel->inject = in->inject;
    accel->inval_delay = in->inval_delay;
    accel->stall_seq = in->stall_seq;
    memcpy(accel->counter, in->counter, sizeof(accel->counter));
    return NULL;
}

static const char *late_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    int64_t now = sva_accel_now(accel);

    if (in->late_count > SVA_LATE_INVALS) {
        return "impossible number of invalidations";
    }
    for (unsigned i = 0; i < in->late_count; i++) {
        const SvaLateInvalSaved *late = &in->late[i];

        if (late->left > SVA_DELAY_MAX || late->withheld > 1 ||
            (late->withheld && !(in->inject & SVA_GINJECT_KEEP_INVAL))) {
            return "impossible invalidation";
        }
        accel->late[i] = (SvaLateInval) {
            .ticket = late->ticket,
            .withheld = late->withheld,
            .due = now + (int64_t)late->left,
        };
    }
    accel->late_count = in->late_count;
    sva_accel_inval_arm(accel);
    return NULL;
}

/* Groups whose index belongs to another one are not in the table. */
static bool owner_adopts(SvaAccel *accel, SvaPrgOwner *owner)
{
    return !owner->open || owner->shared ||
           sva_prg_adopt(&accel->prg, owner->prgi, owner->pasid,
                         owner->count, owner);
}

static const char *groups_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    bool open = false;

    if (in->prg.allocation > accel->config.pri_capacity ||
        !sva_prg_restore(&accel->prg, &in->prg)) {
        return "impossible page request groups";
    }
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        SvaCtx *ctx = &accel->ctx[i];

        if (!owner_adopts(accel, &ctx->group) ||
            !owner_adopts(accel, &ctx->probe)) {
            return "a page request group that is not outstanding";
        }
        open |= ctx->group.open || ctx->probe.open;
    }
    /* Nobody would be told of a response. */
    if (accel->pri_rf && (open || accel->prg.outstanding)) {
        return "page request groups after a Response Failure";
    }
    return NULL;
}

static const char *queues_load(SvaAccel *accel, const SvaAccelSaved *in)
{
    static const char error[] = "impossible queue of contexts";
    unsigned most = accel->config.contexts;

    if (in->run_count > most || in->waiting_count > most) {
        return error;
    }
    for (unsigned i = 0; i < in->run_count; i++) {
        if (in->run[i] >= most || accel->ctx[in->run[i]].queued) {
            return error;
        }
        sva_ctx_enqueue(&accel->ctx[in->run[i]]);
    }
    for (unsigned i = 0; i < in->waiting_count; i++) {
        SvaCtx *ctx;

        if (in->waiting[i] >= most ||
            accel->ctx[in->waiting[i]].credit_queued) {
            return error;
        }
        ctx = &accel->ctx[in->waiting[i]];
        ctx->credit_queued = true;
        g_queue_push_tail_link(&accel->credit_queue, &ctx->credit_link);
    }
    return NULL;
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
    error = function_load(accel, in);
    error = error ? error : late_load(accel, in);
    error = error ? error : contexts_load(accel, in);
    error = error ? error : groups_load(accel, in);
    error = error ? error : queues_load(accel, in);
    error = error ? error : contexts_stuck(accel);
    if (error) {
        sva_accel_reset(accel);
    }
    return error;
}
