/*
 * sva-accel: page request interface of the function
 *
 * PCIe r6 10.4 "Page Request Services" and 10.5.2 "Page Request Extended
 * Capability".  Credits and group indices are kept by endpoint/prg; here is
 * what becomes of the jobs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

bool sva_pri_usable(const SvaAccel *accel, SvaPasid pasid)
{
    return accel->pri_enable && !accel->pri_rf && accel->prg.allocation &&
           sva_accel_may_send(accel, pasid);
}

/* May its group be sent now? */
bool sva_pri_allowed(const SvaPrgOwner *owner)
{
    const SvaAccel *accel = owner->ctx->accel;

    if (sva_prg_excess(owner)) {
        return !accel->pri_rf && accel->bus_master &&
               (owner->forced || sva_accel_may_send(accel, owner->pasid));
    }
    return sva_pri_usable(accel, owner->pasid);
}

/* The first in the queue stays there until it has sent its group. */
void sva_pri_kick(SvaAccel *accel)
{
    SvaCtx *first = g_queue_peek_head(&accel->credit_queue);

    if (first && first->wait == SVA_WAIT_CREDIT &&
        sva_prg_credits(&accel->prg)) {
        sva_ctx_wake(first);
    }
}

bool sva_pri_is_next(const SvaCtx *ctx)
{
    const SvaCtx *first = g_queue_peek_head(&ctx->accel->credit_queue);

    return !first || first == ctx;
}

void sva_pri_wait_credit(SvaCtx *ctx)
{
    if (!ctx->credit_queued) {
        ctx->credit_queued = true;
        g_queue_push_tail_link(&ctx->accel->credit_queue, &ctx->credit_link);
    }
    ctx->wait = SVA_WAIT_CREDIT;
}

void sva_pri_leave_queue(SvaCtx *ctx)
{
    if (ctx->credit_queued) {
        ctx->credit_queued = false;
        g_queue_unlink(&ctx->accel->credit_queue, &ctx->credit_link);
        sva_pri_kick(ctx->accel);
    }
}

/* Returns the number of requests for which there is an index, or 0. */
static unsigned pri_take_index(SvaPrgOwner *owner, unsigned wanted)
{
    SvaAccel *accel = owner->ctx->accel;
    SvaPrgTable *prg = &accel->prg;
    uint32_t allocation = prg->allocation;
    unsigned credits = sva_prg_credits(prg);
    unsigned count = MIN(wanted, credits);
    int prgi;

    if (sva_prg_excess(owner)) {
        count = wanted;
        sva_prg_set_allocation(prg, UINT32_MAX);
    }
    prgi = count ? sva_prg_open(prg, owner->pasid, count, owner) : -1;
    sva_prg_set_allocation(prg, allocation);
    if (prgi < 0) {
        return 0;
    }
    credits = accel->pri_enable ? MIN(count, credits) : 0;
    sva_count(accel, owner->ctx, SVA_CNT_PRG_EXCESS, count - credits);
    owner->prgi = prgi;
    return count;
}

/* Open a group of @wanted requests, or of fewer when credits are short. */
bool sva_pri_open(SvaPrgOwner *owner, unsigned wanted)
{
    owner->shared = false;
    owner->unsent = 0;
    owner->sent = 0;
    owner->count = sva_prg_share(owner) ? wanted
                                        : pri_take_index(owner, wanted);
    owner->open = owner->count;
    return owner->open;
}

void sva_pri_message(SvaPrgOwner *owner, unsigned n)
{
    SvaAccel *accel = owner->ctx->accel;
    SvaPageRequest req = {
        .addr = (owner->first + n * owner->step) & SVA_PAGE_MASK,
        .pasid = owner->pasid,
        .prgi = owner->prgi,
        .access = owner->access,
        .last = n + 1 == owner->count,
    };

    sva_count(accel, owner->ctx, SVA_CNT_PAGE_REQS, 1);
    accel->port->ops->page_request(accel->port, &req);
}

/* Send the next request of the group; the last one ends it. */
void sva_pri_send(SvaPrgOwner *owner)
{
    unsigned n = owner->sent++;

    if (sva_prg_keep_back(owner, n)) {
        return;
    }
    sva_pri_message(owner, n);
    if (owner->open && sva_prg_inject(owner, SVA_INJECT_PRG_DUP)) {
        sva_count(owner->ctx->accel, owner->ctx, SVA_CNT_PRG_DUPLICATES, 1);
        sva_pri_message(owner, n);
    }
}

/*
 * The job that began a group is given up.  A group without a last request
 * would never be answered and its credits never come back: close it.
 */
void sva_pri_end_group(SvaCtx *ctx)
{
    SvaPrgOwner *group = &ctx->group;

    if (group->open && group->sent < group->count) {
        group->sent = group->count - 1;
        sva_pri_send(group);
    }
}

static void pri_answered(SvaPrgOwner *owner, SvaPrgCode code)
{
    SvaCtx *ctx = owner->ctx;

    owner->open = false;
    if (owner->probe) {
        sva_probe_answered(ctx, code);
        return;
    }
    if (ctx->stop == SVA_STOP_ABORT) {
        /* Its job is gone; the abort may have waited for this. */
        sva_ctx_wake(ctx);
        return;
    }
    ctx->xfer.code = code;
    ctx->xfer.stage = SVA_XFER_PRG_ANSWERED;
    if (ctx->wait == SVA_WAIT_RESPONSE) {
        sva_ctx_wake(ctx);
    }
}

/* Let @owner's job fail; index and credits are the caller's business. */
static void pri_drop_group(SvaPrgOwner *owner)
{
    if (owner->open) {
        pri_answered(owner, SVA_PRG_FAILURE);
    }
}

/* Nothing more can be sent: whoever waits for a credit is to find out. */
static void pri_wake_waiters(SvaAccel *accel)
{
    GList *link;

    while ((link = g_queue_peek_head_link(&accel->credit_queue))) {
        SvaCtx *ctx = link->data;

        g_queue_unlink(&accel->credit_queue, link);
        ctx->credit_queued = false;
        if (ctx->wait == SVA_WAIT_CREDIT) {
            sva_ctx_wake(ctx);
        }
    }
}

static void pri_forget_all(SvaAccel *accel)
{
    sva_prg_forget_all(&accel->prg);
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        pri_drop_group(&accel->ctx[i].group);
        pri_drop_group(&accel->ctx[i].probe);
    }
    pri_wake_waiters(accel);
}

/*
 * The function may have lost the permission to send.  Groups that will never
 * be complete hold nothing any more, and their jobs fail.
 */
void sva_accel_pri_forget_partial(SvaAccel *accel)
{
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        SvaPrgOwner *group = &accel->ctx[i].group;
        SvaPageResponse rsp = { .pasid = group->pasid, .prgi = group->prgi };
        void *owner;

        if (group->open && (group->sent < group->count || group->unsent) &&
            !sva_pri_allowed(group)) {
            if (!group->shared) {
                sva_prg_close(&accel->prg, &rsp, true, &owner);
            }
            pri_drop_group(group);
        }
    }
}

static void pri_count_response(SvaAccel *accel, SvaCtx *ctx, SvaPrgCode code)
{
    sva_count(accel, ctx,
              code == SVA_PRG_SUCCESS ? SVA_CNT_PRG_SUCCESS
              : code == SVA_PRG_INVALID ? SVA_CNT_PRG_INVALID
              : SVA_CNT_PRG_FAILURE, 1);
}

void sva_accel_pri_response(SvaAccel *accel, const SvaPageResponse *rsp)
{
    SvaPrgCode code = sva_prg_code(rsp->code);
    SvaPrgOwner *owner;
    SvaPrgMatch match;
    void *found;

    if (accel->pri_rf) {
        /* Of a request that went before the Failure; nobody waits for it. */
        pri_count_response(accel, NULL, code);
        return;
    }
    if (!accel->pri_enable && !accel->prg.outstanding &&
        !sva_prg_shared_owner(accel, rsp)) {
        sva_count(accel, NULL, SVA_CNT_PRG_UNEXPECTED, 1);
        return;
    }
    match = sva_prg_close(&accel->prg, rsp, true, &found);
    owner = found;
    if (code == SVA_PRG_FAILURE) {
        /* The index in it may be wrong; the interface is off in any case. */
        accel->pri_rf = true;
        pri_count_response(accel, owner ? owner->ctx : NULL, code);
        pri_forget_all(accel);
        return;
    }
    if (match == SVA_PRG_UNKNOWN) {
        owner = sva_prg_shared_owner(accel, rsp);
    }
    if (match == SVA_PRG_UNKNOWN && !owner) {
        accel->pri_uprgi |= accel->pri_enable;
        sva_count(accel, NULL, SVA_CNT_PRG_UNEXPECTED, 1);
        return;
    }
    pri_count_response(accel, owner ? owner->ctx : NULL, code);
    if (owner) {
        pri_answered(owner, code);
    }
    sva_pri_kick(accel);
}

/* Reset of the function: no TLPs, no job is left to be told. */
void sva_accel_pri_reset(SvaAccel *accel)
{
    sva_prg_init(&accel->prg);
    accel->pri_enable = false;
    accel->pri_rf = false;
    accel->pri_uprgi = false;
}

void sva_accel_set_pri(SvaAccel *accel, const SvaPriControl *control)
{
    bool was = accel->pri_enable;

    accel->pri_enable = control->enable;
    if (!control->enable || !was) {
        sva_prg_set_allocation(&accel->prg, MIN(control->allocation,
                                                accel->config.pri_capacity));
    }
    if (control->enable) {
        return;
    }
    if (control->reset) {
        pri_forget_all(accel);
    } else if (was) {
        sva_accel_pri_forget_partial(accel);
        pri_wake_waiters(accel);
    }
}

void sva_accel_clear_pri_status(SvaAccel *accel, uint16_t bits)
{
    accel->pri_rf &= !(bits & SVA_PRI_RF);
    accel->pri_uprgi &= !(bits & SVA_PRI_UPRGI);
}

uint16_t sva_accel_pri_status(const SvaAccel *accel)
{
    return (accel->pri_rf ? SVA_PRI_RF : 0) |
           (accel->pri_uprgi ? SVA_PRI_UPRGI : 0) |
           (!accel->pri_enable && !accel->prg.outstanding
            ? SVA_PRI_STOPPED : 0);
}
