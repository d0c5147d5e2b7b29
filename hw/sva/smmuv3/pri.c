/*
 * SMMUv3: page requests and responses
 *
 * IHI 0070 G.b, "PRI", "PRI queue".  Only the state of the queue decides
 * whether a request is accepted: the STE is not checked, and groups are not
 * tracked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../core/page-request.h"
#include "cmd.h"
#include "queue.h"
#include "xlate.h"

/*
 * Each request is answered, not each group: G.b 8.2, 8.3.  The function still
 * acts once, as Response Failure ends all that it has outstanding.
 */
static void refuse(SvaSmmu *smmu, const SvaPageRequest *req)
{
    sva_smmu_count(smmu, SVA_SMMU_CNT_PAGE_REFUSED);
    sva_page_auto_response(&smmu->agent, req, SVA_NO_PASID, SVA_PRG_FAILURE,
                           0);
}

/* Success makes the function translate again, and ask again. */
static void overflow(SvaSmmu *smmu, const SvaPageRequest *req)
{
    bool valid = true, ppar = false;

    sva_smmu_count(smmu, SVA_SMMU_CNT_PAGE_OVERFLOW);
    if (!req->last) {
        return;                 /* the last of the group is answered */
    }
    if (req->pasid.valid) {
        ppar = sva_smmu_ste_ppar(smmu, req->rid, &valid);
    }
    sva_page_auto_response(&smmu->agent, req,
                           valid && ppar ? req->pasid : SVA_NO_PASID,
                           valid ? SVA_PRG_SUCCESS : SVA_PRG_FAILURE, 0);
}

static void encode(const SvaPageRequest *req, uint64_t *words)
{
    words[0] = req->rid |
               (req->access & SVA_READ ? R_SMMU_PRI0_R_MASK : 0) |
               (req->access & SVA_WRITE ? R_SMMU_PRI0_W_MASK : 0) |
               (req->last ? R_SMMU_PRI0_LAST_MASK : 0);
    if (req->pasid.valid) {
        words[0] |= R_SMMU_PRI0_SSV_MASK |
                    FIELD_DP64(0, SMMU_PRI0, SSID, req->pasid.id) |
                    (req->access & SVA_EXEC ? R_SMMU_PRI0_X_MASK : 0) |
                    (req->access & SVA_PRIV ? R_SMMU_PRI0_PRIV_MASK : 0);
    }
    words[1] = (req->addr & SVA_PAGE_MASK) |
               (req->prgi & (SVA_PRGI_COUNT - 1));
}

/* Both enables are needed: PRIQEN alone is without effect. */
static bool is_open(const SvaSmmu *smmu)
{
    uint32_t on = R_SMMU_CR0_SMMUEN_MASK | R_SMMU_CR0_PRIQEN_MASK;

    return smmu->config.pri &&
           (sva_smmu_reg32(smmu, A_SMMU_CR0ACK) & on) == on &&
           !sva_smmu_gerror_active(smmu, R_SMMU_GERROR_PRIQ_MASK);
}

/* Nothing is written until software acknowledges an overflow. */
static bool has_room(SvaSmmu *smmu, const SvaSmmuQueue *q)
{
    uint32_t prod = sva_smmu_reg32(smmu, A_SMMU_PRIQ_PROD);
    uint32_t cons = sva_smmu_reg32(smmu, A_SMMU_PRIQ_CONS);

    if ((prod ^ cons) & R_SMMU_Q_PTR_OVFLG_MASK) {
        return false;
    }
    if (!sva_smmu_queue_room(q)) {
        sva_smmu_set32(smmu, A_SMMU_PRIQ_PROD,
                       prod ^ R_SMMU_Q_PTR_OVFLG_MASK);
        return false;
    }
    return true;
}

static void take(SvaSmmu *smmu, const SvaPageRequest *req)
{
    SvaSmmuQueue q = sva_smmu_priq(smmu);
    bool each_last = sva_smmu_reg32(smmu, A_SMMU_PRIQ_IRQ_CFG0 +
                                    SVA_SMMU_IRQ_CFG2) &
                     R_SMMU_IRQ_CFG2_LO_MASK;
    uint64_t words[2];

    if (!is_open(smmu)) {
        refuse(smmu, req);
        return;
    }
    if (!has_room(smmu, &q)) {
        overflow(smmu, req);
        if (each_last && req->last) {
            sva_smmu_interrupt(smmu, SVA_SMMU_IRQ_PRIQ);
        }
        return;
    }
    encode(req, words);
    if (!sva_smmu_queue_put(smmu, &q, A_SMMU_PRIQ_PROD, words)) {
        sva_smmu_gerror(smmu, R_SMMU_GERROR_PRIQ_MASK);
        refuse(smmu, req);
        return;
    }
    sva_page_queued(&smmu->agent, req, words);
    if (each_last ? req->last : !sva_smmu_queue_used(&q)) {
        sva_smmu_interrupt(smmu, SVA_SMMU_IRQ_PRIQ);
    }
}

void sva_smmu_page_request(SvaIommu *iommu, const SvaPageRequest *req)
{
    SvaSmmu *smmu = sva_smmu_of(iommu);
    SvaPageRequest plain = *req;

    sva_smmu_count(smmu, SVA_SMMU_CNT_PAGE_REQUESTS);
    if (!smmu->config.ssid_bits) {
        /* SSV=0, and with it what a PASID prefix carries: G.b chapter 8 */
        plain.pasid = SVA_NO_PASID;
    }
    take(smmu, &plain);
}

/* -- CMD_PRI_RESP -- */

/* By Resp of the command. */
static const SvaPrgCode responses[] = {
    SVA_PRG_FAILURE, SVA_PRG_INVALID, SVA_PRG_SUCCESS,
};

static unsigned resp(const uint64_t *cmd)
{
    return FIELD_EX64(cmd[1], SMMU_CMD1, RESP);
}

bool sva_smmu_pri_resp_legal(const SvaSmmu *smmu G_GNUC_UNUSED,
                             const uint64_t *cmd)
{
    return resp(cmd) < G_N_ELEMENTS(responses);
}

unsigned sva_smmu_run_pri_resp(SvaSmmu *smmu, const uint64_t *cmd)
{
    uint32_t sid = sva_smmu_cmd_sid(cmd);
    SvaPageResponse rsp = {
        .pasid = sva_smmu_cmd_pasid(smmu, cmd),
        .rid = sid,
        .prgi = cmd[1] & R_SMMU_CMD1_PRGI_MASK,
        .code = responses[resp(cmd)],
    };

    if (!sva_smmu_enabled(smmu) || sid >> SVA_SMMU_SID_BITS) {
        return 0;
    }
    sva_page_response(&smmu->agent, &rsp);
    return 0;
}
