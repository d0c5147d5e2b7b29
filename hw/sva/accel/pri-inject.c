/*
 * sva-accel: page requests against the rules, and stops that leave some
 * behind
 *
 * PCIe r6 6.20.1 "Managing PASID usage", 10.4.1 "Page Request Message".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

/* Is one of @bits set for the group?  Probes are as they are. */
bool sva_prg_inject(const SvaPrgOwner *owner, uint32_t bits)
{
    return !owner->probe &&
           (sva_ctx_reg(owner->ctx, SVA_CTX_INJECT) & bits);
}

/* May the group be sent without credits? */
bool sva_prg_excess(const SvaPrgOwner *owner)
{
    return owner->forced || sva_prg_inject(owner, SVA_INJECT_PRG_EXCESS);
}

/* Shall request @n of the group be kept back? */
bool sva_prg_keep_back(SvaPrgOwner *owner, unsigned n)
{
    bool last = n + 1u == owner->count;

    if (!sva_prg_inject(owner, SVA_INJECT_PRG_DROP) &&
        !(last && sva_prg_inject(owner, SVA_INJECT_PRG_NO_LAST))) {
        return false;
    }
    owner->unsent |= 1u << n;
    sva_count(owner->ctx->accel, owner->ctx, SVA_CNT_PRG_UNSENT, 1);
    return true;
}

/* The response may come from within. */
void sva_prg_send_unsent(SvaCtx *ctx)
{
    SvaPrgOwner *group = &ctx->group;

    for (unsigned n = 0; group->open && n < group->count; n++) {
        if (group->unsent & 1u << n) {
            group->unsent &= ~(1u << n);
            sva_pri_message(group, n);
        }
    }
}

/* Take the index of a group of another PASID, if there is one. */
bool sva_prg_share(SvaPrgOwner *owner)
{
    SvaAccel *accel = owner->ctx->accel;

    if (!sva_prg_inject(owner, SVA_INJECT_PRG_SHARE)) {
        return false;
    }
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        const SvaPrgOwner *other = &accel->ctx[i].group;

        if (other->open && !sva_pasid_equal(other->pasid, owner->pasid)) {
            owner->prgi = other->prgi;
            owner->shared = true;
            sva_count(accel, owner->ctx, SVA_CNT_PRG_SHARED, 1);
            return true;
        }
    }
    return false;
}

/* Such groups are not in the table. */
SvaPrgOwner *sva_prg_shared_owner(SvaAccel *accel, const SvaPageResponse *rsp)
{
    for (unsigned i = 0; i < accel->config.contexts; i++) {
        SvaPrgOwner *group = &accel->ctx[i].group;

        if (group->open && group->shared && group->prgi == rsp->prgi &&
            sva_pasid_equal(group->pasid, rsp->pasid)) {
            return group;
        }
    }
    return NULL;
}

/*
 * An abort leaves the group behind instead of waiting.  One that is not
 * complete will never have a response that could give its credits back.
 */
bool sva_prg_leave(SvaCtx *ctx)
{
    SvaAccel *accel = ctx->accel;
    SvaPrgOwner *group = &ctx->group;
    SvaPageResponse rsp = { .pasid = group->pasid, .prgi = group->prgi };
    void *owner;

    if (!sva_prg_inject(group, SVA_INJECT_NO_WAIT |
                               SVA_INJECT_STOP_MARKER)) {
        return false;
    }
    sva_count(accel, ctx, SVA_CNT_STOPS_NO_WAIT, 1);
    group->open = false;
    if (group->unsent && !group->shared) {
        sva_prg_close(&accel->prg, &rsp, true, &owner);
        sva_pri_kick(accel);
    }
    sva_prg_abandon_owner(&accel->prg, group);
    return true;
}

void sva_prg_stop_marker(SvaCtx *ctx)
{
    SvaAccel *accel = ctx->accel;
    SvaPageRequest marker = { .pasid = sva_ctx_pasid(ctx), .last = true };

    if (sva_prg_inject(&ctx->group, SVA_INJECT_STOP_MARKER) &&
        marker.pasid.valid && sva_ctx_mode(ctx) == SVA_MODE_ATS_PRI &&
        sva_pri_usable(accel, marker.pasid)) {
        sva_count(accel, ctx, SVA_CNT_STOP_MARKERS, 1);
        accel->port->ops->page_request(accel->port, &marker);
    }
}
