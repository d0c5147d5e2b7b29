/*
 * Page request interface of a function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "announce.h"
#include "page-group.h"
#include "pri.h"

/* Fail a group; index and credits are the caller's business. */
static void pri_drop_group(SvaPageGroup *group)
{
    if (group->open) {
        sva_page_group_answered(group, SVA_PRG_FAILURE);
    }
}

static void pri_forget_all(SvaFunction *fn)
{
    sva_prg_forget_all(&fn->prg);
    for (unsigned i = 0; i < fn->groups->len; i++) {
        pri_drop_group(g_ptr_array_index(fn->groups, i));
    }
    sva_page_groups_wake_all(fn);
}

void sva_pri_forget_partial(SvaFunction *fn)
{
    for (unsigned i = 0; i < fn->groups->len; i++) {
        SvaPageGroup *group = g_ptr_array_index(fn->groups, i);

        if (group->open &&
            (group->sent < group->count || group->withheld) &&
            !sva_page_group_allowed(group)) {
            sva_page_group_close(group);
            pri_drop_group(group);
        }
    }
}

/* Groups with the index of another one are not in the table. */
static SvaPageGroup *pri_shared_group(const SvaFunction *fn,
                                      const SvaPageResponse *rsp)
{
    for (unsigned i = 0; i < fn->groups->len; i++) {
        SvaPageGroup *group = g_ptr_array_index(fn->groups, i);

        if (group->open && group->shared && group->prgi == rsp->prgi &&
            sva_pasid_equal(group->pasid, rsp->pasid)) {
            return group;
        }
    }
    return NULL;
}

static void pri_count_response(const SvaFunction *fn,
                               const SvaPageGroup *group, SvaPrgCode code)
{
    sva_function_count(fn, group ? group->owner : NULL,
                       code == SVA_PRG_SUCCESS ? SVA_FN_PRG_SUCCESS
                       : code == SVA_PRG_INVALID ? SVA_FN_PRG_INVALID
                       : SVA_FN_PRG_FAILURE, 1);
}

static void pri_unexpected(SvaFunction *fn)
{
    fn->pri_uprgi |= fn->pri_enable;
    sva_function_count(fn, NULL, SVA_FN_PRG_UNEXPECTED, 1);
}

void sva_pri_response(SvaFunction *fn, const SvaPageResponse *rsp)
{
    SvaPrgCode code = sva_prg_code(rsp->code);
    SvaPageGroup *group;
    SvaPrgMatch match;
    void *found;

    if (fn->pri_rf) {
        /* Of a request that went before the Failure; nobody waits for it. */
        pri_count_response(fn, NULL, code);
        return;
    }
    if (!fn->pri_enable && !fn->prg.outstanding &&
        !pri_shared_group(fn, rsp)) {
        pri_unexpected(fn);
        return;
    }
    match = sva_prg_close(&fn->prg, rsp, true, &found);
    group = found;
    if (code == SVA_PRG_FAILURE) {
        /* The index in it may be wrong; the interface is off in any case. */
        fn->pri_rf = true;
        pri_count_response(fn, group, code);
        /* Its group is no longer in the table, but still open. */
        pri_forget_all(fn);
        return;
    }
    if (match == SVA_PRG_UNKNOWN) {
        group = pri_shared_group(fn, rsp);
    }
    if (match == SVA_PRG_UNKNOWN && !group) {
        pri_unexpected(fn);
        return;
    }
    pri_count_response(fn, group, code);
    if (group) {
        sva_page_group_answered(group, code);
    }
    sva_page_groups_kick(fn);
}

void sva_function_set_pri(SvaFunction *fn, const SvaPriControl *control)
{
    bool was = fn->pri_enable;

    fn->pri_enable = control->enable;
    sva_function_announce(fn);
    if (!control->enable || !was) {
        sva_prg_set_allocation(&fn->prg, MIN(control->allocation,
                                             fn->config.pri_capacity));
    }
    if (control->enable != was) {
        sva_function_changed(fn);
    }
    if (control->enable) {
        return;
    }
    if (control->reset) {
        pri_forget_all(fn);
    } else if (was) {
        sva_pri_forget_partial(fn);
        sva_page_groups_wake_all(fn);
    }
}

void sva_function_clear_pri_status(SvaFunction *fn, uint16_t bits)
{
    fn->pri_rf &= !(bits & SVA_PRI_RF);
    fn->pri_uprgi &= !(bits & SVA_PRI_UPRGI);
}

uint16_t sva_function_pri_status(const SvaFunction *fn)
{
    return (fn->pri_rf ? SVA_PRI_RF : 0) |
           (fn->pri_uprgi ? SVA_PRI_UPRGI : 0) |
           (!fn->pri_enable && !fn->prg.outstanding ? SVA_PRI_STOPPED : 0);
}

void sva_pri_reset(SvaFunction *fn)
{
    sva_prg_init(&fn->prg);
    fn->pri_enable = false;
    fn->pri_rf = false;
    fn->pri_uprgi = false;
}
