/*
 * Micro-benchmark of what runs for each translation
 *
 *   meson setup build/bench --buildtype=release
 *   meson compile -C build/bench && build/bench/tests/bench/bench-core [count]
 *
 * For 1, 1,000 and 100,000 live PASIDs it prints nanoseconds for
 *
 *   hit       IOTLB hit, PASID and page chosen at random from what is cached
 *   hit 3     the same when pages of three sizes are cached
 *   miss      IOTLB lookup that finds nothing
 *   insert    IOTLB insertion
 *   walk      4-level first-stage walk in the fake environment
 *   config    configuration cache hit
 *   inv page  invalidation of one page of one PASID
 *   inv pasid invalidation of one PASID
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/config-cache.h"
#include "hw/sva/core/iotlb.h"
#include "hw/sva/core/pt-x86.h"
#include "measure.h"

#define ENTRIES     4096
#define ROUNDS      2000000u
#define INV_ROUNDS  20000u
#define PICKS       1024        /* random choices, made in advance */
#define DOMAIN      1

typedef struct Bench {
    FakeEnv *f;
    SvaIotlb *tlb;
    SvaConfigCache *config;
    unsigned pasids;
    SvaTlbEntry picks[PICKS];   /* entries that are cached */
    uint64_t sink;              /* keeps the compiler from dropping work */
} Bench;

static SvaTlbEntry make_entry(unsigned pasid, uint64_t page)
{
    return (SvaTlbEntry) {
        .tag = { .asid = pasid, .domain = DOMAIN, .kind = SVA_TLB_FIRST },
        .iova = 0x7f0000000000 + (page << 12),
        .map.mask = 0xfff,
        .map.addr = page << 12,
        .map.access = SVA_READ | SVA_WRITE,
    };
}

/* Half of the cache, spread over the PASIDs. */
static void fill(Bench *b)
{
    unsigned i, n = 0;

    sva_iotlb_reset(b->tlb);
    for (i = 0; i < ENTRIES / 2; i++) {
        SvaTlbEntry e = make_entry(i % b->pasids, i / b->pasids);

        sva_iotlb_insert(b->tlb, &e);
    }
    for (i = 0; n < PICKS; i = (i + 7) % (ENTRIES / 2)) {
        SvaTlbEntry e = make_entry(i % b->pasids, i / b->pasids);

        if (sva_iotlb_lookup(b->tlb, &e.tag, e.iova)) {
            b->picks[n++] = e;
        }
    }
}

static void add_large_pages(Bench *b)
{
    SvaTlbEntry e = make_entry(0, 0);

    e.iova = 0x200000;
    e.map.mask = 0x1fffff;
    sva_iotlb_insert(b->tlb, &e);
    e.iova = 0x40000000;
    e.map.mask = 0x3fffffff;
    sva_iotlb_insert(b->tlb, &e);
}

static double bench_lookup(Bench *b, const char *what, uint64_t offset)
{
    unsigned calls = measure_calls(ROUNDS);
    double start = measure_begin(b->pasids, what, calls);
    unsigned i;

    for (i = 0; i < calls; i++) {
        const SvaTlbEntry *pick = &b->picks[i % PICKS];
        const SvaTlbEntry *hit = sva_iotlb_lookup(b->tlb, &pick->tag,
                                                  pick->iova + offset);

        b->sink += hit ? hit->map.addr : 1;
    }
    return measure_end(start, calls);
}

static double bench_insert(Bench *b)
{
    unsigned calls = measure_calls(ROUNDS);
    double start = measure_begin(b->pasids, "insert", calls);
    unsigned i;

    for (i = 0; i < calls; i++) {
        SvaTlbEntry e = make_entry(i % b->pasids, i);

        sva_iotlb_insert(b->tlb, &e);
    }
    return measure_end(start, calls);
}

static void map_page(FakeEnv *f, uint64_t root)
{
    fake_put64(f, root + 0x7f0, root + 0x1027);
    fake_put64(f, root + 0x1000, root + 0x2027);
    fake_put64(f, root + 0x2000, root + 0x3027);
    fake_put64(f, root + 0x3000, 0x70000067);
}

static double bench_walk(Bench *b)
{
    /* One set of tables for each of up to 1000 PASIDs: fits the caches. */
    unsigned roots = MIN(b->pasids, 1000);
    SvaPtConfig cfg = {
        .fmt = &sva_pt_x86, .levels = 4, .addr_bits = 39,
        .flags = SVA_PT_AD | SVA_PT_WPE,
    };
    unsigned i;
    unsigned calls = measure_calls(ROUNDS);
    double start;

    for (i = 0; i < roots; i++) {
        map_page(b->f, 0x100000 + i * 0x4000ull);
    }
    start = measure_begin(b->pasids, "walk", calls);
    for (i = 0; i < calls; i++) {
        SvaPtResult out;

        cfg.root = 0x100000 + i % roots * 0x4000ull;
        sva_pt_walk(&b->f->env, &cfg,
                &(SvaPtQuery) { .va = 0x7f0000000000, .want = SVA_WRITE },
                &out);
        b->sink += out.map.addr + out.map.access;
    }
    return measure_end(start, calls);
}

static double bench_config(Bench *b)
{
    uint64_t value[8] = { 0 };
    unsigned live = MIN(b->pasids, ENTRIES / 4);
    unsigned calls = measure_calls(ROUNDS);
    double start;
    unsigned i;

    sva_config_cache_reset(b->config);
    for (i = 0; i < live; i++) {
        sva_config_cache_insert(b->config, 0x1800000000ull + i, value);
    }
    start = measure_begin(b->pasids, "config", calls);
    for (i = 0; i < calls; i++) {
        const uint64_t *v = sva_config_cache_lookup(b->config,
                                                    0x1800000000ull +
                                                    i % live);

        b->sink += v ? *v : 1;
    }
    return measure_end(start, calls);
}

static double bench_invalidate(Bench *b, const char *what, uint64_t mask)
{
    SvaTlbScope scope = {
        .kinds = SVA_TLB_KIND_BIT(SVA_TLB_FIRST) |
                 SVA_TLB_KIND_BIT(SVA_TLB_NESTED),
        .by_domain = true, .by_asid = true, .domain = DOMAIN,
        .addr = 0x7f0000000000, .mask = mask,
    };
    unsigned calls = measure_calls(INV_ROUNDS);
    double start = measure_begin(b->pasids, what, calls);
    unsigned i;

    for (i = 0; i < calls; i++) {
        scope.asid = i % b->pasids;
        b->sink += sva_iotlb_invalidate(b->tlb, &scope).count;
    }
    return measure_end(start, calls);
}

static void run(unsigned pasids)
{
    Bench *b = g_new0(Bench, 1);
    double hit, hit3, miss, page, all, insert, walk, config;

    b->f = fake_env_new();
    b->f->env.bus = NULL;        /* nobody listens */
    b->tlb = sva_iotlb_new(ENTRIES);
    b->config = sva_config_cache_new(ENTRIES, 64);
    b->pasids = pasids;
    fill(b);
    hit = bench_lookup(b, "hit", 0);
    miss = bench_lookup(b, "miss", 1ull << 40);
    add_large_pages(b);
    hit3 = bench_lookup(b, "hit 3", 0);
    fill(b);
    page = bench_invalidate(b, "inv page", 0xfff);
    fill(b);
    all = bench_invalidate(b, "inv pasid", UINT64_MAX);
    insert = bench_insert(b);
    walk = bench_walk(b);
    config = bench_config(b);
    if (!measure_counts) {
        printf("%8u %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f %9.0f %9.0f\n",
               pasids, hit, hit3, miss, insert, walk, config, page, all);
    }
    sva_config_cache_free(b->config);
    sva_iotlb_free(b->tlb);
    fake_env_free(b->f);
    g_free(b);
}

int main(int argc, char **argv)
{
    measure_option(&argc, argv);
    printf("nanoseconds; cache of %u entries\n", ENTRIES);
    printf("%8s %8s %8s %8s %8s %8s %8s %9s %9s\n", "pasids", "hit",
           "hit 3", "miss", "insert", "walk", "config", "inv page",
           "inv pasid");
    run(1);
    run(1000);
    run(100000);
    return 0;
}
