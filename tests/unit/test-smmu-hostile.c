/*
 * SMMUv3: hostile and broken guests: garbage ends with records, never hangs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define P(n) sva_pasid(n)

/* Accesses to memory of one request: two stages, four levels, updates. */
#define REQUEST_ACCESSES 400

/* Commands of a slice, if they look at nothing. */
#define SLICE_COMMANDS 4096

static uint64_t state;

static uint64_t rnd(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Words that get further than noise: small, sparse, pointing at memory. */
static uint64_t word(void)
{
    uint64_t page = SMMU_TTB + (rnd() & 0xf) * 0x1000;

    switch (rnd() % 7) {
    case 0:
        return rnd();
    case 1:
        return rnd() & rnd() & rnd();
    case 2:
        return page | (rnd() & 0xfff);
    case 3:
        return page | 3;
    case 4:
        return page | SMMU_PTE;
    case 5:
        return page | 0x8000000000000c41;
    default:
        return 1ull << rnd() % 64;
    }
}

static void drain(SmmuFixture *f)
{
    while (smmu_event(f, NULL)) {
        ;
    }
}

static void one_request(SmmuFixture *f)
{
    SvaPasid pasid = rnd() % 4 ? P(rnd() % 4) : SVA_NO_PASID;
    uint64_t addr = rnd() % 2 ? rnd() & 0x7fffff : rnd();
    uint64_t before = f->env->accesses;
    SvaTranslation t;
    SvaAtsCompletion c;

    switch (rnd() % 5) {
    case 0:
        t = smmu_translate(f, pasid, addr, rnd() & 0xf);
        g_assert_cmpuint(t.outcome, !=, SVA_STALL);
        g_assert_cmphex(t.map.mask & (t.map.mask + 1), ==, 0);
        break;
    case 1:
        c = smmu_ats(f, pasid, addr & ~0xfffull, rnd() & 0xf);
        g_assert_cmphex(c.map.mask & 0xfff, ==, 0xfff);
        g_assert_true(c.status == SVA_ATS_SUCCESS || c.map.access == SVA_NONE);
        break;
    case 2:
        smmu_translated(f, addr, SVA_READ);
        break;
    case 3:
        smmu_patient(f, pasid, addr, rnd() & 0xf, rnd());
        break;
    default:
        smmu_page_request(f, pasid, addr, rnd() & 0xf, rnd() & 0x1ff,
                          rnd() & 1);
        break;
    }
    g_assert_cmpuint(f->env->accesses - before, <, REQUEST_ACCESSES);
}

static void garble_stream(SmmuFixture *f)
{
    switch (rnd() % 4) {
    case 0:
        smmu_ste(f, SMMU_RID, word(), word(), word(), word());
        break;
    case 1:
        smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2,
                 SMMU_STE3);
        break;
    default:
        smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, SMMU_STE2, SMMU_STE3);
        break;
    }
    smmu_cd(f, rnd() % 4, rnd() % 2 ? SMMU_CD0(0x11) ^ 1ull << rnd() % 64
                                    : word(),
            rnd() % 2 ? SMMU_CD1 : word(), word());
    smmu_forget(f);
}

static void test_garbage_tables(void)
{
    unsigned round, i;

    for (round = 0; round < 30; round++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        for (i = 0; i < 0x10 * 512; i++) {
            fake_put64(f->env, SMMU_TTB + i * 8, word());
            fake_put64(f->env, SMMU_S2TTB + i * 8, word());
        }
        for (i = 0; i < 500; i++) {
            one_request(f);
            if (i % 16 == 0) {
                garble_stream(f);
                drain(f);
            }
        }
        smmu_fixture_free(f);
    }
}

/* Every entry points at its own table, at every level of both stages. */
static void test_tables_that_point_at_themselves(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    for (i = 0; i < 512; i++) {
        fake_put64(f->env, SMMU_TTB + i * 8, SMMU_TTB | SMMU_PTE);
        fake_put64(f->env, SMMU_S2TTB + i * 8, SMMU_TTB | SMMU_S2PTE);
    }
    for (i = 0; i < 200; i++) {
        uint64_t before = f->env->accesses;

        if (i == 100) {
            smmu_ste(f, SMMU_RID, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2,
                     SMMU_STE3);
            smmu_forget(f);
        }
        smmu_translate(f, P(1), rnd() >> 17, SMMU_RW);
        g_assert_cmpuint(f->env->accesses - before, <, REQUEST_ACCESSES);
        drain(f);
    }
    smmu_fixture_free(f);
}

static void test_garbage_register_writes(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 200000; i++) {
        unsigned size = rnd() & 1 ? 4 : 8;
        uint64_t off = rnd() % 0x100 | (rnd() & 1) << 16;
        uint64_t before = f->env->accesses;

        if (rnd() % 64 == 0) {
            off = rnd() % 0x30000;
        }
        sva_smmu_mmio_write(&f->smmu, off & ~(uint64_t)(size - 1), word(),
                            size);
        g_assert_cmpuint(f->env->accesses - before, <=,
                         2 * SLICE_COMMANDS);
        sva_smmu_mmio_read(&f->smmu, rnd() % 0x30000, size);
        if (i % 64 == 0) {
            one_request(f);
            fake_env_clear(f->env);
        }
    }
    /* It can be put back to work. */
    sva_smmu_reset(&f->smmu);
    smmu_enable(f);
    g_assert_true(smmu_sync(f));
    smmu_fixture_free(f);
}

static void test_garbage_commands(void)
{
    static const uint8_t opcodes[] = {
        0x01, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x20, 0x21,
        0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46, 0x99,
    };
    unsigned round, i, j;

    for (round = 0; round < 40; round++) {
        SmmuFixture *f = smmu_tables_start(NULL);

        f->complete = round & 1;
        f->absent = round & 2;
        for (i = 0; i < 400; i++) {
            uint64_t op = opcodes[rnd() % G_N_ELEMENTS(opcodes)];

            smmu_submit(f, (word() & ~0xffull) | op, word());
            for (j = 0; !f->complete && j < f->inv_count; j++) {
                smmu_complete(f, j);
            }
            f->inv_count = 0;
            if (!smmu_idle(f)) {
                /* Repair as software does: over the one that is bad. */
                uint32_t rd = smmu_read32(f, 0x9c) & 0xff;

                fake_put64(f->env, SMMU_CMDQ + rd * 16, 0x46);
                smmu_gerror(f);
            }
            g_assert_true(smmu_idle(f));
        }
        smmu_fixture_free(f);
    }
}

/*
 * A producer far away: what is there runs once, and a little of it at a time.
 */
static void test_queue_is_run_once(void)
{
    SmmuFixture *f = smmu_fixture_new(NULL);
    uint64_t before;
    unsigned i;

    for (i = 0; i < 1u << 19; i++) {
        fake_put64(f->env, 0x10000000 + i * 16, 0x01);
    }
    smmu_write64(f, 0x90, 0x10000000 | 19);
    smmu_write32(f, 0x20, 0x8);
    before = f->env->accesses;
    smmu_write32(f, 0x98, 0x80000);
    g_assert_cmpuint(f->env->accesses - before, ==, SLICE_COMMANDS);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, SLICE_COMMANDS);
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(f->env->accesses - before, ==, 1u << 19);
    g_assert_cmphex(smmu_read32(f, 0x9c), ==, 0x80000);
    smmu_fixture_free(f);
}

/* Each access of a walk fails in turn: each one has a record, and heals. */
static void test_every_failing_access_is_recorded(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    unsigned n, seen = 0;
    bool done = false;

    smmu_map(f, 0x1000, 0xa000, SMMU_PTE);
    for (n = 1; !done; n++) {
        unsigned event;

        g_assert_cmpuint(n, <, 50);
        smmu_forget(f);
        fake_env_fail_nth(f->env, n);
        done = smmu_translate(f, P(1), 0x1000, SVA_READ).outcome ==
               SVA_OK;
        fake_env_fail_nth(f->env, 0);
        event = smmu_event(f, NULL);
        g_assert_true(done == (event == 0));
        g_assert_true(done || event == 0x03 || event == 0x09 ||
                      event == 0x0b);
        seen += event != 0;
        g_assert_cmphex(smmu_event(f, NULL), ==, 0);
        g_assert_cmphex(smmu_gerror(f), ==, 0);
    }
    /* STE, CD and four levels at least. */
    g_assert_cmpuint(seen, >=, 6);
    smmu_fixture_free(f);
}

/* What was aborted is recorded, silent or lost: nothing goes unaccounted. */
static void test_every_abort_is_accounted_for(void)
{
    SmmuFixture *f = smmu_tables_start(NULL);
    uint64_t aborted, known;
    unsigned i;

    for (i = 0; i < 4000; i++) {
        if (i % 7 == 0) {
            garble_stream(f);
        }
        if (i % 400 == 0) {
            drain(f);
        }
        smmu_translate(f, P(rnd() % 4), word(), rnd() & 7);
    }
    aborted = smmu_count(f, SVA_SMMU_CNT_ABORTED_UNTRANSLATED) +
              smmu_count(f, SVA_SMMU_CNT_RAZ_WI);
    known = smmu_count(f, SVA_SMMU_CNT_FAULTS_RECORDED) +
            smmu_count(f, SVA_SMMU_CNT_FAULTS_SILENT) +
            smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST);
    g_assert_cmpuint(aborted, >, 100);
    g_assert_cmpuint(known, ==, aborted);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_SILENT), >, 0);
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_FAULTS_LOST), >, 0);
    smmu_fixture_free(f);
}

static uint64_t stalls_ended(SmmuFixture *f)
{
    return smmu_count(f, SVA_SMMU_CNT_STALL_RETRIES) +
           smmu_count(f, SVA_SMMU_CNT_STALL_ABORTS) +
           smmu_count(f, SVA_SMMU_CNT_STALL_RAZ_WI);
}

/* Each stall ends once, whatever software answers, and in which order. */
static void test_every_stall_ends_once(void)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    unsigned open[64] = { 0 }, i, seen = 0;
    SmmuFixture *f;

    c.stall_max = 5;
    f = smmu_tables_start(&c);
    smmu_cd(f, 1, SMMU_CD0(0x11) | SMMU_CD0_S, SMMU_CD1, 0);
    for (i = 0; i < 20000; i++) {
        unsigned cookie = rnd() % G_N_ELEMENTS(open);

        if (!open[cookie]) {
            g_assert_cmpuint(smmu_patient(f, P(1), 0x7000, SVA_READ,
                                          cookie).outcome, ==,
                             SVA_STALL);
            open[cookie] = 1;
        }
        if (rnd() % 3 == 0) {
            drain(f);
        }
        smmu_submit(f, (rnd() & 0x3000) | 0x44 |
                    (uint64_t)SMMU_RID << 32, rnd() & 0x1f);
        if (rnd() % 500 == 0) {
            smmu_submit(f, 0x45 | (uint64_t)SMMU_RID << 32, 0);
        }
        if (rnd() % 8 == 0) {
            fake_env_advance(f->env, 100000);
        }
        for (; seen < f->end_count; seen++) {
            g_assert_cmpuint(open[f->ends[seen].cookie], ==, 1);
            open[f->ends[seen].cookie] = 0;
        }
        if (f->end_count > SMMU_LOG / 2) {
            f->end_count = seen = 0;
        }
        fake_env_clear(f->env);
    }
    sva_smmu_reset(&f->smmu);
    g_assert_cmpuint(stalls_ended(f), ==,
                     smmu_count(f, SVA_SMMU_CNT_STALLS));
    g_assert_cmpuint(smmu_count(f, SVA_SMMU_CNT_STALLS_UNRECORDED), >, 100);
    smmu_fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    state = 0x9e3779b97f4a7c15;
#define CASE(fn) g_test_add_func("/smmu/hostile/" #fn, test_##fn)
    CASE(garbage_tables);
    CASE(tables_that_point_at_themselves);
    CASE(garbage_register_writes);
    CASE(garbage_commands);
    CASE(queue_is_run_once);
    CASE(every_failing_access_is_recorded);
    CASE(every_abort_is_accounted_for);
    CASE(every_stall_ends_once);
    return g_test_run();
}
