/*
 * Counters of what functions ask and are asked, which all IOMMUs have
 *
 * Rows for the lists of counters of the units, see there for X(): the judges
 * of both architectures find the same texts.  core/ counts them by
 * SvaRequestCounter from the first one on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_REQUEST_COUNTERS_H
#define HW_SVA_CORE_REQUEST_COUNTERS_H

#define SVA_REQUEST_COUNTERS(X)                                         \
    /* translation requests */                                          \
    X(ATS_REQUESTS, "ats-requests")                                     \
    X(ATS_GRANTED, "ats-granted")           /* all rights wanted */     \
    X(ATS_PARTIAL, "ats-partial")           /* some of them */          \
    X(ATS_NO_ACCESS, "ats-no-access")       /* Success, R=W=0 */        \
    X(ATS_ERRORS, "ats-errors")             /* UR or CA */              \
    /* page requests */                                                 \
    X(PAGE_REQUESTS, "page-requests")                                   \
    X(PAGE_QUEUED, "page-requests-queued")                              \
    X(PAGE_STOP_MARKERS, "page-stop-markers") /* of those queued */     \
    X(PAGE_OVERFLOW, "page-requests-overflow")                          \
    X(PAGE_REFUSED, "page-requests-refused")                            \
    X(PAGE_AUTO, "page-requests-auto")      /* answered by the unit */  \
    X(PAGE_SUCCESS, "page-responses-success")                           \
    X(PAGE_INVALID, "page-responses-invalid")                           \
    X(PAGE_FAILURE, "page-responses-failure")                           \
    /* ATC invalidations */                                             \
    X(ATC_INVALIDATIONS, "atc-invalidations") /* sent */                \
    X(ATC_COMPLETIONS, "atc-completions")                               \
    X(ATC_UNDELIVERED, "atc-undelivered")   /* nobody there */          \
    X(ATC_TIMEOUTS, "atc-timeouts")         /* not completed in time */ \
    X(ATC_UNEXPECTED, "atc-unexpected")     /* of no request */

typedef enum SvaRequestCounter {
#define SVA_REQUEST_COUNTER_ENUM(name, text) SVA_REQ_##name,
    SVA_REQUEST_COUNTERS(SVA_REQUEST_COUNTER_ENUM)
#undef SVA_REQUEST_COUNTER_ENUM
} SvaRequestCounter;

#endif
