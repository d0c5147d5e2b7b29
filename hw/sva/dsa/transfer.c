/*
 * sva-dsa: memory transfers of a slot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "transfer.h"

/* The address space of @operand, NULL: that of the descriptor. */
static const DsaDomain *transfer_domain(const DsaSlot *slot,
                                        DsaOperand operand)
{
    const DsaDomain *domain = operand == DSA_OPERAND_SRC
                              ? &slot->domain[0]
                              : operand == DSA_OPERAND_SRC2 ||
                                operand == DSA_OPERAND_DST
                              ? &slot->domain[1] : NULL;

    return domain && domain->pasid.valid ? domain : NULL;
}

static void transfer_begin(DsaSlot *slot, uint64_t addr, uint32_t offset,
                           uint32_t len, DsaOperand operand, bool write)
{
    const DsaDomain *domain = transfer_domain(slot, operand);

    slot->xfer = (DsaTransfer) {
        .addr = addr + (domain ? domain->shift : 0),
        .pasid = domain ? domain->pasid : slot->pasid,
        .offset = offset,
        .len = len,
        .operand = operand,
        .write = write,
        .block = slot->desc.flags & DSA_FLAG_BLOCK_ON_FAULT,
    };
}

void sva_dsa_read_mem(DsaSlot *slot, uint64_t addr, uint32_t offset,
                      uint32_t len, DsaOperand operand)
{
    transfer_begin(slot, addr, offset, len, operand, false);
}

void sva_dsa_write_mem(DsaSlot *slot, uint64_t addr, uint32_t offset,
                       uint32_t len, DsaOperand operand)
{
    transfer_begin(slot, addr, offset, len, operand, true);
    /* A second destination gets what the first one got. */
    if (slot->dsa->config.corrupt && operand == DSA_OPERAND_DST) {
        slot->buf[offset] ^= 1;
    }
}

void sva_dsa_transfer_blocks(DsaSlot *slot)
{
    slot->xfer.block = true;
}

static SvaAccessMode transfer_mode(const DsaSlot *slot)
{
    const SvaFunction *fn = &slot->dsa->fn;
    uint64_t cfg = slot->dsa->wq[slot->wq].cfg[1];

    if (!fn->ats_enable || cfg & DSA_WQ1_ATS_DISABLE) {
        return SVA_ACCESS_UNTRANSLATED;
    }
    return fn->pri_enable && !(cfg & DSA_WQ1_PRS_DISABLE)
           ? SVA_ACCESS_ATS_PRI : SVA_ACCESS_ATS;
}

bool sva_dsa_prs_on(const DsaSlot *slot)
{
    return transfer_mode(slot) == SVA_ACCESS_ATS_PRI;
}

bool sva_dsa_find_mem(DsaSlot *slot, uint64_t addr, uint32_t len,
                      DsaOperand operand, bool write, SvaDirect *out)
{
    const DsaDomain *domain = transfer_domain(slot, operand);
    SvaMemRequest req = {
        .addr = addr + (domain ? domain->shift : 0),
        .step = SVA_PAGE_SIZE,
        .len = len,
        .pasid = domain ? domain->pasid : slot->pasid,
        .mode = transfer_mode(slot),
        .write = write,
    };

    req.end = req.addr + len;
    return slot->dsa->budget && !slot->dsa->config.corrupt &&
           sva_direct_find(&slot->dsa->fn, slot, &req, out);
}

void sva_dsa_made_mem(DsaSlot *slot, const SvaDirect *direct)
{
    slot->dsa->budget -= MIN(slot->dsa->budget, direct->ram.requests);
    sva_direct_done(&slot->dsa->fn, slot, direct);
}

/* 5.9: software has pinned the log; its PASID is that of EVLCFG. */
static void event_request(const SvaDsa *dsa, SvaMemRequest *req)
{
    bool pasid = dsa->evlcfg[0] & DSA_EVLCFG_PASID_EN;

    req->pasid = pasid ? sva_pasid(dsa->evlcfg[1] >> DSA_EVLCFG_PASID_SHIFT)
                       : SVA_NO_PASID;
    req->block = false;
}

/* The next piece, within a page. */
void sva_dsa_transfer_restore(DsaSlot *slot)
{
    DsaTransfer *xfer = &slot->xfer;
    uint64_t addr = xfer->addr + xfer->done;
    uint64_t in_page = SVA_PAGE_SIZE - (addr & ~SVA_PAGE_MASK);
    SvaMemRequest req = {
        .addr = addr,
        .step = SVA_PAGE_SIZE,
        .buf = slot->buf + xfer->offset + xfer->done,
        .len = (uint32_t)MIN(in_page, xfer->len - xfer->done),
        .pasid = xfer->pasid,
        .mode = xfer->mode,
        .write = xfer->write,
        .block = xfer->block,
    };

    req.end = addr + req.len;
    if (xfer->event) {
        event_request(slot->dsa, &req);
    }
    sva_mem_access_start(&slot->access, &req);
}

static void transfer_piece(DsaSlot *slot)
{
    DsaTransfer *xfer = &slot->xfer;

    xfer->active = true;
    if (xfer->event) {
        xfer->mode = slot->dsa->fn.ats_enable ? SVA_ACCESS_ATS
                                              : SVA_ACCESS_UNTRANSLATED;
    } else {
        xfer->mode = transfer_mode(slot);
    }
    sva_dsa_transfer_restore(slot);
}

/* As sva_mem_access_step(), for all of the transfer. */
static SvaAccessResult transfer_access(DsaSlot *slot)
{
    DsaTransfer *xfer = &slot->xfer;
    SvaDsa *dsa = slot->dsa;
    SvaAccessResult result;

    if (!xfer->active) {
        transfer_piece(slot);
    }
    if (sva_mem_access_sends(&slot->access)) {
        dsa->budget -= dsa->budget > 0;
    }
    result = sva_mem_access_step(&slot->access);
    if (result == SVA_ACCESS_FAILED) {
        xfer->active = false;
        sva_dsa_count(dsa, DSA_CNT_FAULTS);
    } else if (result == SVA_ACCESS_DONE) {
        xfer->active = false;
        xfer->done += slot->access.req.len;
        result = xfer->done < xfer->len ? SVA_ACCESS_AGAIN : SVA_ACCESS_DONE;
    }
    return result;
}

bool sva_dsa_transfer_step(DsaSlot *slot, DsaTransferEnd *done,
                           DsaTransferEnd *failed)
{
    switch (transfer_access(slot)) {
    case SVA_ACCESS_DONE:
        done(slot);
        return true;
    case SVA_ACCESS_FAILED:
        failed(slot);
        return true;
    case SVA_ACCESS_AGAIN:
        return true;
    case SVA_ACCESS_WAITS:
    default:
        return false;
    }
}

void sva_dsa_transfer_fault(DsaSlot *slot)
{
    const DsaDomain *domain = transfer_domain(slot, slot->xfer.operand);

    slot->operand = slot->xfer.operand;
    slot->fault_masked = domain && domain->masked;
    slot->fault_addr = slot->fault_masked ? 0 : slot->access.fault_addr;
    slot->fault_handle = domain ? domain->handle : 0;
}

uint8_t sva_dsa_transfer_status(const DsaSlot *slot)
{
    uint8_t write = slot->xfer.write ? DSA_ST_WRITE : 0;

    switch (slot->access.error) {
    case SVA_ACCESS_PAGE_FAULT:
        return DSA_ST_PAGE_FAULT | write;
    case SVA_ACCESS_INVALID_REQUEST:
    case SVA_ACCESS_FAULT_LOOP:
        return DSA_ST_PAGE_REFUSED | write;
    case SVA_ACCESS_ABORTED:
        return slot->xfer.write ? DSA_ST_WRITE_ERROR : DSA_ST_READ_ERROR;
    case SVA_ACCESS_PRI_FAILURE:
    case SVA_ACCESS_ATS_ERROR:
    default:
        return DSA_ST_TRANSLATION;
    }
}
