/*
 * One memory access of a function
 *
 * Each stage is entered again after a wait, so it must not act before the
 * point where it waits.  This file alone writes the stage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "access.h"
#include "adversary.h"
#include "announce.h"
#include "pause.h"
#include "request.h"
#include "translation.h"

/* Below it in a cookie is the number of the access. */
#define COOKIE_SHIFT 10

G_STATIC_ASSERT(SVA_FUNCTION_ACCESSES_MAX <= 1u << COOKIE_SHIFT);

typedef SvaAccessResult AccessStageFn(SvaMemAccess *access);

static SvaAccessResult access_wait(SvaMemAccess *access, SvaAccessWait wait)
{
    access->wait = wait;
    return SVA_ACCESS_WAITS;
}

static SvaAccessResult access_goto(SvaMemAccess *access, SvaAccessStage stage)
{
    access->stage = stage;
    return SVA_ACCESS_AGAIN;
}

static SvaAccessResult access_done(SvaMemAccess *access)
{
    access->stage = SVA_ACCESS_IDLE;
    return SVA_ACCESS_DONE;
}

static SvaAccessResult access_fail(SvaMemAccess *access, SvaAccessError error)
{
    access->stage = SVA_ACCESS_IDLE;
    access->error = error;
    access->fault_addr = access->req.addr + access->done;
    return SVA_ACCESS_FAILED;
}

static bool access_stop_at(SvaMemAccess *access, SvaAccessPoint point)
{
    if (access->passed & point) {
        return false;
    }
    access->passed |= point;
    access->point = point;
    return true;
}

/* On the way of every access: the rare part is elsewhere. */
static inline bool access_breaks(SvaMemAccess *access, SvaAccessPoint point)
{
    const SvaMisbehaviour *m = access->fn->misbehaviour;

    return access->req.breakpoints && m->breakpoint &&
           m->breakpoint(access->owner, point) &&
           access_stop_at(access, point);
}

/* -- translation -- */

static bool access_granted(const SvaMemAccess *access,
                           const SvaAtcEntry *entry)
{
    return !(sva_mem_request_rights(&access->req) & ~entry->access);
}

static bool access_asks(const SvaMemRequest *req)
{
    return req->mode == SVA_ACCESS_ATS_PRI && req->block;
}

static SvaAccessResult access_no_rights(SvaMemAccess *access)
{
    if (!access_asks(&access->req)) {
        return access_fail(access, SVA_ACCESS_PAGE_FAULT);
    }
    if (access->retries >= SVA_ACCESS_RETRIES) {
        return access_fail(access, SVA_ACCESS_FAULT_LOOP);
    }
    return access_goto(access, SVA_ACCESS_GROUP_OPEN);
}

static SvaAccessResult access_translated(SvaMemAccess *access,
                                         const SvaAtcEntry *entry)
{
    access->pa = sva_atc_entry_pa(entry, access->req.addr);
    access->untranslated = entry->untranslated_only;
    access->generation = sva_atc_generation(access->fn->atc);
    return access_goto(access, SVA_ACCESS_SEND);
}

static SvaAccessResult access_ask_iommu(SvaMemAccess *access)
{
    SvaTranslationWanted wanted = {
        .page = access->req.addr & SVA_PAGE_MASK,
        .pasid = access->req.pasid,
        .rights = sva_mem_request_rights(&access->req),
        .write = access->req.write,
        .final = !access_asks(&access->req),
    };
    SvaAtcEntry entry;

    switch (sva_translation_ask(access->fn, access->owner, &wanted, &entry)) {
    case SVA_ANSWER_ERROR:
        return access_fail(access, SVA_ACCESS_ATS_ERROR);
    case SVA_ANSWER_STALE:
        return SVA_ACCESS_AGAIN;
    case SVA_ANSWER_GOOD:
    default:
        break;
    }
    return access_granted(access, &entry) ? access_translated(access, &entry)
                                          : access_no_rights(access);
}

static SvaAccessResult stage_translate(SvaMemAccess *access)
{
    const SvaMemRequest *req = &access->req;
    SvaFunction *fn = access->fn;
    const SvaAtcEntry *hit;

    if (access_breaks(access, SVA_ACCESS_BEFORE_TRANSLATION)) {
        return access_wait(access, SVA_ACCESS_WAIT_BREAKPOINT);
    }
    if (!fn->ats_enable || !sva_function_may_send(fn, req->pasid)) {
        return access_fail(access, SVA_ACCESS_ATS_ERROR);
    }
    hit = sva_atc_lookup(fn->atc, req->pasid, req->addr);
    if (!hit || !access_granted(access, hit)) {
        return access_ask_iommu(access);
    }
    sva_function_hit(fn, access->owner, hit, req->addr,
                     sva_mem_request_rights(req), 1);
    return access_translated(access, hit);
}

/* -- the memory request, and its stall -- */

/* Of the next request; another one once it has stalled. */
static uint32_t access_cookie(const SvaMemAccess *access)
{
    return access->fn->stall_seq << COOKIE_SHIFT | access->index;
}

static SvaDmaResult access_send_atomic(SvaMemAccess *access)
{
    const SvaMemRequest *wanted = &access->req;
    SvaAtomicRequest req = {
        .pasid = access->untranslated ? wanted->pasid : SVA_NO_PASID,
        .addr = access->untranslated ? wanted->addr : access->pa,
        .translated = !access->untranslated,
        .kind = wanted->kind,
        .operand = wanted->operand,
        .expect = wanted->expect,
        .may_stall = true,
        .cookie = access_cookie(access),
    };
    uint64_t old = 0;
    SvaDmaResult result = sva_request_atomic(access->fn, access->owner, &req,
                                             &old);

    if (result.outcome == SVA_OK) {
        memcpy(wanted->buf, &old, sizeof(old));
    }
    return result;
}

static SvaDmaResult access_send(SvaMemAccess *access)
{
    const SvaMemRequest *wanted = &access->req;

    if (wanted->atomic) {
        return access_send_atomic(access);
    }
    if (access->untranslated) {
        SvaDmaRequest req = {
            .pasid = wanted->pasid,
            .addr = wanted->addr,
            .write = wanted->write,
            .may_stall = true,
            .cookie = access_cookie(access),
        };

        return sva_request_dma(access->fn, access->owner, &req, wanted->buf,
                               wanted->len);
    }
    return sva_request_translated(access->fn, access->owner, access->pa,
                                  wanted->buf, wanted->len, wanted->write);
}

static SvaAccessResult access_stall(SvaMemAccess *access)
{
    access->cookie = access_cookie(access);
    access->fn->stall_seq++;
    access->stage = SVA_ACCESS_STALLED;
    sva_function_count(access->fn, access->owner, SVA_FN_STALLS, 1);
    return access_wait(access, SVA_ACCESS_WAIT_STALL);
}

static SvaAccessResult stage_send(SvaMemAccess *access)
{
    const SvaMemRequest *req = &access->req;
    SvaFunction *fn = access->fn;
    bool ats = req->mode != SVA_ACCESS_UNTRANSLATED;
    SvaDmaResult result;

    if (access_breaks(access, SVA_ACCESS_BEFORE_REQUEST)) {
        return access_wait(access, SVA_ACCESS_WAIT_BREAKPOINT);
    }
    if (ats && access->generation != sva_atc_generation(fn->atc)) {
        return access_goto(access, SVA_ACCESS_TRANSLATE);
    }
    if (!sva_function_may_send(fn, req->pasid)) {
        return access_fail(access, ats ? SVA_ACCESS_ATS_ERROR
                                       : SVA_ACCESS_ABORTED);
    }
    result = access_send(access);
    if (result.outcome == SVA_STALL) {
        return access_stall(access);
    }
    if (result.outcome != SVA_OK) {
        access->done = (uint32_t)result.done;
        return access_fail(access, SVA_ACCESS_ABORTED);
    }
    return access_done(access);
}

static SvaAccessResult stage_stalled(SvaMemAccess *access)
{
    return access_wait(access, SVA_ACCESS_WAIT_STALL);
}

/* Sent again it is a new request: all that was said before is forgotten. */
static SvaAccessResult stage_stall_ended(SvaMemAccess *access)
{
    switch (access->action) {
    case SVA_STALL_RETRY:
        return access_goto(access, SVA_ACCESS_SEND);
    case SVA_STALL_RAZ_WI:
        if (!access->req.write) {
            memset(access->req.buf, 0, access->req.len);
        }
        return access_done(access);
    case SVA_STALL_ABORT:
    default:
        sva_function_count(access->fn, access->owner, SVA_FN_ABORTS, 1);
        return access_fail(access, SVA_ACCESS_ABORTED);
    }
}

bool sva_mem_access_stall_end(SvaFunction *fn, const SvaStallEnd *end)
{
    unsigned index = end->cookie & ((1u << COOKIE_SHIFT) - 1);
    SvaMemAccess *access;

    if (index >= fn->accesses->len) {
        return false;
    }
    access = g_ptr_array_index(fn->accesses, index);
    if (access->stage != SVA_ACCESS_STALLED ||
        access->cookie != end->cookie) {
        return false;
    }
    access->action = end->action;
    access->stage = SVA_ACCESS_STALL_ENDED;
    fn->ops->wake(access->owner, SVA_ACCESS_WAIT_STALL);
    return true;
}

/* -- page requests -- */

/* Page @n of the group that the access would ask for; may be past the end. */
static uint64_t access_group_page(const SvaMemRequest *req, unsigned n)
{
    return (req->addr + n * req->step) & SVA_PAGE_MASK;
}

static unsigned access_group_most(const SvaMemAccess *access)
{
    const SvaFunctionOps *ops = access->fn->ops;
    const SvaMisbehaviour *m = access->fn->misbehaviour;
    unsigned most = ops->group_pages ? ops->group_pages(access->owner) : 1;

    if (access->alone) {
        return 1;
    }
    if (m->withhold && m->withhold(access->owner, true)) {
        return most;            /* who breaks a group says how large it is */
    }
    return sva_adversary_group_pages(access->fn, most);
}

static unsigned access_group_size(const SvaMemAccess *access)
{
    const SvaMemRequest *req = &access->req;
    unsigned most = MIN(access_group_most(access), SVA_PAGE_GROUP_MAX);
    unsigned n = 1;

    /* The end is exclusive, and 0 when it is the end of the address space. */
    while (n < most) {
        uint64_t page = access_group_page(req, n);

        if (page > req->end - 1 || page <= req->addr) {
            break;
        }
        n++;
    }
    return n;
}

static void access_describe_group(SvaMemAccess *access)
{
    SvaPageGroup *group = &access->group;

    group->pasid = access->req.pasid;
    group->access = sva_mem_request_rights(&access->req);
    group->first = access->req.addr;
    group->step = access->req.step;
}

/* Not one that waits already, nor one that has no credit to wait for. */
static bool access_hold_group(const SvaMemAccess *access)
{
    SvaFunction *fn = access->fn;

    if (access->group.queued || !sva_adversary_holds_group(fn) ||
        !sva_prg_credits(&fn->prg)) {
        return false;
    }
    sva_pause_begin(fn, sva_adversary_pause(fn));
    return true;
}

static SvaAccessResult stage_group_open(SvaMemAccess *access)
{
    SvaPageGroup *group = &access->group;

    if (access_breaks(access, SVA_ACCESS_BEFORE_GROUP)) {
        return access_wait(access, SVA_ACCESS_WAIT_BREAKPOINT);
    }
    if (group->open) {
        /* Of an access that was cancelled. */
        return access_wait(access, SVA_ACCESS_WAIT_RESPONSE);
    }
    access_describe_group(access);
    if (!sva_page_group_allowed(group)) {
        sva_page_group_dequeue(group);
        return access_fail(access, SVA_ACCESS_PRI_FAILURE);
    }
    if (access_hold_group(access) || !sva_page_group_may_open(group) ||
        !sva_page_group_open(group, access_group_size(access))) {
        sva_page_group_enqueue(group);
        return access_wait(access, SVA_ACCESS_WAIT_CREDIT);
    }
    if (sva_adversary_turns_group(access->fn)) {
        group->first += (group->count - 1) * group->step;
        group->step = -group->step;
    }
    sva_page_group_dequeue(group);
    return access_goto(access, SVA_ACCESS_GROUP_SEND);
}

static SvaAccessResult stage_group_send(SvaMemAccess *access)
{
    SvaPageGroup *group = &access->group;

    while (group->sent + 1 < group->count) {
        sva_page_group_send(group);
        if (access->stage != SVA_ACCESS_GROUP_SEND) {
            return SVA_ACCESS_AGAIN;        /* answered early */
        }
    }
    if (access_breaks(access, SVA_ACCESS_IN_GROUP)) {
        return access_wait(access, SVA_ACCESS_WAIT_BREAKPOINT);
    }
    /* The response may come from within the call. */
    access->stage = SVA_ACCESS_GROUP_WAIT;
    sva_page_group_send(group);
    return SVA_ACCESS_AGAIN;
}

static SvaAccessResult stage_group_wait(SvaMemAccess *access)
{
    return access_wait(access, SVA_ACCESS_WAIT_RESPONSE);
}

static SvaAccessResult stage_group_answered(SvaMemAccess *access)
{
    if (access_breaks(access, SVA_ACCESS_AFTER_RESPONSE)) {
        return access_wait(access, SVA_ACCESS_WAIT_BREAKPOINT);
    }
    switch (access->code) {
    case SVA_PRG_SUCCESS:
        access->retries++;
        if (access->retries == 1 && sva_adversary_retries(access->fn) &&
            sva_page_group_allowed(&access->group)) {
            return access_goto(access, SVA_ACCESS_GROUP_OPEN);
        }
        break;
    case SVA_PRG_INVALID:
        if (access->group.count == 1) {
            return access_fail(access, SVA_ACCESS_INVALID_REQUEST);
        }
        access->alone = true;
        break;
    case SVA_PRG_FAILURE:
    default:
        return access_fail(access, SVA_ACCESS_PRI_FAILURE);
    }
    return access_goto(access, SVA_ACCESS_TRANSLATE);
}

/* In another stage the group is one of an access that was cancelled. */
static void access_group_answered(SvaPageGroup *group, SvaPrgCode code)
{
    SvaMemAccess *access = container_of(group, SvaMemAccess, group);

    if (access->stage == SVA_ACCESS_GROUP_SEND ||
        access->stage == SVA_ACCESS_GROUP_WAIT) {
        access->code = code;
        access->stage = SVA_ACCESS_GROUP_ANSWERED;
        if (sva_adversary_hears_late(access->fn)) {
            sva_pause_begin(access->fn, sva_adversary_pause(access->fn));
            return;
        }
    }
    access->fn->ops->wake(access->owner, SVA_ACCESS_WAIT_RESPONSE);
}

/* -- the access as a whole -- */

static SvaAccessResult stage_idle(SvaMemAccess *access G_GNUC_UNUSED)
{
    return SVA_ACCESS_DONE;
}

SvaAccessResult sva_mem_access_step(SvaMemAccess *access)
{
    static AccessStageFn *const stages[] = {
        [SVA_ACCESS_TRANSLATE] = stage_translate,
        [SVA_ACCESS_SEND] = stage_send,
        [SVA_ACCESS_GROUP_OPEN] = stage_group_open,
        [SVA_ACCESS_GROUP_SEND] = stage_group_send,
        [SVA_ACCESS_GROUP_WAIT] = stage_group_wait,
        [SVA_ACCESS_GROUP_ANSWERED] = stage_group_answered,
        [SVA_ACCESS_STALLED] = stage_stalled,
        [SVA_ACCESS_STALL_ENDED] = stage_stall_ended,
        [SVA_ACCESS_IDLE] = stage_idle,
    };

    return stages[access->stage](access);
}

/* By members, see sva_mapping_copy(). */
static void copy_request(SvaMemRequest *to, const SvaMemRequest *from)
{
    to->addr = from->addr;
    to->end = from->end;
    to->step = from->step;
    to->buf = from->buf;
    to->len = from->len;
    to->pasid.id = from->pasid.id;
    to->pasid.valid = from->pasid.valid;
    to->mode = from->mode;
    to->write = from->write;
    to->block = from->block;
    to->breakpoints = from->breakpoints;
    to->atomic = from->atomic;
    to->kind = from->kind;
    to->operand = from->operand;
    to->expect = from->expect;
}

void sva_mem_access_start(SvaMemAccess *access, const SvaMemRequest *req)
{
    copy_request(&access->req, req);
    access->untranslated = req->mode == SVA_ACCESS_UNTRANSLATED;
    access->stage = access->untranslated ? SVA_ACCESS_SEND
                                         : SVA_ACCESS_TRANSLATE;
    access->alone = false;
    access->passed = 0;
    access->retries = 0;
    access->code = SVA_PRG_SUCCESS;
    access->action = SVA_STALL_RETRY;
    access->error = SVA_ACCESS_OK;
    access->done = 0;
}

void sva_mem_access_cancel(SvaMemAccess *access)
{
    access->stage = SVA_ACCESS_IDLE;
    sva_page_group_dequeue(&access->group);
    sva_page_group_end(&access->group);
}

void sva_mem_access_reset(SvaMemAccess *access)
{
    access->req = (SvaMemRequest) { 0 };
    access->stage = SVA_ACCESS_IDLE;
}

void sva_mem_access_init(SvaMemAccess *access, SvaFunction *fn, void *owner)
{
    *access = (SvaMemAccess) {
        .fn = fn, .owner = owner, .index = fn->accesses->len,
        .stage = SVA_ACCESS_IDLE,
    };
    g_ptr_array_add(fn->accesses, access);
    sva_page_group_init(&access->group, fn, owner, access_group_answered);
}

/* -- saved state -- */

void sva_mem_access_save(const SvaMemAccess *access, SvaMemAccessSaved *out)
{
    *out = (SvaMemAccessSaved) {
        .stage = access->stage,
        .passed = access->passed,
        .retries = access->retries,
        .code = access->code,
        .action = access->action,
        .alone = access->alone,
        .cookie = access->cookie,
    };
}

/* Can an access of its mode be in that stage? */
static bool access_stage_possible(const SvaMemRequest *req, unsigned stage)
{
    bool pages = req->mode == SVA_ACCESS_ATS_PRI && req->block;

    switch (stage) {
    case SVA_ACCESS_STALLED:
    case SVA_ACCESS_STALL_ENDED:
    case SVA_ACCESS_SEND:
        return true;
    case SVA_ACCESS_TRANSLATE:
        return req->mode != SVA_ACCESS_UNTRANSLATED;
    default:
        return stage < SVA_ACCESS_STALLED && pages;
    }
}

/* Is the group as far as the stage of the access says? */
static bool access_group_fits(const SvaPageGroup *group, unsigned stage,
                              bool given_up, bool left)
{
    switch (stage) {
    case SVA_ACCESS_GROUP_SEND:
        return group->open ? group->sent < group->count : given_up;
    case SVA_ACCESS_GROUP_WAIT:
        return group->open ? group->sent == group->count : given_up;
    default:
        return !group->open || left;
    }
}

bool sva_mem_access_load(SvaMemAccess *access, const SvaMemAccessSaved *in,
                         bool given_up, bool left)
{
    if (!access_stage_possible(&access->req, in->stage) ||
        in->retries > SVA_ACCESS_RETRIES || in->action > SVA_STALL_RAZ_WI ||
        !access_group_fits(&access->group, in->stage, given_up, left)) {
        return false;
    }
    access->stage = in->stage;
    access->passed = in->passed;
    access->retries = in->retries;
    access->code = sva_prg_code(in->code);
    access->action = in->action;
    access->alone = in->alone;
    access->cookie = in->cookie;
    /* The ATC has never been at this generation: translate again. */
    access->generation = 0;
    if (access->stage == SVA_ACCESS_GROUP_ANSWERED) {
        sva_pause_begin(access->fn, 0);     /* it may not have been woken */
    }
    return true;
}
