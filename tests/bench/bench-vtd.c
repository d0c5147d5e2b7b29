/*
 * Micro-benchmark of the VT-d unit, requests as the PCI side makes them
 *
 *   meson setup build/bench --buildtype=release
 *   ninja -C build/bench
 *   build/bench/tests/bench/bench-vtd [CHECKER] [count]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For 1, 1,000 and 100,000 live PASIDs it prints nanoseconds for
 *
 *   hit       untranslated request, IOTLB hit; 16 PASIDs in turn
 *   walk      untranslated request, 4-level first-stage walk
 *   nested    the same with a second stage of 4 levels
 *   ats       translation request, IOTLB hit
 *   passed    translated request
 *   spread    untranslated request of any of the PASIDs, one page each
 *   rebind    invalidation of any PASID in the PASID cache and the IOTLB, and
 *             the first request after it: PASID entry and tables are fetched
 *
 * CHECKER: report or paranoid, as sva-checker listens; without: nobody.
 * count: see measure.h.
 *
 * A walk reads the fake environment's memory, which costs less than QEMU's.
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/regs.h"
#include "hw/sva/vtd/tlb.h"
#include "hw/sva/vtd/xlate.h"
#include "listener.h"
#include "measure.h"
#include "vtd-fixture.h"

#define REPEAT  500000u
#define PAGES   64
#define WALK_PAGES 512          /* with an IOTLB that holds 16 */
#define DIR     0x20000000ull
#define TABLES  0x30000000ull

typedef struct Bench {
    const char *checker;
    Listener listener;
    VtdFixture *f;
    unsigned pasids;
    uint64_t sink;
    uint64_t refused;           /* what was measured then is something else */
} Bench;

static void put_pasid(VtdFixture *f, unsigned pasid, uint64_t qw0, uint64_t qw2)
{
    uint64_t table = TABLES + (pasid >> 6) * 0x1000ull;

    fake_put64(f->env, DIR + (pasid >> 6) * 8, table | 1);
    fake_put64(f->env, table + (pasid & 63) * 64, qw0);
    fake_put64(f->env, table + (pasid & 63) * 64 + 8, VTD_FIRST1);
    fake_put64(f->env, table + (pasid & 63) * 64 + 16, qw2);
}

static void prepare(Bench *s, uint64_t qw0, unsigned iotlb_entries)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;

    c.iotlb_entries = iotlb_entries;

    s->f = vtd_fixture_scalable(&c);
    listen(&s->listener, s->f->env, s->checker);
    sva_vtd_regs_announce(&s->f->vtd);
    /* RID_PASID is one that no request has. */
    vtd_context(s->f, DIR | 0x1d | 7 << 9, 0xfffff);
    for (i = 0; i < s->pasids; i++) {
        put_pasid(s->f, i, qw0, VTD_FIRST2);
    }
    for (i = 0; i < WALK_PAGES; i++) {
        vtd_map(s->f, i << 12, 0x10000000 + (i << 12), true);
        vtd_map_second(s->f, 0x10000000 + (i << 12),
                       0x50000000 + (i << 12), true);
    }
    for (i = 0; i < 16; i++) {
        uint64_t table = VTD_TABLES + i * 0x1000ull;

        vtd_map_second(s->f, table, table, true);
    }
    vtd_map_second(s->f, VTD_FIRST, VTD_FIRST, true);
}

static SvaRequest request(uint32_t pasid, uint64_t addr, uint8_t at)
{
    return (SvaRequest) {
        .addr = addr,
        .pasid = sva_pasid(pasid),
        .rid = VTD_RID,
        .access = SVA_WRITE,
        .at = at,
    };
}

static void translate(Bench *s, uint32_t pasid, uint64_t addr)
{
    SvaRequest req = request(pasid, addr, SVA_AT_UNTRANSLATED);
    SvaIommu *iommu = &s->f->vtd.iommu;
    SvaTranslation out;
    SvaHit hit;

    if (iommu->ops->peek(iommu, &req, &hit)) {
        s->sink += hit.addr;
        return;
    }
    iommu->ops->translate(iommu, &req, &out);
    s->sink += out.map.addr;
    s->refused += out.outcome != SVA_OK;
}

static void do_hit(void *opaque, unsigned i)
{
    Bench *s = opaque;

    translate(s, i % MIN(s->pasids, 16), (i * 7 % PAGES) << 12);
}

static void do_spread(void *opaque, unsigned i)
{
    Bench *s = opaque;

    translate(s, i * 2654435761u % s->pasids, 0);
}

static void do_walk(void *opaque, unsigned i)
{
    Bench *s = opaque;

    translate(s, 0, i % WALK_PAGES << 12);
}

/* What unbind() makes of a PASID, and the next user of it. */
static void do_rebind(void *opaque, unsigned i)
{
    Bench *s = opaque;
    uint32_t pasid = i * 2654435761u % s->pasids;
    SvaVtdScope scope = {
        .gran = SVA_VTD_GRAN_PASID,
        .domain = 1,
        .pasid = pasid,
        .mask = UINT64_MAX,
    };

    sva_vtd_drop_pasids(&s->f->vtd, &scope);
    sva_vtd_drop_iotlb(&s->f->vtd, &scope);
    translate(s, pasid, 0);
}

static void do_ats(void *opaque, unsigned i)
{
    Bench *s = opaque;
    SvaRequest req = request(i % MIN(s->pasids, 16), (i * 7 % PAGES) << 12,
                             SVA_AT_TRANSLATION);
    SvaIommu *iommu = &s->f->vtd.iommu;
    SvaAtsCompletion out;

    iommu->ops->ats_request(iommu, &req, &out);
    s->sink += out.map.addr;
    s->refused += out.status != SVA_ATS_SUCCESS ||
                  !(out.map.access & SVA_WRITE);
}

static void do_translated(void *opaque, unsigned i)
{
    Bench *s = opaque;
    SvaRequest req = request(0, i % PAGES << 12, SVA_AT_TRANSLATED);
    SvaIommu *iommu = &s->f->vtd.iommu;
    SvaTranslation out;
    SvaHit hit;

    req.pasid = SVA_NO_PASID;
    if (iommu->ops->peek(iommu, &req, &hit)) {
        s->sink += hit.addr;
        return;
    }
    iommu->ops->check_translated(iommu, &req, &out);
    s->sink += out.map.addr;
    s->refused += out.outcome != SVA_OK;
}

static void finish(Bench *s)
{
    listen_end(&s->listener);
    vtd_fixture_free(s->f);
}

static double take(Bench *s, const char *what, MeasureFn *fn)
{
    /* Any of them: until all have been used, and the uTLB has grown. */
    Measure m = {
        .row = s->pasids, .what = what, .fn = fn, .state = s,
        .repeat = REPEAT, .warm = fn == do_spread ? 8 * s->pasids : 0,
    };

    return measure(&m);
}

static void run(unsigned pasids, const char *checker)
{
    Bench s = { .pasids = pasids, .checker = checker };
    unsigned entries = sva_vtd_default_config.iotlb_entries;
    double hit, walk, nested, ats, passed, spread, rebind;

    prepare(&s, VTD_FIRST0, entries);
    hit = take(&s, "hit", do_hit);
    ats = take(&s, "ats", do_ats);
    passed = take(&s, "passed", do_translated);
    spread = take(&s, "spread", do_spread);
    rebind = take(&s, "rebind", do_rebind);
    finish(&s);
    prepare(&s, VTD_FIRST0, 16);
    walk = take(&s, "walk", do_walk);
    finish(&s);
    prepare(&s, VTD_SECOND | 0xc9, 16);
    nested = take(&s, "nested", do_walk);
    finish(&s);
    g_assert_cmpuint(s.refused, ==, 0);
    if (measure_counts) {
        return;
    }
    printf("%8u %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f\n", pasids, hit,
           walk, nested, ats, passed, spread, rebind);
}

int main(int argc, char **argv)
{
    const char *checker;

    measure_option(&argc, argv);
    checker = listen_option(argc, argv);
    printf("nanoseconds\n%8s %8s %8s %8s %8s %8s %8s %8s\n", "pasids", "hit",
           "walk", "nested", "ats", "passed", "spread", "rebind");
    run(1, checker);
    run(1000, checker);
    run(100000, checker);
    return 0;
}
