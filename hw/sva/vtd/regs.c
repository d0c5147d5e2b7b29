/*
 * VT-d unit: register file
 *
 * VT-d rev 5.10, "Register Descriptions".  Each register is a row of a table.
 * Accesses are split into dwords, low one first, so that software may write a
 * 64-bit register as one quadword or as two halves; a write has its effect when
 * the dword that holds the command is written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fault.h"
#include "inv.h"
#include "regs.h"
#include "tlb.h"

/* Registers of a feature that is absent are reserved: zero, read-only. */
typedef enum Feature {
    ANY,
    EIM,
    IR,
    PRS,
} Feature;

/* Flags of RegRow */
#define REG_WRITE_ONLY 0x1      /* reads as 0 */
#define REG_ADDRESS    0x2      /* bits from HAW on are reserved */

/*
 * @per_record: one for each fault record, SVA_VTD_FRCD_BYTES apart
 * @rw:      bits that take what is written; @w1c: bits cleared by writing 1
 * @written: called after a write of the dword at @action, 0 or 4
 * @cleared: called before that with the bits of it that @w1c has cleared
 */
typedef struct RegRow {
    const char *name;
    uint16_t offset;
    uint8_t size;
    uint8_t feature;
    uint8_t flags;
    uint8_t action;
    bool per_record;
    uint64_t reset;
    uint64_t rw;
    uint64_t w1c;
    void (*written)(SvaVtd *vtd);
    void (*cleared)(SvaVtd *vtd, uint32_t bits);
} RegRow;

#define MESSAGE_DATA  0xffffull
#define MESSAGE_ADDR  0xfffffffcull
#define MESSAGE_UPPER 0xffffffffull

static void fsts_written(SvaVtd *vtd)
{
    sva_vtd_event_cleared(vtd, SVA_VTD_EVENT_FAULT);
    sva_vtd_queue_errors_cleared(vtd);
}

static void fectl_written(SvaVtd *vtd)
{
    sva_vtd_event_control(vtd, SVA_VTD_EVENT_FAULT);
}

static void ics_written(SvaVtd *vtd)
{
    sva_vtd_event_cleared(vtd, SVA_VTD_EVENT_INVALIDATION);
}

static void iectl_written(SvaVtd *vtd)
{
    sva_vtd_event_control(vtd, SVA_VTD_EVENT_INVALIDATION);
}

static void prs_written(SvaVtd *vtd)
{
    sva_vtd_event_cleared(vtd, SVA_VTD_EVENT_PAGE);
}

static void prs_cleared(SvaVtd *vtd, uint32_t bits)
{
    if (bits & R_VTD_PRS_PRO_MASK) {
        sva_emit(vtd->iommu.env, .kind = SVA_EV_PRQ_CLEARED,
                 .queue = { .head = sva_vtd_reg32(vtd, A_VTD_PQH),
                            .tail = sva_vtd_reg32(vtd, A_VTD_PQT) });
    }
}

static void pectl_written(SvaVtd *vtd)
{
    sva_vtd_event_control(vtd, SVA_VTD_EVENT_PAGE);
}

static const RegRow rows[] = {
    { "VER", A_VTD_VER, 4, .reset = SVA_VTD_VER_VALUE },
    { "CAP", A_VTD_CAP, 8, .rw = 0 },
    { "ECAP", A_VTD_ECAP, 8, .rw = 0 },
    { "GCMD", A_VTD_GCMD, 4, .flags = REG_WRITE_ONLY,
      .rw = SVA_VTD_GCMD_ALL, .written = sva_vtd_global_command },
    { "GSTS", A_VTD_GSTS, 4, .rw = 0 },
    { "RTADDR", A_VTD_RTADDR, 8, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | R_VTD_RTADDR_TTM_MASK },
    { "CCMD", A_VTD_CCMD, 8,
      .rw = R_VTD_CCMD_ICC_MASK | R_VTD_CCMD_CIRG_MASK | SVA_VTD_CCMD_REQUEST,
      .action = 4, .written = sva_vtd_context_command },
    { "FSTS", A_VTD_FSTS, 4,
      .w1c = R_VTD_FSTS_PFO_MASK | R_VTD_FSTS_IQE_MASK | R_VTD_FSTS_ICE_MASK |
             R_VTD_FSTS_ITE_MASK, .written = fsts_written },
    { "FECTL", A_VTD_FECTL, 4, .reset = R_VTD_FECTL_IM_MASK,
      .rw = R_VTD_FECTL_IM_MASK, .written = fectl_written },
    { "FEDATA", A_VTD_FEDATA, 4, .rw = MESSAGE_DATA },
    { "FEADDR", A_VTD_FEADDR, 4, .rw = MESSAGE_ADDR },
    { "FEUADDR", A_VTD_FEUADDR, 4, EIM, .rw = MESSAGE_UPPER },
    { "IQH", A_VTD_IQH, 8, .rw = 0 },
    { "IQT", A_VTD_IQT, 8, .rw = R_VTD_IQT_QT_MASK,
      .written = sva_vtd_queue_run },
    { "IQA", A_VTD_IQA, 8, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | R_VTD_IQA_DW_MASK | R_VTD_IQA_QS_MASK },
    { "ICS", A_VTD_ICS, 4, .w1c = R_VTD_ICS_IWC_MASK,
      .written = ics_written },
    { "IECTL", A_VTD_IECTL, 4, .reset = R_VTD_FECTL_IM_MASK,
      .rw = R_VTD_FECTL_IM_MASK, .written = iectl_written },
    { "IEDATA", A_VTD_IEDATA, 4, .rw = MESSAGE_DATA },
    { "IEADDR", A_VTD_IEADDR, 4, .rw = MESSAGE_ADDR },
    { "IEUADDR", A_VTD_IEUADDR, 4, EIM, .rw = MESSAGE_UPPER },
    { "IQERCD", A_VTD_IQERCD, 8, .rw = 0 },
    { "IRTA", A_VTD_IRTA, 8, IR, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | R_VTD_IRTA_EIME_MASK | R_VTD_IRTA_S_MASK },
    { "PQH", A_VTD_PQH, 8, PRS, .rw = R_VTD_PQT_PQT_MASK },
    { "PQT", A_VTD_PQT, 8, PRS, .rw = R_VTD_PQT_PQT_MASK },
    { "PQA", A_VTD_PQA, 8, PRS, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | R_VTD_PQA_PQS_MASK },
    { "PRS", A_VTD_PRS, 4, PRS,
      .w1c = R_VTD_PRS_PPR_MASK | R_VTD_PRS_PRO_MASK, .written = prs_written,
      .cleared = prs_cleared },
    { "PECTL", A_VTD_PECTL, 4, PRS, .reset = R_VTD_FECTL_IM_MASK,
      .rw = R_VTD_FECTL_IM_MASK, .written = pectl_written },
    { "PEDATA", A_VTD_PEDATA, 4, PRS, .rw = MESSAGE_DATA },
    { "PEADDR", A_VTD_PEADDR, 4, PRS, .rw = MESSAGE_ADDR },
    { "PEUADDR", A_VTD_PEUADDR, 4, PRS, .rw = MESSAGE_UPPER },
    { "IVA", A_VTD_IVA, 8, .flags = REG_WRITE_ONLY,
      .rw = (uint64_t)SVA_PAGE_MASK | R_VTD_IVA_IH_MASK | R_VTD_IVA_AM_MASK },
    { "IOTLB", A_VTD_IOTLB, 8,
      .rw = R_VTD_IOTLB_IVT_MASK | R_VTD_IOTLB_IIRG_MASK | R_VTD_IOTLB_DR_MASK |
            R_VTD_IOTLB_DW_MASK | R_VTD_IOTLB_DID_MASK,
      .action = 4, .written = sva_vtd_iotlb_command },
    { "FRCD_LO", A_VTD_FRCD0, 8, .per_record = true },
    { "FRCD_HI", A_VTD_FRCD1, 8, .per_record = true,
      .w1c = R_VTD_FRCD1_F_MASK, .action = 4,
      .written = sva_vtd_fault_cleared },
};

static bool is_present(const SvaVtd *vtd, const RegRow *row)
{
    switch ((Feature)row->feature) {
    case EIM:
        return vtd->ecap & R_VTD_ECAP_EIM_MASK;
    case IR:
        return vtd->ecap & R_VTD_ECAP_IR_MASK;
    case PRS:
        return vtd->ecap & R_VTD_ECAP_PRS_MASK;
    case ANY:
        break;
    }
    return true;
}

/* Bits that software can write, given what the unit can do. */
static uint64_t writable(const SvaVtd *vtd, const RegRow *row)
{
    uint64_t rw = row->rw;

    if (row->flags & REG_ADDRESS) {
        rw &= ~sva_vtd_above_haw(vtd);
    }
    if (row->offset == A_VTD_IRTA && !vtd->config.eim) {
        rw &= ~R_VTD_IRTA_EIME_MASK;
    }
    if (row->offset == A_VTD_PEUADDR && !vtd->config.eim) {
        rw = 0;
    }
    return rw;
}

void sva_vtd_regs_init(SvaVtd *vtd)
{
    unsigned i, copy, copies, dword;

    QEMU_BUILD_BUG_ON(G_N_ELEMENTS(rows) > UINT8_MAX);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!is_present(vtd, &rows[i])) {
            continue;
        }
        copies = rows[i].per_record ? vtd->config.fault_records : 1;
        for (copy = 0; copy < copies; copy++) {
            dword = (rows[i].offset + copy * SVA_VTD_FRCD_BYTES) / 4;
            vtd->reg_row[dword] = i + 1;
            if (rows[i].size == 8) {
                vtd->reg_row[dword + 1] = i + 1;
            }
        }
    }
}

void sva_vtd_regs_reset(SvaVtd *vtd)
{
    unsigned i;

    memset(vtd->regs, 0, sizeof(vtd->regs));
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (is_present(vtd, &rows[i]) && rows[i].reset) {
            sva_vtd_set32(vtd, rows[i].offset, rows[i].reset);
        }
    }
    sva_vtd_set64(vtd, A_VTD_CAP, vtd->cap);
    sva_vtd_set64(vtd, A_VTD_ECAP, vtd->ecap);
}

static bool is_valid_access(SvaVtd *vtd, uint64_t off, unsigned size)
{
    if ((size == 4 || size == 8) && !(off & (size - 1)) &&
        off <= SVA_VTD_REG_BYTES - size) {
        return true;
    }
    sva_guest_error(vtd->iommu.env, "vtd: register access of %u bytes at "
                    "0x%" PRIx64, size, off);
    return false;
}

static const RegRow *row_at(const SvaVtd *vtd, unsigned off)
{
    unsigned row = vtd->reg_row[off / 4];

    return row ? &rows[row - 1] : NULL;
}

static uint32_t read_dword(const SvaVtd *vtd, unsigned off)
{
    const RegRow *row = row_at(vtd, off);

    return row && !(row->flags & REG_WRITE_ONLY) ? vtd->regs[off / 4] : 0;
}

static void write_dword(SvaVtd *vtd, unsigned off, uint32_t val)
{
    const RegRow *row = row_at(vtd, off);
    unsigned half;
    uint32_t rw, w1c, old;

    if (!row) {
        sva_guest_error(vtd->iommu.env, "vtd: write of 0x%" PRIx32
                        " to reserved register 0x%x", val, off);
        return;
    }
    half = row->size == 8 ? off & 4 : 0;
    rw = writable(vtd, row) >> (half * 8);
    w1c = row->w1c >> (half * 8);
    old = vtd->regs[off / 4];
    vtd->regs[off / 4] = ((old & ~rw) | (val & rw)) & ~(val & w1c);
    if (row->cleared && old & val & w1c) {
        row->cleared(vtd, old & val & w1c);
    }
    if (row->written && half == row->action) {
        row->written(vtd);
    }
}

uint64_t sva_vtd_mmio_read(SvaVtd *vtd, uint64_t off, unsigned size)
{
    uint64_t val;

    if (!is_valid_access(vtd, off, size)) {
        return 0;
    }
    val = read_dword(vtd, off);
    if (size == 8) {
        val |= (uint64_t)read_dword(vtd, off + 4) << 32;
    }
    return val;
}

void sva_vtd_mmio_write(SvaVtd *vtd, uint64_t off, uint64_t val,
                        unsigned size)
{
    if (!is_valid_access(vtd, off, size)) {
        return;
    }
    write_dword(vtd, off, val);
    if (size == 8) {
        write_dword(vtd, off + 4, val >> 32);
    }
}
