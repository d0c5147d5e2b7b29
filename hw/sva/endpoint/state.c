/*
 * Saving and restoring a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "inval.h"
#include "pause.h"
#include "state.h"

#define PASID_VALID (1u << SVA_PASID_BITS)

/* -- page request groups -- */

void sva_page_group_save(const SvaPageGroup *group, SvaPageGroupSaved *out)
{
    *out = (SvaPageGroupSaved) {
        .first = group->first,
        .step = group->step,
        .pasid = group->pasid.id | (group->pasid.valid ? PASID_VALID : 0),
        .withheld = group->withheld,
        .prgi = group->prgi,
        .count = group->count,
        .sent = group->sent,
        .access = group->access,
        .flags = (group->open ? SVA_SAVED_OPEN : 0) |
                 (group->shared ? SVA_SAVED_SHARED : 0) |
                 (group->forced ? SVA_SAVED_FORCED : 0),
    };
}

static bool group_possible(const SvaPageGroupSaved *in)
{
    return in->pasid < PASID_VALID << 1 &&
           (!in->pasid || in->pasid & PASID_VALID) &&
           !(in->flags & ~SVA_SAVED_GROUP_FLAGS) &&
           in->prgi < SVA_PRGI_COUNT && in->count <= SVA_PAGE_GROUP_MAX &&
           in->sent <= in->count && !((uint64_t)in->withheld >> in->count) &&
           !(in->access & ~(SVA_READ | SVA_WRITE)) &&
           (!(in->flags & SVA_SAVED_OPEN) || in->count);
}

bool sva_page_group_load(SvaPageGroup *group, const SvaPageGroupSaved *in)
{
    if (!group_possible(in)) {
        return false;
    }
    group->first = in->first;
    group->step = in->step;
    group->pasid = in->pasid ? sva_pasid(in->pasid) : SVA_NO_PASID;
    group->withheld = in->withheld;
    group->prgi = in->prgi;
    group->count = in->count;
    group->sent = in->sent;
    group->access = in->access;
    group->open = in->flags & SVA_SAVED_OPEN;
    group->shared = in->flags & SVA_SAVED_SHARED;
    group->forced = in->flags & SVA_SAVED_FORCED;
    return true;
}

/* -- the function -- */

static void late_save(const SvaFunction *fn, SvaFunctionSaved *out)
{
    int64_t now = fn->env->ops->now(fn->env);

    out->late_count = fn->late_count;
    for (unsigned i = 0; i < fn->late_count; i++) {
        const SvaLateInval *late = &fn->late[i];

        out->late[i] = (SvaLateInvalSaved) {
            .left = late->withheld || late->due < now ? 0 : late->due - now,
            .itag = late->inv.itag,
            .withheld = late->withheld,
        };
    }
}

static void waiting_save(const SvaFunction *fn, SvaFunctionSaved *out)
{
    out->waiting_count = 0;
    for (const GList *link = fn->credit_queue.head; link; link = link->next) {
        const SvaMemAccess *access = container_of(link->data, SvaMemAccess,
                                                  group);

        out->waiting[out->waiting_count++] = (uint16_t)access->index;
    }
}

void sva_function_save(const SvaFunction *fn, SvaFunctionSaved *out)
{
    out->flags = (fn->bus_master ? SVA_SAVED_BUS_MASTER : 0) |
                 (fn->pasid_enable ? SVA_SAVED_PASID : 0) |
                 (fn->ats_enable ? SVA_SAVED_ATS : 0) |
                 (fn->pri_enable ? SVA_SAVED_PRI : 0) |
                 (fn->pri_rf ? SVA_SAVED_PRI_RF : 0) |
                 (fn->pri_uprgi ? SVA_SAVED_PRI_UPRGI : 0);
    out->stall_seq = fn->stall_seq;
    late_save(fn, out);
    sva_prg_save(&fn->prg, &out->prg);
    waiting_save(fn, out);
}

static const char *late_load(SvaFunction *fn, const SvaFunctionSaved *in,
                             bool may_withhold)
{
    int64_t now = fn->env->ops->now(fn->env);

    if (in->late_count > SVA_INVALS_MAX) {
        return "impossible number of invalidations";
    }
    for (unsigned i = 0; i < in->late_count; i++) {
        const SvaLateInvalSaved *late = &in->late[i];

        if (late->left > SVA_TIME_LEFT_MAX || late->withheld > 1 ||
            (late->withheld && !may_withhold)) {
            return "impossible invalidation";
        }
        fn->late[i] = (SvaLateInval) {
            .inv = { .itag = late->itag },
            .in_force = true,   /* the ATC is empty */
            .withheld = late->withheld,
            .due = now + (int64_t)late->left,
        };
    }
    fn->late_count = in->late_count;
    sva_inval_arm(fn);
    return NULL;
}

const char *sva_function_load(SvaFunction *fn, const SvaFunctionSaved *in,
                              bool may_withhold)
{
    if (in->flags & ~SVA_SAVED_FLAGS) {
        return "impossible registers";
    }
    fn->bus_master = in->flags & SVA_SAVED_BUS_MASTER;
    fn->pasid_enable = in->flags & SVA_SAVED_PASID;
    fn->ats_enable = in->flags & SVA_SAVED_ATS;
    fn->pri_enable = in->flags & SVA_SAVED_PRI;
    fn->pri_rf = in->flags & SVA_SAVED_PRI_RF;
    fn->pri_uprgi = in->flags & SVA_SAVED_PRI_UPRGI;
    fn->stall_seq = in->stall_seq;
    return late_load(fn, in, may_withhold);
}

/* Groups with the index of another one are not in the table. */
static bool group_adopted(SvaFunction *fn, SvaPageGroup *group)
{
    return !group->open || group->shared ||
           sva_prg_adopt(&fn->prg, group->prgi, group->pasid, group->count,
                         group);
}

const char *sva_function_load_groups(SvaFunction *fn,
                                     const SvaFunctionSaved *in)
{
    bool open = false;

    if (in->prg.allocation > fn->config.pri_capacity ||
        !sva_prg_restore(&fn->prg, &in->prg)) {
        return "impossible page request groups";
    }
    for (unsigned i = 0; i < fn->groups->len; i++) {
        SvaPageGroup *group = g_ptr_array_index(fn->groups, i);

        if (!group_adopted(fn, group)) {
            return "a page request group that is not outstanding";
        }
        open |= group->open;
    }
    /* After that no response finds its group. */
    if (fn->pri_rf && (open || fn->prg.outstanding)) {
        return "page request groups after a Response Failure";
    }
    return NULL;
}

const char *sva_function_load_waiting(SvaFunction *fn,
                                      const SvaFunctionSaved *in)
{
    static const char error[] = "impossible queue for credits";

    if (in->waiting_count > fn->accesses->len) {
        return error;
    }
    for (unsigned i = 0; i < in->waiting_count; i++) {
        SvaMemAccess *access;

        if (in->waiting[i] >= fn->accesses->len) {
            return error;
        }
        access = g_ptr_array_index(fn->accesses, in->waiting[i]);
        if (access->group.queued) {
            return error;
        }
        sva_page_group_enqueue(&access->group);
    }
    if (in->waiting_count) {
        sva_pause_begin(fn, 0); /* one may have been held back */
    }
    return NULL;
}
