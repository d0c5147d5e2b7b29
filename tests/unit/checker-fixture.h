/*
 * A checker, and a unit that is small enough to forge its events
 *
 * Its architecture has PASID entries of two words (bit 0 present, bit 1
 * aborts silently, 51:12 table; word 1: domain) and page tables of three
 * levels, 30, 21 and 12 bits (bit 0 present, bit 1 writable, bit 5 accessed,
 * bit 7 page).  Everything is where the helpers below put it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_FIXTURE_H
#define TESTS_UNIT_CHECKER_FIXTURE_H

#include "fake-env.h"
#include "hw/sva/observe/checker/checker.h"

#define MS 1000000ll

#define RID    0x0100
#define PASID  sva_pasid(5)
#define DOMAIN 7

#define P     1ull
#define QUIET 2ull
#define W     2ull
#define A     (1ull << 5)
#define PAGE  (1ull << 7)

/* Tables and pages. */
#define ENTRIES 0x100000ull         /* PASID entries: 16 bytes each */
#define TOP     0x200000ull
#define MIDDLE  0x201000ull
#define BOTTOM  0x202000ull
#define DATA    0x800000ull
/* Mapped by BOTTOM, entry 0. */
#define VA      0x40000000ull
#define PAGE_LAST(addr) ((addr) + 0xfff)

typedef struct CheckFixture {
    FakeEnv *env;
    SvaChecker *c;
    SvaEventSink sink;
    SvaCheckCommand command;
} CheckFixture;

CheckFixture *check_new(void);
CheckFixture *check_new_with(const SvaCheckOptions *options);
void check_free(CheckFixture *f);

/* The registers change; at first they have no bits. */
#define CHECK_NO_WALK_CACHE 1
void check_registers(CheckFixture *f, uint64_t bits);

/* PASID entry -> TOP -> MIDDLE -> BOTTOM -> 16 pages of DATA from VA on. */
void check_map(CheckFixture *f);
/* check_new() with that. */
CheckFixture *check_mapped(void);

static inline uint64_t check_entry_pa(SvaPasid pasid)
{
    return ENTRIES + (pasid.valid ? pasid.id : 0) * 16ull;
}

/* Where the last level has the entry for VA + page @n. */
static inline uint64_t check_pte_pa(unsigned n)
{
    return BOTTOM + n * 8;
}

/* Software writes the entry of that page, or of PASID. */
void check_put_pte(CheckFixture *f, unsigned n, uint64_t word);
void check_put_entry(CheckFixture *f, uint64_t word);

/* Let more than the default limit pass. */
void check_past_limit(CheckFixture *f);

#define check_emit(f, ...) sva_emit(&(f)->env->env, __VA_ARGS__)

/* A request: the unit reads all tables as they are; true: translated. */
bool check_access(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                  uint64_t addr);
/* Of its own accord: nothing comes of it but a copy in the TLB. */
void check_look_up(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                   uint64_t addr);
/* The same, with the PASID entry from a cache. */
void check_look_up_tables(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                          uint64_t addr);
/* A request for an ATC. */
bool check_ats(CheckFixture *f, uint16_t rid, SvaPasid pasid, uint64_t addr);
/* Answered by the IOTLB, whatever the tables say. */
void check_ats_cached(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                      uint64_t addr);

/* Commands; nothing is complete before check_wait_end(). */
void check_inval(CheckFixture *f, SvaCheckInval inval);
void check_inval_entry(CheckFixture *f, SvaPasid pasid);
void check_inval_tlb(CheckFixture *f, SvaPasid pasid);
void check_inval_range(CheckFixture *f, SvaPasid pasid, uint64_t addr,
                       uint64_t last, bool leaf);
void check_inval_atc(CheckFixture *f, SvaPasid pasid, uint64_t addr,
                     uint64_t last);
void check_wait_begin(CheckFixture *f);
void check_wait_end(CheckFixture *f);
void check_wait(CheckFixture *f);

/* All that a change of a PASID entry owes, in order, complete. */
void check_inval_all(CheckFixture *f, SvaPasid pasid);

/* The reports are those that are listed, each once: "" or "a b". */
void check_reports(CheckFixture *f, const char *ids);
/* The first of them. */
const SvaCheckReport *check_report(CheckFixture *f);

SvaCheckCounts check_counts(CheckFixture *f);

#endif
