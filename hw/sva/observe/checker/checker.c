/*
 * SvaChecker: judges the guest's side of the contract with the IOMMU
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "apply.h"
#include "config.h"
#include "convict.h"
#include "debt.h"
#include "items.h"
#include "obligation.h"
#include "space.h"
#include "sweep.h"
#include "topics.h"
#include "walk.h"

/* -- commands -- */

static void take_inval(SvaChecker *c, const SvaCheckInval *inval,
                       const SvaEvent *event)
{
    SvaCheckIssued oldest;

    sva_check_apply_look(c, inval);
    if (sva_check_log_add(&c->log, inval, event, &oldest)) {
        sva_check_apply(c, &oldest);
    }
}

static void take_command(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckCommand command = { .count = 0 };
    unsigned i;

    c->arch->command(c->regs, event, &command);
    for (i = 0; i < MIN(command.count, SVA_CHECK_INVALS); i++) {
        take_inval(c, &command.invals[i], event);
    }
    if (command.wait) {
        sva_check_log_wait(&c->log, event, c->clock);
    }
}

/* What a cache is filled from comes last: the worst that may happen. */
static void apply_unordered(SvaChecker *c, const SvaCheckIssued *batch,
                            unsigned count)
{
    static const uint8_t order[] = {
        SVA_DROP_ATC, SVA_DROP_TLB | SVA_DROP_WALK, SVA_DROP_PASID,
        SVA_DROP_CONFIG,
    };
    unsigned i, k;

    for (k = 0; k < G_N_ELEMENTS(order); k++) {
        for (i = 0; i < count; i++) {
            SvaCheckIssued issued = batch[i];

            issued.inval.caches &= order[k];
            sva_check_apply(c, &issued);
        }
    }
}

static void take_wait_done(SvaChecker *c, const SvaEvent *event)
{
    uint64_t seq = sva_check_log_done(&c->log, event);
    unsigned i, count = 0;

    while (sva_check_log_take(&c->log, seq, &c->batch[count])) {
        sva_check_work(c);
        count++;
    }
    if (c->arch->unordered) {
        apply_unordered(c, c->batch, count);
        return;
    }
    for (i = 0; i < count; i++) {
        sva_check_apply(c, &c->batch[i]);
    }
}

/* -- state of the unit and of functions -- */

static void take_regs(SvaChecker *c, const SvaEvent *event)
{
    const SvaCheckArch *arch = (unsigned)event->regs.arch < SVA_REGS_ARCHS
                               ? c->archs[event->regs.arch] : NULL;
    bool enabled;

    if (!arch || (c->arch && c->arch != arch)) {
        return;
    }
    c->arch = arch;
    c->arch_id = event->regs.arch;
    memcpy(c->regs, event->regs.words, sizeof(c->regs));
    c->generation++;
    enabled = !arch->enabled || arch->enabled(c->regs);
    if (enabled && !c->enabled) {
        sva_check_sweep_restart(c);
    } else if (!enabled && c->enabled) {
        sva_check_log_reset(&c->log);
    }
    c->enabled = enabled;
}

/* The debts of one function, that of each PASID included. */
static void ats_switched(SvaChecker *c, const SvaCheckFunction *function)
{
    GList *link;
    unsigned n = 0;

    for (link = c->debts.head; link && n < 256; link = link->next, n++) {
        SvaCheckDebt *debt = link->data;
        SvaCheckOpen open;

        sva_check_work(c);
        if (debt->slot && debt->slot->function == function && debt->gone &&
            sva_check_debt_lives(c, debt, &open) &&
            open.owed.cache == SVA_DROP_ATC) {
            sva_check_convict_ats(c, debt, &open);
            break;
        }
    }
}

/* A function without ATS has nothing in its ATC (PCIe r6 10.5.1.3). */
static void take_function(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckFunction *function = sva_check_function(c, event->rid);

    if (c->arch && function->ats && !event->function.ats) {
        ats_switched(c, function);
    }
    if (!event->function.ats) {
        function->atc_mark = event->seq;
    }
    function->ats = event->function.ats;
    function->pri = event->function.pri;
}

/* -- events -- */

static void take_event(SvaChecker *c, const SvaEvent *event)
{
    switch (event->kind) {
    case SVA_EV_ENTRY:
        sva_check_walk_entry(c, event);
        break;
    case SVA_EV_FILL:
        sva_check_walk_fill(c, event);
        break;
    case SVA_EV_XLATE:
    case SVA_EV_ATS:
    case SVA_EV_FAULT:
    case SVA_EV_FAULT_SILENT:
    case SVA_EV_STALL:
    case SVA_EV_PRQ:
    case SVA_EV_PRQ_AUTO:
        sva_check_walk_end(c, event);
        break;
    case SVA_EV_COMMAND:
        sva_check_walk_abandon(c);
        take_command(c, event);
        break;
    case SVA_EV_INVALIDATED:
        sva_check_walk_abandon(c);
        sva_check_log_carried(&c->log, event);
        break;
    case SVA_EV_WAIT_DONE:
        sva_check_walk_abandon(c);
        take_wait_done(c, event);
        sva_check_debts_settle(c);
        break;
    case SVA_EV_DROP:
        sva_check_walk_abandon(c);
        sva_check_apply_drop(c, event);
        sva_check_debts_settle(c);
        break;
    default:
        break;
    }
}

static void tell_topics(SvaChecker *c, const SvaEvent *event)
{
    bool job = event->kind == SVA_EV_JOB_START ||
               event->kind == SVA_EV_JOB_DONE;
    unsigned i;

    for (i = 0; c->topics[i]; i++) {
        if (c->topics[i]->event && (!job || c->topics[i]->jobs)) {
            c->topics[i]->event(c, c->states[i], event);
        }
    }
}

static void tick_after(SvaChecker *c, int64_t now)
{
    c->timing = true;
    c->ticked = now;
    c->env->ops->timer_at(c->timer, now + SVA_CHECK_TICK_NS);
}

static void start_timer(SvaChecker *c)
{
    if (!c->timing) {
        tick_after(c, c->now);
    }
}

int64_t sva_checker_ticked(const SvaChecker *c)
{
    return c->timing ? c->ticked : -1;
}

void sva_checker_tick_from(SvaChecker *c, int64_t ticked)
{
    if (ticked >= 0 && ticked <= INT64_MAX - SVA_CHECK_TICK_NS) {
        tick_after(c, ticked);
    }
}

static bool is_own(const SvaEvent *event)
{
    return event->kind == SVA_EV_VIOLATION ||
           event->kind == SVA_EV_OBLIGATION ||
           event->kind == SVA_EV_OBLIGATION_DONE;
}

void sva_checker_event(SvaChecker *c, const SvaEvent *event)
{
    if (is_own(event)) {
        return;
    }
    c->seq = event->seq;
    c->now = event->time;
    c->counts.events++;
    sva_check_history_put(&c->history, event);
    if (event->kind == SVA_EV_REGS) {
        take_regs(c, event);
    } else if (event->kind == SVA_EV_FUNCTION) {
        take_function(c, event);
    } else if (c->arch) {
        take_event(c, event);
    }
    tell_topics(c, event);
    sva_check_sweep_limit(c);
    start_timer(c);
}

/* -- time -- */

/*
 * If the host is busy the guest's processors stand still while the virtual
 * clock goes on, and a tick comes late; no time is counted for that.
 */
static int64_t guest_ran(const SvaChecker *c)
{
    int64_t elapsed = CLAMP(c->now - c->ticked, 0, 2 * SVA_CHECK_TICK_NS);

    return c->options.ran ? c->options.ran(c->options.ran_opaque, elapsed)
                          : elapsed;
}

static void tick(void *opaque)
{
    SvaChecker *c = opaque;
    unsigned i;

    c->now = c->env->ops->now(c->env);
    c->clock += guest_ran(c);
    c->ticked = c->now;
    sva_check_sweep(c);
    for (i = 0; c->topics[i]; i++) {
        if (c->topics[i]->tick) {
            c->topics[i]->tick(c, c->states[i]);
        }
    }
    c->env->ops->timer_at(c->timer, c->now + SVA_CHECK_TICK_NS);
}

/* -- life -- */

static void topics_start(SvaChecker *c)
{
    unsigned i, n = 0;

    while (c->topics[n]) {
        n++;
    }
    c->states = g_new0(void *, n);
    for (i = 0; i < n; i++) {
        c->states[i] = g_malloc0(c->topics[i]->state_size);
        if (c->topics[i]->start) {
            c->topics[i]->start(c, c->states[i]);
        }
    }
}

static void topics_stop(SvaChecker *c)
{
    unsigned i;

    for (i = 0; c->topics[i]; i++) {
        if (c->topics[i]->stop) {
            c->topics[i]->stop(c, c->states[i]);
        }
        g_free(c->states[i]);
    }
    g_free(c->states);
}

SvaChecker *sva_checker_new(SvaEnv *env, const SvaCheckOptions *options)
{
    SvaChecker *c = g_new0(SvaChecker, 1);

    c->env = env;
    c->options = *options;
    c->options.entries = MAX(c->options.entries, SVA_CHECK_ENTRIES_MIN);
    c->archs = sva_check_archs;
    c->topics = sva_check_topics;
    c->now = env->ops->now(env);
    c->timer = env->ops->timer_new(env, tick, c);
    g_queue_init(&c->debts);
    sva_check_history_init(&c->history, options->history);
    sva_check_config_init(c);
    sva_check_spaces_init(c);
    sva_check_items_init(c);
    sva_check_reports_init(c);
    sva_check_obligations_init(c);
    topics_start(c);
    return c;
}

void sva_checker_set_parts(SvaChecker *c,
                           const SvaCheckArch *const archs[SVA_REGS_ARCHS],
                           const SvaCheckTopic *const *topics)
{
    topics_stop(c);
    c->archs = archs;
    c->topics = topics;
    topics_start(c);
}

void sva_checker_set_notify(SvaChecker *c, SvaCheckNotifyFn *fn, void *opaque)
{
    c->notify = fn;
    c->notify_opaque = opaque;
}

void sva_checker_set_told(SvaChecker *c, SvaCheckNotifyFn *fn, void *opaque)
{
    c->told = fn;
    c->told_opaque = opaque;
}

void sva_checker_free(SvaChecker *c)
{
    unsigned i;

    topics_stop(c);
    c->options.entries = 0;
    sva_check_sweep_limit(c);
    c->env->ops->timer_free(c->timer);
    sva_check_reports_free(c);
    sva_check_obligations_free(c);
    sva_check_spaces_free(c);
    sva_check_config_free(c);
    sva_check_history_free(&c->history);
    for (i = 0; i < SVA_CHECK_CONFIGS; i++) {
        g_free(c->domain_mark[i]);
    }
    g_free(c);
}

const SvaCheckReport *sva_checker_report(const SvaChecker *c, unsigned i)
{
    return i < c->reports->len ? g_ptr_array_index(c->reports, i) : NULL;
}

void sva_checker_counts(const SvaChecker *c, SvaCheckCounts *counts)
{
    *counts = c->counts;
}
