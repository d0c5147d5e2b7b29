/*
 * sva-dsa: the saved state in a migration stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/vmstate.h"
#include "vmstate.h"

static const VMStateDescription dsa_vmstate_entry = {
    .name = "sva-dsa/entry",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_BUFFER(desc, DsaEntrySaved),
        VMSTATE_UINT64(seq, DsaEntrySaved),
        VMSTATE_UINT8(portal, DsaEntrySaved),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription dsa_vmstate_wq = {
    .name = "sva-dsa/wq",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(cfg, DsaWqSaved, DSA_WQ_WORDS),
        VMSTATE_UINT32(count, DsaWqSaved),
        VMSTATE_UINT8(state, DsaWqSaved),
        VMSTATE_UINT8(turns, DsaWqSaved),
        VMSTATE_END_OF_LIST()
    },
};

static bool slot_in_use(void *opaque, int version)
{
    return ((DsaSlotSaved *)opaque)->phase != DSA_SLOT_IDLE;
}

static const VMStateDescription dsa_vmstate_slot = {
    .name = "sva-dsa/slot",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(phase, DsaSlotSaved),
        VMSTATE_UINT8(wq, DsaSlotSaved),
        VMSTATE_UINT8(portal, DsaSlotSaved),
        VMSTATE_UINT8(status, DsaSlotSaved),
        VMSTATE_UINT8(operand, DsaSlotSaved),
        VMSTATE_UINT8(part, DsaSlotSaved),
        VMSTATE_UINT8(event, DsaSlotSaved),
        VMSTATE_UINT8(xfer_operand, DsaSlotSaved),
        VMSTATE_UINT8(xfer_mode, DsaSlotSaved),
        VMSTATE_UINT8(op_part, DsaSlotSaved),
        VMSTATE_UINT8(op_result, DsaSlotSaved),
        VMSTATE_UINT32(flags, DsaSlotSaved),
        VMSTATE_UINT32(pasid, DsaSlotSaved),
        VMSTATE_UINT32(batch_index, DsaSlotSaved),
        VMSTATE_UINT32(bad_flags, DsaSlotSaved),
        VMSTATE_UINT32(xfer_offset, DsaSlotSaved),
        VMSTATE_UINT32(xfer_len, DsaSlotSaved),
        VMSTATE_UINT32(xfer_done, DsaSlotSaved),
        VMSTATE_UINT32(op_pos, DsaSlotSaved),
        VMSTATE_UINT32(op_out, DsaSlotSaved),
        VMSTATE_UINT32(op_step, DsaSlotSaved),
        VMSTATE_UINT32(op_count, DsaSlotSaved),
        VMSTATE_UINT32_ARRAY(ref, DsaSlotSaved, 2),
        VMSTATE_UINT16_ARRAY(app, DsaSlotSaved, 2),
        VMSTATE_UINT32(xfer_pasid, DsaSlotSaved),
        VMSTATE_UINT32_ARRAY(domain_pasid, DsaSlotSaved, 2),
        VMSTATE_UINT16_ARRAY(domain_handle, DsaSlotSaved, 2),
        VMSTATE_UINT16(fault_handle, DsaSlotSaved),
        VMSTATE_UINT64_ARRAY(domain_shift, DsaSlotSaved, 2),
        VMSTATE_UINT64(seq, DsaSlotSaved),
        VMSTATE_UINT64(fault_addr, DsaSlotSaved),
        VMSTATE_UINT64(xfer_addr, DsaSlotSaved),
        VMSTATE_UINT64(crc, DsaSlotSaved),
        VMSTATE_SVA_PAGE_GROUP(group, DsaSlotSaved),
        VMSTATE_UINT8(stage, DsaSlotSaved),
        VMSTATE_UINT8(passed, DsaSlotSaved),
        VMSTATE_UINT8(retries, DsaSlotSaved),
        VMSTATE_UINT8(code, DsaSlotSaved),
        VMSTATE_UINT8(action, DsaSlotSaved),
        VMSTATE_UINT32(cookie, DsaSlotSaved),
        VMSTATE_BUFFER_TEST(raw, DsaSlotSaved, slot_in_use),
        VMSTATE_BUFFER_TEST(batch, DsaSlotSaved, slot_in_use),
        VMSTATE_BUFFER_TEST(buf, DsaSlotSaved, slot_in_use),
        VMSTATE_END_OF_LIST()
    },
};

/* Before the slots and the entries are read into the room that there is. */
static bool dsa_slots_fit(void *opaque, int version)
{
    SvaDsaSaved *saved = opaque;

    return (uint64_t)saved->options[2] * DSA_ENGINE_SLOTS == saved->slots;
}

static bool dsa_entries_fit(void *opaque, int version)
{
    return ((SvaDsaSaved *)opaque)->entry_count <= DSA_WQ_SIZE_MAX;
}

const VMStateDescription sva_dsa_vmstate = {
    .name = "sva-dsa/state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version, SvaDsaSaved),
        VMSTATE_UINT32_ARRAY(options, SvaDsaSaved, SVA_DSA_OPTIONS),
        VMSTATE_VALIDATE("sva-dsa: other engines", dsa_slots_fit),
        VMSTATE_UINT32(fn.flags, SvaDsaSaved),
        VMSTATE_UINT32(fn.stall_seq, SvaDsaSaved),
        VMSTATE_SVA_LATE_INVALS(fn, SvaDsaSaved),
        VMSTATE_SVA_PRG(fn, SvaDsaSaved),
        VMSTATE_UINT32(fn.waiting_count, SvaDsaSaved),
        VMSTATE_UINT16_ARRAY(fn.waiting, SvaDsaSaved,
                             SVA_FUNCTION_ACCESSES_MAX),
        VMSTATE_UINT32(flags, SvaDsaSaved),
        VMSTATE_UINT32(gencfg, SvaDsaSaved),
        VMSTATE_UINT32(genctrl, SvaDsaSaved),
        VMSTATE_UINT32(intcause, SvaDsaSaved),
        VMSTATE_UINT32(cmd, SvaDsaSaved),
        VMSTATE_UINT32(cmdsts, SvaDsaSaved),
        VMSTATE_UINT32(filter_pasid, SvaDsaSaved),
        VMSTATE_UINT64(filter_wqs, SvaDsaSaved),
        VMSTATE_UINT64(filter_before, SvaDsaSaved),
        VMSTATE_UINT64_ARRAY(swerr, SvaDsaSaved, 4),
        VMSTATE_UINT64_ARRAY(evlcfg, SvaDsaSaved, 2),
        VMSTATE_UINT64(evlsts, SvaDsaSaved),
        VMSTATE_UINT64(seq, SvaDsaSaved),
        VMSTATE_UINT64_ARRAY(counter, SvaDsaSaved, DSA_COUNTERS),
        VMSTATE_UINT8(state, SvaDsaSaved),
        VMSTATE_UINT8_ARRAY(handle_given, SvaDsaSaved, DSA_VECTORS_MAX),
        VMSTATE_UINT8_ARRAY(next_wq, SvaDsaSaved, DSA_GROUPS_MAX),
        VMSTATE_UINT32_ARRAY(msixperm, SvaDsaSaved, DSA_VECTORS_MAX),
        VMSTATE_UINT64_ARRAY(idpt, SvaDsaSaved,
                             DSA_IDPT_ENTRIES * DSA_IDPT_WORDS),
        VMSTATE_UINT64_ARRAY(grpcfg, SvaDsaSaved,
                             DSA_GROUPS_MAX * DSA_GRP_WORDS),
        VMSTATE_STRUCT_ARRAY(wq, SvaDsaSaved, DSA_WQS_MAX, 1,
                             dsa_vmstate_wq, DsaWqSaved),
        VMSTATE_UINT32(entry_count, SvaDsaSaved),
        VMSTATE_VALIDATE("sva-dsa: too many descriptors", dsa_entries_fit),
        VMSTATE_STRUCT_VARRAY_UINT32(entries, SvaDsaSaved, entry_count, 1,
                                     dsa_vmstate_entry, DsaEntrySaved),
        VMSTATE_STRUCT_VARRAY_UINT32(slot, SvaDsaSaved, slots, 1,
                                     dsa_vmstate_slot, DsaSlotSaved),
        VMSTATE_END_OF_LIST()
    },
};
