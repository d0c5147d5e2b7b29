/*
 * Page requests: what becomes of them, and the answers that functions get
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "page-request.h"

static void deliver(const SvaFabric *fabric, const SvaPageResponse *rsp)
{
    if (fabric->ops) {
        fabric->ops->page_response(fabric->opaque, rsp);
    }
}

void sva_page_queued(const SvaAgent *agent, const SvaPageRequest *req,
                     const uint64_t words[2])
{
    sva_agent_count(agent, SVA_REQ_PAGE_QUEUED);
    if (sva_page_is_stop_marker(req)) {
        sva_agent_count(agent, SVA_REQ_PAGE_STOP_MARKERS);
    }
    sva_emit(agent->env, .kind = SVA_EV_PRQ, .rid = req->rid,
             .pasid = req->pasid, .addr = req->addr, .access = req->access,
             .prq = { .entry = { words[0], words[1] }, .prgi = req->prgi });
}

bool sva_page_auto_response(const SvaAgent *agent, const SvaPageRequest *req,
                            SvaPasid pasid, SvaPrgCode code, unsigned reason)
{
    SvaPageResponse rsp = {
        .pasid = pasid,
        .rid = req->rid,
        .prgi = req->prgi,
        .code = code,
    };

    if (sva_page_is_stop_marker(req)) {
        return false;
    }
    sva_agent_count(agent, SVA_REQ_PAGE_AUTO);
    sva_emit(agent->env, .kind = SVA_EV_PRQ_AUTO, .rid = req->rid,
             .pasid = req->pasid, .addr = req->addr,
             .response = {
                 .code = code, .reason = reason, .prgi = req->prgi,
             });
    deliver(agent->fabric, &rsp);
    return true;
}

static SvaRequestCounter counter_of(SvaPrgCode code)
{
    switch (code) {
    case SVA_PRG_SUCCESS:
        return SVA_REQ_PAGE_SUCCESS;
    case SVA_PRG_INVALID:
        return SVA_REQ_PAGE_INVALID;
    case SVA_PRG_FAILURE:
        break;
    }
    return SVA_REQ_PAGE_FAILURE;
}

void sva_page_response(const SvaAgent *agent, const SvaPageResponse *rsp)
{
    sva_agent_count(agent, counter_of(rsp->code));
    sva_emit(agent->env, .kind = SVA_EV_PRG_RESPONSE, .rid = rsp->rid,
             .pasid = rsp->pasid,
             .response = { .code = rsp->code, .prgi = rsp->prgi });
    deliver(agent->fabric, rsp);
}
