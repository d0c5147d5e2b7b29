/*
 * VT-d: hostile and broken guests: garbage ends with records, never hangs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define P(n) sva_pasid(n)

/* Accesses to memory that one request may take: tables, 5 levels, A/D. */
#define REQUEST_ACCESSES 400
/* ... and one register write: the longest queue, a few for each entry. */
#define WRITE_ACCESSES   (32768 * 4)

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
    switch (rnd() % 6) {
    case 0:
        return rnd();
    case 1:
        return rnd() & rnd() & rnd();
    case 2:
        return (0x10000 + (rnd() & 0x3f) * 0x1000) | (rnd() & 0xfff);
    case 3:
        return (0x10000 + (rnd() & 0x3f) * 0x1000) | 1;
    case 4:
        return (0x10000 + (rnd() & 0x3f) * 0x1000) | 0x67;
    default:
        return 1ull << rnd() % 64;
    }
}

static void one_request(VtdFixture *f)
{
    SvaPasid pasid = rnd() % 4 ? P(rnd() % 4) : SVA_NO_PASID;
    uint64_t addr = rnd() % 2 ? rnd() & 0x7fffff : rnd();
    uint64_t before = f->env->accesses;
    SvaTranslation t;
    SvaAtsCompletion c;

    switch (rnd() % 4) {
    case 0:
        t = vtd_translate(f, pasid, addr, rnd() & 0xf);
        g_assert_true(t.outcome == SVA_OK || t.outcome == SVA_ABORT);
        g_assert_cmphex(t.map.mask & (t.map.mask + 1), ==, 0);
        break;
    case 1:
        c = vtd_ats(f, pasid, addr & ~0xfffull, rnd() & 0xf);
        g_assert_cmphex(c.map.mask & 0xfff, ==, 0xfff);
        g_assert_true(c.status == SVA_ATS_SUCCESS || c.map.access == SVA_NONE);
        break;
    case 2:
        vtd_translated(f, addr);
        break;
    default:
        vtd_page_request(f, pasid, addr, rnd() & 0x1ff, rnd() & 1);
        break;
    }
    g_assert_cmpuint(f->env->accesses - before, <, REQUEST_ACCESSES);
}

static void test_garbage_tables(void)
{
    unsigned round, i;

    for (round = 0; round < 60; round++) {
        VtdFixture *f = round & 1 ? vtd_fixture_scalable(NULL)
                                : vtd_fixture_legacy(NULL, word(), word());

        for (i = 0; i < 0x40 * 512; i++) {
            fake_put64(f->env, 0x10000 + i * 8, word());
        }
        if (round % 3 == 0) {   /* so that it does not end at the root */
            fake_put64(f->env, VTD_ROOT + 16, VTD_CONTEXT | 1);
            vtd_context(f, VTD_DIR | 0x1d | 7 << 9, 0);
            fake_put64(f->env, VTD_DIR, VTD_PASIDS | 1);
            vtd_bind(f, 1);
            vtd_pasid(f, 2, VTD_SECOND | 0x289, 0x800001, 0);
        }
        for (i = 0; i < 500; i++) {
            one_request(f);
            if (i % 16 == 0) {
                vtd_submit(f, 0x37, 0);
                vtd_fault(f, NULL, NULL);
            }
        }
        vtd_fixture_free(f);
    }
}

/* Every entry points at its own table, at every level. */
static void test_tables_that_point_at_themselves(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    for (i = 0; i < 512; i++) {
        fake_put64(f->env, VTD_FIRST + i * 8, VTD_FIRST | 7);
    }
    vtd_bind(f, 1);
    for (i = 0; i < 100; i++) {
        uint64_t before = f->env->accesses;

        vtd_translate(f, P(1), rnd() >> 17, SVA_RW);
        g_assert_cmpuint(f->env->accesses - before, <, REQUEST_ACCESSES);
    }
    /* The second stage, alone and under the first. */
    for (i = 0; i < 512; i++) {
        fake_put64(f->env, VTD_SECOND + i * 8, VTD_SECOND | 7);
    }
    vtd_pasid(f, 1, VTD_SECOND | 0x89, 0x800001, 0);
    vtd_pasid(f, 2, VTD_SECOND | 0xc9, 0x800001, VTD_FIRST);
    vtd_submit(f, 0x37, 0);
    for (i = 0; i < 100; i++) {
        uint64_t before = f->env->accesses;

        vtd_translate(f, P(1 + (i & 1)), rnd() >> 17, SVA_RW);
        g_assert_cmpuint(f->env->accesses - before, <, REQUEST_ACCESSES);
    }
    /* The root table as context table, directory and PASID table. */
    vtd_write64(f, 0x20, VTD_FIRST | 0x400);
    vtd_command(f, 1u << 30);
    for (i = 0; i < 100; i++) {
        one_request(f);
    }
    vtd_fixture_free(f);
}

static void test_garbage_register_writes(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i;

    f->complete = true;
    for (i = 0; i < 200000; i++) {
        unsigned size = rnd() & 1 ? 4 : 8;
        uint64_t off = rnd() % 8 ? rnd() % 0x100 : rnd() % 0x1100;
        uint64_t before = f->env->accesses;

        sva_vtd_mmio_write(&f->vtd, off & ~(uint64_t)(size - 1), word(),
                           size);
        g_assert_cmpuint(f->env->accesses - before, <, WRITE_ACCESSES);
        sva_vtd_mmio_read(&f->vtd, rnd() % 0x1100, size);
        if (i % 64 == 0) {
            one_request(f);
            fake_env_clear(f->env);
        }
    }
    /* It can be put back to work. */
    sva_vtd_reset(&f->vtd);
    g_assert_cmphex(vtd_read32(f, 0x1c), ==, 0);
    vtd_fixture_free(f);
}

static void test_garbage_descriptors(void)
{
    unsigned round, i, j;

    for (round = 0; round < 40; round++) {
        VtdFixture *f = vtd_fixture_scalable(NULL);

        f->complete = round & 1;
        f->absent = round & 2;
        for (i = 0; i < 400; i++) {
            vtd_put(f, (word() & ~0xfull) | rnd() % 11, word());
            vtd_kick(f);
            g_assert_cmphex(vtd_read64(f, 0x80), <, 0x1000);
            for (j = 0; !f->complete && j < f->inv_count &&
                 j < VTD_LOG; j++) {
                vtd_complete(f, j);
            }
            f->inv_count = 0;
            if (vtd_read32(f, 0x34) & 0x70) {
                /* Repair as software does: over the one that is bad. */
                fake_put64(f->env, VTD_QUEUE + vtd_read64(f, 0x80), 0x25);
                fake_put64(f->env, VTD_QUEUE + vtd_read64(f, 0x80) + 8,
                           VTD_STATUS);
                vtd_write32(f, 0x34, 0x70);
            }
            fake_env_advance(f->env, 1000000000);
        }
        vtd_fixture_free(f);
    }
}

/*
 * Descriptors as the specification lays them out: one that is good, the bits
 * that are defined, and those of them that may have any value.
 */
static const struct {
    uint64_t good[2];
    uint64_t defined[2];
    uint64_t any[2];
} layouts[] = {
    { { 0x11, 0 },
      { 0x0003ffffffff0030, 0 }, { 0x0003ffffffff0000, 0 } },
    { { 0x12, 0 },
      { 0x00000000ffff00f0, 0xfffffffffffff07f },
      { 0x00000000ffff00c0, 0xfffffffffffff07f } },
    { { 0x3, 0 },
      { 0x0000ffff001f0000, 0xfffffffffffff001 },
      { 0x0000ffff001f0000, 0xfffffffffffff001 } },
    { { 0x4, 0 },
      { 0x0000fffff8000010, 0 }, { 0x0000ffff78000010, 0 } },
    { { 0x25, VTD_STATUS },
      { 0xffffffff000000f0, 0xfffffffffffffffc },
      { 0xffffffff000000f0, 0xfffffffffffffffc } },
    { { 0x26, 0 },
      { 0x000fffffffff0030, 0xfffffffffffff07f },
      { 0x000fffffffff0000, 0xfffffffffffff07f } },
    { { 0x37, 0 },
      { 0x000fffffffff0030, 0 }, { 0x000fffffffff0000, 0 } },
    { { 0x8, 0 },
      { 0x000fffffffff01f0, 0xfffffffffffff801 },
      { 0x000fffffffff01f0, 0xfffffffffffff801 } },
    { { 0x19, 0 },
      { 0x000ffffffffff010, 0xffc }, { 0x000ffffffffff010, 0xffc } },
};

#define TYPE_BITS 0xe0full      /* 11:9 and 3:0 */

/* Submit it; true if it was an error, which is repaired then. */
static bool descriptor_is_refused(VtdFixture *f, const uint64_t *qw)
{
    uint64_t at = VTD_QUEUE + vtd_read64(f, 0x80);
    unsigned i;

    vtd_put(f, qw[0], qw[1]);
    fake_put64(f->env, at + 16, qw[2]);
    fake_put64(f->env, at + 24, qw[3]);
    vtd_kick(f);
    if (!(vtd_read32(f, 0x34) & 0x10)) {
        return false;
    }
    g_assert_cmphex(vtd_read64(f, 0xb0), ==, 4);
    g_assert_cmphex(VTD_QUEUE + vtd_read64(f, 0x80), ==, at);
    for (i = 0; i < 4; i++) {
        fake_put64(f->env, at + i * 8, i ? 0 : 0x11);
    }
    vtd_write32(f, 0x34, 0x10);
    g_assert_cmphex(vtd_read32(f, 0x34), ==, 0);
    return true;
}

static void test_each_bit_of_each_descriptor(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned i, bit;

    f->absent = true;           /* device-TLBs complete at once */
    for (i = 0; i < G_N_ELEMENTS(layouts); i++) {
        for (bit = 0; bit < 256; bit++) {
            uint64_t qw[4] = { layouts[i].good[0], layouts[i].good[1] };
            uint64_t flip = 1ull << bit % 64;
            unsigned word = bit / 64;
            bool refused;

            if (word == 0 && flip & TYPE_BITS) {
                continue;       /* another type */
            }
            qw[word] ^= flip;
            g_test_message("%" PRIx64 " bit %u", layouts[i].good[0], bit);
            refused = descriptor_is_refused(f, qw);
            if (word >= 2 || !(layouts[i].defined[word] & flip)) {
                g_assert_true(refused);
            } else if (layouts[i].any[word] & flip) {
                g_assert_false(refused);
            }
        }
    }
    vtd_fixture_free(f);
}

/* A tail far away runs what is there, in slices, once, and ends. */
static void test_queue_is_run_once_per_tail(void)
{
    VtdFixture *f = vtd_fixture_new(NULL);
    uint64_t before;
    unsigned i;

    for (i = 0; i < 0x80000; i += 16) {
        fake_put64(f->env, 0x10000000 + i, 0x12);
    }
    vtd_write64(f, 0x90, 0x10000000 | 7);
    vtd_level(f, 1u << 26, true);
    before = f->env->accesses;
    vtd_write64(f, 0x88, 0x7fff0);
    g_assert_cmpuint(f->env->accesses - before, <=, 4096);
    fake_env_advance(f->env, 1000);
    g_assert_cmpuint(f->env->accesses - before, ==, 32767);
    g_assert_cmphex(vtd_read64(f, 0x80), ==, 0x7fff0);
    vtd_fixture_free(f);
}

/* -- the n-th access fails: each one has a record, and heals -- */

static void test_every_failing_access_of_a_walk_is_recorded(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    unsigned n, reason, seen = 0;
    bool done = false;

    for (n = 1; !done; n++) {
        SvaTranslation t;

        g_assert_cmpuint(n, <, 50);
        vtd_submit(f, 0x11, 0);
        vtd_submit(f, 0x37, 0);
        vtd_submit(f, 0x12, 0);
        vtd_bind(f, 1);
        vtd_map(f, 0x1000, 0xa000, true);
        fake_env_fail_nth(f->env, n);
        t = vtd_translate(f, P(1), 0x1000, SVA_WRITE);
        fake_env_fail_nth(f->env, 0);
        reason = vtd_fault(f, NULL, NULL);
        done = t.outcome == SVA_OK;
        g_assert_true(done == (reason == 0));
        seen += reason != 0;
    }
    /* Root, context (2), directory, PASID entry (4), 4 levels, updates. */
    g_assert_cmpuint(seen, >=, 13);
    vtd_fixture_free(f);
}

/* What was aborted is recorded, silent or lost: nothing goes unaccounted. */
static void test_every_abort_is_accounted_for(void)
{
    VtdFixture *f = vtd_fixture_scalable(NULL);
    uint64_t aborted, known;
    unsigned i;

    for (i = 0; i < 2000; i++) {
        if (i % 7 == 0) {
            vtd_pasid(f, rnd() % 4, word(), word(), word());
            vtd_submit(f, 0x37, 0);
        }
        if (i % 50 == 0) {
            vtd_write32(f, 0x34, 1);
            vtd_fault(f, NULL, NULL);
        }
        vtd_translate(f, P(rnd() % 4), word(), rnd() & 7);
    }
    aborted = vtd_count(f, SVA_VTD_CNT_ABORTED_UNTRANSLATED);
    known = vtd_count(f, SVA_VTD_CNT_FAULTS_RECORDED) +
            vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT) +
            vtd_count(f, SVA_VTD_CNT_FAULTS_LOST);
    g_assert_cmpuint(aborted, >, 100);
    g_assert_cmpuint(known, ==, aborted);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_SILENT), >, 0);
    g_assert_cmpuint(vtd_count(f, SVA_VTD_CNT_FAULTS_LOST), >, 0);
    vtd_fixture_free(f);
}

static void test_counters_have_names_of_their_own(void)
{
    unsigned i, j;

    for (i = 0; i < SVA_VTD_CNT_COUNT; i++) {
        g_assert_cmpuint(strlen(sva_vtd_counter_name(i)), >, 0);
        for (j = 0; j < i; j++) {
            g_assert_cmpstr(sva_vtd_counter_name(i), !=,
                            sva_vtd_counter_name(j));
        }
    }
    g_assert_cmpstr(sva_vtd_counter_name(SVA_VTD_CNT_COUNT), ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    state = 0x9e3779b97f4a7c15;
#define CASE(fn) g_test_add_func("/vtd/hostile/" #fn, test_##fn)
    CASE(garbage_tables);
    CASE(tables_that_point_at_themselves);
    CASE(garbage_register_writes);
    CASE(garbage_descriptors);
    CASE(each_bit_of_each_descriptor);
    CASE(queue_is_run_once_per_tail);
    CASE(every_failing_access_of_a_walk_is_recorded);
    CASE(every_abort_is_accounted_for);
    CASE(counters_have_names_of_their_own);
    return g_test_run();
}
