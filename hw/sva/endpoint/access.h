/*
 * SvaMemAccess: one memory access of a function, from address to data
 *
 * A state machine: it is started with a request and stepped until it ends,
 * or has to wait.  Nothing waits inside of a call and nothing is kept on a
 * stack: a wait ends with SvaFunctionOps.wake(), and then, or whenever it
 * likes, the device steps the access again.
 *
 * Depending on its mode an access translates by the ATC, asks the IOMMU,
 * asks for pages, waits for the response and translates again; then it sends
 * the memory request, which may stall and be sent again.
 *
 * PCIe r6 10.2.3 "Translation Completion", 10.3.1 "Invalidate Request",
 * 10.4 "Page Request Services".
 * SMMUv3 (IHI 0070 G.b) 3.12 "Fault models": stall, CMD_RESUME.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_ACCESS_H
#define HW_SVA_ENDPOINT_ACCESS_H

#include "page-group.h"

/* Page requests for one access that may be answered Success in vain. */
#define SVA_ACCESS_RETRIES 16

typedef enum SvaAccessMode {
    SVA_ACCESS_UNTRANSLATED,
    SVA_ACCESS_ATS,
    SVA_ACCESS_ATS_PRI,
} SvaAccessMode;

/*
 * What is wanted: one access within one page.
 *
 * @end:   end of the range of which it is a part, exclusive: pages up to it
 *         may be asked for in advance
 * @step:  distance of the pages asked for
 * @buf:   data, @len bytes, which live until the access ends
 * @block: with SVA_ACCESS_ATS_PRI, page requests may be sent
 * @breakpoints: the device may stop it, see SvaMisbehaviour.breakpoint
 * @atomic: an atomic request on an aligned word of 8 bytes; the word before
 *          goes to @buf, in the order of the processor.  Also set @write.
 * @kind, @operand, @expect: as in SvaAtomicRequest
 */
typedef struct SvaMemRequest {
    uint64_t addr;
    uint64_t end;
    uint64_t step;
    void *buf;
    uint32_t len;
    SvaPasid pasid;
    SvaAccessMode mode;
    bool write;
    bool block;
    bool breakpoints;
    bool atomic;
    SvaAtomicKind kind;
    uint64_t operand;
    uint64_t expect;
} SvaMemRequest;

/* Atomic operations need both rights. */
static inline uint8_t sva_mem_request_rights(const SvaMemRequest *req)
{
    return req->atomic ? SVA_READ | SVA_WRITE
           : req->write ? SVA_WRITE : SVA_READ;
}

/* The numbers are those of saved states. */
typedef enum SvaAccessStage {
    SVA_ACCESS_TRANSLATE,
    SVA_ACCESS_SEND,
    SVA_ACCESS_GROUP_OPEN,
    SVA_ACCESS_GROUP_SEND,
    SVA_ACCESS_GROUP_WAIT,
    SVA_ACCESS_GROUP_ANSWERED,
    SVA_ACCESS_STALLED,
    SVA_ACCESS_STALL_ENDED,
    SVA_ACCESS_IDLE,            /* there is none; not saved */
} SvaAccessStage;

typedef enum SvaAccessResult {
    SVA_ACCESS_AGAIN,           /* step it again */
    SVA_ACCESS_WAITS,           /* SvaMemAccess.wait says for what */
    SVA_ACCESS_DONE,
    SVA_ACCESS_FAILED,          /* .error, .fault_addr and .done are set */
} SvaAccessResult;

typedef enum SvaAccessError {
    SVA_ACCESS_OK,
    SVA_ACCESS_PAGE_FAULT,      /* no access, and no pages to be asked for */
    SVA_ACCESS_INVALID_REQUEST, /* page request answered so */
    SVA_ACCESS_PRI_FAILURE,     /* Response Failure, or PRI is off */
    SVA_ACCESS_ATS_ERROR,       /* UR or CA, or ATS is off */
    SVA_ACCESS_ABORTED,         /* the memory request was */
    SVA_ACCESS_FAULT_LOOP,      /* no access after many Successes */
    SVA_ACCESS_ERRORS
} SvaAccessError;

/* To be read by devices; only access.c writes it. */
typedef struct SvaMemAccess {
    SvaFunction *fn;
    void *owner;
    uint32_t index;             /* in SvaFunction.accesses */
    SvaPageGroup group;
    SvaMemRequest req;

    SvaAccessStage stage;
    SvaAccessWait wait;
    SvaAccessPoint point;       /* SVA_ACCESS_WAIT_BREAKPOINT */
    bool alone;                 /* ask for the needed page only */
    bool untranslated;
    uint8_t passed;             /* breakpoints that it was stopped at */
    uint8_t retries;
    SvaPrgCode code;
    SvaStallAction action;
    uint32_t cookie;            /* SVA_ACCESS_STALLED */
    uint64_t generation;        /* of the ATC, when translated */
    uint64_t pa;

    SvaAccessError error;
    uint64_t fault_addr;
    uint32_t done;              /* bytes transferred when it failed */
} SvaMemAccess;

/*
 * What is saved of an access in flight, besides its request and its group.
 * The ATC and what was translated with it are not: it translates again.
 */
typedef struct SvaMemAccessSaved {
    uint8_t stage;
    uint8_t passed;
    uint8_t retries;
    uint8_t code;
    uint8_t action;
    bool alone;
    uint32_t cookie;
} SvaMemAccessSaved;

/* At most SVA_FUNCTION_ACCESSES_MAX of a function. */
void sva_mem_access_init(SvaMemAccess *access, SvaFunction *fn, void *owner);

/*
 * Begin with @req, which is copied.  There is no other access in flight, but
 * the group of one that was cancelled may still be unanswered.
 */
void sva_mem_access_start(SvaMemAccess *access, const SvaMemRequest *req);
SvaAccessResult sva_mem_access_step(SvaMemAccess *access);

/*
 * Give it up.  A group that was begun is completed, and its response is still
 * due: wake() tells when it has come.  A request that has stalled cannot be
 * taken back: wait for its end instead.
 */
void sva_mem_access_cancel(SvaMemAccess *access);

/* Drop it without a callback; its group has sva_page_group_reset(). */
void sva_mem_access_reset(SvaMemAccess *access);

/* The end of a stall; false: no access of @fn waits for it. */
bool sva_mem_access_stall_end(SvaFunction *fn, const SvaStallEnd *end);

void sva_mem_access_save(const SvaMemAccess *access, SvaMemAccessSaved *out);

/*
 * Put an access that was started anew back to where @in was; false if it
 * cannot have been there.  Its group is loaded before.
 *
 * @given_up: the group need not be open any more, since it was given up
 * @left:     the group may be one of an access that was cancelled
 */
bool sva_mem_access_load(SvaMemAccess *access, const SvaMemAccessSaved *in,
                         bool given_up, bool left);

/* May the next step send a request that is not a page request? */
static inline bool sva_mem_access_sends(const SvaMemAccess *access)
{
    return access->stage == SVA_ACCESS_TRANSLATE ||
           access->stage == SVA_ACCESS_SEND;
}

#endif
