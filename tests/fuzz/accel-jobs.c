/*
 * Jobs of the sva-accel fuzz harness: what was announced, by the descriptors
 * as the harness itself reads them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-port.h"

static bool inside(uint64_t va, size_t len, uint64_t base, uint64_t size)
{
    return size && va - base < size && len <= size - (va - base);
}

static bool may_write(const PortJob *job, uint64_t va, size_t len)
{
    const struct sva_desc *d = &job->desc;
    bool writes = d->opcode == SVA_OP_COPY || d->opcode == SVA_OP_FILL ||
                  (d->opcode == SVA_OP_TOUCH &&
                   d->flags & SVA_DF_TOUCH_WRITE);

    return job->active &&
           ((writes && inside(va, len, d->dst, d->size)) ||
            (d->flags & SVA_DF_COMPLETION &&
             inside(va, len, d->completion, sizeof(struct sva_completion))));
}

static bool may_read(const PortJob *job, uint64_t va, size_t len)
{
    const struct sva_desc *d = &job->desc;

    return (job->enabled && inside(va, len, job->ring, job->entries * 64)) ||
           (job->active && (inside(va, len, d->src, d->size) ||
                            inside(va, len, d->dst, d->size)));
}

static void note_record(PortJob *job, uint64_t va, const uint8_t *buf,
                        size_t len)
{
    const struct sva_desc *d = &job->desc;

    if (job->active && d->flags & SVA_DF_COMPLETION && va == d->completion &&
        len == 8) {
        job->records++;
        job->status = buf[0];
    }
}

/* Is there a job that this access belongs to? */
void accel_check_access(AccelWorld *w, SvaPasid pasid, uint64_t va,
                        const void *buf, size_t len, bool write)
{
    PortJob *owner = NULL;
    unsigned owners = 0;

    if (w->probing) {
        g_assert_cmpuint(len, ==, 8);
        return;
    }
    g_assert_cmpuint(len, >, 0);
    g_assert_cmpuint(va % 0x1000 + len, <=, 0x1000);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        PortJob *job = &w->jobs[i];

        if (sva_pasid_equal(job->pasid, pasid) &&
            (write ? may_write(job, va, len) : may_read(job, va, len))) {
            owner = job;
            owners++;
        }
    }
    g_assert_cmpuint(owners, >, 0);
    if (write && owners == 1) {
        note_record(owner, va, buf, len);
    } else if (write) {
        /* Whose record, or whose data, cannot be told any more. */
        for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
            w->jobs[i].ambiguous |= may_write(&w->jobs[i], va, len);
        }
    }
}

/* An atomic request is the whole of a job. */
void accel_check_atomic(AccelWorld *w, SvaPasid pasid, uint64_t va,
                        const SvaAtomicRequest *req)
{
    bool add = req->kind == SVA_ATOMIC_FETCH_ADD, found = false;

    g_assert_cmphex(va % 8, ==, 0);
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        const PortJob *job = &w->jobs[i];
        const struct sva_desc *d = &job->desc;

        found |= job->active && sva_pasid_equal(job->pasid, pasid) &&
                 d->opcode == (add ? SVA_OP_FETCH_ADD
                                   : SVA_OP_COMPARE_SWAP) &&
                 d->dst == va && d->src == req->operand &&
                 (add || d->stride == req->expect);
    }
    g_assert_true(found);
}

static void job_enabled(AccelWorld *w, unsigned ctx)
{
    PortJob *job = &w->jobs[ctx];
    uint32_t cfg = sva_accel_read(w->a, SVA_CTX(ctx, SVA_CTX_CFG), 4);

    g_assert_false(job->active);
    *job = (PortJob) {
        .enabled = true,
        .pasid = cfg & SVA_CFG_PASID_EN ? sva_pasid(cfg & SVA_CFG_PASID)
                                        : SVA_NO_PASID,
        .ring = sva_accel_read(w->a, SVA_CTX(ctx, SVA_CTX_RING_BASE), 8),
        .entries = 1u << sva_accel_read(w->a,
                                        SVA_CTX(ctx, SVA_CTX_RING_SIZE), 4),
    };
    w->put[ctx] = 0;
}

static void job_start(AccelWorld *w, const SvaEvent *event)
{
    PortJob *job = &w->jobs[event->job.context];
    uint64_t va = job->ring + job->head % job->entries * 64ull;
    struct sva_desc *d = &job->desc;

    g_assert_true(job->enabled && !job->active);
    fake_get(w->f, accel_pa(job->pasid, va), d, sizeof(*d));
    d->flags = GUINT16_FROM_LE(d->flags);
    d->id = GUINT32_FROM_LE(d->id);
    d->src = GUINT64_FROM_LE(d->src);
    d->dst = GUINT64_FROM_LE(d->dst);
    d->size = GUINT64_FROM_LE(d->size);
    d->completion = GUINT64_FROM_LE(d->completion);
    d->stride = GUINT64_FROM_LE(d->stride);
    g_assert_cmpuint(event->job.id, ==, d->id);
    g_assert_cmpuint(event->job.opcode, ==, d->opcode);
    job->active = true;
    job->records = 0;
    job->ambiguous = false;
    job->lost = sva_accel_counter(w->a, SVA_CNT_CPL_LOST);
}

/* Could data be mistaken for the record? */
static bool overlaps(const struct sva_desc *d)
{
    uint64_t c = d->completion;

    return d->opcode != SVA_OP_NOP && d->opcode != SVA_OP_DELAY &&
           (inside(c, 1, d->dst, d->size) || d->dst - c < 8);
}

static void job_done(AccelWorld *w, const SvaEvent *event)
{
    PortJob *job = &w->jobs[event->job.context];
    uint64_t lost = sva_accel_counter(w->a, SVA_CNT_CPL_LOST) - job->lost;

    g_assert_true(job->active);
    g_assert_cmpuint(event->job.id, ==, job->desc.id);
    g_assert_cmphex(event->job.status, !=, SVA_ST_NONE);
    if (!(job->desc.flags & SVA_DF_COMPLETION)) {
        g_assert_cmpuint(job->records, ==, 0);
    } else if (!job->ambiguous && !overlaps(&job->desc)) {
        /* A record that was written may still be aborted by the port. */
        g_assert_cmpuint(job->records, <=, 1);
        g_assert_true(job->records == 1 || lost > 0);
        g_assert_true(!job->records || job->status == event->job.status);
    }
    job->active = false;
    job->head++;
}

void accel_job_event(void *opaque, const SvaEvent *event)
{
    AccelWorld *w = opaque;

    switch (event->kind) {
    case SVA_EV_CTX_STATE:
        if (event->context.state == SVA_CTX_ENABLED) {
            job_enabled(w, event->context.index);
        }
        break;
    case SVA_EV_JOB_START:
        job_start(w, event);
        break;
    case SVA_EV_JOB_DONE:
        job_done(w, event);
        break;
    case SVA_EV_RESET:
        memset(w->jobs, 0, sizeof(w->jobs));
        accel_revoke_all(w);
        break;
    default:
        break;
    }
}
