/*
 * Driving a VT-d unit by hand: registers, queues, tables
 *
 * Offsets and layouts are written out as the VT-d specification has them,
 * apart from the headers of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_VTD_H
#define TESTS_QTEST_LIBSVA_VTD_H

#include "libsva.h"

#define VTD_BASE    0xfed90000u

/* Registers */
#define VTD_VER     0x00
#define VTD_CAP     0x08
#define VTD_ECAP    0x10
#define VTD_GCMD    0x18
#define VTD_GSTS    0x1c
#define VTD_RTADDR  0x20
#define VTD_CCMD    0x28
#define VTD_FSTS    0x34
#define VTD_FECTL   0x38
#define VTD_FEDATA  0x3c
#define VTD_FEADDR  0x40
#define VTD_FEUADDR 0x44
#define VTD_IQH     0x80
#define VTD_IQT     0x88
#define VTD_IQA     0x90
#define VTD_ICS     0x9c
#define VTD_IECTL   0xa0
#define VTD_IQERCD  0xb0
#define VTD_IRTA    0xb8
#define VTD_PQH     0xc0
#define VTD_PQT     0xc8
#define VTD_PQA     0xd0
#define VTD_PRS     0xdc
#define VTD_PECTL   0xe0

/* GCMD and GSTS */
#define VTD_TE      0x80000000u
#define VTD_SRTP    0x40000000u
#define VTD_QIE     0x04000000u
#define VTD_IRE     0x02000000u
#define VTD_SIRTP   0x01000000u
#define VTD_CFI     0x00800000u

/* First-stage entries */
#define PTE_P       0x001ull
#define PTE_W       0x002ull
#define PTE_U       0x004ull
#define PTE_A       0x020ull
#define PTE_D       0x040ull
#define PTE_ADDR    0x000ffffffffff000ull

#define VTD_FPD     2ull            /* in PASID entry word 0 */

uint32_t vtd_read32(SvaTest *t, unsigned off);
uint64_t vtd_read64(SvaTest *t, unsigned off);
void vtd_write32(SvaTest *t, unsigned off, uint32_t val);
void vtd_write64(SvaTest *t, unsigned off, uint64_t val);
/* Write, and see that it reads back. */
void vtd_set64(SvaTest *t, unsigned off, uint64_t val);

/* Write one bit of GCMD the way software has to, see it in GSTS. */
void vtd_command(SvaTest *t, uint32_t bit);
void vtd_command_off(SvaTest *t, uint32_t bit);

/* Invalidation queue with 256-bit descriptors. */
void vtd_queue_start(SvaTest *t);
/* Write a descriptor; the second one moves the tail as well. */
void vtd_queue_put(SvaTest *t, uint64_t qw0, uint64_t qw1);
void vtd_submit(SvaTest *t, uint64_t qw0, uint64_t qw1);
/* A wait descriptor; true if its status was written before this returns. */
bool vtd_wait_done(SvaTest *t, uint64_t flags);
/* ... which must be so. */
void vtd_sync(SvaTest *t);

/* Queue, page request queue, scalable-mode tables of the test function, TE. */
void vtd_start(SvaTest *t);

/* PASID table entry, and the invalidations that go with a change. */
void vtd_pasid_put(SvaTest *t, uint32_t pasid, uint64_t qw0, uint64_t qw1,
                   uint64_t qw2);
uint64_t vtd_pasid_entry(SvaTest *t, uint32_t pasid);
/* Bind first-stage tables at @pgd, with domain 1. */
void vtd_bind(SvaTest *t, uint32_t pasid, uint64_t pgd);
void vtd_pasid_flush(SvaTest *t, uint32_t pasid);

/* Map one page in 4-level tables; @flags of the leaf.  Its entry's address. */
uint64_t vtd_map(SvaTest *t, uint64_t pgd, uint64_t va, uint64_t pa,
                 uint64_t flags);

/* Words of fault record @n. */
void vtd_fault(SvaTest *t, unsigned n, uint64_t *lo, uint64_t *hi);
void vtd_assert_no_fault(SvaTest *t);
/* Clear all fault records and FSTS. */
void vtd_faults_clear(SvaTest *t);

/* Next entry of the page request queue, which must be there. */
void vtd_prq_pop(SvaTest *t, uint64_t *qw0, uint64_t *qw1);
bool vtd_prq_empty(SvaTest *t);

#endif
