/*
 * SMMUv3: TLB, and what invalidations drop of all caches
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_TLB_H
#define HW_SVA_SMMUV3_TLB_H

#include "smmuv3.h"
#include "structs.h"

/* -- TLB (tlb.c) -- */

/* The entry that serves @cfg at @addr (sign-extended), or NULL. */
const SvaTlbEntry *sva_smmu_tlb_lookup(const SvaSmmu *smmu,
                                       const SvaSmmuTransCfg *cfg,
                                       uint64_t addr, bool priv);
/* @addr, of @req, is sign-extended. */
void sva_smmu_tlb_insert(SvaSmmu *smmu, const SvaSmmuTransCfg *cfg,
                         const SvaRequest *req, uint64_t addr, bool priv,
                         const SvaVmsaResult *res);
/*
 * What a walk by @cfg of an address whose bits above what it is told are
 * @upper may use of the walk caches, for SvaPtQuery.views: @views, or NULL.
 */
const SvaWalkView *sva_smmu_walk_views(SvaSmmu *smmu,
                                       const SvaSmmuTransCfg *cfg,
                                       uint64_t upper, SvaWalkView views[2]);
/* Whether @entry is of one ASID, and of which. */
bool sva_smmu_tlb_asid(const SvaTlbEntry *entry, uint32_t *asid);

/* -- invalidations (tlb.c) -- */

/* CFGI_*: what to drop of STEs and CDs; @leaf: no first-level entries */
typedef struct SvaSmmuConfigScope {
    bool all;
    bool cd_only;               /* CFGI_CD, CFGI_CD_ALL */
    bool one_cd;                /* CFGI_CD */
    bool leaf;
    uint32_t sid;
    uint32_t sid_last;
    uint32_t ssid;
} SvaSmmuConfigScope;

/* Returns how many entries were looked at, as sva_smmu_drop_tlb() does. */
unsigned sva_smmu_drop_config(SvaSmmu *smmu,
                              const SvaSmmuConfigScope *scope);

/*
 * TLBI_*: what to drop.
 *
 * @hyp:      entries of EL2 worlds, else of NS-EL1
 * @stage1:   stage-1 and combined entries; @stage2: IPA entries
 * @by_asid:  those of @asid; @globals: and global ones
 * @by_vmid:  those of @vmid
 * @by_addr:  those that map something in [@first, @last]
 * @leaf:     no table descriptors
 * @tables:   by address: SvaTlbScope.orders of the table descriptors
 */
typedef struct SvaSmmuTlbScope {
    bool hyp;
    bool stage1;
    bool stage2;
    bool by_asid;
    bool globals;
    bool by_vmid;
    bool by_addr;
    bool leaf;
    uint16_t asid;
    uint16_t vmid;
    uint64_t first;
    uint64_t last;
    uint64_t tables;
} SvaSmmuTlbScope;

unsigned sva_smmu_drop_tlb(SvaSmmu *smmu, const SvaSmmuTlbScope *scope);
void sva_smmu_drop_all(SvaSmmu *smmu);

#endif
