/*
 * What `sva bench` measures on aarch64: no IOMMU, the stock one, sva-smmuv3
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "bench-unit.h"
#include "libsva-smmu.h"

#define QUEUE_LOG2      8
#define STREAMS_LOG2    8
#define SSID_LOG2       17
#define CDS_A_TABLE     64u

#define CFGI_ALL        0x04ull
#define TLBI_NSNH_ALL   0x30ull
#define ATC_INV         0x40ull
#define SSV             (1ull << 11)

/* Table descriptor of a page table. */
#define TABLE           3ull

/* QEMU's own SMMU comes with the machine. */
static const SvaBoard board_stock = {
    .machine = "virt,gic-version=3,highmem=off,iommu=smmuv3 -cpu cortex-a57",
    .accel = "sva-accel,id=acc,addr=4",
    .ram = 0x41000000,
    .ram_end = 0x50000000,
    .ecam = 0x3f000000,
};

/* ASIDs have 16 bits; address spaces that share one are the same here. */
static uint64_t cd_word0(uint32_t ssid)
{
    return smmu_cd_word0(ssid & 0xffff, CD_A | CD_R);
}

/* First word of an STE without SubstreamIDs: V, Config=101, one CD. */
static uint64_t one_cd(Bench *b)
{
    uint64_t cd = bench_alloc(b, 0x1000);

    sva_put64(b->t, cd + 8, b->ram + BENCH_PGD);
    sva_put64(b->t, cd, cd_word0(0));
    return 1 | 5 << 1 | cd;
}

/* Queues of commands and events, a linear stream table with two STEs. */
static void enable(Bench *b, uint64_t ste0, uint64_t ste1, uint32_t cr0)
{
    SvaTest *t = b->t;

    t->cmdq = bench_alloc(b, 0x1000);
    smmu_set64(t, SMMU_CMDQ_BASE, t->cmdq | QUEUE_LOG2);
    smmu_set32(t, SMMU_CMDQ_PROD, 0);
    smmu_set32(t, SMMU_CMDQ_CONS, 0);
    smmu_set64(t, SMMU_EVENTQ_BASE, bench_alloc(b, 0x2000) | QUEUE_LOG2);
    smmu_set32(t, SMMU_EVENTQ_PROD, 0);
    smmu_set32(t, SMMU_EVENTQ_CONS, 0);
    /* Aligned to its size of 16 KiB. */
    t->strtab = (bench_alloc(b, 0x8000) + 0x3fff) & ~0x3fffull;
    smmu_set64(t, SMMU_STRTAB_BASE, t->strtab);
    smmu_set32(t, SMMU_STRTAB_CFG, STREAMS_LOG2);
    sva_put64(t, smmu_ste_addr(t) + 8, ste1);
    sva_put64(t, smmu_ste_addr(t), ste0);
    sva_put64(t, t->strtab + 64 * BENCH_DISK_DEVFN, one_cd(b));
    smmu_cr0(t, SMMU_CMDQEN | SMMU_EVENTQEN);
    smmu_command(t, CFGI_ALL, 31);
    smmu_command(t, TLBI_NSNH_ALL, 0);
    smmu_sync(t);
    smmu_cr0(t, SMMU_CMDQEN | SMMU_EVENTQEN | cr0);
    smmu_cr0(t, SMMU_CMDQEN | SMMU_EVENTQEN | cr0 | SMMU_SMMUEN);
}

static void stock_start(Bench *b)
{
    enable(b, one_cd(b), 0, 0);
}

static void smmu_units_start(Bench *b)
{
    /* Pointers to tables of 64 CDs. */
    b->t->cd_table = bench_alloc(b, (1u << SSID_LOG2) / CDS_A_TABLE * 8);
    /* V, Config=101, S1FMT=01, S1CDMax=17; EATS=01 */
    enable(b, 1 | 5 << 1 | 1 << 4 | b->t->cd_table |
              (uint64_t)SSID_LOG2 << 59, 1 << 28, SMMU_ATSCHK);
}

static void smmu_units_bind(Bench *b, uint32_t count)
{
    uint64_t words[CDS_A_TABLE * 8] = { 0 }, table, entry;
    uint32_t first, n;

    for (first = 0; first <= count; first += CDS_A_TABLE) {
        for (n = 0; n < CDS_A_TABLE; n++) {
            words[n * 8] = cd_word0(first + n);
            words[n * 8 + 1] = b->ram + BENCH_PGD;
        }
        table = bench_alloc(b, sizeof(words));
        bench_write(b, table, words, ARRAY_SIZE(words));
        entry = table | 1;
        bench_write(b, b->t->cd_table + first / CDS_A_TABLE * 8, &entry, 1);
    }
}

static void stock_flush(Bench *b)
{
    smmu_command(b->t, TLBI_NSNH_ALL, 0);
    smmu_sync(b->t);
}

static void smmu_units_flush(Bench *b)
{
    smmu_command(b->t, TLBI_NSNH_ALL, 0);
    smmu_command(b->t, ATC_INV | SSV | (uint64_t)b->ctx.pasid << 12 |
                       (uint64_t)SVA_TEST_RID << 32, 52);
    smmu_sync(b->t);
}

#define TABLES .table = TABLE, .leaf = PAGE_USER_RW, \
               .huge = PAGE_USER_RW & ~2ull     /* a block */
#define SSIDS                                                           \
    .board = &sva_board_virt, .iommu = "sva-smmuv3,id=smmu,ssid-bits=17", \
    .pasids = true, TABLES, .start = smmu_units_start,                  \
    .bind = smmu_units_bind, .flush = smmu_units_flush

const BenchUnit bench_smmu_units[] = {
    {
        .arch = "aarch64", .config = "none", .mode = "none",
        .board = &sva_board_virt,
    }, {
        .arch = "aarch64", .config = "smmuv3", .mode = "untranslated",
        .board = &board_stock, TABLES,
        .start = stock_start, .flush = stock_flush,
    }, {
        .arch = "aarch64", .config = "sva-smmuv3", .mode = "untranslated",
        .accel_mode = SVA_MODE_UNTRANSLATED, SSIDS,
    }, {
        .arch = "aarch64", .config = "sva-smmuv3", .mode = "ats",
        /* A TLB of its own that holds all of the pool. */
        .accel = ",atc-entries=131072",
        .accel_mode = SVA_MODE_ATS, SSIDS,
    },
    { .arch = NULL }
};

#define WITH_DISK                                                       \
    .arch = "aarch64", .device = &bench_disk, .accel = BENCH_DISK

const BenchUnit bench_smmu_disk_units[] = {
    {
        WITH_DISK, .config = "none", .mode = "none",
        .board = &sva_board_virt,
    }, {
        WITH_DISK, .config = "smmuv3", .mode = "untranslated",
        .board = &board_stock, TABLES,
        .start = stock_start, .flush = stock_flush,
    }, {
        WITH_DISK, .config = "sva-smmuv3", .mode = "untranslated", SSIDS,
    },
    { .arch = NULL }
};
