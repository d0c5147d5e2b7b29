/*
 * sva-accel: single TLPs on command
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/request.h"
#include "counters.h"
#include "probe.h"

static void probe_set_data(SvaCtx *ctx, uint64_t value)
{
    ctx->reg[SVA_CTX_PROBE_DATA / 4] = value;
    ctx->reg[SVA_CTX_PROBE_DATA / 4 + 1] = value >> 32;
}

static uint32_t probe_access(SvaCtx *ctx, SvaPasid pasid, uint32_t kind)
{
    SvaFunction *fn = &ctx->accel->fn;
    uint64_t addr = sva_ctx_reg64(ctx, SVA_CTX_PROBE_ADDR);
    uint64_t word = GUINT64_TO_LE(sva_ctx_reg64(ctx, SVA_CTX_PROBE_DATA));
    bool write = kind == SVA_PROBE_WRITE || kind == SVA_PROBE_XWRITE;
    SvaDmaRequest req = { .pasid = pasid, .addr = addr, .write = write };
    SvaDmaResult result;

    if (!write) {
        word = 0;
    }
    if (kind == SVA_PROBE_READ || kind == SVA_PROBE_WRITE) {
        result = sva_request_dma(fn, ctx, &req, &word, sizeof(word));
    } else {
        result = sva_request_translated(fn, ctx, addr, &word, sizeof(word),
                                        write);
    }
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
    uint64_t page = sva_ctx_reg64(ctx, SVA_CTX_PROBE_ADDR) & SVA_PAGE_MASK;
    uint8_t wanted = SVA_READ | SVA_WRITE;
    SvaAtsCompletion cpl;
    uint32_t rights;

    sva_request_translation(&ctx->accel->fn, ctx, pasid, page, wanted,
                            wanted, true, &cpl);
    rights = cpl.map.access & wanted;
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
    SvaPageGroup *probe = &ctx->probe;

    probe->pasid = pasid;
    probe->access = SVA_READ | SVA_WRITE;
    probe->first = sva_ctx_reg64(ctx, SVA_CTX_PROBE_ADDR);
    probe->forced = force;
    if (!sva_page_group_allowed(probe) || !sva_page_group_open(probe, 1)) {
        return false;
    }
    ctx->probe_status = 0;
    sva_count(ctx->accel, ctx, SVA_CNT_PROBES, 1);
    sva_page_group_send(probe);
    return true;
}

static uint32_t probe_marker(SvaCtx *ctx, SvaPasid pasid)
{
    sva_request_stop_marker(&ctx->accel->fn, ctx, pasid);
    return SVA_PROBE_OK;
}

static bool probe_allowed(const SvaAccel *accel, SvaPasid pasid,
                          uint32_t ctrl)
{
    uint32_t kind = ctrl & SVA_PROBE_KIND;

    if (ctrl & SVA_PROBE_FORCE) {
        return accel->fn.bus_master && kind && kind < SVA_PROBE_MAX;
    }
    return kind >= SVA_PROBE_READ && kind <= SVA_PROBE_PRG &&
           !(pasid.id >> accel->config.pasid_bits) &&
           sva_function_may_send(&accel->fn, pasid) &&
           (kind != SVA_PROBE_ATS || accel->fn.ats_enable);
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
    SvaFunction *fn = &ctx->accel->fn;

    if (ctx->probe.open) {
        sva_guest_error(ctx->accel->env, "sva-accel: context %u: probe while "
                        "one waits for its response", ctx->index);
        return;
    }
    sva_function_begin(fn);
    probe_send(ctx, ctrl);
    sva_function_end(fn);
}

void sva_probe_answered(SvaPageGroup *group, SvaPrgCode code)
{
    SvaCtx *ctx = group->owner;

    ctx->probe_status = SVA_PROBEST_DONE |
                        (code == SVA_PRG_SUCCESS ? SVA_PROBE_PRG_SUCCESS
                         : code == SVA_PRG_INVALID ? SVA_PROBE_PRG_INVALID
                         : SVA_PROBE_PRG_FAILURE);
}
