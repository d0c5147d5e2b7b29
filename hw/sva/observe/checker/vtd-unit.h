/*
 * Checker, VT-d: what a unit can do and how it is set, from its registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_CHECKER_VTD_UNIT_H
#define HW_SVA_OBSERVE_CHECKER_VTD_UNIT_H

#include <stdbool.h>
#include <stdint.h>

/* RTADDR.TTM */
typedef enum SvaCheckVtdMode {
    SVA_CHECK_VTD_LEGACY,
    SVA_CHECK_VTD_SCALABLE,
    SVA_CHECK_VTD_RESERVED,
    SVA_CHECK_VTD_ABORT,
} SvaCheckVtdMode;

/*
 * @mode:    SvaCheckVtdMode
 * @root:    address of the root table
 * @haw:     host address width, 0: not known
 * @widths:  bit n: AW=n is supported
 * @domains: mask of the bits of a domain ID that the unit looks at
 * @mamv:    largest AM of an IOTLB descriptor
 */
typedef struct SvaCheckVtdUnit {
    uint64_t root;
    uint16_t domains;
    uint8_t mode;
    uint8_t haw;
    uint8_t widths;
    uint8_t mamv;
    bool enabled;               /* TES */
    bool root_keeps_caches;     /* ESRTPS=0 */
    bool caching_mode;
    bool level5;                /* first stage */
    bool first;
    bool second;
    bool nested;
    bool pass;
    bool devtlb;
    bool page_requests;
    bool page_drain;
    bool pasids;
    bool rid_pasid;
    bool supervisor;
    bool snoop;
    bool walk_snoop;
    bool memory_types;
    bool second_ad;
    bool extended_accessed;
    bool source_pfsid;          /* DIT */
} SvaCheckVtdUnit;

/* From the words of SVA_EV_REGS. */
void sva_check_vtd_unit(const uint64_t *words, SvaCheckVtdUnit *out);

/* Bits of an address that the unit does not have. */
static inline uint64_t sva_check_vtd_above_haw(const SvaCheckVtdUnit *unit)
{
    return unit->haw && unit->haw < 64 ? UINT64_MAX << unit->haw : 0;
}

#endif
