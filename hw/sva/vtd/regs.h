/*
 * VT-d unit: registers, and what changes by writing them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_REGS_H
#define HW_SVA_VTD_REGS_H

#include "hw/sva/event.h"
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
    /* Others may look at the status, see SvaIommuOps.peek(). */
    __atomic_store_n(&vtd->regs[off / 4], val, __ATOMIC_RELAXED);
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

/* Physical address bits of a table entry that are above the width. */
static inline uint64_t sva_vtd_above_haw(const SvaVtd *vtd)
{
    return ~((1ull << vtd->config.haw_bits) - 1);
}

static inline bool sva_vtd_in_interrupt_range(uint64_t addr)
{
    return addr >= SVA_VTD_INTR_FIRST && addr <= SVA_VTD_INTR_LAST;
}

/* -- capabilities (caps.c) -- */

uint64_t sva_vtd_cap(const SvaVtdConfig *config);
uint64_t sva_vtd_ecap(const SvaVtdConfig *config);

/* -- commands (gcmd.c) -- */

/* Software wrote GCMD. */
void sva_vtd_global_command(SvaVtd *vtd);
/* Registers that translation depends on have taken effect (SVA_EV_REGS). */
void sva_vtd_regs_announce(SvaVtd *vtd);

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

#endif
