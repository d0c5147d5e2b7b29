/*
 * Tests of operations that the accelerator makes in place, in RAM of the host
 *
 * All but the log of the port is what it is by way of the buffer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-fixture.h"

#define CPL  SVA_DF_COMPLETION
#define RW   (SVA_READ | SVA_WRITE)
#define SRC  0x10000ull
#define DST  0x20000ull
#define LEN  0x4000u
#define ONES 0x0101010101010101ull

static const enum sva_counter counters[] = {
    SVA_CNT_JOBS, SVA_CNT_ACCESSES, SVA_CNT_BYTES_READ, SVA_CNT_BYTES_WRITTEN,
    SVA_CNT_ABORTS, SVA_CNT_XLATE_REQS, SVA_CNT_ATC_HITS,
};

/* @heard: somebody wants to hear of each request that a cache answers */
typedef struct Way {
    bool ram;
    bool heard;
    uint64_t largest;           /* entry of the ATC */
} Way;

static const Way by_pages = { true, true, LEN };
static const Way by_entries = { true, false, LEN };

/* What is to be the same. */
typedef struct Outcome {
    struct sva_completion cpl;
    uint64_t count[G_N_ELEMENTS(counters)];
    uint8_t dst[LEN];
} Outcome;

static AccelFixture *make_way(enum sva_mode mode, Way way)
{
    AccelFixture *f = accel_fixture_new();
    uint8_t data[LEN];

    for (unsigned i = 0; i < LEN; i++) {
        data[i] = i * 7 + (i >> 8);
    }
    f->p->ram = way.ram;
    f->p->ats_mask = way.largest - 1;
    f->fn->config.atc_largest = way.largest;
    if (!way.heard) {
        sva_event_bus_remove(&f->env->bus, &f->env->recorder);
    }
    accel_map(f, 0, SRC, LEN, SVA_READ);
    accel_map(f, 0, DST, LEN, RW);
    accel_fill(f, 0, SRC, data, LEN);
    accel_enable(f, 0, mode);
    return f;
}

static AccelFixture *make(enum sva_mode mode, bool ram)
{
    return make_way(mode, (Way) { ram, true, 0x1000 });
}

/* Twice, since the first one asks for translations. */
static Outcome outcome(enum sva_mode mode, Way way, struct sva_desc desc,
                       unsigned *in_place)
{
    AccelFixture *f = make_way(mode, way);
    g_autofree char *log = NULL;
    Outcome out;

    accel_submit(f, 0, desc);
    g_free(fake_port_take_log(f->p));
    accel_submit(f, 0, desc);
    log = fake_port_take_log(f->p);
    *in_place = 0;
    for (const char *at = log; (at = strstr(at, "; m")); at++) {
        (*in_place)++;
    }
    out.cpl = accel_cpl(f, 0, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(counters); i++) {
        out.count[i] = accel_count(f, 0, counters[i]);
    }
    accel_get(f, 0, DST, out.dst, LEN);
    accel_fixture_free(f);
    return out;
}

static void compare_way(enum sva_mode mode, Way way, struct sva_desc desc,
                        unsigned pieces)
{
    Way buffer = way;
    unsigned in_place;
    Outcome sent, made;

    buffer.ram = false;
    sent = outcome(mode, buffer, desc, &in_place);
    g_assert_cmpuint(in_place, ==, 0);
    made = outcome(mode, way, desc, &in_place);
    g_assert_cmpuint(in_place, ==, pieces);
    g_assert_cmpmem(&made.cpl, sizeof(made.cpl), &sent.cpl,
                    sizeof(sent.cpl));
    g_assert_cmpmem(made.count, sizeof(made.count), sent.count,
                    sizeof(sent.count));
    g_assert_cmpmem(made.dst, LEN, sent.dst, LEN);
}

/* @pieces: as many as are moved at once if nobody hears of requests */
static void compare(struct sva_desc desc, unsigned requests, unsigned pieces)
{
    for (unsigned mode = SVA_MODE_UNTRANSLATED; mode <= SVA_MODE_ATS_PRI;
         mode++) {
        compare_way(mode, by_pages, desc, requests);
        compare_way(mode, by_entries, desc, pieces);
    }
}

static void test_a_copy(void)
{
    compare((struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .id = 3, .src = SRC + 0x123,
        .dst = DST + 0x700, .size = 9000,
    }, 10, 2);
}

static void test_a_copy_of_whole_pages(void)
{
    compare((struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = SRC, .dst = DST,
        .size = LEN,
    }, 8, 2);
}

static void test_a_fill(void)
{
    compare((struct sva_desc) {
        .opcode = SVA_OP_FILL, .flags = CPL, .src = 0x8877665544332211,
        .dst = DST + 0xffb, .size = 0x1013,
    }, 3, 1);
}

static void test_a_comparison(void)
{
    compare((struct sva_desc) {
        .opcode = SVA_OP_COMPARE, .flags = CPL, .src = SRC, .dst = SRC,
        .size = LEN,
    }, 8, 8);
    /* The first byte of DST that differs is the second one. */
    compare((struct sva_desc) {
        .opcode = SVA_OP_COMPARE, .flags = CPL, .src = SRC, .dst = DST,
        .size = LEN,
    }, 2, 2);
}

static void test_a_checksum(void)
{
    compare((struct sva_desc) {
        .opcode = SVA_OP_CRC32C, .flags = CPL, .src = 0xffffffff,
        .dst = SRC + 5, .size = 0x2000,
    }, 3, 1);
}

/* The page that is missing is asked for, and then the copy fails there. */
static void test_a_copy_that_fails_in_the_middle(void)
{
    AccelFixture *f = make(SVA_MODE_ATS, true);
    struct sva_desc desc = {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = SRC, .dst = DST,
        .size = LEN,
    };

    accel_submit(f, 0, desc);
    accel_map(f, 0, DST + 0x2000, 0x1000, SVA_READ);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = DST + 0x2000, .mask = 0xfff, .pasid = sva_pasid(1),
    });
    /* The second time the ATC has the page, but not the right to write. */
    for (unsigned i = 1; i < 3; i++) {
        accel_submit(f, 0, desc);
        accel_assert_cpl(f, 0, i, .status = SVA_ST_PAGE_FAULT,
                         .bytes = 0x2000, .fault_addr = DST + 0x2000,
                         .fault_write = 1);
    }
    accel_fixture_free(f);
}

/* A stale translation is announced each time, whoever wants to hear of hits. */
static void test_stale_entries_go_by_pages(void)
{
    AccelFixture *f = make_way(SVA_MODE_ATS, by_entries);
    struct sva_desc desc = {
        .opcode = SVA_OP_FILL, .flags = CPL, .dst = DST, .size = LEN,
    };

    f->env->recorder.no_hits = true;
    sva_event_bus_add(&f->env->bus, &f->env->recorder);
    accel_submit(f, 0, desc);
    sva_accel_write(f->a, SVA_REG_INJECT, SVA_GINJECT_STALE_ATC, 4);
    fake_port_invalidate(f->p, &(SvaAtcInvalidation) {
        .addr = DST, .mask = LEN - 1, .pasid = sva_pasid(1),
    });
    fake_env_clear(f->env);
    accel_submit(f, 0, desc);
    g_assert_cmpuint(sva_accel_counter(f->a, SVA_CNT_STALE_HITS), ==,
                     LEN / 0x1000);
    g_assert_cmpuint(fake_env_event_count(f->env, SVA_EV_ATC_HIT), ==,
                     LEN / 0x1000);
    accel_fixture_free(f);
}

static void test_breakpoints_are_kept(void)
{
    AccelFixture *f = make(SVA_MODE_ATS, true);
    struct sva_desc desc = {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = SRC, .dst = DST,
        .size = 0x1000,
    };

    accel_submit(f, 0, desc);
    accel_write(f, 0, SVA_CTX_BREAK_MASK, SVA_BREAK_BEFORE_ACCESS);
    accel_submit(f, 0, desc);
    g_assert_cmphex(accel_read(f, 0, SVA_CTX_BREAK_AT), ==,
                    SVA_BREAK_BEFORE_ACCESS);
    accel_fixture_free(f);
}

/*
 * Descriptors are looked at early.  The last ones lie where the host's memory
 * ends, and others where it is unknown what comes next.
 */
static void test_nothing_behind_the_ring_is_read(void)
{
    AccelFixture *f = accel_fixture_new();
    uint64_t ring = FAKE_BLOCK - 4 * sizeof(struct sva_desc);

    f->p->ram = true;
    accel_map(f, 0, 0, FAKE_BLOCK, RW);
    accel_map(f, 0, DST, LEN, RW);
    accel_write(f, 0, SVA_CTX_CFG, 1 | SVA_CFG_PASID_EN |
                SVA_MODE_ATS << SVA_CFG_MODE_SHIFT);
    accel_write(f, 0, SVA_CTX_RING_BASE, ring);
    accel_write(f, 0, SVA_CTX_RING_SIZE, 2);
    accel_write(f, 0, SVA_CTX_CMD, SVA_CMD_ENABLE);
    for (unsigned i = 0; i < 12; i++) {
        struct sva_desc desc = {
            .opcode = SVA_OP_FILL, .src = GUINT64_TO_LE(ONES * (i + 1)),
            .dst = GUINT64_TO_LE(DST + i * 8), .size = GUINT64_TO_LE(8),
        };

        accel_fill(f, 0, ring + i % 4 * sizeof(desc), &desc, sizeof(desc));
        if (i % 4 == 1) {
            sva_accel_doorbell_write(f->a, SVA_DB_TAIL, i + 1, 4);
            accel_run(f);
        }
    }
    sva_accel_doorbell_write(f->a, SVA_DB_TAIL, 12, 4);
    accel_run(f);
    for (unsigned i = 0; i < 12; i++) {
        uint64_t word;

        accel_get(f, 0, DST + i * 8, &word, sizeof(word));
        g_assert_cmphex(word, ==, ONES * (i + 1));
    }
    accel_fixture_free(f);
}

/* 256 requests a turn, whoever makes them; the last piece may take two. */
static void turn(Way way)
{
    AccelFixture *f = make_way(SVA_MODE_UNTRANSLATED, way);

    accel_map(f, 0, 0x1000000, 0x1000000, RW);
    accel_put(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .src = 0x1000000, .dst = 0x1800000,
        .size = 0x800000,
    });
    accel_ring(f, 0);
    fake_env_advance(f->env, 0);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), >, 200);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), <=, 257);
    fake_env_advance(f->env, 1000000);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_ACCESSES), ==, 4097);
    accel_fixture_free(f);
}

static void test_a_turn_has_an_end(void)
{
    turn(by_pages);
    turn(by_entries);
}

static void test_bandwidth_is_paid_for(void)
{
    AccelFixture *f = make_way(SVA_MODE_UNTRANSLATED, by_entries);

    accel_write(f, 0, SVA_CTX_BW_LIMIT, 4);     /* 4 KiB a second */
    accel_put(f, 0, (struct sva_desc) {
        .opcode = SVA_OP_COPY, .flags = CPL, .src = SRC, .dst = DST,
        .size = 0x2000,
    });
    accel_ring(f, 0);
    fake_env_advance(f->env, 0);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x1000);
    fake_env_advance(f->env, 1990000000);       /* two pages were moved */
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), ==, 0x1000);
    fake_env_advance(f->env, 20000000);
    g_assert_cmpuint(accel_count(f, 0, SVA_CNT_BYTES_WRITTEN), >=, 0x2000);
    accel_fixture_free(f);
}

#define ADD(name) g_test_add_func("/accel/direct/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_copy);
    ADD(a_copy_of_whole_pages);
    ADD(a_fill);
    ADD(a_comparison);
    ADD(a_checksum);
    ADD(a_copy_that_fails_in_the_middle);
    ADD(stale_entries_go_by_pages);
    ADD(breakpoints_are_kept);
    ADD(nothing_behind_the_ring_is_read);
    ADD(a_turn_has_an_end);
    ADD(bandwidth_is_paid_for);
    return g_test_run();
}
