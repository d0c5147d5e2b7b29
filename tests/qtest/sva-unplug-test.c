/*
 * What is unplugged is forgotten: bridges with what was below them, functions
 * in the middle of a request, listeners
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "libsva-accel.h"
#include "libsva-smmu.h"
#include "libsva-virtio.h"
#include "libsva-vtd.h"

#define PORT_DEVFN  0x30            /* device 6 of bus 0 */
#define BUS1        (1 << 8)        /* behind the root port */
#define FAR_BAR     0x28000000u     /* window of the port */
#define NOBODY      0x1234ull       /* a requester ID */

#define OFF         0x0700          /* slot control: power and indicator */
#define ON          0x0100

#define HOTPLUG \
    " -global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"
#define ROOT_PORT " -device pcie-root-port,id=rp,chassis=1,slot=1,addr=6"

/* QEMU has PCI calls for ATS and PRI since 10.2. */
#define HAVE_PCI_ATS \
    (QEMU_VERSION_MAJOR > 10 || \
     (QEMU_VERSION_MAJOR == 10 && QEMU_VERSION_MINOR >= 2))

static const SvaBoard *board(void)
{
    return g_str_equal(qtest_get_arch(), "x86_64") ? &sva_board_q35
                                                   : &sva_board_virt;
}

/* With @devices, in slots that only their port plugs. */
static SvaTest *unplug_start(const char *devices)
{
    g_autofree char *more =
        g_strconcat(board() == &sva_board_q35 ? HOTPLUG : "", ROOT_PORT,
                    devices, NULL);

    return sva_board_start(board(), "", more);
}

static unsigned slot_control(SvaTest *t)
{
    return sva_cfg_cap(t, PORT_DEVFN, 0x10) + 0x18;
}

/* @events: devices that go, each with an identifier */
static void power_off(SvaTest *t, unsigned events)
{
    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, ON);
    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, OFF);
    while (events--) {
        qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
    }
}

/* Everything about the address spaces that are not there any more is old. */
static void invalidate_nobody(SvaTest *t)
{
    if (board() == &sva_board_q35) {
        vtd_submit(t, 3 | NOBODY << 32, 0x1000);
        vtd_sync(t);
        g_assert_cmpuint(sva_qom(t, "vtd", "count-atc-undelivered"), ==, 1);
    } else {
        smmu_command(t, 0x40 | NOBODY << 32, 0);
        smmu_sync(t);
        g_assert_cmpuint(sva_qom(t, "smmu", "count-atc-undelivered"), ==, 1);
    }
}

static void start_iommu(SvaTest *t)
{
    if (board() == &sva_board_q35) {
        vtd_start(t);
    } else {
        smmu_start(t);
    }
}

/* @bridge has the identifier "br"; a function is below it. */
static void try_bridge(const char *bridge, unsigned events)
{
    SvaTest *t = unplug_start(bridge);

    start_iommu(t);
    power_off(t, events);
    invalidate_nobody(t);
    /* And others come into the same memory. */
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'device_add', "
                             "'arguments': { 'driver': 'edu', "
                             "'id': 'other', 'bus': 'rp' } }");
    sva_test_end(t);
}

static void test_port_below(void)
{
    try_bridge(" -device pcie-root-port,id=br,bus=rp,chassis=2,slot=2"
               " -device edu,id=far,bus=br", 2);
}

static void test_conventional_bridge(void)
{
    try_bridge(" -device pcie-pci-bridge,id=br,bus=rp"
               " -device edu,id=far,bus=br,addr=1", 2);
}

static void test_switch(void)
{
    try_bridge(" -device x3130-upstream,id=br,bus=rp"
               " -device xio3130-downstream,id=down,bus=br,chassis=3,slot=3"
               " -device edu,id=far,bus=down", 3);
}

/* Bus 1 and a window of memory behind the port; power is on. */
static void port_start(SvaTest *t)
{
    sva_cfg_write(t, PORT_DEVFN, 0x18, 4, 0x00010100);
    sva_cfg_write(t, PORT_DEVFN, 0x20, 4,
                  (FAR_BAR + 0xf00000) | FAR_BAR >> 16);
    sva_cfg_write(t, PORT_DEVFN, 0x04, 2, 0x0006);
    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, ON);
}

static void far_start(SvaTest *t)
{
    sva_cfg_write(t, BUS1, 0x10, 4, FAR_BAR);
    sva_cfg_write(t, BUS1, 0x18, 4, FAR_BAR + 0x400000);
    sva_cfg_write(t, BUS1, 0x20, 4, FAR_BAR + 0x800000);
    sva_cfg_write(t, BUS1, 0x04, 2, 0x0006);
    g_assert_cmphex(qtest_readl(t->qts, FAR_BAR), ==, 0x43415653);
}

#if HAVE_PCI_ATS
/* A function below the port that listens for messages of PASID 9. */
static void start_listening(SvaTest *t)
{
    unsigned at = sva_cfg_ext_cap(t, BUS1, 0x1b);

    sva_cfg_write(t, BUS1, 0x10, 4, FAR_BAR);
    sva_cfg_write(t, BUS1, 0x04, 2, 0x0006);
    sva_cfg_write(t, BUS1, at + 6, 2, 1);
    sva_cfg_write(t, BUS1, sva_cfg_ext_cap(t, BUS1, 0x0f) + 6, 2, 0x8000);
    sva_cfg_write(t, BUS1, sva_cfg_ext_cap(t, BUS1, 0x13) + 4, 2, 1);
    qtest_writeq(t->qts, FAR_BAR + 0x08, 9);
    qtest_writeq(t->qts, FAR_BAR, 4);
    g_assert_cmphex(qtest_readq(t->qts, FAR_BAR + 0x20), ==, 0);
}

/* It goes while its PASID is off, when QEMU lets nobody take his leave. */
static void test_listener(void)
{
    SvaTest *t = unplug_start(" -device sva-pci-api-testdev,id=far,bus=rp");

    vtd_start(t);
    port_start(t);
    start_listening(t);
    sva_cfg_write(t, BUS1, sva_cfg_ext_cap(t, BUS1, 0x1b) + 6, 2, 0);
    power_off(t, 1);
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'device_add', "
                             "'arguments': { 'driver': 'sva-pci-api-testdev', "
                             "'id': 'next', 'bus': 'rp' } }");
    sva_cfg_write(t, PORT_DEVFN, slot_control(t), 2, ON);
    start_listening(t);
    vtd_submit(t, 8 | BUS1 << 16 | 9ull << 32, 0x1000);
    sva_wait_until(t, qtest_readq(t->qts, FAR_BAR + 0x30));
    g_assert_cmphex(qtest_readq(t->qts, FAR_BAR + 0x30), ==, 1);
    g_assert_cmpuint(sva_qom(t, "vtd", "count-atc-completions"), ==, 1);
    sva_test_end(t);
}

#endif

static uint64_t slot_address(SvaTest *t)
{
    return board()->ecam + (PORT_DEVFN << 12) + slot_control(t);
}

/* The function and a disk next to it, whose end polls for events. */
static SvaTest *start_with_neighbour(void)
{
    SvaTest *t = unplug_start(
        " -device sva-accel,id=far,bus=rp,addr=0.0,multifunction=on"
        " -blockdev null-co,node-name=n0,size=1048576"
        " -device virtio-blk-pci,id=disk,drive=n0,bus=rp,addr=0.1,"
        "disable-legacy=on,iommu_platform=on,queue-size=64");
    Virtio disk;

    port_start(t);
    far_start(t);
    disk = virtio_find(t, BUS1 | 1, FAR_BAR + 0xc00000);
    virtio_start(&disk);
    return t;
}

static void assert_both_gone(SvaTest *t)
{
    qtest_clock_step(t->qts, 1000000);
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
    qtest_clock_step(t->qts, 1000000);
    g_assert_cmphex(sva_cfg_read(t, BUS1, 0, 4), ==, 0xffffffff);
    /* The one that is still there works. */
    acc_map_bars(t);
    g_assert_cmphex(acc_read32(t, SVA_REG_MAGIC), ==, 0x43415653);
}

static void test_own_job(void)
{
    SvaTest *t = start_with_neighbour();
    uint64_t ring = sva_alloc(t, 0x1000), data = sva_alloc(t, 0x1000);
    uint32_t ctx = FAR_BAR + SVA_CTX(0, 0);

    sva_put64(t, data, OFF);
    sva_put64(t, ring, SVA_OP_COPY);
    sva_put64(t, ring + 0x08, data);
    sva_put64(t, ring + 0x10, slot_address(t));
    sva_put64(t, ring + 0x18, 2);
    qtest_writel(t->qts, ctx + SVA_CTX_RING_BASE, ring);
    qtest_writel(t->qts, ctx + SVA_CTX_RING_SIZE, 6);
    qtest_writel(t->qts, ctx + SVA_CTX_CMD, SVA_CMD_ENABLE);
    qtest_writel(t->qts, FAR_BAR + 0x400000, 1);
    assert_both_gone(t);
    sva_test_end(t);
}

/* 8 bytes, aligned, with the slot's control and status in them. */
static void test_own_probe(void)
{
    SvaTest *t = start_with_neighbour();
    uint64_t slot = slot_address(t), at = slot & ~7ull;
    uint64_t data = qtest_readl(t->qts, at) |
                    (uint64_t)qtest_readl(t->qts, at + 4) << 32;
    uint32_t ctx = FAR_BAR + SVA_CTX(0, 0);
    unsigned shift = 8 * (slot & 7);

    data = (data & ~(0xffffull << shift)) | (uint64_t)OFF << shift;
    qtest_writel(t->qts, ctx + SVA_CTX_PROBE_PASID, 0);
    qtest_writeq(t->qts, ctx + SVA_CTX_PROBE_ADDR, at);
    qtest_writeq(t->qts, ctx + SVA_CTX_PROBE_DATA, data);
    qtest_writel(t->qts, ctx + SVA_CTX_PROBE_CTRL, SVA_PROBE_WRITE);
    assert_both_gone(t);
    sva_test_end(t);
}

/* Its interrupt, from a register write and from a timer. */
static void test_own_interrupt(void)
{
    SvaTest *t = start_with_neighbour();
    uint64_t ring = sva_alloc(t, 0x1000);
    uint32_t ctx = FAR_BAR + SVA_CTX(0, 0);

    sva_cfg_write(t, BUS1, sva_cfg_cap(t, BUS1, 0x11) + 2, 2, 0x8000);
    /* Vector 0: slot control and status, of which no bit stays set. */
    qtest_writeq(t->qts, FAR_BAR + 0x800000, slot_address(t));
    qtest_writel(t->qts, FAR_BAR + 0x800008, OFF | 0xffffu << 16);
    qtest_writel(t->qts, FAR_BAR + 0x80000c, 0);
    qtest_writel(t->qts, ctx + SVA_CTX_RING_BASE, ring);
    qtest_writel(t->qts, ctx + SVA_CTX_RING_SIZE, 6);
    qtest_writel(t->qts, FAR_BAR + SVA_REG_IRQ_MASK, 0);
    qtest_writel(t->qts, ctx + SVA_CTX_CMD, SVA_CMD_ENABLE);
    assert_both_gone(t);
    sva_test_end(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/unplug/port-below", test_port_below);
    qtest_add_func("sva/unplug/conventional-bridge",
                   test_conventional_bridge);
    qtest_add_func("sva/unplug/switch", test_switch);
#if HAVE_PCI_ATS
    if (board() == &sva_board_q35) {
        qtest_add_func("sva/unplug/listener", test_listener);
    }
#endif
    qtest_add_func("sva/unplug/own-job", test_own_job);
    qtest_add_func("sva/unplug/own-probe", test_own_probe);
    qtest_add_func("sva/unplug/own-interrupt", test_own_interrupt);
    return g_test_run();
}
