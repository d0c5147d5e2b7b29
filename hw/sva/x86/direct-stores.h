/*
 * State of the instructions that x86/tcg.c adds to the processors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_X86_DIRECT_STORES_H
#define HW_SVA_X86_DIRECT_STORES_H

#include "qom/object.h"
#include "insn.h"

enum {
    SVA_COUNT_REFUSED = SVA_INSN_OPS,   /* no valid PASID, or no CPL 0: #GP */
    SVA_COUNT_RETRIES,                  /* ZF became 1 */
    SVA_COUNT_PASID_WRITES,             /* by WRMSR */
    SVA_COUNTERS,
};

#define TYPE_SVA_DIRECT_STORES "sva-direct-stores"
OBJECT_DECLARE_SIMPLE_TYPE(SvaDirectStoreState, SVA_DIRECT_STORES)

/* /machine/sva-direct-stores; the counters are properties of it. */
struct SvaDirectStoreState {
    Object parent_obj;

    uint32_t cpus;              /* the most that there can be */
    uint64_t *ia32_pasid;       /* by index of the processor */
    uint64_t counters[SVA_COUNTERS];
};

/* Child of the machine, with saved state; it is never freed. */
SvaDirectStoreState *sva_direct_stores_new(unsigned cpus);

#endif
