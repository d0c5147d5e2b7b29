/*
 * A process made of page tables in guest memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

typedef uint64_t MapFn(SvaTest *t, uint64_t pgd, uint64_t va, uint64_t pa,
                       uint64_t flags);

/* What it takes on a board; @flags: of a user's page that is writable. */
typedef struct ProcessOps {
    void (*start)(SvaTest *t);
    MapFn *map;
    uint64_t flags;
    void (*bind)(SvaTest *t, const Process *p);
    void (*flush_atc)(SvaTest *t, uint32_t pasid);
    void (*respond)(SvaTest *t, uint32_t pasid, uint64_t word,
                    unsigned code);
} ProcessOps;

static void bind_vtd(SvaTest *t, const Process *p)
{
    vtd_bind(t, p->ctx.pasid, p->pgd);
}

static void flush_atc_vtd(SvaTest *t, uint32_t pasid)
{
    /* S=1 and an address of ones below bit 63: everything. */
    vtd_submit(t, 8 | SVA_TEST_RID << 16 | (uint64_t)pasid << 32,
               0x7ffffffffffff000ull | 1 << 11);
    vtd_sync(t);
}

static void respond_vtd(SvaTest *t, uint32_t pasid, uint64_t word,
                        unsigned code)
{
    vtd_submit(t, 9 | 1 << 4 | code << 12 | SVA_TEST_RID << 16 |
                  (uint64_t)pasid << 32, word & 0xffc);
    vtd_sync(t);
}

static const ProcessOps on_vtd = {
    .start = vtd_start,
    .map = vtd_map,
    .flags = PTE_USER_RW,
    .bind = bind_vtd,
    .flush_atc = flush_atc_vtd,
    .respond = respond_vtd,
};

/* Stalls, as for a function that is said to be able to wait. */
static void bind_smmu(SvaTest *t, const Process *p)
{
    smmu_bind(t, p->ctx.pasid, p->pgd, CD_S | CD_R | CD_A);
}

static void respond_smmu(SvaTest *t, uint32_t pasid, uint64_t word,
                         unsigned code)
{
    /* CMD_PRI_RESP has codes of its own: 0 failure, 1 invalid, 2 success. */
    static const uint8_t resp[] = { [0] = 2, [1] = 1, [15] = 0 };

    smmu_command(t, 0x41 | 1 << 11 | (uint64_t)pasid << 12 |
                    (uint64_t)SVA_TEST_RID << 32,
                 (word & 0x1ff) | resp[code] << 12);
}

static const ProcessOps on_smmu = {
    .start = smmu_start,
    .map = smmu_map,
    .flags = PAGE_USER_RW,
    .bind = bind_smmu,
    .flush_atc = smmu_flush_atc,
    .respond = respond_smmu,
};

static const ProcessOps *ops_of(const SvaTest *t)
{
    return t->board == &sva_board_virt ? &on_smmu : &on_vtd;
}

static uint64_t map_buffer(SvaTest *t, Process *p, uint64_t va, uint64_t seed)
{
    uint64_t pa = sva_alloc(t, BUF_PAGES * 0x1000);
    unsigned i;

    for (i = 0; i < BUF_PAGES; i++) {
        process_map(t, p, va + i * 0x1000, pa + i * 0x1000);
    }
    sva_fill(t, pa, BUF_PAGES * 0x1000, seed);
    return pa;
}

void process_setup(SvaTest *t, Process *p, uint32_t pasid, uint32_t mode)
{
    acc_start(t);
    ops_of(t)->start(t);
    *p = (Process) {
        .pgd = sva_alloc(t, 0x1000),
        .rec = sva_alloc(t, 0x1000),
        .ctx = {
            .pasid = pasid, .pasid_en = true, .mode = mode,
            .ring = RING_VA, .ring_pa = sva_alloc(t, 0x1000),
        },
    };
    process_map(t, p, RING_VA, p->ctx.ring_pa);
    process_map(t, p, REC_VA, p->rec);
    p->src = map_buffer(t, p, SRC_VA, 1);
    p->dst = map_buffer(t, p, DST_VA, 2);
    p->dst_pte = process_map(t, p, DST_VA, p->dst);
    ops_of(t)->bind(t, p);
    acc_enable(t, &p->ctx);
}

uint64_t process_map(SvaTest *t, const Process *p, uint64_t va, uint64_t pa)
{
    return ops_of(t)->map(t, p->pgd, va, pa, ops_of(t)->flags);
}

SvaTest *process_start_on(const SvaBoard *board, Process *p, uint32_t pasid,
                          uint32_t mode)
{
    SvaTest *t = sva_board_start(board, "", "");

    process_setup(t, p, pasid, mode);
    return t;
}

SvaTest *process_start(Process *p, uint32_t pasid, uint32_t mode)
{
    return process_start_on(&sva_board_q35, p, pasid, mode);
}

void process_copy(SvaTest *t, Process *p, uint64_t size)
{
    struct sva_desc desc = {
        .opcode = SVA_OP_COPY,
        .flags = SVA_DF_BLOCK_ON_FAULT | SVA_DF_COMPLETION,
        .id = 0x1d,
        .src = SRC_VA,
        .dst = DST_VA,
        .size = size,
        .completion = REC_VA,
    };

    sva_put64(t, p->rec, 0);
    acc_submit(t, &p->ctx, &desc);
}

struct sva_completion process_copy_done(SvaTest *t, Process *p)
{
    struct sva_completion done = acc_completion(t, p->rec);

    g_assert_cmphex(done.id, ==, 0x1d);
    return done;
}

void process_flush_atc(SvaTest *t, Process *p)
{
    ops_of(t)->flush_atc(t, p->ctx.pasid);
}

void process_respond(SvaTest *t, Process *p, uint64_t prq_qw1, unsigned code)
{
    ops_of(t)->respond(t, p->ctx.pasid, prq_qw1, code);
}
