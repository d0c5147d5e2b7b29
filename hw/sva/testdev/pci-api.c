/*
 * sva-pci-probe: a function that speaks ATS and PRI by QEMU's public PCI
 * calls, for tests
 *
 * Endpoint models of others use these calls; no device of QEMU does, so that
 * without this one nobody would notice when they break behind our IOMMUs.
 *
 * BAR 0, 64-bit registers: see enum below.  A write to CMD makes one call.
 *
 * It holds a lock while it calls and takes the same one when it is called, as
 * such models do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qemu/thread.h"
#include "hw/pci/pcie.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "hw/sva/compat.h"
#include "hw/sva/types.h"

#if SVA_HAVE_PCI_ATS

#define TYPE_SVA_PCI_PROBE "sva-pci-probe"
OBJECT_DECLARE_SIMPLE_TYPE(SvaPciProbe, SVA_PCI_PROBE)

#define PROBE_ENTRIES 4

/* Register numbers; offset is eight times that. */
enum {
    PROBE_CMD,          /* WO, see below */
    PROBE_PASID,        /* RW, all ones: none */
    PROBE_ADDR,         /* RW */
    PROBE_LENGTH,       /* RW, or PRG index in 8:0 and last in 9 */
    PROBE_RESULT,       /* RO, what the call returned */
    PROBE_ERRORS,       /* RO, regions not translated as wanted */
    PROBE_INV_COUNT,    /* RO, calls of the device-IOTLB notifier */
    PROBE_INV_ADDR,
    PROBE_INV_MASK,
    PROBE_RSP_COUNT,    /* RO, calls of the page response notifier */
    PROBE_RSP_CODE,     /* IOMMUPRIResponseCode */
    PROBE_RSP_INDEX,
    PROBE_ENTRY,        /* RO, then 4 each: iova, address, mask, rights */
    PROBE_NESTED = PROBE_ENTRY + 4 * PROBE_ENTRIES,
                        /* RO, notifiers called while the lock was held */
    PROBE_REGS,
};

/* CMD */
enum {
    PROBE_ATS = 1,
    PROBE_ATS_READ = 2,         /* no write */
    PROBE_PAGE_REQUEST = 3,
    PROBE_LISTEN = 4,           /* to messages for PASID */
    PROBE_UNLISTEN = 5,
    PROBE_IOTLB_INFO = 6,       /* RESULT: address width */
};

struct SvaPciProbe {
    PCIDevice parent_obj;

    MemoryRegion bar;
    QemuMutex lock;
    IOMMUNotifier iotlb;
    IOMMUPRINotifier pri;
    uint32_t listening;         /* PASID of the notifiers, if registered */
    bool registered;
    uint64_t regs[PROBE_REGS];
};

static uint32_t probe_pasid(const SvaPciProbe *s)
{
    return s->regs[PROBE_PASID] > UINT32_MAX ? PCI_NO_PASID
                                             : s->regs[PROBE_PASID];
}

/* false: there it would stand still for ever. */
static bool probe_enter(SvaPciProbe *s)
{
    if (qemu_mutex_trylock(&s->lock)) {
        s->regs[PROBE_NESTED]++;
        return false;
    }
    return true;
}

static void probe_invalidated(IOMMUNotifier *n, IOMMUTLBEntry *entry)
{
    SvaPciProbe *s = container_of(n, SvaPciProbe, iotlb);

    if (!probe_enter(s)) {
        return;
    }
    s->regs[PROBE_INV_COUNT]++;
    s->regs[PROBE_INV_ADDR] = entry->iova;
    s->regs[PROBE_INV_MASK] = entry->addr_mask;
    qemu_mutex_unlock(&s->lock);
}

static void probe_responded(IOMMUPRINotifier *n, IOMMUPRIResponse *response)
{
    SvaPciProbe *s = container_of(n, SvaPciProbe, pri);

    if (!probe_enter(s)) {
        return;
    }
    s->regs[PROBE_RSP_COUNT]++;
    s->regs[PROBE_RSP_CODE] = response->response_code;
    s->regs[PROBE_RSP_INDEX] = response->prgi;
    qemu_mutex_unlock(&s->lock);
}

static void probe_ats(SvaPciProbe *s, bool no_write)
{
    IOMMUTLBEntry entries[PROBE_ENTRIES];
    uint32_t errors = 0;
    ssize_t i, n;

    n = pci_ats_request_translation(PCI_DEVICE(s), probe_pasid(s), false,
                                    false, s->regs[PROBE_ADDR],
                                    s->regs[PROBE_LENGTH], no_write, entries,
                                    PROBE_ENTRIES, &errors);
    s->regs[PROBE_RESULT] = n;
    s->regs[PROBE_ERRORS] = errors;
    for (i = 0; i < n; i++) {
        uint64_t *out = &s->regs[PROBE_ENTRY + 4 * i];

        out[0] = entries[i].iova;
        out[1] = entries[i].translated_addr;
        out[2] = entries[i].addr_mask;
        out[3] = entries[i].perm;
    }
}

static int probe_page_request(SvaPciProbe *s)
{
    return pci_pri_request_page(PCI_DEVICE(s), probe_pasid(s), false, false,
                                s->regs[PROBE_ADDR],
                                s->regs[PROBE_LENGTH] & 1 << 9,
                                s->regs[PROBE_LENGTH] & 0x1ff, true, true);
}

static void probe_unlisten(SvaPciProbe *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (s->registered) {
        s->registered = false;
        pci_iommu_unregister_iotlb_notifier(dev, s->listening, &s->iotlb);
        pci_pri_unregister_notifier(dev, s->listening);
    }
}

static int probe_listen(SvaPciProbe *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    int ret;

    probe_unlisten(s);
    s->listening = probe_pasid(s);
    ret = pci_iommu_init_iotlb_notifier(dev, &s->iotlb, probe_invalidated, s);
    if (!ret) {
        ret = pci_iommu_register_iotlb_notifier(dev, s->listening, &s->iotlb);
    }
    if (!ret) {
        s->pri.notify = probe_responded;
        s->registered = true;
        ret = pci_pri_register_notifier(dev, s->listening, &s->pri);
    }
    return ret;
}

static void probe_command(SvaPciProbe *s, uint64_t cmd)
{
    uint8_t width = 0;
    uint32_t page = 0;

    switch (cmd) {
    case PROBE_ATS:
    case PROBE_ATS_READ:
        probe_ats(s, cmd == PROBE_ATS_READ);
        break;
    case PROBE_PAGE_REQUEST:
        s->regs[PROBE_RESULT] = probe_page_request(s);
        break;
    case PROBE_LISTEN:
        s->regs[PROBE_RESULT] = probe_listen(s);
        break;
    case PROBE_UNLISTEN:
        probe_unlisten(s);
        break;
    case PROBE_IOTLB_INFO:
        pci_iommu_get_iotlb_info(PCI_DEVICE(s), &width, &page);
        s->regs[PROBE_RESULT] = width;
        break;
    default:
        break;
    }
}

static uint64_t probe_read(void *opaque, hwaddr addr, unsigned size)
{
    SvaPciProbe *s = opaque;

    return addr / 8 < PROBE_REGS ? s->regs[addr / 8] : 0;
}

static void probe_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
    SvaPciProbe *s = opaque;

    if (addr / 8 == PROBE_CMD) {
        qemu_mutex_lock(&s->lock);
        probe_command(s, val);
        qemu_mutex_unlock(&s->lock);
    } else if (addr / 8 <= PROBE_LENGTH) {
        s->regs[addr / 8] = val;
    }
}

static const MemoryRegionOps probe_ops = {
    .read = probe_read,
    .write = probe_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 8, .max_access_size = 8 },
    .impl = { .min_access_size = 8, .max_access_size = 8 },
};

static void probe_realize(PCIDevice *dev, Error **errp)
{
    SvaPciProbe *s = SVA_PCI_PROBE(dev);

    qemu_mutex_init(&s->lock);
    memory_region_init_io(&s->bar, OBJECT(s), &probe_ops, s,
                          TYPE_SVA_PCI_PROBE, 4096);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->bar);
    if (pcie_endpoint_cap_init(dev, 0x80) < 0) {
        error_setg(errp, "sva-pci-probe needs a PCI Express bus");
        return;
    }
    pcie_ats_init(dev, 0x100, true);
    pcie_pri_init(dev, 0x110, 32, true);
    pcie_pasid_init(dev, 0x120, SVA_PASID_BITS, false, false);
}

static void probe_exit(PCIDevice *dev)
{
    SvaPciProbe *s = SVA_PCI_PROBE(dev);

    probe_unlisten(s);
    pcie_cap_exit(dev);
    qemu_mutex_destroy(&s->lock);
}

static void probe_reset(DeviceState *qdev)
{
    SvaPciProbe *s = SVA_PCI_PROBE(qdev);
    PCIDevice *dev = PCI_DEVICE(qdev);

    probe_unlisten(s);
    memset(s->regs, 0, sizeof(s->regs));
    pci_set_word(dev->config + 0x100 + PCI_ATS_CTRL, 0);
    pci_set_word(dev->config + 0x110 + PCI_PRI_CTRL, 0);
    pci_set_word(dev->config + 0x120 + PCI_PASID_CTRL, 0);
}

static const VMStateDescription probe_vmstate = {
    .name = TYPE_SVA_PCI_PROBE,
    .unmigratable = 1,
};

static void probe_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = probe_realize;
    k->exit = probe_exit;
    k->vendor_id = 0x1234;
    k->device_id = 0x5357;
    k->class_id = PCI_CLASS_OTHERS;
    dc->desc = "Function that uses QEMU's PCI ATS and PRI calls, for tests";
    dc->vmsd = &probe_vmstate;
    device_class_set_legacy_reset(dc, probe_reset);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo probe_types[] = {
    {
        .name = TYPE_SVA_PCI_PROBE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(SvaPciProbe),
        .class_init = probe_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(probe_types)

#endif
