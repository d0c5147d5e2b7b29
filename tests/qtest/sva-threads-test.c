/*
 * A disk that reads in several threads without QEMU's global lock, while the
 * guest changes its page tables
 *
 * What was invalidated may be used until the IOMMU says that it is done, and by
 * no access that begins later.  Two queues with a thread each read to the same
 * page.  One never stops; the other one shows where accesses go that begin
 * after the IOMMU has said so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-plain.h"
#include "libsva-virtio.h"

#define DEVFN       0x28
#define BAR         0x21000000u

#define DISK(threads, options)                                          \
    threads " -blockdev null-co,node-name=n0,size=1048576,read-zeroes=on" \
    " -device '{\"driver\":\"virtio-blk-pci\",\"drive\":\"n0\","        \
    "\"addr\":\"5\",\"iommu_platform\":true,\"disable-legacy\":\"on\"," \
    options "}'"

#define ONE_THREAD                                                      \
    DISK(" -object iothread,id=io0,poll-max-ns=0", "\"iothread\":\"io0\"")
#define TWO_THREADS                                                     \
    DISK(" -object iothread,id=io0 -object iothread,id=io1",            \
         "\"num-queues\":2,\"queue-size\":256,\"iothread-vq-mapping\":" \
         "[{\"iothread\":\"io0\"},{\"iothread\":\"io1\"}]")

#define BUSY        0               /* the queue that never stops */
#define SHOWS       1
#define QUEUES      2
#define RING        256u
#define SECTOR      512u

#define IOVA        0x7f000000000ull
#define OTHERS      0x7f000100000ull
#define OTHER_PAGES 128u
/* In the page of IOVA. */
#define BUSY_PART   0x000u
#define SHOWN_PART  0x800u

#define CHANGES     400u
/* A page is used again when all accesses to it are long over. */
#define PAGES       8u

typedef struct Fixture {
    SvaTest *t;
    Virtio v;
    Plain plain;
    uint64_t header;
    uint64_t status;
    uint64_t page[PAGES];
} Fixture;

static void setup(Fixture *f, const char *devices, unsigned queues)
{
    SvaTest *t = f->t = sva_board_start(plain_board(), "", devices);

    f->v = virtio_find_queues(t, DEVFN, BAR, queues, RING);
    f->plain = plain_new(t, DEVFN);
    f->header = sva_alloc(t, 0x1000);
    f->status = sva_alloc(t, 0x1000);
    for (unsigned i = 0; i < PAGES; i++) {
        f->page[i] = sva_alloc(t, 0x1000);
    }
}

/* All that the test has is mapped where it is, and some more. */
static void start(Fixture *f)
{
    SvaTest *t = f->t;
    uint64_t end = t->next_page;

    for (uint64_t at = t->board->ram; at < end; at += 0x1000) {
        plain_map(&f->plain, at, at);
    }
    for (unsigned i = 0; i < OTHER_PAGES; i++) {
        plain_map(&f->plain, OTHERS + i * 0x1000, f->page[0]);
    }
    plain_map(&f->plain, IOVA, f->page[0]);
    plain_start(&f->plain);
    f->v.features = VIRTIO_F_INDIRECT | (f->v.queues > 1 ? VIRTIO_BLK_F_MQ : 0);
    virtio_start(&f->v);
}

static void finish(Fixture *f)
{
    virtio_reset(&f->v);
    sva_test_end(f->t);
}

/* One request at a time; it is done when this returns. */
static void read_to(Fixture *f, unsigned queue, uint64_t iova)
{
    VirtioBuffer buffers[] = {
        { f->header, 16, false }, { iova, SECTOR, true },
        { f->status, 1, true },
    };
    VirtioQueue *q = &f->v.queue[queue];

    q->next_descriptor = 0;
    virtio_submit_to(&f->v, queue, buffers, ARRAY_SIZE(buffers));
    sva_wait_until(f->t, virtio_queue_done(&f->v, queue) == q->next_request);
}

/* -- what is counted -- */

static uint64_t count(Fixture *f, const char *what)
{
    return sva_qom(f->t, plain_iommu(), what);
}

/* Each request makes the same accesses, and all of them are hits. */
static void test_hits_are_counted(void)
{
    Fixture f;
    uint64_t before, first, misses;

    setup(&f, ONE_THREAD, 1);
    start(&f);
    for (unsigned i = 0; i < 4; i++) {
        read_to(&f, 0, IOVA);
    }
    misses = count(&f, "count-iotlb-misses");
    before = count(&f, "count-translations");
    read_to(&f, 0, IOVA);
    first = count(&f, "count-translations") - before;
    g_assert_cmpuint(first, >, 4);
    for (unsigned i = 1; i < 20; i++) {
        read_to(&f, 0, IOVA);
    }
    g_assert_cmpuint(count(&f, "count-translations") - before, ==, 20 * first);
    g_assert_cmpuint(count(&f, "count-iotlb-misses"), ==, misses);
    finish(&f);
}

/* -- what was invalidated -- */

static uint64_t busy_tables(Fixture *f)
{
    VirtioBuffer buffers[RING][3];
    uint64_t tables = sva_alloc(f->t, RING * VIRTIO_TABLE);

    for (unsigned i = 0; i < RING; i++) {
        uint64_t other = OTHERS + i % OTHER_PAGES * 0x1000;

        buffers[i][0] = (VirtioBuffer) { f->header, 16, false };
        buffers[i][1] = (VirtioBuffer) {
            (i % 2 ? IOVA : other) + BUSY_PART, SECTOR, true
        };
        buffers[i][2] = (VirtioBuffer) { f->status + 1, 1, true };
    }
    virtio_tables_put(f->t, tables, buffers, RING);
    return tables;
}

static void keep_busy(Fixture *f)
{
    uint16_t left = f->v.queue[BUSY].next_request -
                    virtio_queue_done(&f->v, BUSY);

    if (left <= RING / 2) {
        virtio_loop_more(&f->v, BUSY, RING - left);
    }
}

static void change(Fixture *f, unsigned n)
{
    uint64_t old = f->page[(n - 1) % PAGES] + SHOWN_PART;
    uint64_t new = f->page[n % PAGES] + SHOWN_PART;

    sva_fill(f->t, old, SECTOR, n);
    sva_fill(f->t, new, SECTOR, n);
    keep_busy(f);
    plain_map(&f->plain, IOVA, f->page[n % PAGES]);
    plain_flush(&f->plain);
    read_to(f, SHOWS, IOVA + SHOWN_PART);
    sva_assert_filled(f->t, old, SECTOR, n);
    sva_assert_zero(f->t, new, SECTOR);
}

static void test_invalidated_is_not_used(void)
{
    Fixture f;
    uint64_t tables;

    setup(&f, TWO_THREADS, QUEUES);
    tables = busy_tables(&f);
    start(&f);
    virtio_loop_prepare(&f.v, BUSY, tables);
    for (unsigned n = 1; n <= CHANGES; n++) {
        change(&f, n);
    }
    g_assert_cmpuint(count(&f, "count-translations"), >, 100 * CHANGES);
    finish(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/threads/hits-are-counted", test_hits_are_counted);
    qtest_add_func("sva/threads/invalidated-is-not-used",
                   test_invalidated_is_not_used);
    return g_test_run();
}
