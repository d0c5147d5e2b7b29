/*
 * sva-pci-api-testdev: a function that uses ATS and PRI through QEMU's public
 * PCI calls, for tests
 *
 * Endpoint models of other projects use these calls, but no device of QEMU
 * does.  Devices on our endpoint library do not use them either: their
 * messages come by a SvaPort.  So it takes a device of its own to test them.
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

#define TYPE_SVA_PCI_API "sva-pci-api-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(SvaPciApi, SVA_PCI_API)

#define API_ENTRIES 4

/* Register numbers; offset is eight times that. */
enum {
    API_CMD,            /* WO, see below */
    API_PASID,          /* RW, all ones: none */
    API_ADDR,           /* RW */
    API_LENGTH,         /* RW, or PRG index in 8:0 and last in 9 */
    API_RESULT,         /* RO, what the call returned */
    API_ERRORS,         /* RO, regions not translated as wanted */
    API_INV_COUNT,      /* RO, calls of the device-IOTLB notifier */
    API_INV_ADDR,
    API_INV_MASK,
    API_RSP_COUNT,      /* RO, calls of the page response notifier */
    API_RSP_CODE,       /* IOMMUPRIResponseCode */
    API_RSP_INDEX,
    API_ENTRY,          /* RO, then 4 each: iova, address, mask, rights */
    API_NESTED = API_ENTRY + 4 * API_ENTRIES,
                        /* RO, notifiers called while the lock was held */
    API_REGS,
};

/* CMD */
enum {
    API_ATS = 1,
    API_ATS_READ = 2,   /* no write */
    API_PAGE_REQUEST = 3,
    API_LISTEN = 4,     /* to messages for PASID */
    API_UNLISTEN = 5,
    API_IOTLB_INFO = 6, /* RESULT: address width */
};

struct SvaPciApi {
    PCIDevice parent_obj;

    MemoryRegion bar;
    QemuMutex lock;
    IOMMUNotifier iotlb;
    IOMMUPRINotifier pri;
    uint32_t listening;         /* PASID of the notifiers, if registered */
    bool registered;
    uint64_t regs[API_REGS];
};

static uint32_t api_pasid(const SvaPciApi *s)
{
    return s->regs[API_PASID] > UINT32_MAX ? PCI_NO_PASID
                                           : s->regs[API_PASID];
}

/* false: the lock is held, taking it would deadlock. */
static bool api_enter(SvaPciApi *s)
{
    if (qemu_mutex_trylock(&s->lock)) {
        s->regs[API_NESTED]++;
        return false;
    }
    return true;
}

static void api_invalidated(IOMMUNotifier *n, IOMMUTLBEntry *entry)
{
    SvaPciApi *s = container_of(n, SvaPciApi, iotlb);

    if (!api_enter(s)) {
        return;
    }
    s->regs[API_INV_COUNT]++;
    s->regs[API_INV_ADDR] = entry->iova;
    s->regs[API_INV_MASK] = entry->addr_mask;
    qemu_mutex_unlock(&s->lock);
}

static void api_responded(IOMMUPRINotifier *n, IOMMUPRIResponse *response)
{
    SvaPciApi *s = container_of(n, SvaPciApi, pri);

    if (!api_enter(s)) {
        return;
    }
    s->regs[API_RSP_COUNT]++;
    s->regs[API_RSP_CODE] = response->response_code;
    s->regs[API_RSP_INDEX] = response->prgi;
    qemu_mutex_unlock(&s->lock);
}

static void api_ats(SvaPciApi *s, bool no_write)
{
    IOMMUTLBEntry entries[API_ENTRIES];
    uint32_t errors = 0;
    ssize_t i, n;

    n = pci_ats_request_translation(PCI_DEVICE(s), api_pasid(s), false,
                                    false, s->regs[API_ADDR],
                                    s->regs[API_LENGTH], no_write, entries,
                                    API_ENTRIES, &errors);
    s->regs[API_RESULT] = n;
    s->regs[API_ERRORS] = errors;
    for (i = 0; i < n; i++) {
        uint64_t *out = &s->regs[API_ENTRY + 4 * i];

        out[0] = entries[i].iova;
        out[1] = entries[i].translated_addr;
        out[2] = entries[i].addr_mask;
        out[3] = entries[i].perm;
    }
}

static int api_page_request(SvaPciApi *s)
{
    return pci_pri_request_page(PCI_DEVICE(s), api_pasid(s), false, false,
                                s->regs[API_ADDR],
                                s->regs[API_LENGTH] & 1 << 9,
                                s->regs[API_LENGTH] & 0x1ff, true, true);
}

static void api_unlisten(SvaPciApi *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (s->registered) {
        s->registered = false;
        pci_iommu_unregister_iotlb_notifier(dev, s->listening, &s->iotlb);
        pci_pri_unregister_notifier(dev, s->listening);
    }
}

static int api_listen(SvaPciApi *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    int ret;

    api_unlisten(s);
    s->listening = api_pasid(s);
    ret = pci_iommu_init_iotlb_notifier(dev, &s->iotlb, api_invalidated, s);
    if (!ret) {
        ret = pci_iommu_register_iotlb_notifier(dev, s->listening, &s->iotlb);
    }
    if (!ret) {
        s->pri.notify = api_responded;
        s->registered = true;
        ret = pci_pri_register_notifier(dev, s->listening, &s->pri);
    }
    return ret;
}

static void api_command(SvaPciApi *s, uint64_t cmd)
{
    uint8_t width = 0;
    uint32_t page = 0;

    switch (cmd) {
    case API_ATS:
    case API_ATS_READ:
        api_ats(s, cmd == API_ATS_READ);
        break;
    case API_PAGE_REQUEST:
        s->regs[API_RESULT] = api_page_request(s);
        break;
    case API_LISTEN:
        s->regs[API_RESULT] = api_listen(s);
        break;
    case API_UNLISTEN:
        api_unlisten(s);
        break;
    case API_IOTLB_INFO:
        pci_iommu_get_iotlb_info(PCI_DEVICE(s), &width, &page);
        s->regs[API_RESULT] = width;
        break;
    default:
        break;
    }
}

static uint64_t api_read(void *opaque, hwaddr addr, unsigned size)
{
    SvaPciApi *s = opaque;

    return addr / 8 < API_REGS ? s->regs[addr / 8] : 0;
}

static void api_write(void *opaque, hwaddr addr, uint64_t val,
                        unsigned size)
{
    SvaPciApi *s = opaque;

    if (addr / 8 == API_CMD) {
        qemu_mutex_lock(&s->lock);
        api_command(s, val);
        qemu_mutex_unlock(&s->lock);
    } else if (addr / 8 <= API_LENGTH) {
        s->regs[addr / 8] = val;
    }
}

static const MemoryRegionOps api_ops = {
    .read = api_read,
    .write = api_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 8, .max_access_size = 8 },
    .impl = { .min_access_size = 8, .max_access_size = 8 },
};

static void api_realize(PCIDevice *dev, Error **errp)
{
    SvaPciApi *s = SVA_PCI_API(dev);

    qemu_mutex_init(&s->lock);
    memory_region_init_io(&s->bar, OBJECT(s), &api_ops, s,
                          TYPE_SVA_PCI_API, 4096);
    pci_register_bar(dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->bar);
    if (pcie_endpoint_cap_init(dev, 0x80) < 0) {
        error_setg(errp, "sva-pci-api-testdev needs a PCI Express bus");
        return;
    }
    pcie_ats_init(dev, 0x100, true);
    pcie_pri_init(dev, 0x110, 32, true);
    pcie_pasid_init(dev, 0x120, SVA_PASID_BITS, false, false);
}

static void api_exit(PCIDevice *dev)
{
    SvaPciApi *s = SVA_PCI_API(dev);

    api_unlisten(s);
    pcie_cap_exit(dev);
    qemu_mutex_destroy(&s->lock);
}

static void api_reset(DeviceState *qdev)
{
    SvaPciApi *s = SVA_PCI_API(qdev);
    PCIDevice *dev = PCI_DEVICE(qdev);

    api_unlisten(s);
    memset(s->regs, 0, sizeof(s->regs));
    pci_set_word(dev->config + 0x100 + PCI_ATS_CTRL, 0);
    pci_set_word(dev->config + 0x110 + PCI_PRI_CTRL, 0);
    pci_set_word(dev->config + 0x120 + PCI_PASID_CTRL, 0);
}

static const VMStateDescription api_vmstate = {
    .name = TYPE_SVA_PCI_API,
    .unmigratable = 1,
};

static void api_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = api_realize;
    k->exit = api_exit;
    k->vendor_id = 0x1234;
    k->device_id = 0x5357;
    k->class_id = PCI_CLASS_OTHERS;
    dc->desc = "Function that uses QEMU's PCI ATS and PRI calls, for tests";
    dc->vmsd = &api_vmstate;
    device_class_set_legacy_reset(dc, api_reset);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo api_types[] = {
    {
        .name = TYPE_SVA_PCI_API,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(SvaPciApi),
        .class_init = api_class_init,
        .interfaces = (SVA_CLASS_CONST InterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(api_types)

#endif
