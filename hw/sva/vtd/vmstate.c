/*
 * sva-vtd: how its state is written to a stream, see state.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmstate.h"

static const VMStateDescription vtd_vmstate_invalidation = {
    .name = "sva-vtd/invalidation",
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

static const VMStateDescription vtd_vmstate_wait = {
    .name = "sva-vtd/wait",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(generation, SvaVtdWait),
        VMSTATE_UINT64(addr, SvaVtdWait),
        VMSTATE_UINT64(raw, SvaVtdWait),
        VMSTATE_UINT32(data, SvaVtdWait),
        VMSTATE_BOOL(status_write, SvaVtdWait),
        VMSTATE_BOOL(interrupt, SvaVtdWait),
        VMSTATE_BOOL(fence, SvaVtdWait),
        VMSTATE_BOOL(page_drain, SvaVtdWait),
        VMSTATE_END_OF_LIST()
    },
};

/* Checked before the arrays are loaded. */
static bool vtd_counts_fit(void *opaque, int version)
{
    SvaVtdSaved *saved = opaque;

    return saved->atc.table.count <= SVA_ATC_INVAL_MAX &&
           saved->wait_count <= SVA_VTD_WAITS;
}

const VMStateDescription sva_vtd_vmstate = {
    .name = "sva-vtd/state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, SvaVtdSaved),
        VMSTATE_UINT32_ARRAY(regs, SvaVtdSaved, SVA_VTD_REG_BYTES / 4),
        VMSTATE_UINT64(root, SvaVtdSaved),
        VMSTATE_UINT64(irta, SvaVtdSaved),
        VMSTATE_UINT32(irta_entries, SvaVtdSaved),
        VMSTATE_UINT64(iq_base, SvaVtdSaved),
        VMSTATE_UINT8(iq_size_log2, SvaVtdSaved),
        VMSTATE_UINT8(iq_entry_log2, SvaVtdSaved),
        VMSTATE_BOOL(iq_stopping, SvaVtdSaved),
        VMSTATE_UINT8(fault_next, SvaVtdSaved),
        VMSTATE_UINT64(atc.table.next_generation, SvaVtdSaved),
        VMSTATE_UINT32(atc.table.itag_base, SvaVtdSaved),
        VMSTATE_UINT32(atc.table.count, SvaVtdSaved),
        VMSTATE_UINT32(wait_count, SvaVtdSaved),
        VMSTATE_VALIDATE("sva-vtd: too many pending", vtd_counts_fit),
        VMSTATE_STRUCT_VARRAY_UINT32(atc.open, SvaVtdSaved, atc.table.count, 1,
                                     vtd_vmstate_invalidation,
                                     SvaOutstandingEntry),
        VMSTATE_STRUCT_VARRAY_UINT32(waits, SvaVtdSaved, wait_count, 1,
                                     vtd_vmstate_wait, SvaVtdWait),
        VMSTATE_END_OF_LIST()
    },
};
