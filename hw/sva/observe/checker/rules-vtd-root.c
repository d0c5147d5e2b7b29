/*
 * Checker: the root table pointer of VT-d
 *
 * VT-d rev 5.10, 6.6, 11.4.4.1, 11.4.5.  SVA_EV_REGS tells that SRTP is done
 * when TES is what it was, and else that TES has changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-vtd.h"
#include "vtd-command.h"

enum { POINTER, MODE, FLUSH, RULES };

static const SvaCheckRule rules[RULES] = {
    [POINTER] = {
        "vtd-root-pointer",
        "The root table pointer is set before remapping is enabled, also "
        "again.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.6" },
    },
    [MODE] = {
        "vtd-mode-change",
        "Without ESRTPS the translation table mode does not change while "
        "remapping is enabled.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.6" },
    },
    [FLUSH] = {
        "vtd-root-flush",
        "Without ESRTPS a new root table pointer is followed by global "
        "invalidations of the context-cache, the PASID-cache and the IOTLB, "
        "in this order.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.6 and Table 28" },
    },
};

/* What is owed after SRTP, in order. */
typedef enum Step { CONTEXT, PASID, IOTLB, WAIT, NOTHING } Step;

/*
 * @known:   @unit was seen
 * @pointer: SRTP since remapping was off
 * @step:    what comes next, @since: since then; @clock: of sva_check_clock()
 */
typedef struct State {
    SvaCheckVtdUnit unit;
    int64_t since;
    int64_t clock;
    uint8_t step;
    bool known;
    bool pointer;
} State;

static const char *const step_names[] = {
    [CONTEXT] = "a global context-cache invalidation",
    [PASID] = "a global PASID-cache invalidation",
    [IOTLB] = "a global IOTLB invalidation",
    [WAIT] = "the completion of a wait",
};

static void report_flush(SvaChecker *c, const State *s, const char *when)
{
    SvaCheckCase facts = {
        .rule = &rules[FLUSH], .pa = s->unit.root, .since = s->since,
        .owed = step_names[s->step],
    };

    sva_check_violation(c, &facts,
                        "The root table pointer was set to 0x%" PRIx64
                        ", and %s %s is missing.", s->unit.root, when,
                        step_names[s->step]);
}

static void pointer_set(SvaChecker *c, State *s, const SvaCheckVtdUnit *now)
{
    SvaCheckCase facts = { .rule = &rules[MODE], .pa = now->root };

    if (now->enabled && now->root_keeps_caches &&
        now->mode != s->unit.mode) {
        sva_check_violation(c, &facts,
                            "RTADDR.TTM went from %u to %u while TES=1.",
                            s->unit.mode, now->mode);
    }
    s->pointer = true;
    if (now->root_keeps_caches) {
        s->step = CONTEXT;
        s->since = sva_check_now(c);
        s->clock = sva_check_clock(c);
    }
}

static void switched_on(SvaChecker *c, State *s, const SvaCheckVtdUnit *now)
{
    SvaCheckCase facts = { .rule = &rules[POINTER], .pa = now->root };

    if (now->root != s->unit.root || now->mode != s->unit.mode) {
        /* No command does both: the unit's state was loaded. */
        s->step = NOTHING;
    } else if (!s->pointer) {
        sva_check_violation(c, &facts, "TES went from 0 to 1, and the root "
                            "table pointer had not been set since it was 0.");
    } else if (s->step != NOTHING) {
        report_flush(c, s, "when remapping was enabled");
        s->step = NOTHING;
    }
}

static void regs(SvaChecker *c, State *s, const SvaEvent *ev)
{
    SvaCheckVtdUnit now;

    sva_check_vtd_unit(ev->regs.words, &now);
    if (!s->known) {
        /* Of a machine that was running already nothing is known. */
        s->pointer = now.enabled;
        s->step = NOTHING;
    } else if (now.enabled == s->unit.enabled) {
        pointer_set(c, s, &now);
    } else if (now.enabled) {
        switched_on(c, s, &now);
    } else {
        s->pointer = false;
    }
    s->known = true;
    s->unit = now;
}

static bool is_global(const SvaCheckVtdCmd *cmd, unsigned type)
{
    return cmd->type == type && cmd->gran == SVA_CHECK_VTD_GRAN_GLOBAL;
}

static void command(State *s, const SvaEvent *ev)
{
    SvaCheckVtdCmd cmd;

    if (s->step == NOTHING ||
        !sva_check_vtd_cmd(&s->unit, ev->command.words, &cmd)) {
        return;
    }
    if (s->step == CONTEXT && is_global(&cmd, SVA_CHECK_VTD_CMD_CONTEXT)) {
        s->step = s->unit.mode == SVA_CHECK_VTD_LEGACY ? IOTLB : PASID;
    } else if (s->step == PASID && is_global(&cmd, SVA_CHECK_VTD_CMD_PASID)) {
        s->step = IOTLB;
    } else if (s->step == IOTLB && is_global(&cmd, SVA_CHECK_VTD_CMD_IOTLB)) {
        s->step = WAIT;
    }
}

static void event(SvaChecker *c, void *state, const SvaEvent *ev)
{
    State *s = state;

    if (ev->kind == SVA_EV_RESET) {
        s->known = false;
    } else if (ev->kind == SVA_EV_REGS && ev->regs.arch == SVA_REGS_VTD) {
        regs(c, s, ev);
    } else if (ev->kind == SVA_EV_COMMAND && s->known) {
        command(s, ev);
    } else if (ev->kind == SVA_EV_WAIT_DONE && s->step == WAIT) {
        s->step = NOTHING;
    }
}

static void tick(SvaChecker *c, void *state)
{
    State *s = state;

    if (s->known && s->step != NOTHING && s->unit.enabled &&
        sva_check_clock(c) - s->clock > sva_check_limit(c)) {
        report_flush(c, s, "long after that");
        s->step = NOTHING;
    }
}

const SvaCheckTopic sva_check_topic_vtd_root = {
    .name = "vtd-root",
    .rules = rules,
    .count = RULES,
    .state_size = sizeof(State),
    .event = event,
    .tick = tick,
};
