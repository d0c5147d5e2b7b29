/*
 * VT-d unit: descriptors of the invalidation queue
 *
 * VT-d rev 5.10, 6.5.2 "Queued Invalidation Interface" and the sections
 * on each descriptor.  Each type is a row: which bits are defined, how to
 * decode them, and what to do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/ats.h"
#include "inv.h"

static unsigned granularity(const uint64_t *qw)
{
    return FIELD_EX64(qw[0], VTD_DESC0, G);
}

static uint32_t pasid_of(const uint64_t *qw)
{
    return FIELD_EX64(qw[0], VTD_DESC0, PASID);
}

static void decode_range(const uint64_t *qw, SvaVtdDesc *out)
{
    out->scope.addr = qw[1] & SVA_PAGE_MASK;
    out->scope.leaf_only = qw[1] & R_VTD_DESC1_IH_MASK;
    out->scope.mask = sva_vtd_am_mask(FIELD_EX64(qw[1], VTD_DESC1, AM));
}

static unsigned decode_context(const SvaVtd *vtd G_GNUC_UNUSED,
                               const uint64_t *qw, SvaVtdDesc *out)
{
    static const uint8_t grans[] = {
        [1] = SVA_VTD_GRAN_GLOBAL,
        [2] = SVA_VTD_GRAN_DOMAIN,
        [3] = SVA_VTD_GRAN_DEVICE,
    };

    if (!granularity(qw)) {
        return SVA_VTD_IQEI_RESERVED;
    }
    out->scope.gran = grans[granularity(qw)];
    out->scope.domain = FIELD_EX64(qw[0], VTD_DESC0, DID);
    out->scope.rid = FIELD_EX64(qw[0], VTD_DESC0, SID);
    out->scope.fm = FIELD_EX64(qw[0], VTD_DESC0, FM);
    return SVA_VTD_IQEI_NONE;
}

static unsigned decode_iotlb(const SvaVtd *vtd G_GNUC_UNUSED,
                             const uint64_t *qw, SvaVtdDesc *out)
{
    static const uint8_t grans[] = {
        [1] = SVA_VTD_GRAN_GLOBAL,
        [2] = SVA_VTD_GRAN_DOMAIN,
        [3] = SVA_VTD_GRAN_PAGE,
    };

    if (!granularity(qw)) {
        return SVA_VTD_IQEI_RESERVED;
    }
    out->scope.gran = grans[granularity(qw)];
    out->scope.domain = FIELD_EX64(qw[0], VTD_DESC0, DID);
    decode_range(qw, out);
    if (out->scope.gran == SVA_VTD_GRAN_PAGE &&
        FIELD_EX64(qw[1], VTD_DESC1, AM) > SVA_VTD_MAMV) {
        return SVA_VTD_IQEI_RESERVED;   /* unverified (U13) */
    }
    return SVA_VTD_IQEI_NONE;
}

static unsigned decode_piotlb(const SvaVtd *vtd G_GNUC_UNUSED,
                              const uint64_t *qw, SvaVtdDesc *out)
{
    /* CAP.MAMV limits AM for the second stage only. */
    switch (granularity(qw)) {
    case 2:
        out->scope.gran = SVA_VTD_GRAN_PASID;
        break;
    case 3:
        out->scope.gran = SVA_VTD_GRAN_PASID_PAGE;
        break;
    default:
        return SVA_VTD_IQEI_RESERVED;
    }
    out->scope.domain = FIELD_EX64(qw[0], VTD_DESC0, DID);
    out->scope.pasid = pasid_of(qw);
    decode_range(qw, out);
    return SVA_VTD_IQEI_NONE;
}

static unsigned decode_pc(const SvaVtd *vtd G_GNUC_UNUSED,
                          const uint64_t *qw, SvaVtdDesc *out)
{
    switch (granularity(qw)) {
    case 0:
        out->scope.gran = SVA_VTD_GRAN_DOMAIN;
        break;
    case 1:
        out->scope.gran = SVA_VTD_GRAN_PASID;
        break;
    case 3:
        out->scope.gran = SVA_VTD_GRAN_GLOBAL;
        break;
    default:
        return SVA_VTD_IQEI_RESERVED;
    }
    out->scope.domain = FIELD_EX64(qw[0], VTD_DESC0, DID);
    out->scope.pasid = pasid_of(qw);
    return SVA_VTD_IQEI_NONE;
}

/* MIP, a hint for throttling, is ignored. */
static unsigned decode_devtlb(const SvaVtd *vtd G_GNUC_UNUSED,
                              const uint64_t *qw, SvaVtdDesc *out)
{
    SvaAtsRange range = sva_ats_decode_range(qw[1],
                                             qw[1] & R_VTD_DEVTLB1_S_MASK);

    out->atc = (SvaAtcInvalidation) {
        .addr = range.addr,
        .mask = range.mask,
        .pasid = SVA_NO_PASID,
        .rid = FIELD_EX64(qw[0], VTD_DESC0, SID),
    };
    return SVA_VTD_IQEI_NONE;
}

static unsigned decode_pdevtlb(const SvaVtd *vtd G_GNUC_UNUSED,
                               const uint64_t *qw, SvaVtdDesc *out)
{
    SvaAtsRange range = sva_ats_decode_range(qw[1],
                                             qw[1] & R_VTD_PDEVTLB1_S_MASK);

    out->atc = (SvaAtcInvalidation) {
        .addr = range.addr,
        .mask = range.mask,
        .pasid = sva_pasid(pasid_of(qw)),
        .rid = FIELD_EX64(qw[0], VTD_DESC0, RID),
        .global = qw[1] & R_VTD_PDEVTLB1_G_MASK,
    };
    return SVA_VTD_IQEI_NONE;
}

static unsigned decode_iec(const SvaVtd *vtd G_GNUC_UNUSED,
                           const uint64_t *qw, SvaVtdDesc *out)
{
    out->iec_global = !(qw[0] & R_VTD_IEC0_INDEXED_MASK);
    out->iec_index = FIELD_EX64(qw[0], VTD_IEC0, IIDX);
    out->iec_mask = FIELD_EX64(qw[0], VTD_IEC0, IM);
    if (!out->iec_global && out->iec_mask > SVA_VTD_MHMV) {
        return SVA_VTD_IQEI_RESERVED;   /* unverified (U13) */
    }
    return SVA_VTD_IQEI_NONE;
}

/* Bits of the address from HAW on are ignored (VT-d rev 5.10, 6.5.2.9). */
static unsigned decode_wait(const SvaVtd *vtd, const uint64_t *qw,
                            SvaVtdDesc *out)
{
    out->wait = (SvaVtdWait) {
        .addr = qw[1] & ~sva_vtd_above_haw(vtd),
        .raw = qw[0],
        .data = FIELD_EX64(qw[0], VTD_WAIT0, DATA),
        .status_write = qw[0] & R_VTD_WAIT0_SW_MASK,
        .interrupt = qw[0] & R_VTD_WAIT0_IF_MASK,
        .fence = qw[0] & R_VTD_WAIT0_FN_MASK,
        .page_drain = qw[0] & R_VTD_WAIT0_PD_MASK,
    };
    return SVA_VTD_IQEI_NONE;
}

/*
 * Reserved codes are Response Failure to a function (PCIe PRI).  Unverified
 * (U16): they are no error of the queue.
 */
static unsigned decode_pgresp(const SvaVtd *vtd G_GNUC_UNUSED,
                              const uint64_t *qw, SvaVtdDesc *out)
{
    out->response = (SvaPageResponse) {
        .pasid = qw[0] & R_VTD_PGRESP0_PP_MASK ? sva_pasid(pasid_of(qw))
                                            : SVA_NO_PASID,
        .rid = FIELD_EX64(qw[0], VTD_DESC0, RID),
        .prgi = FIELD_EX64(qw[1], VTD_PGRESP1, PRGI),
        .code = sva_prg_code(FIELD_EX64(qw[0], VTD_PGRESP0, CODE)),
    };
    return SVA_VTD_IQEI_NONE;
}

static unsigned run_context(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    return sva_vtd_drop_contexts(vtd, &desc->scope);
}

static unsigned run_iotlb(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    return sva_vtd_drop_iotlb(vtd, &desc->scope);
}

static unsigned run_pc(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    return sva_vtd_drop_pasids(vtd, &desc->scope);
}

static unsigned run_iec(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    unsigned looked = sva_vtd_drop_irtes(vtd, desc->iec_global,
                                         desc->iec_index, desc->iec_mask);

    if (vtd->host_ops && vtd->host_ops->iec_invalidate) {
        vtd->host_ops->iec_invalidate(vtd->host, desc->iec_global,
                                      desc->iec_index, desc->iec_mask);
    }
    return looked;
}

static const SvaVtdDescType types[SVA_VTD_DESC_TYPES] = {
    [SVA_VTD_DESC_CONTEXT] = {
        "context-cache", 0, SVA_VTD_CTX_INV0, 0,
        SVA_VTD_CNT_DESC_CONTEXT, false,
        decode_context, run_context, NULL, SVA_VTD_RUN_LATE,
    },
    [SVA_VTD_DESC_IOTLB] = {
        "iotlb", 0, SVA_VTD_IOTLB_INV0, SVA_VTD_IOTLB_INV1,
        SVA_VTD_CNT_DESC_IOTLB, false,
        decode_iotlb, run_iotlb, NULL, SVA_VTD_RUN_LATE,
    },
    [SVA_VTD_DESC_DEVTLB] = {
        "device-tlb", R_VTD_ECAP_DT_MASK,
        SVA_VTD_DEVTLB_INV0, SVA_VTD_DEVTLB_INV1,
        SVA_VTD_CNT_DESC_DEVTLB, false,
        decode_devtlb, sva_vtd_devtlb_run, sva_vtd_devtlb_ready,
        SVA_VTD_RUN_AFTER,
    },
    [SVA_VTD_DESC_IEC] = {
        "interrupt-entry-cache", R_VTD_ECAP_IR_MASK, SVA_VTD_IEC_INV0, 0,
        SVA_VTD_CNT_DESC_IEC, false,
        decode_iec, run_iec, NULL, SVA_VTD_RUN_NOW,
    },
    [SVA_VTD_DESC_WAIT] = {
        "wait", 0, SVA_VTD_WAIT0, SVA_VTD_WAIT1,
        SVA_VTD_CNT_DESC_WAIT, false,
        decode_wait, sva_vtd_wait_run, sva_vtd_wait_ready, SVA_VTD_RUN_NOW,
    },
    [SVA_VTD_DESC_PIOTLB] = {
        "pasid-iotlb", R_VTD_ECAP_SMTS_MASK,
        SVA_VTD_PIOTLB_INV0, SVA_VTD_PIOTLB_INV1,
        SVA_VTD_CNT_DESC_PIOTLB, true,
        decode_piotlb, run_iotlb, NULL, SVA_VTD_RUN_LATE,
    },
    [SVA_VTD_DESC_PC] = {
        "pasid-cache", R_VTD_ECAP_SMTS_MASK, SVA_VTD_PC_INV0, 0,
        SVA_VTD_CNT_DESC_PC, true,
        decode_pc, run_pc, NULL, SVA_VTD_RUN_LATE,
    },
    [SVA_VTD_DESC_PDEVTLB] = {
        "pasid-device-tlb", R_VTD_ECAP_SMTS_MASK | R_VTD_ECAP_DT_MASK,
        SVA_VTD_PDEVTLB_INV0, SVA_VTD_PDEVTLB_INV1,
        SVA_VTD_CNT_DESC_PDEVTLB, true,
        decode_pdevtlb, sva_vtd_devtlb_run, sva_vtd_devtlb_ready,
        SVA_VTD_RUN_AFTER,
    },
    [SVA_VTD_DESC_PGRESP] = {
        "page-response", R_VTD_ECAP_PRS_MASK,
        SVA_VTD_PGRESP0, SVA_VTD_PGRESP1,
        SVA_VTD_CNT_DESC_PGRESP, true,
        decode_pgresp, sva_vtd_prq_response, NULL, SVA_VTD_RUN_NOW,
    },
};

/* Page drain is a reserved bit without ECAP.PDS. */
static uint64_t defined0(const SvaVtd *vtd, const SvaVtdDescType *type)
{
    if (type == &types[SVA_VTD_DESC_WAIT] &&
        !(vtd->ecap & R_VTD_ECAP_PDS_MASK)) {
        return FIELD_DP64(type->defined0, VTD_WAIT0, PD, 0);
    }
    return type->defined0;
}

unsigned sva_vtd_desc_decode(const SvaVtd *vtd, const uint64_t *qw,
                             const SvaVtdDescType **type, SvaVtdDesc *out)
{
    unsigned nr = FIELD_EX64(qw[0], VTD_DESC0, TYPE_LO) |
                  FIELD_EX64(qw[0], VTD_DESC0, TYPE_HI) << 4;
    const SvaVtdDescType *row = &types[nr < SVA_VTD_DESC_TYPES ? nr : 0];

    if (!row->decode || (vtd->ecap & row->ecap) != row->ecap ||
        (row->scalable && sva_vtd_ttm(vtd) == SVA_VTD_TTM_LEGACY)) {
        return SVA_VTD_IQEI_TYPE;
    }
    if (qw[0] & ~defined0(vtd, row) || qw[1] & ~row->defined1 ||
        qw[2] || qw[3]) {
        return SVA_VTD_IQEI_RESERVED;
    }
    *type = row;
    memset(out, 0, sizeof(*out));
    return row->decode(vtd, qw, out);
}
