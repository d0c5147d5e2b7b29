/*
 * sva-pci-testdev: the PCI function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "../endpoint/pci-function.h"
#include "qemu/module.h"
#include "testdev.h"

static SvaFunction *testdev_create(SvaPciFunction *f)
{
    return &sva_testdev_new(f->port->env, &f->config)->fn;
}

static void testdev_add_bars(SvaPciFunction *f)
{
    static const MemoryRegionOps ops =
        SVA_PCI_BAR_OPS(sva_testdev_read, sva_testdev_write);

    sva_pci_function_add_bar(f, 0, "sva-pci-testdev", &ops, 4096);
}

static void testdev_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    SvaPciFunctionClass *fk = SVA_PCI_FUNCTION_CLASS(klass);

    fk->create = testdev_create;
    fk->destroy = sva_testdev_free;
    fk->add_bars = testdev_add_bars;
    fk->msix_bar = 1;
    k->vendor_id = 0x1234;
    k->device_id = 0x5358;
    k->class_id = PCI_CLASS_OTHERS;
    DEVICE_CLASS(klass)->desc = "Smallest function with PASID, ATS and PRI";
}

static const TypeInfo testdev_types[] = { {
    .name = "sva-pci-testdev",
    .parent = TYPE_SVA_PCI_FUNCTION,
    .class_init = testdev_class_init,
} };

DEFINE_TYPES(testdev_types)
