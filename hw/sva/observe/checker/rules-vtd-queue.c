/*
 * Checker: how software uses the invalidation queue of VT-d
 *
 * VT-d rev 5.10, 6.5.2 and 11.4.9.9 (IQEI).  What the unit refuses, and what it
 * takes although software must not ask for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-vtd.h"
#include "vtd-command.h"

enum { INVALID, POINTERS, OFF, STATUS, CODE, RULES };

static const SvaCheckRule rules[RULES] = {
    [INVALID] = {
        "vtd-descriptor-invalid",
        "Each descriptor is of a type and width that the mode of the unit "
        "has, and its reserved fields are 0.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.5.2 and Table 26" },
    },
    [POINTERS] = {
        "vtd-queue-pointers",
        "The tail register names a descriptor in the queue, and the queue is "
        "memory.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 11.4.9.2 and 11.4.9.9" },
    },
    [OFF] = {
        "vtd-devtlb-while-off",
        "Device-TLBs are invalidated only while remapping is enabled.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 4.3" },
    },
    [STATUS] = {
        "vtd-wait-status",
        "The status address of a wait is memory.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 6.5.2.9" },
    },
    [CODE] = {
        "vtd-response-code",
        "The code of a page group response is 0h, 1h or Fh.",
        { [SVA_REGS_VTD] = "VT-d rev 5.10, 7.6.1" },
    },
};

/* IQERCD.IQEI */
static const struct {
    uint8_t rule;
    const char *text;
} errors[] = {
    [1] = { POINTERS, "the tail is outside of the queue" },
    [2] = { POINTERS, "the descriptor could not be read" },
    [3] = { INVALID, "there is no such descriptor, or not in this mode" },
    [4] = { INVALID, "a reserved field is not 0" },
    [5] = { INVALID, "descriptors of this width do not exist in this mode" },
    [6] = { POINTERS, "the tail is amid a descriptor" },
    [7] = { INVALID, "RTADDR.TTM is a mode that the unit does not have" },
};

static void refused(SvaChecker *c, const SvaEvent *ev)
{
    const char *text = "the unit knows why";
    SvaCheckCase facts = { .rule = &rules[INVALID] };

    if (ev->command.code < G_N_ELEMENTS(errors) &&
        errors[ev->command.code].text) {
        facts.rule = &rules[errors[ev->command.code].rule];
        text = errors[ev->command.code].text;
    }
    sva_check_violation(c, &facts,
                        "The queue stopped at descriptor 0x%" PRIx64
                        " 0x%" PRIx64 ": %s (IQEI %u).",
                        ev->command.words[0], ev->command.words[1], text,
                        ev->command.code);
}

static void check_status(SvaChecker *c, const SvaCheckVtdCmd *cmd)
{
    SvaCheckCase facts = { .rule = &rules[STATUS], .pa = cmd->status_addr };
    uint32_t word;

    if (cmd->status_write &&
        !sva_env_read(sva_check_env(c), cmd->status_addr, &word,
                      sizeof(word))) {
        sva_check_violation(c, &facts,
                            "A wait is to write its status to 0x%" PRIx64
                            ", where no memory is.", cmd->status_addr);
    }
}

static void check_devtlb(SvaChecker *c, const SvaCheckVtdUnit *unit,
                         const SvaCheckVtdCmd *cmd)
{
    SvaCheckCase facts = {
        .rule = &rules[OFF], .has_rid = true, .rid = cmd->rid,
        .pasid = cmd->pasid, .addr = cmd->first, .last = cmd->last,
    };

    if (!unit->enabled) {
        sva_check_violation(c, &facts,
                            "A device-TLB was invalidated while TES=0: the "
                            "completion is lost, and the queue waits for it.");
    }
}

static void check_response(SvaChecker *c, const SvaCheckVtdCmd *cmd)
{
    SvaCheckCase facts = {
        .rule = &rules[CODE], .has_rid = true, .rid = cmd->rid,
        .pasid = cmd->pasid,
    };

    if (cmd->code > 1 && cmd->code != 0xf) {
        sva_check_violation(c, &facts,
                            "Group %u was answered with code %xh, which is "
                            "reserved; Response Failure is Fh.", cmd->prgi,
                            cmd->code);
    }
}

static void taken(SvaChecker *c, const SvaEvent *ev)
{
    SvaCheckVtdUnit unit;
    SvaCheckVtdCmd cmd;

    sva_check_vtd_unit(sva_check_regs(c), &unit);
    if (!sva_check_vtd_cmd(&unit, ev->command.words, &cmd)) {
        return;
    }
    switch (cmd.type) {
    case SVA_CHECK_VTD_CMD_WAIT:
        check_status(c, &cmd);
        break;
    case SVA_CHECK_VTD_CMD_DEVTLB:
    case SVA_CHECK_VTD_CMD_P_DEVTLB:
        check_devtlb(c, &unit, &cmd);
        break;
    case SVA_CHECK_VTD_CMD_RESPONSE:
        check_response(c, &cmd);
        break;
    default:
        break;
    }
}

static void event(SvaChecker *c, void *state G_GNUC_UNUSED,
                  const SvaEvent *ev)
{
    if (!sva_check_arch(c) || sva_check_arch_id(c) != SVA_REGS_VTD) {
        return;
    }
    if (ev->kind == SVA_EV_COMMAND) {
        taken(c, ev);
    } else if (ev->kind == SVA_EV_COMMAND_ERROR) {
        refused(c, ev);
    }
}

const SvaCheckTopic sva_check_topic_vtd_queue = {
    .name = "vtd-queue",
    .rules = rules,
    .count = RULES,
    .event = event,
};
