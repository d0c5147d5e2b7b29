/*
 * Micro-benchmark of the SMMUv3 unit, requests as the PCI side makes them
 *
 *   meson setup build/bench --buildtype=release
 *   ninja -C build/bench
 *   build/bench/tests/bench/bench-smmu [CHECKER] [count]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For 1, 1,000 and 60,000 live SubstreamIDs it prints nanoseconds for
 *
 *   hit       untranslated request, IOTLB hit; 16 SubstreamIDs in turn
 *   walk      untranslated request, 4-level stage-1 walk
 *   nested    the same with a stage 2 of 3 levels
 *   ats       translation request, IOTLB hit
 *   passed    translated request
 *   spread    untranslated request of any of them, one page each
 *   flush     CMD_TLBI_NH_ASID of any of them, CMD_SYNC
 *   rebind    CMD_CFGI_CD, CMD_TLBI_NH_ASID, CMD_SYNC, and the first request
 *             after that: CD and tables are fetched
 *   stall     a request that stalls, its record read, CMD_RESUME
 *   storm     the same with one for each SubstreamID outstanding, 4,096 at
 *             most, which are resumed in any order
 *
 * CHECKER: report or paranoid, as sva-checker listens; without: nobody.
 * count: see measure.h.
 *
 * A walk reads the fake environment's memory, which costs less than QEMU's.
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/regs.h"
#include "hw/sva/smmuv3/tlb.h"
#include "listener.h"
#include "measure.h"
#include "smmu-tables.h"

#define REPEAT     300000u
#define PAGES      64
#define WALK_PAGES 512          /* with an IOTLB that holds 16 */
#define CDS        0x100000000ull
#define CDS_BYTES  0x400000     /* 2^16 of them */
#define NOT_MAPPED 0x70000000

typedef struct Bench {
    const char *checker;
    Listener listener;
    SmmuFixture *f;
    unsigned ssids;
    uint64_t sink;
    uint16_t stags[SVA_SMMU_STALLS_MAX];
    bool waits[SVA_SMMU_STALLS_MAX];
} Bench;

static void prepare(Bench *s, bool nested, unsigned iotlb_entries)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;
    unsigned i;

    c.iotlb_entries = iotlb_entries;
    c.stall_max = SVA_SMMU_STALLS_MAX;
    f = s->f = smmu_tables_start(&c);
    listen(&s->listener, f->env, s->checker);
    sva_smmu_regs_announce(&f->smmu);
    /* V, Config=0b101 or 0b111, S1CDMax=16 */
    smmu_ste(f, SMMU_RID, 0x800000000000000bull | CDS | (nested ? 4 : 0),
             SMMU_STE1, SMMU_STE2, SMMU_STE3);
    for (i = 1; i <= s->ssids; i++) {
        fake_put64(f->env, CDS + 64ull * i, SMMU_CD0(i) | SMMU_CD0_S);
        fake_put64(f->env, CDS + 64ull * i + 8, SMMU_CD1);
    }
    for (i = 0; i < WALK_PAGES; i++) {
        smmu_map(f, i << 12, 0x10000000 + (i << 12), SMMU_PTE);
    }
    if (nested) {
        smmu_map_s2_identity(f, CDS, CDS_BYTES);
        smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
        smmu_map_s2_identity(f, SMMU_TABLES, 0x10000);
        smmu_map_s2_identity(f, 0x10000000, WALK_PAGES << 12);
    }
    smmu_forget(f);
}

static SvaRequest request(uint32_t ssid, uint64_t addr, uint8_t at)
{
    return (SvaRequest) {
        .addr = addr,
        .pasid = sva_pasid(ssid),
        .rid = SMMU_RID,
        .access = SVA_WRITE,
        .at = at,
        .may_stall = at == SVA_AT_UNTRANSLATED,
    };
}

static void translate(Bench *s, uint32_t ssid, uint64_t addr)
{
    SvaRequest req = request(ssid, addr, SVA_AT_UNTRANSLATED);
    SvaIommu *iommu = &s->f->smmu.iommu;
    SvaTranslation out;
    SvaHit hit;

    if (iommu->ops->peek(iommu, &req, &hit)) {
        s->sink += hit.addr;
        return;
    }
    iommu->ops->translate(iommu, &req, &out);
    s->sink += out.map.addr + out.outcome;
}

static uint32_t any_ssid(const Bench *s, unsigned i)
{
    return 1 + i * 2654435761u % s->ssids;
}

static void do_hit(void *opaque, unsigned i)
{
    Bench *s = opaque;

    translate(s, 1 + i % MIN(s->ssids, 16), (i * 7 % PAGES) << 12);
}

static void do_spread(void *opaque, unsigned i)
{
    Bench *s = opaque;

    translate(s, any_ssid(s, i), 0);
}

static void do_walk(void *opaque, unsigned i)
{
    translate(opaque, 1, i % WALK_PAGES << 12);
}

static void do_ats(void *opaque, unsigned i)
{
    Bench *s = opaque;
    SvaRequest req = request(1 + i % MIN(s->ssids, 16),
                             (i * 7 % PAGES) << 12, SVA_AT_TRANSLATION);
    SvaIommu *iommu = &s->f->smmu.iommu;
    SvaAtsCompletion out;

    iommu->ops->ats_request(iommu, &req, &out);
    s->sink += out.map.addr + out.status;
}

static void do_translated(void *opaque, unsigned i)
{
    Bench *s = opaque;
    SvaRequest req = request(1, i % PAGES << 12, SVA_AT_TRANSLATED);
    SvaIommu *iommu = &s->f->smmu.iommu;
    SvaTranslation out;
    SvaHit hit;

    if (iommu->ops->peek(iommu, &req, &hit)) {
        s->sink += hit.addr;
        return;
    }
    iommu->ops->check_translated(iommu, &req, &out);
    s->sink += out.outcome;
}

static void flush(Bench *s, uint64_t asid)
{
    smmu_put(s->f, 0x11 | asid << 48, 0);
    smmu_submit(s->f, 0x46, 0);
}

static void do_flush(void *opaque, unsigned i)
{
    flush(opaque, any_ssid(opaque, i));
}

static void do_rebind(void *opaque, unsigned i)
{
    Bench *s = opaque;
    uint32_t ssid = any_ssid(s, i);

    smmu_put(s->f, 0x05 | ssid << 12 | (uint64_t)SMMU_RID << 32, 1);
    flush(s, ssid);
    translate(s, ssid, 0);
}

/* A request that stalls; its STAG. */
static uint16_t stall(Bench *s)
{
    uint64_t w[4] = { 0 };

    translate(s, 1, NOT_MAPPED);
    smmu_event(s->f, w);
    return w[1] & 0xffff;
}

static void resume(Bench *s, uint16_t stag)
{
    smmu_submit(s->f, 0x1044 | (uint64_t)SMMU_RID << 32, stag);
    s->f->end_count = 0;
}

static void do_stall(void *opaque, unsigned i G_GNUC_UNUSED)
{
    resume(opaque, stall(opaque));
}

static void do_storm(void *opaque, unsigned i)
{
    Bench *s = opaque;
    unsigned n = i * 2654435761u % MIN(s->ssids, SVA_SMMU_STALLS_MAX);

    if (s->waits[n]) {
        resume(s, s->stags[n]);
    }
    s->stags[n] = stall(s);
    s->waits[n] = true;
}

static void end_storm(Bench *s)
{
    for (unsigned n = 0; n < SVA_SMMU_STALLS_MAX; n++) {
        if (s->waits[n]) {
            resume(s, s->stags[n]);
        }
    }
}

/* All of them have gone well. */
static void finish(Bench *s)
{
    g_assert_cmpuint(smmu_count(s->f, SVA_SMMU_CNT_FAULTS_RECORDED), ==, 0);
    g_assert_cmpuint(smmu_count(s->f, SVA_SMMU_CNT_STALLS), ==,
                     smmu_count(s->f, SVA_SMMU_CNT_STALL_RETRIES));
    listen_end(&s->listener);
    smmu_fixture_free(s->f);
}

static double take(Bench *s, const char *what, MeasureFn *fn)
{
    /* Any of them: until all have been used, and the uTLB has grown. */
    Measure m = {
        .row = s->ssids, .what = what, .fn = fn, .state = s,
        .repeat = REPEAT, .warm = fn == do_spread ? 5 * s->ssids : 0,
    };

    return measure(&m);
}

static void run(unsigned ssids, const char *checker)
{
    Bench s = { .ssids = ssids, .checker = checker };
    double hit, walk, nested, ats, passed, spread, flushed, rebind;
    double stalled, storm;

    prepare(&s, false, sva_smmu_default_config.iotlb_entries);
    hit = take(&s, "hit", do_hit);
    ats = take(&s, "ats", do_ats);
    passed = take(&s, "passed", do_translated);
    spread = take(&s, "spread", do_spread);
    flushed = take(&s, "flush", do_flush);
    rebind = take(&s, "rebind", do_rebind);
    stalled = take(&s, "stall", do_stall);
    storm = take(&s, "storm", do_storm);
    end_storm(&s);
    finish(&s);
    prepare(&s, false, 16);
    walk = take(&s, "walk", do_walk);
    finish(&s);
    prepare(&s, true, 16);
    nested = take(&s, "nested", do_walk);
    finish(&s);
    if (measure_counts) {
        return;
    }
    printf("%8u %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f "
           "%8.1f\n", ssids, hit, walk, nested, ats, passed, spread, flushed,
           rebind, stalled, storm);
}

int main(int argc, char **argv)
{
    const char *checker;

    measure_option(&argc, argv);
    checker = listen_option(argc, argv);
    printf("nanoseconds\n%8s %8s %8s %8s %8s %8s %8s %8s %8s %8s "
           "%8s\n", "ssids", "hit", "walk", "nested", "ats", "passed",
           "spread", "flush", "rebind", "stall", "storm");
    run(1, checker);
    run(1000, checker);
    run(60000, checker);
    return 0;
}
