/*
 * A process made of page tables in guest memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-process.h"

static uint64_t map_buffer(SvaTest *t, Process *p, uint64_t va, uint64_t seed)
{
    uint64_t pa = sva_alloc(t, BUF_PAGES * 0x1000);
    unsigned i;

    for (i = 0; i < BUF_PAGES; i++) {
        vtd_map(t, p->pgd, va + i * 0x1000, pa + i * 0x1000, PTE_USER_RW);
    }
    sva_fill(t, pa, BUF_PAGES * 0x1000, seed);
    return pa;
}

void process_setup(SvaTest *t, Process *p, uint32_t pasid, uint32_t mode)
{
    acc_start(t);
    vtd_start(t);
    *p = (Process) {
        .pgd = sva_alloc(t, 0x1000),
        .rec = sva_alloc(t, 0x1000),
        .ctx = {
            .pasid = pasid, .pasid_en = true, .mode = mode,
            .ring = RING_VA, .ring_pa = sva_alloc(t, 0x1000),
        },
    };
    vtd_map(t, p->pgd, RING_VA, p->ctx.ring_pa, PTE_USER_RW);
    vtd_map(t, p->pgd, REC_VA, p->rec, PTE_USER_RW);
    p->src = map_buffer(t, p, SRC_VA, 1);
    p->dst = map_buffer(t, p, DST_VA, 2);
    p->dst_pte = vtd_map(t, p->pgd, DST_VA, p->dst, PTE_USER_RW);
    vtd_bind(t, pasid, p->pgd);
    acc_enable(t, &p->ctx);
}

SvaTest *process_start(Process *p, uint32_t pasid, uint32_t mode)
{
    SvaTest *t = sva_test_start("", "");

    process_setup(t, p, pasid, mode);
    return t;
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
    /* S=1 and an address of ones below bit 63: everything. */
    vtd_submit(t, 8 | SVA_TEST_RID << 16 | (uint64_t)p->ctx.pasid << 32,
               0x7ffffffffffff000ull | 1 << 11);
    vtd_sync(t);
}

void process_respond(SvaTest *t, Process *p, uint64_t prq_qw1, unsigned code)
{
    vtd_submit(t, 9 | 1 << 4 | code << 12 | SVA_TEST_RID << 16 |
                  (uint64_t)p->ctx.pasid << 32, prq_qw1 & 0xffc);
    vtd_sync(t);
}
