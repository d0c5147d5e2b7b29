/*
 * SvaFunction: enables, reset, and what the port calls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "access.h"
#include "announce.h"
#include "function.h"
#include "inval.h"
#include "pause.h"
#include "pri.h"

static void client_invalidate(void *client, const SvaAtcInvalidation *inv)
{
    sva_inval_request(client, inv);
}

static void client_page_response(void *client, const SvaPageResponse *rsp)
{
    sva_pri_response(client, rsp);
}

static bool client_stall_end(void *client, const SvaStallEnd *end)
{
    return sva_mem_access_stall_end(client, end);
}

const SvaPortClientOps sva_function_client_ops = {
    .invalidate = client_invalidate,
    .page_response = client_page_response,
    .stall_end = client_stall_end,
};

void sva_function_set_bus_master(SvaFunction *fn, bool enable)
{
    bool changed = fn->bus_master != enable;

    fn->bus_master = enable;
    sva_pri_forget_partial(fn);
    if (changed) {
        sva_function_changed(fn);
    }
}

void sva_function_set_pasid(SvaFunction *fn, bool enable)
{
    if (fn->pasid_enable != enable) {
        fn->pasid_enable = enable;
        sva_function_flush_atc(fn);
        sva_pri_forget_partial(fn);
        sva_function_changed(fn);
    }
}

void sva_function_set_ats(SvaFunction *fn, bool enable)
{
    if (fn->ats_enable != enable) {
        fn->ats_enable = enable;
        sva_function_announce(fn);
        sva_function_flush_atc(fn);
        sva_function_changed(fn);
    }
}

void sva_function_begin(SvaFunction *fn)
{
    fn->busy = true;
}

void sva_function_end(SvaFunction *fn)
{
    fn->busy = false;
    if (fn->reset_pending) {
        sva_function_reset(fn);
    }
}

void sva_function_quiesce(SvaFunction *fn)
{
    for (unsigned i = 0; i < fn->groups->len; i++) {
        SvaPageGroup *group = g_ptr_array_index(fn->groups, i);

        sva_page_group_send_withheld(group);
        sva_page_group_end(group);
        sva_prg_abandon_owner(&fn->prg, group);
    }
    sva_inval_complete(fn, true, false);
}

void sva_function_clear(SvaFunction *fn)
{
    for (unsigned i = 0; i < fn->groups->len; i++) {
        sva_page_group_reset(g_ptr_array_index(fn->groups, i));
    }
    for (unsigned i = 0; i < fn->accesses->len; i++) {
        sva_mem_access_reset(g_ptr_array_index(fn->accesses, i));
    }
    g_queue_init(&fn->credit_queue);
    sva_function_flush_atc(fn);
    sva_inval_reset(fn);
    sva_pause_reset(fn);
}

void sva_function_reset(SvaFunction *fn)
{
    fn->bus_master = false;
    fn->pasid_enable = false;
    fn->ats_enable = false;
    fn->reset_pending = fn->busy;
    if (fn->busy) {
        sva_pri_forget_partial(fn);
        return;
    }
    sva_pri_reset(fn);
    sva_function_clear(fn);
    sva_function_announce(fn);
    fn->ops->reset(fn->device);
}

void sva_function_init(SvaFunction *fn, SvaEnv *env,
                       const SvaFunctionConfig *config,
                       const SvaFunctionOps *ops, void *device)
{
    static const SvaMisbehaviour none;

    *fn = (SvaFunction) {
        .env = env,
        .ops = ops,
        .misbehaviour = ops->misbehaviour ? ops->misbehaviour : &none,
        .device = device,
        .config = *config,
        .adversary = sva_adversary_new(config->adversary),
        .atc = sva_atc_new(config->atc_entries),
        .accesses = g_ptr_array_new(),
        .groups = g_ptr_array_new(),
        .inval_timer = env->ops->timer_new(env, sva_inval_timer, fn),
        .pause_timer = env->ops->timer_new(env, sva_pause_timer, fn),
    };
    if (fn->adversary) {
        sva_atc_never_replace(fn->atc);
    }
    g_queue_init(&fn->credit_queue);
    sva_prg_init(&fn->prg);
    /* No saved access was translated at generation 0. */
    sva_atc_flush(fn->atc);
}

void sva_function_attach(SvaFunction *fn, SvaPort *port)
{
    fn->port = port;
}

void sva_function_destroy(SvaFunction *fn)
{
    fn->env->ops->timer_free(fn->inval_timer);
    fn->env->ops->timer_free(fn->pause_timer);
    g_clear_pointer(&fn->adversary, g_rand_free);
    sva_atc_free(fn->atc);
    g_ptr_array_free(fn->accesses, true);
    g_ptr_array_free(fn->groups, true);
}
