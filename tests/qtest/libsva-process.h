/*
 * A process bound to a PASID of the test function, made of page tables in
 * guest memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_PROCESS_H
#define TESTS_QTEST_LIBSVA_PROCESS_H

#include "libsva-accel.h"
#include "libsva-smmu.h"
#include "libsva-vtd.h"

#define RING_VA     0x7f1000000000ull
#define REC_VA      0x7f1000001000ull
#define SRC_VA      0x7f1000100000ull
#define DST_VA      0x7f1000200000ull
#define BUF_PAGES   4

/* Leaf entries of a user page, as the processor finds them at first. */
#define PTE_USER_RW (PTE_P | PTE_W | PTE_U)
#define PTE_USER_RO (PTE_P | PTE_U)

typedef struct Process {
    uint64_t pgd;
    uint64_t rec;               /* physical addresses */
    uint64_t src;
    uint64_t dst;
    uint64_t dst_pte;           /* where the entry of DST_VA is */
    AccContext ctx;
} Process;

/*
 * Start IOMMU and device, bind @pasid, enable context 0 in @mode.  Ring,
 * record, source and destination are mapped, source and destination filled.
 */
SvaTest *process_start(Process *p, uint32_t pasid, uint32_t mode);
SvaTest *process_start_on(const SvaBoard *board, Process *p, uint32_t pasid,
                          uint32_t mode);
/* The same on a machine that was reset or had nothing started yet. */
void process_setup(SvaTest *t, Process *p, uint32_t pasid, uint32_t mode);

/* Map a page for reading and writing; the address of its entry. */
uint64_t process_map(SvaTest *t, const Process *p, uint64_t va, uint64_t pa);

/* Submit one copy of @size bytes with BLOCK_ON_FAULT and a record. */
void process_copy(SvaTest *t, Process *p, uint64_t size);
/* ... and wait for its record. */
struct sva_completion process_copy_done(SvaTest *t, Process *p);

/* ATS invalidation of everything of the PASID, as at unbind. */
void process_flush_atc(SvaTest *t, Process *p);
/* Page group response; @prq_qw1: second word of a request of that group. */
void process_respond(SvaTest *t, Process *p, uint64_t prq_qw1, unsigned code);

#endif
