/*
 * Counters of the SMMUv3 unit
 *
 * They only ever grow, over resets too: who wants a difference reads twice.
 * X(name, text): the enumerator is SVA_SMMU_CNT_<name>; the text is what
 * the device publishes as property "count-<text>".  Where the meaning is that
 * of a VT-d counter the text is the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_SMMUV3_COUNTERS_H
#define HW_SVA_SMMUV3_COUNTERS_H

#include "../core/request-counters.h"

#define SVA_SMMU_COUNTERS(X)                                            \
    /* memory requests */                                               \
    X(TRANSLATIONS, "translations")         /* untranslated, SMMUEN */  \
    X(ABORTED_UNTRANSLATED, "aborted-untranslated")                     \
    X(RAZ_WI, "raz-wi")                     /* CD.A=0, or resumed so */ \
    X(TRANSLATED, "translated")             /* AT=10, passed */         \
    X(ABORTED_TRANSLATED, "aborted-translated")                         \
    /* caches */                                                        \
    X(IOTLB_HITS, "iotlb-hits")                                         \
    X(IOTLB_MISSES, "iotlb-misses")                                     \
    X(IOTLB_DROPPED, "iotlb-dropped")                                   \
    X(WALK_HITS, "walk-cache-hits")                                     \
    X(WALK_DROPPED, "walk-cache-dropped")                               \
    X(LOOKED_AT, "entries-looked-at")       /* by commands */           \
    X(STE_HITS, "ste-hits")                                             \
    X(STE_FETCHES, "ste-fetches")                                       \
    X(CD_HITS, "cd-hits")                                               \
    X(CD_FETCHES, "cd-fetches")                                         \
    /* events */                                                        \
    X(FAULTS_RECORDED, "faults-recorded")   /* records, Stall=0 */      \
    X(FAULTS_SILENT, "faults-silent")       /* R=0 */                   \
    X(FAULTS_LOST, "faults-lost")           /* queue full or off */     \
    X(EVENTQ_OVERFLOWS, "eventq-overflows") /* OVFLG toggled */         \
    X(GERRORS, "gerrors")                   /* activated */             \
    /* stalls */                                                        \
    X(STALLS, "stalls")                     /* transactions */          \
    X(STALLS_RECORDED, "stalls-recorded")                               \
    X(STALLS_UNRECORDED, "stalls-unrecorded") /* sent again later */    \
    X(STALL_RETRIES, "stall-retries")       /* sent again */         \
    X(STALL_ABORTS, "stall-aborts")                                     \
    X(STALL_RAZ_WI, "stall-raz-wi")                                     \
    X(STALL_UNKNOWN, "stall-unknown")       /* CMD_RESUME of no stall */ \
    SVA_REQUEST_COUNTERS(X)                                             \
    /* command queue */                                                 \
    X(CMD_CFGI, "cmd-cfgi")                                             \
    X(CMD_TLBI, "cmd-tlbi")                                             \
    X(CMD_ATC_INV, "cmd-atc-inv")                                       \
    X(CMD_PRI_RESP, "cmd-pri-resp")                                     \
    X(CMD_RESUME, "cmd-resume")                                         \
    X(CMD_STALL_TERM, "cmd-stall-term")                                 \
    X(CMD_PREFETCH, "cmd-prefetch")                                     \
    X(WAITS, "waits")                       /* CMD_SYNC completed */    \
    X(WAITS_DELAYED, "waits-delayed")       /* by a request */           \
    X(QUEUE_ERRORS, "queue-errors")         /* CERROR_ILL, ABT */       \
    X(QUEUE_DEFERRED, "queue-deferred")     /* more than one slice */

typedef enum SvaSmmuCounter {
#define SVA_SMMU_COUNTER_ENUM(name, text) SVA_SMMU_CNT_##name,
    SVA_SMMU_COUNTERS(SVA_SMMU_COUNTER_ENUM)
#undef SVA_SMMU_COUNTER_ENUM
    SVA_SMMU_CNT_COUNT
} SvaSmmuCounter;

/* The text of a counter, never NULL. */
const char *sva_smmu_counter_name(SvaSmmuCounter counter);

#endif
