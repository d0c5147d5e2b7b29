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

bool sva_direct_find(SvaFunction *fn, void *owner, const SvaMemRequest *req,
                     SvaDirect *out)
{
    SvaRamRequest ram = {
        .pasid = req->pasid, .addr = req->addr, .len = req->len,
        .write = req->write,
    };

    out->addr = req->addr;
    out->rights = sva_mem_request_rights(req);
    if (!fn->port->ops->ram || req->atomic ||
        !sva_function_may_send(fn, req->pasid) ||
        direct_breaks(fn, owner, req) || !direct_translate(fn, req, out)) {
        return false;
    }
    if (out->hit && !out->hit->untranslated_only) {
        ram.addr = sva_atc_entry_pa(out->hit, req->addr);
        ram.translated = true;
    }
    return fn->port->ops->ram(fn->port, &ram, &out->ram);
}

void sva_direct_done(SvaFunction *fn, void *owner, const SvaDirect *direct)
{
    if (direct->hit) {
        sva_function_hit(fn, owner, direct->hit, direct->addr,
                         direct->rights);
    }
    sva_request_made(fn, owner, &direct->ram);
}
