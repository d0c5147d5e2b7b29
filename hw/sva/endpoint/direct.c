/*
 * Memory requests that a function makes itself, where the host has the bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "announce.h"
#include "direct.h"
#include "request.h"

static bool direct_breaks(const SvaFunction *fn, void *owner,
                          const SvaMemRequest *req)
{
    const SvaMisbehaviour *m = fn->misbehaviour;

    return req->breakpoints && m->breakpoint &&
           (m->breakpoint(owner, SVA_ACCESS_BEFORE_TRANSLATION) ||
            m->breakpoint(owner, SVA_ACCESS_BEFORE_REQUEST));
}

/* Set @out->hit, if it is to go by one. */
static bool direct_translate(SvaFunction *fn, const SvaMemRequest *req,
                             SvaDirect *out)
{
    out->hit = NULL;
    if (req->mode == SVA_ACCESS_UNTRANSLATED) {
        return true;
    }
    out->hit = fn->ats_enable ? sva_atc_lookup(fn->atc, req->pasid, req->addr)
                              : NULL;
    return out->hit && !(out->rights & ~out->hit->access);
}

/* In how many pages are they? */
static uint64_t pages(uint64_t addr, uint32_t len)
{
    return ((addr & ~SVA_PAGE_MASK) + len + SVA_PAGE_SIZE - 1) >>
           SVA_PAGE_SHIFT;
}

/* As many bytes as one entry is for; of one page if each is announced. */
static uint32_t direct_reach(const SvaFunction *fn, const SvaMemRequest *req,
                             const SvaAtcEntry *hit)
{
    uint64_t mask = (hit && hit->stale) || sva_event_bus_wants(fn->env->bus,
                                                               true)
                    ? SVA_PAGE_SIZE - 1
                    : hit ? sva_atc_entry_mask(hit) : UINT64_MAX;

    return (uint32_t)sva_within(req->addr, mask, req->len);
}

bool sva_direct_find(SvaFunction *fn, void *owner, const SvaMemRequest *req,
                     SvaDirect *out)
{
    SvaRamRequest ram = {
        .pasid = req->pasid, .addr = req->addr, .write = req->write,
    };

    out->addr = req->addr;
    out->rights = sva_mem_request_rights(req);
    if (!fn->port->ops->ram || req->atomic ||
        !sva_function_may_send(fn, req->pasid) ||
        direct_breaks(fn, owner, req) || !direct_translate(fn, req, out)) {
        return false;
    }
    ram.len = direct_reach(fn, req, out->hit);
    if (out->hit && !out->hit->untranslated_only) {
        ram.addr = sva_atc_entry_pa(out->hit, req->addr);
        ram.translated = true;
    }
    if (!fn->port->ops->ram(fn->port, &ram, &out->ram)) {
        return false;
    }
    out->ram.requests = (uint32_t)pages(req->addr, out->ram.len);
    return true;
}

void sva_direct_pair(SvaDirect *src, SvaDirect *dst)
{
    uint32_t len = MIN(src->ram.len, dst->ram.len);
    uint64_t requests = pages(src->addr, len);

    if (!sva_direct_alike(src->addr, dst->addr)) {
        requests += pages(dst->addr, len) - 1;
    }
    src->ram.len = dst->ram.len = len;
    src->ram.requests = dst->ram.requests = (uint32_t)requests;
}

void sva_direct_done(SvaFunction *fn, void *owner, const SvaDirect *direct)
{
    if (direct->hit) {
        sva_function_hit(fn, owner, direct->hit, direct->addr,
                         direct->rights, direct->ram.requests);
    }
    sva_request_made(fn, owner, &direct->ram);
}
