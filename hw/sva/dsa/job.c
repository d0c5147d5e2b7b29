/*
 * sva-dsa: a descriptor in a slot, from its checks to its completion
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/event.h"
#include "completion.h"
#include "domain.h"
#include "irq.h"
#include "job.h"
#include "operation.h"
#include "queue.h"

/* 5.8.1: the interrupt of what the log delegates is software's business. */
static bool interrupt_due(const DsaSlot *slot)
{
    return slot->desc.flags & DSA_FLAG_INT_REQUEST && !slot->event_record &&
           slot->event != DSA_ST_DRAIN_EVENT &&
           slot->event != DSA_ST_BATCH_EVENT &&
           slot->status != DSA_ST_BAD_HANDLE;
}

/* For events each slot is a context, which works at one descriptor. */
static void announce_start(const DsaSlot *slot)
{
    sva_emit(slot->dsa->env, .kind = SVA_EV_JOB_START,
             .rid = sva_function_rid(&slot->dsa->fn), .pasid = slot->pasid,
             .job = {
                 .id = slot->seq,
                 .context = slot->index,
                 .opcode = slot->desc.op,
             });
}

static void announce_end(const DsaSlot *slot, uint8_t op, uint8_t status)
{
    sva_emit(slot->dsa->env, .kind = SVA_EV_JOB_DONE,
             .rid = sva_function_rid(&slot->dsa->fn), .pasid = slot->pasid,
             .addr = slot->fault_addr, .job = {
                 .id = slot->seq,
                 .context = slot->index,
                 .opcode = op,
                 .status = status,
             });
}

/* Whose end has not been announced by job_end(): also the batch around it. */
static void announce_abort(const DsaSlot *slot)
{
    if (slot->phase == DSA_SLOT_EXEC || slot->phase == DSA_SLOT_DRAIN ||
        slot->phase == DSA_SLOT_READBACK) {
        announce_end(slot, slot->desc.op, 0);
    }
    if (slot->in_batch) {
        announce_end(slot, DSA_OP_BATCH, 0);
    }
}

static void job_end(DsaSlot *slot, uint8_t status)
{
    slot->status = status;
    sva_dsa_count(slot->dsa, DSA_CNT_COMPLETED);
    if (!dsa_status_good(status)) {
        sva_dsa_count(slot->dsa, DSA_CNT_FAILED);
    }
    announce_end(slot, slot->desc.op, status);
    sva_dsa_completion_begin(slot);
}

/* What failed is the transfer in flight. */
static void job_fault(DsaSlot *slot, uint8_t status)
{
    uint8_t code = status & ~DSA_ST_WRITE;

    if (code == DSA_ST_PAGE_FAULT || code == DSA_ST_PAGE_REFUSED) {
        sva_dsa_transfer_fault(slot);
    }
    job_end(slot, status);
}

/* -- execution -- */

static void job_succeeded(DsaSlot *slot, uint8_t status)
{
    const DsaOp *op = sva_dsa_op(slot->desc.op);

    if (status == DSA_ST_SUCCESS && slot->desc.flags & DSA_FLAG_READBACK &&
        op->last) {
        slot->phase = DSA_SLOT_READBACK;
        sva_dsa_read_mem(slot, op->last(slot), DSA_BUF_DATA(1), 1,
                         DSA_OPERAND_DST);
        return;
    }
    job_end(slot, status);
}

static void job_next(DsaSlot *slot)
{
    uint8_t status = sva_dsa_op(slot->desc.op)->next(slot);

    if (status) {
        job_succeeded(slot, status);
    }
}

static void exec_failed(DsaSlot *slot)
{
    const DsaOp *op = sva_dsa_op(slot->desc.op);
    uint8_t status = sva_dsa_transfer_status(slot);

    if (op->fault) {
        op->fault(slot);
    }
    if (slot->desc.op == DSA_OP_DRAIN &&
        (status == DSA_ST_PAGE_FAULT || status == DSA_ST_PAGE_REFUSED)) {
        sva_dsa_transfer_fault(slot);
        job_end(slot, DSA_ST_DRAIN_FAULT);
        return;
    }
    job_fault(slot, status);
}

/* 3.9: what was written is there; the operation itself has succeeded. */
static void readback_done(DsaSlot *slot)
{
    job_end(slot, DSA_ST_SUCCESS);
}

static void readback_failed(DsaSlot *slot)
{
    job_end(slot, DSA_ST_WRITE_ERROR);
}

/* 3.14.5: those that may still use the window of before. */
static bool window_waits(const DsaSlot *slot)
{
    const SvaDsa *dsa = slot->dsa;
    uint16_t handle = dsa_desc16(&slot->desc, 62);

    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        const DsaSlot *other = &dsa->slot[i];

        if (other->phase != DSA_SLOT_IDLE && other->seq < slot->op.crc &&
            sva_dsa_domain_used(other, handle)) {
            return true;
        }
    }
    return false;
}

/* 3.12: all older ones of the WQ; of a shared one those of the same PASID. */
static bool drain_waits(const DsaSlot *slot)
{
    const SvaDsa *dsa = slot->dsa;
    DsaFilter filter = {
        .wqs = 1ull << slot->wq,
        .before = slot->seq,
    };

    if (!dsa_wq_dedicated(&dsa->wq[slot->wq])) {
        filter.pasid = slot->pasid;
    }
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        const DsaSlot *other = &dsa->slot[i];

        if (other->phase != DSA_SLOT_IDLE &&
            sva_dsa_filter_match(&filter, other->wq, other->pasid,
                                 other->seq)) {
            return true;
        }
    }
    return false;
}

static bool drain_step(DsaSlot *slot)
{
    bool window = slot->desc.op == DSA_OP_UPDATE_WINDOW;

    if (window ? window_waits(slot) : drain_waits(slot)) {
        return false;
    }
    slot->phase = DSA_SLOT_EXEC;
    job_next(slot);
    return true;
}

/* -- a batch (3.8) -- */

static void batch_end(DsaSlot *slot, uint8_t status)
{
    slot->in_batch = false;
    memcpy(slot->raw, slot->batch, sizeof(slot->raw));
    sva_dsa_desc_decode(slot);
    slot->op = (DsaOpState) { 0 };
    job_end(slot, status);
}

static void clear_fault(DsaSlot *slot)
{
    slot->fault_addr = 0;
    slot->operand = 0;
    slot->fault_handle = 0;
    slot->fault_masked = false;
}

static void batch_fetch(DsaSlot *slot)
{
    uint64_t list = dsa_get64(slot->batch + 16);

    clear_fault(slot);
    memset(slot->domain, 0, sizeof(slot->domain));
    if (slot->batch_index == dsa_get32(slot->batch + 32)) {
        batch_end(slot, slot->batch_failed ? DSA_ST_BATCH_FAILED
                                           : DSA_ST_SUCCESS);
        return;
    }
    slot->phase = DSA_SLOT_FETCH;
    sva_dsa_read_mem(slot, list + (uint64_t)slot->batch_index *
                           DSA_DESC_BYTES,
                     DSA_BUF_DESC, DSA_DESC_BYTES, DSA_OPERAND_SRC);
    sva_dsa_transfer_blocks(slot);
}

static void batch_begin(DsaSlot *slot)
{
    memcpy(slot->batch, slot->raw, sizeof(slot->batch));
    slot->in_batch = true;
    slot->batch_failed = slot->desc.flags & DSA_FLAG_BATCH_ERROR;
    batch_fetch(slot);
}

/* Check the descriptor in DsaSlot.raw and begin to execute it. */
static void job_begin(DsaSlot *slot)
{
    const DsaOp *op;
    uint8_t status;

    sva_dsa_desc_decode(slot);
    slot->op = (DsaOpState) { 0 };
    slot->bad_flags = 0;
    announce_start(slot);
    status = sva_dsa_desc_check(slot);
    status = status ? status : sva_dsa_domain_check(slot);
    if (status) {
        job_end(slot, status);
        return;
    }
    if (slot->desc.op == DSA_OP_BATCH) {
        batch_begin(slot);
        return;
    }
    op = sva_dsa_op(slot->desc.op);
    if (op->begin) {
        op->begin(slot);
    }
    if (slot->desc.op == DSA_OP_DRAIN ||
        (slot->desc.op == DSA_OP_UPDATE_WINDOW &&
         !(slot->desc.flags & DSA_FLAG_NO_DRAIN))) {
        slot->phase = DSA_SLOT_DRAIN;
        return;
    }
    slot->phase = DSA_SLOT_EXEC;
    job_next(slot);
}

/* 3.9: a fence ends the batch if anything before it has failed. */
static void batch_fetched(DsaSlot *slot)
{
    memcpy(slot->raw, slot->buf + DSA_BUF_DESC, sizeof(slot->raw));
    if (slot->batch_failed && dsa_get32(slot->raw + 4) & DSA_FLAG_FENCE) {
        batch_end(slot, DSA_ST_BATCH_FAILED);
        return;
    }
    job_begin(slot);
}

static void batch_fetch_failed(DsaSlot *slot)
{
    uint8_t status = sva_dsa_transfer_status(slot);

    if (status == DSA_ST_PAGE_FAULT || status == DSA_ST_PAGE_REFUSED) {
        sva_dsa_transfer_fault(slot);
        status = DSA_ST_LIST_FAULT;
    }
    batch_end(slot, status);
}

/* -- the slot -- */

static void slot_idle(DsaSlot *slot)
{
    slot->phase = DSA_SLOT_IDLE;
    slot->quit = false;
    slot->in_batch = false;
    slot->batch_event = false;
    slot->batch_index = 0;
    slot->xfer = (DsaTransfer) { 0 };
    slot->dsa->kick = true;
}

/* A descriptor has been told; the next one of the batch, if it is in one. */
static bool job_told(DsaSlot *slot)
{
    if (interrupt_due(slot)) {
        sva_dsa_irq_completion(slot->dsa, slot->desc.handle);
    }
    if (!slot->in_batch) {
        slot_idle(slot);
        return false;
    }
    slot->batch_failed |= slot->status != DSA_ST_SUCCESS;
    slot->batch_index++;
    batch_fetch(slot);
    return true;
}

void sva_dsa_job_start(DsaSlot *slot, unsigned wq, const DsaEntry *entry)
{
    memcpy(slot->raw, entry->desc, sizeof(slot->raw));
    slot->wq = (uint8_t)wq;
    slot->portal = entry->portal;
    slot->seq = entry->seq;
    slot->pasid = sva_dsa_queue_pasid(&slot->dsa->wq[wq],
                                      dsa_get32(slot->raw));
    slot->priv = !dsa_wq_dedicated(&slot->dsa->wq[wq]) &&
                 dsa_get32(slot->raw) & DSA_WORD_PRIV;
    slot->in_batch = false;
    slot->batch_failed = false;
    slot->batch_event = false;
    slot->batch_index = 0;
    clear_fault(slot);
    memset(slot->domain, 0, sizeof(slot->domain));
    job_begin(slot);
}

/* Abandoned: nothing is told, but a page response may be due (3.15). */
static bool quit_step(DsaSlot *slot)
{
    if (slot->phase != DSA_SLOT_QUIT) {
        if (slot->access.stage == SVA_ACCESS_STALLED) {
            return false;
        }
        sva_mem_access_cancel(&slot->access);
        slot->xfer.active = false;
        announce_abort(slot);
        slot->phase = DSA_SLOT_QUIT;
        sva_dsa_count(slot->dsa, DSA_CNT_ABORTED);
    }
    if (slot->access.group.open) {
        return false;
    }
    slot_idle(slot);
    return false;
}

static bool phase_step(DsaSlot *slot)
{
    switch (slot->phase) {
    case DSA_SLOT_FETCH:
        return sva_dsa_transfer_step(slot, batch_fetched,
                                     batch_fetch_failed);
    case DSA_SLOT_EXEC:
        return sva_dsa_transfer_step(slot, job_next, exec_failed);
    case DSA_SLOT_DRAIN:
        return drain_step(slot);
    case DSA_SLOT_READBACK:
        return sva_dsa_transfer_step(slot, readback_done, readback_failed);
    case DSA_SLOT_TOLD:
        return job_told(slot);
    default:
        return sva_dsa_completion_step(slot);
    }
}

bool sva_dsa_job_step(DsaSlot *slot)
{
    if (slot->phase == DSA_SLOT_IDLE) {
        return false;
    }
    if (slot->quit) {
        return quit_step(slot);
    }
    return phase_step(slot);
}
