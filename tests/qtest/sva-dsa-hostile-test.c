/*
 * A guest that treats sva-dsa badly: descriptors with wild fields, addresses
 * where there is no memory, registers of the device itself among them, and
 * resets, FLR, new configurations, an IOMMU that forgets and migration while
 * it works
 *
 * Whatever happens, the emulator lives, answers, and after an FLR the device
 * works as on the first day.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-dsa.h"
#include "libsva-migrate.h"

#define STEPS       400

/* What the process has mapped from PLACES_VA on, a page each. */
#define PLACES_VA   0x7f1000400000ull

static const uint64_t places[] = {
    DSA_REGS,                   /* CMD, SWERR, the event log */
    DSA_REGS + 0x1000,          /* the groups */
    DSA_REGS + 0x2000,          /* the WQs */
    DSA_PORTALS, DSA_PORTALS + 0x1000, DSA_PORTALS + 0x4000,
    DSA_MSIX,
    0xfec00000, 0xfee00000,
    0x7f00000000ull,            /* nothing */
};

static const uint64_t odd_addresses[] = {
    0, 0x20, DSA_CR_VA + 8, UINT64_MAX, UINT64_MAX - 31, UINT64_MAX - 0xfff,
    0x800000000000, 0xffff800000000000, DSA_DST_VA + 0xff0,
    DSA_DST_VA + 0x1000, 0x28000000, 0xfee00000,
};

static const uint32_t sizes[] = {
    0, 1, 2, 8, 40, 63, 64, 520, 0x1000, 0x1ffe, 0x10000, 0x200000,
    0x7fffffff, 0x80000000, UINT32_MAX,
};

static uint64_t pick_address(GRand *rnd)
{
    unsigned at = g_rand_int_range(rnd, 0, 0x1000) & ~7u;

    switch (g_rand_int_range(rnd, 0, 7)) {
    case 0:
        return odd_addresses[g_rand_int_range(rnd, 0,
                                              G_N_ELEMENTS(odd_addresses))];
    case 1:
        return PLACES_VA + at + 0x1000ull *
               g_rand_int_range(rnd, 0, G_N_ELEMENTS(places));
    case 2:
        return (uint64_t)g_rand_int(rnd) << 32 | g_rand_int(rnd);
    case 3:
        return DSA_DST_VA + at;
    case 4:
        return places[g_rand_int_range(rnd, 0, G_N_ELEMENTS(places))] + at;
    case 5:
        return DSA_SRC_VA;      /* where descriptors of batches are */
    default:
        return DSA_SRC_VA + at;
    }
}

/* Most of it is right, so that the wrong part is looked at. */
static void make_descriptor(GRand *rnd, uint64_t words[8])
{
    uint64_t op = g_rand_int_range(rnd, 0, 0x28);
    uint64_t flags = g_rand_int_range(rnd, 0, 4) ? 0xe : g_rand_int(rnd);

    words[0] = op << 56 | (flags & 0xffffff) << 32;
    words[1] = g_rand_int_range(rnd, 0, 4)
               ? DSA_CR_VA + 32ull * g_rand_int_range(rnd, 0, 128)
               : pick_address(rnd) & ~31ull;
    words[2] = pick_address(rnd);
    words[3] = pick_address(rnd);
    words[4] = sizes[g_rand_int_range(rnd, 0, G_N_ELEMENTS(sizes))];
    for (unsigned i = 5; i < 8; i++) {
        words[i] = g_rand_int_range(rnd, 0, 3) ? 0 : pick_address(rnd);
    }
    if (!g_rand_int_range(rnd, 0, 8)) {
        words[g_rand_int_range(rnd, 0, 8)] ^=
            1ull << g_rand_int_range(rnd, 0, 64);
    }
}

static void submit_some(Dsa *d, GRand *rnd)
{
    uint64_t words[8];

    for (unsigned n = g_rand_int_range(rnd, 1, 8); n; n--) {
        make_descriptor(rnd, words);
        dsa_submit_words(d, g_rand_int_range(rnd, 0, 2), words);
    }
}

/* A list, some of whose descriptors are batches, of themselves as well. */
static void submit_batch(Dsa *d, GRand *rnd)
{
    uint64_t words[8] = {
        0x0100000e00000000ull, DSA_CR_VA, DSA_SRC_VA, 0,
        g_rand_int_range(rnd, 0, 70),
    };

    for (unsigned i = 0; i < 8; i++) {
        uint64_t desc[8];

        make_descriptor(rnd, desc);
        if (!g_rand_int_range(rnd, 0, 4)) {
            memcpy(desc, words, sizeof(desc));
        }
        for (unsigned w = 0; w < 8; w++) {
            sva_put64(d->t, d->src + 64 * i + 8 * w, desc[w]);
        }
    }
    words[0] &= ~(2ull << 32);
    dsa_submit_words(d, 0, words);
}

static void write_register(Dsa *d, GRand *rnd)
{
    static const uint32_t bases[] = {
        R_GENCFG, R_CMD, R_EVLCFG, R_EVLSTS, 0x400, R_GRPCFG, R_WQCFG,
        R_WQCFG + 64, 0x9000, 0xf000,
    };
    uint32_t off = bases[g_rand_int_range(rnd, 0, G_N_ELEMENTS(bases))] +
                   (g_rand_int_range(rnd, 0, 64) & ~7);

    dsa_set_reg(d, off, pick_address(rnd));
}

static void give_command(Dsa *d, GRand *rnd)
{
    static const uint32_t operands[] = { 0, 1, 2, 3, 9, 0x10001, 0xfffff };

    qtest_writel(d->t->qts, DSA_REGS + R_CMD,
                 (uint32_t)g_rand_int_range(rnd, 0, 17) << 20 |
                 (g_rand_boolean(rnd) ? 0x80000000 : 0) |
                 operands[g_rand_int_range(rnd, 0, G_N_ELEMENTS(operands))]);
}

/* Page requests are answered well, badly, or with what nobody asked for. */
static void answer_pages(Dsa *d, GRand *rnd)
{
    while (!vtd_prq_empty(d->t)) {
        uint64_t qw0, qw1;

        vtd_prq_pop(d->t, &qw0, &qw1);
        if (g_rand_int_range(rnd, 0, 8)) {
            sva_put64(d->t, d->pte, d->dst + 0x1000 +
                                    (g_rand_boolean(rnd) ? 7 : 0));
            dsa_respond(d, qw0, qw1, g_rand_int_range(rnd, 0, 8) ? 0 : 1);
        }
    }
    if (!g_rand_int_range(rnd, 0, 8)) {
        dsa_respond(d, 9ull << 32, g_rand_int_range(rnd, 0, 0x1000), 0);
    }
}

static void switch_off(Dsa *d, GRand *rnd)
{
    SvaTest *t = d->t;

    switch (g_rand_int_range(rnd, 0, 4)) {
    case 0:
        sva_cfg_write(t, DSA_DEVFN, 0x04, 2, g_rand_int_range(rnd, 0, 8));
        break;
    case 1:
        sva_cfg_write(t, DSA_DEVFN, sva_cfg_ext_cap(t, DSA_DEVFN, 0x13) + 4, 2,
                      g_rand_int_range(rnd, 0, 4));
        break;
    case 2:
        sva_cfg_write(t, DSA_DEVFN, sva_cfg_ext_cap(t, DSA_DEVFN, 0x0f) + 6, 2,
                      g_rand_boolean(rnd) ? 0x8000 : 0);
        break;
    default:
        vtd_pasid_flush(t, DSA_PASID);
    }
}

/*
 * A WQ of the process and one for physical memory, with one engine; the log
 * ends where memory does.
 */
static void restart(Dsa *d, bool log)
{
    dsa_flr(d);
    dsa_map_bars(d);
    dsa_enable_caps(d);
    if (log) {
        dsa_set_reg(d, R_EVLCFG, d->t->board->ram_end - 0x1000);
        dsa_set_reg(d, R_EVLCFG + 8, 64);
        dsa_set_reg(d, R_GENCFG, 0x3060);
    }
    dsa_set_reg(d, R_WQCFG, 16);
    dsa_set_reg(d, R_WQCFG + 8, (21ull | 10 << 5) << 32 | 0x10000013 |
                                DSA_PASID << 8);
    dsa_set_reg(d, R_WQCFG + 64, 16);
    dsa_set_reg(d, R_WQCFG + 64 + 8, (20ull | 10 << 5) << 32 | 0x11);
    dsa_set_reg(d, R_GRPCFG, 3);
    dsa_set_reg(d, R_GRPCFG + 32, 1);
    g_assert_cmphex(dsa_command(d, C_ENABLE), ==, 0);
    g_assert_cmphex(dsa_command(d, C_ENABLE_WQ), ==, 0);
    g_assert_cmphex(dsa_command(d, C_ENABLE_WQ | 1), ==, 0);
}

static void one_step(Dsa *d, GRand *rnd)
{
    switch (g_rand_int_range(rnd, 0, 12)) {
    case 0 ... 3:
        submit_some(d, rnd);
        break;
    case 4:
        submit_batch(d, rnd);
        break;
    case 5:
        write_register(d, rnd);
        break;
    case 6:
        give_command(d, rnd);
        break;
    case 7:
        answer_pages(d, rnd);
        break;
    case 8:
        if (!g_rand_int_range(rnd, 0, 4)) {
            switch_off(d, rnd);
        }
        break;
    case 9:
        if (!g_rand_int_range(rnd, 0, 6)) {
            restart(d, g_rand_boolean(rnd));
        }
        break;
    default:
        qtest_clock_step(d->t->qts, g_rand_int_range(rnd, 0, 100000));
    }
}

/* -- the tests -- */

static void begin(Dsa *d, const char *args)
{
    dsa_start(d, args);
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        dsa_map(d, PLACES_VA + 0x1000 * i, places[i]);
    }
    /* Requests without PASID reach physical memory. */
    vtd_pasid_put(d->t, 0, 1 | 4 << 6, 1, 0);
    restart(d, true);
}

static void assert_works(Dsa *d, uint64_t seed)
{
    SvaTest *t = d->t;

    while (!vtd_prq_empty(t)) {
        uint64_t qw0, qw1;

        vtd_prq_pop(t, &qw0, &qw1);
    }
    vtd_write32(t, VTD_PRS, 3);
    restart(d, false);
    sva_put64(t, d->pte, (d->dst + 0x1000) | PTE_P | PTE_W | PTE_U);
    vtd_pasid_flush(t, DSA_PASID);
    sva_fill(t, d->src, 0x2000, seed);
    dsa_submit(d, 0, 0x2000);
    sva_wait_until(t, dsa_status(d, 0));
    g_assert_cmphex(dsa_status(d, 0), ==, 1);
    sva_assert_filled(t, d->dst, 0x2000, seed);
}

static void hostile(const char *args, uint32_t seed, unsigned moves)
{
    g_autofree char *again = sva_board_args(&sva_board_q35, "", args);
    GRand *rnd = g_rand_new_with_seed(seed);
    Dsa d;

    begin(&d, args);
    for (unsigned i = 0; i < STEPS; i++) {
        one_step(&d, rnd);
        if (moves && i % (STEPS / moves) == STEPS / moves - 1) {
            g_assert_true(sva_test_move(d.t, again));
        }
    }
    assert_works(&d, seed);
    g_rand_free(rnd);
    sva_test_end(d.t);
}

static void test_descriptors(void)
{
    for (uint32_t seed = 1; seed <= 6; seed++) {
        hostile(DSA_ARGS, seed, 0);
    }
}

static void test_adversary(void)
{
    hostile(DSA_ARGS ",adversary=7,atc-entries=16,pri-capacity=2", 11, 0);
}

static void test_handles(void)
{
    hostile(DSA_ARGS ",int-handles=on,vectors=2,engines=16,wq-size=4096", 12,
            0);
}

static void test_migration(void)
{
    hostile(DSA_ARGS, 21, 8);
}

/*
 * The device takes bus mastering from itself by a write to its own
 * configuration space, in the middle of a batch.
 */
static void test_its_own_configuration(void)
{
    uint64_t ecam = sva_board_q35.ecam + DSA_DEVFN * 0x1000;
    uint64_t words[8] = {
        0x0100000c00000000ull, DSA_CR_VA, DSA_SRC_VA, 0, 4,
    };
    const uint64_t copy[8] = {
        0x0300000c00000000ull, DSA_CR_VA + 32, DSA_DST_VA, PLACES_VA + 4, 2,
    };
    Dsa d;

    begin(&d, DSA_ARGS);
    dsa_map(&d, PLACES_VA, ecam);
    vtd_pasid_flush(d.t, DSA_PASID);
    for (unsigned i = 0; i < 32; i++) {
        sva_put64(d.t, d.src + 8 * i, copy[i % 8]);
    }
    sva_put64(d.t, d.dst, 2);   /* memory space only */
    dsa_submit_words(&d, 0, words);
    sva_wait_until(d.t, dsa_reg(&d, R_GENSTS) == 3);
    g_assert_cmphex(sva_cfg_read(d.t, DSA_DEVFN, 0x04, 2), ==, 2);
    assert_works(&d, 31);
    sva_test_end(d.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/dsa-hostile/descriptors", test_descriptors);
    qtest_add_func("sva/dsa-hostile/adversary", test_adversary);
    qtest_add_func("sva/dsa-hostile/handles", test_handles);
    qtest_add_func("sva/dsa-hostile/migration", test_migration);
    qtest_add_func("sva/dsa-hostile/its-own-configuration",
                   test_its_own_configuration);
    return g_test_run();
}
