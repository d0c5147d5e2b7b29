/*
 * VtdFixture: a VT-d unit with tables, queues and a fabric, for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ask-iommu.h"
#include "vtd-fixture.h"

#define GSTS_ONE_SHOT 0x69000000u

static bool fabric_invalidate(void *fabric, const SvaAtcInvalidation *inv)
{
    VtdFixture *f = fabric;

    if (f->absent) {
        return false;
    }
    if (f->inv_count < VTD_LOG) {
        f->invs[f->inv_count] = *inv;
    }
    f->inv_count++;
    f->depth++;
    f->max_depth = MAX(f->max_depth, f->depth);
    if (f->complete) {
        f->vtd.iommu.ops->inval_done(&f->vtd.iommu, inv->rid, inv->itag);
    }
    f->depth--;
    return true;
}

static void fabric_response(void *fabric, const SvaPageResponse *rsp)
{
    VtdFixture *f = fabric;

    if (f->rsp_count < VTD_LOG) {
        f->rsps[f->rsp_count] = *rsp;
    }
    f->rsp_count++;
}

static void fabric_drop_copies(void *fabric, uint32_t itag)
{
    VtdFixture *f = fabric;

    f->forget_itag = itag;
    f->forget_count++;
}

static const SvaFabricOps fabric_ops = {
    .atc_invalidate = fabric_invalidate,
    .page_response = fabric_response,
    .drop_copies = fabric_drop_copies,
};

static void host_intremap(void *host, const SvaVtdIntremap *state)
{
    VtdFixture *f = host;

    f->intremap = *state;
    f->intremap_count++;
}

static void host_iec(void *host, bool global, uint32_t index, uint32_t mask)
{
    VtdFixture *f = host;

    f->iec_global = global;
    f->iec_index = index;
    f->iec_mask = mask;
    f->iec_count++;
}

static const SvaVtdHostOps host_ops = {
    .intremap_changed = host_intremap,
    .iec_invalidate = host_iec,
};

VtdFixture *vtd_fixture_new(const SvaVtdConfig *config)
{
    VtdFixture *f = g_new0(VtdFixture, 1);

    f->env = fake_env_new();
    f->next_table = VTD_TABLES;
    f->entry = 32;
    g_assert_true(sva_vtd_init(&f->vtd, &f->env->env,
                               config ? config : &sva_vtd_default_config));
    f->vtd.iommu.fabric.ops = &fabric_ops;
    f->vtd.iommu.fabric.opaque = f;
    sva_vtd_set_host(&f->vtd, &host_ops, f);
    return f;
}

void vtd_fixture_free(VtdFixture *f)
{
    sva_vtd_finalize(&f->vtd);
    fake_env_free(f->env);
    g_free(f);
}

uint32_t vtd_read32(VtdFixture *f, unsigned off)
{
    return sva_vtd_mmio_read(&f->vtd, off, 4);
}

uint64_t vtd_read64(VtdFixture *f, unsigned off)
{
    return sva_vtd_mmio_read(&f->vtd, off, 8);
}

void vtd_write32(VtdFixture *f, unsigned off, uint32_t val)
{
    sva_vtd_mmio_write(&f->vtd, off, val, 4);
}

void vtd_write64(VtdFixture *f, unsigned off, uint64_t val)
{
    sva_vtd_mmio_write(&f->vtd, off, val, 8);
}

void vtd_level(VtdFixture *f, uint32_t bit, bool on)
{
    uint32_t val = vtd_read32(f, 0x1c) & ~GSTS_ONE_SHOT;

    vtd_write32(f, 0x18, on ? val | bit : val & ~bit);
}

void vtd_command(VtdFixture *f, uint32_t bit)
{
    vtd_write32(f, 0x18, (vtd_read32(f, 0x1c) & ~GSTS_ONE_SHOT) | bit);
}

static void unmask_events(VtdFixture *f)
{
    vtd_write32(f, 0x3c, VTD_MSI_FAULT);
    vtd_write32(f, 0x40, 0xfee00000);
    vtd_write32(f, 0x38, 0);
    vtd_write32(f, 0xa4, VTD_MSI_INVAL);
    vtd_write32(f, 0xa8, 0xfee00000);
    vtd_write32(f, 0xa0, 0);
    vtd_write32(f, 0xe4, VTD_MSI_PAGE);
    vtd_write32(f, 0xe8, 0xfee00000);
    vtd_write32(f, 0xe0, 0);
}

static void start(VtdFixture *f, uint64_t rtaddr)
{
    vtd_write64(f, 0x90, VTD_QUEUE | (f->entry == 32 ? 0x800 : 0));
    vtd_level(f, 1u << 26, true);
    vtd_write64(f, 0x20, rtaddr);
    vtd_command(f, 1u << 30);
    vtd_write64(f, 0xd0, VTD_PRQ);
    unmask_events(f);
    vtd_level(f, 1u << 31, true);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0xc4000000);
    fake_env_clear(f->env);
}

VtdFixture *vtd_fixture_scalable(const SvaVtdConfig *config)
{
    VtdFixture *f = vtd_fixture_new(config);

    fake_put64(f->env, VTD_ROOT + 16, VTD_CONTEXT | 1);
    fake_put64(f->env, VTD_ROOT + 24, VTD_CONTEXT_HI | 1);
    vtd_context(f, VTD_DIR | 0x1d | 7 << 9, 0);
    fake_put64(f->env, VTD_DIR, VTD_PASIDS | 1);
    start(f, VTD_ROOT | 0x400);
    return f;
}

VtdFixture *vtd_fixture_legacy(const SvaVtdConfig *config, uint64_t qw0,
                               uint64_t qw1)
{
    VtdFixture *f = vtd_fixture_new(config);
    uint64_t pa = VTD_CONTEXT + (VTD_RID & 0xff) * 16;

    f->entry = 16;
    fake_put64(f->env, VTD_ROOT + 16, VTD_CONTEXT | 1);
    fake_put64(f->env, pa, qw0);
    fake_put64(f->env, pa + 8, qw1);
    start(f, VTD_ROOT);
    return f;
}

void vtd_context(VtdFixture *f, uint64_t qw0, uint64_t qw1)
{
    uint64_t pa = VTD_CONTEXT + (VTD_RID & 0xff) * 32;

    fake_put64(f->env, pa, qw0);
    fake_put64(f->env, pa + 8, qw1);
}

void vtd_pasid(VtdFixture *f, uint32_t pasid, uint64_t qw0, uint64_t qw1,
               uint64_t qw2)
{
    uint64_t pa = VTD_PASIDS + pasid * 64;

    g_assert_cmpuint(pasid, <, 64);
    fake_put64(f->env, pa, qw0);
    fake_put64(f->env, pa + 8, qw1);
    fake_put64(f->env, pa + 16, qw2);
}

void vtd_bind(VtdFixture *f, uint32_t pasid)
{
    vtd_pasid(f, pasid, VTD_FIRST0, VTD_FIRST1, VTD_FIRST2);
}

uint64_t vtd_entry(VtdFixture *f, uint64_t root, unsigned levels,
                   unsigned level, uint64_t va)
{
    uint64_t table = root, pa, entry;

    for (;; levels--) {
        pa = table + (va >> (9 * levels + 3) & 0x1ff) * 8;
        if (levels == level) {
            return pa;
        }
        entry = fake_get64(f->env, pa);
        if (!entry) {
            entry = f->next_table | 0x7;    /* P RW US; R W X */
            f->next_table += 0x1000;
            fake_put64(f->env, pa, entry);
        }
        table = entry & 0xffffffffff000ull;
    }
}

void vtd_map(VtdFixture *f, uint64_t va, uint64_t pa, bool write)
{
    fake_put64(f->env, vtd_entry(f, VTD_FIRST, 4, 1, va),
               pa | (write ? 0x7 : 0x5));
}

void vtd_map_second(VtdFixture *f, uint64_t va, uint64_t pa, bool write)
{
    fake_put64(f->env, vtd_entry(f, VTD_SECOND, 4, 1, va),
               pa | (write ? 0x3 : 0x1));
}

void vtd_put(VtdFixture *f, uint64_t qw0, uint64_t qw1)
{
    uint64_t pa = VTD_QUEUE + f->tail;

    fake_put64(f->env, pa, qw0);
    fake_put64(f->env, pa + 8, qw1);
    if (f->entry == 32) {
        fake_put64(f->env, pa + 16, 0);
        fake_put64(f->env, pa + 24, 0);
    }
    f->tail = (f->tail + f->entry) & 0xfff;
}

void vtd_kick(VtdFixture *f)
{
    vtd_write64(f, 0x88, f->tail);
}

void vtd_submit(VtdFixture *f, uint64_t qw0, uint64_t qw1)
{
    vtd_put(f, qw0, qw1);
    vtd_kick(f);
}

void vtd_wait(VtdFixture *f, unsigned n, unsigned flags)
{
    vtd_submit(f, 0x200000025ull | flags, VTD_STATUS + 4 * n);
}

uint32_t vtd_status(VtdFixture *f, unsigned n)
{
    return fake_get32(f->env, VTD_STATUS + 4 * n);
}

void vtd_complete(VtdFixture *f, unsigned n)
{
    g_assert_cmpuint(n, <, f->inv_count);
    f->vtd.iommu.ops->inval_done(&f->vtd.iommu, f->invs[n].rid,
                                 f->invs[n].itag);
}

uint64_t vtd_prq(VtdFixture *f, unsigned entry, unsigned word)
{
    return fake_get64(f->env, VTD_PRQ + 32 * entry + 8 * word);
}

static SvaTranslation send(VtdFixture *f, const SvaRequest *req)
{
    return ask_iommu(f->env, &f->vtd.iommu, req, &f->known);
}

SvaTranslation vtd_translate(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                             uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = VTD_RID, .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };

    return send(f, &req);
}

SvaAtsCompletion vtd_ats(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                         uint8_t access)
{
    SvaRequest req = {
        .addr = addr, .pasid = pasid, .rid = VTD_RID, .access = access,
        .at = SVA_AT_TRANSLATION, .final = f->final,
    };
    SvaAtsCompletion out;

    f->vtd.iommu.ops->ats_request(&f->vtd.iommu, &req, &out);
    return out;
}

SvaOutcome vtd_translated(VtdFixture *f, uint64_t addr)
{
    SvaRequest req = {
        .addr = addr, .rid = VTD_RID, .access = SVA_READ,
        .at = SVA_AT_TRANSLATED,
    };

    return send(f, &req).outcome;
}

void vtd_page_request(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                      unsigned prgi, bool last)
{
    SvaPageRequest req = {
        .addr = addr, .pasid = pasid, .rid = VTD_RID, .prgi = prgi,
        .access = SVA_RW, .last = last,
    };

    f->vtd.iommu.ops->page_request(&f->vtd.iommu, &req);
}

uint64_t vtd_count(VtdFixture *f, SvaVtdCounter counter)
{
    return sva_vtd_counter(&f->vtd, counter);
}

unsigned vtd_fault(VtdFixture *f, uint64_t *low, uint64_t *high)
{
    uint32_t fsts = vtd_read32(f, 0x34);
    unsigned nfr = (vtd_read64(f, 0x08) >> 40 & 0xff) + 1;
    unsigned fro = (vtd_read64(f, 0x08) >> 24 & 0x3ff) * 16;
    unsigned index = fsts >> 8 & 0xff, i, off;
    uint64_t hi;

    for (i = 0; fsts & 2 && i < nfr; i++) {
        off = fro + (index + i) % nfr * 16;
        hi = vtd_read64(f, off + 8);
        if (hi >> 63) {
            if (low) {
                *low = vtd_read64(f, off);
            }
            if (high) {
                *high = hi;
            }
            vtd_write32(f, off + 12, 1u << 31);
            return hi >> 32 & 0xff;
        }
    }
    return 0;
}

unsigned vtd_msis(VtdFixture *f, uint32_t data)
{
    unsigned i, n = 0;

    for (i = 0; i < f->env->msis->len; i++) {
        n += g_array_index(f->env->msis, FakeMsi, i).data == data;
    }
    return n;
}

void vtd_expect_ok(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                   uint8_t access, uint64_t pa)
{
    SvaTranslation t = vtd_translate(f, pasid, addr, access);

    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
    g_assert_cmpuint(t.outcome, ==, SVA_OK);
    g_assert_cmphex(t.map.addr, ==, pa);
    g_assert_cmphex(t.map.access & access & SVA_RW, ==, access & SVA_RW);
}

void vtd_expect_fault(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                      uint8_t access, unsigned reason)
{
    SvaTranslation t = vtd_translate(f, pasid, addr, access);
    uint64_t low, high;

    g_assert_cmpuint(t.outcome, ==, SVA_ABORT);
    g_assert_cmphex(vtd_fault(f, &low, &high), ==, reason);
    /* VT-d 5.10 section 11.4.7.6: nothing above the largest AGAW. */
    g_assert_cmphex(low, ==,
                    addr & ((1ull << f->vtd.config.aw_bits) - 0x1000));
    g_assert_cmphex(high & 0xffff, ==, VTD_RID);
    g_assert_cmphex(high >> 40 & 0xfffff, ==, pasid.id);
    g_assert_cmphex(high >> 31 & 1, ==, pasid.valid);
    g_assert_cmphex(high >> 60 & 3, ==, 0);
    g_assert_cmphex(high >> 62 & 1, ==,
                    !(access & SVA_WRITE) || access & SVA_READ);
    g_assert_cmphex(high >> 28 & 1, ==,
                    access & SVA_WRITE && access & SVA_READ);
    g_assert_cmphex(vtd_fault(f, NULL, NULL), ==, 0);
}
