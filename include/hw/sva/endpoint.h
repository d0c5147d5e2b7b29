/*
 * SvaPort: what a PCIe function with ATS, PRI and PASID sees of the platform
 *
 * The port carries the TLPs of one function: memory requests, translation
 * requests, page requests, invalidate completions and interrupts.  It is
 * environment-free; hw/sva/pci/endpoint.c implements it for a PCIDevice,
 * tests/unit/fake-port.c for unit tests.
 *
 * The port enforces what a root complex enforces (bus master enable, the
 * IOMMU) and nothing more: keeping to the ATS, PRI and PASID enables of the
 * function's own configuration space is the function's duty, so that a
 * function can also be made to break the rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_H
#define HW_SVA_ENDPOINT_H

#include "hw/sva/env.h"
#include "hw/sva/types.h"

typedef struct SvaPort SvaPort;

/*
 * Untranslated memory request of any length; split at page boundaries.
 *
 * @may_stall, @cookie: as in SvaRequest
 */
typedef struct SvaDmaRequest {
    SvaPasid pasid;
    uint64_t addr;
    bool write;
    bool may_stall;
    uint32_t cookie;
} SvaDmaRequest;

/*
 * Result of a memory access.
 *
 * @done:    bytes transferred before the first one that was not
 * @outcome: SVA_OK if and only if all bytes were; SVA_STALL: the rest is to
 *           be sent again, or not, when stall_end() comes
 */
typedef struct SvaDmaResult {
    size_t done;
    SvaOutcome outcome;
} SvaDmaResult;

typedef enum SvaAtomicKind {
    SVA_ATOMIC_FETCH_ADD,
    SVA_ATOMIC_COMPARE_SWAP,
} SvaAtomicKind;

/*
 * Atomic request on a naturally aligned word of 8 bytes (PCIe r6 6.15).
 *
 * @addr:    virtual, or physical from the ATC if @translated
 * @operand: what is added, or stored if the word is @expect
 */
typedef struct SvaAtomicRequest {
    SvaPasid pasid;
    uint64_t addr;
    bool translated;
    SvaAtomicKind kind;
    uint64_t operand;
    uint64_t expect;
    bool may_stall;
    uint32_t cookie;
} SvaAtomicRequest;

/*
 * Memory requests that the function wants to make itself: of consecutive
 * addresses, each within a page.
 *
 * @len:        bytes of all of them, at least 1
 * @translated: @addr is physical, from the ATC; @pasid has no meaning
 */
typedef struct SvaRamRequest {
    SvaPasid pasid;
    uint64_t addr;
    uint32_t len;
    bool translated;
    bool write;
} SvaRamRequest;

/*
 * Where the host has their bytes.
 *
 * @len:      how many of those wanted, from the first on: all that are in its
 *            page, and maybe more
 * @requests: that they count as
 * @pa:       physical address of the first
 * @note:     the port's own
 */
typedef struct SvaRam {
    void *host;
    uint64_t pa;
    uint32_t len;
    uint32_t requests;
    uint8_t note;
    bool write;
} SvaRam;

typedef struct SvaPortOps {
    /*
     * Untranslated memory request, with or without PASID.  An access that
     * the IOMMU aborts ends it.
     */
    SvaDmaResult (*dma)(SvaPort *port, const SvaDmaRequest *req, void *buf,
                        size_t len);
    /* Translated memory request to a physical address from the ATC. */
    SvaDmaResult (*dma_translated)(SvaPort *port, uint64_t pa,
                                   void *buf, size_t len, bool write);
    /*
     * Where are the bytes of memory requests?  false: the first has to be
     * sent, because it does not lead to RAM, or somebody wants to see it.
     * Nothing has happened then, nor otherwise until ram_done(), after which
     * those of @ram have been made, which may be fewer than were found.  What
     * it found is good until anything else is sent, and no longer than the
     * function was called.  NULL: it never knows.
     */
    bool (*ram)(SvaPort *port, const SvaRamRequest *req, SvaRam *out);
    void (*ram_done)(SvaPort *port, const SvaRam *ram);
    /*
     * Atomic against the guest's processors; needs the rights to read and to
     * write.  @old becomes what was there before, with SVA_OK only.  NULL:
     * the platform completes no atomic requests.
     */
    SvaOutcome (*atomic)(SvaPort *port, const SvaAtomicRequest *req,
                         uint64_t *old);
    /*
     * Translation request for the page of @addr; SvaAccess bits wanted.
     * @final: as in SvaRequest.
     */
    void (*ats_request)(SvaPort *port, SvaPasid pasid, uint64_t addr,
                        uint8_t access, bool final, SvaAtsCompletion *out);
    /* Page request message; SvaPageRequest.rid is filled in by the port. */
    void (*page_request)(SvaPort *port, const SvaPageRequest *req);
    /* Invalidate completion for SvaAtcInvalidation.itag. */
    void (*inval_done)(SvaPort *port, uint32_t itag);
    /* MSI-X message of vector @vector; nothing if it is out of range. */
    void (*interrupt)(SvaPort *port, unsigned vector);
    /* Requester ID that the function has now. */
    uint16_t (*rid)(SvaPort *port);
} SvaPortOps;

/* What reaches the function.  Neither call may send a memory request. */
typedef struct SvaPortClientOps {
    /*
     * Invalidate request.  The function must complete it with inval_done()
     * once no use of the old translation is left, now or later, without
     * waiting for a translation or for a page response.
     */
    void (*invalidate)(void *client, const SvaAtcInvalidation *inv);
    void (*page_response)(void *client, const SvaPageResponse *rsp);
    /* false: the function waits for no such thing.  NULL: it never does. */
    bool (*stall_end)(void *client, const SvaStallEnd *end);
} SvaPortClientOps;

struct SvaPort {
    const SvaPortOps *ops;
    SvaEnv *env;
    const SvaPortClientOps *client_ops;
    void *client;
};

#define SVA_ATOMIC_TRIES 1000

/*
 * Do @req at physical address @pa, for implementations of a port; false if
 * that is not RAM.  A processor that writes the word without pause could
 * outrun us for ever, so that there is an end to trying.
 */
static inline bool sva_env_atomic(SvaEnv *env, uint64_t pa,
                                  const SvaAtomicRequest *req, uint64_t *old)
{
    bool cas = req->kind == SVA_ATOMIC_COMPARE_SWAP;
    bool done = false;

    *old = req->expect;
    if (!cas && !sva_env_read64(env, pa, old)) {
        return false;
    }
    for (unsigned i = 0; i < SVA_ATOMIC_TRIES && !done; i++) {
        uint64_t desired = cas ? req->operand : *old + req->operand;

        if (!env->ops->cmpxchg64(env, pa, old, desired, &done)) {
            return false;
        }
        done |= cas;
    }
    return done;
}

#endif
