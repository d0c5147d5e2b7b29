/*
 * sva-accel: one memory access of a context, from address to data
 *
 * Each stage is entered again after a wait, so it must not act before the
 * point where it waits.
 *
 * PCIe r6 10.2.3 "Translation Completion", 10.3.1 "Invalidate Request",
 * 10.4 "Page Request Services".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

typedef SvaXferResult XferStageFn(SvaCtx *ctx, SvaXfer *xfer);

void sva_xfer_start(SvaCtx *ctx, const SvaXfer *request)
{
    const SvaXfer *r = request;

    ctx->xfer = (SvaXfer) {
        .addr = r->addr, .end = r->end, .step = r->step, .buf = r->buf,
        .len = r->len, .write = r->write, .block = r->block,
        .holds = r->holds,
        .stage = sva_ctx_mode(ctx) == SVA_MODE_UNTRANSLATED
                 ? SVA_XFER_ACCESS : SVA_XFER_TRANSLATE,
    };
    ctx->xfer.untranslated = ctx->xfer.stage == SVA_XFER_ACCESS;
}

/* Page @n of the group that the access would ask for; may be past the end. */
static uint64_t xfer_group_page(const SvaXfer *xfer, unsigned n)
{
    return (xfer->addr + n * xfer->step) & SVA_PAGE_MASK;
}

static unsigned xfer_group_size(const SvaCtx *ctx, const SvaXfer *xfer)
{
    unsigned most = xfer->alone ? 1 : sva_ctx_reg(ctx, SVA_CTX_PRG_PAGES);
    unsigned n = 1;

    /* The end is exclusive, and 0 when it is the end of the address space. */
    while (n < most) {
        uint64_t page = xfer_group_page(xfer, n);

        if (page > xfer->end - 1 || page <= xfer->addr) {
            break;
        }
        n++;
    }
    return n;
}

static bool xfer_hold(SvaCtx *ctx, SvaXfer *xfer, uint32_t point)
{
    if (!xfer->holds || (xfer->held & point) || !sva_hold(ctx, point)) {
        return false;
    }
    xfer->held |= point;
    return true;
}

static SvaXferResult xfer_fail(SvaXfer *xfer, enum sva_status status)
{
    xfer->status = status;
    xfer->fault_addr = xfer->addr + xfer->done;
    return SVA_XFER_FAILED;
}

/* Atomic operations need both rights. */
static uint8_t xfer_rights(const SvaXfer *xfer)
{
    return xfer->atomic ? SVA_READ | SVA_WRITE
           : xfer->write ? SVA_WRITE : SVA_READ;
}

static bool xfer_granted(const SvaXfer *xfer, const SvaAtcEntry *entry)
{
    return !(xfer_rights(xfer) & ~entry->access);
}

void sva_count_ats(SvaCtx *ctx, const SvaAtsCompletion *cpl, uint8_t wanted)
{
    SvaAccel *accel = ctx->accel;
    enum sva_counter which = SVA_CNT_ATS_PARTIAL;

    sva_count(accel, ctx, SVA_CNT_XLATE_REQS, 1);
    if (cpl->status != SVA_ATS_SUCCESS) {
        which = SVA_CNT_ATS_ERROR;
    } else if (!(cpl->map.access & (SVA_READ | SVA_WRITE))) {
        which = SVA_CNT_ATS_NO_ACCESS;
    } else if ((cpl->map.access & wanted) == wanted) {
        which = SVA_CNT_ATS_GRANTED;
    }
    sva_count(accel, ctx, which, 1);
}

static SvaXferResult xfer_no_access(SvaCtx *ctx, SvaXfer *xfer)
{
    if (sva_ctx_mode(ctx) != SVA_MODE_ATS_PRI || !xfer->block) {
        return xfer_fail(xfer, SVA_ST_PAGE_FAULT);
    }
    if (xfer->retries >= SVA_FAULT_RETRIES) {
        return xfer_fail(xfer, SVA_ST_FAULT_LOOP);
    }
    xfer->stage = SVA_XFER_PRG_OPEN;
    return SVA_XFER_AGAIN;
}

static void xfer_translated(SvaCtx *ctx, SvaXfer *xfer,
                            const SvaAtcEntry *entry)
{
    xfer->pa = entry->pa | (xfer->addr & ~SVA_PAGE_MASK);
    xfer->untranslated = entry->untranslated_only;
    xfer->generation = sva_atc_generation(ctx->accel->atc);
    xfer->stage = SVA_XFER_ACCESS;
}

static SvaXferResult xfer_request_translation(SvaCtx *ctx, SvaXfer *xfer)
{
    SvaAccel *accel = ctx->accel;
    uint64_t generation = sva_atc_generation(accel->atc);
    uint64_t page = xfer->addr & SVA_PAGE_MASK;
    uint8_t wanted = xfer->write ? SVA_READ | SVA_WRITE : SVA_READ;
    SvaAtsCompletion cpl = { 0 };
    SvaAtcEntry entry;

    accel->port->ops->ats_request(accel->port, sva_ctx_pasid(ctx), page,
                                  wanted, &cpl);
    sva_count_ats(ctx, &cpl, xfer_rights(xfer));
    if (cpl.status != SVA_ATS_SUCCESS) {
        return xfer_fail(xfer, SVA_ST_XLATE_ERROR);
    }
    if (generation != sva_atc_generation(accel->atc)) {
        /* Invalidated on its way: H.4 (b) of the rules, ask again. */
        return SVA_XFER_AGAIN;
    }
    entry = (SvaAtcEntry) {
        .page = page,
        .pa = cpl.map.addr & SVA_PAGE_MASK,
        .pasid = sva_ctx_pasid(ctx),
        .access = cpl.map.access & (SVA_READ | SVA_WRITE),
        .untranslated_only = cpl.untranslated_only,
    };
    if (entry.access) {
        sva_atc_insert(accel->atc, &entry);
    }
    if (!xfer_granted(xfer, &entry)) {
        return xfer_no_access(ctx, xfer);
    }
    xfer_translated(ctx, xfer, &entry);
    return SVA_XFER_AGAIN;
}

static SvaXferResult xfer_translate(SvaCtx *ctx, SvaXfer *xfer)
{
    SvaAccel *accel = ctx->accel;
    const SvaAtcEntry *hit;

    if (xfer_hold(ctx, xfer, SVA_HOLD_BEFORE_XLATE)) {
        return SVA_XFER_WAITS;
    }
    if (!accel->ats_enable ||
        !sva_accel_may_send(accel, sva_ctx_pasid(ctx))) {
        return xfer_fail(xfer, SVA_ST_XLATE_ERROR);
    }
    hit = sva_atc_lookup(accel->atc, sva_ctx_pasid(ctx), xfer->addr);
    if (hit && xfer_granted(xfer, hit)) {
        sva_count(accel, ctx, SVA_CNT_ATC_HITS, 1);
        sva_count(accel, ctx, SVA_CNT_STALE_HITS, hit->stale);
        xfer_translated(ctx, xfer, hit);
        return SVA_XFER_AGAIN;
    }
    return xfer_request_translation(ctx, xfer);
}

void sva_count_dma(SvaCtx *ctx, const SvaDmaResult *result, bool write)
{
    SvaAccel *accel = ctx->accel;

    sva_count(accel, ctx, SVA_CNT_ACCESSES, 1);
    sva_count(accel, ctx,
              write ? SVA_CNT_BYTES_WRITTEN : SVA_CNT_BYTES_READ,
              result->done);
    if (result->outcome == SVA_ABORT) {
        sva_count(accel, ctx, SVA_CNT_ABORTS, 1);
    }
}

/* The word before goes to the buffer, in the order of the processor. */
static SvaDmaResult xfer_atomic(SvaCtx *ctx, const SvaXfer *xfer)
{
    SvaPort *port = ctx->accel->port;
    const struct sva_desc *desc = &ctx->job.desc;
    bool cas = desc->opcode == SVA_OP_COMPARE_SWAP;
    SvaAtomicRequest req = {
        .pasid = xfer->untranslated ? sva_ctx_pasid(ctx) : SVA_NO_PASID,
        .addr = xfer->untranslated ? xfer->addr : xfer->pa,
        .translated = !xfer->untranslated,
        .kind = cas ? SVA_ATOMIC_COMPARE_SWAP : SVA_ATOMIC_FETCH_ADD,
        .operand = desc->src,
        .expect = desc->stride,
        .may_stall = true,
        .cookie = sva_stall_cookie(ctx),
    };
    SvaDmaResult result = { .outcome = SVA_ABORT };
    uint64_t old = 0;

    if (!port->ops->atomic) {
        return result;
    }
    result.outcome = port->ops->atomic(port, &req, &old);
    if (result.outcome == SVA_OK) {
        memcpy(ctx->buf + xfer->buf, &old, sizeof(old));
        result.done = sizeof(old);
        sva_count(ctx->accel, ctx, SVA_CNT_BYTES_READ, sizeof(old));
    }
    return result;
}

static SvaDmaResult xfer_send(SvaCtx *ctx, const SvaXfer *xfer)
{
    SvaPort *port = ctx->accel->port;
    uint8_t *buf = ctx->buf + xfer->buf;

    if (xfer->atomic) {
        return xfer_atomic(ctx, xfer);
    }
    if (xfer->untranslated) {
        SvaDmaRequest req = {
            .pasid = sva_ctx_pasid(ctx),
            .addr = xfer->addr,
            .write = xfer->write,
            .may_stall = true,
            .cookie = sva_stall_cookie(ctx),
        };

        return port->ops->dma(port, &req, buf, xfer->len);
    }
    return port->ops->dma_translated(port, xfer->pa, buf, xfer->len,
                                     xfer->write);
}

static SvaXferResult xfer_access(SvaCtx *ctx, SvaXfer *xfer)
{
    SvaAccel *accel = ctx->accel;
    bool ats = sva_ctx_mode(ctx) != SVA_MODE_UNTRANSLATED;
    SvaDmaResult result;

    if (xfer_hold(ctx, xfer, SVA_HOLD_BEFORE_ACCESS)) {
        return SVA_XFER_WAITS;
    }
    if (ats && xfer->generation != sva_atc_generation(accel->atc)) {
        xfer->stage = SVA_XFER_TRANSLATE;
        return SVA_XFER_AGAIN;
    }
    if (!sva_accel_may_send(accel, sva_ctx_pasid(ctx))) {
        return xfer_fail(xfer, ats ? SVA_ST_XLATE_ERROR
                                   : SVA_ST_ACCESS_ABORTED);
    }
    result = xfer_send(ctx, xfer);
    result.done = MIN(result.done, xfer->len);
    sva_count_dma(ctx, &result, xfer->write);
    if (result.outcome == SVA_STALL) {
        return sva_stall_begin(ctx);
    }
    if (result.outcome != SVA_OK) {
        xfer->done = result.done;
        return xfer_fail(xfer, SVA_ST_ACCESS_ABORTED);
    }
    return SVA_XFER_DONE;
}

static SvaXferResult xfer_stalled(SvaCtx *ctx, SvaXfer *xfer G_GNUC_UNUSED)
{
    ctx->wait = SVA_WAIT_STALL;
    return SVA_XFER_WAITS;
}

/* Sent again it is a new access: all that was said before is forgotten. */
static SvaXferResult xfer_stall_ended(SvaCtx *ctx, SvaXfer *xfer)
{
    switch (xfer->action) {
    case SVA_STALL_RETRY:
        xfer->stage = SVA_XFER_ACCESS;
        return SVA_XFER_AGAIN;
    case SVA_STALL_RAZ_WI:
        if (!xfer->write) {
            memset(ctx->buf + xfer->buf, 0, xfer->len);
        }
        return SVA_XFER_DONE;
    case SVA_STALL_ABORT:
    default:
        sva_count(ctx->accel, ctx, SVA_CNT_ABORTS, 1);
        return xfer_fail(xfer, SVA_ST_ACCESS_ABORTED);
    }
}

/* Is it this context's turn?  Who needs no credit does not queue for one. */
static bool xfer_may_open(const SvaCtx *ctx)
{
    return sva_pri_is_next(ctx) ||
           sva_prg_inject(&ctx->group, SVA_INJECT_PRG_EXCESS |
                                       SVA_INJECT_PRG_SHARE);
}

static SvaXferResult xfer_prg_open(SvaCtx *ctx, SvaXfer *xfer)
{
    SvaPrgOwner *group = &ctx->group;

    if (xfer_hold(ctx, xfer, SVA_HOLD_BEFORE_PRG)) {
        return SVA_XFER_WAITS;
    }
    group->pasid = sva_ctx_pasid(ctx);
    group->access = xfer_rights(xfer);
    group->first = xfer->addr;
    group->step = xfer->step;
    if (!sva_pri_allowed(group)) {
        sva_pri_leave_queue(ctx);
        return xfer_fail(xfer, SVA_ST_PRI_FAILURE);
    }
    if (!xfer_may_open(ctx) ||
        !sva_pri_open(group, xfer_group_size(ctx, xfer))) {
        sva_pri_wait_credit(ctx);
        return SVA_XFER_WAITS;
    }
    sva_pri_leave_queue(ctx);
    xfer->stage = SVA_XFER_PRG_SEND;
    return SVA_XFER_AGAIN;
}

static SvaXferResult xfer_prg_send(SvaCtx *ctx, SvaXfer *xfer)
{
    SvaPrgOwner *group = &ctx->group;

    while (group->sent + 1 < group->count) {
        sva_pri_send(group);
        if (xfer->stage != SVA_XFER_PRG_SEND) {
            return SVA_XFER_AGAIN;      /* answered early */
        }
    }
    if (xfer_hold(ctx, xfer, SVA_HOLD_IN_PRG)) {
        return SVA_XFER_WAITS;
    }
    /* The response may come from within the call. */
    xfer->stage = SVA_XFER_PRG_WAIT;
    sva_pri_send(group);
    return SVA_XFER_AGAIN;
}

static SvaXferResult xfer_prg_wait(SvaCtx *ctx,
                                   SvaXfer *xfer G_GNUC_UNUSED)
{
    ctx->wait = SVA_WAIT_RESPONSE;
    return SVA_XFER_WAITS;
}

static SvaXferResult xfer_prg_answered(SvaCtx *ctx, SvaXfer *xfer)
{
    if (xfer_hold(ctx, xfer, SVA_HOLD_AFTER_PRG)) {
        return SVA_XFER_WAITS;
    }
    switch (xfer->code) {
    case SVA_PRG_SUCCESS:
        xfer->retries++;
        break;
    case SVA_PRG_INVALID:
        if (ctx->group.count == 1) {
            return xfer_fail(xfer, SVA_ST_INVALID_REQUEST);
        }
        xfer->alone = true;
        break;
    case SVA_PRG_FAILURE:
    default:
        return xfer_fail(xfer, SVA_ST_PRI_FAILURE);
    }
    xfer->stage = SVA_XFER_TRANSLATE;
    return SVA_XFER_AGAIN;
}

SvaXferResult sva_xfer_step(SvaCtx *ctx)
{
    static XferStageFn *const stages[] = {
        [SVA_XFER_TRANSLATE] = xfer_translate,
        [SVA_XFER_ACCESS] = xfer_access,
        [SVA_XFER_PRG_OPEN] = xfer_prg_open,
        [SVA_XFER_PRG_SEND] = xfer_prg_send,
        [SVA_XFER_PRG_WAIT] = xfer_prg_wait,
        [SVA_XFER_PRG_ANSWERED] = xfer_prg_answered,
        [SVA_XFER_STALLED] = xfer_stalled,
        [SVA_XFER_STALL_ENDED] = xfer_stall_ended,
    };
    SvaXfer *xfer = &ctx->xfer;

    /* Every attempt costs, so that no failure can be repeated for free. */
    if (xfer->stage == SVA_XFER_TRANSLATE || xfer->stage == SVA_XFER_ACCESS) {
        ctx->budget -= ctx->budget > 0;
    }
    return stages[xfer->stage](ctx, xfer);
}
