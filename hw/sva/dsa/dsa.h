/*
 * sva-dsa: Intel Data Streaming Accelerator behind its registers and its port
 *
 * Environment-free.  device.c drives it in QEMU, tests/unit in unit tests.
 * What is modelled, and what is not, is in docs/system/sva-dsa.rst.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_DSA_H
#define HW_SVA_DSA_DSA_H

#include "../endpoint/function.h"
#include "spec.h"

#define DSA_WQS_MAX 64
#define DSA_GROUPS_MAX 16
#define DSA_ENGINES_MAX 16
#define DSA_WQ_SIZE_MAX 4096
#define DSA_VECTORS_MAX (DSA_WQS_MAX + 1)
#define DSA_XFER_SHIFT_MAX 31
#define DSA_BATCH_SHIFT_MAX 15

typedef struct SvaDsa SvaDsa;

/*
 * @wqs, @groups, @engines: how many there are
 * @wq_size:     descriptors that all WQs can hold together
 * @xfer_shift, @batch_shift: log2 of the longest transfer and of the longest
 *               batch
 * @vectors:     of the MSI-X table
 * @int_handles: Request Interrupt Handle is supported, and needed
 * @corrupt:     flip a bit of every result, for tests of tests
 */
typedef struct SvaDsaConfig {
    unsigned wqs;
    unsigned groups;
    unsigned engines;
    unsigned wq_size;
    unsigned xfer_shift;
    unsigned batch_shift;
    unsigned vectors;
    bool int_handles;
    bool corrupt;
    SvaFunctionConfig function;
} SvaDsaConfig;

/* The port is attached to the function afterwards. */
SvaDsa *sva_dsa_new(SvaEnv *env, const SvaDsaConfig *config);
void sva_dsa_free(SvaDsa *dsa);
SvaFunction *sva_dsa_function(SvaDsa *dsa);

/* Conventional reset and FLR. */
void sva_dsa_reset(SvaDsa *dsa);

/* BAR0; accesses of any size, @offset may be anything. */
uint64_t sva_dsa_read(SvaDsa *dsa, uint64_t offset, unsigned size);
void sva_dsa_write(SvaDsa *dsa, uint64_t offset, uint64_t value,
                   unsigned size);

/*
 * 64 bytes to BAR2.  @deferrable: by a Deferrable Memory Write, which has an
 * answer; false: retry.
 */
bool sva_dsa_submit(SvaDsa *dsa, uint64_t offset, const uint8_t *desc,
                    bool deferrable);

/* Bytes of BAR2 that are portals. */
static inline uint64_t sva_dsa_portals_size(unsigned wqs)
{
    return wqs * 4 * (uint64_t)SVA_PAGE_SIZE;
}

/* What the device has done since the last reset. */
typedef enum DsaCounter {
    DSA_CNT_ACCEPTED,           /* descriptors */
    DSA_CNT_RETRIED,            /* deferrable writes answered so */
    DSA_CNT_DROPPED,            /* posted writes */
    DSA_CNT_COMPLETED,          /* descriptors, those in batches as well */
    DSA_CNT_FAILED,             /* of them: status other than 1, 2 and 5 */
    DSA_CNT_ABORTED,            /* descriptors */
    DSA_CNT_EVENTS,             /* written to the event log */
    DSA_CNT_FAULTS,             /* accesses that failed */
    DSA_CNT_INTERRUPTS,
    DSA_CNT_FUNCTION,           /* the first of SvaFunctionCounter */
    DSA_COUNTERS = DSA_CNT_FUNCTION + SVA_FN_COUNTERS
} DsaCounter;

uint64_t sva_dsa_counter(const SvaDsa *dsa, DsaCounter which);
const char *sva_dsa_counter_name(DsaCounter which);

#endif
