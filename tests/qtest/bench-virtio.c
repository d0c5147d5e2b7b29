/*
 * What `sva bench` measures of iothreads: virtio-blk behind an IOMMU reads
 * 4 KiB to random pages, in one to four threads
 *
 * The rings are as Linux has them, with a table of three descriptors for each
 * request, and are made available again and again, without interrupts.  So no
 * guest has a part in what is measured.  The block device does nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "bench-unit.h"

#define RING        1024u           /* the largest there is */
#define PAGE        0x1000u
#define POLL_US     500             /* QEMU has work for longer than that */
#define LOOKS       200             /* and then: did it fail? */
#define LATE_NS     100000.0        /* for a read: it will not come any more */
#define HEADER      16u
#define BAR         0x21000000u

static void plug(Bench *b)
{
    b->disk = virtio_find_queues(b->t, BENCH_DISK_DEVFN, BAR, BENCH_QUEUES,
                                 RING);
}

/* Requests for the queues of thread @n; where their tables are. */
static uint64_t make_requests(Bench *b, unsigned n)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(n);
    g_autofree VirtioBuffer (*buffers)[3] = g_malloc(RING * sizeof(*buffers));
    uint64_t tables = sva_alloc(b->t, RING * VIRTIO_TABLE);
    uint64_t headers = sva_alloc(b->t, RING * HEADER);
    uint64_t statuses = sva_alloc(b->t, RING);

    for (unsigned i = 0; i < RING; i++) {
        uint64_t page = g_rand_int_range(rand, 0, BENCH_POOL_SIZE / PAGE);

        /* A read (0) of sector 0: what it says is zero already. */
        buffers[i][0] = (VirtioBuffer) { headers + HEADER * i, HEADER, false };
        buffers[i][1] = (VirtioBuffer) {
            b->ram + BENCH_POOL + page * PAGE, PAGE, true
        };
        buffers[i][2] = (VirtioBuffer) { statuses + i, 1, true };
    }
    virtio_tables_put(b->t, tables, buffers, RING);
    return tables;
}

static void begin(Bench *b)
{
    b->disk.features = VIRTIO_F_INDIRECT | VIRTIO_BLK_F_MQ;
    virtio_start(&b->disk);
    for (unsigned n = 0; n < BENCH_IOTHREADS; n++) {
        uint64_t tables = make_requests(b, n);

        for (unsigned q = n; q < BENCH_QUEUES; q += BENCH_IOTHREADS) {
            virtio_loop_prepare(&b->disk, q, tables);
        }
    }
}

/* Count what queue @n has done, and keep it busy. */
static uint64_t look(Bench *b, unsigned n)
{
    uint16_t left = b->disk.queue[n].next_request -
                    virtio_queue_done(&b->disk, n);
    uint64_t done = b->pending[n] - left;

    b->pending[n] = left;
    if (left <= RING / 2) {
        virtio_loop_more(&b->disk, n, RING - left);
        b->pending[n] = RING;
    }
    return done;
}

static bool is_in_use(unsigned queue, unsigned threads)
{
    return queue % BENCH_IOTHREADS < threads;
}

/* It says that it does nothing any more, or it takes far too long. */
static bool has_failed(Bench *b, double deadline)
{
    return bench_wall_ns() > deadline || virtio_needs_reset(&b->disk);
}

static bool is_done(Bench *b)
{
    for (unsigned n = 0; n < BENCH_QUEUES; n++) {
        if (virtio_queue_done(&b->disk, n) != b->disk.queue[n].next_request) {
            return false;
        }
    }
    return true;
}

static bool drain(Bench *b, double deadline)
{
    while (!is_done(b)) {
        if (has_failed(b, deadline)) {
            return false;
        }
        g_usleep(POLL_US);
    }
    memset(b->pending, 0, sizeof(b->pending));
    return true;
}

static uint64_t look_at_all(Bench *b, unsigned threads)
{
    uint64_t done = 0;

    for (unsigned n = 0; n < BENCH_QUEUES; n++) {
        done += is_in_use(n, threads) ? look(b, n) : 0;
    }
    return done;
}

double bench_disk_reads(Bench *b, unsigned threads, uint64_t reads)
{
    uint64_t done = 0;
    double start = bench_wall_ns(), deadline = start + LATE_NS * reads, end;
    unsigned looks = 0;

    while (done < reads) {
        done += look_at_all(b, threads);
        if (!(++looks % LOOKS) && has_failed(b, deadline)) {
            return BENCH_FAILED;
        }
        g_usleep(POLL_US);
    }
    end = bench_wall_ns();
    return drain(b, deadline) ? (end - start) / done : BENCH_FAILED;
}

const BenchDevice bench_disk = { plug, begin };
