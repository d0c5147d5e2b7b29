/*
 * Page request groups of a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"
#include "page-group.h"
#include "request.h"

void sva_page_group_init(SvaPageGroup *group, SvaFunction *fn, void *owner,
                         SvaPageGroupFn *answered)
{
    *group = (SvaPageGroup) {
        .fn = fn, .owner = owner, .answered = answered,
        .link = { .data = group },
    };
    g_ptr_array_add(fn->groups, group);
}

void sva_page_group_reset(SvaPageGroup *group)
{
    group->open = false;
    group->queued = false;
    group->link = (GList) { .data = group };
}

/* -- decisions of the device; a single request is sent as it is -- */

static bool group_exceeds(const SvaPageGroup *group)
{
    const SvaMisbehaviour *m = group->fn->misbehaviour;

    return group->forced ||
           (!group->single && m->exceed && m->exceed(group->owner));
}

static bool group_shares(const SvaPageGroup *group)
{
    const SvaMisbehaviour *m = group->fn->misbehaviour;

    return !group->single && m->share_index && m->share_index(group->owner);
}

static bool group_withholds(const SvaPageGroup *group, unsigned n)
{
    const SvaMisbehaviour *m = group->fn->misbehaviour;

    return !group->single && m->withhold &&
           m->withhold(group->owner, n + 1u == group->count);
}

static bool group_duplicates(const SvaPageGroup *group)
{
    const SvaMisbehaviour *m = group->fn->misbehaviour;

    return !group->single && m->duplicate && m->duplicate(group->owner);
}

/* -- the queue for credits -- */

/* Any of them may be the next one. */
static void group_queue_mix(SvaFunction *fn)
{
    GQueue *queue = &fn->credit_queue;
    GList *link = g_queue_peek_nth_link(queue,
                                        sva_adversary_next_group(fn));

    if (link != queue->head) {
        g_queue_unlink(queue, link);
        g_queue_push_head_link(queue, link);
    }
}

void sva_page_groups_kick(SvaFunction *fn)
{
    const SvaPageGroup *first;

    if (G_UNLIKELY(fn->adversary)) {
        group_queue_mix(fn);
    }
    first = g_queue_peek_head(&fn->credit_queue);
    if (first && sva_prg_credits(&fn->prg)) {
        fn->ops->wake(first->owner, SVA_ACCESS_WAIT_CREDIT);
    }
}

void sva_page_groups_wake_all(SvaFunction *fn)
{
    GList *link;

    while ((link = g_queue_peek_head_link(&fn->credit_queue))) {
        SvaPageGroup *group = link->data;

        g_queue_unlink(&fn->credit_queue, link);
        group->queued = false;
        fn->ops->wake(group->owner, SVA_ACCESS_WAIT_CREDIT);
    }
}

void sva_page_group_enqueue(SvaPageGroup *group)
{
    if (!group->queued) {
        group->queued = true;
        g_queue_push_tail_link(&group->fn->credit_queue, &group->link);
    }
}

void sva_page_group_dequeue(SvaPageGroup *group)
{
    if (group->queued) {
        group->queued = false;
        g_queue_unlink(&group->fn->credit_queue, &group->link);
        sva_page_groups_kick(group->fn);
    }
}

/* -- opening -- */

bool sva_page_group_allowed(const SvaPageGroup *group)
{
    const SvaFunction *fn = group->fn;

    if (group_exceeds(group)) {
        return !fn->pri_rf && fn->bus_master &&
               (group->forced || sva_function_may_send(fn, group->pasid));
    }
    return sva_function_pri_usable(fn, group->pasid);
}

bool sva_page_group_may_open(const SvaPageGroup *group)
{
    const SvaPageGroup *first = g_queue_peek_head(&group->fn->credit_queue);

    return !first || first == group || group_exceeds(group) ||
           group_shares(group);
}

/* Take the index of a group of another PASID, if there is one. */
static bool group_take_shared_index(SvaPageGroup *group)
{
    SvaFunction *fn = group->fn;

    if (!group_shares(group)) {
        return false;
    }
    for (unsigned i = 0; i < fn->groups->len; i++) {
        const SvaPageGroup *other = g_ptr_array_index(fn->groups, i);

        if (other->open && !other->single &&
            !sva_pasid_equal(other->pasid, group->pasid)) {
            group->prgi = other->prgi;
            group->shared = true;
            sva_function_count(fn, group->owner, SVA_FN_PRG_SHARED, 1);
            return true;
        }
    }
    return false;
}

/* Returns the number of requests for which there is an index, or 0. */
static unsigned group_take_index(SvaPageGroup *group, unsigned wanted)
{
    SvaFunction *fn = group->fn;
    unsigned credits = sva_prg_credits(&fn->prg);
    bool exceeds = group_exceeds(group);
    unsigned count = exceeds ? wanted : MIN(wanted, credits);
    int prgi;

    if (exceeds) {
        prgi = sva_prg_open_beyond(&fn->prg, group->pasid, count, group);
    } else {
        prgi = sva_prg_open(&fn->prg, group->pasid, count, group);
    }
    if (prgi < 0) {
        return 0;
    }
    credits = fn->pri_enable ? MIN(count, credits) : 0;
    if (count > credits) {
        sva_function_count(fn, group->owner, SVA_FN_PRG_EXCESS,
                           count - credits);
    }
    group->prgi = (uint16_t)prgi;
    return count;
}

bool sva_page_group_open(SvaPageGroup *group, unsigned wanted)
{
    group->shared = false;
    group->withheld = 0;
    group->sent = 0;
    group->count = (uint16_t)(group_take_shared_index(group)
                              ? wanted : group_take_index(group, wanted));
    group->open = group->count;
    return group->open;
}

/* -- sending -- */

static void group_send_request(SvaPageGroup *group, unsigned n)
{
    SvaPageRequest req = {
        .addr = (group->first + n * group->step) & SVA_PAGE_MASK,
        .pasid = group->pasid,
        .prgi = group->prgi,
        .access = group->access,
        .last = n + 1 == group->count,
    };

    sva_request_page(group->fn, group->owner, &req);
}

void sva_page_group_send(SvaPageGroup *group)
{
    SvaFunction *fn = group->fn;
    unsigned n = group->sent++;

    if (group_withholds(group, n)) {
        group->withheld |= 1u << n;
        sva_function_count(fn, group->owner, SVA_FN_PRG_WITHHELD, 1);
        return;
    }
    group_send_request(group, n);
    if (group->open && group_duplicates(group)) {
        sva_function_count(fn, group->owner, SVA_FN_PRG_DUPLICATES, 1);
        group_send_request(group, n);
    }
}

void sva_page_group_send_withheld(SvaPageGroup *group)
{
    for (unsigned n = 0; group->open && n < group->count; n++) {
        if (group->withheld & 1u << n) {
            group->withheld &= ~(1u << n);
            group_send_request(group, n);
        }
    }
}

/* -- the end -- */

void sva_page_group_end(SvaPageGroup *group)
{
    if (group->open && group->sent < group->count) {
        group->sent = group->count - 1;
        sva_page_group_send(group);
    }
}

void sva_page_group_close(SvaPageGroup *group)
{
    SvaPageResponse rsp = { .pasid = group->pasid, .prgi = group->prgi };
    void *owner;

    if (!group->shared) {
        sva_prg_close(&group->fn->prg, &rsp, true, &owner);
    }
}

void sva_page_group_leave(SvaPageGroup *group)
{
    group->open = false;
    if (group->withheld && !group->shared) {
        sva_page_group_close(group);
        sva_page_groups_kick(group->fn);
    }
    sva_prg_abandon_owner(&group->fn->prg, group);
}

void sva_page_group_answered(SvaPageGroup *group, SvaPrgCode code)
{
    group->open = false;
    group->answered(group, code);
}
