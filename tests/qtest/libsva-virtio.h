/*
 * A virtio device of version 1 with one queue, driven by hand
 *
 * Stands for the devices of a machine that are not ours: some of them do
 * their DMA in a thread of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_VIRTIO_H
#define TESTS_QTEST_LIBSVA_VIRTIO_H

#include "libsva.h"

#define VIRTIO_QUEUE_SIZE   64

/* One buffer of a request. */
typedef struct VirtioBuffer {
    uint64_t addr;
    uint32_t bytes;
    bool write;                 /* by the device */
} VirtioBuffer;

/*
 * @devfn:  with the bus above, as in sva_cfg_read()
 * @bar:    where its registers are put, 16 KiB
 * @ring:   addresses as the device sees them are the same as ours
 */
typedef struct Virtio {
    SvaTest *t;
    unsigned devfn;
    uint32_t bar;
    uint32_t common;
    uint32_t notify;
    uint64_t ring;
    uint16_t next_descriptor;
    uint16_t next_request;
} Virtio;

/* Find its registers; the function becomes bus master. */
Virtio virtio_find(SvaTest *t, unsigned devfn, uint32_t bar);
/* Reset it and take it into use, with VIRTIO_F_ACCESS_PLATFORM. */
void virtio_start(Virtio *v);
/* The same with a queue of @size entries, which may be all it can do. */
void virtio_start_queue(Virtio *v, unsigned size);
void virtio_reset(Virtio *v);
/* Put one request into the queue and tell the device. */
void virtio_submit(Virtio *v, const VirtioBuffer *buffers, unsigned count);
/* How many requests the device says it has done. */
uint16_t virtio_done(const Virtio *v);

#endif
