/*
 * Driving an SMMUv3 by hand
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-smmu.h"

#define CMDQ_LOG2       8
#define EVENTQ_LOG2     5
#define PRIQ_LOG2       5
#define STREAMS_LOG2    8
#define SSID_LOG2       8

#define CMD_CFGI_STE    0x03ull
#define CMD_CFGI_ALL    0x04ull
#define CMD_CFGI_CD     0x05ull
#define CMD_TLBI_ASID   0x11ull
#define CMD_TLBI_ALL    0x30ull
#define CMD_ATC_INV     0x40ull
#define CMD_RESUME      0x44ull
#define CMD_SYNC        0x46ull
#define CMD_SSV         (1ull << 11)
#define SID(rid)        ((uint64_t)(rid) << 32)

uint32_t smmu_read32(SvaTest *t, unsigned off)
{
    return qtest_readl(t->qts, SMMU_BASE + off);
}

uint64_t smmu_read64(SvaTest *t, unsigned off)
{
    return qtest_readq(t->qts, SMMU_BASE + off);
}

void smmu_write32(SvaTest *t, unsigned off, uint32_t val)
{
    qtest_writel(t->qts, SMMU_BASE + off, val);
}

void smmu_write64(SvaTest *t, unsigned off, uint64_t val)
{
    qtest_writeq(t->qts, SMMU_BASE + off, val);
}

void smmu_set32(SvaTest *t, unsigned off, uint32_t val)
{
    smmu_write32(t, off, val);
    g_assert_cmphex(smmu_read32(t, off), ==, val);
}

void smmu_set64(SvaTest *t, unsigned off, uint64_t val)
{
    smmu_write64(t, off, val);
    g_assert_cmphex(smmu_read64(t, off), ==, val);
}

void smmu_cr0(SvaTest *t, uint32_t bits)
{
    smmu_write32(t, SMMU_CR0, bits);
    g_assert_cmphex(smmu_read32(t, SMMU_CR0ACK), ==, bits);
}

static uint64_t queue_start(SvaTest *t, unsigned base, unsigned prod,
                            unsigned cons, unsigned log2)
{
    /* An alignment of the queue's size is more than enough. */
    uint64_t queue = sva_alloc(t, 0x2000);

    queue = (queue + 0xfff) & ~0xfffull;
    smmu_set64(t, base, queue | log2);
    smmu_set32(t, prod, 0);
    smmu_set32(t, cons, 0);
    return queue;
}

void smmu_start(SvaTest *t)
{
    t->cmdq = queue_start(t, SMMU_CMDQ_BASE, SMMU_CMDQ_PROD, SMMU_CMDQ_CONS,
                          CMDQ_LOG2);
    t->eventq = queue_start(t, SMMU_EVENTQ_BASE, SMMU_EVENTQ_PROD,
                            SMMU_EVENTQ_CONS, EVENTQ_LOG2);
    t->priq = queue_start(t, SMMU_PRIQ_BASE, SMMU_PRIQ_PROD, SMMU_PRIQ_CONS,
                          PRIQ_LOG2);
    t->cmdq_prod = 0;
    /* Aligned to its size of 16 KiB, as the descriptor table is. */
    t->strtab = (sva_alloc(t, 0x8000) + 0x3fff) & ~0x3fffull;
    t->cd_table = (sva_alloc(t, 0x8000) + 0x3fff) & ~0x3fffull;
    smmu_set64(t, SMMU_STRTAB_BASE, t->strtab);
    smmu_set32(t, SMMU_STRTAB_CFG, STREAMS_LOG2);
    smmu_cr0(t, SMMU_CMDQEN);
    smmu_command(t, CMD_CFGI_ALL, 31);
    smmu_command(t, CMD_TLBI_ALL, 0);
    smmu_sync(t);
    smmu_cr0(t, SMMU_CMDQEN | SMMU_EVENTQEN | SMMU_PRIQEN | SMMU_ATSCHK);
    smmu_cr0(t, SMMU_CMDQEN | SMMU_EVENTQEN | SMMU_PRIQEN | SMMU_ATSCHK |
                SMMU_SMMUEN);
    /* V, Config=101, linear, S1CDMax=8; EATS=01 */
    smmu_ste_put(t, 1 | 5 << 1 | t->cd_table | (uint64_t)SSID_LOG2 << 59,
                 1 << 28);
}

static uint32_t queue_mask(unsigned log2)
{
    return (2u << log2) - 1;
}

void smmu_submit(SvaTest *t, uint64_t qw0, uint64_t qw1)
{
    uint64_t at = t->cmdq + 16 * (t->cmdq_prod & ((1u << CMDQ_LOG2) - 1));

    sva_put64(t, at, qw0);
    sva_put64(t, at + 8, qw1);
    t->cmdq_prod = (t->cmdq_prod + 1) & queue_mask(CMDQ_LOG2);
    smmu_write32(t, SMMU_CMDQ_PROD, t->cmdq_prod);
}

void smmu_command(SvaTest *t, uint64_t qw0, uint64_t qw1)
{
    smmu_submit(t, qw0, qw1);
    g_assert_cmphex(smmu_read32(t, SMMU_CMDQ_CONS), ==, t->cmdq_prod);
}

bool smmu_sync_done(SvaTest *t)
{
    smmu_submit(t, CMD_SYNC, 0);
    return smmu_read32(t, SMMU_CMDQ_CONS) == t->cmdq_prod;
}

void smmu_sync(SvaTest *t)
{
    g_assert_true(smmu_sync_done(t));
    g_assert_cmphex(smmu_read32(t, SMMU_GERROR), ==,
                    smmu_read32(t, SMMU_GERRORN));
}

uint64_t smmu_ste_addr(SvaTest *t)
{
    return t->strtab + 64 * SVA_TEST_RID;
}

void smmu_ste_put(SvaTest *t, uint64_t qw0, uint64_t qw1)
{
    sva_put64(t, smmu_ste_addr(t), 0);
    sva_put64(t, smmu_ste_addr(t) + 8, qw1);
    sva_put64(t, smmu_ste_addr(t), qw0);
    smmu_command(t, CMD_CFGI_STE | SID(SVA_TEST_RID), 1);
    smmu_sync(t);
}

uint64_t smmu_cd_addr(SvaTest *t, uint32_t ssid)
{
    g_assert_cmphex(ssid, <, 1u << SSID_LOG2);
    return t->cd_table + 64 * ssid;
}

void smmu_cd_put(SvaTest *t, uint32_t ssid, uint64_t qw0, uint64_t ttb)
{
    uint64_t cd = smmu_cd_addr(t, ssid);

    sva_put64(t, cd, 0);
    sva_put64(t, cd + 8, ttb);
    sva_put64(t, cd, qw0);
    smmu_command(t, CMD_CFGI_CD | (uint64_t)ssid << 12 | SID(SVA_TEST_RID),
                 1);
    smmu_sync(t);
}

uint64_t smmu_cd_word0(uint32_t ssid, uint64_t flags)
{
    /* T0SZ=16, 4 KiB, WBWA, ISH; EPD1; V; IPS=44 bits; AA64; ASET */
    return 16 | 1 << 8 | 1 << 10 | 3 << 12 | 1u << 30 | 1ull << 31 |
           4ull << 32 | 1ull << 41 | 1ull << 47 | (uint64_t)ssid << 48 |
           flags;
}

void smmu_bind(SvaTest *t, uint32_t ssid, uint64_t pgd, uint64_t flags)
{
    smmu_cd_put(t, ssid, smmu_cd_word0(ssid, flags), pgd);
}

void smmu_flush(SvaTest *t, uint32_t ssid)
{
    smmu_command(t, CMD_TLBI_ASID | (uint64_t)ssid << 48, 0);
    smmu_sync(t);
}

void smmu_flush_atc(SvaTest *t, uint32_t ssid)
{
    smmu_command(t, CMD_ATC_INV | CMD_SSV | (uint64_t)ssid << 12 |
                    SID(SVA_TEST_RID), 52);
    smmu_sync(t);
}

uint64_t smmu_map(SvaTest *t, uint64_t pgd, uint64_t va, uint64_t pa,
                  uint64_t flags)
{
    uint64_t table = pgd, slot = 0, entry;
    int shift;

    for (shift = 39; shift >= 12; shift -= 9) {
        slot = table + 8 * ((va >> shift) & 511);
        if (shift == 12) {
            break;
        }
        entry = sva_get64(t, slot);
        if (!entry) {
            entry = sva_alloc(t, 0x1000) | 3;
            sva_put64(t, slot, entry);
        }
        table = entry & PAGE_ADDR;
    }
    sva_put64(t, slot, pa | flags);
    return slot;
}

static bool queue_empty(SvaTest *t, unsigned prod, unsigned cons,
                        unsigned log2)
{
    return ((smmu_read32(t, prod) ^ smmu_read32(t, cons)) &
            queue_mask(log2)) == 0;
}

bool smmu_event_empty(SvaTest *t)
{
    return queue_empty(t, SMMU_EVENTQ_PROD, SMMU_EVENTQ_CONS, EVENTQ_LOG2);
}

/* Index of the next entry, which is then taken out; OVACKFLG is kept. */
static uint32_t queue_pop(SvaTest *t, unsigned prod, unsigned cons,
                          unsigned log2)
{
    uint32_t rd = smmu_read32(t, cons);

    g_assert_false(queue_empty(t, prod, cons, log2));
    smmu_set32(t, cons, (rd & 0x80000000u) | ((rd + 1) & queue_mask(log2)));
    return rd & ((1u << log2) - 1);
}

SmmuEvent smmu_event_pop(SvaTest *t)
{
    uint32_t n = queue_pop(t, SMMU_EVENTQ_PROD, SMMU_EVENTQ_CONS,
                           EVENTQ_LOG2);
    SmmuEvent e;
    unsigned i;

    for (i = 0; i < 4; i++) {
        e.w[i] = sva_get64(t, t->eventq + 32 * n + 8 * i);
    }
    return e;
}

bool smmu_pri_empty(SvaTest *t)
{
    return queue_empty(t, SMMU_PRIQ_PROD, SMMU_PRIQ_CONS, PRIQ_LOG2);
}

void smmu_pri_pop(SvaTest *t, uint64_t *qw0, uint64_t *qw1)
{
    uint32_t n = queue_pop(t, SMMU_PRIQ_PROD, SMMU_PRIQ_CONS, PRIQ_LOG2);

    *qw0 = sva_get64(t, t->priq + 16 * n);
    *qw1 = sva_get64(t, t->priq + 16 * n + 8);
}

void smmu_resume(SvaTest *t, uint16_t stag, unsigned what)
{
    smmu_command(t, CMD_RESUME | (uint64_t)what << 12 | SID(SVA_TEST_RID),
                 stag);
}
