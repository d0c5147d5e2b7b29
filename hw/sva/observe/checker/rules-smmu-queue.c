/*
 * Checker: rules about the command queue of an SMMUv3
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-smmu.h"
#include "smmu-command.h"
#include "violation.h"

enum {
    ILLEGAL,
    UNSYNCED,
};

static const SvaCheckRule rules[] = {
    [ILLEGAL] = {
        "smmu-command-illegal",
        "The command queue holds commands that the unit has, with legal "
        "fields.",
        { [SVA_REGS_SMMUV3] = "IHI 0070 G.b, 4.1.3" },
    },
    [UNSYNCED] = {
        "smmu-command-unsynced",
        "An invalidation is followed by a CMD_SYNC.",
        { [SVA_REGS_SMMUV3] = "IHI 0070 G.b, 3.21.1, 3.21.3, 4.7.3" },
    },
};

/*
 * @since: first invalidation that no CMD_SYNC follows; @seq: 0: there is none;
 * @clock: then, of sva_check_clock()
 */
typedef struct State {
    uint64_t seq;
    int64_t since;
    int64_t clock;
    uint64_t words[2];
} State;

static bool invalidates(const SvaCheckSmmuCommand *cmd)
{
    return cmd->kind == SVA_CHECK_SMMU_CFGI ||
           cmd->kind == SVA_CHECK_SMMU_TLBI ||
           cmd->kind == SVA_CHECK_SMMU_ATC_INV;
}

/* The unit took it: if it may not, the fault is not with software. */
static void blame_model(SvaChecker *c, const SvaEvent *event,
                        const char *name, const char *why)
{
    SvaCheckCase facts = {
        .rule = &rules[ILLEGAL], .culprit = SVA_CULPRIT_MODEL,
    };

    sva_check_violation(c, &facts, "The unit executed %s (0x%" PRIx64
                        " 0x%" PRIx64 "), which is illegal: %s.", name,
                        event->command.words[0], event->command.words[1],
                        why);
}

static void take_command(SvaChecker *c, State *s, const SvaEvent *event)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuCommand cmd;
    const char *why;

    sva_check_smmu_unit(sva_check_regs(c), &unit);
    why = sva_check_smmu_command(&unit, event->command.words, &cmd);
    if (why) {
        blame_model(c, event, cmd.name, why);
    } else if (cmd.kind == SVA_CHECK_SMMU_SYNC) {
        s->seq = 0;
    } else if (invalidates(&cmd) && !s->seq) {
        s->seq = event->seq;
        s->since = sva_check_now(c);
        s->clock = sva_check_clock(c);
        memcpy(s->words, event->command.words, sizeof(s->words));
    }
}

#define CERROR_ILL 1

static void take_error(SvaChecker *c, const SvaEvent *event)
{
    SvaCheckCase facts = {
        .rule = &rules[ILLEGAL], .culprit = SVA_CULPRIT_KERNEL,
    };
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuCommand cmd;
    const char *why;

    if (event->command.code != CERROR_ILL) {
        return;                 /* memory, or a function, is at fault */
    }
    sva_check_smmu_unit(sva_check_regs(c), &unit);
    why = sva_check_smmu_command(&unit, event->command.words, &cmd);
    if (!why) {
        facts.culprit = SVA_CULPRIT_MODEL;
        why = "it is legal";
    }
    sva_check_violation(c, &facts, "CERROR_ILL for %s (0x%" PRIx64
                        " 0x%" PRIx64 "): %s.", cmd.name,
                        event->command.words[0],
                        event->command.words[1], why);
}

static void on_event(SvaChecker *c, void *state, const SvaEvent *event)
{
    State *s = state;

    if (sva_check_arch_id(c) != SVA_REGS_SMMUV3) {
        return;
    }
    if (event->kind == SVA_EV_COMMAND) {
        take_command(c, s, event);
    } else if (event->kind == SVA_EV_COMMAND_ERROR) {
        take_error(c, event);
    } else if (event->kind == SVA_EV_RESET) {
        s->seq = 0;
    }
}

static void on_tick(SvaChecker *c, void *state)
{
    SvaCheckCase facts = {
        .rule = &rules[UNSYNCED], .culprit = SVA_CULPRIT_KERNEL,
        .owed = "CMD_SYNC",
    };
    State *s = state;

    if (!s->seq || sva_check_clock(c) - s->clock <= sva_check_limit(c)) {
        return;
    }
    s->seq = 0;
    facts.since = s->since;
    sva_check_violation(c, &facts, "No CMD_SYNC came behind the invalidation "
                        "0x%" PRIx64 " 0x%" PRIx64 " for %" PRId64 " ms: "
                        "nothing says that it is done.", s->words[0],
                        s->words[1],
                        (sva_check_now(c) - s->since) / 1000000);
}

const SvaCheckTopic sva_check_topic_smmu_queue = {
    .name = "smmu-queue",
    .rules = rules,
    .count = G_N_ELEMENTS(rules),
    .state_size = sizeof(State),
    .event = on_event,
    .tick = on_tick,
};
