/*
 * sva-dsa: administrative commands (3.15, 9.2.12)
 *
 * A command is written to CMD, begun in the next slice, and complete when none
 * of the descriptors that it is about is left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "abort.h"
#include "command.h"
#include "config.h"
#include "irq.h"
#include "queue.h"
#include "report.h"
#include "run-queue.h"

/* begin: error code; end: when no descriptor of SvaDsa.filter is left. */
typedef struct Command {
    uint8_t (*begin)(SvaDsa *dsa, uint32_t operand);
    void (*end)(SvaDsa *dsa);
    bool abort;
} Command;

static DsaFilter filter_all(const SvaDsa *dsa)
{
    return (DsaFilter) { .wqs = UINT64_MAX, .before = dsa->seq };
}

/* -- the device -- */

static uint8_t enable_device(SvaDsa *dsa, uint32_t operand G_GNUC_UNUSED)
{
    uint8_t error = sva_dsa_config_check(dsa);

    if (error) {
        return error;
    }
    sva_dsa_config_assign(dsa);
    sva_dsa_queues_lay_out(dsa);
    dsa->state = DSA_ENABLED;
    if (sva_dsa_evl_on(dsa)) {
        dsa->evlsts = 0;
    }
    return DSA_CE_OK;
}

/* Accept nothing any more. */
static void stop_wqs(SvaDsa *dsa, uint64_t wqs)
{
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        if (wqs >> i & 1 && dsa->wq[i].state == DSA_WQ_ENABLED) {
            dsa->wq[i].state = DSA_WQ_DRAINING;
        }
    }
}

static void stop_device(SvaDsa *dsa)
{
    dsa->state = DSA_DRAINING;
    dsa->filter = filter_all(dsa);
    stop_wqs(dsa, UINT64_MAX);
}

static uint8_t disable_device(SvaDsa *dsa, uint32_t operand G_GNUC_UNUSED)
{
    if (dsa->state != DSA_ENABLED) {
        return DSA_CE_DISABLE;
    }
    stop_device(dsa);
    return DSA_CE_OK;
}

static void disable_wqs(SvaDsa *dsa, uint64_t wqs)
{
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        if (wqs >> i & 1) {
            dsa->wq[i].state = DSA_WQ_DISABLED;
        }
    }
}

/* It may have halted in the meantime. */
static void device_disabled(SvaDsa *dsa)
{
    if (dsa->state == DSA_DRAINING) {
        disable_wqs(dsa, UINT64_MAX);
        dsa->state = DSA_DISABLED;
    }
}

static uint8_t reset_device(SvaDsa *dsa, uint32_t operand G_GNUC_UNUSED)
{
    if (dsa->state != DSA_DISABLED) {
        stop_device(dsa);
    }
    return DSA_CE_OK;
}

static void device_is_reset(SvaDsa *dsa)
{
    if (dsa->state != DSA_HALTED) {
        device_disabled(dsa);
        sva_dsa_clear_config(dsa);
    }
}

static uint8_t all_descriptors(SvaDsa *dsa, uint32_t operand G_GNUC_UNUSED)
{
    dsa->filter = filter_all(dsa);
    return DSA_CE_OK;
}

/* -- work queues -- */

static uint8_t enable_wq(SvaDsa *dsa, uint32_t operand)
{
    uint32_t index = operand & 0xff;
    uint8_t error;

    if (index >= dsa->config.wqs) {
        return DSA_CE_WQ_INDEX;
    }
    error = sva_dsa_config_check_wq(dsa, index);
    if (!error) {
        dsa->wq[index].state = DSA_WQ_ENABLED;
        sva_dsa_queue_check_occupancy(dsa, index);
    }
    return error;
}

/* 9.2.12: a bit for each of 16 WQs; false: one of them does not exist. */
static bool operand_wqs(const SvaDsa *dsa, uint32_t operand, uint64_t *wqs)
{
    unsigned first = (operand >> 16 & 0xf) * 16;
    uint64_t bits = operand & 0xffff;

    if (!bits || first + 63 - (unsigned)__builtin_clzll(bits) >=
                 dsa->config.wqs) {
        *wqs = 0;
        return !bits;
    }
    *wqs = bits << first;
    return true;
}

static uint8_t wq_descriptors(SvaDsa *dsa, uint32_t operand, bool enabled)
{
    uint64_t wqs;

    if (!operand_wqs(dsa, operand, &wqs)) {
        return DSA_CE_WQ_INDEX;
    }
    for (unsigned i = 0; enabled && i < dsa->config.wqs; i++) {
        if (wqs >> i & 1 && dsa->wq[i].state != DSA_WQ_ENABLED) {
            return DSA_CE_WQ_NOT_ENABLED;
        }
    }
    dsa->filter = filter_all(dsa);
    dsa->filter.wqs = wqs;
    return DSA_CE_OK;
}

static uint8_t enabled_wq_descriptors(SvaDsa *dsa, uint32_t operand)
{
    return wq_descriptors(dsa, operand, true);
}

static uint8_t stop_some_wqs(SvaDsa *dsa, uint8_t error)
{
    if (!error) {
        stop_wqs(dsa, dsa->filter.wqs);
    }
    return error;
}

static uint8_t disable_wq(SvaDsa *dsa, uint32_t operand)
{
    return stop_some_wqs(dsa, wq_descriptors(dsa, operand, true));
}

static uint8_t reset_wq(SvaDsa *dsa, uint32_t operand)
{
    return stop_some_wqs(dsa, wq_descriptors(dsa, operand, false));
}

static void wqs_disabled(SvaDsa *dsa)
{
    disable_wqs(dsa, dsa->filter.wqs);
}

static void wqs_are_reset(SvaDsa *dsa)
{
    wqs_disabled(dsa);
    for (unsigned i = 0; i < dsa->config.wqs; i++) {
        if (dsa->filter.wqs >> i & 1) {
            sva_dsa_config_clear_wq(dsa, i, true);
        }
    }
}

/* -- a PASID, and handles -- */

static uint8_t pasid_descriptors(SvaDsa *dsa, uint32_t operand)
{
    dsa->filter = filter_all(dsa);
    dsa->filter.pasid = sva_pasid(operand);
    return DSA_CE_OK;
}

static uint8_t request_handle(SvaDsa *dsa, uint32_t operand)
{
    uint16_t handle = 0;
    uint8_t error = sva_dsa_handle_request(dsa, operand, &handle);

    dsa->cmdsts |= (uint32_t)handle << DSA_CMDSTS_RESULT_SHIFT;
    return error;
}

static uint8_t release_handle(SvaDsa *dsa, uint32_t operand)
{
    return sva_dsa_handle_release(dsa, operand);
}

/* -- from the register to the end -- */

static const Command commands[DSA_CMDS] = {
    [DSA_CMD_ENABLE_DEVICE] = { enable_device, NULL, false },
    [DSA_CMD_DISABLE_DEVICE] = { disable_device, device_disabled, false },
    [DSA_CMD_DRAIN_ALL] = { all_descriptors, NULL, false },
    [DSA_CMD_ABORT_ALL] = { all_descriptors, NULL, true },
    [DSA_CMD_RESET_DEVICE] = { reset_device, device_is_reset, true },
    [DSA_CMD_ENABLE_WQ] = { enable_wq, NULL, false },
    [DSA_CMD_DISABLE_WQ] = { disable_wq, wqs_disabled, false },
    [DSA_CMD_DRAIN_WQ] = { enabled_wq_descriptors, NULL, false },
    [DSA_CMD_ABORT_WQ] = { enabled_wq_descriptors, NULL, true },
    [DSA_CMD_RESET_WQ] = { reset_wq, wqs_are_reset, true },
    [DSA_CMD_DRAIN_PASID] = { pasid_descriptors, NULL, false },
    [DSA_CMD_ABORT_PASID] = { pasid_descriptors, NULL, true },
    [DSA_CMD_REQUEST_HANDLE] = { request_handle, NULL, false },
    [DSA_CMD_RELEASE_HANDLE] = { release_handle, NULL, false },
};

uint64_t sva_dsa_cmdcap(const SvaDsa *dsa)
{
    uint64_t bits = (1ull << DSA_CMD_REQUEST_HANDLE) - 2;

    if (dsa->config.int_handles) {
        bits |= 1ull << DSA_CMD_REQUEST_HANDLE |
                1ull << DSA_CMD_RELEASE_HANDLE;
    }
    return bits;
}

static unsigned command_code(const SvaDsa *dsa)
{
    return dsa->cmd >> DSA_CMD_CODE_SHIFT & DSA_CMD_CODE;
}

void sva_dsa_command(SvaDsa *dsa, uint32_t value)
{
    if (dsa->cmdsts & DSA_CMDSTS_ACTIVE) {
        sva_dsa_report_plain(dsa, DSA_SE_CMD_ACTIVE);
        return;
    }
    dsa->cmd = value;
    dsa->cmdsts = DSA_CMDSTS_ACTIVE;
    dsa->cmd_begun = false;
    sva_dsa_arm(dsa, 0);
}

static void command_end(SvaDsa *dsa, uint8_t error)
{
    dsa->cmdsts = (dsa->cmdsts & ~DSA_CMDSTS_ACTIVE) | error;
    dsa->cmd_begun = false;
    if (dsa->cmd & DSA_CMD_INT) {
        sva_dsa_irq_cause(dsa, DSA_INT_CMD);
    }
}

static uint8_t command_begin(SvaDsa *dsa)
{
    unsigned code = command_code(dsa);

    if (!(sva_dsa_cmdcap(dsa) >> code & 1)) {
        return DSA_CE_COMMAND;
    }
    if (dsa->state == DSA_HALTED && code != DSA_CMD_RESET_DEVICE) {
        return DSA_CE_HALTED;
    }
    dsa->filter = (DsaFilter) { 0 };
    return commands[code].begin(dsa, dsa->cmd & DSA_CMD_OPERAND);
}

void sva_dsa_command_step(SvaDsa *dsa)
{
    const Command *command = &commands[command_code(dsa) % DSA_CMDS];

    if (!(dsa->cmdsts & DSA_CMDSTS_ACTIVE)) {
        return;
    }
    if (!dsa->cmd_begun) {
        uint8_t error = command_begin(dsa);

        if (error) {
            command_end(dsa, error);
            return;
        }
        dsa->cmd_begun = true;
        if (command->abort) {
            sva_dsa_abort(dsa, &dsa->filter);
        }
    }
    if (!sva_dsa_busy_with(dsa, &dsa->filter)) {
        if (command->end) {
            command->end(dsa);
        }
        command_end(dsa, DSA_CE_OK);
    }
}

/* The WQs answer Retry from now on, whatever their own state says. */
void sva_dsa_halt(SvaDsa *dsa, uint8_t code)
{
    DsaFilter all = filter_all(dsa);

    dsa->state = DSA_HALTED;
    sva_dsa_abort(dsa, &all);
    sva_dsa_report_plain(dsa, code);
    if (dsa->genctrl & DSA_GENCTRL_HALT_INT) {
        sva_dsa_irq_cause(dsa, DSA_INT_HALT);
    }
    sva_dsa_arm(dsa, 0);
}
