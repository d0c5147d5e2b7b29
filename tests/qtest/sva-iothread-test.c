/*
 * A device that does its DMA in a thread of its own, without QEMU's global
 * lock
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

static void test_vtd_fault_event(void)
{
    SvaTest *t = sva_test_start("", DISK);
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
}

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
    SvaTest *t = sva_board_start(&sva_board_virt, "", DISK);
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
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (g_str_equal(qtest_get_arch(), "x86_64")) {
        qtest_add_func("sva/iothread/fault-event", test_vtd_fault_event);
    } else {
        qtest_add_func("sva/iothread/event", test_smmu_event);
    }
    return g_test_run();
}
