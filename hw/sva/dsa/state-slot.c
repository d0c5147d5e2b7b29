/*
 * sva-dsa: saving and restoring a slot with its descriptor
 *
 * An access that was begun is begun again from what the transfer says, and put
 * back to the stage it was in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "job.h"
#include "operation.h"
#include "queue.h"
#include "state.h"

/* -- saving -- */

static uint32_t flags_save(const DsaSlot *slot)
{
    const DsaTransfer *xfer = &slot->xfer;

    return (slot->quit ? DSA_SAVED_QUIT : 0) |
           (slot->priv ? DSA_SAVED_PRIV : 0) |
           (slot->in_batch ? DSA_SAVED_IN_BATCH : 0) |
           (slot->batch_failed ? DSA_SAVED_BATCH_FAILED : 0) |
           (slot->batch_event ? DSA_SAVED_BATCH_EVENT : 0) |
           (slot->event_record ? DSA_SAVED_EVENT_RECORD : 0) |
           (slot->event_first ? DSA_SAVED_EVENT_FIRST : 0) |
           (xfer->write ? DSA_SAVED_XFER_WRITE : 0) |
           (xfer->block ? DSA_SAVED_XFER_BLOCK : 0) |
           (xfer->event ? DSA_SAVED_XFER_EVENT : 0) |
           (xfer->active ? DSA_SAVED_XFER_ACTIVE : 0) |
           (slot->op.reverse ? DSA_SAVED_REVERSE : 0) |
           (slot->fault_masked ? DSA_SAVED_FAULT_MASKED : 0) |
           (slot->domain[0].masked ? DSA_SAVED_MASKED(0) : 0) |
           (slot->domain[1].masked ? DSA_SAVED_MASKED(1) : 0);
}

static void xfer_save(const DsaSlot *slot, DsaSlotSaved *out)
{
    const DsaTransfer *xfer = &slot->xfer;
    SvaMemAccessSaved access;

    out->xfer_addr = xfer->addr;
    out->xfer_pasid = dsa_pasid_save(xfer->pasid);
    out->xfer_offset = xfer->offset;
    out->xfer_len = xfer->len;
    out->xfer_done = xfer->done;
    out->xfer_operand = xfer->operand;
    if (!xfer->active) {
        return;
    }
    sva_mem_access_save(&slot->access, &access);
    out->xfer_mode = xfer->mode;
    out->stage = access.stage;
    out->passed = access.passed;
    out->retries = access.retries;
    out->code = access.code;
    out->action = access.action;
    out->flags |= access.alone ? DSA_SAVED_ALONE : 0;
    if (access.stage == SVA_ACCESS_STALLED) {
        out->cookie = access.cookie;
    }
}

static void op_save(const DsaOpState *op, DsaSlotSaved *out)
{
    out->op_part = op->part;
    out->op_result = op->result;
    out->op_pos = op->pos;
    out->op_out = op->out;
    out->op_step = op->step;
    out->op_count = op->count;
    out->crc = op->crc;
    for (unsigned side = 0; side < 2; side++) {
        out->ref[side] = op->tag[side].ref;
        out->app[side] = op->tag[side].app;
    }
}

static void domain_save(const DsaSlot *slot, DsaSlotSaved *out)
{
    for (unsigned side = 0; side < 2; side++) {
        const DsaDomain *domain = &slot->domain[side];

        out->domain_pasid[side] = dsa_pasid_save(domain->pasid);
        out->domain_handle[side] = domain->handle;
        out->domain_shift[side] = domain->shift;
    }
    out->fault_handle = slot->fault_handle;
}

void sva_dsa_slot_save(const DsaSlot *slot, DsaSlotSaved *out)
{
    if (slot->phase == DSA_SLOT_IDLE) {
        return;
    }
    out->phase = slot->phase;
    out->wq = slot->wq;
    out->portal = slot->portal;
    out->status = slot->status;
    out->operand = slot->operand;
    out->part = slot->part;
    out->event = slot->event;
    out->flags = flags_save(slot);
    out->pasid = dsa_pasid_save(slot->pasid);
    out->batch_index = slot->batch_index;
    out->bad_flags = slot->bad_flags;
    out->seq = slot->seq;
    out->fault_addr = slot->fault_addr;
    memcpy(out->raw, slot->raw, sizeof(out->raw));
    memcpy(out->batch, slot->batch, sizeof(out->batch));
    memcpy(out->buf, slot->buf, sizeof(out->buf));
    op_save(&slot->op, out);
    domain_save(slot, out);
    xfer_save(slot, out);
    sva_page_group_save(&slot->access.group, &out->group);
}

/* -- restoring -- */

static void op_load(DsaSlot *slot, const DsaSlotSaved *in)
{
    slot->op = (DsaOpState) {
        .part = in->op_part,
        .result = in->op_result,
        .reverse = in->flags & DSA_SAVED_REVERSE,
        .pos = in->op_pos,
        .out = in->op_out,
        .step = in->op_step,
        .count = in->op_count,
        .crc = in->crc,
    };
    for (unsigned side = 0; side < 2; side++) {
        slot->op.tag[side].ref = in->ref[side];
        slot->op.tag[side].app = in->app[side];
    }
}

static bool domain_load(DsaSlot *slot, const DsaSlotSaved *in)
{
    bool good = true;

    for (unsigned side = 0; side < 2; side++) {
        DsaDomain *domain = &slot->domain[side];

        good &= dsa_pasid_load(in->domain_pasid[side], &domain->pasid);
        domain->handle = in->domain_handle[side];
        domain->shift = in->domain_shift[side];
        domain->masked = in->flags & DSA_SAVED_MASKED(side);
    }
    slot->fault_handle = in->fault_handle;
    slot->fault_masked = in->flags & DSA_SAVED_FAULT_MASKED;
    return good;
}

static bool members_load(DsaSlot *slot, const DsaSlotSaved *in)
{
    slot->phase = in->phase;
    slot->wq = in->wq;
    slot->portal = in->portal;
    slot->status = in->status;
    slot->operand = in->operand;
    slot->part = in->part;
    slot->event = in->event;
    slot->quit = in->flags & DSA_SAVED_QUIT;
    slot->priv = in->flags & DSA_SAVED_PRIV;
    slot->in_batch = in->flags & DSA_SAVED_IN_BATCH;
    slot->batch_failed = in->flags & DSA_SAVED_BATCH_FAILED;
    slot->batch_event = in->flags & DSA_SAVED_BATCH_EVENT;
    slot->event_record = in->flags & DSA_SAVED_EVENT_RECORD;
    slot->event_first = in->flags & DSA_SAVED_EVENT_FIRST;
    slot->batch_index = in->batch_index;
    slot->bad_flags = in->bad_flags;
    slot->seq = in->seq;
    slot->fault_addr = in->fault_addr;
    memcpy(slot->raw, in->raw, sizeof(slot->raw));
    memcpy(slot->batch, in->batch, sizeof(slot->batch));
    memcpy(slot->buf, in->buf, sizeof(in->buf));
    op_load(slot, in);
    sva_dsa_desc_decode(slot);
    return dsa_pasid_load(in->pasid, &slot->pasid) && domain_load(slot, in);
}

static bool is_batch_slot(const DsaSlot *slot)
{
    return slot->index % DSA_ENGINE_SLOTS >= DSA_WORK_SLOTS;
}

/* The batch that a slot is for, or is done with. */
static bool batch_possible(const DsaSlot *slot)
{
    const uint8_t *batch = slot->in_batch ? slot->batch : slot->raw;
    uint32_t count = dsa_get32(batch + 32);

    if (!is_batch_slot(slot)) {
        return !slot->in_batch && !slot->batch_index &&
               slot->desc.op != DSA_OP_BATCH;
    }
    if (batch[7] != DSA_OP_BATCH) {
        return false;
    }
    return slot->in_batch
           ? slot->batch_index < count && count <= 1u << DSA_BATCH_SHIFT_MAX
           : slot->batch_index <= count;
}

/* A descriptor that has passed its checks and is being executed. */
static bool exec_possible(DsaSlot *slot)
{
    const DsaOp *op;

    if (sva_dsa_desc_form(slot) || slot->desc.op == DSA_OP_BATCH) {
        return false;
    }
    op = sva_dsa_op(slot->desc.op);
    return slot->phase == DSA_SLOT_EXEC ? op->possible(slot)
           : slot->phase == DSA_SLOT_DRAIN
           ? slot->desc.op == DSA_OP_DRAIN ||
             slot->desc.op == DSA_OP_UPDATE_WINDOW
           : op->last != NULL;
}

static bool record_possible(const DsaSlot *slot)
{
    return slot->part <= 1 && slot->status &&
           slot->desc.flags & DSA_FLAG_CR_VALID &&
           !(slot->desc.cr % DSA_RECORD_BYTES);
}

static bool event_possible(const DsaSlot *slot)
{
    const SvaDsa *dsa = slot->dsa;

    if (!slot->event || !slot->status) {
        return false;
    }
    if (slot->phase == DSA_SLOT_EVENT_WAIT) {
        return true;
    }
    for (unsigned i = 0; i < slot->index; i++) {
        if (dsa->slot[i].phase == DSA_SLOT_EVENT) {
            return false;
        }
    }
    return sva_dsa_evl_on(dsa);
}

static bool phase_possible(DsaSlot *slot)
{
    switch (slot->phase) {
    case DSA_SLOT_FETCH:
        return slot->in_batch;
    case DSA_SLOT_EXEC:
    case DSA_SLOT_DRAIN:
    case DSA_SLOT_READBACK:
        return exec_possible(slot);
    case DSA_SLOT_RECORD:
        return record_possible(slot);
    case DSA_SLOT_EVENT_WAIT:
    case DSA_SLOT_EVENT:
        return event_possible(slot);
    case DSA_SLOT_TOLD:
        return slot->status;
    case DSA_SLOT_QUIT:
        return slot->quit;
    default:
        return false;
    }
}

static bool phase_transfers(unsigned phase)
{
    return phase == DSA_SLOT_FETCH || phase == DSA_SLOT_EXEC ||
           phase == DSA_SLOT_READBACK || phase == DSA_SLOT_RECORD ||
           phase == DSA_SLOT_EVENT;
}

static bool xfer_possible(const DsaSlot *slot)
{
    const DsaTransfer *xfer = &slot->xfer;

    if (!phase_transfers(slot->phase)) {
        return !xfer->active;
    }
    return xfer->offset < DSA_BUF_SIZE && xfer->len &&
           xfer->len <= DSA_BUF_SIZE - xfer->offset &&
           xfer->done < xfer->len && xfer->mode <= SVA_ACCESS_ATS_PRI &&
           xfer->event == (slot->phase == DSA_SLOT_EVENT) &&
           xfer->operand <= DSA_OPERAND_CR;
}

static bool xfer_load(DsaSlot *slot, const DsaSlotSaved *in)
{
    SvaMemAccessSaved access = {
        .stage = in->stage,
        .passed = in->passed,
        .retries = in->retries,
        .code = in->code,
        .action = in->action,
        .alone = in->flags & DSA_SAVED_ALONE,
        .cookie = in->cookie,
    };

    slot->xfer = (DsaTransfer) {
        .addr = in->xfer_addr,
        .offset = in->xfer_offset,
        .len = in->xfer_len,
        .done = in->xfer_done,
        .operand = in->xfer_operand,
        .mode = in->xfer_mode,
        .write = in->flags & DSA_SAVED_XFER_WRITE,
        .block = in->flags & DSA_SAVED_XFER_BLOCK,
        .event = in->flags & DSA_SAVED_XFER_EVENT,
        .active = in->flags & DSA_SAVED_XFER_ACTIVE,
    };
    if (!dsa_pasid_load(in->xfer_pasid, &slot->xfer.pasid) ||
        !xfer_possible(slot) || !phase_possible(slot)) {
        return false;
    }
    if (!slot->xfer.active) {
        return !slot->access.group.open || slot->phase == DSA_SLOT_QUIT;
    }
    sva_dsa_transfer_restore(slot);
    return sva_mem_access_load(&slot->access, &access, false, false);
}

const char *sva_dsa_slot_load(DsaSlot *slot, const DsaSlotSaved *in)
{
    const SvaDsa *dsa = slot->dsa;

    if (!sva_page_group_load(&slot->access.group, &in->group)) {
        return "impossible page request group";
    }
    if (in->phase == DSA_SLOT_IDLE) {
        return slot->access.group.open ? "a page request group of nobody"
                                       : NULL;
    }
    if (in->flags & ~DSA_SAVED_FLAGS || in->wq >= dsa->config.wqs ||
        in->seq >= dsa->seq || dsa->state == DSA_DISABLED ||
        !members_load(slot, in) || !batch_possible(slot) ||
        !xfer_load(slot, in)) {
        slot->phase = DSA_SLOT_IDLE;
        return "impossible slot";
    }
    return NULL;
}
