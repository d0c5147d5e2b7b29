/*
 * VT-d unit: the environment-free model
 *
 * Intel VT-d, revision 5.10, legacy and scalable mode, with PASID, ATS and page
 * requests.  docs/specs/vtd-coverage.rst says what is implemented where.
 *
 * The owner (device.c in QEMU, a test) creates the unit, gives it the fabric
 * (SvaVtd.iommu.fabric.ops) and forwards register accesses.  All calls come
 * from one thread at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_VTD_H
#define HW_SVA_VTD_VTD_H

#include "hw/sva/iommu.h"
#include "../core/atc-inval.h"
#include "../core/config-cache.h"
#include "../core/iotlb.h"
#include "../core/utlb.h"
#include "../core/walk-cache.h"
#include "counters.h"
#include "ring.h"
#include "spec-regs.h"

/*
 * What the unit is and can do.
 *
 * @aw_bits:        39, 48 or 57: widest second-stage input address
 * @haw_bits:       36..52: width of physical addresses; bits above are
 *                  reserved in all tables
 * @pasid_bits:     1..20, or 0 for no PASIDs
 * @fault_records:  1..SVA_VTD_FRCD_MAX
 * @iotlb_entries:  what the IOTLB and the PASID cache grow to, 16..2^20
 * @walk_entries:   what the paging-structure caches grow to, 16..2^20; 0: none
 * @config_entries: size of the context cache and of the interrupt entry cache
 * @adversary:      seed of liberties that VT-d permits, 0: none.  The caches
 *                  then evict nothing, whatever their sizes are said to be
 * @adversary_only: SVA_LIBERTY_BIT of those that are taken; 0: as the seed says
 * @inval_timeout:  virtual ms until an ATS invalidation is given up (ITE)
 * @scalable:       scalable mode; the members below it need it
 * @coherent_walks: page-table walks snoop the caches, if software wants it;
 *                  @second_ad needs it
 * @first_level_5:  5-level first-stage tables
 * @pri:            page requests; needs @device_iotlb and PASIDs
 * @supervisor:     privileged requests
 * @second_ad:      accessed and dirty bits in second-stage tables
 * @nested:         first stage over second stage
 * @device_iotlb:   ATS
 * @pt:             pass-through
 * @caching_mode:   CAP.CM=1; the model still caches nothing that is not
 *                  present, as it is allowed to
 * @intremap, @eim: interrupt remapping, x2APIC destinations
 * @esrtps:         SRTP drops all caches; off by default, so that faults
 *                  show software which forgets the invalidations after SRTP
 * @esirtps:        SIRTP drops the interrupt entry cache
 */
typedef struct SvaVtdConfig {
    uint8_t aw_bits;
    uint8_t haw_bits;
    uint8_t pasid_bits;
    uint8_t fault_records;
    uint32_t iotlb_entries;
    uint32_t walk_entries;
    uint32_t config_entries;
    uint32_t adversary;
    uint32_t adversary_only;
    uint32_t inval_timeout;
    bool scalable;
    bool coherent_walks;
    bool first_level_5;
    bool pri;
    bool supervisor;
    bool second_ad;
    bool nested;
    bool device_iotlb;
    bool pt;
    bool caching_mode;
    bool intremap;
    bool eim;
    bool esrtps;
    bool esirtps;
} SvaVtdConfig;

/* Everything that SVA needs under Linux 6.12 and 7.2. */
extern const SvaVtdConfig sva_vtd_default_config;

/* NULL if @config is possible, else why not. */
const char *sva_vtd_config_error(const SvaVtdConfig *config);

/* An interrupt message: what is written, and where. */
typedef struct SvaVtdMessage {
    uint64_t addr;
    uint32_t data;
} SvaVtdMessage;

/*
 * State of interrupt remapping, as commands latched it.
 *
 * @root:    table of entries, as latched by SIRTP
 * @entries: size of the table
 * @enabled: IRES; @eime: x2APIC mode; @compat: CFIS
 */
typedef struct SvaVtdIntremap {
    uint64_t root;
    uint32_t entries;
    bool enabled;
    bool eime;
    bool compat;
} SvaVtdIntremap;

/* Calls to the owner; each may be NULL. */
typedef struct SvaVtdHostOps {
    void (*intremap_changed)(void *host, const SvaVtdIntremap *state);
    /*
     * Interrupt entry cache: drop all, or entries [@index, @index + 2^@mask)
     * with @index aligned down.
     */
    void (*iec_invalidate)(void *host, bool global, uint32_t index,
                           uint32_t mask);
} SvaVtdHostOps;

/* Wait descriptors that may be pending before the queue stops fetching. */
#define SVA_VTD_WAITS   512

typedef struct SvaVtdWait {
    uint64_t generation;        /* complete when older requests are */
    uint64_t addr;
    uint64_t raw;               /* quadword 0, for events */
    uint32_t data;
    bool status_write;
    bool interrupt;
    bool fence;
    bool page_drain;
} SvaVtdWait;

typedef struct SvaVtdAdversary SvaVtdAdversary;

/*
 * What served the request before, for one like it: sva_vtd_lookup() in short.
 *
 * @requester: as in SvaUtlbKey; 0: none
 * @changes:   of @contexts and @pasids of the unit
 * @root:      SvaVtd.root
 * @entry, @pasid, @fpd, @page_requests: SvaVtdTransCfg
 */
typedef struct SvaVtdLast {
    uint64_t requester;
    uint64_t changes;
    uint64_t root;
    const struct SvaVtdPasidEntry *entry;
    uint32_t pasid;
    bool fpd;
    bool page_requests;
    bool legacy;
} SvaVtdLast;

/* Private to hw/sva/vtd, but for iommu and host. */
typedef struct SvaVtd {
    SvaIommu iommu;             /* first: the unit is found by it */
    const SvaVtdHostOps *host_ops;
    void *host;
    uint64_t counters[SVA_VTD_CNT_COUNT];

    SvaVtdConfig config;
    uint64_t cap;
    uint64_t ecap;
    uint32_t regs[SVA_VTD_REG_BYTES / 4];
    uint8_t reg_row[SVA_VTD_REG_BYTES / 4]; /* row + 1 of a dword */

    uint64_t root;              /* RTADDR, as latched by SRTP */
    SvaVtdIntremap intremap;

    SvaConfigCache *contexts;   /* by requester ID */
    SvaConfigCache *pasids;     /* by requester ID and PASID */
    SvaConfigCache *irtes;      /* by index */
    SvaIotlb *iotlb;
    SvaIotlb *walks;            /* paging-structure caches, NULL: none */
    SvaUtlb utlb;               /* in front of all of them */
    SvaVtdLast last;
    SvaVtdAdversary *adversary; /* NULL: none */

    SvaAgent agent;             /* with it core/ serves functions */
    SvaAtcInval atc;
    SvaTimer *slice_timer;      /* to go on with a long queue */
    SvaRing iq;                 /* as latched by QIE */
    SvaVtdWait waits[SVA_VTD_WAITS];
    unsigned wait_first;
    unsigned wait_count;
    unsigned fences;            /* among the pending waits */
    bool iq_running;
    bool iq_stopping;           /* QIE was cleared, waits are pending */

    uint8_t fault_next;
} SvaVtd;

/*
 * Create a unit in reset state.  false: sva_vtd_config_error() says why;
 * nothing is left to free.
 */
bool sva_vtd_init(SvaVtd *vtd, SvaEnv *env, const SvaVtdConfig *config);
void sva_vtd_set_host(SvaVtd *vtd, const SvaVtdHostOps *ops, void *host);
void sva_vtd_reset(SvaVtd *vtd);
void sva_vtd_finalize(SvaVtd *vtd);

/* What has been counted until now. */
uint64_t sva_vtd_counter(const SvaVtd *vtd, SvaVtdCounter counter);

/*
 * Register access of 4 or 8 bytes, naturally aligned; anything else reads 0
 * and writes nothing.
 */
uint64_t sva_vtd_mmio_read(SvaVtd *vtd, uint64_t off, unsigned size);
void sva_vtd_mmio_write(SvaVtd *vtd, uint64_t off, uint64_t val,
                        unsigned size);

/*
 * Interrupt request: a write of 4 bytes without PASID to FEEx_xxxxh, by
 * function @rid or by the I/O APIC.  true: deliver @out, a message in the
 * compatibility format (bits 63:40 of the address: bits 31:8 of the
 * destination).  false: blocked; what had to be recorded is.
 */
bool sva_vtd_interrupt(SvaVtd *vtd, uint16_t rid, const SvaVtdMessage *in,
                       SvaVtdMessage *out);

/* Root table in use: RTADDR as SRTP latched it, TTM in bits 11:10. */
static inline uint64_t sva_vtd_rtaddr(const SvaVtd *vtd)
{
    return vtd->root;
}

#endif
