/*
 * SMMUv3: faults and their event records
 *
 * IHI 0070 G.b, "Event records", "Event queue".  Records are never merged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fault.h"
#include "queue.h"

/* Fields of a record besides event number and StreamID. */
typedef enum Fields {
    SSV     = 1 << 0,           /* SubstreamID of the transaction, SSV */
    CD      = 1 << 1,           /* index of the CD, without SSV */
    RNW     = 1 << 2,
    ATTR    = 1 << 3,           /* PnU, InD, S2, CLASS */
    ADDR    = 1 << 4,           /* InputAddr */
    IPA     = 1 << 5,
    FETCH   = 1 << 6,           /* FetchAddr */
    STALL   = 1 << 7,           /* Stall, STAG */
    TTRNW   = 1 << 8,
    TREQ    = 1 << 9,           /* rights wanted; page of the address */
} Fields;

#define TRANSLATION (SSV | RNW | ATTR | ADDR | IPA | STALL)

/* Unverified (U8): SSV in F_STREAM_DISABLED and F_TRANSL_FORBIDDEN. */
static const uint16_t fields[SVA_SMMU_EVENT_IDS] = {
    [SVA_SMMU_C_BAD_STREAMID]     = SSV,
    [SVA_SMMU_F_STE_FETCH]        = SSV | FETCH,
    [SVA_SMMU_C_BAD_STE]          = SSV,
    [SVA_SMMU_F_BAD_ATS_TREQ]     = SSV | TREQ,
    [SVA_SMMU_F_STREAM_DISABLED]  = SSV,
    [SVA_SMMU_F_TRANSL_FORBIDDEN] = SSV | RNW | ADDR,
    [SVA_SMMU_C_BAD_SUBSTREAMID]  = CD,
    [SVA_SMMU_F_CD_FETCH]         = SSV | FETCH,
    [SVA_SMMU_C_BAD_CD]           = SSV,
    [SVA_SMMU_F_WALK_EABT]        = SSV | RNW | ATTR | ADDR | FETCH,
    [SVA_SMMU_F_TRANSLATION]      = TRANSLATION,
    [SVA_SMMU_F_ADDR_SIZE]        = TRANSLATION,
    [SVA_SMMU_F_ACCESS]           = TRANSLATION,
    [SVA_SMMU_F_PERMISSION]       = TRANSLATION | TTRNW,
};

SvaSmmuFault sva_smmu_walk_fault(const SvaVmsaResult *res, SvaSmmuClass cls)
{
    static const uint8_t events[SVA_VMSA_STATUSES] = {
        [SVA_VMSA_TRANSLATION] = SVA_SMMU_F_TRANSLATION,
        [SVA_VMSA_ADDRESS_SIZE] = SVA_SMMU_F_ADDR_SIZE,
        [SVA_VMSA_ACCESS_FLAG] = SVA_SMMU_F_ACCESS,
        [SVA_VMSA_PERMISSION] = SVA_SMMU_F_PERMISSION,
        [SVA_VMSA_ABORT] = SVA_SMMU_F_WALK_EABT,
    };
    bool permission = res->status == SVA_VMSA_PERMISSION;

    return (SvaSmmuFault) {
        .event = events[res->status],
        .cls = res->table ? SVA_SMMU_CLASS_TT : cls,
        .s2 = res->second,
        .ttrnw = permission && res->table && !res->update,
        /* Not of a structure: a transaction does not ask for that. */
        .missing = permission && !res->table && cls == SVA_SMMU_CLASS_IN
                   ? res->missing : 0,
        .ipa = res->second ? res->ipa : 0,
        .fetch = res->fetch,
    };
}

static uint64_t when(bool condition, uint64_t bits)
{
    return condition ? bits : 0;
}

static uint64_t substream(unsigned f, const SvaSmmuFault *fault,
                          const SvaRequest *req)
{
    if (f & CD) {
        return FIELD_DP64(0, SMMU_EVT0, SSID, fault->ssid);
    }
    if (f & SSV && req->pasid.valid) {
        return FIELD_DP64(R_SMMU_EVT0_SSV_MASK, SMMU_EVT0, SSID,
                          req->pasid.id);
    }
    return 0;
}

/* An atomic access that may write but not read is recorded as a read. */
static bool is_write(const SvaSmmuFault *fault, const SvaSmmuTransaction *txn)
{
    return txn->req.access & SVA_WRITE && fault->missing != SVA_READ;
}

static uint64_t attributes(unsigned f, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn)
{
    bool write = is_write(fault, txn);
    uint64_t w = when(f & RNW && !write, R_SMMU_EVT1_RNW_MASK);

    if (f & ATTR) {
        w |= when(txn->pnu, R_SMMU_EVT1_PNU_MASK) |
             when(txn->ind && !write, R_SMMU_EVT1_IND_MASK) |
             when(fault->s2, R_SMMU_EVT1_S2_MASK) |
             FIELD_DP64(0, SMMU_EVT1, CLASS, fault->cls);
    }
    if (f & TTRNW && fault->cls == SVA_SMMU_CLASS_TT) {
        w |= when(fault->ttrnw, R_SMMU_EVT1_TTRNW_MASK);
    }
    return w;
}

/* A translation request asks for one page, whatever the granule. */
static uint64_t wanted(const SvaRequest *req)
{
    return SVA_SMMU_EVT1_TREQ_SPAN_1 | R_SMMU_EVT1_TREQ_R_MASK |
           when(req->access & SVA_WRITE, R_SMMU_EVT1_TREQ_W_MASK) |
           when(req->access & SVA_EXEC, R_SMMU_EVT1_TREQ_X_MASK) |
           when(req->access & SVA_PRIV, R_SMMU_EVT1_TREQ_PRIV_MASK);
}

void sva_smmu_event_encode(const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn, bool stall,
                           uint16_t stag, uint64_t words[4])
{
    const SvaRequest *req = &txn->req;
    unsigned f = fault->event < SVA_SMMU_EVENT_IDS
                 ? fields[fault->event] : 0;

    words[0] = fault->event | substream(f, fault, req) |
               FIELD_DP64(0, SMMU_EVT0, SID, req->rid);
    words[1] = attributes(f, fault, txn) |
               when(f & STALL && stall, R_SMMU_EVT1_STALL_MASK | stag) |
               when(f & TREQ, wanted(req));
    words[2] = when(f & ADDR, req->addr) |
               when(f & TREQ, req->addr & SVA_PAGE_MASK);
    words[3] = when(f & FETCH, fault->fetch & R_SMMU_EVT3_FETCH_MASK) |
               when(f & IPA && fault->s2, fault->ipa & R_SMMU_EVT3_IPA_MASK);
}

static bool accepting(const SvaSmmu *smmu)
{
    return sva_smmu_reg32(smmu, A_SMMU_CR0ACK) &
           R_SMMU_CR0_EVENTQEN_MASK &&
           !sva_smmu_gerror_active(smmu, R_SMMU_GERROR_EVENTQ_MASK);
}

uint32_t sva_smmu_event_room(const SvaSmmu *smmu)
{
    SvaSmmuQueue q;

    if (!accepting(smmu)) {
        return 0;
    }
    q = sva_smmu_eventq(smmu);
    return sva_smmu_queue_room(&q);
}

bool sva_smmu_event_put(SvaSmmu *smmu, const uint64_t words[4])
{
    SvaSmmuQueue q = sva_smmu_eventq(smmu);

    if (!sva_smmu_event_room(smmu)) {
        return false;
    }
    if (!sva_smmu_queue_put(smmu, &q, A_SMMU_EVENTQ_PROD, words)) {
        sva_smmu_gerror(smmu, R_SMMU_GERROR_EVENTQ_MASK);
        return false;
    }
    if (!sva_smmu_queue_used(&q)) {
        sva_smmu_interrupt(smmu, SVA_SMMU_IRQ_EVENTQ);
    }
    return true;
}

/* Overflow: a working queue was full.  A broken queue loses events too. */
static void lose(SvaSmmu *smmu, bool overflow)
{
    uint32_t prod = sva_smmu_reg32(smmu, A_SMMU_EVENTQ_PROD);
    uint32_t cons = sva_smmu_reg32(smmu, A_SMMU_EVENTQ_CONS);

    sva_smmu_count(smmu, SVA_SMMU_CNT_FAULTS_LOST);
    if (overflow && !((prod ^ cons) & R_SMMU_Q_PTR_OVFLG_MASK)) {
        sva_smmu_set32(smmu, A_SMMU_EVENTQ_PROD,
                       prod ^ R_SMMU_Q_PTR_OVFLG_MASK);
        sva_smmu_count(smmu, SVA_SMMU_CNT_EVENTQ_OVERFLOWS);
    }
}

void sva_smmu_event_silent(SvaSmmu *smmu, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn)
{
    sva_smmu_count(smmu, SVA_SMMU_CNT_FAULTS_SILENT);
    sva_emit(smmu->iommu.env, .kind = SVA_EV_FAULT_SILENT,
             .rid = txn->req.rid, .pasid = txn->req.pasid,
             .addr = txn->req.addr, .access = txn->req.access,
             .fault.reason = fault->event);
}

static bool is_silent(const SvaSmmu *smmu, const SvaSmmuFault *fault)
{
    return !fault->event ||
           (fault->event == SVA_SMMU_C_BAD_STREAMID &&
            !(sva_smmu_reg32(smmu, A_SMMU_CR2) &
              R_SMMU_CR2_RECINVSID_MASK));
}

void sva_smmu_event_record(SvaSmmu *smmu, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn)
{
    uint64_t words[4];

    if (is_silent(smmu, fault)) {
        sva_smmu_event_silent(smmu, fault, txn);
        return;
    }
    if (!sva_smmu_event_room(smmu)) {
        lose(smmu, accepting(smmu));
        return;
    }
    sva_smmu_event_encode(fault, txn, false, 0, words);
    if (!sva_smmu_event_put(smmu, words)) {
        lose(smmu, false);
        return;
    }
    sva_smmu_count(smmu, SVA_SMMU_CNT_FAULTS_RECORDED);
    sva_emit(smmu->iommu.env, .kind = SVA_EV_FAULT, .rid = txn->req.rid,
             .pasid = txn->req.pasid, .addr = txn->req.addr,
             .access = txn->req.access,
             .fault = {
                 .record = { words[0], words[1] },
                 .reason = fault->event,
             });
}
