/*
 * VtdBench: a VT-d unit with tables, queues and a fabric, for unit tests
 *
 * The bench plays system software and the PCI side.  Its tables are written
 * as raw words; what a test expects of a structure it writes as a literal.
 * One function, requester ID BENCH_RID, has a context entry; PASIDs get
 * theirs by vtd_bench_pasid().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_VTD_BENCH_H
#define TESTS_UNIT_VTD_BENCH_H

#include "fake-env.h"
#include "hw/sva/vtd/vtd.h"

#define BENCH_RID       0x0110  /* bus 1, device 2, function 0 */
#define BENCH_ROOT      0x10000
#define BENCH_CONTEXT   0x11000 /* devfn 0x00-0x7f; legacy: all */
#define BENCH_CONTEXT_HI 0x12000
#define BENCH_DIR       0x13000
#define BENCH_PASIDS    0x14000 /* PASID 0 to 63 */
#define BENCH_FIRST     0x20000 /* top first-stage table */
#define BENCH_SECOND    0x21000 /* top second-stage table */
#define BENCH_TABLES    0x400000 /* tables below the top, as needed */
#define BENCH_QUEUE     0x30000 /* one page: 128 descriptors of 256 bits */
#define BENCH_PRQ       0x40000 /* one page: 128 entries */
#define BENCH_STATUS    0x50000 /* status words of waits */

/* PASID entry words: first-stage, 4 levels, DID 1, PWSNP */
#define BENCH_FIRST0    0x41ull
#define BENCH_FIRST1    0x800001ull
#define BENCH_FIRST2    (BENCH_FIRST | 0ull)

/* Messages of the three event sources; data tells them apart. */
#define BENCH_MSI_FAULT 0x41
#define BENCH_MSI_INVAL 0x42
#define BENCH_MSI_PAGE  0x43

#define BENCH_LOG       64

typedef struct VtdBench {
    FakeEnv *f;
    SvaVtd vtd;
    uint64_t next_table;
    uint32_t tail;              /* next free offset in the queue */
    unsigned entry;             /* bytes of a descriptor */
    /* the PCI side */
    bool complete;              /* answer invalidations at once */
    bool absent;                /* nobody is there */
    unsigned depth;             /* of calls of the fabric, and the most */
    unsigned max_depth;
    SvaAtcInvalidation invs[BENCH_LOG];
    unsigned inv_count;
    uint32_t forget_ticket;             /* of the last one */
    unsigned forget_count;
    SvaPageResponse rsps[BENCH_LOG];
    unsigned rsp_count;
    /* the owner */
    SvaVtdIntremap intremap;
    unsigned intremap_count;
    bool iec_global;
    uint32_t iec_index;
    uint32_t iec_mask;
    unsigned iec_count;
} VtdBench;

/* In reset state.  @config NULL: the default. */
VtdBench *vtd_bench_new(const SvaVtdConfig *config);
void vtd_bench_free(VtdBench *b);

/*
 * A unit in scalable mode as Linux sets it up: queue of 256-bit descriptors,
 * page request queue, events unmasked, context entry with PASIDs, ATS and
 * page requests; no PASID present.  Counters and records are clear.
 */
VtdBench *vtd_bench_scalable(const SvaVtdConfig *config);
/* Legacy mode, 128-bit descriptors; context entry words as given. */
VtdBench *vtd_bench_legacy(const SvaVtdConfig *config, uint64_t qw0,
                           uint64_t qw1);

/* -- registers -- */

uint32_t vtd_read32(VtdBench *b, unsigned off);
uint64_t vtd_read64(VtdBench *b, unsigned off);
void vtd_write32(VtdBench *b, unsigned off, uint32_t val);
void vtd_write64(VtdBench *b, unsigned off, uint64_t val);
/* Set or clear a level bit of GCMD as software does. */
void vtd_level(VtdBench *b, uint32_t bit, bool on);
/* One-shot command. */
void vtd_command(VtdBench *b, uint32_t bit);

/* -- tables -- */

/* Words 0 and 1 of the context entry of BENCH_RID, scalable mode. */
void vtd_bench_context(VtdBench *b, uint64_t qw0, uint64_t qw1);
void vtd_bench_pasid(VtdBench *b, uint32_t pasid, uint64_t qw0, uint64_t qw1,
                     uint64_t qw2);
/* First-stage PASID with tables at BENCH_FIRST. */
void vtd_bench_bind(VtdBench *b, uint32_t pasid);
/*
 * Address of the entry for @va at @level in the tables at @root with @levels
 * levels; tables on the way are made, with all rights.
 */
uint64_t vtd_bench_entry(VtdBench *b, uint64_t root, unsigned levels,
                         unsigned level, uint64_t va);
/* A 4 KiB page in the tables at BENCH_FIRST; user, A and D clear. */
void vtd_bench_map(VtdBench *b, uint64_t va, uint64_t pa, bool write);
/* A 4 KiB page in the tables at BENCH_SECOND. */
void vtd_bench_map_second(VtdBench *b, uint64_t va, uint64_t pa, bool write);

/* -- queues -- */

/* Put a descriptor at the tail without telling the unit. */
void vtd_bench_put(VtdBench *b, uint64_t qw0, uint64_t qw1);
/* Tell it. */
void vtd_bench_kick(VtdBench *b);
/* Both. */
void vtd_bench_submit(VtdBench *b, uint64_t qw0, uint64_t qw1);
/* Wait descriptor that writes 2 to status word @n; flags: FN 0x40, PD 0x80 */
void vtd_bench_wait(VtdBench *b, unsigned n, unsigned flags);
uint32_t vtd_bench_status(VtdBench *b, unsigned n);
/* Answer the @n-th ATS invalidation. */
void vtd_bench_complete(VtdBench *b, unsigned n);
/* Word of a page request queue entry. */
uint64_t vtd_bench_prq(VtdBench *b, unsigned entry, unsigned word);

/* -- requests -- */

SvaTranslation vtd_bench_translate(VtdBench *b, SvaPasid pasid, uint64_t addr,
                                   uint8_t access);
SvaAtsCompletion vtd_bench_ats(VtdBench *b, SvaPasid pasid, uint64_t addr,
                               uint8_t access);
SvaOutcome vtd_bench_translated(VtdBench *b, uint64_t addr);
void vtd_bench_page_request(VtdBench *b, SvaPasid pasid, uint64_t addr,
                            unsigned prgi, bool last);

/* -- checks -- */

uint64_t vtd_count(VtdBench *b, SvaVtdCounter counter);
/*
 * Take the oldest fault record as Linux does.  Returns its reason, 0 if there
 * is none; @low and @high may be NULL.
 */
unsigned vtd_bench_fault(VtdBench *b, uint64_t *low, uint64_t *high);
/* Messages of a source since the last fake_env_clear(). */
unsigned vtd_bench_msis(VtdBench *b, uint32_t data);

#define SVA_RW (SVA_READ | SVA_WRITE)

/*
 * An untranslated request that must reach @pa, or must be aborted with one
 * fault record of @reason, all of whose fields are checked.
 */
void vtd_expect_ok(VtdBench *b, SvaPasid pasid, uint64_t addr,
                   uint8_t access, uint64_t pa);
void vtd_expect_fault(VtdBench *b, SvaPasid pasid, uint64_t addr,
                      uint8_t access, unsigned reason);

#endif
