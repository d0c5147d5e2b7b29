/*
 * VT-d unit: its state, to be saved and restored
 *
 * The architectural state, flat and without pointers.  Caches are left out,
 * as a unit may drop them at any time, and so are counters.  Whoever changes
 * the meaning of a member changes the version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_STATE_H
#define HW_SVA_VTD_STATE_H

#include "vtd.h"

#define SVA_VTD_STATE_VERSION 1

/*
 * @regs:   register file, GSTS and queue positions included
 * @root:   RTADDR as latched by SRTP
 * @irta:   table of interrupt remapping as latched by SIRTP, EIME in bit 11
 * @irta_entries: its size, 0 before the first SIRTP
 * @iq_base, @iq_size_log2, @iq_entry_log2: queue as latched by QIE
 * @iq_stopping: QIE was cleared, waits are pending
 * @fault_next:  record that is written next
 * @atc:    ATS invalidations that functions have not completed
 * @wait_count, @waits: pending wait descriptors, oldest first
 */
typedef struct SvaVtdSaved {
    uint32_t version;
    uint32_t regs[SVA_VTD_REG_BYTES / 4];
    uint64_t root;
    uint64_t irta;
    uint32_t irta_entries;
    uint64_t iq_base;
    uint8_t iq_size_log2;
    uint8_t iq_entry_log2;
    bool iq_stopping;
    uint8_t fault_next;
    SvaAtcInvalState atc;
    uint32_t wait_count;
    SvaVtdWait waits[SVA_VTD_WAITS];
} SvaVtdSaved;

/* Not to be called from within a call of the unit. */
void sva_vtd_save(const SvaVtd *vtd, SvaVtdSaved *out);

/*
 * Take over @in, of a unit with the same configuration.  The owner is told
 * what has changed.  The queue goes on by itself, not from within this call.
 *
 * NULL, or why @in cannot be taken; the unit is in reset state then.
 */
const char *sva_vtd_load(SvaVtd *vtd, const SvaVtdSaved *in);

#endif
