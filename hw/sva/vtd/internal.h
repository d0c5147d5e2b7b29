/*
 * VT-d unit: what its files share
 *
 * Tables are fetched as raw words and decoded by context.c and pasid.c; only
 * they make SvaVtdContext and SvaVtdSpace, and nobody behind them sees a raw
 * word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_INTERNAL_H
#define HW_SVA_VTD_INTERNAL_H

#include "hw/sva/event.h"
#include "../core/pt-walk.h"
#include "fault.h"
#include "spec-regs.h"
#include "spec-tables.h"
#include "vtd.h"

static inline SvaVtd *sva_vtd_of(SvaIommu *iommu)
{
    return (SvaVtd *)iommu;     /* it is the first member */
}

static inline void sva_vtd_count(SvaVtd *vtd, SvaVtdCounter counter)
{
    vtd->counters[counter]++;
}

/* -- registers (regs.c) -- */

static inline uint32_t sva_vtd_reg32(const SvaVtd *vtd, unsigned off)
{
    return vtd->regs[off / 4];
}

static inline uint64_t sva_vtd_reg64(const SvaVtd *vtd, unsigned off)
{
    return vtd->regs[off / 4] | (uint64_t)vtd->regs[off / 4 + 1] << 32;
}

static inline void sva_vtd_set32(SvaVtd *vtd, unsigned off, uint32_t val)
{
    vtd->regs[off / 4] = val;
}

static inline void sva_vtd_set64(SvaVtd *vtd, unsigned off, uint64_t val)
{
    vtd->regs[off / 4] = val;
    vtd->regs[off / 4 + 1] = val >> 32;
}

static inline bool sva_vtd_gsts(const SvaVtd *vtd, uint32_t bit)
{
    return sva_vtd_reg32(vtd, A_VTD_GSTS) & bit;
}

static inline void sva_vtd_set_status(SvaVtd *vtd, uint32_t bit, bool on)
{
    uint32_t status = sva_vtd_reg32(vtd, A_VTD_GSTS);

    sva_vtd_set32(vtd, A_VTD_GSTS,
                  on ? status | bit : status & ~bit);
}

static inline unsigned sva_vtd_ttm(const SvaVtd *vtd)
{
    return FIELD_EX64(vtd->root, VTD_RTADDR, TTM);
}

/* Bits of a requester ID that function mask FM, or qualifier SQ, compares. */
static inline uint16_t sva_vtd_rid_mask(unsigned fm)
{
    static const uint16_t masks[] = { 0xffff, 0xfffb, 0xfff9, 0xfff8 };

    return masks[fm & 3];
}

void sva_vtd_regs_init(SvaVtd *vtd);
void sva_vtd_regs_reset(SvaVtd *vtd);

/* -- capabilities (caps.c) -- */

uint64_t sva_vtd_cap(const SvaVtdConfig *config);
uint64_t sva_vtd_ecap(const SvaVtdConfig *config);

/* -- commands (gcmd.c) -- */

/* Software wrote GCMD. */
void sva_vtd_global_command(SvaVtd *vtd);

/* -- event interrupts (irq.c) -- */

typedef enum SvaVtdEvent {
    SVA_VTD_EVENT_FAULT,
    SVA_VTD_EVENT_INVALIDATION,
    SVA_VTD_EVENT_PAGE,
} SvaVtdEvent;

/* Set @bits of the source's status register; may send a message. */
void sva_vtd_event_raise(SvaVtd *vtd, SvaVtdEvent source, uint32_t bits);
/* Software wrote the control register. */
void sva_vtd_event_control(SvaVtd *vtd, SvaVtdEvent source);
/* Software, or what it did, cleared status bits. */
void sva_vtd_event_cleared(SvaVtd *vtd, SvaVtdEvent source);

/* -- faults (fault.c) -- */

/*
 * A fault and the request that met it; @fpd: OR of the FPD bits that the
 * lookup came by, of entries that are not present too.
 */
typedef struct SvaVtdFaultReport {
    SvaFault fault;
    bool fpd;
    bool page_request;
    SvaRequest req;
} SvaVtdFaultReport;

/* The fault of a reason code; its class and whether FPD suppresses it. */
SvaFault sva_vtd_fault(unsigned reason);
/* The answer to a translation request that ended with @fault. */
void sva_vtd_fault_answer(const SvaRequest *req, SvaFault fault,
                          SvaAtsCompletion *out);
/* Record it, or see why not. */
void sva_vtd_fault_report(SvaVtd *vtd, const SvaVtdFaultReport *report);
/* Software cleared F of a record, or tried to. */
void sva_vtd_fault_cleared(SvaVtd *vtd);

/* -- tables (context.c, pasid.c) -- */

/* Reason codes of walk results, by SvaPtStatus; 0 for "cannot be". */
typedef struct SvaVtdWalkReasons {
    uint8_t reason[SVA_PT_STATUSES];
    uint8_t not_present_write;  /* NOT_PRESENT of a write, if it differs */
    uint8_t pass;               /* host address beyond the width */
    uint8_t interrupt;          /* result in the interrupt range */
} SvaVtdWalkReasons;

extern const SvaVtdWalkReasons sva_vtd_legacy_reasons;
extern const SvaVtdWalkReasons sva_vtd_first_reasons;
extern const SvaVtdWalkReasons sva_vtd_second_reasons;

/*
 * How addresses are translated: a legacy context entry or a PASID entry.
 *
 * @pt:        tables; with SVA_TLB_PASS only @pt.input_bits counts
 * @second:    with SVA_TLB_NESTED: what translates the addresses of @pt
 * @kind:      SvaTlbKind
 * @snoop:     PGSNP
 * @fpd:       FPD of the entry and of those before it, context excepted
 */
struct SvaVtdSpace {
    SvaPtConfig pt;
    SvaPtConfig second;
    const SvaVtdWalkReasons *reasons;
    uint16_t domain;
    uint8_t kind;
    bool supervisor;
    bool snoop;
    bool fpd;
};

/* Has a first stage part in it?  Such translations belong to a PASID. */
static inline bool sva_vtd_has_first_stage(const SvaVtdSpace *space)
{
    return space->kind == SVA_TLB_FIRST || space->kind == SVA_TLB_NESTED;
}

/*
 * What a function may do, decoded from its context entry.
 *
 * @ats:       translation and translated requests (DTE, or TT=01)
 * @dir, @pasids: PASID directory and the number of PASIDs it can hold
 * @rid_pasid: PASID of requests without PASID
 * @legacy:    legacy mode: @space is valid, there are no PASIDs
 */
typedef struct SvaVtdContext {
    bool legacy;
    bool fpd;
    bool ats;
    bool pasid_enable;
    bool page_requests;
    uint32_t pasids;
    uint32_t rid_pasid;
    uint64_t dir;
    SvaVtdSpace space;
} SvaVtdContext;

/*
 * @out belongs to the cache, see SvaVtdTarget; it is set without fault only,
 * @fpd in any case.
 */
SvaFault sva_vtd_context_get(SvaVtd *vtd, uint16_t rid,
                             const SvaVtdContext **out, bool *fpd);
/* The entry of @target->pasid; FPD is ORed to @target->fpd in any case. */
SvaFault sva_vtd_pasid_get(SvaVtd *vtd, uint16_t rid,
                           const SvaVtdContext *ctx, SvaVtdTarget *target);

/*
 * The words of an entry, in units of 128 bits: a store of software that
 * changes one of them as a whole is seen as a whole (VT-d 5.10 section 9,
 * 5.1.4).  false: that is no memory.
 */
static inline bool sva_vtd_read_entry(SvaVtd *vtd, uint64_t pa, uint64_t *qw,
                                      unsigned words)
{
    unsigned i;

    /* The first one first: it is where software writes Present last. */
    for (i = 0; i < words; i += 2) {
        if (!sva_env_read128(vtd->iommu.env, pa + 8 * i, &qw[i])) {
            return false;
        }
    }
    return true;
}

/* Physical address bits of a table entry that are above the width. */
static inline uint64_t sva_vtd_above_haw(const SvaVtd *vtd)
{
    return ~((1ull << vtd->config.haw_bits) - 1);
}

/* Second-stage tables of width code @aw; false if not in SAGAW. */
bool sva_vtd_second_stage(const SvaVtd *vtd, unsigned aw, SvaPtConfig *pt);

/* -- lookup (lookup.c) -- */

/*
 * Is this request of this function allowed, by RTADDR and its context entry,
 * and which PASID does it use?  @page_request: @req stands for one.
 * @target->fpd is valid in any case, @ctx and @target->pasid without fault
 * only.
 */
SvaFault sva_vtd_admit(SvaVtd *vtd, const SvaRequest *req, bool page_request,
                       const SvaVtdContext **ctx, SvaVtdTarget *target);
/* @out->fpd is valid in any case, the rest without fault only. */
SvaFault sva_vtd_lookup(SvaVtd *vtd, const SvaRequest *req,
                        SvaVtdTarget *out);

/* A hit counts as one in each cache behind the uTLB. */
bool sva_vtd_utlb_lookup(SvaVtd *vtd, const SvaRequest *req,
                         SvaMapping *out);
/* Of IOTLB hits only: a page that is used once does not get here. */
void sva_vtd_utlb_insert(SvaVtd *vtd, const SvaRequest *req,
                         const SvaMapping *map);

/* To be called before anything of @pasid is dropped from a cache. */
static inline void sva_vtd_utlb_invalidate(SvaVtd *vtd, uint32_t pasid)
{
    sva_utlb_invalidate_tag(&vtd->utlb, pasid);
    sva_utlb_invalidate_tag(&vtd->utlb, 0);     /* by RID_PASID */
}

/* -- translation (translate.c) -- */

/*
 * Translate the address of @req for SvaAccess bits @want, from the IOTLB or
 * by a walk.  For a translation request missing rights are left out, see
 * sva_pt_walk().
 */
SvaFault sva_vtd_map(SvaVtd *vtd, const SvaVtdTarget *target,
                     const SvaRequest *req, uint8_t want,
                     SvaMapping *out);

static inline bool sva_vtd_in_interrupt_range(uint64_t addr)
{
    return addr >= SVA_VTD_INTR_FIRST && addr <= SVA_VTD_INTR_LAST;
}

void sva_vtd_translate(SvaIommu *iommu, const SvaRequest *req,
                       SvaTranslation *out);
void sva_vtd_check_translated(SvaIommu *iommu, const SvaRequest *req,
                              SvaTranslation *out);

/* -- interrupt remapping (intr.c) -- */

/* An interrupt remapping table entry; @sound: no reserved bit is set. */
typedef struct SvaVtdIrte {
    SvaVtdMessage message;
    uint16_t sid;
    uint8_t sq;
    uint8_t svt;
    bool present;
    bool sound;
    bool fpd;
} SvaVtdIrte;

/*
 * All entries, or [@index, @index + 2^@mask) with @index aligned down.
 * Returns how many entries were looked at.
 */
unsigned sva_vtd_drop_irtes(SvaVtd *vtd, bool global, uint32_t index,
                            uint32_t mask);

/* -- ATS and PRI (ats.c, prq.c) -- */

void sva_vtd_ats_request(SvaIommu *iommu, const SvaRequest *req,
                         SvaAtsCompletion *out);
void sva_vtd_page_request(SvaIommu *iommu, const SvaPageRequest *req);

/* -- invalidation (tlb.c, inv-regs.c) -- */

typedef enum SvaVtdGranularity {
    SVA_VTD_GRAN_GLOBAL,
    SVA_VTD_GRAN_DOMAIN,
    SVA_VTD_GRAN_DEVICE,        /* context cache */
    SVA_VTD_GRAN_PAGE,          /* IOTLB */
    SVA_VTD_GRAN_PASID,         /* PASID cache, PASID-based IOTLB */
    SVA_VTD_GRAN_PASID_PAGE,    /* PASID-based IOTLB */
} SvaVtdGranularity;

/* Decoded invalidation of the unit's own caches. */
typedef struct SvaVtdScope {
    SvaVtdGranularity gran;
    uint16_t domain;
    uint16_t rid;
    uint8_t fm;                 /* function mask: bits of RID to ignore */
    uint32_t pasid;
    uint64_t addr;
    uint64_t mask;              /* UINT64_MAX: every address */
} SvaVtdScope;

/* They return how many entries they looked at. */
unsigned sva_vtd_drop_contexts(SvaVtd *vtd, const SvaVtdScope *scope);
unsigned sva_vtd_drop_pasids(SvaVtd *vtd, const SvaVtdScope *scope);
unsigned sva_vtd_drop_iotlb(SvaVtd *vtd, const SvaVtdScope *scope);
void sva_vtd_drop_all(SvaVtd *vtd);
/* 2^@am pages of 4 KiB as size - 1, honoured to the letter. */
uint64_t sva_vtd_am_mask(unsigned am);
/* Drop what would translate this page, before its request is queued. */
void sva_vtd_drop_page(SvaVtd *vtd, const SvaVtdSpace *space, uint32_t pasid,
                       uint64_t addr);

/* Software wrote the upper half of CCMD or IOTLB. */
void sva_vtd_context_command(SvaVtd *vtd);
void sva_vtd_iotlb_command(SvaVtd *vtd);

/* -- descriptors (inv-desc.c) -- */

/* A decoded descriptor; which members are valid depends on the type. */
typedef struct SvaVtdDesc {
    SvaVtdScope scope;
    SvaVtdWait wait;            /* without generation */
    SvaAtcInvalidation atc;     /* without ITag */
    SvaPageResponse response;
    bool iec_global;
    uint32_t iec_index;
    uint32_t iec_mask;
} SvaVtdDesc;

/*
 * @run:   returns how many entries of caches it looked at
 * @ready: NULL, or: is there room to run one now?  Else it stays at the head.
 */
typedef struct SvaVtdDescType {
    const char *name;
    uint64_t ecap;              /* capability that the descriptor needs */
    uint64_t defined0;
    uint64_t defined1;
    SvaVtdCounter counter;
    bool scalable;              /* exists in scalable mode only */
    /* IQERCD.IQEI, SVA_VTD_IQEI_NONE if valid. */
    unsigned (*decode)(const SvaVtd *vtd, const uint64_t *qw,
                       SvaVtdDesc *out);
    unsigned (*run)(SvaVtd *vtd, const SvaVtdDesc *desc);
    bool (*ready)(const SvaVtd *vtd);
} SvaVtdDescType;

/*
 * Decode and validate SVA_VTD_DESC_WORDS words, those beyond the width of the
 * queue being 0; @type is set if the result is SVA_VTD_IQEI_NONE.
 */
unsigned sva_vtd_desc_decode(const SvaVtd *vtd, const uint64_t *qw,
                             const SvaVtdDescType **type, SvaVtdDesc *out);

/* Software answers a page request group (prq.c). */
unsigned sva_vtd_prq_response(SvaVtd *vtd, const SvaVtdDesc *desc);

/* -- waits (wait.c) -- */

/* Is there room for one more? */
bool sva_vtd_wait_ready(const SvaVtd *vtd);
unsigned sva_vtd_wait_run(SvaVtd *vtd, const SvaVtdDesc *desc);
/* Complete what can be: an ATS invalidation has been completed. */
void sva_vtd_wait_check(SvaVtd *vtd);
/* An ATS invalidation will never be. */
void sva_vtd_wait_abort(SvaVtd *vtd);
/* Software wrote QIE=0: the queue stops when nothing waits any more. */
void sva_vtd_wait_stop(SvaVtd *vtd);
void sva_vtd_wait_reset(SvaVtd *vtd);

/* -- device-TLBs (devtlb.c) -- */

/* Is there room for one more invalidation? */
bool sva_vtd_devtlb_ready(const SvaVtd *vtd);
unsigned sva_vtd_devtlb_run(SvaVtd *vtd, const SvaVtdDesc *desc);
/* Some were not completed in time, the oldest by function @rid. */
void sva_vtd_devtlb_expired(SvaVtd *vtd, uint16_t rid);
void sva_vtd_inval_done(SvaIommu *iommu, uint16_t rid, uint32_t itag);

/* -- invalidation queue (inv-queue.c) -- */

/*
 * Fetch and run what can be, one slice at most; to be called when something
 * has changed.
 */
void sva_vtd_queue_run(SvaVtd *vtd);
/* Do that soon, from the timer. */
void sva_vtd_queue_defer(SvaVtd *vtd);
/* SvaTimerFn: the next slice. */
void sva_vtd_queue_slice(void *opaque);
void sva_vtd_queue_enable(SvaVtd *vtd);
void sva_vtd_queue_reset(SvaVtd *vtd);
/* Software wrote FSTS, perhaps to clear IQE, ICE or ITE. */
void sva_vtd_queue_errors_cleared(SvaVtd *vtd);
/* What the end of an ATC invalidation means to the queue. */
extern const SvaAtcInvalOps sva_vtd_queue_atc_ops;

/* -- cached.c -- */

void sva_vtd_cached(SvaIommu *iommu, SvaCachedFn *tell, void *opaque);

#endif
