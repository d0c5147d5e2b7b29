/*
 * sva-portal-testdev: a device with a portal, for tests
 *
 * It keeps what comes and does nothing with it.  BAR 0: 64-bit registers, see
 * the enum below; at 4096 a page that is the portal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "hw/sva/compat.h"
#include "hw/sva/direct-store.h"
#include "hw/sva/portal.h"

#define TYPE_PORTAL_TESTDEV "sva-portal-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(PortalTestdev, PORTAL_TESTDEV)

#define PORTAL 4096

/* Register numbers; offset is eight times that. */
enum {
    PORTAL_ROOM,        /* RW, enqueue stores that are still accepted */
    PORTAL_POSTED,      /* RO, number of MOVDIR64B, then of others */
    PORTAL_ACCEPTED,
    PORTAL_RETRIED,
    PORTAL_PIECES,      /* ordinary writes to the portal, of 8 bytes or less */
    PORTAL_OFFSET,      /* RO, of the last write to the portal */
    PORTAL_DATA = 8,    /* RO, of the last one that was accepted */
    PORTAL_FIRST = 64,  /* RW, first words of those, by slot of the portal */
    PORTAL_REGS = PORTAL_FIRST + PORTAL / 64,
};

struct PortalTestdev {
    PCIDevice parent_obj;

    MemoryRegion bar;
    uint64_t regs[PORTAL_REGS];
};

static uint64_t portal_read(void *opaque, hwaddr addr, unsigned size)
{
    PortalTestdev *s = opaque;

    return addr / 8 < PORTAL_REGS ? s->regs[addr / 8] >> 8 * (addr % 8) : 0;
}

static void portal_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PortalTestdev *s = opaque;

    if (addr >= PORTAL) {
        s->regs[PORTAL_PIECES]++;
        s->regs[PORTAL_OFFSET] = addr;
        s->regs[PORTAL_DATA + addr % 64 / 8] = val;
    } else if (addr / 8 == PORTAL_ROOM ||
               (addr / 8 >= PORTAL_FIRST && addr / 8 < PORTAL_REGS)) {
        s->regs[addr / 8] = val;
    }
}

static const MemoryRegionOps portal_ops = {
    .read = portal_read,
    .write = portal_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

static bool has_room(PortalTestdev *s, uint64_t offset, SvaPortalWrite kind)
{
    if (kind == SVA_PORTAL_POSTED) {
        return true;
    }
    if (offset < PORTAL || !s->regs[PORTAL_ROOM]) {
        s->regs[PORTAL_RETRIED]++;
        return false;
    }
    s->regs[PORTAL_ROOM]--;
    return true;
}

static bool portal_take(Object *obj, MemoryRegion *region, uint64_t offset,
                        const uint8_t *data, SvaPortalWrite kind)
{
    PortalTestdev *s = PORTAL_TESTDEV(obj);
    unsigned i;

    s->regs[PORTAL_OFFSET] = offset;
    if (!has_room(s, offset, kind)) {
        return false;
    }
    s->regs[kind == SVA_PORTAL_POSTED ? PORTAL_POSTED : PORTAL_ACCEPTED]++;
    for (i = 0; i < 8; i++) {
        s->regs[PORTAL_DATA + i] = ldq_le_p(data + 8 * i);
    }
    s->regs[PORTAL_FIRST + offset % PORTAL / 64] = ldq_le_p(data);
    return true;
}

static void portal_realize(PCIDevice *dev, Error **errp)
{
    PortalTestdev *s = PORTAL_TESTDEV(dev);

    if (!sva_direct_stores(errp)) {
        return;
    }
    memory_region_init_io(&s->bar, OBJECT(s), &portal_ops, s,
                          TYPE_PORTAL_TESTDEV, 2 * PORTAL);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->bar);
}

static void portal_reset(DeviceState *dev)
{
    memset(PORTAL_TESTDEV(dev)->regs, 0, sizeof(PORTAL_TESTDEV(dev)->regs));
}

static const VMStateDescription portal_vmstate = {
    .name = TYPE_PORTAL_TESTDEV,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PortalTestdev),
        VMSTATE_UINT64_ARRAY(regs, PortalTestdev, PORTAL_REGS),
        VMSTATE_END_OF_LIST()
    },
};

static void portal_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = portal_realize;
    k->vendor_id = 0x1234;
    k->device_id = 0x5359;
    k->class_id = PCI_CLASS_OTHERS;
    SVA_PORTAL_CLASS(klass)->write = portal_take;
    dc->desc = "Takes MOVDIR64B and ENQCMD, for tests";
    dc->vmsd = &portal_vmstate;
    device_class_set_legacy_reset(dc, portal_reset);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo portal_types[] = {
    {
        .name = TYPE_PORTAL_TESTDEV,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(PortalTestdev),
        .class_init = portal_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { TYPE_SVA_PORTAL },
            { }
        },
    },
};

DEFINE_TYPES(portal_types)
