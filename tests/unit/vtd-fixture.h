/*
 * VtdFixture: a VT-d unit with tables, queues and a fabric, for unit tests
 *
 * The fixture plays system software and the PCI side.  Its tables are written
 * as raw words; what a test expects of a structure it writes as a literal.
 * One function, requester ID VTD_RID, has a context entry; PASIDs get
 * theirs by vtd_pasid().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_VTD_FIXTURE_H
#define TESTS_UNIT_VTD_FIXTURE_H

#include "fake-env.h"
#include "hw/sva/vtd/vtd.h"

#define VTD_RID       0x0110  /* bus 1, device 2, function 0 */
#define VTD_ROOT      0x10000
#define VTD_CONTEXT   0x11000 /* devfn 0x00-0x7f; legacy: all */
#define VTD_CONTEXT_HI 0x12000
#define VTD_DIR       0x13000
#define VTD_PASIDS    0x14000 /* PASID 0 to 63 */
#define VTD_FIRST     0x20000 /* top first-stage table */
#define VTD_SECOND    0x21000 /* top second-stage table */
#define VTD_TABLES    0x400000 /* tables below the top, as needed */
#define VTD_QUEUE     0x30000 /* one page: 128 descriptors of 256 bits */
#define VTD_PRQ       0x40000 /* one page: 128 entries */
#define VTD_STATUS    0x50000 /* status words of waits */

/* PASID entry words: first-stage, 4 levels, DID 1, PWSNP */
#define VTD_FIRST0    0x41ull
#define VTD_FIRST1    0x800001ull
#define VTD_FIRST2    (VTD_FIRST | 0ull)

/* Messages of the three event sources; data tells them apart. */
#define VTD_MSI_FAULT 0x41
#define VTD_MSI_INVAL 0x42
#define VTD_MSI_PAGE  0x43

#define VTD_LOG       64

typedef struct VtdFixture {
    FakeEnv *env;
    SvaVtd vtd;
    uint64_t next_table;
    uint32_t tail;              /* next free offset in the queue */
    unsigned entry;             /* bytes of a descriptor */
    /* the PCI side */
    bool complete;              /* answer invalidations at once */
    bool absent;                /* nobody is there */
    bool final;                 /* SvaRequest.final of translation requests */
    unsigned known;             /* requests that peek() knew of */
    unsigned depth;             /* of calls of the fabric, and the most */
    unsigned max_depth;
    SvaAtcInvalidation invs[VTD_LOG];
    unsigned inv_count;
    uint32_t forget_itag;             /* of the last one */
    unsigned forget_count;
    SvaPageResponse rsps[VTD_LOG];
    unsigned rsp_count;
    /* the owner */
    SvaVtdIntremap intremap;
    unsigned intremap_count;
    bool iec_global;
    uint32_t iec_index;
    uint32_t iec_mask;
    unsigned iec_count;
} VtdFixture;

/* In reset state.  @config NULL: the default. */
VtdFixture *vtd_fixture_new(const SvaVtdConfig *config);
void vtd_fixture_free(VtdFixture *f);

/*
 * A unit in scalable mode as Linux sets it up: queue of 256-bit descriptors,
 * page request queue, events unmasked, context entry with PASIDs, ATS and
 * page requests; no PASID present.  Counters and records are clear.
 */
VtdFixture *vtd_fixture_scalable(const SvaVtdConfig *config);
/* Legacy mode, 128-bit descriptors; context entry words as given. */
VtdFixture *vtd_fixture_legacy(const SvaVtdConfig *config, uint64_t qw0,
                               uint64_t qw1);

/* -- registers -- */

uint32_t vtd_read32(VtdFixture *f, unsigned off);
uint64_t vtd_read64(VtdFixture *f, unsigned off);
void vtd_write32(VtdFixture *f, unsigned off, uint32_t val);
void vtd_write64(VtdFixture *f, unsigned off, uint64_t val);
/* Set or clear a level bit of GCMD as software does. */
void vtd_level(VtdFixture *f, uint32_t bit, bool on);
/* One-shot command. */
void vtd_command(VtdFixture *f, uint32_t bit);

/* -- tables -- */

/* Words 0 and 1 of the context entry of VTD_RID, scalable mode. */
void vtd_context(VtdFixture *f, uint64_t qw0, uint64_t qw1);
void vtd_pasid(VtdFixture *f, uint32_t pasid, uint64_t qw0, uint64_t qw1,
               uint64_t qw2);
/* First-stage PASID with tables at VTD_FIRST. */
void vtd_bind(VtdFixture *f, uint32_t pasid);
/*
 * Address of the entry for @va at @level in the tables at @root with @levels
 * levels; tables on the way are made, with all rights.
 */
uint64_t vtd_entry(VtdFixture *f, uint64_t root, unsigned levels,
                   unsigned level, uint64_t va);
/* A 4 KiB page in the tables at VTD_FIRST; user, A and D clear. */
void vtd_map(VtdFixture *f, uint64_t va, uint64_t pa, bool write);
/* A 4 KiB page in the tables at VTD_SECOND. */
void vtd_map_second(VtdFixture *f, uint64_t va, uint64_t pa, bool write);

/* -- queues -- */

/* Put a descriptor at the tail without telling the unit. */
void vtd_put(VtdFixture *f, uint64_t qw0, uint64_t qw1);
/* Tell it. */
void vtd_kick(VtdFixture *f);
/* Both. */
void vtd_submit(VtdFixture *f, uint64_t qw0, uint64_t qw1);
/* Wait descriptor that writes 2 to status word @n; flags: FN 0x40, PD 0x80 */
void vtd_wait(VtdFixture *f, unsigned n, unsigned flags);
uint32_t vtd_status(VtdFixture *f, unsigned n);
/* Answer the @n-th ATS invalidation. */
void vtd_complete(VtdFixture *f, unsigned n);
/* Word of a page request queue entry. */
uint64_t vtd_prq(VtdFixture *f, unsigned entry, unsigned word);

/* -- requests -- */

SvaTranslation vtd_translate(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                             uint8_t access);
SvaAtsCompletion vtd_ats(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                         uint8_t access);
SvaOutcome vtd_translated(VtdFixture *f, uint64_t addr);
void vtd_page_request(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                      unsigned prgi, bool last);

/* -- checks -- */

uint64_t vtd_count(VtdFixture *f, SvaVtdCounter counter);
/*
 * Take the oldest fault record as Linux does.  Returns its reason, 0 if there
 * is none; @low and @high may be NULL.
 */
unsigned vtd_fault(VtdFixture *f, uint64_t *low, uint64_t *high);
/* Messages of a source since the last fake_env_clear(). */
unsigned vtd_msis(VtdFixture *f, uint32_t data);

/*
 * An untranslated request that must reach @pa, or must be aborted with one
 * fault record of @reason, all of whose fields are checked.
 */
void vtd_expect_ok(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                   uint8_t access, uint64_t pa);
void vtd_expect_fault(VtdFixture *f, SvaPasid pasid, uint64_t addr,
                      uint8_t access, unsigned reason);

#endif
