/*
 * sva-smmuv3: how its state is written to a stream, see state.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmstate.h"

static const VMStateDescription smmu_vmstate_invalidation = {
    .name = "sva-smmuv3/invalidation",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(generation, SvaOutstandingEntry),
        VMSTATE_INT64(deadline, SvaOutstandingEntry),
        VMSTATE_UINT32(itag, SvaOutstandingEntry),
        VMSTATE_UINT16(rid, SvaOutstandingEntry),
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

/* Check the counts before the arrays are read. */
static bool smmu_counts_fit(void *opaque, int version)
{
    SvaSmmuSaved *saved = opaque;

    return saved->atc.table.count <= SVA_ATC_INVAL_MAX &&
           saved->stalls.recorded_count <= SVA_SMMU_STALLS_MAX &&
           saved->stalls.unrecorded_count <= SVA_SMMU_UNRECORDED_MAX;
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
        VMSTATE_UINT64(sync_generation, SvaSmmuSaved),
        VMSTATE_UINT64_ARRAY(sync, SvaSmmuSaved, 2),
        VMSTATE_UINT64(atc.table.next_generation, SvaSmmuSaved),
        VMSTATE_UINT32(atc.table.itag_base, SvaSmmuSaved),
        VMSTATE_UINT32(atc.table.count, SvaSmmuSaved),
        VMSTATE_UINT32(stalls.recorded_count, SvaSmmuSaved),
        VMSTATE_UINT32(stalls.unrecorded_count, SvaSmmuSaved),
        VMSTATE_VALIDATE("sva-smmuv3: too many pending", smmu_counts_fit),
        VMSTATE_STRUCT_VARRAY_UINT32(atc.open, SvaSmmuSaved, atc.table.count, 1,
                                     smmu_vmstate_invalidation,
                                     SvaOutstandingEntry),
        VMSTATE_STRUCT_VARRAY_UINT32(stalls.recorded, SvaSmmuSaved,
                                     stalls.recorded_count, 1,
                                     smmu_vmstate_stall, SvaSmmuStallState),
        VMSTATE_STRUCT_VARRAY_UINT32(stalls.unrecorded, SvaSmmuSaved,
                                     stalls.unrecorded_count, 1,
                                     smmu_vmstate_stall, SvaSmmuStallState),
        VMSTATE_UINT16_ARRAY(stalls.stags, SvaSmmuSaved, SVA_SMMU_STALLS_MAX),
        VMSTATE_END_OF_LIST()
    },
};
