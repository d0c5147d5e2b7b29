/*
 * Driving an SMMUv3 by hand: registers, queues, tables
 *
 * Offsets and layouts are written out as IHI 0070 G.b has them, apart from the
 * headers of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_SMMU_H
#define TESTS_QTEST_LIBSVA_SMMU_H

#include "libsva.h"

#define SMMU_BASE           0x09050000u

/* Registers */
#define SMMU_IDR0           0x00
#define SMMU_IDR1           0x04
#define SMMU_IDR5           0x14
#define SMMU_CR0            0x20
#define SMMU_CR0ACK         0x24
#define SMMU_CR1            0x28
#define SMMU_CR2            0x2c
#define SMMU_GBPA           0x44
#define SMMU_IRQ_CTRL       0x50
#define SMMU_GERROR         0x60
#define SMMU_GERRORN        0x64
#define SMMU_STRTAB_BASE    0x80
#define SMMU_STRTAB_CFG     0x88
#define SMMU_CMDQ_BASE      0x90
#define SMMU_CMDQ_PROD      0x98
#define SMMU_CMDQ_CONS      0x9c
#define SMMU_EVENTQ_BASE    0xa0
#define SMMU_EVENTQ_PROD    0x100a8
#define SMMU_EVENTQ_CONS    0x100ac
#define SMMU_PRIQ_BASE      0xc0
#define SMMU_PRIQ_PROD      0x100c8
#define SMMU_PRIQ_CONS      0x100cc

/* CR0 */
#define SMMU_SMMUEN         0x01u
#define SMMU_PRIQEN         0x02u
#define SMMU_EVENTQEN       0x04u
#define SMMU_CMDQEN         0x08u
#define SMMU_ATSCHK         0x10u

/* CD, word 0 */
#define CD_EPD0             (1ull << 14)
#define CD_HD               (1ull << 42)
#define CD_HA               (1ull << 43)
#define CD_S                (1ull << 44)
#define CD_R                (1ull << 45)
#define CD_A                (1ull << 46)

/* Page descriptors: valid, AF, inner shareable, not global */
#define PAGE_BASE           (3ull | 1ull << 10 | 3ull << 8 | 1ull << 11)
#define PAGE_USER_RW        (PAGE_BASE | 1ull << 6)
#define PAGE_USER_RO        (PAGE_BASE | 3ull << 6)
#define PAGE_AF             (1ull << 10)
#define PAGE_DBM            (1ull << 51)
#define PAGE_ADDR           0x0000fffffffff000ull

/* Event numbers */
#define EVT_BAD_CD          0x0a
#define EVT_TRANSLATION     0x10
#define EVT_PERMISSION      0x13

typedef struct SmmuEvent {
    uint64_t w[4];
} SmmuEvent;

uint32_t smmu_read32(SvaTest *t, unsigned off);
uint64_t smmu_read64(SvaTest *t, unsigned off);
void smmu_write32(SvaTest *t, unsigned off, uint32_t val);
void smmu_write64(SvaTest *t, unsigned off, uint64_t val);
/* Write, and see that it reads back. */
void smmu_set32(SvaTest *t, unsigned off, uint32_t val);
void smmu_set64(SvaTest *t, unsigned off, uint64_t val);
/* Write CR0, see CR0ACK follow. */
void smmu_cr0(SvaTest *t, uint32_t bits);

/*
 * Queues, a linear stream table, all enabled; the test function has 256
 * substreams in a linear table, ATS (EATS=01), stalls allowed, and S1DSS=00.
 */
void smmu_start(SvaTest *t);

/* A command, whatever becomes of it. */
void smmu_submit(SvaTest *t, uint64_t qw0, uint64_t qw1);
/* A command; then CMD_SYNC, which must complete before this returns. */
void smmu_command(SvaTest *t, uint64_t qw0, uint64_t qw1);
void smmu_sync(SvaTest *t);
/* Put a CMD_SYNC there; true if it was consumed. */
bool smmu_sync_done(SvaTest *t);

/* Words 0 and 1 of the function's STE, and what goes with a change. */
void smmu_ste_put(SvaTest *t, uint64_t qw0, uint64_t qw1);
uint64_t smmu_ste_addr(SvaTest *t);
/* Context descriptor @ssid with word 0 @qw0 and TTB0 @ttb, likewise. */
void smmu_cd_put(SvaTest *t, uint32_t ssid, uint64_t qw0, uint64_t ttb);
uint64_t smmu_cd_addr(SvaTest *t, uint32_t ssid);
/*
 * 4 KiB pages, 48 bits, ASID = @ssid; @flags: CD_S, CD_R, CD_A ...  As Linux
 * binds a process.
 */
void smmu_bind(SvaTest *t, uint32_t ssid, uint64_t pgd, uint64_t flags);
/* Word 0 that smmu_bind() writes. */
uint64_t smmu_cd_word0(uint32_t ssid, uint64_t flags);
/* The page tables of @ssid, or a page of it, have changed. */
void smmu_flush(SvaTest *t, uint32_t ssid);
void smmu_flush_atc(SvaTest *t, uint32_t ssid);

/* Map one page in 4-level tables; @flags of the leaf.  Its entry's address. */
uint64_t smmu_map(SvaTest *t, uint64_t pgd, uint64_t va, uint64_t pa,
                  uint64_t flags);

bool smmu_event_empty(SvaTest *t);
/* Next event, which must be there. */
SmmuEvent smmu_event_pop(SvaTest *t);
bool smmu_pri_empty(SvaTest *t);
void smmu_pri_pop(SvaTest *t, uint64_t *qw0, uint64_t *qw1);

/* CMD_RESUME: 0 terminate RAZ/WI, 1 retry, 2 abort. */
void smmu_resume(SvaTest *t, uint16_t stag, unsigned what);

#endif
