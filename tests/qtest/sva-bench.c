/*
 * `sva bench`: the same accelerator, the same work, different IOMMUs
 *
 * Prints one JSON object for each sample; scripts/lib/sva/testing/bench.py
 * takes the medians.  All machines run side by side and take turns, so that a
 * busy host is unfair to none of them.  What is counted is processor time of
 * QEMU, less that of a job that does nothing.
 *
 *   sva-bench full|quick [checker|sink|dsa|iothreads]
 *
 * Copies are measured with pages of 4 KiB and of 2 MiB, and beside them what
 * the host can do: memcpy() of the same pages, "limit".
 *
 * With "checker" each machine with one of our IOMMUs is there three times:
 * without sva-checker, with it, and with paranoid=on.  With "sink" those with
 * one PASID are there with sva-events and without.  With "dsa" it is sva-dsa
 * that works, with "iothreads" a virtio disk, of which wall-clock time counts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <time.h>
#include "bench-limit.h"
#include "bench-unit.h"

#define RING_LOG2       12          /* the largest there is */
#define RING_SIZE       (1u << RING_LOG2)
#define HOT_PAGES       4
#define RESTARTS        20          /* of a machine whose disk fails */
#define MACHINES        32
#define MISS_RUNS       8           /* of Amount.misses each */

/*
 * Virtual time that work gets: about what it takes on the host, so that what
 * is done now and then, as by sva-checker, has the share that it has in a
 * guest.  A turn of the device, 256 requests, needs 1 microsecond.
 */
#define HIT_NS          100
#define MISS_NS         250
#define COPY_NS         1000        /* of a page */
#define TURNS_NS        100000      /* and a job, at least */

/* How much of everything. */
typedef struct Amount {
    unsigned repetitions;
    uint64_t copy_pages;
    uint64_t hits;
    uint64_t misses;
    uint64_t reads;
    uint32_t pasids[3];
} Amount;

static const Amount full = {
    .repetitions = 9, .copy_pages = 65536, .hits = 400000, .misses = 4096,
    .reads = 200000,
    .pasids = { 1, 1000, 100000 },
};

/* What is printed has the same shape. */
static const Amount quick = {
    .repetitions = 3, .copy_pages = 4096, .hits = 40000, .misses = 512,
    .reads = 20000,
    .pasids = { 1, 100, 1000 },
};

/* -- jobs -- */

double bench_processor_ns(Bench *b)
{
    struct timespec ts;
    clockid_t clock;

    g_assert_cmpint(clock_getcpuclockid(qtest_pid(b->t->qts), &clock), ==, 0);
    g_assert_cmpint(clock_gettime(clock, &ts), ==, 0);
    return ts.tv_sec * 1e9 + ts.tv_nsec;
}

double bench_wall_ns(void)
{
    struct timespec ts;

    g_assert_cmpint(clock_gettime(CLOCK_MONOTONIC, &ts), ==, 0);
    return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/*
 * Run descriptors, at most RING_SIZE; only the last has a record.  @virtual_ns:
 * time that they have, all of it at once: the turns of the device are not
 * measured.
 */
static double run_jobs(Bench *b, struct sva_desc *descs, unsigned count,
                       uint64_t virtual_ns)
{
    struct sva_completion done;
    unsigned i, part;
    double start;

    descs[count - 1].flags |= SVA_DF_COMPLETION;
    descs[count - 1].completion = b->record;
    for (i = 0; i < count; i += part) {
        unsigned slot = (b->ctx.tail + i) % RING_SIZE;

        part = MIN(count - i, RING_SIZE - slot);
        qtest_bufwrite(b->t->qts, b->ctx.ring + slot * sizeof(*descs),
                       &descs[i], part * sizeof(*descs));
    }
    b->ctx.tail += count;
    sva_put64(b->t, b->record, 0);
    start = bench_processor_ns(b);
    qtest_writel(b->t->qts, ACC_BAR2 + SVA_DB_TAIL, b->ctx.tail);
    qtest_clock_step(b->t->qts, TURNS_NS + virtual_ns);
    done = acc_completion(b->t, b->record);
    start = bench_processor_ns(b) - start;
    g_assert_cmphex(done.status, ==, SVA_ST_SUCCESS);
    return start;
}

static double run_touch(Bench *b, uint64_t addr, uint64_t pages,
                        uint64_t rounds, uint64_t virtual_ns)
{
    struct sva_desc desc = {
        .opcode = SVA_OP_TOUCH, .dst = addr, .size = pages * 0x1000,
        .stride = 0x1000, .rounds = rounds,
    };

    return (run_jobs(b, &desc, 1, pages * rounds * virtual_ns) -
            b->overhead) / (pages * rounds);
}

static double measure_hit(Bench *b, const Amount *much)
{
    return run_touch(b, b->ram + BENCH_POOL, HOT_PAGES,
                     much->hits / HOT_PAGES, HIT_NS);
}

/*
 * Every page for the first time, all of them one page of memory; -1: there is
 * nothing to miss.
 */
static double measure_miss(Bench *b, const Amount *much)
{
    double ns = 0;
    unsigned i;

    if (!b->unit->flush) {
        return -1;
    }
    for (i = 0; i < MISS_RUNS; i++) {
        b->unit->flush(b);
        ns += run_touch(b, b->ram + BENCH_ALIAS, much->misses, 1,
                        MISS_NS);
    }
    return ns / MISS_RUNS;
}

/* Nanoseconds for each 4 KiB of copies of @size bytes, @base being the pool. */
static double copy_pages(Bench *b, const Amount *much, uint32_t size,
                         uint64_t base)
{
    g_autofree struct sva_desc *descs = g_new(struct sva_desc, RING_SIZE);
    uint64_t count = much->copy_pages / (size >> 12), done;
    BenchPages pages = bench_pages_begin(size);
    double ns = 0;
    unsigned part, i;

    for (done = 0; done < count; done += part) {
        part = MIN(RING_SIZE, count - done);
        memset(descs, 0, RING_SIZE * sizeof(*descs));
        for (i = 0; i < part; i++) {
            bench_pages_next(&pages, &descs[i].src, &descs[i].dst);
            descs[i].opcode = SVA_OP_COPY;
            descs[i].src += base;
            descs[i].dst += base;
            descs[i].size = size;
        }
        ns += run_jobs(b, descs, part, (uint64_t)part * (size >> 12) *
                       COPY_NS) - b->overhead;
    }
    g_rand_free(pages.rand);
    return ns / much->copy_pages;
}

static double measure_copy(Bench *b, const Amount *much)
{
    return copy_pages(b, much, 0x1000, b->ram + BENCH_POOL);
}

/* Without page tables an address is what it is. */
static double measure_copy_huge(Bench *b, const Amount *much)
{
    return copy_pages(b, much, BENCH_HUGE_PAGE,
                      b->ram + (b->unit->start ? BENCH_HUGE : BENCH_POOL));
}

static double measure_overhead(Bench *b)
{
    struct sva_desc nop = { .opcode = SVA_OP_NOP };
    double least = 0;
    unsigned i;

    for (i = 0; i < 9; i++) {
        double ns = run_jobs(b, &nop, 1, 0);

        least = i && least < ns ? least : ns;
    }
    return least;
}

/* -- machines -- */

/* Each PASID makes a request, so that it is in every cache that it fits. */
static void touch_pasids(Bench *b)
{
    uint64_t data = 0;
    uint32_t pasid;

    for (pasid = 1; pasid <= b->pasids; pasid++) {
        acc_write32(b->t, SVA_CTX(0, SVA_CTX_PROBE_PASID),
                    pasid | SVA_CFG_PASID_EN);
        acc_write32(b->t, SVA_CTX(0, SVA_CTX_PROBE_CTRL), SVA_PROBE_READ);
    }
    g_assert_cmphex(acc_probe(b->t, &b->ctx, SVA_PROBE_READ,
                              b->ram + BENCH_POOL, &data) &
                    SVA_PROBEST_RESULT, ==, SVA_PROBE_OK);
}

static void plug_accel(Bench *b)
{
    acc_map_bars(b->t);
    if (b->unit->pasids) {
        acc_enable_caps(b->t, 32);
    }
}

static void start_accel(Bench *b)
{
    AccContext *c = &b->ctx;

    c->pasid = b->pasids;
    c->pasid_en = b->pasids;
    c->mode = b->unit->accel_mode;
    c->ring = sva_alloc(b->t, RING_SIZE * sizeof(struct sva_desc));
    b->record = sva_alloc(b->t, 0x1000);
    acc_set32(b->t, SVA_CTX(0, SVA_CTX_CFG),
              c->pasid | (c->pasid_en ? SVA_CFG_PASID_EN : 0) |
              c->mode << SVA_CFG_MODE_SHIFT);
    acc_set64(b->t, SVA_CTX(0, SVA_CTX_RING_BASE), c->ring);
    acc_set32(b->t, SVA_CTX(0, SVA_CTX_RING_SIZE), RING_LOG2);
    acc_set64(b->t, SVA_CTX(0, SVA_CTX_PROBE_ADDR), b->ram + BENCH_POOL);
    g_assert_cmphex(acc_command(b->t, c, SVA_CMD_ENABLE), ==, SVA_CMDRES_OK);
    if (b->pasids) {
        touch_pasids(b);
    }
    b->overhead = measure_overhead(b);
}

static const BenchDevice accelerator = { plug_accel, start_accel };

/* What is added to the machine, with the name that results have. */
typedef struct Attached {
    const char *name;
    const char *device;
} Attached;

/*
 * Lists of them end with NULL; the first one is what the others are compared
 * with.
 */
static const Attached nothing[] = { { "off", "" }, { NULL, NULL } };

static const Attached checkers[] = {
    { "off", "" },
    { "report", " -device sva-checker" },
    { "paranoid", " -device sva-checker,paranoid=on" },
    { NULL, NULL }
};

/* Nobody is slow to read. */
#define EVENTS " -chardev null,id=events -device sva-events,chardev=events"

static const Attached sinks[] = {
    { "off", "" },
    { "json", EVENTS },
    { "no-hits", EVENTS ",hits=off" },
    { NULL, NULL }
};

typedef double MeasureFn(Bench *b, const Amount *much);

/* @size: of the pages that are copied, to compare with the host; or 0 */
typedef struct Measure {
    const char *what;
    MeasureFn *fn;
    uint32_t size;
} Measure;

/* What is said in the second word. */
typedef struct Mode {
    const char *name;
    const Attached *attached;
    bool ours;                  /* not those without PASIDs */
    bool one;                   /* PASID */
    const BenchUnit *x86_64;
    const BenchUnit *aarch64;   /* or NULL */
    const Measure *measures;
} Mode;

static void start_machine(Bench *b, const BenchUnit *unit, uint32_t pasids,
                          const Attached *attached)
{
    const BenchDevice *device = unit->device ? unit->device : &accelerator;
    g_autofree char *accel = g_strconcat(unit->accel ? unit->accel : "",
                                         attached->device, NULL);

    b->unit = unit;
    b->pasids = pasids;
    b->attached = attached->name;
    b->options = attached->device;
    b->t = sva_board_start_with(unit->board, unit->iommu, accel, BENCH_RAM);
    b->ram = unit->board->ram & ~0x3fffffffull;
    b->next_table = b->ram + BENCH_UNIT_RAM;
    /* What the host has not given yet it would give while we measure. */
    qtest_memset(b->t->qts, b->ram + BENCH_POOL, 0x5a, BENCH_POOL_SIZE);
    device->plug(b);
    if (unit->start) {
        bench_make_tables(b, full.misses);
        unit->start(b);
    }
    if (unit->bind) {
        unit->bind(b, pasids);
    }
    device->start(b);
}

/* With each of what is attached. */
static unsigned start_unit(Bench *benches, unsigned count,
                           const BenchUnit *unit, uint32_t pasids,
                           const Attached *attached)
{
    for (; attached->name; attached++) {
        g_assert_cmpuint(count, <, MACHINES);
        start_machine(&benches[count++], unit, pasids, attached);
    }
    return count;
}

static unsigned start_machines(Bench *benches, const BenchUnit *unit,
                               const Amount *much, const Mode *mode)
{
    unsigned i, count = 0;

    for (; unit->arch; unit++) {
        if (strcmp(unit->arch, qtest_get_arch()) ||
            (mode->ours && !unit->pasids)) {
            continue;
        }
        for (i = 0; i < (unit->pasids && !unit->device && !mode->one
                         ? ARRAY_SIZE(much->pasids) : 1); i++) {
            count = start_unit(benches, count, unit,
                               unit->pasids ? much->pasids[i] : 0,
                               mode->attached);
        }
    }
    return count;
}

static void print_limit(const char *what, double ns)
{
    printf("{\"arch\": \"%s\", \"config\": \"limit\", \"mode\": \"memcpy\", "
           "\"pasids\": 0, \"what\": \"%s\", \"ns\": %.3f}\n",
           qtest_get_arch(), what, ns);
    fflush(stdout);
}

static void print_sample(const Bench *b, const char *what, double value)
{
    printf("{\"arch\": \"%s\", \"config\": \"%s\", \"mode\": \"%s\", "
           "\"pasids\": %u, \"attached\": \"%s\", \"what\": \"%s\", "
           "\"ns\": %.3f}\n", b->unit->arch, b->unit->config, b->unit->mode,
           b->pasids, b->attached, what, value);
    fflush(stdout);
}

static void restart_machine(Bench *b)
{
    Bench old = *b;
    Attached attached = { old.attached, old.options };

    sva_test_end(old.t);
    memset(b, 0, sizeof(*b));
    start_machine(b, old.unit, old.pasids, &attached);
}

/* A machine whose disk fails is not what is measured: another one is. */
static double measure_machine(Bench *b, const Amount *much, const Measure *m)
{
    double ns = m->fn(b, much);

    for (unsigned i = 0; i < RESTARTS && ns == BENCH_FAILED; i++) {
        restart_machine(b);
        ns = m->fn(b, much);
    }
    if (ns == BENCH_FAILED) {
        fprintf(stderr, "%s: each disk behind %s fails\n", m->what,
                b->unit->config);
        exit(2);
    }
    return ns;
}

/* In turn; the first round, in which caches are filled, is not counted. */
static void measure(Bench *benches, unsigned count, const Amount *much,
                    const Measure *m)
{
    unsigned round, i;

    for (round = 0; round <= much->repetitions; round++) {
        if (m->size) {
            double ns = bench_limit(much->copy_pages, m->size);

            if (round) {
                print_limit(m->what, ns);
            }
        }
        for (i = 0; i < count; i++) {
            double ns = measure_machine(&benches[i], much, m);

            if (round && ns >= 0) {
                print_sample(&benches[i], m->what, ns);
            }
        }
    }
}

static double measure_small_moves(Bench *b, const Amount *much)
{
    return bench_dsa_move(b, much->copy_pages, 0x1000);
}

static double measure_large_moves(Bench *b, const Amount *much)
{
    return bench_dsa_move(b, much->copy_pages, 0x200000);
}

static double measure_one_thread(Bench *b, const Amount *much)
{
    return bench_disk_reads(b, 1, much->reads);
}

static double measure_two_threads(Bench *b, const Amount *much)
{
    return bench_disk_reads(b, 2, much->reads);
}

static double measure_four_threads(Bench *b, const Amount *much)
{
    return bench_disk_reads(b, 4, much->reads);
}

static const Measure accesses[] = {
    { "hit", measure_hit }, { "copy-page", measure_copy, 0x1000 },
    { "copy-huge", measure_copy_huge, BENCH_HUGE_PAGE },
    { "miss", measure_miss }, { NULL }
};

/* Compared with themselves. */
static const Measure listened[] = {
    { "hit", measure_hit }, { "copy-page", measure_copy },
    { "miss", measure_miss }, { NULL }
};

static const Measure moves[] = {
    { "move-4k", measure_small_moves }, { "move-2m", measure_large_moves },
    { NULL }
};

static const Measure reads[] = {
    { "read-1", measure_one_thread }, { "read-2", measure_two_threads },
    { "read-4", measure_four_threads }, { NULL }
};

static const Mode modes[] = {
    { .name = "", .attached = nothing, .x86_64 = bench_vtd_units,
      .aarch64 = bench_smmu_units, .measures = accesses },
    { .name = "checker", .attached = checkers, .ours = true,
      .x86_64 = bench_vtd_units, .aarch64 = bench_smmu_units,
      .measures = listened },
    { .name = "sink", .attached = sinks, .ours = true, .one = true,
      .x86_64 = bench_vtd_units, .aarch64 = bench_smmu_units,
      .measures = listened },
    { .name = "dsa", .attached = nothing, .x86_64 = bench_dsa_units,
      .measures = moves },
    { .name = "iothreads", .attached = nothing,
      .x86_64 = bench_vtd_disk_units, .aarch64 = bench_smmu_disk_units,
      .measures = reads },
};

static const BenchUnit *units(const Mode *mode)
{
    static const BenchUnit none[] = { { .arch = NULL } };
    const BenchUnit *list = strcmp(qtest_get_arch(), "aarch64")
                            ? mode->x86_64 : mode->aarch64;

    return list ? list : none;
}

static void measure_all(Bench *benches, unsigned count, const Amount *much,
                        const Mode *mode)
{
    for (const Measure *m = mode->measures; m->what; m++) {
        measure(benches, count, much, m);
    }
}

static const Mode *find_mode(const char *name)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(modes); i++) {
        if (!strcmp(modes[i].name, name)) {
            return &modes[i];
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static Bench benches[MACHINES];
    const Mode *mode = argc > 3 ? NULL : find_mode(argc == 3 ? argv[2] : "");
    const Amount *much = NULL;
    unsigned count, i;

    if (argc > 1 && mode) {
        much = !strcmp(argv[1], "quick") ? &quick
               : !strcmp(argv[1], "full") ? &full : NULL;
    }
    if (!much) {
        fprintf(stderr, "usage: sva-bench full|quick "
                "[checker|sink|dsa|iothreads]\n");
        return 2;
    }
    count = start_machines(benches, units(mode), much, mode);
    if (!count) {
        fprintf(stderr, "nothing to measure on %s\n", qtest_get_arch());
        return 2;
    }
    measure_all(benches, count, much, mode);
    for (i = 0; i < count; i++) {
        sva_test_end(benches[i].t);
    }
    return 0;
}
