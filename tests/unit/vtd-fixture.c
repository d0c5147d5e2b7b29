/*
 * VtdBench: a VT-d unit with tables, queues and a fabric, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define GSTS_ONE_SHOT 0x69000000u

static bool fabric_invalidate(void *fabric, const SvaAtcInvalidation *inv)
{
    VtdBench *b = fabric;

    if (b->absent) {
        return false;
    }
    if (b->inv_count < BENCH_LOG) {
        b->invs[b->inv_count] = *inv;
    }
    b->inv_count++;
    b->depth++;
    b->max_depth = MAX(b->max_depth, b->depth);
    if (b->complete) {
        b->vtd.iommu.ops->inval_done(&b->vtd.iommu, inv->rid, inv->ticket);
    }
    b->depth--;
    return true;
}

static void fabric_response(void *fabric, const SvaPageResponse *rsp)
{
    VtdBench *b = fabric;

    if (b->rsp_count < BENCH_LOG) {
        b->rsps[b->rsp_count] = *rsp;
    }
    b->rsp_count++;
}

static void fabric_forget(void *fabric, uint32_t ticket)
{
    VtdBench *b = fabric;

    b->forget_ticket = ticket;
    b->forget_count++;
}

static const SvaFabricOps fabric_ops = {
    .atc_invalidate = fabric_invalidate,
    .page_response = fabric_response,
    .forget = fabric_forget,
};

static void host_intremap(void *host, const SvaVtdIntremap *state)
{
    VtdBench *b = host;

    b->intremap = *state;
    b->intremap_count++;
}

static void host_iec(void *host, bool global, uint32_t index, uint32_t mask)
{
    VtdBench *b = host;

    b->iec_global = global;
    b->iec_index = index;
    b->iec_mask = mask;
    b->iec_count++;
}

static const SvaVtdHostOps host_ops = {
    .intremap_changed = host_intremap,
    .iec_invalidate = host_iec,
};

VtdBench *vtd_bench_new(const SvaVtdConfig *config)
{
    VtdBench *b = g_new0(VtdBench, 1);

    b->f = fake_env_new();
    b->next_table = BENCH_TABLES;
    b->entry = 32;
    g_assert_true(sva_vtd_init(&b->vtd, &b->f->env,
                               config ? config : &sva_vtd_default_config));
    b->vtd.iommu.fabric_ops = &fabric_ops;
    b->vtd.iommu.fabric = b;
    sva_vtd_set_host(&b->vtd, &host_ops, b);
    return b;
}

void vtd_bench_free(VtdBench *b)
{
    sva_vtd_finalize(&b->vtd);
    fake_env_free(b->f);
    g_free(b);
}

uint32_t vtd_read32(VtdBench *b, unsigned off)
{
    return sva_vtd_mmio_read(&b->vtd, off, 4);
}

uint64_t vtd_read64(VtdBench *b, unsigned off)
{
    return sva_vtd_mmio_read(&b->vtd, off, 8);
}

void vtd_write32(VtdBench *b, unsigned off, uint32_t val)
{
    sva_vtd_mmio_write(&b->vtd, off, val, 4);
}

void vtd_write64(VtdBench *b, unsigned off, uint64_t val)
{
    sva_vtd_mmio_write(&b->vtd, off, val, 8);
}

void vtd_level(VtdBench *b, uint32_t bit, bool on)
{
    uint32_t val = vtd_read32(b, 0x1c) & ~GSTS_ONE_SHOT;

    vtd_write32(b, 0x18, on ? val | bit : val & ~bit);
}

void vtd_command(VtdBench *b, uint32_t bit)
{
    vtd_write32(b, 0x18, (vtd_read32(b, 0x1c) & ~GSTS_ONE_SHOT) | bit);
}

static void unmask_events(VtdBench *b)
{
    vtd_write32(b, 0x3c, BENCH_MSI_FAULT);
    vtd_write32(b, 0x40, 0xfee00000);
    vtd_write32(b, 0x38, 0);
    vtd_write32(b, 0xa4, BENCH_MSI_INVAL);
    vtd_write32(b, 0xa8, 0xfee00000);
    vtd_write32(b, 0xa0, 0);
    vtd_write32(b, 0xe4, BENCH_MSI_PAGE);
    vtd_write32(b, 0xe8, 0xfee00000);
    vtd_write32(b, 0xe0, 0);
}

static void start(VtdBench *b, uint64_t rtaddr)
{
    vtd_write64(b, 0x90, BENCH_QUEUE | (b->entry == 32 ? 0x800 : 0));
    vtd_level(b, 1u << 26, true);
    vtd_write64(b, 0x20, rtaddr);
    vtd_command(b, 1u << 30);
    vtd_write64(b, 0xd0, BENCH_PRQ);
    unmask_events(b);
    vtd_level(b, 1u << 31, true);
    g_assert_cmphex(vtd_read32(b, 0x1c), ==, 0xc4000000);
    fake_env_clear(b->f);
}

VtdBench *vtd_bench_scalable(const SvaVtdConfig *config)
{
    VtdBench *b = vtd_bench_new(config);

    fake_put64(b->f, BENCH_ROOT + 16, BENCH_CONTEXT | 1);
    fake_put64(b->f, BENCH_ROOT + 24, BENCH_CONTEXT_HI | 1);
    vtd_bench_context(b, BENCH_DIR | 0x1d | 7 << 9, 0);
    fake_put64(b->f, BENCH_DIR, BENCH_PASIDS | 1);
    start(b, BENCH_ROOT | 0x400);
    return b;
}

VtdBench *vtd_bench_legacy(const SvaVtdConfig *config, uint64_t qw0,
                           uint64_t qw1)
{
    VtdBench *b = vtd_bench_new(config);
    uint64_t pa = BENCH_CONTEXT + (BENCH_RID & 0xff) * 16;

    b->entry = 16;
    fake_put64(b->f, BENCH_ROOT + 16, BENCH_CONTEXT | 1);
    fake_put64(b->f, pa, qw0);
    fake_put64(b->f, pa + 8, qw1);
    start(b, BENCH_ROOT);
    return b;
}

void vtd_bench_context(VtdBench *b, uint64_t qw0, uint64_t qw1)
{
    uint64_t pa = BENCH_CONTEXT + (BENCH_RID & 0xff) * 32;

    fake_put64(b->f, pa, qw0);
    fake_put64(b->f, pa + 8, qw1);
}

void vtd_bench_pasid(VtdBench *b, uint32_t pasid, uint64_t qw0, uint64_t qw1,
                     uint64_t qw2)
{
    uint64_t pa = BENCH_PASIDS + pasid * 64;

    g_assert_cmpuint(pasid, <, 64);
    fake_put64(b->f, pa, qw0);
    fake_put64(b->f, pa + 8, qw1);
    fake_put64(b->f, pa + 16, qw2);
}

void vtd_bench_bind(VtdBench *b, uint32_t pasid)
{
    vtd_bench_pasid(b, pasid, BENCH_FIRST0, BENCH_FIRST1, BENCH_FIRST2);
}

uint64_t vtd_bench_entry(VtdBench *b, uint64_t root, unsigned levels,
                         unsigned level, uint64_t va)
{
    uint64_t table = root, pa, entry;

    for (;; levels--) {
        pa = table + (va >> (9 * levels + 3) & 0x1ff) * 8;
        if (levels == level) {
            return pa;
        }
        entry = fake_get64(b->f, pa);
        if (!entry) {
            entry = b->next_table | 0x7;    /* P RW US; R W X */
            b->next_table += 0x1000;
            fake_put64(b->f, pa, entry);
        }
        table = entry & 0xffffffffff000ull;
    }
}

void vtd_bench_map(VtdBench *b, uint64_t va, uint64_t pa, bool write)
{
    fake_put64(b->f, vtd_bench_entry(b, BENCH_FIRST, 4, 1, va),
               pa | (write ? 0x7 : 0x5));
}

void vtd_bench_map_second(VtdBench *b, uint64_t va, uint64_t pa, bool write)
{
    fake_put64(b->f, vtd_bench_entry(b, BENCH_SECOND, 4, 1, va),
               pa | (write ? 0x3 : 0x1));
}

void vtd_bench_put(VtdBench *b, uint64_t qw0, uint64_t qw1)
{
    uint64_t pa = BENCH_QUEUE + b->tail;

    fake_put64(b->f, pa, qw0);
    fake_put64(b->f, pa + 8, qw1);
    if (b->entry == 32) {
        fake_put64(b->f, pa + 16, 0);
        fake_put64(b->f, pa + 24, 0);
    }
    b->tail = (b->tail + b->entry) & 0xfff;
}

void vtd_bench_kick(VtdBench *b)
{
    vtd_write64(b, 0x88, b->tail);
}

void vtd_bench_submit(VtdBench *b, uint64_t qw0, uint64_t qw1)
{
    vtd_bench_put(b, qw0, qw1);
    vtd_bench_kick(b);
}

void vtd_bench_wait(VtdBench *b, unsigned n, unsigned flags)
{
    vtd_bench_submit(b, 0x200000025ull | flags, BENCH_STATUS + 4 * n);
}

uint32_t vtd_bench_status(VtdBench *b, unsigned n)
{
    return fake_get32(b->f, BENCH_STATUS + 4 * n);
}

void vtd_bench_complete(VtdBench *b, unsigned n)
{
    g_assert_cmpuint(n, <, b->inv_count);
    b->vtd.iommu.ops->inval_done(&b->vtd.iommu, b->invs[n].rid,
                                 b->invs[n].ticket);
}

uint64_t vtd_bench_prq(VtdBench *b, unsigned entry, unsigned word)
{
    return fake_get64(b->f, BENCH_PRQ + 32 * entry + 8 * word);
}

SvaTranslation vtd_bench_translate(VtdBench *b, SvaPasid pasid, uint64_t addr,
                                   uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = BENCH_RID, .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };
    SvaTranslation out;

    b->vtd.iommu.ops->translate(&b->vtd.iommu, &req, &out);
    return out;
}

SvaAtsCompletion vtd_bench_ats(VtdBench *b, SvaPasid pasid, uint64_t addr,
                               uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = BENCH_RID, .access = access,
        .at = SVA_AT_TRANSLATION,
    };
    SvaAtsCompletion out;

    b->vtd.iommu.ops->ats_request(&b->vtd.iommu, &req, &out);
    return out;
}

SvaOutcome vtd_bench_translated(VtdBench *b, uint64_t addr)
{
    SvaRequest req = {
        .addr = addr, .rid = BENCH_RID, .access = SVA_READ,
        .at = SVA_AT_TRANSLATED,
    };
    SvaTranslation out;

    b->vtd.iommu.ops->translated(&b->vtd.iommu, &req, &out);
    return out.outcome;
}

void vtd_bench_page_request(VtdBench *b, SvaPasid pasid, uint64_t addr,
                            unsigned prgi, bool last)
{
    SvaPageRequest req = {
        .addr = addr, .pasid = pasid, .rid = BENCH_RID, .prgi = prgi,
        .access = SVA_RW, .last = last,
    };

    b->vtd.iommu.ops->page_request(&b->vtd.iommu, &req);
}

uint64_t vtd_count(VtdBench *b, SvaVtdCounter counter)
{
    return b->vtd.counters[counter];
}

unsigned vtd_bench_fault(VtdBench *b, uint64_t *low, uint64_t *high)
{
    uint32_t fsts = vtd_read32(b, 0x34);
    unsigned nfr = (vtd_read64(b, 0x08) >> 40 & 0xff) + 1;
    unsigned fro = (vtd_read64(b, 0x08) >> 24 & 0x3ff) * 16;
    unsigned index = fsts >> 8 & 0xff, i, off;
    uint64_t hi;

    for (i = 0; fsts & 2 && i < nfr; i++) {
        off = fro + (index + i) % nfr * 16;
        hi = vtd_read64(b, off + 8);
        if (hi >> 63) {
            if (low) {
                *low = vtd_read64(b, off);
            }
            if (high) {
                *high = hi;
            }
            vtd_write32(b, off + 12, 1u << 31);
            return hi >> 32 & 0xff;
        }
    }
    return 0;
}

unsigned vtd_bench_msis(VtdBench *b, uint32_t data)
{
    unsigned i, n = 0;

    for (i = 0; i < b->f->msis->len; i++) {
        n += g_array_index(b->f->msis, FakeMsi, i).data == data;
    }
    return n;
}

void vtd_expect_ok(VtdBench *b, SvaPasid pasid, uint64_t addr,
                   uint8_t access, uint64_t pa)
{
    SvaTranslation t = vtd_bench_translate(b, pasid, addr, access);

    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0);
    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.addr, ==, pa);
    g_assert_cmphex(t.access & access & SVA_RW, ==, access & SVA_RW);
}

void vtd_expect_fault(VtdBench *b, SvaPasid pasid, uint64_t addr,
                      uint8_t access, unsigned reason)
{
    SvaTranslation t = vtd_bench_translate(b, pasid, addr, access);
    uint64_t low, high;

    g_assert_cmpuint(t.outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_bench_fault(b, &low, &high), ==, reason);
    /* VT-d 5.10 section 11.4.7.6: nothing above the largest AGAW. */
    g_assert_cmphex(low, ==,
                    addr & ((1ull << b->vtd.config.aw_bits) - 0x1000));
    g_assert_cmphex(high & 0xffff, ==, BENCH_RID);
    g_assert_cmphex(high >> 40 & 0xfffff, ==, pasid.id);
    g_assert_cmphex(high >> 31 & 1, ==, pasid.valid);
    g_assert_cmphex(high >> 60 & 3, ==, 0);
    g_assert_cmphex(high >> 62 & 1, ==,
                    !(access & SVA_WRITE) || access & SVA_READ);
    g_assert_cmphex(high >> 28 & 1, ==,
                    access & SVA_WRITE && access & SVA_READ);
    g_assert_cmphex(vtd_bench_fault(b, NULL, NULL), ==, 0);
}
