/*
 * VT-d unit: register file
 *
 * Intel VT-d 5.10, "Register Descriptions".  A register is a row of a
 * table; the only code here is what a row cannot say.  Accesses are done by
 * dwords, the low one first, so that a 64-bit register may be written as one
 * quadword or as two halves; an action is tied to the dword that holds it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

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

static void pectl_written(SvaVtd *vtd)
{
    sva_vtd_event_control(vtd, SVA_VTD_EVENT_PAGE);
}

static const RegRow rows[] = {
    { "VER", SVA_VTD_REG_VER, 4, .reset = SVA_VTD_VER_VALUE },
    { "CAP", SVA_VTD_REG_CAP, 8, .rw = 0 },
    { "ECAP", SVA_VTD_REG_ECAP, 8, .rw = 0 },
    { "GCMD", SVA_VTD_REG_GCMD, 4, .flags = REG_WRITE_ONLY,
      .rw = SVA_VTD_GCMD_ALL, .written = sva_vtd_global_command },
    { "GSTS", SVA_VTD_REG_GSTS, 4, .rw = 0 },
    { "RTADDR", SVA_VTD_REG_RTADDR, 8, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | SVA_VTD_RTADDR_TTM },
    { "CCMD", SVA_VTD_REG_CCMD, 8,
      .rw = SVA_VTD_CCMD_ICC | SVA_VTD_CCMD_CIRG | SVA_VTD_CCMD_REQUEST,
      .action = 4, .written = sva_vtd_context_command },
    { "FSTS", SVA_VTD_REG_FSTS, 4,
      .w1c = SVA_VTD_FSTS_PFO | SVA_VTD_FSTS_IQE | SVA_VTD_FSTS_ICE |
             SVA_VTD_FSTS_ITE, .written = fsts_written },
    { "FECTL", SVA_VTD_REG_FECTL, 4, .reset = SVA_VTD_ECTL_IM,
      .rw = SVA_VTD_ECTL_IM, .written = fectl_written },
    { "FEDATA", SVA_VTD_REG_FEDATA, 4, .rw = MESSAGE_DATA },
    { "FEADDR", SVA_VTD_REG_FEADDR, 4, .rw = MESSAGE_ADDR },
    { "FEUADDR", SVA_VTD_REG_FEUADDR, 4, EIM, .rw = MESSAGE_UPPER },
    { "IQH", SVA_VTD_REG_IQH, 8, .rw = 0 },
    { "IQT", SVA_VTD_REG_IQT, 8, .rw = SVA_VTD_IQ_OFFSET,
      .written = sva_vtd_queue_run },
    { "IQA", SVA_VTD_REG_IQA, 8, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | SVA_VTD_IQA_DW | SVA_VTD_IQA_QS },
    { "ICS", SVA_VTD_REG_ICS, 4, .w1c = SVA_VTD_ICS_IWC,
      .written = ics_written },
    { "IECTL", SVA_VTD_REG_IECTL, 4, .reset = SVA_VTD_ECTL_IM,
      .rw = SVA_VTD_ECTL_IM, .written = iectl_written },
    { "IEDATA", SVA_VTD_REG_IEDATA, 4, .rw = MESSAGE_DATA },
    { "IEADDR", SVA_VTD_REG_IEADDR, 4, .rw = MESSAGE_ADDR },
    { "IEUADDR", SVA_VTD_REG_IEUADDR, 4, EIM, .rw = MESSAGE_UPPER },
    { "IQERCD", SVA_VTD_REG_IQERCD, 8, .rw = 0 },
    { "IRTA", SVA_VTD_REG_IRTA, 8, IR, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | SVA_VTD_IRTA_EIME | SVA_VTD_IRTA_S },
    { "PQH", SVA_VTD_REG_PQH, 8, PRS, .rw = SVA_VTD_PQ_OFFSET },
    { "PQT", SVA_VTD_REG_PQT, 8, PRS, .rw = SVA_VTD_PQ_OFFSET },
    { "PQA", SVA_VTD_REG_PQA, 8, PRS, .flags = REG_ADDRESS,
      .rw = SVA_VTD_ADDR | SVA_VTD_PQA_PQS },
    { "PRS", SVA_VTD_REG_PRS, 4, PRS,
      .w1c = SVA_VTD_PRS_PPR | SVA_VTD_PRS_PRO, .written = prs_written },
    { "PECTL", SVA_VTD_REG_PECTL, 4, PRS, .reset = SVA_VTD_ECTL_IM,
      .rw = SVA_VTD_ECTL_IM, .written = pectl_written },
    { "PEDATA", SVA_VTD_REG_PEDATA, 4, PRS, .rw = MESSAGE_DATA },
    { "PEADDR", SVA_VTD_REG_PEADDR, 4, PRS, .rw = MESSAGE_ADDR },
    { "PEUADDR", SVA_VTD_REG_PEUADDR, 4, PRS, .rw = MESSAGE_UPPER },
    { "IVA", SVA_VTD_REG_IVA, 8, .flags = REG_WRITE_ONLY,
      .rw = (uint64_t)SVA_PAGE_MASK | SVA_VTD_IVA_IH | SVA_VTD_IVA_AM },
    { "IOTLB", SVA_VTD_REG_IOTLB, 8,
      .rw = SVA_VTD_IOTLB_IVT | SVA_VTD_IOTLB_IIRG | SVA_VTD_IOTLB_DR |
            SVA_VTD_IOTLB_DW | SVA_VTD_IOTLB_DID,
      .action = 4, .written = sva_vtd_iotlb_command },
    { "FRCD_LO", SVA_VTD_REG_FRCD, 8, .per_record = true },
    { "FRCD_HI", SVA_VTD_REG_FRCD + 8, 8, .per_record = true,
      .w1c = SVA_VTD_FRCD1_F, .action = 4,
      .written = sva_vtd_fault_cleared },
};

static bool is_present(const SvaVtd *vtd, const RegRow *row)
{
    switch ((Feature)row->feature) {
    case EIM:
        return vtd->ecap & SVA_VTD_ECAP_EIM;
    case IR:
        return vtd->ecap & SVA_VTD_ECAP_IR;
    case PRS:
        return vtd->ecap & SVA_VTD_ECAP_PRS;
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
    if (row->offset == SVA_VTD_REG_IRTA && !vtd->config.eim) {
        rw &= ~SVA_VTD_IRTA_EIME;
    }
    if (row->offset == SVA_VTD_REG_PEUADDR && !vtd->config.eim) {
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
    sva_vtd_set64(vtd, SVA_VTD_REG_CAP, vtd->cap);
    sva_vtd_set64(vtd, SVA_VTD_REG_ECAP, vtd->ecap);
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
