/*
 * sva-smmuv3: how its state is written to a stream, see state.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmstate.h"

static const VMStateDescription smmu_vmstate_ticket = {
    .name = "sva-smmuv3/ticket",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(seq, SvaTicketState),
        VMSTATE_INT64(deadline, SvaTicketState),
        VMSTATE_UINT32(number, SvaTicketState),
        VMSTATE_UINT16(rid, SvaTicketState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription smmu_vmstate_stall = {
    .name = "sva-smmuv3/stall",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(cookie, SvaSmmuStallState),
        VMSTATE_UINT16(rid, SvaSmmuStallState),
        VMSTATE_UINT16(stag, SvaSmmuStallState),
        VMSTATE_END_OF_LIST()
    },
};

/* Before the arrays are read into the room that there is. */
static bool smmu_counts_fit(void *opaque, int version)
{
    SvaSmmuSaved *saved = opaque;

    return saved->tickets.count <= SVA_SMMU_TICKETS &&
           saved->stalls.recorded_count <= SVA_SMMU_STALLS_MAX &&
           saved->stalls.held_count <= SVA_SMMU_HELD_MAX;
}

const VMStateDescription sva_smmu_vmstate = {
    .name = "sva-smmuv3/state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, SvaSmmuSaved),
        VMSTATE_UINT32_ARRAY(regs, SvaSmmuSaved, SVA_SMMU_REG_BYTES / 4),
        VMSTATE_BOOL(sync_waits, SvaSmmuSaved),
        VMSTATE_BOOL(inval_expired, SvaSmmuSaved),
        VMSTATE_UINT64(sync_epoch, SvaSmmuSaved),
        VMSTATE_UINT64_ARRAY(sync, SvaSmmuSaved, 2),
        VMSTATE_UINT64(tickets.next_seq, SvaSmmuSaved),
        VMSTATE_UINT32(tickets.generation, SvaSmmuSaved),
        VMSTATE_UINT32(tickets.count, SvaSmmuSaved),
        VMSTATE_UINT32(stalls.recorded_count, SvaSmmuSaved),
        VMSTATE_UINT32(stalls.held_count, SvaSmmuSaved),
        VMSTATE_VALIDATE("sva-smmuv3: too many pending", smmu_counts_fit),
        VMSTATE_STRUCT_VARRAY_UINT32(open, SvaSmmuSaved, tickets.count, 1,
                                     smmu_vmstate_ticket, SvaTicketState),
        VMSTATE_STRUCT_VARRAY_UINT32(stalls.recorded, SvaSmmuSaved,
                                     stalls.recorded_count, 1,
                                     smmu_vmstate_stall, SvaSmmuStallState),
        VMSTATE_STRUCT_VARRAY_UINT32(stalls.held, SvaSmmuSaved,
                                     stalls.held_count, 1,
                                     smmu_vmstate_stall, SvaSmmuStallState),
        VMSTATE_UINT16_ARRAY(stalls.stags, SvaSmmuSaved, SVA_SMMU_STALLS_MAX),
        VMSTATE_END_OF_LIST()
    },
};
