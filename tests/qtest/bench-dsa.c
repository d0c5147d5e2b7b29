/*
 * What `sva bench` measures of sva-dsa: Memory Move through a WQ of a process,
 * and the same without an IOMMU
 *
 * Descriptors are in batches: with qtest a submission takes eight commands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "bench-unit.h"

#define BATCH       1024u           /* the longest there is by default */
#define PASID_EN    (1u << 28)
#define TURNS_NS    100000
#define PAGE_NS     1000

static void plug(Bench *b)
{
    b->dsa.t = b->t;
    dsa_map_bars(&b->dsa);
    if (b->unit->pasids) {
        dsa_enable_caps(&b->dsa);
    }
}

/* Completion record, which is asked for, and whatever @words say. */
static double run(Bench *b, uint64_t op, uint64_t list, uint64_t count)
{
    const uint64_t words[8] = {
        op << 56 | 0xcull << 32, b->record, list, 0, count,
    };
    double start;

    sva_put64(b->t, b->record, 0);
    start = bench_processor_ns(b);
    dsa_submit_words(&b->dsa, 0, words);
    return start;
}

static double run_end(Bench *b, double start, uint64_t pages)
{
    qtest_clock_step(b->t->qts, TURNS_NS + pages * PAGE_NS);
    sva_wait_until(b->t, (uint8_t)sva_get64(b->t, b->record));
    start = bench_processor_ns(b) - start;
    g_assert_cmphex(sva_get64(b->t, b->record) & 0xff, ==, 1);
    return start;
}

static void begin(Bench *b)
{
    Dsa *d = &b->dsa;
    unsigned i;

    b->record = sva_alloc(b->t, 0x1000);
    b->list = sva_alloc(b->t, BATCH * 64);
    dsa_set_reg(d, R_WQCFG, 16);
    /* Dedicated, priority 1, 2 MiB, batches of 1024 */
    dsa_set_reg(d, R_WQCFG + 8, (21ull | 10 << 5) << 32 | 0x11 |
                                (b->pasids ? PASID_EN | b->pasids << 8 : 0));
    dsa_set_reg(d, R_GRPCFG, 1);
    dsa_set_reg(d, R_GRPCFG + 32, 1);
    g_assert_cmphex(dsa_command(d, C_ENABLE), ==, 0);
    g_assert_cmphex(dsa_command(d, C_ENABLE_WQ), ==, 0);
    for (i = 0; i < 9; i++) {
        double ns = run_end(b, run(b, 0, 0, 0), 0);

        b->overhead = i && b->overhead < ns ? b->overhead : ns;
    }
}

const BenchDevice bench_dsa = { plug, begin };

/* From anywhere in the first half of the pool to anywhere in the other. */
static void fill_list(Bench *b, GRand *rand, uint32_t count, uint32_t size)
{
    g_autofree uint64_t *words = g_new0(uint64_t, count * 8);
    uint64_t half = BENCH_POOL_SIZE / 2;
    uint32_t i;

    for (i = 0; i < count; i++) {
        uint64_t *desc = &words[i * 8];

        desc[0] = 3ull << 56;
        desc[2] = b->ram + BENCH_POOL +
                  g_rand_int_range(rand, 0, half / size) * (uint64_t)size;
        desc[3] = b->ram + BENCH_POOL + half +
                  g_rand_int_range(rand, 0, half / size) * (uint64_t)size;
        desc[4] = size;
    }
    bench_write(b, b->list, words, count * 8);
}

double bench_dsa_move(Bench *b, uint64_t pages, uint32_t size)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    uint64_t descs = pages * 0x1000 / size, done;
    uint64_t moved = 0;
    double ns = 0;

    for (done = 0; done < descs; done += BATCH) {
        uint32_t count = MIN(descs - done, BATCH);
        uint64_t batch = (uint64_t)count * size / 0x1000;

        fill_list(b, rand, count, size);
        ns += run_end(b, run(b, 1, b->list, count), batch) - b->overhead;
        moved += batch;
    }
    return ns / moved;
}
