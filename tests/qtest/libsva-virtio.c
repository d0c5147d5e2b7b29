/*
 * A virtio device of version 1, driven by hand
 *
 * Virtio 1.2, sections 2.7 (split queues), 4.1.4 (PCI capabilities).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libsva-virtio.h"

#define CAP_VENDOR          0x09
#define CAP_COMMON          1
#define CAP_NOTIFY          2

/* Common configuration */
#define C_DRIVER_SELECT     0x08
#define C_DRIVER_FEATURES   0x0c
#define C_STATUS            0x14
#define C_QUEUE_SELECT      0x16
#define C_QUEUE_SIZE        0x18
#define C_QUEUE_ENABLE      0x1c
#define C_QUEUE_NOTIFY      0x1e
#define C_QUEUE_DESC        0x20
#define C_QUEUE_DRIVER      0x28
#define C_QUEUE_DEVICE      0x30

#define S_ACKNOWLEDGE       1
#define S_DRIVER            2
#define S_DRIVER_OK         4
#define S_NEEDS_RESET       64
#define S_FEATURES_OK       8

/* Bits 32 and 33 */
#define F_VERSION_1         1u
#define F_ACCESS_PLATFORM   2u

#define D_NEXT              1
#define D_WRITE             2
#define D_INDIRECT          4
#define NO_INTERRUPT        1

/* Parts of the ring, each in pages of its own; the first are descriptors. */
static uint64_t pages(uint64_t bytes)
{
    return (bytes + 0xfff) & ~0xfffull;
}

static uint64_t avail(const VirtioQueue *q)
{
    return q->ring + pages(16 * q->room);
}

static uint64_t used(const VirtioQueue *q)
{
    return avail(q) + pages(6 + 2 * q->room);
}

static uint64_t ring_end(const VirtioQueue *q)
{
    return used(q) + pages(6 + 8 * q->room);
}

Virtio virtio_find(SvaTest *t, unsigned devfn, uint32_t bar)
{
    return virtio_find_queues(t, devfn, bar, 1, VIRTIO_QUEUE_SIZE);
}

static void queues_alloc(Virtio *v, unsigned size)
{
    for (unsigned i = 0; i < v->queues; i++) {
        VirtioQueue *q = &v->queue[i];

        q->room = q->size = size;
        q->ring = sva_alloc(v->t, ring_end(q) - q->ring);
    }
}

Virtio virtio_find_queues(SvaTest *t, unsigned devfn, uint32_t bar,
                          unsigned queues, unsigned size)
{
    Virtio v = { .t = t, .devfn = devfn, .bar = bar, .queues = queues };
    unsigned at = sva_cfg_read(t, devfn, 0x34, 1), steps;

    sva_cfg_write(t, devfn, 0x20, 4, bar);
    sva_cfg_write(t, devfn, 0x24, 4, 0);
    sva_cfg_write(t, devfn, 0x04, 2, 0x0006);
    for (steps = 0; at && steps < 48; steps++) {
        unsigned type = sva_cfg_read(t, devfn, at + 3, 1);
        uint32_t where = bar + sva_cfg_read(t, devfn, at + 8, 4);

        if (sva_cfg_read(t, devfn, at, 1) == CAP_VENDOR) {
            if (type == CAP_COMMON) {
                v.common = where;
            } else if (type == CAP_NOTIFY) {
                v.notify = where;
                v.notify_step = sva_cfg_read(t, devfn, at + 16, 4);
            }
        }
        at = sva_cfg_read(t, devfn, at + 1, 1);
    }
    g_assert_cmphex(v.common, !=, 0);
    g_assert_cmphex(v.notify, !=, 0);
    queues_alloc(&v, size);
    return v;
}

static void set_status(Virtio *v, uint8_t status)
{
    qtest_writeb(v->t->qts, v->common + C_STATUS, status);
    g_assert_cmphex(qtest_readb(v->t->qts, v->common + C_STATUS), ==, status);
}

static void set_address(Virtio *v, unsigned reg, uint64_t addr)
{
    qtest_writel(v->t->qts, v->common + reg, addr);
    qtest_writel(v->t->qts, v->common + reg + 4, addr >> 32);
}

void virtio_reset(Virtio *v)
{
    qtest_writeb(v->t->qts, v->common + C_STATUS, 0);
}

static void enable_queue(Virtio *v, unsigned n)
{
    QTestState *qts = v->t->qts;
    VirtioQueue *q = &v->queue[n];

    qtest_memset(qts, q->ring, 0, ring_end(q) - q->ring);
    q->next_descriptor = 0;
    q->next_request = 0;
    qtest_writew(qts, v->common + C_QUEUE_SELECT, n);
    qtest_writew(qts, v->common + C_QUEUE_SIZE, q->size);
    set_address(v, C_QUEUE_DESC, q->ring);
    set_address(v, C_QUEUE_DRIVER, avail(q));
    set_address(v, C_QUEUE_DEVICE, used(q));
    qtest_writew(qts, v->common + C_QUEUE_ENABLE, 1);
    q->notify = v->notify + v->notify_step *
                            qtest_readw(qts, v->common + C_QUEUE_NOTIFY);
}

void virtio_start(Virtio *v)
{
    virtio_start_queue(v, v->queue[0].room);
}

void virtio_start_queue(Virtio *v, unsigned size)
{
    QTestState *qts = v->t->qts;

    virtio_reset(v);
    set_status(v, S_ACKNOWLEDGE | S_DRIVER);
    qtest_writel(qts, v->common + C_DRIVER_SELECT, 0);
    qtest_writel(qts, v->common + C_DRIVER_FEATURES, v->features);
    qtest_writel(qts, v->common + C_DRIVER_SELECT, 1);
    qtest_writel(qts, v->common + C_DRIVER_FEATURES,
                 F_VERSION_1 | F_ACCESS_PLATFORM);
    set_status(v, S_ACKNOWLEDGE | S_DRIVER | S_FEATURES_OK);
    for (unsigned i = 0; i < v->queues; i++) {
        v->queue[i].size = size;
        enable_queue(v, i);
    }
    set_status(v, S_ACKNOWLEDGE | S_DRIVER | S_FEATURES_OK | S_DRIVER_OK);
}

/* As it is in memory. */
typedef struct Descriptor {
    uint64_t addr;
    uint32_t bytes;
    uint16_t flags;
    uint16_t next;
} Descriptor;

static Descriptor descriptor(const VirtioBuffer *buffer, unsigned flags,
                             unsigned next)
{
    return (Descriptor) {
        .addr = cpu_to_le64(buffer->addr),
        .bytes = cpu_to_le32(buffer->bytes),
        .flags = cpu_to_le16(flags | (buffer->write ? D_WRITE : 0)),
        .next = cpu_to_le16(next),
    };
}

/* All up to q->next_request are available. */
static void publish(Virtio *v, VirtioQueue *q)
{
    qtest_writew(v->t->qts, avail(q) + 2, q->next_request);
    qtest_writew(v->t->qts, q->notify, q - v->queue);
}

void virtio_submit(Virtio *v, const VirtioBuffer *buffers, unsigned count)
{
    virtio_submit_to(v, 0, buffers, count);
}

void virtio_submit_to(Virtio *v, unsigned n, const VirtioBuffer *buffers,
                      unsigned count)
{
    VirtioQueue *q = &v->queue[n];
    uint16_t first = q->next_descriptor;

    g_assert_cmphex(first + count, <=, q->size);
    for (unsigned i = 0; i < count; i++) {
        Descriptor d = descriptor(&buffers[i], i + 1 < count ? D_NEXT : 0,
                                  first + i + 1);

        qtest_bufwrite(v->t->qts, q->ring + sizeof(d) * (first + i), &d,
                       sizeof(d));
    }
    q->next_descriptor += count;
    qtest_writew(v->t->qts, avail(q) + 4 + 2 * (q->next_request % q->size),
                 first);
    q->next_request++;
    publish(v, q);
}

void virtio_tables_put(SvaTest *t, uint64_t tables,
                       const VirtioBuffer (*buffers)[3], unsigned count)
{
    g_autofree Descriptor *all = g_new(Descriptor, count * 3);

    for (unsigned i = 0; i < count * 3; i++) {
        bool last = i % 3 == 2;

        all[i] = descriptor(&buffers[i / 3][i % 3], last ? 0 : D_NEXT,
                            last ? 0 : i % 3 + 1);
    }
    qtest_bufwrite(t->qts, tables, all, count * VIRTIO_TABLE);
}

void virtio_loop_prepare(Virtio *v, unsigned n, uint64_t tables)
{
    VirtioQueue *q = &v->queue[n];
    g_autofree Descriptor *all = g_new(Descriptor, q->size);
    g_autofree uint16_t *ring = g_new(uint16_t, q->size);

    for (unsigned i = 0; i < q->size; i++) {
        VirtioBuffer table = { tables + VIRTIO_TABLE * i, VIRTIO_TABLE, false };

        all[i] = descriptor(&table, D_INDIRECT, 0);
        ring[i] = cpu_to_le16(i);
    }
    qtest_bufwrite(v->t->qts, q->ring, all, sizeof(*all) * q->size);
    qtest_bufwrite(v->t->qts, avail(q) + 4, ring, sizeof(*ring) * q->size);
    qtest_writew(v->t->qts, avail(q), NO_INTERRUPT);
}

void virtio_loop_more(Virtio *v, unsigned n, unsigned count)
{
    VirtioQueue *q = &v->queue[n];

    q->next_request += count;
    publish(v, q);
}

uint16_t virtio_done(const Virtio *v)
{
    return virtio_queue_done(v, 0);
}

uint16_t virtio_queue_done(const Virtio *v, unsigned n)
{
    return qtest_readw(v->t->qts, used(&v->queue[n]) + 2);
}

bool virtio_needs_reset(const Virtio *v)
{
    return qtest_readb(v->t->qts, v->common + C_STATUS) & S_NEEDS_RESET;
}
