/*
 * A virtio device of version 1, driven by hand
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
#define VIRTIO_QUEUES_MAX   32

/* Features that a test may ask for */
#define VIRTIO_BLK_F_MQ     (1u << 12)
#define VIRTIO_F_INDIRECT   (1u << 28)

/* One buffer of a request. */
typedef struct VirtioBuffer {
    uint64_t addr;
    uint32_t bytes;
    bool write;                 /* by the device */
} VirtioBuffer;

/*
 * @ring:   addresses as the device sees them are the same as ours
 * @room:   entries that there is memory for; @size: entries in use
 * @notify: register of the queue
 */
typedef struct VirtioQueue {
    uint64_t ring;
    unsigned room;
    unsigned size;
    uint32_t notify;
    uint16_t next_descriptor;
    uint16_t next_request;
} VirtioQueue;

/*
 * @devfn:  with the bus above, as in sva_cfg_read()
 * @bar:    where its registers are put, 16 KiB
 * @features: to ask for, of the first 32
 */
typedef struct Virtio {
    SvaTest *t;
    unsigned devfn;
    uint32_t bar;
    uint32_t common;
    uint32_t notify;
    uint32_t notify_step;
    uint32_t features;
    unsigned queues;
    VirtioQueue queue[VIRTIO_QUEUES_MAX];
} Virtio;

/* Find its registers; the function becomes bus master. */
Virtio virtio_find(SvaTest *t, unsigned devfn, uint32_t bar);
/* The same with @queues queues of @size entries. */
Virtio virtio_find_queues(SvaTest *t, unsigned devfn, uint32_t bar,
                          unsigned queues, unsigned size);
/* Reset it and take it into use, with VIRTIO_F_ACCESS_PLATFORM. */
void virtio_start(Virtio *v);
/* The same with a queue of @size entries, which may be all it can do. */
void virtio_start_queue(Virtio *v, unsigned size);
void virtio_reset(Virtio *v);
/* Put one request into the first queue, or queue @n, and tell the device. */
void virtio_submit(Virtio *v, const VirtioBuffer *buffers, unsigned count);
void virtio_submit_to(Virtio *v, unsigned n, const VirtioBuffer *buffers,
                      unsigned count);
/*
 * Fill queue @n with requests of three buffers each, in tables of their own
 * from @tables on: VIRTIO_TABLE bytes for each entry; with VIRTIO_F_INDIRECT.
 * The device begins none yet, and will interrupt for none.
 */
#define VIRTIO_TABLE        48
void virtio_tables_put(SvaTest *t, uint64_t tables,
                       const VirtioBuffer (*buffers)[3], unsigned count);
void virtio_loop_prepare(Virtio *v, unsigned n, uint64_t tables);
/* Make the next @count of them, again and again, @count <= size. */
void virtio_loop_more(Virtio *v, unsigned n, unsigned count);
/* How many requests the device says it has done. */
uint16_t virtio_done(const Virtio *v);
uint16_t virtio_queue_done(const Virtio *v, unsigned n);
/* It found an error, and does nothing any more until it is reset. */
bool virtio_needs_reset(const Virtio *v);

#endif
