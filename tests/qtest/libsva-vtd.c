/*
 * Driving a VT-d unit by hand
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-vtd.h"

#define IQ_BYTES    0x1000u         /* QS=0: 128 descriptors of 256 bits */
#define PRQ_BYTES   0x1000u         /* PQS=0: 128 entries of 32 bytes */
#define ONE_SHOT    (~0x96ffffffu)
#define TTM_SCALABLE 0x400u
#define DOMAIN      1ull

uint32_t vtd_read32(SvaTest *t, unsigned off)
{
    return qtest_readl(t->qts, VTD_BASE + off);
}

uint64_t vtd_read64(SvaTest *t, unsigned off)
{
    return qtest_readq(t->qts, VTD_BASE + off);
}

void vtd_write32(SvaTest *t, unsigned off, uint32_t val)
{
    qtest_writel(t->qts, VTD_BASE + off, val);
}

void vtd_write64(SvaTest *t, unsigned off, uint64_t val)
{
    qtest_writeq(t->qts, VTD_BASE + off, val);
}

void vtd_set64(SvaTest *t, unsigned off, uint64_t val)
{
    vtd_write64(t, off, val);
    g_assert_cmphex(vtd_read64(t, off), ==, val);
}

void vtd_command(SvaTest *t, uint32_t bit)
{
    uint32_t kept = vtd_read32(t, VTD_GSTS) & ~ONE_SHOT;

    vtd_write32(t, VTD_GCMD, kept | bit);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS) & (kept | bit), ==, kept | bit);
}

void vtd_command_off(SvaTest *t, uint32_t bit)
{
    uint32_t kept = vtd_read32(t, VTD_GSTS) & ~ONE_SHOT & ~bit;

    vtd_write32(t, VTD_GCMD, kept);
    g_assert_cmphex(vtd_read32(t, VTD_GSTS) & ~ONE_SHOT, ==, kept);
}

void vtd_queue_start(SvaTest *t)
{
    t->iq = sva_alloc(t, IQ_BYTES);
    t->iq_tail = 0;
    t->wait_status = sva_alloc(t, 8);
    t->wait_value = 0x1000;
    vtd_set64(t, VTD_IQT, 0);
    vtd_set64(t, VTD_IQA, t->iq | 1 << 11);
    vtd_command(t, VTD_QIE);
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, 0);
}

void vtd_queue_put(SvaTest *t, uint64_t qw0, uint64_t qw1)
{
    sva_put64(t, t->iq + t->iq_tail, qw0);
    sva_put64(t, t->iq + t->iq_tail + 8, qw1);
    sva_put64(t, t->iq + t->iq_tail + 16, 0);
    sva_put64(t, t->iq + t->iq_tail + 24, 0);
    t->iq_tail = (t->iq_tail + 32) % IQ_BYTES;
}

void vtd_submit(SvaTest *t, uint64_t qw0, uint64_t qw1)
{
    vtd_queue_put(t, qw0, qw1);
    vtd_set64(t, VTD_IQT, t->iq_tail);
}

bool vtd_wait_done(SvaTest *t, uint64_t flags)
{
    t->wait_value++;
    sva_put64(t, t->wait_status, 0);
    vtd_submit(t, 5 | 1 << 5 | flags | (uint64_t)t->wait_value << 32,
               t->wait_status);
    return sva_get64(t, t->wait_status) == t->wait_value;
}

void vtd_sync(SvaTest *t)
{
    g_assert_true(vtd_wait_done(t, 0));
    g_assert_cmphex(vtd_read64(t, VTD_IQH), ==, t->iq_tail);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0x70, ==, 0);
}

void vtd_start(SvaTest *t)
{
    uint64_t entry;

    vtd_queue_start(t);
    t->prq = sva_alloc(t, PRQ_BYTES);
    vtd_set64(t, VTD_PQH, 0);
    vtd_set64(t, VTD_PQT, 0);
    vtd_set64(t, VTD_PQA, t->prq);

    t->root = sva_alloc(t, 0x1000);
    t->context_table = sva_alloc(t, 0x1000);
    t->pasid_dir = sva_alloc(t, 0x1000);
    sva_put64(t, t->root, t->context_table | 1);
    /* P, DTE, PASIDE, PRE; PDTS=0: 8192 PASIDs; RID_PASID 0 */
    entry = t->context_table + 32 * SVA_TEST_DEVFN;
    sva_put64(t, entry, t->pasid_dir | 0x1d);

    vtd_set64(t, VTD_RTADDR, t->root | TTM_SCALABLE);
    vtd_command(t, VTD_SRTP);
    vtd_submit(t, 1 | 1 << 4, 0);       /* context cache, global */
    vtd_submit(t, 7 | 3 << 4, 0);       /* PASID cache, global */
    vtd_submit(t, 2 | 1 << 4, 0);       /* IOTLB, global */
    vtd_sync(t);
    vtd_command(t, VTD_TE);
}

uint64_t vtd_pasid_entry(SvaTest *t, uint32_t pasid)
{
    uint64_t slot = t->pasid_dir + 8 * (pasid >> 6);
    uint64_t dir = sva_get64(t, slot);

    g_assert_cmphex(pasid, <, 8192);
    if (!dir) {
        dir = sva_alloc(t, 0x1000) | 1;
        sva_put64(t, slot, dir);
    }
    return (dir & PTE_ADDR) + 64 * (pasid & 63);
}

void vtd_pasid_put(SvaTest *t, uint32_t pasid, uint64_t qw0, uint64_t qw1,
                   uint64_t qw2)
{
    uint64_t entry = vtd_pasid_entry(t, pasid);

    sva_put64(t, entry, 0);
    sva_put64(t, entry + 8, qw1);
    sva_put64(t, entry + 16, qw2);
    sva_put64(t, entry, qw0);
    vtd_pasid_flush(t, pasid);
}

void vtd_pasid_flush(SvaTest *t, uint32_t pasid)
{
    /* PASID cache of (domain, PASID), PASID-based IOTLB of the same */
    vtd_submit(t, 7 | 1 << 4 | DOMAIN << 16 | (uint64_t)pasid << 32, 0);
    vtd_submit(t, 6 | 2 << 4 | DOMAIN << 16 | (uint64_t)pasid << 32, 0);
    vtd_sync(t);
}

void vtd_bind(SvaTest *t, uint32_t pasid, uint64_t pgd)
{
    /* P, PGTT=001; PWSNP; four levels, NXE */
    vtd_pasid_put(t, pasid, 1 | 1 << 6, DOMAIN | 1 << 23, pgd | 1 << 5);
}

uint64_t vtd_map(SvaTest *t, uint64_t pgd, uint64_t va, uint64_t pa,
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
            entry = sva_alloc(t, 0x1000) | PTE_P | PTE_W | PTE_U;
            sva_put64(t, slot, entry);
        }
        table = entry & PTE_ADDR;
    }
    sva_put64(t, slot, pa | flags);
    return slot;
}

/* CAP: FRO in bits 33:24, NFR in 47:40. */
static unsigned fault_offset(SvaTest *t, unsigned n)
{
    return ((vtd_read64(t, VTD_CAP) >> 24) & 0x3ff) * 16 + n * 16;
}

void vtd_fault(SvaTest *t, unsigned n, uint64_t *lo, uint64_t *hi)
{
    *lo = vtd_read64(t, fault_offset(t, n));
    *hi = vtd_read64(t, fault_offset(t, n) + 8);
}

void vtd_assert_no_fault(SvaTest *t)
{
    unsigned n, count = ((vtd_read64(t, VTD_CAP) >> 40) & 0xff) + 1;
    uint64_t lo, hi;

    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 0xff, ==, 0);
    for (n = 0; n < count; n++) {
        vtd_fault(t, n, &lo, &hi);
        g_assert_cmphex(hi >> 63, ==, 0);
    }
}

void vtd_faults_clear(SvaTest *t)
{
    unsigned n, count = ((vtd_read64(t, VTD_CAP) >> 40) & 0xff) + 1;

    for (n = 0; n < count; n++) {
        vtd_write32(t, fault_offset(t, n) + 12, 1u << 31);
    }
    vtd_write32(t, VTD_FSTS, 0x71);
    vtd_assert_no_fault(t);
}

bool vtd_prq_empty(SvaTest *t)
{
    return vtd_read64(t, VTD_PQH) == vtd_read64(t, VTD_PQT);
}

void vtd_prq_pop(SvaTest *t, uint64_t *qw0, uint64_t *qw1)
{
    uint64_t head = vtd_read64(t, VTD_PQH);

    g_assert_false(vtd_prq_empty(t));
    *qw0 = sva_get64(t, t->prq + head);
    *qw1 = sva_get64(t, t->prq + head + 8);
    g_assert_cmphex(sva_get64(t, t->prq + head + 16), ==, 0);
    g_assert_cmphex(sva_get64(t, t->prq + head + 24), ==, 0);
    vtd_set64(t, VTD_PQH, (head + 32) % PRQ_BYTES);
}
