/*
 * sva-accel: memory accesses of a context, by the endpoint library
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_CTX_ACCESS_H
#define HW_SVA_ACCEL_CTX_ACCESS_H

#include "context.h"

/* Requests that a context may send before it is another one's turn. */
#define SVA_SLICE_REQUESTS 256

/*
 * A read of @len bytes to the buffer of the context at offset @buf.
 *
 * By members: a copy of what was just made, in words of another size, waits
 * until all that was written before is in the host's cache.
 */
static inline void sva_ctx_request_set(SvaMemRequest *req, const SvaCtx *ctx,
                                       uint64_t addr, uint32_t buf,
                                       uint64_t len)
{
    memset(req, 0, sizeof(*req));
    req->addr = addr;
    req->end = addr + len;
    req->step = SVA_PAGE_SIZE;
    req->buf = ctx->buf + buf;
    req->len = (uint32_t)len;
    req->pasid = sva_ctx_pasid(ctx);
    req->mode = sva_ctx_mode(ctx);
}

/* The same as a value. */
static inline SvaMemRequest sva_ctx_request(const SvaCtx *ctx, uint64_t addr,
                                            uint32_t buf, uint64_t len)
{
    SvaMemRequest req;

    sva_ctx_request_set(&req, ctx, addr, buf, len);
    return req;
}

/* The access waits: so does the context. */
void sva_ctx_access_wait(SvaCtx *ctx);

/*
 * As sva_mem_access_step().  Every attempt costs, so that no failure can be
 * repeated for free.
 */
static inline SvaAccessResult sva_ctx_access_step(SvaCtx *ctx)
{
    SvaAccessResult result;

    if (sva_mem_access_sends(&ctx->access)) {
        ctx->budget -= ctx->budget > 0;
    }
    result = sva_mem_access_step(&ctx->access);
    if (result == SVA_ACCESS_WAITS) {
        sva_ctx_access_wait(ctx);
    }
    return result;
}

/* Status of the access that failed. */
enum sva_status sva_ctx_access_status(const SvaCtx *ctx);

/* What the context waits for has come: SvaFunctionOps.wake(). */
void sva_ctx_access_wake(void *ctx, SvaAccessWait ended);

/*
 * Breakpoints: stop at @point if it is set, and go on when it is released.
 * Those of accesses are passed by the library.
 */
bool sva_ctx_break(SvaCtx *ctx, uint8_t point);
void sva_ctx_release(SvaCtx *ctx);

#endif
