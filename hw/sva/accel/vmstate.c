/*
 * sva-accel: the saved state in a migration stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/vmstate.h"
#include "vmstate.h"

static bool accel_has_data(void *opaque, int version)
{
    return ((SvaCtxSaved *)opaque)->part == 1;
}

static const VMStateDescription accel_vmstate_ctx = {
    .name = "sva-accel/context",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(reg, SvaCtxSaved, SVA_CTX_COUNTERS / 4),
        VMSTATE_UINT64_ARRAY(counter, SvaCtxSaved, SVA_CNT_CTX_MAX),
        VMSTATE_UINT32(head, SvaCtxSaved),
        VMSTATE_UINT32(tail, SvaCtxSaved),
        VMSTATE_UINT32(cmd_status, SvaCtxSaved),
        VMSTATE_UINT32(probe_status, SvaCtxSaved),
        VMSTATE_UINT32(err_status, SvaCtxSaved),
        VMSTATE_UINT32(err_id, SvaCtxSaved),
        VMSTATE_UINT64(err_addr, SvaCtxSaved),
        VMSTATE_UINT64(wait_left, SvaCtxSaved),
        VMSTATE_UINT64(stop_left, SvaCtxSaved),
        VMSTATE_UINT64(bw_left, SvaCtxSaved),
        VMSTATE_UINT8(state, SvaCtxSaved),
        VMSTATE_UINT8(held, SvaCtxSaved),
        VMSTATE_UINT8(stop, SvaCtxSaved),
        VMSTATE_UINT8(delayed_stop, SvaCtxSaved),
        VMSTATE_UINT8(wait, SvaCtxSaved),
        VMSTATE_UINT8(flags, SvaCtxSaved),
        VMSTATE_SVA_PAGE_GROUP(group, SvaCtxSaved),
        VMSTATE_SVA_PAGE_GROUP(probe, SvaCtxSaved),
        VMSTATE_UINT8(phase, SvaCtxSaved),
        VMSTATE_UINT8(part, SvaCtxSaved),
        VMSTATE_UINT8(cpl_part, SvaCtxSaved),
        VMSTATE_UINT8(status, SvaCtxSaved),
        VMSTATE_UINT64(offset, SvaCtxSaved),
        VMSTATE_UINT64(round, SvaCtxSaved),
        VMSTATE_UINT64(bytes, SvaCtxSaved),
        VMSTATE_UINT64(fault_addr, SvaCtxSaved),
        VMSTATE_UINT64(result, SvaCtxSaved),
        VMSTATE_UINT8(stage, SvaCtxSaved),
        VMSTATE_UINT8(passed, SvaCtxSaved),
        VMSTATE_UINT8(retries, SvaCtxSaved),
        VMSTATE_UINT8(code, SvaCtxSaved),
        VMSTATE_UINT8(action, SvaCtxSaved),
        VMSTATE_UINT32(stall_cookie, SvaCtxSaved),
        VMSTATE_BUFFER(desc, SvaCtxSaved),
        VMSTATE_BUFFER_TEST(data, SvaCtxSaved, accel_has_data),
        VMSTATE_END_OF_LIST()
    },
};

/* Before the contexts are read into the room that there is. */
static bool accel_contexts_fit(void *opaque, int version)
{
    SvaAccelSaved *saved = opaque;

    return saved->options[0] == saved->contexts;
}

const VMStateDescription sva_accel_vmstate = {
    .name = "sva-accel/state",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, SvaAccelSaved),
        VMSTATE_UINT32_ARRAY(options, SvaAccelSaved, 3),
        VMSTATE_VALIDATE("sva-accel: other contexts", accel_contexts_fit),
        VMSTATE_UINT32(fn.flags, SvaAccelSaved),
        VMSTATE_UINT32(irq_cause, SvaAccelSaved),
        VMSTATE_UINT32(irq_mask, SvaAccelSaved),
        VMSTATE_UINT32(inject, SvaAccelSaved),
        VMSTATE_UINT32(inval_delay, SvaAccelSaved),
        VMSTATE_UINT32(fn.stall_seq, SvaAccelSaved),
        VMSTATE_SVA_LATE_INVALS(fn, SvaAccelSaved),
        VMSTATE_UINT64_ARRAY(counter, SvaAccelSaved, SVA_CNT_MAX),
        VMSTATE_SVA_PRG(fn, SvaAccelSaved),
        VMSTATE_UINT32(run_count, SvaAccelSaved),
        VMSTATE_UINT32(fn.waiting_count, SvaAccelSaved),
        VMSTATE_UINT16_ARRAY(run, SvaAccelSaved, SVA_ACCEL_CONTEXTS_MAX),
        VMSTATE_UINT16_ARRAY(fn.waiting, SvaAccelSaved,
                             SVA_FUNCTION_ACCESSES_MAX),
        VMSTATE_STRUCT_VARRAY_UINT32(ctx, SvaAccelSaved, contexts, 1,
                                     accel_vmstate_ctx, SvaCtxSaved),
        VMSTATE_END_OF_LIST()
    },
};
