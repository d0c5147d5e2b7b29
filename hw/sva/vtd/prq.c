/*
 * VT-d unit: page requests
 *
 * VT-d rev 5.10, 6.5.3.1, 7.4 to 7.7 and Table 30.
 *
 * Before it queues a request the unit looks up the tables up to the PASID
 * entry, as for a translation and from the same caches.  It records a fault
 * there and answers the group itself with Invalid Request.  So software does
 * not see requests of a PASID that it has torn down, but must answer those that
 * were queued before it invalidated the PASID cache.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/page-request.h"
#include "inv.h"
#include "tlb.h"
#include "xlate.h"

/*
 * Answer on behalf of software because of fault @reason, or because the queue
 * is full (0).  Only the last request of a group has an answer.  Unverified
 * (U18): it carries the PASID of the request.
 */
static void respond(SvaVtd *vtd, const SvaPageRequest *req, SvaPrgCode code,
                    unsigned reason)
{
    if (!req->last ||
        !sva_page_auto_response(&vtd->agent, req, req->pasid, code, reason)) {
        return;
    }
    if (code == SVA_PRG_INVALID) {
        sva_vtd_count(vtd, SVA_VTD_CNT_PAGE_AUTO_INVALID);
    }
    if (reason == SVA_VTD_FR_SPD_P || reason == SVA_VTD_FR_SPT_P) {
        sva_vtd_count(vtd, SVA_VTD_CNT_PAGE_AUTO_NOT_PRESENT);
    }
}

static void overflow(SvaVtd *vtd, const SvaPageRequest *req)
{
    sva_vtd_count(vtd, SVA_VTD_CNT_PAGE_OVERFLOW);
    sva_vtd_event_raise(vtd, SVA_VTD_EVENT_PAGE, R_VTD_PRS_PRO_MASK);
    /* Success makes the function translate again, and ask again. */
    respond(vtd, req, SVA_PRG_SUCCESS, 0);
}

static void refuse(SvaVtd *vtd, const SvaPageRequest *req, SvaFault fault,
                   bool fpd)
{
    SvaVtdFaultReport report = {
        .fault = fault,
        .fpd = fpd,
        .page_request = true,
        .req = {
            .addr = req->addr,
            .pasid = req->pasid,
            .rid = req->rid,
            .access = req->access,
        },
    };

    sva_vtd_count(vtd, SVA_VTD_CNT_PAGE_REFUSED);
    sva_vtd_fault_report(vtd, &report);
    respond(vtd, req, SVA_PRG_INVALID, fault.reason);
}

/*
 * The tables up to the PASID entry.  Sets @cfg->fpd in any case, the rest
 * without fault only.
 */
static SvaFault check_tables(SvaVtd *vtd, const SvaPageRequest *req,
                             SvaVtdTransCfg *cfg)
{
    SvaRequest as_request = { .pasid = req->pasid, .rid = req->rid };
    const SvaVtdContext *ctx = NULL;
    SvaFault fault = sva_vtd_admit(vtd, &as_request, true, &ctx, cfg);

    return sva_fault_is_none(fault)
           ? sva_vtd_pasid_get(vtd, req->rid, ctx, cfg) : fault;
}

static void encode(const SvaPageRequest *req, uint64_t *qw)
{
    memset(qw, 0, SVA_VTD_PRQ_BYTES);
    qw[0] = FIELD_DP64(qw[0], VTD_PRQ0, TYPE, SVA_VTD_PRQ_TYPE);
    qw[0] = FIELD_DP64(qw[0], VTD_PRQ0, RID, req->rid);
    if (req->pasid.valid) {
        qw[0] = FIELD_DP64(qw[0], VTD_PRQ0, PP, 1);
        qw[0] = FIELD_DP64(qw[0], VTD_PRQ0, PASID, req->pasid.id);
        qw[0] = FIELD_DP64(qw[0], VTD_PRQ0, EXR, !!(req->access & SVA_EXEC));
        qw[0] = FIELD_DP64(qw[0], VTD_PRQ0, PMR, !!(req->access & SVA_PRIV));
    }
    qw[1] = req->addr & SVA_PAGE_MASK;
    qw[1] = FIELD_DP64(qw[1], VTD_PRQ1, RDR, !!(req->access & SVA_READ));
    qw[1] = FIELD_DP64(qw[1], VTD_PRQ1, WRR, !!(req->access & SVA_WRITE));
    qw[1] = FIELD_DP64(qw[1], VTD_PRQ1, LPIG, req->last);
    qw[1] = FIELD_DP64(qw[1], VTD_PRQ1, PRGI, req->prgi);
}

typedef enum Queued {
    QUEUED,
    QUEUE_FULL,
    QUEUE_ERROR,                /* it is not memory */
} Queued;

static Queued enqueue(SvaVtd *vtd, const SvaPageRequest *req)
{
    uint64_t pqa = sva_vtd_reg64(vtd, A_VTD_PQA);
    SvaRing ring = {
        .base = pqa & SVA_VTD_ADDR,
        .size_log2 = SVA_PAGE_SHIFT + FIELD_EX64(pqa, VTD_PQA, PQS),
        .entry_log2 = 5,
    };
    uint32_t inside = sva_ring_bytes(&ring) - 1;
    uint32_t tail = sva_vtd_reg64(vtd, A_VTD_PQT) & inside;
    uint32_t head = sva_vtd_reg64(vtd, A_VTD_PQH) & inside;
    uint64_t qw[SVA_VTD_PRQ_WORDS], raw[SVA_VTD_PRQ_WORDS];
    unsigned i;

    if (sva_ring_full(&ring, head, tail)) {
        return QUEUE_FULL;
    }
    encode(req, qw);
    for (i = 0; i < SVA_VTD_PRQ_WORDS; i++) {
        raw[i] = GUINT64_TO_LE(qw[i]);
    }
    if (!sva_env_write(vtd->iommu.env, sva_ring_addr(&ring, tail), raw,
                       sizeof(raw))) {
        sva_guest_error(vtd->iommu.env,
                        "vtd: page request queue is not memory");
        return QUEUE_ERROR;
    }
    sva_vtd_set64(vtd, A_VTD_PQT, sva_ring_next(&ring, tail));
    sva_page_queued(&vtd->agent, req, qw);
    return QUEUED;
}

void sva_vtd_page_request(SvaIommu *iommu, const SvaPageRequest *req)
{
    SvaVtd *vtd = sva_vtd_of(iommu);
    SvaVtdTransCfg cfg = { .pasid = 0 };
    SvaFault fault;

    sva_vtd_count(vtd, SVA_VTD_CNT_PAGE_REQUESTS);
    if (!sva_vtd_gsts(vtd, R_VTD_GCMD_TE_MASK) || !vtd->config.pri) {
        /* Not a fault to record: page requests are off as a whole. */
        refuse(vtd, req, SVA_NO_FAULT, false);
        return;
    }
    fault = check_tables(vtd, req, &cfg);
    if (!sva_fault_is_none(fault)) {
        refuse(vtd, req, fault, cfg.fpd);
        return;
    }
    if (sva_vtd_reg32(vtd, A_VTD_PRS) & R_VTD_PRS_PRO_MASK) {
        overflow(vtd, req);
        return;
    }
    /* Or else a stale translation makes the function ask for ever. */
    sva_vtd_drop_page(vtd, cfg.entry, cfg.pasid, req->addr);
    switch (enqueue(vtd, req)) {
    case QUEUED:
        sva_vtd_event_raise(vtd, SVA_VTD_EVENT_PAGE, R_VTD_PRS_PPR_MASK);
        break;
    case QUEUE_FULL:
        overflow(vtd, req);
        break;
    case QUEUE_ERROR:
        /*
         * An error before the queue was updated is Invalid Request (note under
         * Table 30); the table has no reason code to record for it.
         */
        refuse(vtd, req, SVA_NO_FAULT, false);
        break;
    }
}

unsigned sva_vtd_prq_response(SvaVtd *vtd, const SvaVtdDesc *desc)
{
    sva_page_response(&vtd->agent, &desc->response);
    return 0;
}
