/*
 * What else is in the machine: ports, bridges, disks with threads of their own
 *
 * On bus 0 there are a disk behind the IOMMU whose requests an iothread
 * carries out, and a slot with two functions, an accelerator and such a disk;
 * below a second slot are a bridge and a device.  Slots are switched off by
 * the processor and by the DMA of what is in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>
#include "guest.h"
#include "hw/sva/accel-abi.h"

#define ECAM(bus, dev, fn) \
    (board->ecam + ((bus) << 20) + ((dev) << 15) + ((fn) << 12))

/* Numbers of buses, and where their memory is */
#define SLOT_BUS    1u
#define BRIDGE_BUS  2u
#define BELOW_BUS   3u
#define DISK_BAR    (board->bars + 0x00c00000)
#define SLOT_BARS   (board->bars + 0x01000000)
#define WINDOW      0x00f00000u

/* Pages of the pool: ring of the accelerator in the slot, what it writes. */
#define SLOT_RING   48u
#define SLOT_DATA   49u

/* PCI Express capability, by identity; registers of it */
#define CAP_EXPRESS     0x10
#define SLOT_CONTROL    0x18
#define SLOT_ON         0x0100u         /* indicator on, power on */
#define SLOT_OFF        0x0700u         /* indicator off, power off */
#define FUNCTION_RESET  0x8000u         /* Device Control */

/* Regions in BAR 4 of a modern virtio function as QEMU lays them out */
#define VIRTIO_NOTIFY   0x3000

typedef struct Disk {
    uint64_t cfg;
    uint64_t bar;
    unsigned page;                      /* first of four in the pool */
} Disk;

static const char *const options[] = {
    "-object", "iothread,id=io0", "-object", "iothread,id=io1",
    "-blockdev", "null-co,node-name=n0,size=1048576,read-zeroes=on",
    "-blockdev", "null-co,node-name=n1,size=1048576,read-zeroes=on",
    "-device", "virtio-blk-pci,drive=n0,addr=5,iommu_platform=on,"
               "disable-legacy=on,iothread=io0",
    "-device", "pcie-root-port,id=rp1,addr=6,chassis=1,slot=1",
    "-device", "sva-accel,bus=rp1,addr=0.0,multifunction=on,contexts=4",
    "-device", "virtio-blk-pci,drive=n1,bus=rp1,addr=0.1,iommu_platform=on,"
               "disable-legacy=on,iothread=io1",
    "-device", "pcie-root-port,id=rp2,addr=7,chassis=2,slot=2",
    "-device", "pcie-root-port,id=br,bus=rp2,chassis=3,slot=3",
    "-device", "edu,bus=br",
    NULL
};

static Disk disk(unsigned n)
{
    return n ? (Disk) { ECAM(SLOT_BUS, 0, 1), SLOT_BARS + 0x300000, 44 }
             : (Disk) { ECAM(0, 5, 0), DISK_BAR, 40 };
}

/* -- set-up -- */

/* Offset of the capability in the configuration space at @cfg, or 0. */
static unsigned find_express(Guest *g, uint64_t cfg)
{
    uint64_t at = 0, word = 0;

    machine_read(g->m, cfg + 0x34, &at, 1);
    for (unsigned tries = 0; tries < 48 && machine_sync(g->m) && at;
         tries++) {
        machine_read(g->m, cfg + at, &word, 2);
        if (!machine_sync(g->m) || (word & 0xff) == CAP_EXPRESS) {
            break;
        }
        at = word >> 8;
    }
    return at;
}

static uint64_t slot_control(const Guest *g, unsigned slot)
{
    return ECAM(0, 6 + slot, 0) + g->express + SLOT_CONTROL;
}

static void setup_port(Guest *g, uint64_t cfg, uint32_t buses, uint64_t bars)
{
    machine_write(g->m, cfg + 0x18, buses, 4);
    machine_write(g->m, cfg + 0x20, (bars >> 16 & 0xfff0) |
                                    ((bars + WINDOW - 1) & 0xfff00000), 4);
    machine_write(g->m, cfg + 0x04, 7, 2);
}

static void setup_ports(Guest *g)
{
    setup_port(g, ECAM(0, 6, 0), SLOT_BUS << 8 | SLOT_BUS << 16, SLOT_BARS);
    setup_port(g, ECAM(0, 7, 0), BRIDGE_BUS << 8 | BELOW_BUS << 16,
               SLOT_BARS + 0x01000000);
    setup_port(g, ECAM(BRIDGE_BUS, 0, 0),
               BRIDGE_BUS | BELOW_BUS << 8 | BELOW_BUS << 16,
               SLOT_BARS + 0x01000000);
    for (unsigned slot = 0; slot < 2; slot++) {
        machine_write(g->m, slot_control(g, slot), SLOT_ON, 2);
    }
}

/* One queue of eight; the ring of the driver begins afresh. */
static void setup_disk(Guest *g, unsigned n)
{
    static const uint8_t status[] = { 0, 1, 3 };
    Disk d = disk(n);

    machine_write(g->m, d.cfg + 0x20, d.bar, 4);
    machine_write(g->m, d.cfg + 0x24, 0, 4);
    machine_write(g->m, d.cfg + 0x04, 6, 2);
    for (unsigned i = 0; i < G_N_ELEMENTS(status); i++) {
        machine_write(g->m, d.bar + 20, status[i], 1);
    }
    machine_write(g->m, d.bar + 8, 1, 4);
    machine_write(g->m, d.bar + 12, 3, 4);      /* version 1, IOMMU */
    machine_write(g->m, d.bar + 20, 11, 1);
    machine_write(g->m, d.bar + 22, 0, 2);
    machine_write(g->m, d.bar + 24, 8, 2);
    for (unsigned i = 0; i < 3; i++) {
        machine_write(g->m, d.bar + 32 + 8 * i, page(d.page + i), 4);
        machine_write(g->m, d.bar + 36 + 8 * i, 0, 4);
    }
    machine_write(g->m, d.bar + 28, 1, 2);
    machine_write(g->m, d.bar + 20, 15, 1);
    g->avail[n] = 0;
}

static void setup_slot_accel(Guest *g)
{
    uint64_t cfg = ECAM(SLOT_BUS, 0, 0);

    for (unsigned i = 0; i < 3; i++) {
        machine_write(g->m, cfg + 0x10 + 8 * i, SLOT_BARS + i * 0x100000, 4);
    }
    machine_write(g->m, cfg + 0x04, 6, 2);
    machine_write(g->m, SLOT_BARS + SVA_CTX(0, SVA_CTX_CFG), 0, 4);
    machine_write(g->m, SLOT_BARS + SVA_CTX(0, SVA_CTX_RING_BASE),
                  page(SLOT_RING), 8);
    machine_write(g->m, SLOT_BARS + SVA_CTX(0, SVA_CTX_RING_SIZE), 6, 4);
    machine_write(g->m, SLOT_BARS + SVA_CTX(0, SVA_CTX_CMD), SVA_CMD_ENABLE,
                  4);
    g->slot_tail = 0;
}

static void setup(Guest *g)
{
    static const uint16_t functions[] = {
        0x28, SLOT_BUS << 8, SLOT_BUS << 8 | 1, BELOW_BUS << 8,
    };

    g->express = find_express(g, ECAM(0, 6, 0));
    setup_ports(g);
    for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++) {
        board->setup_requester(g, functions[i]);
    }
    setup_disk(g, 0);
    setup_disk(g, 1);
    setup_slot_accel(g);
}

/* -- steps -- */

/*
 * Where an iothread can go.  Other devices' registers and addresses at which
 * there is nothing would stop it until it has the lock of the main thread, and
 * that waits for the iothread to switch the disk off: so do the devices of
 * QEMU without an IOMMU.
 */
static uint64_t disk_place(Guest *g)
{
    return board->window && guest_below(g, 4) == 0
           ? board->window | (guest_rnd(g) & 0xff000)
           : page(guest_below(g, 4 * POOL_PAGES));
}

/* A read of the disk: header, data, status; each where it should be or not. */
static void disk_request(Guest *g)
{
    unsigned n = guest_below(g, 2), head = g->avail[n] * 3 % 6;
    Disk d = disk(n);
    uint64_t desc = page(d.page) + 16 * head;
    uint64_t at[3] = { page(d.page + 3), page(DATA), page(d.page + 3) + 64 };
    static const uint32_t bytes[3] = { 16, 4096, 1 };

    if (guest_below(g, 2)) {
        at[guest_below(g, 3)] = disk_place(g);
    }
    for (unsigned i = 0; i < 3; i++) {
        guest_put64(g, desc + 16 * i, at[i]);
        guest_put64(g, desc + 16 * i + 8,
                    bytes[i] | (uint64_t)(i < 2) << 32 |
                    (uint64_t)(i ? 2 : 0) << 32 |
                    (uint64_t)(head + i + 1) << 48);
    }
    machine_write(g->m, page(d.page + 1) + 4 + 2 * (g->avail[n] % 8), head,
                  2);
    machine_write(g->m, page(d.page + 1) + 2, ++g->avail[n], 2);
    machine_write(g->m, d.bar + VIRTIO_NOTIFY, 0, 2);
}

static void disk_denied(Guest *g)
{
    board->withdraw(g, guest_below(g, 2) ? 0x28 : SLOT_BUS << 8 | 1);
    disk_request(g);
}

static void disk_afresh(Guest *g)
{
    setup_disk(g, guest_below(g, 2));
}

static void slot_power(Guest *g)
{
    machine_write(g->m, slot_control(g, guest_below(g, 2)),
                  guest_below(g, 2) ? SLOT_ON : SLOT_OFF, 2);
}

/* The accelerator in the slot writes @bytes of @value to @to. */
static void slot_write(Guest *g, uint64_t to, uint64_t value, unsigned bytes)
{
    uint64_t at = page(SLOT_RING) + g->slot_tail % 64 * 64;

    guest_put64(g, page(SLOT_DATA), value);
    guest_put64(g, at, SVA_OP_COPY);
    guest_put64(g, at + 0x08, page(SLOT_DATA));
    guest_put64(g, at + 0x10, to);
    guest_put64(g, at + 0x18, bytes);
    g->slot_tail++;
    machine_write(g->m, SLOT_BARS + 0x100000, g->slot_tail, 4);
    machine_step(g->m, 20000);
}

/* It takes away its own power, bus, or state, or that of a neighbour. */
static void slot_dma(Guest *g)
{
    unsigned what = guest_below(g, 8);

    switch (what) {
    case 0:
    case 1:
        slot_write(g, slot_control(g, what), SLOT_OFF, 2);
        break;
    case 2:
        slot_write(g, ECAM(SLOT_BUS, 0, 0) + 0x88, FUNCTION_RESET, 2);
        break;
    case 3:
        slot_write(g, ECAM(SLOT_BUS, 0, 0) + 0x04, 0, 2);
        break;
    case 4:                             /* Secondary Bus Reset */
        slot_write(g, ECAM(0, 6, 0) + 0x3e, 0x40, 2);
        slot_write(g, ECAM(0, 6, 0) + 0x3e, 0, 2);
        break;
    case 5:
        slot_write(g, SLOT_BARS + SVA_REG_CTRL, SVA_CTRL_RESET, 4);
        break;
    case 6:
        slot_write(g, ACCEL_CFG + 0x88, FUNCTION_RESET, 2);
        break;
    default:
        slot_write(g, guest_place(g), guest_word(g), 8);
        break;
    }
}

/* Bus numbers move, and with them what the functions are called. */
static void move_bus(Guest *g)
{
    unsigned bus = guest_below(g, 4) ? SLOT_BUS : guest_below(g, 256);

    setup_port(g, ECAM(0, 6, 0), bus << 8 | bus << 16, SLOT_BARS);
}

static void port_register(Guest *g)
{
    static const unsigned devices[] = { 5, 6, 7 };

    machine_write(g->m, ECAM(0, guest_pick(g, devices), 0) +
                        guest_below(g, 0x140), guest_word(g),
                  1 << guest_below(g, 3));
}

static void invalidate(Guest *g)
{
    static const uint16_t functions[] = {
        0x20, 0x28, SLOT_BUS << 8, SLOT_BUS << 8 | 1, BRIDGE_BUS << 8,
        BELOW_BUS << 8, 0x1234,
    };

    board->invalidate(g, guest_pick(g, functions));
}

static void heal(Guest *g)
{
    setup(g);
}

static void take_step(Guest *g)
{
    static void (*const steps[])(Guest *) = {
        disk_request, disk_request, disk_request, disk_request, disk_request,
        disk_request, disk_denied, disk_denied, disk_afresh, slot_power,
        slot_dma, slot_dma, move_bus, port_register, invalidate, invalidate,
        invalidate, heal, heal,
    };

    guest_pick(g, steps)(g);
}

/* What is unplugged does not come back. */
const Company company_slots = {
    .options = options,
    .rounds = 4,
    .setup = setup,
    .step = take_step,
};
