/*
 * What a request costs, host time; run with -m perf
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

#define PASID       0x25
#define PERF_RUNS   5           /* the best one counts: hosts are busy */

typedef struct PerfCase {
    const char *name;
    uint32_t mode;
    uint64_t pages;             /* in the range, one word of each is touched */
    uint64_t rounds;
    uint64_t copy;              /* or bytes of one copy */
} PerfCase;

#define RANGE_VA 0x7f2000000000ull

static void perf_run(gconstpointer data)
{
    const PerfCase *c = data;
    Process p;
    SvaTest *t = process_start(&p, PASID, c->mode);
    uint64_t pa = sva_alloc(t, 0x1000), i;
    uint64_t accesses = c->copy ? c->copy / 0x800 : c->pages * c->rounds;
    struct sva_desc desc = {
        .opcode = c->copy ? SVA_OP_COPY : SVA_OP_TOUCH,
        .flags = SVA_DF_COMPLETION,
        .src = RANGE_VA + c->copy,
        .dst = RANGE_VA,
        .size = c->copy ? c->copy : c->pages * 0x1000,
        .stride = 0x1000,
        .rounds = c->rounds,
        .completion = REC_VA,
    };
    double start, seconds, best = 0;

    /* One page of memory behind all: the walks are what is measured. */
    for (i = 0; i < c->pages; i++) {
        vtd_map(t, p.pgd, RANGE_VA + i * 0x1000, pa, PTE_USER_RW);
    }
    for (i = 0; i < PERF_RUNS; i++) {
        sva_put64(t, p.rec, 0);
        start = g_get_monotonic_time();
        acc_submit(t, &p.ctx, &desc);
        /*
         * All of it at once: the turns of the device are not measured.  No
         * more than it takes, or sva-checker would sweep all the time.
         */
        qtest_clock_step(t->qts, 100000 + accesses * 100);
        g_assert_cmphex(acc_completion(t, p.rec).status, ==, 1);
        seconds = (g_get_monotonic_time() - start) / 1e6;
        best = i && best < seconds ? best : seconds;
    }
    g_test_message("%s: %.0f ns a request, %.2f GB/s", c->name,
                   best * 1e9 / accesses,
                   c->copy ? c->copy / best / 1e9 : 0);
    sva_test_end(t);
}

static const PerfCase cases[] = {
    { "untranslated-hit", SVA_MODE_UNTRANSLATED, 4, 200000 },
    { "untranslated-128", SVA_MODE_UNTRANSLATED, 128, 5000 },
    { "untranslated-miss", SVA_MODE_UNTRANSLATED, 8192, 50 },
    { "atc-hit", SVA_MODE_ATS, 4, 200000 },
    { "atc-miss", SVA_MODE_ATS, 8192, 50 },
    { "untranslated-copy", SVA_MODE_UNTRANSLATED, 8192, 1, 16 << 20 },
};

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < ARRAY_SIZE(cases) && g_test_perf(); i++) {
        g_autofree char *name = g_strconcat("sva/perf/", cases[i].name, NULL);

        qtest_add_data_func(name, &cases[i], perf_run);
    }
    return g_test_run();
}
