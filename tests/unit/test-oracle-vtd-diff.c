/*
 * Unit test: VT-d model and oracle agree, over random tables
 *
 * Tables that work are made and a few of their bits flipped.  Outcome, reason,
 * address, size, rights and every word that the walk changes must be the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-checker.h"
#include "oracle-source.h"
#include "vtd-fixture.h"

#define SEEDS 40
#define CASES 1000
#define PASID 5

#define FIRST_LEAF  0x67ull     /* D, A, US, RW, P */
#define SECOND_LEAF 0x303ull    /* D, A, W, R */

typedef struct World {
    GRand *rand;
    VtdFixture *f;
    SvaVtdConfig config;
    uint64_t rtaddr;
    uint64_t next_table;
    OracleTables tables;
    OracleChecker *checker;
    uint64_t addr;
    unsigned granted;
    bool adversary;             /* the model takes liberties */
    bool met[256];              /* reasons */
} World;

static unsigned below(World *w, unsigned n)
{
    return g_rand_int(w->rand) % n;
}

static bool one_in(World *w, unsigned n)
{
    return !below(w, n);
}

static uint64_t random64(World *w)
{
    return (uint64_t)g_rand_int(w->rand) << 32 | g_rand_int(w->rand);
}

static void put(World *w, uint64_t pa, uint64_t word)
{
    oracle_tables_put(&w->tables, pa, word);
}

static uint64_t new_table(World *w)
{
    w->next_table += 0x1000;
    return w->next_table;
}

/* All rights mostly, but perhaps no flags. */
static uint64_t table_attrs(World *w, uint64_t attrs)
{
    attrs &= one_in(w, 2) ? 7 : UINT64_MAX;
    return one_in(w, 12) ? attrs ^ 1 << below(w, 3) : attrs;
}

/* One path through tables that do not exist yet, or do. */
static void map(World *w, uint64_t root, unsigned levels, unsigned leaf_level,
                uint64_t addr, uint64_t leaf, uint64_t attrs)
{
    uint64_t table = root;

    for (unsigned level = levels;; level--) {
        uint64_t pa = table + (addr >> (9 * level + 3) & 511) * 8;

        if (level == leaf_level) {
            put(w, pa, leaf | (level > 1 ? 0x80 : 0));
            return;
        }
        if (!fake_get64(w->f->env, pa)) {
            put(w, pa, new_table(w) | table_attrs(w, attrs));
        }
        table = fake_get64(w->f->env, pa) & 0x000ffffffffff000;
    }
}

/* A page of the size of @level, sometimes in the interrupt range. */
static uint64_t output(World *w, unsigned level)
{
    uint64_t addr = one_in(w, 12) ? 0xfee00000 : 0x7000000000 & random64(w);

    return addr >> (9 * level + 3) << (9 * level + 3);
}

static unsigned leaf_level(World *w)
{
    static const uint8_t levels[] = { 1, 1, 1, 2, 3 };

    return levels[below(w, G_N_ELEMENTS(levels))];
}

/* A leaf of @full or less, of the bits in @present one at least. */
static uint64_t less(World *w, uint64_t full, uint64_t present)
{
    uint64_t one = present > 1 && one_in(w, 2) ? present & ~1ull : 1;

    return one_in(w, 2) ? full : full & (random64(w) | one);
}

static void make_first(World *w, uint64_t root, unsigned levels, uint64_t to)
{
    unsigned level = leaf_level(w);

    map(w, root, levels, level, w->addr, to | less(w, FIRST_LEAF, 1), 0x27);
}

static void make_second(World *w, uint64_t root, unsigned levels)
{
    unsigned level = leaf_level(w);

    map(w, root, levels, level, w->addr,
        output(w, level) | less(w, SECOND_LEAF, 3), 0x103);
}

/* The tables of the first stage, page by page. */
static void make_nested(World *w, uint64_t first, unsigned first_levels,
                        uint64_t second, unsigned second_levels)
{
    uint64_t tables = w->next_table, ipa = 0x40000000;
    unsigned level = leaf_level(w);

    make_first(w, first, first_levels, ipa);
    map(w, second, second_levels, 1, first, first | SECOND_LEAF, 0x103);
    for (uint64_t t = tables + 0x1000; t <= tables + 0x4000; t += 0x1000) {
        map(w, second, second_levels, 1, t, t | less(w, SECOND_LEAF, 3), 0x103);
    }
    ipa |= w->addr & 0x3fffffff;
    map(w, second, second_levels, level, ipa,
        output(w, level) | less(w, SECOND_LEAF, 3), 0x103);
}

static void make_pasid(World *w, uint64_t pa)
{
    static const uint8_t types[] = { 1, 1, 2, 3, 3, 3, 4 };
    unsigned type = types[below(w, G_N_ELEMENTS(types))];
    unsigned fspm = w->config.first_level_5 && one_in(w, 2);
    unsigned aw = 1 + below(w, (w->config.aw_bits - 30) / 9);
    bool ssade = w->config.second_ad && one_in(w, 2);
    uint64_t first = new_table(w), second = new_table(w);

    put(w, pa, second | ssade << 9 | type << 6 | aw << 2 | 1);
    /* Domains are not shared: their tables are not the same. */
    put(w, pa + 8, (1 + (pa >> 6 & 63)) | (one_in(w, 6) ? 0 : 1 << 23) |
                   one_in(w, 3) << 24);
    put(w, pa + 16, first | one_in(w, 2) << 7 | one_in(w, 2) << 4 | fspm << 2 |
                    (w->config.supervisor && one_in(w, 2)));
    for (unsigned i = 3; i < 8; i++) {
        put(w, pa + 8 * i, 0);
    }
    switch (type) {
    case 1:
        make_first(w, first, 4 + fspm, output(w, 3));
        break;
    case 2:
        make_second(w, second, aw + 2);
        break;
    case 3:
        make_nested(w, first, 4 + fspm, second, aw + 2);
        break;
    default:
        break;
    }
}

static void make_scalable(World *w)
{
    uint64_t context = VTD_CONTEXT + 32 * (VTD_RID & 127);
    bool pasids = w->config.pasid_bits, ats = w->config.device_iotlb;
    unsigned pdts = below(w, 8);

    w->rtaddr = VTD_ROOT | 0x400;
    put(w, VTD_ROOT + 16, VTD_CONTEXT | 1);
    put(w, VTD_ROOT + 24, VTD_CONTEXT_HI | 1);
    put(w, context, VTD_DIR | pdts << 9 | w->config.pri << 4 | pasids << 3 |
                    ats << 2 | 1);
    put(w, context + 8, below(w, 8));
    put(w, context + 16, 0);
    put(w, context + 24, 0);
    put(w, VTD_DIR, VTD_PASIDS | 1);
    for (unsigned i = 0; i < 8; i++) {
        if (i == PASID || i == fake_get64(w->f->env, context + 8)) {
            make_pasid(w, VTD_PASIDS + 64 * i);
        }
    }
}

static void make_legacy(World *w)
{
    uint64_t context = VTD_CONTEXT + 16 * (VTD_RID & 255);
    unsigned aw = 1 + below(w, (w->config.aw_bits - 30) / 9);
    uint64_t second = new_table(w);

    w->rtaddr = VTD_ROOT;
    put(w, VTD_ROOT + 16, VTD_CONTEXT | 1);
    put(w, VTD_ROOT + 24, 0);
    put(w, context, second | below(w, 3) << 2 | 1);
    put(w, context + 8, 0x100 | aw);
    make_second(w, second, aw + 2);
}

static SvaVtdConfig make_config(World *w)
{
    static const uint8_t widths[] = { 39, 48, 57 };
    static const uint8_t haws[] = { 39, 39, 46, 48, 52 };
    static const uint8_t pasids[] = { 0, 3, 8, 20 };
    SvaVtdConfig c = sva_vtd_default_config;

    c.iotlb_entries = c.config_entries = 16;
    c.walk_entries = one_in(w, 2) ? 16 : 0;
    c.adversary = w->adversary ? 1 + below(w, 1000) : 0;
    c.aw_bits = widths[below(w, 3)];
    c.haw_bits = haws[below(w, 5)];
    c.haw_bits = MIN(c.haw_bits, c.aw_bits);
    c.pasid_bits = one_in(w, 3) ? pasids[below(w, 4)] : 20;
    c.first_level_5 = one_in(w, 2);
    c.supervisor = !one_in(w, 4);
    c.second_ad = !one_in(w, 4);
    c.nested = !one_in(w, 8);
    c.device_iotlb = !one_in(w, 8);
    c.pt = !one_in(w, 8);
    c.pri = c.device_iotlb && c.pasid_bits && one_in(w, 2);
    return c;
}

static void start(World *w)
{
    w->config = make_config(w);
    w->f = vtd_fixture_new(&w->config);
    w->checker = oracle_checker_new(w->f->env, one_in(w, 2));
    w->tables = (OracleTables) { .f = w->f->env, .rand = w->rand };
    w->next_table = VTD_TABLES;
    w->addr = random64(w) & 0x3ffffff000;
    if (one_in(w, 20)) {
        w->addr = 0xfee01000;
    }
    if (one_in(w, 5)) {
        make_legacy(w);
    } else {
        make_scalable(w);
    }
    oracle_tables_mutate(&w->tables);
    if (one_in(w, 40)) {
        w->rtaddr ^= 0x800;
    }
    vtd_write64(w->f, 0x20, w->rtaddr);
    vtd_command(w->f, 1u << 30);
    if (!one_in(w, 100)) {
        vtd_level(w->f, 1u << 31, true);
    }
    fake_env_clear(w->f->env);
}

static SvaRequest make_request(World *w)
{
    SvaRequest req = {
        .rid = one_in(w, 30) ? random64(w) : VTD_RID,
        .addr = w->addr | below(w, 0x1000),
        .access = below(w, 16),
        .at = one_in(w, 2) ? SVA_AT_TRANSLATION : SVA_AT_UNTRANSLATED,
        .pasid = one_in(w, 3) ? SVA_NO_PASID
                 : sva_pasid(one_in(w, 20) ? below(w, 1 << 20) : PASID),
    };

    if (!one_in(w, 4)) {
        req.access &= ~SVA_EXEC;
    }
    if (one_in(w, 12)) {
        req.addr ^= 1ull << (12 + below(w, 52));
    }
    return req;
}

static void get_regs(World *w, uint64_t *regs)
{
    regs[0] = sva_vtd_rtaddr(&w->f->vtd);
    regs[1] = vtd_read64(w->f, 0x08);
    regs[2] = vtd_read64(w->f, 0x10);
    regs[3] = vtd_read32(w->f, 0x1c);
    regs[4] = w->config.haw_bits;
}

static unsigned reason_of(FakeEnv *env)
{
    for (unsigned i = 0; i < env->events->len; i++) {
        const SvaEvent *e = &g_array_index(env->events, SvaEvent, i);

        if (e->kind == SVA_EV_FAULT || e->kind == SVA_EV_FAULT_SILENT) {
            return e->fault.reason;
        }
    }
    return 0;
}

static void check_map(const SvaMapping *got, const SvaOracleAnswer *answer)
{
    const SvaMapping *want = &answer->map;

    g_assert_cmphex(got->addr, ==, want->addr);
    g_assert_cmphex(got->mask & ~want->mask, ==, 0);
    if (answer->walked && want->mask == answer->tables.mask) {
        g_assert_cmphex(got->mask, ==, want->mask);
    }
    g_assert_cmphex(got->access, ==, want->access);
    g_assert_cmpint(got->snoop, ==, want->snoop);
}

static void compare_memory(World *w, const SvaRequest *req,
                           const SvaOracleAnswer *want)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    SvaTranslation got;

    iommu->ops->translate(iommu, req, &got);
    g_assert_cmpint(got.outcome == SVA_OK, ==,
                    want->outcome == SVA_ORACLE_GRANTED);
    g_assert_cmphex(reason_of(w->f->env), ==, want->reason);
    if (got.outcome == SVA_OK) {
        check_map(&got.map, want);
        w->granted++;
    } else {
        g_assert_cmpint(got.outcome == SVA_RAZ_WI, ==, want->raz_wi);
    }
}

static void compare_ats(World *w, const SvaRequest *req,
                        const SvaOracleAnswer *want)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    SvaAtsCompletion got;
    unsigned reason;

    iommu->ops->ats_request(iommu, req, &got);
    g_assert_cmpint(got.status, ==, want->status);
    g_assert_cmpint(got.untranslated_only, ==, want->untranslated_only);
    reason = reason_of(w->f->env);
    if (reason) {
        g_assert_cmphex(reason, ==, want->reason);
    }
    if (got.status == SVA_ATS_SUCCESS) {
        g_assert_cmphex(got.map.access, ==, want->map.access);
    }
    if (got.status == SVA_ATS_SUCCESS && got.map.access & SVA_RW) {
        check_map(&got.map, want);
        w->granted++;
    }
}

/*
 * The checker that listens has nothing to say, with caches in use, and tables
 * that change without an invalidation.
 */
static void go_on(World *w, unsigned requests)
{
    for (unsigned i = 0; i < requests; i++) {
        SvaRequest req = make_request(w);

        if (one_in(w, 4)) {
            oracle_tables_mutate(&w->tables);
        }
        oracle_checker_request(w->checker, &w->f->vtd.iommu, &req);
        fake_env_advance(w->f->env, below(w, 1000000));
    }
}

static void run_case(World *w)
{
    uint64_t regs[SVA_ORACLE_REGS] = { 0 };
    SvaRequest req;
    SvaOracleAnswer want;
    OracleMemory memory;

    start(w);
    req = make_request(w);
    get_regs(w, regs);
    oracle_tables_freeze(&w->tables);
    memory = oracle_memory(w->f->env);
    sva_oracle_vtd(regs, &memory.source, &req, &want);
    g_assert_cmpint(want.outcome, !=, SVA_ORACLE_UNKNOWN);
    w->met[want.reason] = true;
    if (want.reason) {
        g_assert_cmpint(sva_oracle_vtd_stage(want.reason), !=,
                        SVA_ORACLE_STAGE_NONE);
    }
    if (req.at == SVA_AT_TRANSLATION) {
        compare_ats(w, &req, &want);
    } else {
        compare_memory(w, &req, &want);
    }
    oracle_tables_check(&w->tables, &want);
    go_on(w, 6);
    oracle_checker_free(w->checker);
    vtd_fixture_free(w->f);
}

static World world;

static void test_diff(gconstpointer data)
{
    world.rand = g_rand_new_with_seed(GPOINTER_TO_UINT(data));
    world.granted = 0;
    for (unsigned i = 0; i < CASES; i++) {
        run_case(&world);
    }
    /* Tables that nobody can use test little. */
    g_assert_cmpuint(world.granted, >, CASES / 16);
    g_rand_free(world.rand);
}

/* The cases above come by all of Table 30 but what needs other events. */
static void test_reasons(void)
{
    static const uint8_t reasons[] = {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
        0x0c, 0x0d, 0x0e, 0x29, 0x30, 0x31, 0x38, 0x39, 0x3a, 0x40, 0x41,
        0x42, 0x43, 0x44, 0x45, 0x46, 0x48, 0x50, 0x51, 0x52, 0x58, 0x59,
        0x5a, 0x5b, 0x5c, 0x5d, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
        0x77, 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x80, 0x81, 0x83, 0x84,
        0x85, 0x86, 0x87, 0x89, 0x90, 0x91,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (!world.met[reasons[i]]) {
            g_test_message("reason %xh was not met", reasons[i]);
            g_test_fail();
        }
    }
}

static void test_adversary(void)
{
    World w = { .rand = g_rand_new_with_seed(1), .adversary = true };

    for (unsigned i = 0; i < CASES; i++) {
        start(&w);
        go_on(&w, 20);
        oracle_checker_free(w.checker);
        vtd_fixture_free(w.f);
    }
    g_rand_free(w.rand);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < SEEDS; i++) {
        g_autofree char *name = g_strdup_printf("/oracle/vtd/diff/%02u", i);

        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_diff);
    }
    g_test_add_func("/oracle/vtd/diff/reasons", test_reasons);
    g_test_add_func("/oracle/vtd/adversary", test_adversary);
    return g_test_run();
}
