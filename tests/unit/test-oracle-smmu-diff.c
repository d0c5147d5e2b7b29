/*
 * Unit test: SMMUv3 model and oracle agree, over random tables
 *
 * Tables that work are made and a few of their bits flipped.  Outcome, event,
 * address, size, rights and every word that the walk changes must be the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "oracle-checker.h"
#include "oracle-source.h"
#include "smmu-fixture.h"
#include "smmu-shape.h"

#define SEEDS 40
#define CASES 1000

#define STRTAB  0x10000000ull
#define STES    0x11000000ull       /* second level */
#define CDS     0x12000000ull
#define LEAVES  0x13000000ull       /* CDs of the second level */
#define TABLES  0x20000000ull       /* 64 KiB each */
#define SSID    5

#define AF      0x400ull

typedef struct World {
    GRand *rand;
    SmmuFixture *f;
    SvaSmmuConfig config;
    uint64_t strtab;
    uint32_t strtab_cfg;
    uint32_t cr0;
    uint32_t cr2;
    uint64_t next_table;
    OracleTables tables;
    OracleChecker *checker;
    uint64_t addr;
    bool pasid;
    unsigned granted;
    bool adversary;             /* the model takes liberties */
    bool met[256];              /* events */
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
    w->next_table += 0x10000;
    return w->next_table;
}

static uint64_t attrs_of_table(World *w)
{
    return one_in(w, 8) ? (uint64_t)below(w, 16) << 59 | 3 : 3;
}

/* One path to a page, or to a block of @level; other paths may share tables. */
static void map(World *w, const Shape *s, unsigned level, uint64_t addr,
                uint64_t leaf)
{
    uint64_t table = s->root;

    for (unsigned at = s->start;; at++) {
        uint64_t pa = table + index_of(s, at, addr) * 8ull;

        if (at >= level) {
            put(w, pa, leaf | (at == 3 ? 3 : 1));
            return;
        }
        if (!fake_get64(w->f->env, pa)) {
            put(w, pa, new_table(w) | attrs_of_table(w));
        }
        table = fake_get64(w->f->env, pa) & 0x0000ffffffff0000ull;
    }
}

static unsigned leaf_level(World *w, const Shape *s)
{
    static const uint8_t levels[] = { 3, 3, 3, 2, 2, 1 };
    unsigned level = levels[below(w, G_N_ELEMENTS(levels))];

    return MAX(level, s->start);
}

/* AF, AP, XN and DBM at random: stage 1, then stage 2 with normal memory */
static uint64_t leaf_attrs(World *w, bool two)
{
    uint64_t attrs = one_in(w, 5) ? 0 : AF;

    attrs |= (uint64_t)below(w, 4) << 6 | (uint64_t)one_in(w, 2) << 51;
    attrs |= (uint64_t)(one_in(w, 2) ? below(w, 4) : 0) << 53;
    return two ? attrs | (one_in(w, 8) ? (uint64_t)below(w, 16) << 2 : 0x3c)
               : attrs | (uint64_t)one_in(w, 2) << 11;
}

static uint64_t output(World *w, const Shape *s, unsigned level)
{
    uint64_t addr = random64(w) & 0x3fffffffffull;

    return addr >> shift_of(s, level) << shift_of(s, level);
}

static unsigned pick_granule(World *w)
{
    static const uint8_t granules[] = { 12, 14, 16 };

    return granules[below(w, 3)];
}

/* Stage 2 that a test can fill: S2T0SZ, S2SL0 and S2TG fit each other. */
static Shape stage2_shape(World *w, unsigned *sl0)
{
    Shape s = { .root = new_table(w), .granule = pick_granule(w) };
    unsigned top = MIN(w->config.oas, s.granule == 16 ? 52 : 48);

    new_table(w);               /* room for tables that follow each other */
    s.input = MIN(top, 30 + below(w, 23));
    *sl0 = below(w, 3);
    s.start = (s.granule == 12 ? 2 : 3) - *sl0;
    while (s.input > shift_of(&s, s.start) + s.granule + 1 && *sl0 < 2) {
        (*sl0)++;
        s.start--;
    }
    s.input = MIN(s.input, shift_of(&s, s.start) + s.granule + 1);
    s.input = MAX(s.input, shift_of(&s, s.start) + 1);
    return s;
}

static Shape stage1_shape(World *w)
{
    Shape s = { .root = new_table(w), .granule = pick_granule(w) };
    unsigned top;

    s.input = 25 + below(w, 24);
    s.start = 3;
    for (top = 2 * s.granule - 3; top < s.input; top += s.granule - 3) {
        s.start--;
    }
    return s;
}

static uint64_t make_cd0(World *w, const Shape *s, bool upper)
{
    static const uint8_t ips[] = { 5, 5, 5, 6, 2 };
    bool ha = w->config.httu >= 1 && one_in(w, 2);
    bool hd = w->config.httu >= 2 && one_in(w, 2);
    uint64_t t0 = (64 - s->input) | tg0_of(s->granule) << 6;
    uint64_t t1 = (64ull - s->input) << 16 | tg1_of(s->granule) << 22;
    uint64_t qw = 1ull << 31 | 1ull << 41 | (uint64_t)below(w, 256) << 48;

    qw |= (uint64_t)ips[below(w, 5)] << 32 | (uint64_t)one_in(w, 4) << 35 |
          (uint64_t)one_in(w, 4) << 36 | (uint64_t)below(w, 4) << 38 |
          (uint64_t)one_in(w, 4) << 40 | (uint64_t)hd << 42 |
          (uint64_t)ha << 43 | (uint64_t)below(w, 4) << 45;
    qw |= (uint64_t)(w->config.stall_model == SVA_SMMU_STALL_FORCED ||
                     (w->config.stall_model == SVA_SMMU_STALL_BOTH &&
                      one_in(w, 4))) << 44;
    qw |= upper ? t1 | t0 : t0 | t1;
    return qw | (one_in(w, 3) ? upper ? 1 << 14 : 1 << 30 : 0);
}

static void make_cd(World *w, uint64_t pa, const Shape *s, bool upper)
{
    uint64_t had = one_in(w, 4) << 1;

    put(w, pa, make_cd0(w, s, upper));
    put(w, pa + 8, s->root | had);
    put(w, pa + 16, s->root | had);
}

static uint64_t make_ste2(World *w, const Shape *s, unsigned sl0)
{
    bool ha = w->config.httu >= 1 && one_in(w, 2);
    bool hd = w->config.httu >= 2 && one_in(w, 2);
    bool stall = w->config.stall_model == SVA_SMMU_STALL_FORCED;

    return (uint64_t)below(w, 256) | (64ull - s->input) << 32 |
           (uint64_t)sl0 << 38 | (uint64_t)tg0_of(s->granule) << 46 |
           (uint64_t)(one_in(w, 4) ? below(w, 8) : 6) << 48 | 1ull << 51 |
           (uint64_t)one_in(w, 4) << 53 | (uint64_t)one_in(w, 3) << 54 |
           (uint64_t)hd << 55 | (uint64_t)ha << 56 |
           (uint64_t)(stall || (one_in(w, 6) && !w->config.stall_model)) << 57 |
           (uint64_t)one_in(w, 2) << 58;
}

static uint64_t make_ste1(World *w, unsigned config)
{
    unsigned eats = !w->config.ats ? 0 : config == 7 && one_in(w, 3) ? 2 : 1;
    unsigned strw = one_in(w, 3) ? 2 : 0;

    return (one_in(w, 6) ? below(w, 4) : 2) | (uint64_t)one_in(w, 4) << 25 |
           (uint64_t)(one_in(w, 16) ? 0 : eats) << 28 | (uint64_t)strw << 30 |
           (uint64_t)(one_in(w, 4) ? below(w, 4) : 0) << 48 |
           (uint64_t)(one_in(w, 4) ? below(w, 4) : 0) << 50;
}

static uint64_t canonical(World *w, const Shape *s, bool upper)
{
    uint64_t low = random64(w) & ((1ull << s->input) - 1) & ~0xfffull;

    return upper ? low | ~((1ull << s->input) - 1) : low;
}

/* Where the CD of SSID is, and with stage 2 the way to it. */
static uint64_t make_cd_table(World *w, unsigned fmt, unsigned index)
{
    if (fmt != 1 && fmt != 2) {
        return CDS + 64 * index;
    }
    put(w, CDS, LEAVES | 1);
    return LEAVES + 64 * index;
}

static void identity(World *w, const Shape *two, uint64_t addr)
{
    map(w, two, 3, addr, (addr >> two->granule << two->granule) |
                         leaf_attrs(w, true) | (one_in(w, 16) ? 0 : 0xc0));
}

static void make_stage1(World *w, unsigned config, unsigned fmt,
                        const Shape *two)
{
    Shape one = stage1_shape(w);
    bool upper = one_in(w, 3);
    unsigned index = w->pasid ? SSID : 0, level = leaf_level(w, &one);
    uint64_t tables = w->next_table, end, ipa = 0x40000000;

    w->addr = canonical(w, &one, upper);
    make_cd(w, make_cd_table(w, fmt, index), &one, upper);
    if (config != 7) {
        map(w, &one, level, w->addr, output(w, &one, level) |
                                     leaf_attrs(w, false));
        return;
    }
    map(w, &one, level, w->addr, ipa | leaf_attrs(w, false));
    end = w->next_table;
    identity(w, two, CDS);
    identity(w, two, LEAVES);
    for (uint64_t t = tables; t <= end; t += 0x10000) {
        for (unsigned i = 0; i < w->tables.count; i++) {
            if (w->tables.pa[i] >> 16 == t >> 16) {
                identity(w, two, w->tables.pa[i]);
                break;
            }
        }
    }
    ipa |= w->addr & ((1ull << shift_of(&one, level)) - 1);
    level = leaf_level(w, two);
    map(w, two, level, ipa, output(w, two, level) | leaf_attrs(w, true));
}

static uint64_t make_ste0(World *w, unsigned config, unsigned fmt)
{
    unsigned bits = w->config.ssid_bits ? MIN(w->config.ssid_bits, 6) : 0;

    if (w->config.ssid_bits && one_in(w, 8)) {
        bits = 0;
    }
    w->pasid = bits && !one_in(w, 3);
    return 1 | config << 1 | fmt << 4 | CDS | (uint64_t)bits << 59;
}

static uint64_t make_stream_table(World *w)
{
    static const uint8_t splits[] = { 6, 8, 10 };
    unsigned split = splits[below(w, 3)];
    uint32_t sid = SMMU_RID;

    w->strtab = STRTAB;
    w->strtab_cfg = 16;
    if (one_in(w, 2)) {
        return STRTAB + 64 * sid;
    }
    w->strtab_cfg |= 1 << 16 | split << 6;
    put(w, STRTAB + 8 * (sid >> split), STES | (split + 1));
    return STES + 64 * (sid & ((1u << split) - 1));
}

static void make_tables(World *w)
{
    static const uint8_t configs[] = { 5, 5, 5, 7, 7, 7, 6, 4, 0 };
    unsigned config = configs[below(w, G_N_ELEMENTS(configs))], sl0;
    unsigned fmt = one_in(w, 2) ? below(w, 3) : 0;
    uint64_t pa = make_stream_table(w);
    Shape two = stage2_shape(w, &sl0);
    unsigned level = leaf_level(w, &two);

    put(w, pa, make_ste0(w, config, fmt));
    put(w, pa + 8, make_ste1(w, config));
    put(w, pa + 16, make_ste2(w, &two, sl0));
    put(w, pa + 24, two.root);
    w->addr = random64(w) & ((1ull << two.input) - 1) & ~0xfffull;
    if (config & 1) {
        make_stage1(w, config, fmt, &two);
    } else {
        map(w, &two, level, w->addr, output(w, &two, level) |
                                     leaf_attrs(w, true));
    }
}

static SvaSmmuConfig make_config(World *w)
{
    static const uint8_t sizes[] = { 48, 48, 48, 52, 44, 40 };
    static const uint8_t ssids[] = { 16, 16, 16, 20, 3, 0 };
    SvaSmmuConfig c = sva_smmu_default_config;

    c.iotlb_entries = c.config_entries = 16;
    c.walk_entries = one_in(w, 2) ? 16 : 0;
    c.adversary = w->adversary ? 1 + below(w, 1000) : 0;
    c.oas = sizes[below(w, 6)];
    c.ssid_bits = ssids[below(w, 6)];
    c.asid_bits = one_in(w, 4) ? 8 : 16;
    c.httu = one_in(w, 3) ? below(w, 3) : 2;
    c.gran4k = !one_in(w, 16);
    c.gran16k = !one_in(w, 16);
    c.stage2 = !one_in(w, 16);
    c.stage1 = !c.stage2 || c.ssid_bits || !one_in(w, 16);
    c.ats = c.pri = !one_in(w, 16);
    c.stall_model = one_in(w, 3) ? below(w, 3) : 0;
    c.stall_max = c.stall_model == SVA_SMMU_STALL_NONE ? 0 : 16;
    return c;
}

static void start(World *w)
{
    w->config = make_config(w);
    w->f = smmu_fixture_start(&w->config);
    w->checker = oracle_checker_new(w->f->env, one_in(w, 2));
    w->tables = (OracleTables) { .f = w->f->env, .rand = w->rand };
    w->next_table = TABLES;
    make_tables(w);
    oracle_tables_mutate(&w->tables);
    if (one_in(w, 40)) {
        w->strtab_cfg ^= 1u << below(w, 18);
    }
    w->cr0 = 0xd | (w->config.ats && !one_in(w, 4) ? 0x10 : 0);
    w->cr2 = one_in(w, 2) | 2;
    smmu_write32(w->f, 0x20, 0xc);
    smmu_write64(w->f, 0x80, w->strtab);
    smmu_write32(w->f, 0x88, w->strtab_cfg);
    smmu_write32(w->f, 0x2c, w->cr2);
    smmu_write32(w->f, 0x20, one_in(w, 100) ? w->cr0 & ~1u : w->cr0);
    fake_env_clear(w->f->env);
}

static SvaRequest make_request(World *w)
{
    SvaRequest req = {
        .rid = one_in(w, 30) ? random64(w) : SMMU_RID,
        .addr = w->addr | below(w, 0x1000),
        .access = below(w, 16),
        .at = one_in(w, 2) ? SVA_AT_TRANSLATION : SVA_AT_UNTRANSLATED,
        .pasid = w->pasid ? sva_pasid(one_in(w, 20) ? below(w, 70) : SSID)
                          : SVA_NO_PASID,
        .may_stall = one_in(w, 2),
    };

    if (!one_in(w, 4)) {
        req.access &= ~SVA_EXEC;
    }
    if (one_in(w, 12)) {
        req.addr ^= 1ull << (12 + below(w, 52));
    }
    if (one_in(w, 12)) {
        req.addr ^= (uint64_t)below(w, 256) << 56;
    }
    return req;
}

static void get_regs(World *w, uint64_t *regs)
{
    SmmuFixture *f = w->f;

    regs[0] = smmu_read64(f, 0x80);
    regs[1] = smmu_read32(f, 0x88);
    regs[2] = smmu_read32(f, 0x00) | (uint64_t)smmu_read32(f, 0x04) << 32;
    regs[3] = smmu_read32(f, 0x0c) | (uint64_t)smmu_read32(f, 0x14) << 32;
    regs[4] = smmu_read32(f, 0x24);
    regs[5] = smmu_read32(f, 0x2c);
}

static const SvaEvent *fault_of(FakeEnv *env)
{
    for (unsigned i = 0; i < env->events->len; i++) {
        const SvaEvent *e = &g_array_index(env->events, SvaEvent, i);

        if (e->kind == SVA_EV_FAULT || e->kind == SVA_EV_FAULT_SILENT ||
            e->kind == SVA_EV_STALL) {
            return e;
        }
    }
    return NULL;
}

static void check_map(const SvaMapping *got, const SvaOracleAnswer *answer)
{
    const SvaMapping *want = &answer->map;

    g_assert_cmphex(got->addr, ==, want->addr);
    g_assert_cmphex(got->mask & ~want->mask, ==, 0);
    g_assert_true(!answer->walked || got->mask == want->mask);
    g_assert_cmphex(got->access, ==, want->access);
}

/* A refused memory request ends as CD.{A,R,S} or STE.{S2R,S2S} say. */
static void check_end(World *w, const SvaRequest *req, SvaOutcome got,
                      const SvaOracleAnswer *want)
{
    const SvaEvent *e = fault_of(w->f->env);
    bool stalls = want->stall && req->may_stall;

    g_assert_cmpint(got, ==, stalls ? SVA_STALL
                             : want->raz_wi ? SVA_RAZ_WI : SVA_ABORT);
    if (!want->reason) {
        return;
    }
    g_assert_nonnull(e);
    g_assert_cmphex(stalls ? e->stall.reason : e->fault.reason, ==,
                    want->reason);
    g_assert_cmpint(e->kind, ==, stalls ? SVA_EV_STALL
                                 : want->silent ? SVA_EV_FAULT_SILENT
                                 : SVA_EV_FAULT);
}

static void compare_memory(World *w, const SvaRequest *req,
                           const SvaOracleAnswer *want)
{
    SvaIommu *iommu = &w->f->smmu.iommu;
    SvaTranslation got;

    iommu->ops->translate(iommu, req, &got);
    if (!(smmu_read32(w->f, 0x24) & 1)) {
        return;                 /* SMMU_GBPA decides */
    }
    g_assert_cmpint(got.outcome == SVA_OK, ==,
                    want->outcome == SVA_ORACLE_GRANTED);
    if (got.outcome == SVA_OK) {
        check_map(&got.map, want);
        w->granted++;
    } else {
        check_end(w, req, got.outcome, want);
    }
}

static void compare_ats(World *w, const SvaRequest *req,
                        const SvaOracleAnswer *want)
{
    SvaIommu *iommu = &w->f->smmu.iommu;
    SvaAtsCompletion got;
    const SvaEvent *e;

    iommu->ops->ats_request(iommu, req, &got);
    g_assert_cmpint(got.status, ==, want->status);
    g_assert_false(got.untranslated_only);
    e = fault_of(w->f->env);
    g_assert_cmphex(e ? e->fault.reason : 0, ==,
                    want->reason == 5 ? 5 : 0);
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
        oracle_checker_request(w->checker, &w->f->smmu.iommu, &req);
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
    sva_oracle_smmu(regs, &memory.source, &req, &want);
    g_assert_cmpint(want.outcome, !=, SVA_ORACLE_UNKNOWN);
    w->met[want.reason] = true;
    if (want.reason) {
        g_assert_cmpint(sva_oracle_smmu_stage(want.reason), !=,
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
    smmu_fixture_free(w->f);
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

/* The cases above come by all events that a request can cause. */
static void test_events(void)
{
    static const uint8_t events[] = {
        0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x0b, 0x10, 0x11,
        0x12, 0x13,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(events); i++) {
        if (!world.met[events[i]]) {
            g_test_message("event %xh was not met", events[i]);
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
        smmu_fixture_free(w.f);
    }
    g_rand_free(w.rand);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < SEEDS; i++) {
        g_autofree char *name = g_strdup_printf("/oracle/smmu/diff/%02u", i);

        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_diff);
    }
    g_test_add_func("/oracle/smmu/diff/events", test_events);
    g_test_add_func("/oracle/smmu/adversary", test_adversary);
    return g_test_run();
}
