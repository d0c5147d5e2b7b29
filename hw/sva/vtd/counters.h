/*
 * Counters of the VT-d unit
 *
 * They only ever grow, over resets too: who wants a difference reads twice.
 * X(name, text): the enumerator is SVA_VTD_CNT_<name>; the text is what
 * the device publishes as property "count-<text>".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_VTD_COUNTERS_H
#define HW_SVA_VTD_COUNTERS_H

#include "../core/request-counters.h"

#define SVA_VTD_COUNTERS(X)                                             \
    /* memory requests */                                               \
    X(TRANSLATIONS, "translations")         /* untranslated, TE=1 */    \
    X(ABORTED_UNTRANSLATED, "aborted-untranslated")                     \
    X(TRANSLATED, "translated")             /* AT=10, passed */         \
    X(ABORTED_TRANSLATED, "aborted-translated")                         \
    X(ABORTED_INTERRUPT, "aborted-interrupt-range")                     \
    /* caches */                                                        \
    X(IOTLB_HITS, "iotlb-hits")                                         \
    X(IOTLB_MISSES, "iotlb-misses")                                     \
    X(IOTLB_DROPPED, "iotlb-dropped")                                   \
    X(WALK_HITS, "walk-cache-hits")                                     \
    X(WALK_DROPPED, "walk-cache-dropped")                               \
    X(LOOKED_AT, "entries-looked-at")       /* by invalidations */      \
    X(CONTEXT_HITS, "context-hits")                                     \
    X(CONTEXT_FETCHES, "context-fetches")                               \
    X(PASID_HITS, "pasid-hits")                                         \
    X(PASID_FETCHES, "pasid-fetches")                                   \
    /* faults */                                                        \
    X(FAULTS_RECORDED, "faults-recorded")                               \
    X(FAULTS_SILENT, "faults-silent")       /* suppressed by FPD */     \
    X(FAULTS_LOST, "faults-lost")           /* overflow, PFO */         \
    X(EVENTS_FAULT, "events-fault")         /* messages sent */         \
    X(EVENTS_INVALIDATION, "events-invalidation")                       \
    X(EVENTS_PAGE, "events-page")                                       \
    SVA_REQUEST_COUNTERS(X)                                             \
    /* page requests that the unit, not software, answered Invalid */   \
    X(PAGE_AUTO_INVALID, "page-requests-auto-invalid")                  \
    X(PAGE_AUTO_NOT_PRESENT, "page-requests-auto-not-present")          \
                                            /* of those: 51h, 59h */    \
    /* interrupt requests */                                            \
    X(INTR_REMAPPED, "interrupts-remapped")                             \
    X(INTR_PASSED, "interrupts-passed")     /* as they were */          \
    X(INTR_BLOCKED, "interrupts-blocked")                               \
    X(INTR_FETCHES, "interrupt-entry-fetches")                          \
    /* invalidation queue */                                            \
    X(DESC_CONTEXT, "desc-context-cache")                               \
    X(DESC_IOTLB, "desc-iotlb")                                         \
    X(DESC_DEVTLB, "desc-device-tlb")                                   \
    X(DESC_IEC, "desc-interrupt-entry-cache")                           \
    X(DESC_WAIT, "desc-wait")                                           \
    X(DESC_PIOTLB, "desc-pasid-iotlb")                                  \
    X(DESC_PC, "desc-pasid-cache")                                      \
    X(DESC_PDEVTLB, "desc-pasid-device-tlb")                            \
    X(DESC_PGRESP, "desc-page-response")                                \
    X(REG_INVALIDATIONS, "register-invalidations")                      \
    X(WAITS, "waits")                       /* completed */             \
    X(WAITS_PAGE_DRAIN, "waits-page-drain")                             \
    X(WAITS_FENCE, "waits-fence")                                       \
    X(WAITS_DELAYED, "waits-delayed")       /* by a request */           \
    X(WAITS_ABORTED, "waits-aborted")                                   \
    X(QUEUE_ERRORS, "queue-errors")         /* IQE */                   \
    X(QUEUE_DEFERRED, "queue-deferred")     /* more than one slice */   \
    X(ATC_LOST, "atc-completions-lost")     /* while TE=0 */

typedef enum SvaVtdCounter {
#define SVA_VTD_COUNTER_ENUM(name, text) SVA_VTD_CNT_##name,
    SVA_VTD_COUNTERS(SVA_VTD_COUNTER_ENUM)
#undef SVA_VTD_COUNTER_ENUM
    SVA_VTD_CNT_COUNT
} SvaVtdCounter;

/* The text of a counter, never NULL. */
const char *sva_vtd_counter_name(SvaVtdCounter counter);

#endif
