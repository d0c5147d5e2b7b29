/*
 * SmmuFixture: an SMMUv3 unit with queues and a fabric, for unit tests
 *
 * The fixture plays system software and the PCI side.  What a test expects of a
 * structure it writes as a literal.  smmu-tables.h has stream tables and page
 * tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_SMMU_FIXTURE_H
#define TESTS_UNIT_SMMU_FIXTURE_H

#include "fake-env.h"
#include "hw/sva/smmuv3/smmuv3.h"

#define SMMU_RID        0x0110      /* bus 1, device 2, function 0 */
#define SMMU_CMDQ       0x30000     /* 256 commands */
#define SMMU_CMDQ_LOG2  8
#define SMMU_EVENTQ     0x40000     /* 128 events */
#define SMMU_EVENTQ_LOG2 7
#define SMMU_PRIQ       0x50000     /* 256 page requests */
#define SMMU_PRIQ_LOG2  8
#define SMMU_SYNC       0x60000     /* where CMD_SYNC writes */
#define SMMU_STRTAB     0x1000000   /* linear, 65536 STEs */
#define SMMU_STRTAB_LOG2 16

#define SMMU_LOG        8192

typedef struct SmmuFixture {
    FakeEnv *env;
    SvaSmmu smmu;
    uint32_t prod;              /* of the command queue */
    uint64_t next_table;        /* of smmu-tables.c */
    /* the PCI side */
    bool complete;              /* answer invalidations at once */
    bool absent;                /* nobody is there */
    bool final;                 /* SvaRequest.final of translation requests */
    bool deaf;                  /* nobody takes the end of a stall */
    unsigned known;             /* requests that peek() knew of */
    SvaAtcInvalidation invs[SMMU_LOG];
    unsigned inv_count;
    uint32_t forget_itag;             /* of the last one */
    unsigned forget_count;
    SvaPageResponse rsps[SMMU_LOG];
    unsigned rsp_count;
    SvaStallEnd ends[SMMU_LOG];
    unsigned end_count;
    /* the owner */
    unsigned irqs[SVA_SMMU_IRQ_COUNT];
    uint64_t message_addr;
    uint32_t message_data;
    unsigned messages;
    bool no_messages;           /* nobody takes them */
} SmmuFixture;

/* In reset state.  @config NULL: the default. */
SmmuFixture *smmu_fixture_new(const SvaSmmuConfig *config);
void smmu_fixture_free(SmmuFixture *f);
/* Queues, stream table and interrupts on; no stream is configured. */
SmmuFixture *smmu_fixture_start(const SvaSmmuConfig *config);
/* The steps of that, for a unit in reset state. */
void smmu_enable(SmmuFixture *f);

/* -- registers -- */

uint32_t smmu_read32(SmmuFixture *f, unsigned off);
uint64_t smmu_read64(SmmuFixture *f, unsigned off);
void smmu_write32(SmmuFixture *f, unsigned off, uint32_t val);
void smmu_write64(SmmuFixture *f, unsigned off, uint64_t val);
/* Global errors that are active. */
uint32_t smmu_active(SmmuFixture *f);
/* CMDQ_CONS.ERR */
unsigned smmu_cerror(SmmuFixture *f);
/* Acknowledge all global errors; returns those that were active. */
uint32_t smmu_gerror(SmmuFixture *f);

/* -- queues -- */

/* Put a command into the queue without telling the unit. */
void smmu_put(SmmuFixture *f, uint64_t qw0, uint64_t qw1);
void smmu_kick(SmmuFixture *f);
void smmu_submit(SmmuFixture *f, uint64_t qw0, uint64_t qw1);
/* CMD_SYNC without signal; is it consumed? */
bool smmu_sync(SmmuFixture *f);
/* CMD_SYNC that writes @n + 1 to word @n; that word. */
void smmu_sync_to(SmmuFixture *f, unsigned n);
uint32_t smmu_word(SmmuFixture *f, unsigned n);
/* CMD_ATC_INV of one page of SMMU_RID, without PASID */
void smmu_invalidate(SmmuFixture *f);
/* Is all of the queue consumed? */
bool smmu_idle(SmmuFixture *f);
/* Answer the @n-th ATS invalidation. */
void smmu_complete(SmmuFixture *f, unsigned n);
/*
 * Take the oldest event as Linux does.  Returns its number, 0 if there is
 * none; @words may be NULL.
 */
unsigned smmu_event(SmmuFixture *f, uint64_t words[4]);
/* Word of a page request queue entry. */
uint64_t smmu_pri(SmmuFixture *f, unsigned entry, unsigned word);

/* -- requests of SMMU_RID -- */

SvaTranslation smmu_translate(SmmuFixture *f, SvaPasid pasid,
                              uint64_t addr, uint8_t access);
/* The same by a requester that can wait. */
SvaTranslation smmu_patient(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                            uint8_t access, uint32_t cookie);
SvaAtsCompletion smmu_ats(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                          uint8_t access);
SvaTranslation smmu_translated(SmmuFixture *f, uint64_t addr,
                               uint8_t access);
void smmu_page_request(SmmuFixture *f, SvaPasid pasid, uint64_t addr,
                       uint8_t access, unsigned prgi, bool last);

uint64_t smmu_count(SmmuFixture *f, SvaSmmuCounter counter);

#define SMMU_RW (SVA_READ | SVA_WRITE)

#endif
