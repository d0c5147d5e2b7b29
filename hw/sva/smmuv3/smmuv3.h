/*
 * SMMUv3: the environment-free model
 *
 * Arm System MMU architecture version 3 (IHI 0070 G.b), Non-secure programming
 * interface, with SubstreamIDs, ATS, PRI and stalls.
 * docs/specs/smmuv3-coverage.rst says what is implemented where.
 *
 * A StreamID is the requester ID of the function, a SubstreamID its PASID.
 *
 * The owner (device.c in QEMU, a test) creates the unit, gives it the fabric
 * (SvaSmmu.iommu.fabric.ops) and forwards register accesses.  All calls come
 * from one thread at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_SMMUV3_H
#define HW_SVA_SMMUV3_SMMUV3_H

#include "hw/sva/iommu.h"
#include "../core/atc-inval.h"
#include "../core/config-cache.h"
#include "../core/iotlb.h"
#include "../core/utlb.h"
#include "../core/walk-cache.h"
#include "counters.h"
#include "spec-regs.h"

/* Models of IDR0.STALL_MODEL */
typedef enum SvaSmmuStallModel {
    SVA_SMMU_STALL_BOTH = 0,    /* software chooses */
    SVA_SMMU_STALL_NONE = 1,
    SVA_SMMU_STALL_FORCED = 2,
} SvaSmmuStallModel;

/*
 * What the unit is and can do.
 *
 * @ssid_bits:   0..20; 0: no SubstreamIDs
 * @oas:         32, 36, 40, 42, 44, 48 or 52: width of output addresses; 52
 *               needs @gran64k
 * @asid_bits:   8 or 16
 * @stall_model: SvaSmmuStallModel
 * @httu:        0, 1 (access flag), 2 (and dirty state)
 * @bbml:        0..2
 * @cmdq_bits, @eventq_bits, @priq_bits: largest queues, log2 of entries, 0..19
 * @stall_max:   stall records outstanding, 1..SVA_SMMU_STALLS_MAX; 0 if and
 *               only if @stall_model is SVA_SMMU_STALL_NONE
 * @iotlb_entries:  16..2^20
 * @walk_entries:   table descriptors that are cached, 16..2^20; 0: none
 * @adversary:      seed of liberties that the architecture permits, 0: none.
 *                  The caches then evict nothing, whatever their sizes are
 * @adversary_only: SVA_LIBERTY_BIT of those that are taken; 0: as the seed says
 * @config_entries: STEs, and CDs, that are cached; 16..2^20
 * @inval_timeout:  virtual ms until an ATS invalidation is given up
 *                  (CERROR_ATC_INV_SYNC)
 * @stage1, @stage2: IDR0.S1P, S2P; one of them at least
 * @gran4k, @gran16k, @gran64k: one of them at least
 * @pri:         needs @ats
 * @ril:         range invalidation
 * @cohacc:      IDR0.COHACC: tables and queues are read through the caches of
 *               the processors.  Ours always are, which is one of the things
 *               that may happen without it
 * @msi:         interrupts and completions by message
 */
typedef struct SvaSmmuConfig {
    uint8_t ssid_bits;
    uint8_t oas;
    uint8_t asid_bits;
    uint8_t stall_model;
    uint8_t httu;
    uint8_t bbml;
    uint8_t cmdq_bits;
    uint8_t eventq_bits;
    uint8_t priq_bits;
    uint16_t stall_max;
    uint32_t iotlb_entries;
    uint32_t walk_entries;
    uint32_t config_entries;
    uint32_t inval_timeout;
    uint32_t adversary;
    uint32_t adversary_only;
    bool stage1;
    bool stage2;
    bool gran4k;
    bool gran16k;
    bool gran64k;
    bool ats;
    bool pri;
    bool ril;
    bool msi;
    bool cohacc;
} SvaSmmuConfig;

/* Everything that SVA needs under Linux 6.12 and 7.2. */
extern const SvaSmmuConfig sva_smmu_default_config;

/* NULL if @config is possible, else why not. */
const char *sva_smmu_config_error(const SvaSmmuConfig *config);

/* Wired interrupts, all pulses. */
typedef enum SvaSmmuIrq {
    SVA_SMMU_IRQ_EVENTQ,
    SVA_SMMU_IRQ_PRIQ,
    SVA_SMMU_IRQ_CMD_SYNC,
    SVA_SMMU_IRQ_GERROR,
    SVA_SMMU_IRQ_COUNT
} SvaSmmuIrq;

/* Both may be NULL. */
typedef struct SvaSmmuHostOps {
    void (*irq)(void *host, SvaSmmuIrq line);
    /*
     * Message to an address that is no memory, as that of an interrupt
     * controller.  false: nobody took it.
     */
    bool (*message)(void *host, uint64_t addr, uint32_t data);
} SvaSmmuHostOps;

#define SVA_SMMU_STALLS_MAX 4096
/* Transactions that wait for a stall record, beyond those that have one. */
#define SVA_SMMU_UNRECORDED_MAX   4096

typedef struct SvaSmmuStalls SvaSmmuStalls;
typedef struct SvaSmmuAdversary SvaSmmuAdversary;

/*
 * What served the request before, for one like it: sva_smmu_lookup() in short.
 *
 * @requester: as in SvaUtlbKey; 0: none
 * @changes:   of @stes and @cds of the unit
 * @ste, @cd:  SvaSmmuTransCfg
 */
typedef struct SvaSmmuLast {
    uint64_t requester;
    uint64_t changes;
    const struct SvaSmmuSte *ste;
    const struct SvaSmmuCd *cd;
} SvaSmmuLast;

/* Private to hw/sva/smmuv3, but for iommu and host. */
typedef struct SvaSmmu {
    SvaIommu iommu;             /* first: the unit is found by it */
    const SvaSmmuHostOps *host_ops;
    void *host;
    uint64_t counters[SVA_SMMU_CNT_COUNT];

    SvaSmmuConfig config;
    uint32_t regs[SVA_SMMU_REG_BYTES / 4];

    SvaConfigCache *stes;       /* by StreamID */
    SvaConfigCache *cds;        /* by StreamID and SubstreamID */
    SvaIotlb *iotlb;
    SvaIotlb *walks;            /* table descriptors, NULL: not cached */
    SvaUtlb utlb;               /* in front of all of them */
    SvaSmmuLast last;
    bool has_globals;           /* @iotlb may have entries of every ASID */
    SvaSmmuAdversary *adversary; /* NULL: none */

    SvaAgent agent;             /* with it core/ serves functions */
    SvaAtcInval atc;
    bool sync_waits;            /* @sync, at RD, waits for @sync_generation */
    uint64_t sync_generation;
    uint64_t sync[2];
    bool inval_expired;         /* the next CMD_SYNC fails */
    bool cmdq_running;
    SvaTimer *cmdq_timer;       /* to go on with a long queue */

    SvaSmmuStalls *stalls;
    uint32_t heard;             /* hits that all hear of: stall.c */
} SvaSmmu;

/*
 * Create a unit in reset state.  false: sva_smmu_config_error() says why;
 * nothing is left to free.
 */
bool sva_smmu_init(SvaSmmu *smmu, SvaEnv *env, const SvaSmmuConfig *config);
void sva_smmu_set_host(SvaSmmu *smmu, const SvaSmmuHostOps *ops, void *host);
void sva_smmu_reset(SvaSmmu *smmu);
void sva_smmu_finalize(SvaSmmu *smmu);

/* What has been counted until now. */
uint64_t sva_smmu_counter(const SvaSmmu *smmu, SvaSmmuCounter counter);

/*
 * Register access of 4 or 8 bytes, naturally aligned, at an offset within the
 * two pages of 64 KiB; anything else reads 0 and writes nothing.
 */
uint64_t sva_smmu_mmio_read(SvaSmmu *smmu, uint64_t off, unsigned size);
void sva_smmu_mmio_write(SvaSmmu *smmu, uint64_t off, uint64_t val,
                         unsigned size);

#endif
