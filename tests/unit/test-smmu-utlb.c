/*
 * SMMUv3: the uTLB serves requests, and drops what an invalidation names
 *
 * The tables change behind the unit's back.  Each page is asked for until the
 * uTLB has it (the second time it comes from the TLB).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/state.h"
#include "smmu-tables.h"

#define OLD   0xa0000000ull
#define NEW   0xb0000000ull
#define VA    0x1000ull
#define NONE  SVA_NO_PASID
#define P1    sva_pasid(1)
#define P2    sva_pasid(2)
#define SID   ((uint64_t)SMMU_RID << 32)
#define GLOBAL_PTE (SMMU_PTE & ~0x800ull)

/* Where a read goes, or 0; events are taken out. */
static uint64_t read_as(SmmuFixture *f, SvaPasid pasid)
{
    SvaTranslation t = smmu_translate(f, pasid, VA, SVA_READ);

    while (smmu_event(f, NULL)) {
        ;
    }
    return t.outcome == SVA_OK ? t.map.addr : 0;
}

static uint64_t ats_as(SmmuFixture *f, SvaPasid pasid)
{
    SvaAtsCompletion c = smmu_ats(f, pasid, VA, SVA_READ);

    while (smmu_event(f, NULL)) {
        ;
    }
    return c.status == SVA_ATS_SUCCESS && c.map.access & SVA_READ
           ? c.map.addr : 0;
}

/* The uTLB has OLD for @pasid, the tables have NEW. */
static void prime(SmmuFixture *f, SvaPasid pasid, uint64_t pte)
{
    unsigned i;

    smmu_map(f, VA, OLD, pte);
    for (i = 0; i < 3; i++) {
        g_assert_cmphex(read_as(f, pasid), ==, OLD);
        g_assert_cmphex(ats_as(f, pasid), ==, OLD);
    }
    smmu_map(f, VA, NEW, pte);
    g_assert_cmphex(read_as(f, pasid), ==, OLD);
    g_assert_cmphex(ats_as(f, pasid), ==, OLD);
}

static void expect(SmmuFixture *f, SvaPasid pasid, uint64_t addr)
{
    g_assert_cmphex(read_as(f, pasid), ==, addr);
    g_assert_cmphex(ats_as(f, pasid), ==, addr);
}

typedef struct Row {
    uint64_t qw0;
    uint64_t qw1;
    bool dropped;
} Row;

static void test_tlb_commands(void)
{
    static const Row rows[] = {
        { 0x11 | 0x11ull << 48, 0, true },              /* NH_ASID */
        { 0x11 | 0x10ull << 48, 0, false },
        { 0x11 | 0x11ull << 48 | 1ull << 32, 0, false },
        { 0x12 | 0x11ull << 48, VA, true },             /* NH_VA */
        { 0x12 | 0x11ull << 48, VA + 0x1000, false },
        { 0x12 | 0x10ull << 48, VA, false },
        { 0x13, VA, true },                             /* NH_VAA */
        { 0x13, VA + 0x1000, false },
        { 0x10, 0, true },                              /* NH_ALL */
        { 0x10 | 1ull << 32, 0, false },
        { 0x28, 0, true },                              /* S12_VMALL */
        { 0x30, 0, true },                              /* NSNH_ALL */
        { 0x20, 0, false },                             /* EL2_ALL */
        /* The TLB answers when configuration is fetched again. */
        { 0x03 | SID, 1, false },
        { 0x04, 31, false },
        { 0x05 | SID | 1 << 12, 1, false },
        { 0x06 | SID, 0, false },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        g_test_message("row %u", i);
        prime(f, P1, SMMU_PTE);
        smmu_submit(f, rows[i].qw0, rows[i].qw1);
        expect(f, P1, rows[i].dropped ? NEW : OLD);
        smmu_fixture_free(f);
    }
}

/* nG=0: the ASID of a command by address is of no interest. */
static void test_global_entries(void)
{
    static const Row rows[] = {
        { 0x11 | 0x11ull << 48, 0, false },
        { 0x12 | 0x1234ull << 48, VA, true },
        { 0x12 | 0x1234ull << 48, VA + 0x1000, false },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        g_test_message("row %u", i);
        prime(f, P1, GLOBAL_PTE);
        smmu_submit(f, rows[i].qw0, rows[i].qw1);
        expect(f, P1, rows[i].dropped ? NEW : OLD);
        smmu_fixture_free(f);
    }
}

/* STE and CDs have become invalid. */
static void test_configuration_commands(void)
{
    static const Row rows[] = {
        { 0x03 | SID, 1, true },
        { 0x03 | SID | 1ull << 32, 1, false },
        { 0x04 | SID, 3, true },
        { 0x04, 31, true },
        { 0x05 | SID | 1 << 12, 1, true },
        { 0x05 | SID | 2 << 12, 1, false },
        { 0x06 | SID, 0, true },
        { 0x30, 0, false },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        g_test_message("row %u", i);
        prime(f, P1, SMMU_PTE);
        smmu_map(f, VA, OLD, SMMU_PTE);
        smmu_ste(f, SMMU_RID, 0, 0, 0, 0);
        smmu_cd(f, 1, 0, 0, 0);
        expect(f, P1, OLD);
        smmu_submit(f, rows[i].qw0, rows[i].qw1);
        expect(f, P1, rows[i].dropped ? 0 : OLD);
        smmu_fixture_free(f);
    }
}

/* Another address space for a SubstreamID: CMD_CFGI_CD is enough. */
static void test_another_asid(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    prime(f, P1, SMMU_PTE);
    smmu_cd(f, 1, SMMU_CD0(0x77), SMMU_CD1, 0);
    expect(f, P1, OLD);
    smmu_submit(f, 0x05 | SID | 1 << 12, 1);
    expect(f, P1, NEW);
    smmu_fixture_free(f);
}

/*
 * Two SubstreamIDs of one ASID share what the TLB has.  When one of them has
 * it replaced, because rights were missing, the other must not go on with
 * what was there.
 */
static void test_entry_that_is_replaced(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_cd(f, 2, SMMU_CD0(0x11), SMMU_CD1, 0);
    prime(f, P1, SMMU_PTE_RO);
    smmu_map(f, VA, NEW, SMMU_PTE);
    smmu_expect_ok(f, P2, VA, SVA_WRITE, NEW);
    expect(f, P1, NEW);
    smmu_fixture_free(f);
}

/* Software adds rights without an invalidation. */
static void test_rights(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, OLD, SMMU_PTE_RO);
    expect(f, P1, OLD);
    expect(f, P1, OLD);
    g_assert_cmpuint(smmu_translate(f, P1, VA, SVA_WRITE).outcome, ==,
                     SVA_ABORT);
    g_assert_cmphex(smmu_event(f, NULL), ==, 0x13);
    g_assert_cmphex(smmu_ats(f, P1, VA, SMMU_RW).map.access, ==, SVA_READ);
    expect(f, P1, OLD);
    smmu_map(f, VA, OLD, SMMU_PTE);
    smmu_expect_ok(f, P1, VA, SVA_WRITE, OLD);
    g_assert_cmphex(smmu_ats(f, P1, VA, SMMU_RW).map.access & SMMU_RW, ==,
                    SMMU_RW);
    smmu_fixture_free(f);
}

/* INSTCFG=11: reads are fetches, writes are not.  UXN. */
static void test_overrides(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 | 3ull << 50, 0, 0);
    smmu_submit(f, 0x03 | SID, 1);
    smmu_map(f, VA, OLD, SMMU_PTE | 1ull << 54);
    for (i = 0; i < 3; i++) {
        smmu_expect_ok(f, P1, VA, SVA_WRITE, OLD);
        g_assert_cmphex(read_as(f, P1), ==, 0);
        g_assert_cmphex(ats_as(f, P1), ==, 0);
    }
    smmu_fixture_free(f);
}

/* EATS=00: an untranslated request is served all the same. */
static void test_kinds_of_requests(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1 & ~0x30000000ull, 0, 0);
    smmu_submit(f, 0x03 | SID, 1);
    smmu_map(f, VA, OLD, SMMU_PTE);
    for (i = 0; i < 3; i++) {
        g_assert_cmphex(read_as(f, P1), ==, OLD);
        g_assert_cmpuint(smmu_ats(f, P1, VA, SVA_READ).status, ==,
                         SVA_ATS_UR);
        g_assert_cmphex(smmu_event(f, NULL), ==, 0x05);
    }
    smmu_fixture_free(f);
}

/* EATS=10 makes intermediate addresses, as long as CR0.ATSCHK is set. */
static void test_split_stage_ats(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, 0x20000002, SMMU_STE2, SMMU_STE3);
    smmu_map_s2_identity(f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(f, SMMU_TABLES, 0x10000);
    smmu_forget(f);
    smmu_map(f, VA, 0x20000000, SMMU_PTE);
    smmu_map_s2(f, 0x20000000, OLD, SMMU_S2PTE);
    for (i = 0; i < 3; i++) {
        g_assert_cmphex(read_as(f, P1), ==, OLD);
        g_assert_cmphex(ats_as(f, P1), ==, 0x20000000);
    }
    smmu_write32(f, 0x20, 0x0f);
    g_assert_cmphex(ats_as(f, P1), ==, 0);
    g_assert_cmphex(read_as(f, P1), ==, OLD);
    smmu_fixture_free(f);
}

/* The same without stage 1, S1DSS=01: the answer is what was asked for. */
static void test_split_stage_ats_without_stage_1(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, 0x20000001, SMMU_STE2, SMMU_STE3);
    smmu_forget(f);
    smmu_map_s2(f, VA, OLD, SMMU_S2PTE);
    for (i = 0; i < 4; i++) {
        g_assert_cmphex(read_as(f, NONE), ==, OLD);
        g_assert_cmphex(ats_as(f, NONE), ==, VA);
    }
    smmu_fixture_free(f);
}

/* SMMUEN=0: GBPA decides, whatever the uTLB has. */
static void test_unit_that_is_off(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    prime(f, P1, SMMU_PTE);
    smmu_write32(f, 0x20, 0x1e);
    g_assert_cmphex(read_as(f, P1), ==, VA);
    g_assert_cmphex(ats_as(f, P1), ==, 0);
    smmu_write32(f, 0x44, 1u << 31 | 1u << 20);         /* GBPA.ABORT */
    g_assert_cmphex(read_as(f, P1), ==, 0);
    smmu_write32(f, 0x20, 0x1f);
    smmu_submit(f, 0x30, 0);
    expect(f, P1, NEW);
    smmu_fixture_free(f);
}

static void test_reset(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    prime(f, P1, SMMU_PTE);
    sva_smmu_reset(&f->smmu);
    smmu_enable(f);
    expect(f, P1, NEW);
    smmu_fixture_free(f);
}

static void test_state_that_is_loaded(void)
{
    g_autofree SvaSmmuSaved *saved = g_new(SvaSmmuSaved, 1);
    SmmuFixture *f = smmu_tables_start(NULL);

    prime(f, P1, SMMU_PTE);
    sva_smmu_save(&f->smmu, saved);
    g_assert_cmpstr(sva_smmu_load(&f->smmu, saved), ==, NULL);
    expect(f, P1, NEW);
    smmu_fixture_free(f);
}

/* What is counted is the same as without this. */
static void test_counters(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    smmu_map(f, VA, OLD, SMMU_PTE);
    for (i = 0; i < 5; i++) {
        read_as(f, P1);
    }
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STE_HITS), ==, 4);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_CD_HITS), ==, 4);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_HITS), ==, 4);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_IOTLB_MISSES), ==, 1);
    smmu_fixture_free(f);
}

static void expect_source(SmmuFixture *f, SvaEventKind kind, unsigned n,
                          uint8_t granted, bool cached)
{
    const SvaEvent *e = fake_env_event(f->env, kind, n);
    const SvaMapping *map = kind == SVA_EV_ATS ? &e->ats.map : &e->xlate.map;

    g_assert_cmphex(map->access, ==, granted);
    g_assert_cmpuint(map->cached, ==, cached);
}

/* Who follows the events knows what was handed out, and from where. */
static void test_events_name_the_source(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);

    smmu_map(f, VA, OLD, SMMU_PTE_RO);
    smmu_ats(f, P1, VA, SMMU_RW);
    smmu_translate(f, P1, VA, SVA_READ);
    smmu_translate(f, P1, VA, SVA_READ);
    smmu_submit(f, 0x11 | 0x11ull << 48, 0);
    smmu_translate(f, P1, VA, SVA_READ);
    smmu_ats(f, P1, VA + 0x100000, SVA_READ);
    expect_source(f, SVA_EV_ATS, 0, SVA_READ, false);
    expect_source(f, SVA_EV_XLATE, 0, SVA_READ | SVA_EXEC, true);
    expect_source(f, SVA_EV_XLATE, 1, SVA_READ | SVA_EXEC, true);
    expect_source(f, SVA_EV_XLATE, 2, SVA_READ | SVA_EXEC, false);
    expect_source(f, SVA_EV_ATS, 1, SVA_NONE, false);
    smmu_fixture_free(f);
}

/* -- who hears of hits -- */

static void count_answers(void *opaque, const SvaEvent *event)
{
    unsigned *count = opaque;

    *count += event->kind == SVA_EV_XLATE;
}

static SvaOutcome ask(SmmuFixture *f, uint64_t addr)
{
    SvaRequest req = {
        .addr = addr, .pasid = P1, .rid = SMMU_RID, .access = SVA_READ,
        .may_stall = true,
    };
    SvaTranslation out;

    f->smmu.iommu.ops->translate(&f->smmu.iommu, &req, &out);
    return out.outcome;
}

/* Who does not listen to hits hears of one that may be the end of a stall. */
static void test_hits_after_a_stall(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned count = 0, i;
    SvaEventSink sink = {
        .fn = count_answers, .opaque = &count, .no_hits = true,
    };

    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_S, SMMU_CD1, 0);
    smmu_forget(f);
    smmu_map(f, VA, OLD, SMMU_PTE);
    sva_event_bus_add(&f->env->bus, &sink);
    for (i = 0; i < 4; i++) {
        g_assert_cmpint(ask(f, VA), ==, SVA_OK);
    }
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpint(ask(f, VA + 0x1000), ==, SVA_STALL);
    g_assert_cmpuint(count, ==, 2);
    for (i = 0; i < 4; i++) {
        g_assert_cmpint(ask(f, VA), ==, SVA_OK);
    }
    g_assert_cmpuint(count, ==, 6);
    /* Of so many requests one was its end. */
    f->smmu.heard = 1;
    for (i = 0; i < 4; i++) {
        g_assert_cmpint(ask(f, VA), ==, SVA_OK);
    }
    g_assert_cmpuint(count, ==, 7);
    sva_event_bus_remove(&f->env->bus, &sink);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(fn) g_test_add_func("/smmu/utlb/" #fn, test_##fn)
    CASE(tlb_commands);
    CASE(global_entries);
    CASE(configuration_commands);
    CASE(another_asid);
    CASE(entry_that_is_replaced);
    CASE(rights);
    CASE(overrides);
    CASE(kinds_of_requests);
    CASE(split_stage_ats);
    CASE(split_stage_ats_without_stage_1);
    CASE(unit_that_is_off);
    CASE(reset);
    CASE(state_that_is_loaded);
    CASE(counters);
    CASE(events_name_the_source);
    CASE(hits_after_a_stall);
    return g_test_run();
}
