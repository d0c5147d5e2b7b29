/*
 * Requests that a function sends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "request.h"

static SvaFunctionCounter ats_counter(const SvaAtsCompletion *cpl,
                                      uint8_t rights)
{
    if (cpl->status != SVA_ATS_SUCCESS) {
        return SVA_FN_ATS_ERROR;
    }
    if (!(cpl->map.access & (SVA_READ | SVA_WRITE))) {
        return SVA_FN_ATS_NO_ACCESS;
    }
    return (cpl->map.access & rights) == rights ? SVA_FN_ATS_GRANTED
                                                : SVA_FN_ATS_PARTIAL;
}

void sva_request_translation(SvaFunction *fn, void *owner, SvaPasid pasid,
                             uint64_t page, uint8_t access, uint8_t rights,
                             bool final, SvaAtsCompletion *out)
{
    *out = (SvaAtsCompletion) { 0 };
    fn->port->ops->ats_request(fn->port, pasid, page, access, final, out);
    sva_function_count(fn, owner, SVA_FN_ATS_REQUESTS, 1);
    sva_function_count(fn, owner, ats_counter(out, rights), 1);
}

static inline void count_bytes(SvaFunction *fn, void *owner,
                               unsigned requests, size_t bytes, bool write)
{
    sva_function_count(fn, owner, SVA_FN_REQUESTS, requests);
    sva_function_count(fn, owner,
                       write ? SVA_FN_BYTES_WRITTEN : SVA_FN_BYTES_READ,
                       bytes);
}

static inline SvaDmaResult count_dma(SvaFunction *fn, void *owner,
                                     SvaDmaResult result, size_t len,
                                     bool write)
{
    result.done = MIN(result.done, len);
    count_bytes(fn, owner, 1, result.done, write);
    if (result.outcome == SVA_ABORT) {
        sva_function_count(fn, owner, SVA_FN_ABORTS, 1);
    }
    return result;
}

SvaDmaResult sva_request_dma(SvaFunction *fn, void *owner,
                             const SvaDmaRequest *req, void *buf, size_t len)
{
    return count_dma(fn, owner, fn->port->ops->dma(fn->port, req, buf, len),
                     len, req->write);
}

SvaDmaResult sva_request_translated(SvaFunction *fn, void *owner,
                                    uint64_t pa, void *buf, size_t len,
                                    bool write)
{
    SvaPort *port = fn->port;

    return count_dma(fn, owner,
                     port->ops->dma_translated(port, pa, buf, len, write),
                     len, write);
}

void sva_request_made(SvaFunction *fn, void *owner, const SvaRam *ram)
{
    fn->port->ops->ram_done(fn->port, ram);
    count_bytes(fn, owner, ram->requests, ram->len, ram->write);
}

/* A platform that completes no atomic requests aborts them. */
SvaDmaResult sva_request_atomic(SvaFunction *fn, void *owner,
                                const SvaAtomicRequest *req, uint64_t *old)
{
    SvaDmaResult result = { .outcome = SVA_ABORT };

    if (fn->port->ops->atomic) {
        result.outcome = fn->port->ops->atomic(fn->port, req, old);
    }
    if (result.outcome == SVA_OK) {
        result.done = sizeof(*old);
        sva_function_count(fn, owner, SVA_FN_BYTES_READ, sizeof(*old));
    }
    return count_dma(fn, owner, result, sizeof(*old), true);
}

void sva_request_page(SvaFunction *fn, void *owner,
                      const SvaPageRequest *req)
{
    sva_function_count(fn, owner, SVA_FN_PAGE_REQUESTS, 1);
    fn->port->ops->page_request(fn->port, req);
}

void sva_request_stop_marker(SvaFunction *fn, void *owner, SvaPasid pasid)
{
    SvaPageRequest marker = { .pasid = pasid, .last = true };

    sva_function_count(fn, owner, SVA_FN_STOP_MARKERS, 1);
    fn->port->ops->page_request(fn->port, &marker);
}
