/*
 * sva-dsa: errors without a completion record: SWERR and the event log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "bytes.h"
#include "irq.h"
#include "report.h"

/* 9.2.15: one error at a time. */
static void swerr_record(SvaDsa *dsa, const uint64_t words[4])
{
    if (dsa->swerr[0] & DSA_ERR_VALID) {
        dsa->swerr[0] |= DSA_ERR_OVERFLOW;
        return;
    }
    memcpy(dsa->swerr, words, sizeof(dsa->swerr));
    dsa->swerr[0] |= DSA_ERR_VALID;
    if (dsa->genctrl & DSA_GENCTRL_SWERR_INT) {
        sva_dsa_irq_cause(dsa, DSA_INT_SWERR);
    }
}

void sva_dsa_report_plain(SvaDsa *dsa, uint8_t code)
{
    const uint64_t words[4] = { (uint64_t)code << DSA_ERR_CODE_SHIFT };

    swerr_record(dsa, words);
}

void sva_dsa_report_full(SvaDsa *dsa, unsigned wq)
{
    const uint64_t words[4] = {
        (uint64_t)DSA_SE_WQ_FULL << DSA_ERR_CODE_SHIFT |
        (uint64_t)wq << DSA_ERR_WQ_SHIFT | DSA_ERR_WQ_VALID,
    };

    swerr_record(dsa, words);
}

static bool is_page_fault(uint8_t code)
{
    return code == DSA_ST_PAGE_FAULT || code == DSA_ST_PAGE_REFUSED ||
           code == DSA_ST_LIST_FAULT || code == DSA_ST_DRAIN_FAULT ||
           code == DSA_ST_CR_FAULT;
}

/* Of entries of the log that carry a completion for software to deliver. */
static uint64_t completion_info(const DsaSlot *slot)
{
    const DsaDesc *desc = &slot->desc;
    uint64_t info = 0;

    if (desc->flags & DSA_FLAG_INT_REQUEST) {
        info |= DSA_ERR_INT_REQUIRED |
                (uint64_t)desc->handle << DSA_ERR_HANDLE_SHIFT;
    }
    return info | (slot->event_record ? DSA_ERR_CR_REQUIRED : 0) |
           (slot->event_first ? DSA_ERR_FIRST_IN_BATCH : 0);
}

/* Error Information, by the error code. */
static uint64_t error_info(const DsaSlot *slot, bool log)
{
    switch (slot->event) {
    case DSA_ST_BAD_FLAGS:
        return (uint64_t)slot->bad_flags << DSA_ERR_FLAGS_SHIFT;
    case DSA_ST_PAGE_FAULT:
    case DSA_ST_PAGE_REFUSED:
    case DSA_ST_LIST_FAULT:
    case DSA_ST_DRAIN_FAULT:
        return (uint64_t)slot->operand << DSA_ERR_OPERAND_SHIFT |
               (uint64_t)slot->fault_handle << DSA_ERR_HANDLE_SHIFT;
    case DSA_ST_DOMAIN_HANDLE ... DSA_ST_WINDOW_HANDLE:
        return (uint64_t)slot->fault_handle << DSA_ERR_HANDLE_SHIFT;
    case DSA_ST_BAD_HANDLE:
        return log ? completion_info(slot)
               : (uint64_t)slot->desc.handle << DSA_ERR_HANDLE_SHIFT;
    case DSA_ST_CR_FAULT:
        return log ? completion_info(slot) |
                     (uint64_t)DSA_OPERAND_CR << DSA_ERR_OPERAND_SHIFT : 0;
    case DSA_ST_DRAIN_EVENT:
    case DSA_ST_BATCH_EVENT:
        return completion_info(slot);
    default:
        return 0;
    }
}

static uint64_t error_address(const DsaSlot *slot)
{
    switch (slot->event) {
    case DSA_ST_CR_FAULT:
    case DSA_ST_DRAIN_EVENT:
    case DSA_ST_BATCH_EVENT:
        return slot->desc.cr;
    default:
        return is_page_fault(slot->event) ? slot->fault_addr : 0;
    }
}

/* 0 to 3: word 0 is that of SWERR as well, but for the batch identifier. */
static void error_words(const DsaSlot *slot, bool log, uint64_t words[4])
{
    bool write = slot->event == DSA_ST_CR_FAULT ||
                 (is_page_fault(slot->event) && slot->status & DSA_ST_WRITE);

    words[0] = DSA_ERR_DESC_VALID | DSA_ERR_WQ_VALID | DSA_ERR_INFO_VALID |
               (slot->in_batch ? DSA_ERR_BATCH : 0) |
               (write ? DSA_ERR_WRITE : 0) |
               (slot->priv ? DSA_ERR_PRIV : 0) |
               (uint64_t)slot->event << DSA_ERR_CODE_SHIFT |
               (uint64_t)slot->wq << DSA_ERR_WQ_SHIFT |
               (log ? (uint64_t)(slot->index & 0xff)
                      << DSA_ERR_BATCH_ID_SHIFT : 0) |
               (uint64_t)slot->desc.op << DSA_ERR_OP_SHIFT |
               (uint64_t)(slot->pasid.valid ? slot->pasid.id : 0)
               << DSA_ERR_PASID_SHIFT;
    words[1] = error_info(slot, log) |
               (slot->in_batch ? slot->batch_index & 0xffff : 0);
    words[2] = error_address(slot);
    words[3] = 0;
}

void sva_dsa_report_slot(DsaSlot *slot)
{
    uint64_t words[4];

    error_words(slot, false, words);
    swerr_record(slot->dsa, words);
}

/* -- the event log (5.9) -- */

static uint32_t log_size(const SvaDsa *dsa)
{
    return dsa->evlcfg[1] & DSA_EVLCFG_SIZE;
}

static uint32_t log_tail(const SvaDsa *dsa)
{
    return dsa->evlsts >> DSA_EVLSTS_TAIL_SHIFT & 0xffff;
}

static bool log_full(const SvaDsa *dsa)
{
    return (log_tail(dsa) + 1) % log_size(dsa) == (dsa->evlsts & 0xffff);
}

static bool log_in_use(const SvaDsa *dsa)
{
    for (unsigned i = 0; i < sva_dsa_slots(dsa); i++) {
        if (dsa->slot[i].phase == DSA_SLOT_EVENT) {
            return true;
        }
    }
    return false;
}

uint64_t sva_dsa_event_addr(const SvaDsa *dsa)
{
    return (dsa->evlcfg[0] & DSA_EVLCFG_BASE) +
           (uint64_t)log_tail(dsa) * DSA_EVENT_BYTES;
}

bool sva_dsa_event_begin(DsaSlot *slot)
{
    uint8_t *entry = slot->buf + DSA_BUF_EVENT;
    uint64_t words[4];

    if (log_full(slot->dsa) || log_in_use(slot->dsa)) {
        return false;
    }
    error_words(slot, true, words);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        dsa_put64(entry + i * sizeof(words[0]), words[i]);
    }
    if (!slot->event_record) {
        memset(slot->buf + DSA_BUF_RECORD, 0, DSA_RECORD_BYTES);
    }
    return true;
}

void sva_dsa_event_written(DsaSlot *slot)
{
    SvaDsa *dsa = slot->dsa;
    uint64_t tail = (log_tail(dsa) + 1) % log_size(dsa);

    dsa->evlsts &= ~(0xffffull << DSA_EVLSTS_TAIL_SHIFT);
    dsa->evlsts |= tail << DSA_EVLSTS_TAIL_SHIFT;
    sva_dsa_count(dsa, DSA_CNT_EVENTS);
    if (dsa->genctrl & DSA_GENCTRL_EVL_INT &&
        !(dsa->evlsts & DSA_EVLSTS_PENDING)) {
        dsa->evlsts |= DSA_EVLSTS_PENDING;
        sva_dsa_irq_cause(dsa, DSA_INT_EVL);
    }
}
