/*
 * VT-d unit: IOTLB, and what invalidations drop of all caches
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_TLB_H
#define HW_SVA_VTD_TLB_H

#include "structs.h"
#include "vtd.h"

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
    bool leaf_only;             /* IH: no entry above the leaf has changed */
    uint32_t pasid;
    uint64_t addr;
    uint64_t mask;              /* UINT64_MAX: every address */
} SvaVtdScope;

/* -- IOTLB (tlb.c) -- */

/*
 * SvaTlbEntry.table, if there is an adversary: number of the entry, and the
 * rights of the page, those included that take a walk to set D.
 */
#define SVA_VTD_TLB_TABLE(number, rights) ((number) << 8 | (rights))
#define SVA_VTD_TLB_NUMBER(table)         ((table) >> 8)
#define SVA_VTD_TLB_RIGHTS(table)         ((table) & SVA_RW)

/*
 * The translation of the address of @req by @cfg->entry.  false: there is none
 * that has the SvaAccess bits @want; an entry that lacks some is about to be
 * replaced.
 */
bool sva_vtd_tlb_lookup(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                        const SvaRequest *req, uint8_t want,
                        SvaMapping *out);
/* What a walk for @req resulted in; @priv: looked up with SVA_PRIV */
void sva_vtd_tlb_insert(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                        const SvaRequest *req, bool priv,
                        const SvaPtResult *res);

/*
 * What walks by @cfg->entry may use of the paging-structure caches, for
 * SvaPtQuery.views: @views, or NULL.
 */
const SvaWalkView *sva_vtd_walk_views(SvaVtd *vtd, const SvaVtdTransCfg *cfg,
                                      SvaWalkView views[2]);

/* -- invalidations (tlb.c) -- */

/* They return how many entries they looked at. */
unsigned sva_vtd_drop_contexts(SvaVtd *vtd, const SvaVtdScope *scope);
unsigned sva_vtd_drop_pasids(SvaVtd *vtd, const SvaVtdScope *scope);
unsigned sva_vtd_drop_iotlb(SvaVtd *vtd, const SvaVtdScope *scope);
void sva_vtd_drop_all(SvaVtd *vtd);
/* 2^@am pages of 4 KiB as size - 1, honoured to the letter. */
uint64_t sva_vtd_am_mask(unsigned am);
/* Drop what would translate this page, before its request is queued. */
void sva_vtd_drop_page(SvaVtd *vtd, const SvaVtdPasidEntry *entry,
                       uint32_t pasid, uint64_t addr);

/* -- by register (inv-regs.c) -- */

/* Software wrote the upper half of CCMD or IOTLB. */
void sva_vtd_context_command(SvaVtd *vtd);
void sva_vtd_iotlb_command(SvaVtd *vtd);

/* -- interrupt entry cache (intr.c) -- */

/*
 * All entries, or [@index, @index + 2^@mask) with @index aligned down.
 * Returns how many entries were looked at.
 */
unsigned sva_vtd_drop_irtes(SvaVtd *vtd, bool global, uint32_t index,
                            uint32_t mask);

#endif
