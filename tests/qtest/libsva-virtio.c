/*
 * A virtio device of version 1 with one queue, driven by hand
 *
 * Virtio 1.2, sections 2.7 (split queues), 4.1.4 (PCI capabilities).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
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
#define S_FEATURES_OK       8

/* Bits 32 and 33 */
#define F_VERSION_1         1u
#define F_ACCESS_PLATFORM   2u

#define D_NEXT              1
#define D_WRITE             2

/* Places in the ring's pages */
#define AVAIL               0x1000
#define USED                0x2000

Virtio virtio_find(SvaTest *t, unsigned devfn, uint32_t bar)
{
    Virtio v = { .t = t, .devfn = devfn, .bar = bar };
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
                /* The multiplier is of no account with one queue. */
                v.notify = where;
            }
        }
        at = sva_cfg_read(t, devfn, at + 1, 1);
    }
    g_assert_cmphex(v.common, !=, 0);
    g_assert_cmphex(v.notify, !=, 0);
    v.ring = sva_alloc(t, 0x3000);
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

void virtio_start(Virtio *v)
{
    virtio_start_queue(v, VIRTIO_QUEUE_SIZE);
}

void virtio_start_queue(Virtio *v, unsigned size)
{
    QTestState *qts = v->t->qts;

    virtio_reset(v);
    qtest_memset(qts, v->ring, 0, 0x3000);
    v->next_descriptor = 0;
    v->next_request = 0;
    set_status(v, S_ACKNOWLEDGE | S_DRIVER);
    qtest_writel(qts, v->common + C_DRIVER_SELECT, 0);
    qtest_writel(qts, v->common + C_DRIVER_FEATURES, 0);
    qtest_writel(qts, v->common + C_DRIVER_SELECT, 1);
    qtest_writel(qts, v->common + C_DRIVER_FEATURES,
                 F_VERSION_1 | F_ACCESS_PLATFORM);
    set_status(v, S_ACKNOWLEDGE | S_DRIVER | S_FEATURES_OK);
    qtest_writew(qts, v->common + C_QUEUE_SELECT, 0);
    qtest_writew(qts, v->common + C_QUEUE_SIZE, size);
    set_address(v, C_QUEUE_DESC, v->ring);
    set_address(v, C_QUEUE_DRIVER, v->ring + AVAIL);
    set_address(v, C_QUEUE_DEVICE, v->ring + USED);
    qtest_writew(qts, v->common + C_QUEUE_ENABLE, 1);
    g_assert_cmphex(qtest_readw(qts, v->common + C_QUEUE_NOTIFY), ==, 0);
    set_status(v, S_ACKNOWLEDGE | S_DRIVER | S_FEATURES_OK | S_DRIVER_OK);
}

void virtio_submit(Virtio *v, const VirtioBuffer *buffers, unsigned count)
{
    QTestState *qts = v->t->qts;
    uint16_t first = v->next_descriptor;
    unsigned i;

    g_assert_cmphex(first + count, <=, VIRTIO_QUEUE_SIZE);
    for (i = 0; i < count; i++) {
        uint64_t at = v->ring + 16 * (first + i);
        unsigned flags = (buffers[i].write ? D_WRITE : 0) |
                         (i + 1 < count ? D_NEXT : 0);

        qtest_writeq(qts, at, buffers[i].addr);
        qtest_writel(qts, at + 8, buffers[i].bytes);
        qtest_writew(qts, at + 12, flags);
        qtest_writew(qts, at + 14, first + i + 1);
    }
    v->next_descriptor += count;
    qtest_writew(qts, v->ring + AVAIL + 4 +
                      2 * (v->next_request % VIRTIO_QUEUE_SIZE), first);
    v->next_request++;
    qtest_writew(qts, v->ring + AVAIL + 2, v->next_request);
    qtest_writew(qts, v->notify, 0);
}

uint16_t virtio_done(const Virtio *v)
{
    return qtest_readw(v->t->qts, v->ring + USED + 2);
}
