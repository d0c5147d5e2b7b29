/*
 * Nested page-table walk
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "pt-nested.h"
#include "walk-cache.h"

typedef struct Nest {
    SvaPtHook hook;             /* first: the nest is found by it */
    SvaEnv *env;
    const SvaPtConfig *second;
    const SvaPtQuery *query;    /* of both stages */
    const SvaWalkView *view;    /* of the second stage */
    bool second_failed;         /* for a reason that is its own */
} Nest;

/* What the second stage is asked on behalf of the request; no rights yet. */
static SvaPtQuery second_query(const Nest *nest, uint64_t addr)
{
    return (SvaPtQuery) {
        .va = addr, .views = nest->view, .pasid = nest->query->pasid,
        .rid = nest->query->rid,
    };
}

/*
 * Where the tables of the first stage are.  Unverified (U19): what the second
 * stage refuses has the reasons of rows SFS.5 to SFS.8 (VT-d 5.10 Table 30).
 */
static SvaPtStatus nest_locate(SvaPtHook *hook, uint64_t addr, bool write,
                               uint64_t *pa)
{
    Nest *nest = (Nest *)hook;
    SvaPtQuery query = second_query(nest, addr);
    SvaPtResult res;

    query.want = write ? SVA_READ | SVA_WRITE : SVA_READ;
    sva_pt_walk(nest->env, nest->second, &query, &res);
    switch (res.status) {
    case SVA_PT_OK:
        *pa = res.map.addr;
        /*
         * With second-stage A/D bits tables are read by the right to write
         * as well (VT-d 5.10 section 3.8.1); they do not become dirty by it.
         */
        return nest->second->flags & SVA_PT_AD && !(res.rights & SVA_WRITE)
               ? SVA_PT_NEST_READ : SVA_PT_OK;
    case SVA_PT_ADDRESS_SIZE:
        return SVA_PT_NEST_SIZE;
    case SVA_PT_NOT_PRESENT:
    case SVA_PT_NO_READ:
    case SVA_PT_NO_WRITE:
        return write ? SVA_PT_NEST_WRITE : SVA_PT_NEST_READ;
    default:
        nest->second_failed = true;
        return res.status;
    }
}

static bool nest_grants(SvaPtHook *hook, uint64_t addr, uint8_t want)
{
    Nest *nest = (Nest *)hook;
    SvaPtQuery query = second_query(nest, addr);
    SvaPtResult res;

    sva_pt_walk(nest->env, nest->second, &query, &res);
    return res.status == SVA_PT_OK && !(want & ~res.rights);
}

/* What the second stage is asked of the result of the first. */
static uint8_t second_want(const SvaPtQuery *query, uint8_t granted)
{
    uint8_t want = query->want & SVA_RW;

    return query->partial ? want & granted : want;
}

static void fail(SvaPtResult *out, SvaPtStatus status, bool second)
{
    *out = (SvaPtResult) {
        .status = status,
        .level = out->level,
        .second = second,
    };
}

static void combine(const Nest *nest, const SvaPtQuery *query,
                    SvaPtResult *out)
{
    SvaPtQuery two = second_query(nest, out->map.addr);
    SvaPtResult res;

    two.want = second_want(query, out->map.access);
    two.partial = query->partial;
    sva_pt_walk(nest->env, nest->second, &two, &res);
    if (res.status == SVA_PT_ADDRESS_SIZE) {
        fail(out, SVA_PT_NEST_SIZE, false);
        return;
    }
    out->level = res.level;
    if (res.status != SVA_PT_OK) {
        fail(out, res.status, true);
        return;
    }
    out->map.addr = res.map.addr;
    out->map.mask &= res.map.mask;
    out->map.access &= res.map.access;
    out->map.snoop = res.map.snoop;
    out->rights &= res.rights;
    if (query->partial && !out->map.access) {
        /* Each stage grants something, but nothing that both do. */
        fail(out, query->want & SVA_WRITE ? SVA_PT_NO_WRITE : SVA_PT_NO_READ,
             true);
    }
}

void sva_pt_walk_nested(SvaEnv *env, const SvaPtConfig *first,
                        const SvaPtConfig *second, const SvaPtQuery *query,
                        SvaPtResult *out)
{
    Nest nest = {
        .hook.locate = nest_locate,
        .hook.grants = nest_grants,
        .env = env,
        .second = second,
        .view = query->views ? &query->views[1] : NULL,
        .query = query,
    };
    SvaPtConfig hooked = *first;

    hooked.hook = &nest.hook;
    sva_pt_walk(env, &hooked, query, out);
    if (out->status != SVA_PT_OK) {
        out->second = nest.second_failed;
        return;
    }
    combine(&nest, query, out);
}
