/*
 * Walk caches: which tables a walk uses that has been here before
 *
 * Tables of x86 are at 0x10000 (level 4) to 0x13000, of VMSAv8-64 too (level 0
 * to 3); those of stage 2, which maps 0x40000000 and up to itself, at 0x20000.
 * VA uses entry 254, 0, 2 and 1 of them; the other table of pages is at
 * 0x14000.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"
#include "hw/sva/core/pt-nested.h"
#include "hw/sva/core/pt-vmsa64.h"
#include "hw/sva/core/pt-vtdss.h"
#include "hw/sva/core/pt-x86.h"
#include "hw/sva/core/walk-cache.h"

#define VA    0x7f0000401000ull
#define NEXT  0x1000ull         /* a page that has its entry next to it */

#define R SVA_READ
#define W SVA_WRITE
#define S SVA_PRIV

typedef struct World {
    FakeEnv *f;
    SvaIotlb *cache;
    SvaWalkView views[2];
    uint64_t hits;
    SvaPtConfig cfg;
    SvaPtConfig second;
    SvaVmsaTables vmsa;
    SvaPtResult out;
    SvaVmsaResult vout;
} World;

static const uint64_t entry_pa[5] = { 0, 0x13008, 0x12010, 0x11000, 0x107f0 };

static World *world_new(void)
{
    World *w = g_new0(World, 1);
    unsigned i;

    w->f = fake_env_new();
    w->cache = sva_iotlb_new(64);
    for (i = 0; i < 2; i++) {
        w->views[i] = (SvaWalkView) {
            .cache = w->cache,
            .tag = { .asid = 5 * !i, .domain = 7, .kind = i },
            .hits = &w->hits,
        };
    }
    w->cfg = (SvaPtConfig) {
        .fmt = &sva_pt_x86, .root = 0x10000, .levels = 4, .addr_bits = 39,
        .flags = SVA_PT_AD | SVA_PT_WPE,
    };
    w->vmsa = (SvaVmsaTables) {
        .base = 0x10000, .granule = 12, .input_bits = 48, .output_bits = 44,
    };
    return w;
}

static void world_free(World *w)
{
    sva_iotlb_free(w->cache);
    fake_env_free(w->f);
    g_free(w);
}

/* Tables that map VA and the page behind it. */
static World *mapped(uint64_t bits, uint64_t pte)
{
    World *w = world_new();

    fake_put64(w->f, 0x107f0, 0x11000 | bits);
    fake_put64(w->f, 0x11000, 0x12000 | bits);
    fake_put64(w->f, 0x12010, 0x13000 | bits);
    fake_put64(w->f, 0x13008, 0x70001000 | pte);
    fake_put64(w->f, 0x13010, 0x70002000 | pte);
    fake_put64(w->f, 0x14008, 0x80001000 | pte);
    fake_put64(w->f, 0x14010, 0x80002000 | pte);
    return w;
}

static SvaPtStatus walk(World *w, uint64_t va, uint8_t want)
{
    SvaPtQuery query = { .va = va, .want = want, .views = w->views };

    sva_pt_walk(&w->f->env, &w->cfg, &query, &w->out);
    return w->out.status;
}

static SvaVmsaStatus vwalk(World *w, uint64_t va, uint8_t want)
{
    SvaPtQuery query = { .va = va, .want = want, .views = w->views };

    sva_vmsa_walk(&w->f->env, &w->vmsa, NULL, &query, &w->vout);
    return w->vout.status;
}

static void forget(World *w, uint64_t addr)
{
    SvaTlbScope scope = {
        .kinds = SVA_TLB_ALL_KINDS, .by_domain = true, .domain = 7,
        .addr = addr, .mask = 0xfff,
    };

    sva_iotlb_invalidate(w->cache, &scope);
}

/* -- VT-d -- */

/* Whatever level has changed, it takes an invalidation to be seen. */
static void test_stale_entry_of_any_level_stays_in_force(void)
{
    unsigned level;

    for (level = 2; level <= 4; level++) {
        World *w = mapped(0x7, 0x7);

        g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_OK);
        g_assert_cmpuint(w->hits, ==, 0);
        g_assert_cmpuint(sva_iotlb_count(w->cache), ==, 3);
        fake_put64(w->f, entry_pa[level], 0);
        g_assert_cmpint(walk(w, VA + NEXT, R), ==, SVA_PT_OK);
        g_assert_cmphex(w->out.map.addr, ==, 0x70002000);
        g_assert_cmpuint(w->hits, ==, 1);
        /* Any address of the range of the entry will do. */
        forget(w, VA ^ 0x1ff000);
        g_assert_cmpint(walk(w, VA + NEXT, R), ==, SVA_PT_NOT_PRESENT);
        g_assert_cmpint(w->out.level, ==, level);
        world_free(w);
    }
}

static void test_deepest_entry_is_used(void)
{
    World *w = mapped(0x7, 0x7);
    uint64_t reads;

    walk(w, VA, R);
    reads = w->f->accesses;
    walk(w, VA + NEXT, R);
    /* The entry, and the update of A. */
    g_assert_cmpuint(w->f->accesses - reads, ==, 2);
    /* Another table of pages, below the same table of level 2. */
    fake_put64(w->f, 0x12018, 0x14007);
    g_assert_cmpint(walk(w, VA + 0x200000, R), ==, SVA_PT_OK);
    g_assert_cmphex(w->out.map.addr, ==, 0x80001000);
    world_free(w);
}

static void test_tags_part_entries(void)
{
    World *w = mapped(0x7, 0x7);

    walk(w, VA, R);
    fake_put64(w->f, 0x12010, 0x14007);
    w->views[0].tag.asid = 6;
    g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_OK);
    g_assert_cmphex(w->out.map.addr, ==, 0x80001000);
    w->views[0].tag.asid = 5;
    walk(w, VA, R);
    g_assert_cmphex(w->out.map.addr, ==, 0x70001000);
    w->views[0].tag.domain = 8;
    walk(w, VA, R);
    g_assert_cmphex(w->out.map.addr, ==, 0x80001000);
    world_free(w);
}

static void test_rights_are_those_of_all_levels(void)
{
    World *w = mapped(0x7, 0x7);

    fake_put64(w->f, 0x11000, 0x12005);
    g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_OK);
    fake_put64(w->f, 0x11000, 0x12007);
    g_assert_cmpint(walk(w, VA + NEXT, W), ==, SVA_PT_NO_WRITE);
    forget(w, VA);
    g_assert_cmpint(walk(w, VA + NEXT, W), ==, SVA_PT_OK);
    /* Supervisor tables: no entry lets users in. */
    forget(w, VA);
    fake_put64(w->f, 0x107f0, 0x11003);
    g_assert_cmpint(walk(w, VA, R | S), ==, SVA_PT_OK);
    fake_put64(w->f, 0x107f0, 0x11007);
    g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_USER);
    world_free(w);
}

/* A present entry whose table is empty makes one, a broken one does not. */
static void test_what_makes_an_entry(void)
{
    World *w = mapped(0x7, 0);

    g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_NOT_PRESENT);
    g_assert_cmpuint(sva_iotlb_count(w->cache), ==, 3);
    /* The entry had to be marked as accessed before. */
    g_assert_cmphex(fake_get64(w->f, 0x12010), ==, 0x13027);
    forget(w, VA);
    fake_put64(w->f, 0x12010, 0x13007 | 1ull << 45);
    g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_RESERVED);
    g_assert_cmpuint(sva_iotlb_count(w->cache), ==, 2);
    forget(w, VA);
    fake_put64(w->f, 0x12010, 0x13007);
    fake_env_read_only(w->f, 0x12000, 0x1000);
    g_assert_cmpint(walk(w, VA, R), ==, SVA_PT_UPDATE_FAILED);
    g_assert_cmpuint(sva_iotlb_count(w->cache), ==, 2);
    world_free(w);
}

/* Second stage: table n of the page at 0x40000000 + n << 12. */
static void map_second(World *w, uint64_t addr, uint64_t pte)
{
    fake_put64(w->f, 0x20000, 0x21003);
    fake_put64(w->f, 0x21008, 0x22003);
    fake_put64(w->f, 0x22000, 0x23003);
    fake_put64(w->f, 0x23000 + (addr >> 12 & 511) * 8, pte);
}

static World *nested(void)
{
    World *w = world_new();
    unsigned i;

    w->second = (SvaPtConfig) {
        .fmt = &sva_pt_vtdss, .root = 0x20000, .levels = 4, .addr_bits = 39,
        .input_bits = 48,
    };
    w->cfg.root = 0x40010000;
    for (i = 0; i < 8; i++) {
        map_second(w, 0x40010000 + i * 0x1000, (0x10000 + i * 0x1000) | 3);
    }
    fake_put64(w->f, 0x107f0, 0x40011007);
    fake_put64(w->f, 0x11000, 0x40012007);
    fake_put64(w->f, 0x12010, 0x40013007);
    fake_put64(w->f, 0x13008, 0x40016007);
    fake_put64(w->f, 0x13010, 0x40017007);
    return w;
}

static SvaPtStatus nwalk(World *w, uint64_t va)
{
    SvaPtQuery query = { .va = va, .want = R, .views = w->views };

    sva_pt_walk_nested(&w->f->env, &w->cfg, &w->second, &query, &w->out);
    return w->out.status;
}

static void test_nested(void)
{
    World *w = nested();

    g_assert_cmpint(nwalk(w, VA), ==, SVA_PT_OK);
    g_assert_cmphex(w->out.map.addr, ==, 0x16000);
    /* Three tables of each stage. */
    g_assert_cmpuint(sva_iotlb_count(w->cache), ==, 6);
    /* What the second stage has above its leaf is not read again either. */
    fake_put64(w->f, 0x20000, 0);
    fake_put64(w->f, 0x107f0, 0);
    g_assert_cmpint(nwalk(w, VA + NEXT), ==, SVA_PT_OK);
    g_assert_cmphex(w->out.map.addr, ==, 0x17000);
    forget(w, 0x40000000);
    g_assert_cmpint(nwalk(w, VA + NEXT), !=, SVA_PT_OK);
    fake_put64(w->f, 0x20000, 0x21003);
    g_assert_cmpint(nwalk(w, VA + NEXT), ==, SVA_PT_OK);
    forget(w, VA);
    g_assert_cmpint(nwalk(w, VA + NEXT), ==, SVA_PT_NOT_PRESENT);
    world_free(w);
}

/* An entry needs the right to read the table below. */
static void test_nested_table_that_may_not_be_read(void)
{
    World *w = nested();

    map_second(w, 0x40013000, 0);
    g_assert_cmpint(nwalk(w, VA), ==, SVA_PT_NEST_READ);
    map_second(w, 0x40013000, 0x13003);
    fake_put64(w->f, 0x12010, 0x40014007);
    fake_put64(w->f, 0x14008, 0x40015007);
    g_assert_cmpint(nwalk(w, VA), ==, SVA_PT_OK);
    g_assert_cmphex(w->out.map.addr, ==, 0x15000);
    world_free(w);
}

/* -- VMSAv8-64 -- */

static void test_vmsa_stale_descriptor_of_any_level(void)
{
    unsigned level;

    for (level = 2; level <= 4; level++) {
        World *w = mapped(0x3, 0xc43);

        g_assert_cmpint(vwalk(w, VA, R), ==, SVA_VMSA_OK);
        fake_put64(w->f, entry_pa[level], 0);
        g_assert_cmpint(vwalk(w, VA + NEXT, R), ==, SVA_VMSA_OK);
        g_assert_cmphex(w->vout.map.addr, ==, 0x70002000);
        forget(w, VA ^ 0x1ff000);
        g_assert_cmpint(vwalk(w, VA + NEXT, R), ==, SVA_VMSA_TRANSLATION);
        g_assert_cmpint(w->vout.level, ==, 4 - level);
        world_free(w);
    }
}

/* APTable adds up, and stays. */
static void test_vmsa_attributes_of_tables(void)
{
    World *w = mapped(0x3, 0xc43);

    fake_put64(w->f, 0x11000, 0x12003 | 1ull << 62);
    g_assert_cmpint(vwalk(w, VA, R), ==, SVA_VMSA_OK);
    fake_put64(w->f, 0x11000, 0x12003);
    g_assert_cmpint(vwalk(w, VA + NEXT, W), ==, SVA_VMSA_PERMISSION);
    forget(w, VA);
    g_assert_cmpint(vwalk(w, VA + NEXT, W), ==, SVA_VMSA_OK);
    world_free(w);
}

/* The halves of the address space are told apart by what the view knows. */
static void test_vmsa_upper_half(void)
{
    World *w = mapped(0x3, 0xc43);

    vwalk(w, VA, R);
    fake_put64(w->f, 0x12010, 0x14003);
    w->views[0].upper = 0xffff000000000000;
    g_assert_cmpint(vwalk(w, VA, R), ==, SVA_VMSA_OK);
    g_assert_cmphex(w->vout.map.addr, ==, 0x80001000);
    forget(w, 0xffff000000000000 | VA);
    w->views[0].upper = 0;
    g_assert_cmpint(vwalk(w, VA, R), ==, SVA_VMSA_OK);
    g_assert_cmphex(w->vout.map.addr, ==, 0x70001000);
    world_free(w);
}

/* Tables of another granule with the same tag are not mistaken. */
static void test_vmsa_other_granule(void)
{
    World *w = mapped(0x3, 0xc43);

    vwalk(w, VA, R);
    w->vmsa.granule = 16;
    w->vmsa.start_level = 1;
    g_assert_cmpint(vwalk(w, VA, R), ==, SVA_VMSA_TRANSLATION);
    g_assert_cmpint(w->vout.level, ==, 1);
    world_free(w);
}

static void test_vmsa_sizes_of_tables(void)
{
    /* 2 MiB, 1 GiB, 512 GiB; 32 MiB, 64 GiB, 2^47; 512 MiB, 2^42, 2^55 */
    g_assert_cmphex(sva_vmsa_table_orders(12, 3), ==,
                    1ull << 9 | 1ull << 18 | 1ull << 27);
    g_assert_cmphex(sva_vmsa_table_orders(14, 3), ==,
                    1ull << 13 | 1ull << 24 | 1ull << 35);
    g_assert_cmphex(sva_vmsa_table_orders(16, 3), ==,
                    1ull << 17 | 1ull << 30 | 1ull << 43);
    g_assert_cmphex(sva_vmsa_table_orders(12, 2), ==, 1ull << 18 | 1ull << 27);
    g_assert_cmphex(sva_vmsa_table_orders(12, 1), ==, 1ull << 27);
}

/* -- both: with every change invalidated, as without a cache -- */

#define TABLES 6

static uint64_t random_entry(GRand *rng, bool vmsa)
{
    uint64_t pa = 0x10000 + (uint64_t)g_rand_int_range(rng, 0, TABLES) * 0x1000;

    if (g_rand_int_range(rng, 0, 5) == 0) {
        return 0;
    }
    return pa | (vmsa ? 0xc43 : 0x7) |
           (g_rand_boolean(rng) && !vmsa ? 0 : (uint64_t)vmsa << 62);
}

static uint64_t random_va(GRand *rng)
{
    return (uint64_t)g_rand_int_range(rng, 0, 4) << 12 |
           (uint64_t)g_rand_int_range(rng, 0, 4) << 21 |
           (uint64_t)g_rand_int_range(rng, 0, 4) << 30 |
           (uint64_t)g_rand_int_range(rng, 0, 4) << 39;
}

static void change_entry(World *w, GRand *rng, bool vmsa)
{
    SvaTlbScope all = { .kinds = SVA_TLB_ALL_KINDS, .mask = UINT64_MAX };
    uint64_t pa = 0x10000 +
                  (uint64_t)g_rand_int_range(rng, 0, TABLES) * 0x1000 +
                  (uint64_t)g_rand_int_range(rng, 0, 4) * 8;

    fake_put64(w->f, pa, random_entry(rng, vmsa));
    sva_iotlb_invalidate(w->cache, &all);
}

static void compare_walks(World *w, uint64_t va, uint8_t want, bool vmsa)
{
    SvaPtQuery query = { .va = va, .want = want };
    SvaPtResult plain;
    SvaVmsaResult vplain;

    if (vmsa) {
        vwalk(w, va, want);
        sva_vmsa_walk(&w->f->env, &w->vmsa, NULL, &query, &vplain);
        g_assert_cmpmem(&vplain, sizeof(vplain), &w->vout, sizeof(vplain));
    } else {
        walk(w, va, want);
        sva_pt_walk(&w->f->env, &w->cfg, &query, &plain);
        g_assert_cmpmem(&plain, sizeof(plain), &w->out, sizeof(plain));
    }
}

static void test_invalidated_caches_change_nothing(void)
{
    GRand *rng = g_rand_new_with_seed(20);
    unsigned round, i;
    bool vmsa;

    for (vmsa = false;; vmsa = true) {
        World *w = world_new();

        /* A and D change no answer, but entries; leave them out. */
        w->cfg.flags = SVA_PT_WPE;
        for (round = 0; round < 2000; round++) {
            change_entry(w, rng, vmsa);
            for (i = 0; i < 8; i++) {
                compare_walks(w, random_va(rng),
                              g_rand_boolean(rng) ? R : R | W, vmsa);
            }
        }
        g_assert_cmpuint(w->hits, >, 500);
        world_free(w);
        if (vmsa) {
            break;
        }
    }
    g_rand_free(rng);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/core/walk-cache/stale",
                    test_stale_entry_of_any_level_stays_in_force);
    g_test_add_func("/core/walk-cache/deepest", test_deepest_entry_is_used);
    g_test_add_func("/core/walk-cache/tags", test_tags_part_entries);
    g_test_add_func("/core/walk-cache/rights",
                    test_rights_are_those_of_all_levels);
    g_test_add_func("/core/walk-cache/entries", test_what_makes_an_entry);
    g_test_add_func("/core/walk-cache/nested", test_nested);
    g_test_add_func("/core/walk-cache/nested-read",
                    test_nested_table_that_may_not_be_read);
    g_test_add_func("/core/walk-cache/vmsa/stale",
                    test_vmsa_stale_descriptor_of_any_level);
    g_test_add_func("/core/walk-cache/vmsa/attributes",
                    test_vmsa_attributes_of_tables);
    g_test_add_func("/core/walk-cache/vmsa/upper", test_vmsa_upper_half);
    g_test_add_func("/core/walk-cache/vmsa/granule",
                    test_vmsa_other_granule);
    g_test_add_func("/core/walk-cache/vmsa/sizes", test_vmsa_sizes_of_tables);
    g_test_add_func("/core/walk-cache/differential",
                    test_invalidated_caches_change_nothing);
    return g_test_run();
}
