/*
 * A device that does its DMA in a thread of its own, without QEMU's global
 * lock: faults, interrupts, and registers in its way, while the guest resets
 * it, for which QEMU waits for that thread with the lock held
 *
 * A test that finds the emulator standing still never ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-smmu.h"
#include "libsva-virtio.h"
#include "libsva-vtd.h"

#define DEVFN       0x28
#define BAR         0x21000000u

#define DISK \
    " -object iothread,id=io0" \
    " -blockdev null-co,node-name=n0,size=1048576,read-zeroes=on" \
    " -device virtio-blk-pci,drive=n0,addr=5,iommu_platform=on," \
    "disable-legacy=on,iothread=io0,queue-size=64"

/* QEMU has regions for threads without the lock since 10.1. */
#define HAVE_LOCKLESS \
    (QEMU_VERSION_MAJOR > 10 || \
     (QEMU_VERSION_MAJOR == 10 && QEMU_VERSION_MINOR >= 1))

#define RESETS      200
#define REQUESTS    (VIRTIO_QUEUE_SIZE / 4)

typedef struct Disk {
    Virtio v;
    uint64_t header;
    uint64_t status;
} Disk;

static Disk disk_find(SvaTest *t)
{
    Disk d = {
        .v = virtio_find(t, DEVFN, BAR),
        .header = sva_alloc(t, 0x1000),
        .status = sva_alloc(t, 0x1000),
    };

    return d;
}

/* A read of sector 0 to @data, but for its last four bytes, to @last. */
static void disk_read(Disk *d, uint64_t data, uint64_t last)
{
    VirtioBuffer buffers[] = {
        { d->header, 16, false }, { data, 508, true }, { last, 4, true },
        { d->status, 1, true },
    };

    virtio_submit(&d->v, buffers, ARRAY_SIZE(buffers));
}

static void G_GNUC_UNUSED read_and_reset(Disk *d, uint64_t data,
                                         uint64_t last)
{
    for (unsigned i = 0; i < RESETS; i++) {
        virtio_start(&d->v);
        for (unsigned j = 0; j < REQUESTS; j++) {
            disk_read(d, data, last);
        }
        virtio_reset(&d->v);
    }
}

/* The same to memory, which shows that it reads at all. */
static void G_GNUC_UNUSED assert_reads(Disk *d, uint64_t buffer)
{
    sva_fill(d->v.t, buffer, 512, 1);
    virtio_start(&d->v);
    disk_read(d, buffer, buffer + 508);
    sva_wait_until(d->v.t, virtio_done(&d->v) == 1);
    sva_assert_zero(d->v.t, buffer, 512);
}

/* -- what is announced from the thread -- */

static char *events_file(char **options)
{
    g_autofree char *folder = g_dir_make_tmp("sva-iothread-XXXXXX", NULL);
    g_autofree char *events = NULL;
    char *path;

    g_assert_nonnull(folder);
    path = g_build_filename(folder, "events.jsonl", NULL);
    events = sva_events_options(path);
    *options = g_strconcat(DISK, events, NULL);
    return path;
}

static void events_assert(const char *path, const char *kind)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *what = g_strdup_printf("\"kind\":\"%s\",\"rid\":%u,",
                                            kind, DEVFN);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    if (!strstr(text, what)) {
        g_error("no event %s", what);
    }
    unlink(path);
    g_assert_cmpint(rmdir(folder), ==, 0);
}

/* -- tests -- */

static void test_vtd_fault_event(void)
{
    g_autofree char *options = NULL, *path = events_file(&options);
    SvaTest *t = sva_test_start("", options);
    Disk d = disk_find(t);

    vtd_start(t);
    vtd_write32(t, VTD_FEADDR, 0xfee00000);
    vtd_write32(t, VTD_FEDATA, 0x41);
    vtd_write32(t, VTD_FECTL, 0);
    /* Its context entry is not present. */
    virtio_start(&d.v);
    disk_read(&d, d.header, d.status);
    sva_wait_until(t, sva_qom(t, "vtd", "count-events-fault") == 1);
    g_assert_cmphex(vtd_read32(t, VTD_FECTL), ==, 0);
    g_assert_cmphex(vtd_read32(t, VTD_FSTS) & 2, ==, 2);
    vtd_faults_clear(t);
    virtio_reset(&d.v);
    sva_test_end(t);
    events_assert(path, "FAULT");
}

#if HAVE_LOCKLESS
static void test_vtd_interrupt_window(void)
{
    SvaTest *t = sva_test_start("", DISK);
    Disk d = disk_find(t);
    uint64_t buffer = sva_alloc(t, 0x1000);

    read_and_reset(&d, buffer, 0xfee00000);
    g_assert_cmpuint(sva_qom(t, "vtd", "count-interrupts-passed"), >, 0);
    assert_reads(&d, buffer);
    sva_test_end(t);
}

#endif

/* GICD_ISPENDR of the line, and its bit. */
#define EVENTQ_SPI      (74 + 32)
#define GICD            0x08000000u

static bool is_pending(SvaTest *t)
{
    return qtest_readl(t->qts, GICD + 0x200 + 4 * (EVENTQ_SPI / 32)) >>
           EVENTQ_SPI % 32 & 1;
}

static void test_smmu_event(void)
{
    g_autofree char *options = NULL, *path = events_file(&options);
    SvaTest *t = sva_board_start(&sva_board_virt, "", options);
    Disk d = disk_find(t);

    smmu_start(t);
    /* Group 1, edge, enabled. */
    qtest_writel(t->qts, GICD, 0x12);
    qtest_writel(t->qts, GICD + 0x80 + 4 * (EVENTQ_SPI / 32), 0xffffffff);
    qtest_writel(t->qts, GICD + 0xc00 + 4 * (EVENTQ_SPI / 16), 0xaaaaaaaa);
    qtest_writel(t->qts, GICD + 0x100 + 4 * (EVENTQ_SPI / 32), 0xffffffff);
    smmu_set32(t, SMMU_IRQ_CTRL, 4);
    g_assert_false(is_pending(t));
    /* Its STE is not valid. */
    virtio_start(&d.v);
    disk_read(&d, d.header, d.status);
    sva_wait_until(t, is_pending(t));
    g_assert_cmphex(smmu_event_pop(t).w[0] & 0xff, ==, 0x04);
    virtio_reset(&d.v);
    sva_test_end(t);
    events_assert(path, "FAULT");
}

#if HAVE_LOCKLESS
/* With CD.R=0 and CD.A=0 what faults reads as zero and writes nothing. */
static void test_smmu_raz_wi(void)
{
    SvaTest *t = sva_board_start(&sva_board_virt, "", DISK);
    Disk d = disk_find(t);
    uint64_t pgd = sva_alloc(t, 0x1000), cd = sva_alloc(t, 0x1000);
    uint64_t buffer = sva_alloc(t, 0x1000);

    smmu_start(t);
    for (uint64_t at = sva_board_virt.ram; at < t->next_page; at += 0x1000) {
        smmu_map(t, pgd, at, at, PAGE_USER_RW);
    }
    sva_put64(t, cd + 8, pgd);
    sva_put64(t, cd, smmu_cd_word0(0, 0));
    sva_put64(t, t->strtab + 64 * DEVFN + 8, 0);
    sva_put64(t, t->strtab + 64 * DEVFN, 1 | 5 << 1 | cd);
    smmu_command(t, 0x03 | (uint64_t)DEVFN << 32, 1);   /* CMD_CFGI_STE */
    smmu_sync(t);
    read_and_reset(&d, buffer, 0x70000000);
    g_assert_cmpuint(sva_qom(t, "smmu", "count-translations"), >, 0);
    assert_reads(&d, buffer);
    sva_test_end(t);
}
#endif

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (g_str_equal(qtest_get_arch(), "x86_64")) {
        qtest_add_func("sva/iothread/fault-event", test_vtd_fault_event);
#if HAVE_LOCKLESS
        qtest_add_func("sva/iothread/window", test_vtd_interrupt_window);
#endif
    } else {
        qtest_add_func("sva/iothread/event", test_smmu_event);
#if HAVE_LOCKLESS
        qtest_add_func("sva/iothread/raz-wi", test_smmu_raz_wi);
#endif
    }
    return g_test_run();
}
