/*
 * ATC invalidation: invalidate requests from a unit to functions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "atc-inval.h"
#include "dropped.h"

#define NS_PER_MS 1000000ll

static void arm_timer(SvaAtcInval *atc)
{
    const SvaEnvOps *ops = atc->agent->env->ops;
    int64_t deadline = sva_outstanding_deadline(atc->table);

    if (deadline == INT64_MAX) {
        ops->timer_cancel(atc->timer);
    } else {
        ops->timer_at(atc->timer, deadline);
    }
}

static void timer_fired(void *opaque)
{
    SvaAtcInval *atc = opaque;
    int64_t now = atc->agent->env->ops->now(atc->agent->env);
    bool expired = false;
    uint16_t rid, oldest = 0;

    while (sva_outstanding_expire(atc->table, now, &rid) != SVA_NO_ITAG) {
        sva_agent_count(atc->agent, SVA_REQ_ATC_TIMEOUTS);
        oldest = expired ? oldest : rid;
        expired = true;
    }
    arm_timer(atc);
    if (expired) {
        atc->ops->expired(atc->unit, oldest);
    }
}

void sva_atc_inval_init(SvaAtcInval *atc, const SvaAgent *agent,
                        const SvaAtcInvalOps *ops, void *unit,
                        uint32_t timeout)
{
    *atc = (SvaAtcInval) {
        .agent = agent,
        .ops = ops,
        .unit = unit,
        .table = sva_outstanding_new(SVA_ATC_INVAL_MAX),
        .timer = agent->env->ops->timer_new(agent->env, timer_fired, atc),
        .timeout = timeout * NS_PER_MS,
    };
}

void sva_atc_inval_finalize(SvaAtcInval *atc)
{
    atc->agent->env->ops->timer_free(atc->timer);
    sva_outstanding_free(atc->table);
}

void sva_atc_inval_reset(SvaAtcInval *atc)
{
    sva_outstanding_reset(atc->table);
    arm_timer(atc);
}

bool sva_atc_inval_ready(const SvaAtcInval *atc)
{
    return sva_outstanding_count(atc->table) < SVA_ATC_INVAL_MAX;
}

static uint32_t enter(SvaAtcInval *atc, uint16_t rid)
{
    SvaEnv *env = atc->agent->env;

    return sva_outstanding_open(atc->table, rid,
                                env->ops->now(env) + atc->timeout);
}

static bool deliver(const SvaFabric *fabric, const SvaAtcInvalidation *inv)
{
    return fabric->ops && fabric->ops->atc_invalidate(fabric->opaque, inv);
}

static void announce_done(const SvaAgent *agent, uint16_t rid, uint32_t itag)
{
    sva_emit(agent->env, .kind = SVA_EV_ATC_INV_DONE, .rid = rid,
             .atc_inv.itag = itag);
}

unsigned sva_atc_inval_send(SvaAtcInval *atc, const SvaAtcInvalidation *inv)
{
    const SvaAgent *agent = atc->agent;
    SvaAtcInvalidation req = *inv;

    req.itag = enter(atc, req.rid);
    sva_agent_count(agent, SVA_REQ_ATC_INVALIDATIONS);
    sva_emit(agent->env, .kind = SVA_EV_ATC_INV, .rid = req.rid,
             .pasid = req.pasid, .addr = req.addr,
             .atc_inv = {
                 .mask = req.mask, .itag = req.itag, .global = req.global,
             });
    if (!deliver(agent->fabric, &req)) {
        sva_agent_count(agent, SVA_REQ_ATC_UNDELIVERED);
        announce_done(agent, req.rid, req.itag);
        sva_outstanding_close(atc->table, req.itag, req.rid);
    }
    arm_timer(atc);
    return sva_slice_atc(req.mask);
}

bool sva_atc_inval_completed(SvaAtcInval *atc, uint16_t rid, uint32_t itag)
{
    const SvaAgent *agent = atc->agent;

    if (!sva_outstanding_close(atc->table, itag, rid)) {
        sva_agent_count(agent, SVA_REQ_ATC_UNEXPECTED);
        return false;
    }
    if (rid != SVA_RID_COPIES) {
        sva_agent_count(agent, SVA_REQ_ATC_COMPLETIONS);
        announce_done(agent, rid, itag);
    }
    arm_timer(atc);
    atc->ops->closed(atc->unit);
    return true;
}

bool sva_atc_inval_fence_ready(const SvaAtcInval *atc)
{
    return !atc->agent->fabric->copies || sva_atc_inval_ready(atc);
}

uint64_t sva_atc_inval_fence(SvaAtcInval *atc)
{
    const SvaFabric *fabric = atc->agent->fabric;

    if (G_UNLIKELY(fabric->copies)) {
        fabric->ops->drop_copies(fabric->opaque, enter(atc, SVA_RID_COPIES));
        arm_timer(atc);
    }
    return sva_outstanding_generation(atc->table);
}

bool sva_atc_inval_done(const SvaAtcInval *atc, uint64_t generation)
{
    return sva_outstanding_done(atc->table, generation);
}

void sva_atc_inval_save(const SvaAtcInval *atc, SvaAtcInvalState *out)
{
    sva_outstanding_save(atc->table, &out->table, out->open);
}

bool sva_atc_inval_restore(SvaAtcInval *atc, const SvaAtcInvalState *in)
{
    bool good = sva_outstanding_restore(atc->table, &in->table, in->open);

    arm_timer(atc);
    return good;
}
