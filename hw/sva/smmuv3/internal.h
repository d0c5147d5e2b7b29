/*
 * SMMUv3: what its files share
 *
 * Tables are fetched as raw words and decoded by ste.c and cd.c; later stages
 * do not see raw words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_INTERNAL_H
#define HW_SVA_SMMUV3_INTERNAL_H

#include "hw/sva/event.h"
#include "smmuv3.h"
#include "structs.h"

static inline SvaSmmu *sva_smmu_of(SvaIommu *iommu)
{
    return (SvaSmmu *)iommu;    /* it is the first member */
}

static inline void sva_smmu_count(SvaSmmu *smmu, SvaSmmuCounter counter)
{
    smmu->counters[counter]++;
}

/* -- registers (regs.c); offsets of spec-regs.h; page 1 is page 0 -- */

static inline uint32_t sva_smmu_reg32(const SvaSmmu *smmu, unsigned off)
{
    return smmu->regs[(off & SVA_SMMU_PAGE_OFFSET) / 4];
}

static inline uint64_t sva_smmu_reg64(const SvaSmmu *smmu, unsigned off)
{
    return sva_smmu_reg32(smmu, off) |
           (uint64_t)sva_smmu_reg32(smmu, off + 4) << 32;
}

static inline void sva_smmu_set32(SvaSmmu *smmu, unsigned off, uint32_t val)
{
    smmu->regs[(off & SVA_SMMU_PAGE_OFFSET) / 4] = val;
}

static inline bool sva_smmu_enabled(const SvaSmmu *smmu)
{
    return sva_smmu_reg32(smmu, A_SMMU_CR0ACK) & R_SMMU_CR0_SMMUEN_MASK;
}

/* -- faults and events (event.c) -- */

/* CLASS of an event: what was being translated. */
typedef enum SvaSmmuClass {
    SVA_SMMU_CLASS_CD = 0,
    SVA_SMMU_CLASS_TT = 1,
    SVA_SMMU_CLASS_IN = 2,
} SvaSmmuClass;

/*
 * A fault or configuration error, by value between the stages.
 *
 * @event:  event number (IHI 0070 G.b 7.3), 0: none
 * @abort:  the transaction is aborted, and there is no event for it
 * @cls:    SvaSmmuClass
 * @s2:     of stage 2
 * @ttrnw:  F_PERMISSION with CLASS=TT: the descriptor could not be read
 * @missing: F_PERMISSION of the address itself: rights that are not there
 * @ssid:   C_BAD_SUBSTREAMID: index of the CD that was fetched
 * @ipa:    stage 2: the address it could not translate
 * @fetch:  F_*_FETCH, F_WALK_EABT: physical address that was not readable
 */
typedef struct SvaSmmuFault {
    uint8_t event;
    uint8_t cls;
    bool abort;
    bool s2;
    bool ttrnw;
    uint8_t missing;
    uint32_t ssid;
    uint64_t ipa;
    uint64_t fetch;
} SvaSmmuFault;

#define SVA_SMMU_NO_FAULT ((SvaSmmuFault) { .event = 0 })

static inline bool sva_smmu_is_fault(const SvaSmmuFault *fault)
{
    return fault->event || fault->abort;
}

/* What a walk that failed on behalf of @cls is. */
SvaSmmuFault sva_smmu_walk_fault(const SvaVmsaResult *res, SvaSmmuClass cls);

/*
 * A transaction, as event records describe it.
 *
 * @pnu, @ind: privileged, instruction, after STE overrides; valid in all
 *             records that have them
 */
typedef struct SvaSmmuTransaction {
    SvaRequest req;
    bool pnu;
    bool ind;
} SvaSmmuTransaction;

/*
 * Make a record, Stall=0, or lose it as IHI 0070 G.b 7.2 says.  A fault without
 * event, and C_BAD_STREAMID without CR2.RECINVSID, make none.  RnW is 0 if
 * SVA_WRITE is in @txn->req.access, unless SVA_READ alone is missing.
 */
void sva_smmu_event_record(SvaSmmu *smmu, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn);
/* A fault that is not to be recorded (R=0): count it. */
void sva_smmu_event_silent(SvaSmmu *smmu, const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn);
/* The four 64-bit words of a record; @stag is used if @stall. */
void sva_smmu_event_encode(const SvaSmmuFault *fault,
                           const SvaSmmuTransaction *txn, bool stall,
                           uint16_t stag, uint64_t words[4]);
/* Put a record into the queue; false if it is not writable now. */
bool sva_smmu_event_put(SvaSmmu *smmu, const uint64_t words[4]);
/* Records that can be written now; 0 if disabled or with EVENTQ_ABT_ERR. */
uint32_t sva_smmu_event_room(const SvaSmmu *smmu);

/* -- stalls (stall.c) -- */

/*
 * Suspend the transaction, with a record or, if none can be written now,
 * unrecorded: it is sent again when there is room.  false: it cannot be
 * suspended, and is to be terminated with an abort and an ordinary record.
 */
bool sva_smmu_stall(SvaSmmu *smmu, const SvaSmmuFault *fault,
                    const SvaSmmuTransaction *txn);
/* Those that return a number: of stalls that they looked at. */
unsigned sva_smmu_stall_resume(SvaSmmu *smmu, uint32_t sid, uint16_t stag,
                               SvaStallAction action);
/* Abort all of @sid. */
unsigned sva_smmu_stall_term(SvaSmmu *smmu, uint32_t sid);
/* SMMUEN 1->0, reset: abort all; STAGs are free. */
void sva_smmu_stall_abort_all(SvaSmmu *smmu);
/* The event queue has become writable, or a STAG free. */
unsigned sva_smmu_stall_kick(SvaSmmu *smmu);

/* -- global errors and interrupts (irq.c) -- */

void sva_smmu_gerror(SvaSmmu *smmu, uint32_t bit);
bool sva_smmu_gerror_active(const SvaSmmu *smmu, uint32_t bit);
/* Message and pulse of @line, if it is enabled; not of CMD_SYNC. */
void sva_smmu_interrupt(SvaSmmu *smmu, SvaSmmuIrq line);
/* Completion of a CMD_SYNC by interrupt; @addr 0: no message. */
void sva_smmu_interrupt_sync(SvaSmmu *smmu, uint64_t addr, uint32_t data);

/* -- configuration (stream-table.c, ste.c, cd.c) -- */

/* The STE of @sid; @out belongs to the cache until the next insertion. */
SvaSmmuFault sva_smmu_ste_get(SvaSmmu *smmu, uint32_t sid,
                              const SvaSmmuSte **out);
/*
 * Tables that serve a request: its STE and, unless stage 1 is bypassed, CD.
 * They belong to the caches.
 */
typedef struct SvaSmmuTransCfg {
    const SvaSmmuSte *ste;
    const SvaSmmuCd *cd;        /* NULL: no stage 1 */
} SvaSmmuTransCfg;

SvaSmmuFault sva_smmu_lookup(SvaSmmu *smmu, const SvaRequest *req,
                             SvaSmmuTransCfg *out);

/* CFGI_*: what to drop of STEs and CDs; Leaf is of no interest here. */
typedef struct SvaSmmuConfigScope {
    bool all;
    bool cd_only;               /* CFGI_CD, CFGI_CD_ALL */
    bool one_cd;                /* CFGI_CD */
    uint32_t sid;
    uint32_t sid_last;
    uint32_t ssid;
} SvaSmmuConfigScope;

/* Returns how many entries were looked at, as sva_smmu_drop_tlb() does. */
unsigned sva_smmu_drop_config(SvaSmmu *smmu,
                              const SvaSmmuConfigScope *scope);

/* -- translation (translate.c, ats.c, tlb.c) -- */

void sva_smmu_translate(SvaIommu *iommu, const SvaRequest *req,
                        SvaTranslation *out);
void sva_smmu_check_translated(SvaIommu *iommu, const SvaRequest *req,
                               SvaTranslation *out);
void sva_smmu_ats_request(SvaIommu *iommu, const SvaRequest *req,
                          SvaAtsCompletion *out);

/*
 * TLBI_*: what to drop.
 *
 * @hyp:      entries of EL2 worlds, else of NS-EL1
 * @stage1:   stage-1 and combined entries; @stage2: IPA entries
 * @by_asid:  those of @asid; @globals: and global ones
 * @by_vmid:  those of @vmid
 * @by_addr:  those that map something in [@first, @last]
 */
typedef struct SvaSmmuTlbScope {
    bool hyp;
    bool stage1;
    bool stage2;
    bool by_asid;
    bool globals;
    bool by_vmid;
    bool by_addr;
    uint16_t asid;
    uint16_t vmid;
    uint64_t first;
    uint64_t last;
} SvaSmmuTlbScope;

unsigned sva_smmu_drop_tlb(SvaSmmu *smmu, const SvaSmmuTlbScope *scope);
void sva_smmu_drop_all(SvaSmmu *smmu);

/* -- PRI (pri.c) -- */

void sva_smmu_page_request(SvaIommu *iommu, const SvaPageRequest *req);
/* STE.PPAR of @sid; false in @valid: there is no usable STE. */
bool sva_smmu_ste_ppar(SvaSmmu *smmu, uint32_t sid, bool *valid);

/* -- command queue (cmdq.c, cmd.c, inv.c) -- */

/*
 * Fetch and run what can be, one slice at most; to be called when something
 * has changed.
 */
void sva_smmu_cmdq_run(SvaSmmu *smmu);
void sva_smmu_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag);

/* -- cached.c -- */

void sva_smmu_cached(SvaIommu *iommu, SvaCachedFn *fn, void *opaque);

#endif
