/*
 * Checker, VT-d: what kernels do, and may do, on the real model
 *
 * Nobody is accused, whatever liberties the unit takes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-vtd-fixture.h"
#include "seeds.h"

#define P(n) sva_pasid(n)

#define MS 1000000ll

/* PASID entry words: pass-through, second stage; DID 1, 2; PWSNP */
#define PASS0   0x109ull
#define SECOND0 (VTD_SECOND | 0x89ull)
#define DID1    0x800001ull
#define DID2    0x800002ull

/* Other tables than those of the fixture. */
#define OTHER   0x25000
#define OTHER_DIR 0x26000
#define OTHER_PASIDS 0x27000

static void pass(CheckVtd *t, unsigned ms)
{
    fake_env_advance(t->f->env, ms * MS);
}

static void use(CheckVtd *t, SvaPasid pasid, uint64_t addr)
{
    vtd_translate(t->f, pasid, addr, SVA_READ);
    vtd_ats(t->f, pasid, addr, SVA_READ);
}

static uint64_t first(CheckVtd *t, unsigned level, uint64_t va)
{
    return vtd_entry(t->f, VTD_FIRST, 4, level, va);
}

static uint64_t second(CheckVtd *t, unsigned level, uint64_t va)
{
    return vtd_entry(t->f, VTD_SECOND, 4, level, va);
}

static void put(CheckVtd *t, uint64_t pa, uint64_t word)
{
    fake_put64(t->f->env, pa, word);
}

/* As a driver does: until the wait is complete. */
static void flush(CheckVtd *t, const char *steps)
{
    unsigned i;

    fake_put64(t->f->env, VTD_STATUS, 0);
    check_vtd_submit(t, steps);
    for (i = 0; i < 1000 && !vtd_status(t->f, 0); i++) {
        traffic_go(t->traffic);
        fake_env_advance(t->f->env, MS / 10);
    }
    g_assert_cmpuint(vtd_status(t->f, 0), ==, 2);
}

/* -- the DMA API -- */

/*
 * Pages are taken away one by one, and flushed together 10 ms later; only then
 * are addresses and pages used again.
 */
static void lazy(CheckVtd *t)
{
    unsigned round, i;

    vtd_pasid(t->f, 0, SECOND0, DID1, 0);
    for (round = 0; round < 4; round++) {
        for (i = 0; i < 16; i++) {
            vtd_map_second(t->f, 0x100000 + i * 0x1000,
                           0xa00000 + (round * 16 + i) * 0x1000, true);
            use(t, SVA_NO_PASID, 0x100000 + i * 0x1000);
        }
        for (i = 0; i < 16; i++) {
            put(t, second(t, 1, 0x100000 + i * 0x1000), 0);
            pass(t, 1);
        }
        pass(t, 10);
        flush(t, "SFW");
    }
}

/* The last page of a table goes, and the table with it, as lazily. */
static void lazy_table(CheckVtd *t)
{
    uint64_t table = second(t, 1, 0x200000) & ~0xfffull;

    vtd_pasid(t->f, 0, SECOND0, DID1, 0);
    vtd_map_second(t->f, 0x200000, 0xa00000, true);
    use(t, SVA_NO_PASID, 0x200000);
    put(t, second(t, 1, 0x200000), 0);
    put(t, second(t, 2, 0x200000), 0);
    pass(t, 10);
    flush(t, "SFW");
    /* The page is something else now. */
    put(t, table, 0xfeedface12345003);
    put(t, table + 8, 0xfeedface12345003);
}

/* -- domains of requests without PASID -- */

static void quiesce_rid(CheckVtd *t, const char *steps)
{
    vtd_pasid(t->f, 0, 0, 0, 0);
    flush(t, steps);
}

/* Identity, a domain of its own, identity again. */
static void rid_domains(CheckVtd *t)
{
    vtd_pasid(t->f, 0, PASS0, DID2, 0);
    use(t, SVA_NO_PASID, 0x3000);
    quiesce_rid(t, "yuFW");
    vtd_map_second(t->f, 0x3000, 0xa000, true);
    vtd_pasid(t->f, 0, SECOND0, DID1, 0);
    use(t, SVA_NO_PASID, 0x3000);
    quiesce_rid(t, "zSFW");
    vtd_pasid(t->f, 0, PASS0, DID2, 0);
    use(t, SVA_NO_PASID, 0x3000);
}

/* From one domain to another in one step, flushed by the old one. */
static void rid_replaced(CheckVtd *t)
{
    vtd_map_second(t->f, 0x3000, 0xa000, true);
    vtd_pasid(t->f, 0, SECOND0, DID1, 0);
    use(t, SVA_NO_PASID, 0x3000);
    put(t, vtd_entry(t->f, OTHER, 4, 1, 0x3000), 0xc003);
    vtd_pasid(t->f, 0, OTHER | 0x89, DID2, 0);
    flush(t, "zSFW");
    use(t, SVA_NO_PASID, 0x3000);
}

/* A domain ID has a second life with other tables. */
static void did_again(CheckVtd *t)
{
    vtd_map_second(t->f, 0x3000, 0xa000, true);
    vtd_pasid(t->f, 0, SECOND0, DID1, 0);
    use(t, SVA_NO_PASID, 0x3000);
    quiesce_rid(t, "zSFW");
    pass(t, 1);
    put(t, vtd_entry(t->f, OTHER, 4, 1, 0x3000), 0xc003);
    vtd_pasid(t->f, 0, OTHER | 0x89, DID1, 0);
    use(t, SVA_NO_PASID, 0x3000);
}

/* -- processes -- */

/* All of them have one domain ID; PASIDs tell them apart. */
static void one_did(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    vtd_pasid(t->f, 2, VTD_FIRST0, VTD_FIRST1, OTHER);
    vtd_map(t->f, 0x1000, 0xa000, true);
    put(t, vtd_entry(t->f, OTHER, 4, 1, 0x1000), 0xc007);
    use(t, P(1), 0x1000);
    use(t, P(2), 0x1000);
    vtd_pasid(t->f, 1, 0, 0, 0);
    flush(t, "PIDW");
    use(t, P(2), 0x1000);
    put(t, vtd_entry(t->f, OTHER, 4, 1, 0x1000), 0);
    flush(t, "iEW");
    /* PASID 1 stands for what 2 stood for. */
    vtd_pasid(t->f, 2, 0, 0, 0);
    flush(t, "piEW");
    vtd_pasid(t->f, 1, VTD_FIRST0, VTD_FIRST1, OTHER);
    put(t, vtd_entry(t->f, OTHER, 4, 1, 0x1000), 0xd007);
    use(t, P(1), 0x1000);
}

/* A huge page in the place of a table, and the other way round. */
static void huge_and_back(CheckVtd *t)
{
    uint64_t table;
    unsigned i;

    vtd_bind(t->f, 1);
    for (i = 0; i < 8; i++) {
        vtd_map(t->f, 0x200000 + i * 0x1000, 0xa00000 + i * 0x1000, true);
        use(t, P(1), 0x200000 + i * 0x1000);
    }
    table = fake_get64(t->f->env, first(t, 2, 0x200000));
    put(t, first(t, 2, 0x200000), 0);
    flush(t, "mjW");
    for (i = 0; i < 8; i++) {
        put(t, (table & ~0xfffull) + i * 8, 0);
    }
    put(t, first(t, 2, 0x200000), 0xa000e7);
    use(t, P(1), 0x203000);
    /* Split: not present, flushed, a table of the same pages. */
    put(t, first(t, 2, 0x200000), 0xa000e6);
    flush(t, "mjW");
    for (i = 0; i < 512; i++) {
        put(t, (table & ~0xfffull) + i * 8, (0xa00000 + i * 0x1000) | 7);
    }
    put(t, first(t, 2, 0x200000), table);
    use(t, P(1), 0x203000);
}

/* What the processor and the kernel do to flags and rights. */
static void flags(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, false);
    use(t, P(1), 0x1000);
    put(t, first(t, 1, 0x1000), 0xa025);        /* A */
    put(t, first(t, 1, 0x1000), 0xa067);        /* written: R/W, D */
    vtd_translate(t->f, P(1), 0x1000, SVA_RW);
    put(t, first(t, 1, 0x1000), 0xa047);        /* aged */
    use(t, P(1), 0x1000);
    put(t, first(t, 1, 0x1000), 0x80000000000a047 | 7);  /* software's bits */
    use(t, P(1), 0x1000);
    /* Clean, for writing back. */
    put(t, first(t, 1, 0x1000), 0xa025);
    flush(t, "adW");
    use(t, P(1), 0x1000);
}

/* To a new page, as after fork: not present, flushed, written elsewhere. */
static void copied(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, false);
    use(t, P(1), 0x1000);
    put(t, first(t, 1, 0x1000), 0);
    flush(t, "hdW");
    put(t, first(t, 1, 0x1000), 0xc067);
    use(t, P(1), 0x1000);
}

/* A page of tables moves to another address, with what it has. */
static void moved(CheckVtd *t)
{
    uint64_t table;

    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x200000, 0xa000, true);
    vtd_map(t->f, 0x201000, 0xb000, true);
    use(t, P(1), 0x200000);
    table = fake_get64(t->f->env, first(t, 2, 0x200000));
    put(t, first(t, 2, 0x200000), 0);
    put(t, first(t, 2, 0x400000), table);
    flush(t, "mjW");
    use(t, P(1), 0x400000);
    put(t, (table & ~0xfffull) + 8, 0xc007);
    flush(t, "IDW");
    use(t, P(1), 0x401000);
}

/* -- the function -- */

/* ATS is on before there is a domain, and off in the midst of it. */
static void ats(CheckVtd *t)
{
    sva_emit(&t->f->env->env, .kind = SVA_EV_FUNCTION, .rid = VTD_RID,
             .function = { .ats = true, .pri = true });
    use(t, P(1), 0x1000);
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, true);
    use(t, P(1), 0x1000);
    sva_emit(&t->f->env->env, .kind = SVA_EV_FUNCTION, .rid = VTD_RID);
    vtd_pasid(t->f, 1, 0, 0, 0);
    flush(t, "PIW");
}

/* Function level reset: its ATC is empty, the unit's caches are not. */
static void reset(CheckVtd *t)
{
    sva_emit(&t->f->env->env, .kind = SVA_EV_FUNCTION, .rid = VTD_RID,
             .function = { .ats = true, .pri = true });
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, true);
    use(t, P(1), 0x1000);
    sva_emit(&t->f->env->env, .kind = SVA_EV_DROP, .rid = VTD_RID,
             .drop.caches = SVA_DROP_ATC);
    sva_emit(&t->f->env->env, .kind = SVA_EV_FUNCTION, .rid = VTD_RID);
    sva_emit(&t->f->env->env, .kind = SVA_EV_RESET, .rid = VTD_RID);
    put(t, first(t, 1, 0x1000), 0);
    flush(t, "aW");
    vtd_pasid(t->f, 1, 0, 0, 0);
    flush(t, "PIW");
    vtd_pasid(t->f, 1, VTD_FIRST0, VTD_FIRST1, OTHER);
    use(t, P(1), 0x1000);
}

/* -- the table of PASIDs -- */

static void pasid_table_replaced(CheckVtd *t)
{
    vtd_bind(t->f, 1);
    vtd_map(t->f, 0x1000, 0xa000, true);
    use(t, P(1), 0x1000);
    vtd_pasid(t->f, 1, 0, 0, 0);
    flush(t, "PIDW");
    vtd_context(t->f, 0, 0);
    flush(t, "CqSFW");
    put(t, OTHER_DIR, OTHER_PASIDS | 1);
    vtd_context(t->f, OTHER_DIR | 0xd, 0);
    put(t, OTHER_PASIDS + 64 + 16, OTHER);
    put(t, OTHER_PASIDS + 64 + 8, VTD_FIRST1);
    put(t, OTHER_PASIDS + 64, VTD_FIRST0);
    put(t, vtd_entry(t->f, OTHER, 4, 1, 0x1000), 0xc007);
    use(t, P(1), 0x1000);
}

/* -- nested -- */

static void nested(CheckVtd *t)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        vtd_map_second(t->f, 0xa0000 + i * 0x1000, 0x60000 + i * 0x1000, true);
    }
    put(t, 0x60000, 0xa1007);
    put(t, 0x61000, 0xa2007);
    put(t, 0x62000, 0xa3007);
    put(t, 0x63008, 0xd1007);
    vtd_map_second(t->f, 0xd1000, 0x7d1000, true);
    vtd_pasid(t->f, 1, VTD_SECOND | 0xc9, DID1, 0xa0000);
    use(t, P(1), 0x1000);
    /* The guest's page, then that of the host. */
    put(t, 0x63008, 0);
    flush(t, "adW");
    put(t, 0x63008, 0xd1007);
    use(t, P(1), 0x1000);
    put(t, second(t, 1, 0xd1000), 0);
    flush(t, "lDW");
    vtd_map_second(t->f, 0xd1000, 0x8d1000, true);
    use(t, P(1), 0x1000);
}

/* Two PASIDs of one domain, which has its tables once. */
static void one_domain(CheckVtd *t)
{
    vtd_map_second(t->f, 0x1000, 0xa000, true);
    vtd_map_second(t->f, 0xd1000, 0x7d1000, true);
    vtd_pasid(t->f, 1, SECOND0, DID1, 0);
    vtd_pasid(t->f, 2, SECOND0, DID1, 0);
    use(t, P(1), 0x1000);
    use(t, P(2), 0x1000);
    use(t, P(2), 0xd1000);
    use(t, P(1), 0xd1000);
    put(t, second(t, 1, 0xd1000), 0);
    flush(t, "lDEW");
    vtd_map_second(t->f, 0xd1000, 0x8d1000, true);
    use(t, P(1), 0xd1000);
    vtd_pasid(t->f, 1, 0, 0, 0);
    flush(t, "PSDW");
    use(t, P(2), 0xd1000);
    /* Of the upper table, too. */
    put(t, second(t, 2, 0xd1000), 0);
    flush(t, "SEW");
}

/* Functions 0111h and 0112h, with a table of PASIDs each. */
#define RID2 (VTD_RID + 1)
#define RID3 (VTD_RID + 2)
#define TABLES_OF(rid) (OTHER_DIR + ((rid) - VTD_RID) * 0x2000u)

static void give(CheckVtd *t, uint16_t rid, uint64_t qw0, uint64_t qw1)
{
    uint64_t own = VTD_CONTEXT + (VTD_RID & 127) * 32;
    uint64_t dir = TABLES_OF(rid), pasid = dir + 0x1000;

    put(t, own + (rid - VTD_RID) * 32u,
        (fake_get64(t->f->env, own) & 0xfff) | dir);
    put(t, dir, pasid | 1);
    put(t, pasid + 64 + 8, qw1);
    put(t, pasid + 64, qw0);
}

static void use_by(CheckVtd *t, uint16_t rid, uint64_t addr)
{
    SvaIommu *iommu = &t->f->vtd.iommu;
    SvaRequest req = {
        .addr = addr, .pasid = P(1), .rid = rid, .access = SVA_READ,
        .at = SVA_AT_UNTRANSLATED,
    };
    SvaAtsCompletion completion;
    SvaTranslation translation;

    iommu->ops->translate(iommu, &req, &translation);
    req.at = SVA_AT_TRANSLATION;
    iommu->ops->ats_request(iommu, &req, &completion);
}

/* All of PASID 1 */
static void flush_atc(CheckVtd *t, uint16_t rid)
{
    vtd_submit(t->f, 0x100000008 | (uint64_t)rid << 16, 0x7ffffffffffff800);
    flush(t, "W");
}

/*
 * A function goes from a domain that it shares to another one, where all is in
 * the IOTLB; both go on.
 */
static void joined(CheckVtd *t)
{
    uint64_t leaf = vtd_entry(t->f, OTHER, 4, 1, 0x1000);

    vtd_map_second(t->f, 0x1000, 0xa000, true);
    put(t, leaf, 0xc003);
    vtd_pasid(t->f, 1, SECOND0, DID1, 0);
    give(t, RID2, SECOND0, DID1);
    give(t, RID3, OTHER | 0x89, DID2);
    use(t, P(1), 0x1000);
    vtd_pasid(t->f, 1, 0, 0, 0);
    flush(t, "PSDW");
    use_by(t, RID2, 0x1000);
    use_by(t, RID3, 0x1000);
    vtd_pasid(t->f, 1, OTHER | 0x89, DID2, 0);
    use(t, P(1), 0x1000);
    put(t, second(t, 1, 0x1000), 0);
    flush(t, "SW");
    flush_atc(t, RID2);
    pass(t, 1000);
    put(t, leaf, 0);
    flush(t, "sW");
    flush_atc(t, RID3);
    flush(t, "DW");
}

#define CASE(name) { #name, name }

static const struct Case {
    const char *name;
    void (*run)(CheckVtd *t);
} cases[] = {
    CASE(lazy), CASE(lazy_table), CASE(rid_domains), CASE(rid_replaced),
    CASE(did_again), CASE(one_did), CASE(huge_and_back), CASE(flags),
    CASE(copied), CASE(moved), CASE(ats), CASE(reset),
    CASE(pasid_table_replaced), CASE(nested), CASE(one_domain),
    CASE(joined),
};

/* Seed 0: no liberties. */
static void run_seeds(const struct Case *it, bool traffic)
{
    SvaVtdConfig config = sva_vtd_default_config;
    uint32_t last = seeds_of_tier();

    for (config.adversary = 0; config.adversary <= last; config.adversary++) {
        CheckVtd *t = check_vtd_new(&config);

        g_test_message("seed %u", config.adversary);
        if (traffic) {
            check_vtd_traffic(t);
        }
        t->f->complete = true;
        it->run(t);
        if (traffic) {
            traffic_expect(t->c);
        } else {
            check_vtd_expect(t, "");
            check_vtd_expect_later(t, "");
        }
        check_vtd_free(t);
    }
}

static void test_case(gconstpointer opaque)
{
    run_seeds(opaque, false);
}

/* The unit is not accused, while all that is gone is used as long as it may. */
static void test_traffic(gconstpointer opaque)
{
    run_seeds(opaque, true);
}

int main(int argc, char **argv)
{
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/checker/vtd/legal/",
                                            cases[i].name, NULL);
        g_autofree char *traffic = g_strconcat(path, "/traffic", NULL);

        g_test_add_data_func(path, &cases[i], test_case);
        g_test_add_data_func(traffic, &cases[i], test_traffic);
    }
    return g_test_run();
}
