/*
 * sva-accel: misbehaviour and test aids
 *
 * Held jobs, stops that come late or never, and single TLPs on command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "internal.h"

bool sva_hold(SvaCtx *ctx, uint32_t point)
{
    if (!(sva_ctx_reg(ctx, SVA_CTX_HOLD_MASK) & point)) {
        return false;
    }
    ctx->wait = SVA_WAIT_HOLD;
    ctx->held = point;
    sva_count(ctx->accel, ctx, SVA_CNT_HOLDS, 1);
    sva_emit(ctx->accel->env, .kind = SVA_EV_HOLD,
             .pasid = sva_ctx_pasid(ctx), .addr = ctx->xfer.addr,
             .code = point, .data0 = ctx->index);
    return true;
}

void sva_hold_release(SvaCtx *ctx)
{
    if (ctx->wait == SVA_WAIT_HOLD) {
        sva_ctx_wake(ctx);
    }
}

/* true: the stop is not in force yet, or never will be. */
bool sva_inject_stop(SvaCtx *ctx, SvaStop stop)
{
    SvaAccel *accel = ctx->accel;
    uint32_t inject = sva_ctx_reg(ctx, SVA_CTX_INJECT);
    uint64_t delay = sva_ctx_reg(ctx, SVA_CTX_STOP_DELAY);

    if (inject & SVA_INJECT_IGNORE_STOP) {
        sva_count(accel, ctx, SVA_CNT_STOPS_IGNORED, 1);
        ctx->stop = SVA_STOP_NONE;
        ctx->late_stop = SVA_STOP_NONE;
        accel->env->ops->timer_cancel(ctx->late_timer);
        sva_ctx_set_state(ctx, SVA_CTX_DISABLED);
        sva_ctx_finish_command(ctx, SVA_CMDRES_OK);
        return true;
    }
    if (inject & SVA_INJECT_LATE_STOP) {
        sva_count(accel, ctx, SVA_CNT_STOPS_LATE, 1);
        ctx->stop = SVA_STOP_NONE;
        ctx->late_stop = stop;
        ctx->late_until = sva_accel_now(accel) + delay * 1000000;
        accel->env->ops->timer_at(ctx->late_timer, ctx->late_until);
        return true;
    }
    return false;
}

/* INJECT was written: what a bit kept going ends when the bit is cleared. */
void sva_inject_changed(SvaCtx *ctx)
{
    uint32_t inject = sva_ctx_reg(ctx, SVA_CTX_INJECT);

    if (!(inject & SVA_INJECT_LATE_STOP) && ctx->late_stop) {
        sva_ctx_stop(ctx, ctx->late_stop);
    }
    if (!(inject & SVA_INJECT_IGNORE_STOP) &&
        ctx->state == SVA_CTX_DISABLED && sva_ctx_running(ctx) &&
        !ctx->stop) {
        sva_ctx_stop(ctx, SVA_STOP_ABORT);
    }
    if (!(inject & (SVA_INJECT_PRG_DROP | SVA_INJECT_PRG_NO_LAST))) {
        sva_prg_send_unsent(ctx);
    }
    if ((inject & (SVA_INJECT_NO_WAIT | SVA_INJECT_STOP_MARKER)) &&
        ctx->stop == SVA_STOP_ABORT && ctx->wait == SVA_WAIT_RESPONSE) {
        sva_ctx_wake(ctx);
    }
}

static void probe_set_data(SvaCtx *ctx, uint64_t value)
{
    ctx->reg[SVA_CTX_PROBE_DATA / 4] = value;
    ctx->reg[SVA_CTX_PROBE_DATA / 4 + 1] = value >> 32;
}

static uint32_t probe_access(SvaCtx *ctx, SvaPasid pasid, uint32_t kind)
{
    SvaPort *port = ctx->accel->port;
    uint64_t addr = sva_ctx_reg64(ctx, SVA_CTX_PROBE_ADDR);
    uint64_t word = GUINT64_TO_LE(sva_ctx_reg64(ctx, SVA_CTX_PROBE_DATA));
    bool write = kind == SVA_PROBE_WRITE || kind == SVA_PROBE_XWRITE;
    SvaDmaRequest req = { .pasid = pasid, .addr = addr, .write = write };
    SvaDmaResult result;

    if (!write) {
        word = 0;
    }
    if (kind == SVA_PROBE_READ || kind == SVA_PROBE_WRITE) {
        result = port->ops->dma(port, &req, &word, sizeof(word));
    } else {
        result = port->ops->dma_translated(port, addr, &word, sizeof(word),
                                           write);
    }
    sva_count_dma(ctx, &result, write);
    if (result.outcome != SVA_OK) {
        return SVA_PROBE_ABORTED;
    }
    if (!write) {
        probe_set_data(ctx, GUINT64_FROM_LE(word));
    }
    return SVA_PROBE_OK;
}

static uint32_t probe_ats(SvaCtx *ctx, SvaPasid pasid)
{
    SvaPort *port = ctx->accel->port;
    uint64_t page = sva_ctx_reg64(ctx, SVA_CTX_PROBE_ADDR) & SVA_PAGE_MASK;
    SvaAtsCompletion cpl = { 0 };
    uint32_t rights;

    port->ops->ats_request(port, pasid, page, SVA_READ | SVA_WRITE, &cpl);
    sva_count_ats(ctx, &cpl, SVA_READ | SVA_WRITE);
    rights = cpl.map.access & (SVA_READ | SVA_WRITE);
    if (cpl.status != SVA_ATS_SUCCESS) {
        return cpl.status == SVA_ATS_UR ? SVA_PROBE_UR : SVA_PROBE_CA;
    }
    probe_set_data(ctx, rights ? cpl.map.addr & SVA_PAGE_MASK : 0);
    return SVA_PROBE_OK |
           (rights & SVA_READ ? 1u << SVA_PROBEST_RIGHTS_SHIFT : 0) |
           (rights & SVA_WRITE ? 2u << SVA_PROBEST_RIGHTS_SHIFT : 0);
}

/* PROBE_STATUS is set by the answer, which may come within this call. */
static bool probe_page_request(SvaCtx *ctx, SvaPasid pasid, bool force)
{
    SvaPrgOwner *probe = &ctx->probe;

    probe->pasid = pasid;
    probe->access = SVA_READ | SVA_WRITE;
    probe->first = sva_ctx_reg64(ctx, SVA_CTX_PROBE_ADDR);
    probe->forced = force;
    if (!sva_pri_allowed(probe) || !sva_pri_open(probe, 1)) {
        return false;
    }
    ctx->probe_status = 0;
    sva_count(ctx->accel, ctx, SVA_CNT_PROBES, 1);
    sva_pri_send(probe);
    return true;
}

static uint32_t probe_marker(SvaCtx *ctx, SvaPasid pasid)
{
    SvaPort *port = ctx->accel->port;
    SvaPageRequest marker = { .pasid = pasid, .last = true };

    sva_count(ctx->accel, ctx, SVA_CNT_STOP_MARKERS, 1);
    port->ops->page_request(port, &marker);
    return SVA_PROBE_OK;
}

static bool probe_allowed(const SvaAccel *accel, SvaPasid pasid,
                          uint32_t ctrl)
{
    uint32_t kind = ctrl & SVA_PROBE_KIND;

    if (ctrl & SVA_PROBE_FORCE) {
        return accel->bus_master && kind && kind < SVA_PROBE_MAX;
    }
    return kind >= SVA_PROBE_READ && kind <= SVA_PROBE_PRG &&
           !(pasid.id >> accel->config.pasid_bits) &&
           sva_accel_may_send(accel, pasid) &&
           (kind != SVA_PROBE_ATS || accel->ats_enable);
}

static void probe_send(SvaCtx *ctx, uint32_t ctrl)
{
    SvaAccel *accel = ctx->accel;
    SvaPasid pasid = sva_cfg_pasid(sva_ctx_reg(ctx, SVA_CTX_PROBE_PASID));
    uint32_t kind = ctrl & SVA_PROBE_KIND;
    bool allowed = probe_allowed(accel, pasid, ctrl);
    uint32_t result = SVA_PROBE_NOT_SENT;

    if (kind == SVA_PROBE_PRG && allowed &&
        probe_page_request(ctx, pasid, ctrl & SVA_PROBE_FORCE)) {
        return;
    }
    if (kind != SVA_PROBE_PRG && allowed) {
        sva_count(accel, ctx, SVA_CNT_PROBES, 1);
        result = kind == SVA_PROBE_ATS ? probe_ats(ctx, pasid)
                 : kind == SVA_PROBE_MARKER ? probe_marker(ctx, pasid)
                 : probe_access(ctx, pasid, kind);
    }
    ctx->probe_status = SVA_PROBEST_DONE | result;
}

void sva_probe_start(SvaCtx *ctx, uint32_t ctrl)
{
    if (ctx->probe.open) {
        sva_guest_error(ctx->accel->env, "sva-accel: context %u: probe while "
                        "one waits for its response", ctx->index);
        return;
    }
    sva_accel_begin(ctx->accel);
    probe_send(ctx, ctrl);
    sva_accel_end(ctx->accel);
}

void sva_probe_answered(SvaCtx *ctx, SvaPrgCode code)
{
    ctx->probe_status = SVA_PROBEST_DONE |
                        (code == SVA_PRG_SUCCESS ? SVA_PROBE_PRG_SUCCESS
                         : code == SVA_PRG_INVALID ? SVA_PROBE_PRG_INVALID
                         : SVA_PROBE_PRG_FAILURE);
}
