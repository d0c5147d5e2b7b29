/*
 * sva-dsa: how the completion of a descriptor is told
 *
 * By its record, by an entry of the event log or by SWERR, and by an
 * interrupt (3.6, 5.8.1, 5.9, 8.2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "completion.h"
#include "irq.h"
#include "operation.h"
#include "report.h"

/* The record from its second word on is written first, its status last. */
#define RECORD_TAIL 8u

/* -- the record (8.2) -- */

/* 8.2.4: of an operation that is complete only if it tells where it ended. */
static uint32_t bytes_completed(const DsaSlot *slot)
{
    unsigned op = slot->desc.op;

    if (op == DSA_OP_BATCH) {
        return slot->batch_index;
    }
    if (!dsa_status_good(slot->status)) {
        return slot->op.pos;
    }
    if (op == DSA_OP_COMPARE || op == DSA_OP_COMPARE_PATTERN ||
        op == DSA_OP_DOMAIN_COMPARE || op == DSA_OP_DOMAIN_PATTERN) {
        return slot->op.result ? slot->op.pos : 0;
    }
    return op == DSA_OP_CREATE_DELTA && slot->op.result == 2 ? slot->op.pos
                                                             : 0;
}

/* Was the descriptor executed, so that it has a result? */
static bool executed(const DsaSlot *slot)
{
    uint8_t code = slot->status & ~DSA_ST_WRITE;

    return code <= DSA_ST_DIF_ERROR && slot->desc.op != DSA_OP_BATCH;
}

static void corrupt_result(const DsaSlot *slot, uint8_t *record)
{
    if (executed(slot) && sva_dsa_desc_has_result(&slot->desc)) {
        record[sva_dsa_op(slot->desc.op)->fill_record ? 16 : 1] ^= 1;
    }
}

static void make_record(const DsaSlot *slot)
{
    uint8_t *record = slot->buf + DSA_BUF_RECORD;

    memset(record, 0, DSA_RECORD_BYTES);
    record[0] = slot->status;
    record[1] = slot->desc.op == DSA_OP_BATCH ? slot->batch_failed
                                              : slot->op.result;
    record[2] = (uint8_t)(slot->operand << 1) | slot->fault_masked;
    dsa_put32(record + 4, bytes_completed(slot));
    dsa_put64(record + 8, slot->fault_addr);
    if (slot->fault_handle) {
        dsa_put16(record + 16, slot->fault_handle);
    } else if (slot->status == DSA_ST_BAD_FLAGS) {
        dsa_put32(record + 16, slot->bad_flags);
    } else if (executed(slot) && sva_dsa_op(slot->desc.op)->fill_record) {
        sva_dsa_op(slot->desc.op)->fill_record(slot, record + 16);
    }
    if (slot->dsa->config.corrupt) {
        corrupt_result(slot, record);
    }
}

static void write_record(DsaSlot *slot)
{
    bool first = slot->part == 0;

    sva_dsa_write_mem(slot, slot->desc.cr + (first ? RECORD_TAIL : 0),
                      DSA_BUF_RECORD + (first ? RECORD_TAIL : 0),
                      first ? DSA_RECORD_BYTES - RECORD_TAIL : RECORD_TAIL,
                      DSA_OPERAND_CR);
    sva_dsa_transfer_blocks(slot);
}

/* -- what is to be told, and how -- */

static void tell_event(DsaSlot *slot, uint8_t code, bool record)
{
    slot->event = code;
    slot->event_record = record;
    slot->event_first = record && slot->in_batch && !slot->batch_event;
    slot->phase = DSA_SLOT_EVENT_WAIT;
}

/* 5.8.1: the record is no place for these. */
static bool record_unusable(const DsaSlot *slot)
{
    return slot->status == DSA_ST_CR_ALIGN || slot->status == DSA_ST_PRIV ||
           !(slot->desc.flags & DSA_FLAG_CR_VALID);
}

/* 5.9: completions that software has to deliver. */
static uint8_t delegated(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;

    if (!sva_dsa_evl_on(slot->dsa)) {
        return 0;
    }
    if (desc->op == DSA_OP_DRAIN && slot->status == DSA_ST_SUCCESS &&
        !sva_dsa_prs_on(slot)) {
        return DSA_ST_DRAIN_EVENT;
    }
    return desc->op == DSA_OP_BATCH && !slot->in_batch &&
           slot->batch_event &&
           (desc->flags & (DSA_FLAG_CR_REQUEST | DSA_FLAG_INT_REQUEST) ||
            !dsa_status_good(slot->status)) ? DSA_ST_BATCH_EVENT : 0;
}

void sva_dsa_completion_begin(DsaSlot *slot)
{
    bool good = dsa_status_good(slot->status);
    uint8_t code = delegated(slot);

    slot->event = 0;
    slot->event_record = false;
    slot->event_first = false;
    slot->part = 0;
    make_record(slot);
    if (code) {
        tell_event(slot, code, slot->desc.flags & DSA_FLAG_CR_VALID &&
                               (slot->desc.flags & DSA_FLAG_CR_REQUEST ||
                                !good));
    } else if (!good && record_unusable(slot)) {
        tell_event(slot, slot->status & ~DSA_ST_WRITE, false);
    } else if (slot->desc.flags & DSA_FLAG_CR_VALID &&
               (slot->desc.flags & DSA_FLAG_CR_REQUEST || !good)) {
        slot->phase = DSA_SLOT_RECORD;
        write_record(slot);
    } else {
        slot->phase = DSA_SLOT_TOLD;
    }
}

/* -- telling it -- */

static void record_failed(DsaSlot *slot)
{
    uint8_t code = sva_dsa_transfer_status(slot) & ~DSA_ST_WRITE;

    if (code == DSA_ST_PAGE_FAULT || code == DSA_ST_PAGE_REFUSED) {
        tell_event(slot, DSA_ST_CR_FAULT, true);
        slot->batch_event |= slot->in_batch && sva_dsa_evl_on(slot->dsa);
    } else {
        tell_event(slot, code, false);
    }
}

/* Table 5-1: these are in the record, and reported besides. */
static void record_written(DsaSlot *slot)
{
    if (slot->part == 0) {
        slot->part = 1;
        write_record(slot);
    } else if (slot->status == DSA_ST_BAD_HANDLE ||
               slot->status == DSA_ST_TRANSLATION) {
        tell_event(slot, slot->status, false);
    } else {
        slot->phase = DSA_SLOT_TOLD;
    }
}

/* Without the log there is one register for it. */
static bool event_wait_step(DsaSlot *slot)
{
    if (!sva_dsa_evl_on(slot->dsa)) {
        sva_dsa_report_slot(slot);
        slot->phase = DSA_SLOT_TOLD;
        return true;
    }
    if (!sva_dsa_event_begin(slot)) {
        return false;
    }
    slot->phase = DSA_SLOT_EVENT;
    sva_dsa_write_mem(slot, sva_dsa_event_addr(slot->dsa), DSA_BUF_EVENT,
                      DSA_EVENT_BYTES, DSA_OPERAND_UNKNOWN);
    slot->xfer.event = true;
    return true;
}

static void event_over(DsaSlot *slot)
{
    slot->phase = DSA_SLOT_TOLD;
    slot->dsa->kick = true;
}

static void event_written(DsaSlot *slot)
{
    sva_dsa_event_written(slot);
    event_over(slot);
}

static void event_failed(DsaSlot *slot)
{
    sva_dsa_report_plain(slot->dsa, DSA_SE_EVL);
    event_over(slot);
}

bool sva_dsa_completion_step(DsaSlot *slot)
{
    switch (slot->phase) {
    case DSA_SLOT_RECORD:
        return sva_dsa_transfer_step(slot, record_written, record_failed);
    case DSA_SLOT_EVENT_WAIT:
        return event_wait_step(slot);
    case DSA_SLOT_EVENT:
    default:
        return sva_dsa_transfer_step(slot, event_written, event_failed);
    }
}
