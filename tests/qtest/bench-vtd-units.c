/*
 * What `sva bench` measures on x86_64: no IOMMU, the stock one, sva-vtd
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "bench-unit.h"
#include "libsva-vtd.h"

#define DOMAIN          1ull
#define TTM_SCALABLE    0x400u
#define PASIDS_A_TABLE  64u
#define PTE_PS          (1ull << 7)     /* of both stages */
#define CCMD_GLOBAL     (1ull << 63 | 1ull << 61)
#define IOTLB_GLOBAL    (1ull << 63 | 1ull << 60)

static const unsigned functions[] = {
    SVA_TEST_DEVFN, DSA_DEVFN, BENCH_DISK_DEVFN,
};

static uint64_t context_table(Bench *b)
{
    uint64_t root = bench_alloc(b, 0x1000), context = bench_alloc(b, 0x1000);

    sva_put64(b->t, root, context | 1);
    vtd_set64(b->t, VTD_RTADDR,
              root | (b->unit->pasids ? TTM_SCALABLE : 0));
    return context;
}

/* Legacy mode, with the stock unit: 4 levels, invalidation by register. */
static void stock_flush(Bench *b)
{
    /* ECAP.IRO in bits 17:8; IOTLB_REG is the second register there. */
    unsigned iotlb = (vtd_read64(b->t, VTD_ECAP) >> 8 & 0x3ff) * 16 + 8;

    vtd_write64(b->t, iotlb, IOTLB_GLOBAL);
    g_assert_cmphex(vtd_read64(b->t, iotlb) >> 63, ==, 0);
}

static void stock_start(Bench *b)
{
    uint64_t context = context_table(b);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(functions); i++) {
        uint64_t entry = context + 16 * functions[i];

        /* P, TT=00; AW=48 bits */
        sva_put64(b->t, entry, (b->ram + BENCH_PGD) | 1);
        sva_put64(b->t, entry + 8, 2 | DOMAIN << 8);
    }
    vtd_command(b->t, VTD_SRTP);
    vtd_write64(b->t, VTD_CCMD, CCMD_GLOBAL);
    g_assert_cmphex(vtd_read64(b->t, VTD_CCMD) >> 63, ==, 0);
    stock_flush(b);
    vtd_command(b->t, VTD_TE);
}

static void vtd_units_start(Bench *b)
{
    uint64_t context;
    unsigned i;

    /* Room for the directory of 2^20 PASIDs. */
    b->t->pasid_dir = bench_alloc(b, 0x20000);
    vtd_queue_start(b->t);
    /* P, DTE, PASIDE, PRE; PDTS=7 */
    context = context_table(b);
    for (i = 0; i < G_N_ELEMENTS(functions); i++) {
        sva_put64(b->t, context + 32 * functions[i],
                  b->t->pasid_dir | 0x1d | 7 << 9);
    }
    vtd_command(b->t, VTD_SRTP);
    vtd_submit(b->t, 1 | 1 << 4, 0);    /* context cache, global */
    vtd_submit(b->t, 7 | 3 << 4, 0);    /* PASID cache, global */
    vtd_submit(b->t, 2 | 1 << 4, 0);    /* IOTLB, global */
    vtd_sync(b->t);
    vtd_command(b->t, VTD_TE);
}

static void vtd_units_bind(Bench *b, uint32_t count)
{
    uint64_t words[PASIDS_A_TABLE * 8] = { 0 }, table, entry;
    uint32_t n;

    for (n = 0; n < PASIDS_A_TABLE; n++) {
        /* P, PGTT=001; domain, PWSNP; four levels */
        words[n * 8] = 1 | 1 << 6;
        words[n * 8 + 1] = DOMAIN | 1 << 23;
        words[n * 8 + 2] = b->ram + BENCH_PGD;
    }
    for (n = 0; n <= count; n += PASIDS_A_TABLE) {
        table = bench_alloc(b, sizeof(words));
        bench_write(b, table, words, ARRAY_SIZE(words));
        entry = table | 1;
        bench_write(b, b->t->pasid_dir + n / PASIDS_A_TABLE * 8, &entry, 1);
    }
}

static void vtd_units_flush(Bench *b)
{
    vtd_submit(b->t, 2 | 1 << 4, 0);
    /* The device's TLB: S=1 and an address of ones below bit 63. */
    vtd_submit(b->t, 8 | SVA_TEST_RID << 16 | (uint64_t)b->ctx.pasid << 32,
               0x7ffffffffffff000ull | 1 << 11);
    vtd_sync(b->t);
}

#define FIRST_STAGE                                                     \
    .table = PTE_P | PTE_W | PTE_U | PTE_A,                             \
    .leaf = PTE_P | PTE_W | PTE_U | PTE_A | PTE_D,                      \
    .huge = PTE_P | PTE_W | PTE_U | PTE_A | PTE_D | PTE_PS,             \
    .start = vtd_units_start,                                           \
    .bind = vtd_units_bind,                                             \
    .flush = vtd_units_flush

const BenchUnit bench_vtd_units[] = {
    {
        .arch = "x86_64", .config = "none", .mode = "none",
        .board = &sva_board_q35,
    }, {
        .arch = "x86_64", .config = "intel-iommu", .mode = "legacy",
        .board = &sva_board_q35, .iommu = "intel-iommu,aw-bits=48",
        .table = 3, .leaf = 3, .huge = 3 | PTE_PS,      /* R, W */
        .start = stock_start, .flush = stock_flush,
    }, {
        .arch = "x86_64", .config = "sva-vtd", .mode = "untranslated",
        .board = &sva_board_q35, .iommu = "sva-vtd,id=vtd",
        .accel_mode = SVA_MODE_UNTRANSLATED, .pasids = true,
        FIRST_STAGE,
    }, {
        .arch = "x86_64", .config = "sva-vtd", .mode = "ats",
        .board = &sva_board_q35, .iommu = "sva-vtd,id=vtd",
        /* A TLB of its own that holds all of the pool. */
        .accel = ",atc-entries=131072",
        .accel_mode = SVA_MODE_ATS, .pasids = true,
        FIRST_STAGE,
    },
    { .arch = NULL }
};

/* The accelerator is there as well and does nothing. */
#define WITH_DSA                                                        \
    .arch = "x86_64", .board = &sva_board_q35, .device = &bench_dsa,    \
    .accel = DSA_ARGS ",atc-entries=131072"

const BenchUnit bench_dsa_units[] = {
    {
        WITH_DSA, .config = "none", .mode = "none",
    }, {
        WITH_DSA, .config = "sva-vtd", .mode = "ats",
        .iommu = "sva-vtd,id=vtd", .pasids = true,
        FIRST_STAGE,
    },
    { .arch = NULL }
};

/* Requests have no PASID: they go by the entry of PASID 0. */
#define WITH_DISK                                                       \
    .arch = "x86_64", .board = &sva_board_q35, .device = &bench_disk,   \
    .accel = BENCH_DISK

const BenchUnit bench_vtd_disk_units[] = {
    {
        WITH_DISK, .config = "none", .mode = "none",
    }, {
        WITH_DISK, .config = "intel-iommu", .mode = "legacy",
        .iommu = "intel-iommu,aw-bits=48", .table = 3, .leaf = 3,
        .start = stock_start, .flush = stock_flush,
    }, {
        WITH_DISK, .config = "sva-vtd", .mode = "untranslated",
        .iommu = "sva-vtd,id=vtd", .pasids = true,
        FIRST_STAGE,
    },
    { .arch = NULL }
};
