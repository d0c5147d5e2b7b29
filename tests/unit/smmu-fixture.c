/*
 * SmmuFixture: an SMMUv3 unit with queues and a fabric, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ask-iommu.h"
#include "smmu-fixture.h"

static bool fabric_invalidate(void *fabric, const SvaAtcInvalidation *inv)
{
    SmmuFixture *f = fabric;

    if (f->absent) {
        return false;
    }
    if (f->inv_count < SMMU_LOG) {
        f->invs[f->inv_count] = *inv;
    }
    f->inv_count++;
    if (f->complete) {
        f->smmu.iommu.ops->inval_done(&f->smmu.iommu, inv->rid, inv->itag);
    }
    return true;
}

static void fabric_response(void *fabric, const SvaPageResponse *rsp)
{
    SmmuFixture *f = fabric;

    if (f->rsp_count < SMMU_LOG) {
        f->rsps[f->rsp_count] = *rsp;
    }
    f->rsp_count++;
}

static bool fabric_stall_end(void *fabric, const SvaStallEnd *end)
{
    SmmuFixture *f = fabric;

    if (f->end_count < SMMU_LOG) {
        f->ends[f->end_count] = *end;
    }
    f->end_count++;
    return !f->deaf;
}

static void fabric_drop_copies(void *fabric, uint32_t itag)
{
    SmmuFixture *f = fabric;

    f->forget_itag = itag;
    f->forget_count++;
}

static const SvaFabricOps fabric_ops = {
    .atc_invalidate = fabric_invalidate,
    .page_response = fabric_response,
    .drop_copies = fabric_drop_copies,
    .stall_end = fabric_stall_end,
};

static void host_irq(void *host, SvaSmmuIrq line)
{
    SmmuFixture *f = host;

    g_assert_cmpuint(line, <, SVA_SMMU_IRQ_COUNT);
    f->irqs[line]++;
}

static bool host_message(void *host, uint64_t addr, uint32_t data)
{
    SmmuFixture *f = host;

    if (f->no_messages) {
        return false;
    }
    f->message_addr = addr;
    f->message_data = data;
    f->messages++;
    return true;
}

static const SvaSmmuHostOps host_ops = {
    .irq = host_irq,
    .message = host_message,
};

SmmuFixture *smmu_fixture_new(const SvaSmmuConfig *config)
{
    SmmuFixture *f = g_new0(SmmuFixture, 1);

    f->env = fake_env_new();
    g_assert_true(sva_smmu_init(&f->smmu, &f->env->env,
                                config ? config : &sva_smmu_default_config));
    f->smmu.iommu.fabric.ops = &fabric_ops;
    f->smmu.iommu.fabric.opaque = f;
    sva_smmu_set_host(&f->smmu, &host_ops, f);
    return f;
}

void smmu_fixture_free(SmmuFixture *f)
{
    sva_smmu_finalize(&f->smmu);
    fake_env_free(f->env);
    g_free(f);
}

uint32_t smmu_read32(SmmuFixture *f, unsigned off)
{
    return sva_smmu_mmio_read(&f->smmu, off, 4);
}

uint64_t smmu_read64(SmmuFixture *f, unsigned off)
{
    return sva_smmu_mmio_read(&f->smmu, off, 8);
}

void smmu_write32(SmmuFixture *f, unsigned off, uint32_t val)
{
    sva_smmu_mmio_write(&f->smmu, off, val, 4);
}

void smmu_write64(SmmuFixture *f, unsigned off, uint64_t val)
{
    sva_smmu_mmio_write(&f->smmu, off, val, 8);
}

void smmu_enable(SmmuFixture *f)
{
    uint32_t cr0 = 0x1d;                /* ATSCHK, CMDQEN, EVENTQEN, SMMUEN */

    if (f->smmu.config.pri) {
        cr0 |= 0x2;
    }
    if (!f->smmu.config.ats) {
        cr0 &= ~0x10u;
    }
    f->prod = 0;
    smmu_write64(f, 0x80, SMMU_STRTAB);
    smmu_write32(f, 0x88, SMMU_STRTAB_LOG2);
    smmu_write64(f, 0x90, SMMU_CMDQ | SMMU_CMDQ_LOG2);
    smmu_write32(f, 0x98, 0);
    smmu_write32(f, 0x9c, 0);
    smmu_write64(f, 0xa0, SMMU_EVENTQ | SMMU_EVENTQ_LOG2);
    smmu_write32(f, 0x100a8, 0);
    smmu_write32(f, 0x100ac, 0);
    smmu_write64(f, 0xc0, SMMU_PRIQ | SMMU_PRIQ_LOG2);
    smmu_write32(f, 0x2c, 0x2);         /* RECINVSID */
    smmu_write32(f, 0x50, 0x7);
    smmu_write32(f, 0x20, cr0);
    g_assert_cmphex(smmu_read32(f, 0x24), ==, cr0);
    fake_env_clear(f->env);
}

SmmuFixture *smmu_fixture_start(const SvaSmmuConfig *config)
{
    SmmuFixture *f = smmu_fixture_new(config);

    smmu_enable(f);
    return f;
}

uint32_t smmu_active(SmmuFixture *f)
{
    return smmu_read32(f, 0x60) ^ smmu_read32(f, 0x64);
}

unsigned smmu_cerror(SmmuFixture *f)
{
    return smmu_read32(f, 0x9c) >> 24 & 0x7f;
}

uint32_t smmu_gerror(SmmuFixture *f)
{
    uint32_t active = smmu_active(f);

    smmu_write32(f, 0x64, smmu_read32(f, 0x60));
    return active;
}

void smmu_put(SmmuFixture *f, uint64_t qw0, uint64_t qw1)
{
    uint32_t index = f->prod & ((1u << SMMU_CMDQ_LOG2) - 1);

    fake_put64(f->env, SMMU_CMDQ + index * 16, qw0);
    fake_put64(f->env, SMMU_CMDQ + index * 16 + 8, qw1);
    f->prod = (f->prod + 1) & ((2u << SMMU_CMDQ_LOG2) - 1);
}

void smmu_kick(SmmuFixture *f)
{
    smmu_write32(f, 0x98, f->prod);
}

void smmu_submit(SmmuFixture *f, uint64_t qw0, uint64_t qw1)
{
    smmu_put(f, qw0, qw1);
    smmu_kick(f);
}

bool smmu_idle(SmmuFixture *f)
{
    return (smmu_read32(f, 0x9c) & 0xfffff) == f->prod;
}

bool smmu_sync(SmmuFixture *f)
{
    smmu_submit(f, 0x46, 0);
    return smmu_idle(f);
}

void smmu_sync_to(SmmuFixture *f, unsigned n)
{
    smmu_submit(f, 0x1046 | (n + 1ull) << 32, SMMU_SYNC + 4 * n);
}

uint32_t smmu_word(SmmuFixture *f, unsigned n)
{
    return fake_get32(f->env, SMMU_SYNC + 4 * n);
}

void smmu_invalidate(SmmuFixture *f)
{
    smmu_submit(f, 0x40 | (uint64_t)SMMU_RID << 32, 0x1000);
}

void smmu_complete(SmmuFixture *f, unsigned n)
{
    g_assert_cmpuint(n, <, f->inv_count);
    f->smmu.iommu.ops->inval_done(&f->smmu.iommu, f->invs[n].rid,
                                  f->invs[n].itag);
}

unsigned smmu_event(SmmuFixture *f, uint64_t words[4])
{
    uint32_t prod = smmu_read32(f, 0x100a8);
    uint32_t cons = smmu_read32(f, 0x100ac);
    uint64_t pa, w[4];
    unsigned i;

    if (((prod ^ cons) & ((2u << SMMU_EVENTQ_LOG2) - 1)) == 0) {
        return 0;
    }
    pa = SMMU_EVENTQ + (cons & ((1u << SMMU_EVENTQ_LOG2) - 1)) * 32;
    for (i = 0; i < 4; i++) {
        w[i] = fake_get64(f->env, pa + i * 8);
        if (words) {
            words[i] = w[i];
        }
    }
    cons = (cons + 1) & ((2u << SMMU_EVENTQ_LOG2) - 1);
    smmu_write32(f, 0x100ac, cons | (prod & 1u << 31));
    return w[0] & 0xff;
}

uint64_t smmu_pri(SmmuFixture *f, unsigned entry, unsigned word)
{
    return fake_get64(f->env, SMMU_PRIQ + entry * 16 + word * 8);
}

static SvaTranslation send(SmmuFixture *f, const SvaRequest *req)
{
    return ask_iommu(f->env, &f->smmu.iommu, req, &f->known);
}

SvaTranslation smmu_translate(SmmuFixture *f, SvaPasid pasid,
                              uint64_t addr, uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };

    return send(f, &req);
}

SvaTranslation smmu_patient(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                            uint8_t access, uint32_t cookie)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_UNTRANSLATED, .may_stall = true, .cookie = cookie,
    };

    return send(f, &req);
}

SvaTranslation smmu_translated(SmmuFixture *f, uint64_t addr,
                               uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_TRANSLATED,
    };

    return send(f, &req);
}

SvaAtsCompletion smmu_ats(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                          uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .access = access,
        .at = SVA_AT_TRANSLATION, .final = f->final,
    };
    SvaAtsCompletion out;

    f->smmu.iommu.ops->ats_request(&f->smmu.iommu, &req, &out);
    return out;
}

void smmu_page_request(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                       uint8_t access, unsigned prgi, bool last)
{
    SvaPageRequest req = {
        .addr = addr, .pasid = pasid, .rid = SMMU_RID, .prgi = prgi,
        .access = access, .last = last,
    };

    f->smmu.iommu.ops->page_request(&f->smmu.iommu, &req);
}

uint64_t smmu_count(SmmuFixture *f, SvaSmmuCounter counter)
{
    return sva_smmu_counter(&f->smmu, counter);
}
