/*
 * sva-accel: the operations, as sequences of accesses within one page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/compare.h"
#include "../endpoint/crc.h"
#include "../endpoint/direct.h"
#include "ctx-access.h"
#include "descriptor.h"
#include "operation.h"
#include "sched.h"

typedef struct SvaOp {
    SvaOpNext (*next)(SvaCtx *ctx);
    /* An access is done; NULL if there are none. */
    void (*done)(SvaCtx *ctx);
} SvaOp;

static SvaOpNext op_end(SvaCtx *ctx, enum sva_status status)
{
    ctx->job.status = status;
    return SVA_OP_END;
}

static uint64_t left_in_page(uint64_t addr)
{
    return SVA_PAGE_SIZE - (addr & ~SVA_PAGE_MASK);
}

/* An access to the range at @base, which is as long as the operation. */
static SvaMemRequest op_request(const SvaCtx *ctx, uint64_t base,
                                uint64_t offset, uint32_t buf, uint64_t len)
{
    const struct sva_desc *desc = &ctx->job.desc;
    SvaMemRequest req = sva_ctx_request(ctx, base + offset, buf, len);

    req.end = base + desc->size;
    req.block = desc->flags & SVA_DF_BLOCK_ON_FAULT;
    req.breakpoints = true;
    return req;
}

/* Start an access at offset SvaJob.bytes of the range at @base. */
static SvaOpNext op_access(SvaCtx *ctx, uint64_t base, uint32_t buf,
                           uint64_t len, bool write)
{
    SvaMemRequest req = op_request(ctx, base, ctx->job.bytes, buf, len);

    req.write = write;
    sva_mem_access_start(&ctx->access, &req);
    return SVA_OP_ACCESS;
}

/* Longest piece from SvaJob.bytes on that crosses no page in src or dst. */
static uint64_t op_piece(const SvaJob *job, bool with_src)
{
    uint64_t len = MIN(job->desc.size - job->bytes,
                       left_in_page(job->desc.dst + job->bytes));

    return with_src
           ? MIN(len, left_in_page(job->desc.src + job->bytes)) : len;
}

/* -- in place, where an access would go straight through to RAM -- */

/*
 * @piece bytes, or @most across pages, if nothing has to happen between two
 * requests.
 */
static uint64_t op_reach(const SvaCtx *ctx, uint64_t piece, uint64_t most)
{
    const SvaJob *job = &ctx->job;

    return sva_ctx_reg(ctx, SVA_CTX_BW_LIMIT)
           ? piece : MAX(piece, MIN(job->desc.size - job->bytes, most));
}

/* Of one range. */
static uint64_t op_reach_alone(const SvaCtx *ctx, uint64_t piece)
{
    return op_reach(ctx, piece, ctx->budget * SVA_PAGE_SIZE);
}

static bool op_find(SvaCtx *ctx, uint64_t base, uint64_t len, bool write,
                    SvaDirect *out)
{
    SvaMemRequest req = op_request(ctx, base, ctx->job.bytes, 0, len);

    req.write = write;
    return sva_direct_find(&ctx->accel->fn, ctx, &req, out);
}

/* Requests were made in place. */
static void op_made(SvaCtx *ctx, const SvaDirect *direct)
{
    sva_direct_done(&ctx->accel->fn, ctx, direct);
    ctx->budget -= MIN(ctx->budget, direct->ram.requests);
    ctx->moved += direct->ram.len;
}

static bool copy_direct(SvaCtx *ctx, uint64_t piece)
{
    const struct sva_desc *desc = &ctx->job.desc;
    uint64_t len = op_reach(ctx, piece, sva_direct_most(ctx->budget, desc->src,
                                                        desc->dst));
    SvaDirect src, dst;

    if (!op_find(ctx, desc->src, len, false, &src) ||
        !op_find(ctx, desc->dst, len, true, &dst)) {
        return false;
    }
    sva_direct_pair(&src, &dst);
    memmove(dst.ram.host, src.ram.host, dst.ram.len);
    op_made(ctx, &src);
    op_made(ctx, &dst);
    ctx->job.bytes += dst.ram.len;
    return true;
}

static void fill_bytes(const SvaJob *job, uint8_t *data, uint64_t len)
{
    uint64_t word = job->desc.src;
    unsigned shift = job->bytes % 8 * 8;
    uint64_t i = 0;

    /* As it stands in memory, begun where the piece begins. */
    word = GUINT64_TO_LE(shift ? word >> shift | word << (64 - shift) : word);
    for (; i + sizeof(word) <= len; i += sizeof(word)) {
        memcpy(data + i, &word, sizeof(word));
    }
    memcpy(data + i, &word, len - i);
}

static bool fill_direct(SvaCtx *ctx, uint64_t piece)
{
    SvaDirect dst;

    if (!op_find(ctx, ctx->job.desc.dst, op_reach_alone(ctx, piece), true,
                 &dst)) {
        return false;
    }
    fill_bytes(&ctx->job, dst.ram.host, dst.ram.len);
    op_made(ctx, &dst);
    ctx->job.bytes += dst.ram.len;
    return true;
}

/* @part: 0, or 2: a difference was found, job.bytes is its offset. */
static void compare_found(SvaJob *job, unsigned same, unsigned len)
{
    job->bytes += same;
    job->part = same == len ? 0 : 2;
}

/* Page by page: what follows a difference is not read. */
static bool compare_direct(SvaCtx *ctx, uint64_t len)
{
    const struct sva_desc *desc = &ctx->job.desc;
    SvaDirect src, dst;
    unsigned same;

    if (!op_find(ctx, desc->src, len, false, &src) ||
        !op_find(ctx, desc->dst, len, false, &dst)) {
        return false;
    }
    same = sva_first_difference(src.ram.host, dst.ram.host, (unsigned)len);
    op_made(ctx, &src);
    op_made(ctx, &dst);
    compare_found(&ctx->job, same, (unsigned)len);
    return true;
}

static bool crc_direct(SvaCtx *ctx, uint64_t piece)
{
    SvaJob *job = &ctx->job;
    SvaDirect src;

    if (!op_find(ctx, job->desc.dst, op_reach_alone(ctx, piece), false,
                 &src)) {
        return false;
    }
    job->result = sva_crc32c(job->result, src.ram.host, src.ram.len);
    op_made(ctx, &src);
    job->bytes += src.ram.len;
    return true;
}

/* -- the operations -- */

static SvaOpNext nop_next(SvaCtx *ctx)
{
    return op_end(ctx, SVA_ST_SUCCESS);
}

static SvaOpNext copy_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    uint64_t len = op_piece(job, true);

    if (!len) {
        return op_end(ctx, SVA_ST_SUCCESS);
    }
    if (!job->part) {
        sva_atc_expect(ctx->accel->fn.atc, sva_ctx_pasid(ctx),
                       job->desc.dst + job->bytes);
        if (copy_direct(ctx, len)) {
            return SVA_OP_DIRECT;
        }
    }
    return op_access(ctx, job->part ? job->desc.dst : job->desc.src,
                     SVA_BUF_DATA(0), len, job->part);
}

static void copy_done(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    if (job->part) {
        job->bytes += ctx->access.req.len;
    }
    job->part ^= 1;
}

static SvaOpNext fill_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    uint64_t len = op_piece(job, false);
    uint8_t *data = ctx->buf + SVA_BUF_DATA(0);

    if (!len) {
        return op_end(ctx, SVA_ST_SUCCESS);
    }
    if (fill_direct(ctx, len)) {
        return SVA_OP_DIRECT;
    }
    fill_bytes(job, data, len);
    return op_access(ctx, job->desc.dst, SVA_BUF_DATA(0), len, true);
}

static void fill_done(SvaCtx *ctx)
{
    ctx->job.bytes += ctx->access.req.len;
}

/* Part 2: a difference was found, job.bytes is its offset. */
static SvaOpNext compare_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    uint64_t len = op_piece(job, true);

    if (job->part == 2) {
        job->result = job->bytes;
        return op_end(ctx, SVA_ST_DIFFERENT);
    }
    if (!len) {
        return op_end(ctx, SVA_ST_SUCCESS);
    }
    if (!job->part && compare_direct(ctx, len)) {
        return SVA_OP_DIRECT;
    }
    return op_access(ctx, job->part ? job->desc.dst : job->desc.src,
                     SVA_BUF_DATA(job->part), len, false);
}

static void compare_done(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    const uint8_t *src = ctx->buf + SVA_BUF_DATA(0);
    const uint8_t *dst = ctx->buf + SVA_BUF_DATA(1);
    unsigned len = ctx->access.req.len;

    if (job->part == 0) {
        job->part = 1;
        return;
    }
    compare_found(job, sva_first_difference(src, dst, len), len);
}

/* After the last word of a round: the end, a pause, or straight on. */
static SvaOpNext touch_round(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    job->round++;
    if (job->round == job->desc.rounds) {
        return op_end(ctx, SVA_ST_SUCCESS);
    }
    job->offset = 0;
    if (!job->desc.interval) {
        return SVA_OP_ACCESS;
    }
    sva_sched_sleep(ctx, sva_accel_now(ctx->accel) +
                         job->desc.interval * 1000ll);
    return SVA_OP_SLEEP;
}

static SvaOpNext touch_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    const struct sva_desc *desc = &job->desc;
    uint64_t word = GUINT64_TO_LE(desc->src);
    SvaMemRequest req;

    if (job->offset >= desc->size) {
        SvaOpNext next = touch_round(ctx);

        if (next != SVA_OP_ACCESS) {
            return next;
        }
    }
    memcpy(ctx->buf + SVA_BUF_DATA(0), &word, sizeof(word));
    req = op_request(ctx, desc->dst, job->offset, SVA_BUF_DATA(0),
                     sizeof(word));
    req.step = MAX(desc->stride, SVA_PAGE_SIZE);
    req.write = desc->flags & SVA_DF_TOUCH_WRITE;
    sva_mem_access_start(&ctx->access, &req);
    return SVA_OP_ACCESS;
}

static void touch_done(SvaCtx *ctx)
{
    ctx->job.bytes += ctx->access.req.len;
    ctx->job.offset += ctx->job.desc.stride;
}

static SvaOpNext delay_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    if (job->part) {
        return op_end(ctx, SVA_ST_SUCCESS);
    }
    job->part = 1;
    sva_sched_sleep(ctx, sva_accel_now(ctx->accel) +
                         (int64_t)job->desc.size);
    return SVA_OP_SLEEP;
}

/* Part 1: the request is done, the word before is in the buffer. */
static SvaOpNext atomic_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    const struct sva_desc *desc = &job->desc;
    SvaMemRequest req;

    if (job->part) {
        return op_end(ctx, desc->opcode == SVA_OP_FETCH_ADD ||
                           job->result == desc->stride
                           ? SVA_ST_SUCCESS : SVA_ST_DIFFERENT);
    }
    req = op_request(ctx, desc->dst, 0, SVA_BUF_DATA(0), sizeof(uint64_t));
    req.write = true;
    req.atomic = true;
    req.kind = desc->opcode == SVA_OP_COMPARE_SWAP ? SVA_ATOMIC_COMPARE_SWAP
                                                   : SVA_ATOMIC_FETCH_ADD;
    req.operand = desc->src;
    req.expect = desc->stride;
    sva_mem_access_start(&ctx->access, &req);
    return SVA_OP_ACCESS;
}

static void atomic_done(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;

    memcpy(&job->result, ctx->buf + SVA_BUF_DATA(0), sizeof(job->result));
    job->bytes = ctx->access.req.len;
    job->part = 1;
}

static SvaOpNext crc_next(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    uint64_t len = op_piece(job, false);

    if (!job->bytes) {
        job->result = (uint32_t)job->desc.src;
    }
    if (!len) {
        return op_end(ctx, SVA_ST_SUCCESS);
    }
    if (crc_direct(ctx, len)) {
        return SVA_OP_DIRECT;
    }
    return op_access(ctx, job->desc.dst, SVA_BUF_DATA(0), len, false);
}

static void crc_done(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    unsigned len = ctx->access.req.len;

    job->result = sva_crc32c(job->result, ctx->buf + SVA_BUF_DATA(0), len);
    job->bytes += len;
}

static const SvaOp ops[SVA_OP_MAX] = {
    [SVA_OP_NOP]     = { nop_next, NULL },
    [SVA_OP_COPY]    = { copy_next, copy_done },
    [SVA_OP_FILL]    = { fill_next, fill_done },
    [SVA_OP_COMPARE] = { compare_next, compare_done },
    [SVA_OP_TOUCH]   = { touch_next, touch_done },
    [SVA_OP_DELAY]   = { delay_next, NULL },
    [SVA_OP_FETCH_ADD] = { atomic_next, atomic_done },
    [SVA_OP_COMPARE_SWAP] = { atomic_next, atomic_done },
    [SVA_OP_CRC32C]  = { crc_next, crc_done },
};

SvaOpNext sva_op_next(SvaCtx *ctx)
{
    return ops[ctx->job.desc.opcode].next(ctx);
}

void sva_op_done(SvaCtx *ctx)
{
    ops[ctx->job.desc.opcode].done(ctx);
}

/* The first failure is the one that the completion record tells. */
bool sva_op_failed(SvaCtx *ctx)
{
    SvaJob *job = &ctx->job;
    const SvaMemAccess *access = &ctx->access;
    bool touch = job->desc.opcode == SVA_OP_TOUCH;

    if (!touch || !job->result) {
        job->fault_addr = access->fault_addr;
        job->fault_write = access->req.write;
    }
    job->result += touch;
    if (job->desc.flags & SVA_DF_KEEP_GOING) {
        job->offset += job->desc.stride;
        return true;
    }
    if (job->desc.opcode == SVA_OP_FILL ||
        (job->desc.opcode == SVA_OP_COPY && job->part)) {
        job->bytes += access->done;
    }
    job->status = sva_ctx_access_status(ctx);
    return false;
}
