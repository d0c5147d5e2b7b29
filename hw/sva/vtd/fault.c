/*
 * VT-d unit: faults, from reason code to record
 *
 * VT-d rev 5.10, Table 30 (in 7.1.3) and Table 15 (in 5.1.4.1), 7.2.1,
 * 11.4.7.6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "fault.h"
#include "regs.h"

#define FUNCTION  SVA_FAULT_FUNCTION
#define ERROR     SVA_FAULT_ERROR
#define UPDATE    SVA_FAULT_UPDATE
#define PAGE      SVA_FAULT_PAGE
#define ALWAYS    false
#define QUALIFIED true

typedef struct ReasonRow {
    uint8_t cls;
    bool qualified;
} ReasonRow;

/*
 * The class says what a translation request is answered: FUNCTION: UR,
 * ERROR: CA, PAGE: Success with R=W=0, UPDATE: the same and a record.
 */
static const ReasonRow reasons[0x100] = {
    [SVA_VTD_FR_LRT_P]       = { FUNCTION, ALWAYS },
    [SVA_VTD_FR_LCT_P]       = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_LCT_INVALID] = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_LGN_ADDR]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_LGN_WRITE]   = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_LGN_READ]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_LSS_ACCESS]  = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_LRT_ACCESS]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_LCT_ACCESS]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_LRT_RSVD]    = { ERROR,    ALWAYS },
    [SVA_VTD_FR_LCT_RSVD]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_LSS_RSVD]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_LCT_ATS]     = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_LGN_INTR]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_IR_REQUEST]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_IR_INDEX]    = { ERROR,    ALWAYS },
    [SVA_VTD_FR_IR_P]        = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_IR_ACCESS]   = { ERROR,    ALWAYS },
    [SVA_VTD_FR_IR_RSVD]     = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_IR_COMPAT]   = { ERROR,    ALWAYS },
    [SVA_VTD_FR_IR_SOURCE]   = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_IR_ILLEGAL]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_RTA_TTM]     = { ERROR,    ALWAYS },
    [SVA_VTD_FR_RTA_PASID]   = { FUNCTION, ALWAYS },
    [SVA_VTD_FR_RTA_PRQ]     = { FUNCTION, ALWAYS },
    [SVA_VTD_FR_SRT_ACCESS]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_SRT_P]       = { FUNCTION, ALWAYS },
    [SVA_VTD_FR_SRT_RSVD]    = { ERROR,    ALWAYS },
    [SVA_VTD_FR_SCT_ACCESS]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_SCT_P]       = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SCT_RSVD]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SCT_INVALID] = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SCT_DTE]     = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SCT_PASIDE]  = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SCT_PDTS]    = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SCT_PRE]     = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SCT_RID]     = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SPD_ACCESS]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_SPD_P]       = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SPD_RSVD]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SPT_ACCESS]  = { ERROR,    ALWAYS },
    [SVA_VTD_FR_SPT_P]       = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SPT_RSVD]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SPT_INVALID] = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SPT_ERE]     = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SPT_SRE]     = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_ACCESS]  = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_P]       = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_RSVD]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_ROOT]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_SIZE]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_NEST_ROOT] = { PAGE,   QUALIFIED },
    [SVA_VTD_FR_SFS_NEST_READ] = { PAGE,   QUALIFIED },
    [SVA_VTD_FR_SFS_NEST_WRITE] = { PAGE,  QUALIFIED },
    [SVA_VTD_FR_SSS_ACCESS]  = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SSS_PERM]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SSS_RSVD]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SSS_ROOT]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SSS_SNOOP]   = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SSS_UPDATE]  = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SGN_CANON]   = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SGN_USER]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SGN_HAW]     = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SGN_ADDR]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SGN_WRITE]   = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SGN_READ]    = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SGN_INTR]    = { ERROR,    QUALIFIED },
    [SVA_VTD_FR_SGN_PSS]     = { FUNCTION, QUALIFIED },
    [SVA_VTD_FR_SFS_SNOOP]   = { PAGE,     QUALIFIED },
    [SVA_VTD_FR_SFS_UPDATE]  = { UPDATE,   QUALIFIED },
};

const SvaVtdWalkReasons sva_vtd_legacy_reasons = {
    .reason = {
        [SVA_PT_ADDRESS_SIZE] = SVA_VTD_FR_LGN_ADDR,
        [SVA_PT_READ_ERROR_ROOT] = SVA_VTD_FR_LCT_INVALID,
        [SVA_PT_READ_ERROR] = SVA_VTD_FR_LSS_ACCESS,
        [SVA_PT_NOT_PRESENT] = SVA_VTD_FR_LGN_READ,
        [SVA_PT_RESERVED] = SVA_VTD_FR_LSS_RSVD,
        [SVA_PT_NO_WRITE] = SVA_VTD_FR_LGN_WRITE,
        [SVA_PT_NO_READ] = SVA_VTD_FR_LGN_READ,
    },
    .not_present_write = SVA_VTD_FR_LGN_WRITE,
    .pass = SVA_VTD_FR_LGN_ADDR,
    .interrupt = SVA_VTD_FR_LGN_INTR,
};

const SvaVtdWalkReasons sva_vtd_first_reasons = {
    .reason = {
        [SVA_PT_NOT_CANONICAL] = SVA_VTD_FR_SGN_CANON,
        [SVA_PT_READ_ERROR_ROOT] = SVA_VTD_FR_SFS_ROOT,
        [SVA_PT_READ_ERROR] = SVA_VTD_FR_SFS_ACCESS,
        [SVA_PT_NOT_PRESENT] = SVA_VTD_FR_SFS_P,
        [SVA_PT_RESERVED] = SVA_VTD_FR_SFS_RSVD,
        [SVA_PT_USER] = SVA_VTD_FR_SGN_USER,
        [SVA_PT_NO_WRITE] = SVA_VTD_FR_SGN_WRITE,
        [SVA_PT_NO_READ] = SVA_VTD_FR_SGN_READ,
        [SVA_PT_NOT_COHERENT] = SVA_VTD_FR_SFS_SNOOP,
        [SVA_PT_UPDATE_FAILED] = SVA_VTD_FR_SFS_UPDATE,
        [SVA_PT_NEST_SIZE] = SVA_VTD_FR_SFS_SIZE,
        [SVA_PT_NEST_ROOT] = SVA_VTD_FR_SFS_NEST_ROOT,
        [SVA_PT_NEST_READ] = SVA_VTD_FR_SFS_NEST_READ,
        [SVA_PT_NEST_WRITE] = SVA_VTD_FR_SFS_NEST_WRITE,
    },
    .interrupt = SVA_VTD_FR_SGN_INTR,
};

const SvaVtdWalkReasons sva_vtd_second_reasons = {
    .reason = {
        [SVA_PT_ADDRESS_SIZE] = SVA_VTD_FR_SGN_ADDR,
        [SVA_PT_READ_ERROR_ROOT] = SVA_VTD_FR_SSS_ROOT,
        [SVA_PT_READ_ERROR] = SVA_VTD_FR_SSS_ACCESS,
        [SVA_PT_NOT_PRESENT] = SVA_VTD_FR_SSS_PERM,
        [SVA_PT_RESERVED] = SVA_VTD_FR_SSS_RSVD,
        [SVA_PT_NO_WRITE] = SVA_VTD_FR_SGN_WRITE,
        [SVA_PT_NO_READ] = SVA_VTD_FR_SGN_READ,
        [SVA_PT_NOT_COHERENT] = SVA_VTD_FR_SSS_SNOOP,
        [SVA_PT_UPDATE_FAILED] = SVA_VTD_FR_SSS_UPDATE,
    },
    .pass = SVA_VTD_FR_SGN_HAW,
    .interrupt = SVA_VTD_FR_SGN_INTR,
};

SvaFault sva_vtd_fault(unsigned reason)
{
    const ReasonRow *row = &reasons[reason & 0xff];

    return (SvaFault) {
        .reason = reason & 0xff,
        .cls = row->cls,
        .qualified = row->qualified,
    };
}

void sva_vtd_fault_answer(const SvaRequest *req, SvaFault fault,
                          SvaAtsCompletion *out)
{
    switch (fault.cls) {
    case SVA_FAULT_FUNCTION:
        sva_ats_refuse(SVA_ATS_UR, out);
        break;
    case SVA_FAULT_ERROR:
        sva_ats_refuse(SVA_ATS_CA, out);
        break;
    default:
        sva_ats_no_access(req, out);
        break;
    }
}

static unsigned record_offset(unsigned index)
{
    return A_VTD_FRCD0 + index * SVA_VTD_FRCD_BYTES;
}

static bool is_occupied(const SvaVtd *vtd, unsigned index)
{
    return sva_vtd_reg64(vtd, record_offset(index) + 8) & R_VTD_FRCD1_F_MASK;
}

/*
 * T1, T2: 00 write, 01 page request, 10 read, 11 atomic.  A translation
 * request is a memory read on the link and is recorded as one.
 */
static uint64_t type_bits(const SvaVtdFaultReport *r)
{
    uint8_t access = r->req.access;

    if (r->page_request) {
        return R_VTD_FRCD1_T2_MASK;
    }
    if (r->req.at == SVA_AT_TRANSLATION || !(access & SVA_WRITE)) {
        return R_VTD_FRCD1_T1_MASK;
    }
    return access & SVA_READ ? R_VTD_FRCD1_T1_MASK | R_VTD_FRCD1_T2_MASK : 0;
}

/* EXE is for reads only: VT-d rev 5.10, 11.4.7.6. */
static bool is_fetch(uint64_t type, uint8_t access)
{
    return type == R_VTD_FRCD1_T1_MASK && access & SVA_EXEC;
}

static uint64_t record_high(const SvaVtdFaultReport *r)
{
    uint64_t type = type_bits(r);
    uint64_t high = R_VTD_FRCD1_F_MASK | type;

    high = FIELD_DP64(high, VTD_FRCD1, SID, r->req.rid);
    high = FIELD_DP64(high, VTD_FRCD1, FR, r->fault.reason);
    high = FIELD_DP64(high, VTD_FRCD1, AT, r->req.at);
    if (r->req.pasid.valid) {
        high = FIELD_DP64(high, VTD_FRCD1, PP, 1);
        high = FIELD_DP64(high, VTD_FRCD1, PV, r->req.pasid.id);
        high = FIELD_DP64(high, VTD_FRCD1, PRIV,
                          !!(r->req.access & SVA_PRIV));
        high = FIELD_DP64(high, VTD_FRCD1, EXE,
                          is_fetch(type, r->req.access));
    }
    return high;
}

/*
 * The page address, without bits above the largest AGAW; for 20h to 2Fh the
 * interrupt index as intr.c encoded it.
 */
static uint64_t record_low(const SvaVtd *vtd, const SvaVtdFaultReport *r)
{
    uint64_t info = r->req.addr & SVA_PAGE_MASK;

    return r->fault.reason >> 4 == 2
           ? info : info & ((1ull << vtd->config.aw_bits) - 1);
}

static void record(SvaVtd *vtd, const SvaVtdFaultReport *r)
{
    unsigned index = vtd->fault_next;
    uint64_t low = record_low(vtd, r);
    uint64_t high = record_high(r);
    uint32_t status = sva_vtd_reg32(vtd, A_VTD_FSTS);

    if (is_occupied(vtd, index)) {
        /* PFO alone raises no event. */
        sva_vtd_set32(vtd, A_VTD_FSTS, status | R_VTD_FSTS_PFO_MASK);
        sva_vtd_count(vtd, SVA_VTD_CNT_FAULTS_LOST);
        return;
    }
    sva_vtd_set64(vtd, record_offset(index), low);
    sva_vtd_set64(vtd, record_offset(index) + 8, high);
    vtd->fault_next = (index + 1) % vtd->config.fault_records;
    sva_vtd_count(vtd, SVA_VTD_CNT_FAULTS_RECORDED);
    if (!(status & R_VTD_FSTS_PPF_MASK)) {
        sva_vtd_set32(vtd, A_VTD_FSTS,
                      FIELD_DP32(status, VTD_FSTS, FRI, index));
    }
    sva_emit(vtd->iommu.env, .kind = SVA_EV_FAULT, .rid = r->req.rid,
             .pasid = r->req.pasid, .addr = r->req.addr,
             .access = r->req.access,
             .fault = { .record = { low, high }, .reason = r->fault.reason });
    sva_vtd_event_raise(vtd, SVA_VTD_EVENT_FAULT, R_VTD_FSTS_PPF_MASK);
}

void sva_vtd_fault_report(SvaVtd *vtd, const SvaVtdFaultReport *r)
{
    if (!sva_fault_is_recorded(r->fault, r->req.at, false)) {
        return;
    }
    if (!sva_fault_is_recorded(r->fault, r->req.at, r->fpd)) {
        sva_vtd_count(vtd, SVA_VTD_CNT_FAULTS_SILENT);
        sva_emit(vtd->iommu.env, .kind = SVA_EV_FAULT_SILENT,
                 .rid = r->req.rid, .pasid = r->req.pasid,
                 .addr = r->req.addr, .access = r->req.access,
                 .fault.reason = r->fault.reason);
        return;
    }
    if (sva_vtd_reg32(vtd, A_VTD_FSTS) & R_VTD_FSTS_PFO_MASK) {
        /* Nothing is recorded until software has cleared the overflow. */
        sva_vtd_count(vtd, SVA_VTD_CNT_FAULTS_LOST);
        return;
    }
    record(vtd, r);
}

void sva_vtd_fault_cleared(SvaVtd *vtd)
{
    uint32_t status = sva_vtd_reg32(vtd, A_VTD_FSTS);
    unsigned i;

    for (i = 0; i < vtd->config.fault_records; i++) {
        if (is_occupied(vtd, i)) {
            return;
        }
    }
    sva_vtd_set32(vtd, A_VTD_FSTS, status & ~R_VTD_FSTS_PPF_MASK);
    sva_vtd_event_cleared(vtd, SVA_VTD_EVENT_FAULT);
}
