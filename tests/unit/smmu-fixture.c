/*
 * SmmuBench: an SMMUv3 unit with queues and a fabric, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-fixture.h"

static bool fabric_invalidate(void *fabric, const SvaAtcInvalidation *inv)
{
    SmmuBench *b = fabric;

    if (b->absent) {
        return false;
    }
    if (b->inv_count < SMMU_LOG) {
        b->invs[b->inv_count] = *inv;
    }
    b->inv_count++;
    if (b->complete) {
        b->smmu.iommu.ops->inval_done(&b->smmu.iommu, inv->rid, inv->ticket);
    }
    return true;
}

static void fabric_response(void *fabric, const SvaPageResponse *rsp)
{
    SmmuBench *b = fabric;

    if (b->rsp_count < SMMU_LOG) {
        b->rsps[b->rsp_count] = *rsp;
    }
    b->rsp_count++;
}

static bool fabric_stall_end(void *fabric, const SvaStallEnd *end)
{
    SmmuBench *b = fabric;

    if (b->end_count < SMMU_LOG) {
        b->ends[b->end_count] = *end;
    }
    b->end_count++;
    return !b->deaf;
}

static void fabric_forget(void *fabric, uint32_t ticket)
{
    SmmuBench *b = fabric;

    b->forget_ticket = ticket;
    b->forget_count++;
}

static const SvaFabricOps fabric_ops = {
    .atc_invalidate = fabric_invalidate,
    .page_response = fabric_response,
    .forget = fabric_forget,
    .stall_end = fabric_stall_end,
};

static void host_irq(void *host, SvaSmmuIrq line)
{
    SmmuBench *b = host;

    g_assert_cmpuint(line, <, SVA_SMMU_IRQ_COUNT);
    b->irqs[line]++;
}

static bool host_message(void *host, uint64_t addr, uint32_t data)
{
    SmmuBench *b = host;

    if (b->no_messages) {
        return false;
    }
    b->message_addr = addr;
    b->message_data = data;
    b->messages++;
    return true;
}

static const SvaSmmuHostOps host_ops = {
    .irq = host_irq,
    .message = host_message,
};

SmmuBench *smmu_bench_new(const SvaSmmuConfig *config)
{
    SmmuBench *b = g_new0(SmmuBench, 1);

    b->f = fake_env_new();
    g_assert_true(sva_smmu_init(&b->smmu, &b->f->env,
                                config ? config : &sva_smmu_default_config));
    b->smmu.iommu.fabric_ops = &fabric_ops;
    b->smmu.iommu.fabric = b;
    sva_smmu_set_host(&b->smmu, &host_ops, b);
    return b;
}

void smmu_bench_free(SmmuBench *b)
{
    sva_smmu_finalize(&b->smmu);
    fake_env_free(b->f);
    g_free(b);
}

uint32_t smmu_read32(SmmuBench *b, unsigned off)
{
    return sva_smmu_mmio_read(&b->smmu, off, 4);
}

uint64_t smmu_read64(SmmuBench *b, unsigned off)
{
    return sva_smmu_mmio_read(&b->smmu, off, 8);
}

void smmu_write32(SmmuBench *b, unsigned off, uint32_t val)
{
    sva_smmu_mmio_write(&b->smmu, off, val, 4);
}

void smmu_write64(SmmuBench *b, unsigned off, uint64_t val)
{
    sva_smmu_mmio_write(&b->smmu, off, val, 8);
}

void smmu_bench_enable(SmmuBench *b)
{
    uint32_t cr0 = 0x1d;                /* ATSCHK, CMDQEN, EVENTQEN, SMMUEN */

    if (b->smmu.config.pri) {
        cr0 |= 0x2;
    }
    if (!b->smmu.config.ats) {
        cr0 &= ~0x10u;
    }
    b->prod = 0;
    smmu_write64(b, 0x80, SMMU_STRTAB);
    smmu_write32(b, 0x88, SMMU_STRTAB_LOG2);
    smmu_write64(b, 0x90, SMMU_CMDQ | SMMU_CMDQ_LOG2);
    smmu_write32(b, 0x98, 0);
    smmu_write32(b, 0x9c, 0);
    smmu_write64(b, 0xa0, SMMU_EVENTQ | SMMU_EVENTQ_LOG2);
    smmu_write32(b, 0x100a8, 0);
    smmu_write32(b, 0x100ac, 0);
    smmu_write64(b, 0xc0, SMMU_PRIQ | SMMU_PRIQ_LOG2);
    smmu_write32(b, 0x2c, 0x2);         /* RECINVSID */
    smmu_write32(b, 0x50, 0x7);
    smmu_write32(b, 0x20, cr0);
    g_assert_cmphex(smmu_read32(b, 0x24), ==, cr0);
    fake_env_clear(b->f);
}

SmmuBench *smmu_bench_start(const SvaSmmuConfig *config)
{
    SmmuBench *b = smmu_bench_new(config);

    smmu_bench_enable(b);
    return b;
}

uint32_t smmu_bench_active(SmmuBench *b)
{
    return smmu_read32(b, 0x60) ^ smmu_read32(b, 0x64);
}

unsigned smmu_bench_cerror(SmmuBench *b)
{
    return smmu_read32(b, 0x9c) >> 24 & 0x7f;
}

uint32_t smmu_bench_gerror(SmmuBench *b)
{
    uint32_t active = smmu_bench_active(b);

    smmu_write32(b, 0x64, smmu_read32(b, 0x60));
    return active;
}

void smmu_bench_put(SmmuBench *b, uint64_t qw0, uint64_t qw1)
{
    uint32_t index = b->prod & ((1u << SMMU_CMDQ_LOG2) - 1);

    fake_put64(b->f, SMMU_CMDQ + index * 16, qw0);
    fake_put64(b->f, SMMU_CMDQ + index * 16 + 8, qw1);
    b->prod = (b->prod + 1) & ((2u << SMMU_CMDQ_LOG2) - 1);
}

void smmu_bench_kick(SmmuBench *b)
{
    smmu_write32(b, 0x98, b->prod);
}

void smmu_bench_submit(SmmuBench *b, uint64_t qw0, uint64_t qw1)
{
    smmu_bench_put(b, qw0, qw1);
    smmu_bench_kick(b);
}

bool smmu_bench_idle(SmmuBench *b)
{
    return (smmu_read32(b, 0x9c) & 0xfffff) == b->prod;
}

bool smmu_bench_sync(SmmuBench *b)
{
    smmu_bench_submit(b, 0x46, 0);
    return smmu_bench_idle(b);
}

void smmu_bench_sync_to(SmmuBench *b, unsigned n)
{
    smmu_bench_submit(b, 0x1046 | (n + 1ull) << 32, SMMU_SYNC + 4 * n);
}

uint32_t smmu_bench_word(SmmuBench *b, unsigned n)
{
    return fake_get32(b->f, SMMU_SYNC + 4 * n);
}

void smmu_bench_invalidate(SmmuBench *b)
{
    smmu_bench_submit(b, 0x40 | (uint64_t)SMMU_RID << 32, 0x1000);
}

void smmu_bench_complete(SmmuBench *b, unsigned n)
{
    g_assert_cmpuint(n, <, b->inv_count);
    b->smmu.iommu.ops->inval_done(&b->smmu.iommu, b->invs[n].rid,
                                  b->invs[n].ticket);
}

unsigned smmu_bench_event(SmmuBench *b, uint64_t words[4])
{
    uint32_t prod = smmu_read32(b, 0x100a8);
    uint32_t cons = smmu_read32(b, 0x100ac);
    uint64_t pa, w[4];
    unsigned i;

    if (((prod ^ cons) & ((2u << SMMU_EVENTQ_LOG2) - 1)) == 0) {
        return 0;
    }
    pa = SMMU_EVENTQ + (cons & ((1u << SMMU_EVENTQ_LOG2) - 1)) * 32;
    for (i = 0; i < 4; i++) {
        w[i] = fake_get64(b->f, pa + i * 8);
        if (words) {
            words[i] = w[i];
        }
    }
    cons = (cons + 1) & ((2u << SMMU_EVENTQ_LOG2) - 1);
    smmu_write32(b, 0x100ac, cons | (prod & 1u << 31));
    return w[0] & 0xff;
}

uint64_t smmu_bench_pri(SmmuBench *b, unsigned entry, unsigned word)
{
    return fake_get64(b->f, SMMU_PRIQ + entry * 16 + word * 8);
}

static SvaTranslation send(SmmuBench *b, const SvaRequest *req)
{
    SvaTranslation out;

    if (req->at == SVA_AT_TRANSLATED) {
        b->smmu.iommu.ops->translated(&b->smmu.iommu, req, &out);
    } else {
        b->smmu.iommu.ops->translate(&b->smmu.iommu, req, &out);
    }
    return out;
}

SvaTranslation smmu_bench_translate(SmmuBench *b, SvaPasid pasid,
                                    uint64_t addr, uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };

    return send(b, &req);
}

SvaTranslation smmu_bench_patient(SmmuBench *b, SvaPasid pasid, uint64_t addr,
                                  uint8_t access, uint32_t cookie)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_UNTRANSLATED, .may_stall = true, .cookie = cookie,
    };

    return send(b, &req);
}

SvaTranslation smmu_bench_translated(SmmuBench *b, uint64_t addr,
                                     uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_TRANSLATED,
    };

    return send(b, &req);
}

SvaAtsCompletion smmu_bench_ats(SmmuBench *b, SvaPasid pasid, uint64_t addr,
                                uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_TRANSLATION,
    };
    SvaAtsCompletion out;

    b->smmu.iommu.ops->ats_request(&b->smmu.iommu, &req, &out);
    return out;
}

void smmu_bench_page_request(SmmuBench *b, SvaPasid pasid, uint64_t addr,
                             uint8_t access, unsigned prgi, bool last)
{
    SvaPageRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .prgi = prgi,
        .access = access, .last = last,
    };

    b->smmu.iommu.ops->page_request(&b->smmu.iommu, &req);
}

uint64_t smmu_count(SmmuBench *b, SvaSmmuCounter counter)
{
    return b->smmu.counters[counter];
}
