/*
 * sva-smmuv3 on the virt board
 *
 * Takes the place, the interrupts and the device-tree node that the board
 * keeps for the SMMU of iommu=smmuv3, so that QEMU's own code builds the IORT
 * table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "target/arm/internals.h"
#include "system/device_tree.h"
#include "system/system.h"
#include "hw/arm/fdt.h"
#include "hw/arm/virt.h"
#include "hw/irq.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_port.h"
#include "../pci/ports.h"
#include "device.h"

static VirtMachineState *virt_machine(void)
{
    return (VirtMachineState *)object_dynamic_cast(qdev_get_machine(),
                                                   TYPE_VIRT_MACHINE);
}

bool sva_smmu_virt_check(Error **errp)
{
    VirtMachineState *vms = virt_machine();

    if (!vms) {
        error_setg(errp, "sva-smmuv3 works on the virt board only; "
                   "use -machine virt");
        return false;
    }
    if (vms->iommu != VIRT_IOMMU_NONE) {
        error_setg(errp, "the machine has an IOMMU already; leave out "
                   "iommu=smmuv3 of -machine, and other IOMMU devices");
        return false;
    }
    if (vms->ras && !vms->acpi_dev && virt_is_acpi_enabled(vms)) {
        /* QEMU would end with a segmentation fault when it makes the tables. */
        error_setg(errp, "ras=on works with firmware only; add -bios "
                   "QEMU_EFI.fd, or leave out ras=on of -machine");
        return false;
    }
    return true;
}

unsigned sva_smmu_virt_pa_bits(void)
{
    return arm_pamax(ARM_CPU(first_cpu));
}

/* Pulse the lines of threads without the BQL. */
static void virt_irq_later(void *opaque)
{
    SvaSmmuState *s = opaque;
    unsigned lines = qatomic_xchg(&s->irq_later, 0);

    for (unsigned i = 0; i < SVA_SMMU_IRQ_COUNT; i++) {
        if (lines & 1u << i) {
            qemu_irq_pulse(s->irq[i]);
        }
    }
}

/*
 * Only holders of the BQL may change a line.  Transactions of a device in an
 * iothread raise events as well; edges of one source may then merge.
 */
static void virt_irq(void *host, SvaSmmuIrq line)
{
    SvaSmmuState *s = host;

    if (likely(bql_locked())) {
        qemu_irq_pulse(s->irq[line]);
    } else {
        qatomic_or(&s->irq_later, 1u << line);
        qemu_bh_schedule(s->irq_bh);
    }
}

/* The message may be delivered later, see env-qemu.c. */
static bool virt_message(void *host, uint64_t addr, uint32_t data)
{
    SvaSmmuState *s = host;
    SvaEnv *env = s->smmu.iommu.env;

    if (!address_space_access_valid(&address_space_memory, addr, sizeof(data),
                                    true, MEMTXATTRS_UNSPECIFIED)) {
        return false;
    }
    env->ops->msi(env, addr, data);
    return true;
}

static const SvaSmmuHostOps virt_host_ops = {
    .irq = virt_irq,
    .message = virt_message,
};

/* Arm SMMUv3 device-tree binding ("arm,smmu-v3"). */
static void virt_add_node(SvaSmmuState *s, VirtMachineState *vms, hwaddr base,
                          int irq)
{
    static const char irq_names[] = "eventq\0priq\0cmdq-sync\0gerror";
    g_autofree char *node = g_strdup_printf("/smmuv3@%" PRIx64, base);
    void *fdt = MACHINE(vms)->fdt;
    uint32_t irqs[3 * SVA_SMMU_IRQ_COUNT];

    for (unsigned i = 0; i < SVA_SMMU_IRQ_COUNT; i++) {
        irqs[3 * i] = cpu_to_be32(GIC_FDT_IRQ_TYPE_SPI);
        irqs[3 * i + 1] = cpu_to_be32(irq + i);
        irqs[3 * i + 2] = cpu_to_be32(GIC_FDT_IRQ_FLAGS_EDGE_LO_HI);
    }
    vms->iommu_phandle = qemu_fdt_alloc_phandle(fdt);
    qemu_fdt_add_subnode(fdt, node);
    qemu_fdt_setprop_string(fdt, node, "compatible", "arm,smmu-v3");
    qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, base,
                                 2, (uint64_t)SVA_SMMU_MMIO_BYTES);
    qemu_fdt_setprop(fdt, node, "interrupts", irqs, sizeof(irqs));
    qemu_fdt_setprop(fdt, node, "interrupt-names", irq_names,
                     sizeof(irq_names));
    /* The root node says dma-coherent, for all that do not say otherwise. */
    qemu_fdt_setprop(fdt, node, s->config.cohacc ? "dma-coherent"
                                                 : "dma-noncoherent", NULL, 0);
    qemu_fdt_setprop_cell(fdt, node, "#iommu-cells", 1);
    qemu_fdt_setprop_cell(fdt, node, "phandle", vms->iommu_phandle);
}

/* Expander bridges have no node, so this is the only host bridge. */
static void virt_add_host_bridge(SvaSmmuState *s, VirtMachineState *vms)
{
    void *fdt = MACHINE(vms)->fdt;

    if (vms->default_bus_bypass_iommu) {
        return;
    }
    qemu_fdt_setprop_cells(fdt, vms->pciehb_nodename, "iommu-map",
                           0, vms->iommu_phandle, 0, 0x10000);
    if (s->config.ats) {
        qemu_fdt_setprop(fdt, vms->pciehb_nodename, "ats-supported", NULL, 0);
    }
}

/*
 * Get or create the node of a PCI function below the host bridge; NULL if the
 * function is below another one.  PCI bus binding to IEEE 1275.
 */
static char *virt_function_node(VirtMachineState *vms, PCIBus *bus, int devfn)
{
    void *fdt = MACHINE(vms)->fdt;
    PCIDevice *dev = bus->devices[devfn];
    g_autofree char *parent = NULL;
    char *node;

    if (bus == vms->bus) {
        parent = g_strdup(vms->pciehb_nodename);
    } else if (!pci_bus_is_root(bus)) {
        PCIDevice *bridge = pci_bridge_get_device(bus);

        parent = virt_function_node(vms, pci_get_bus(bridge), bridge->devfn);
    }
    if (!parent) {
        return NULL;
    }
    node = g_strdup_printf("%s/pci@%x,%x", parent, PCI_SLOT(devfn),
                           PCI_FUNC(devfn));
    qemu_fdt_add_path(fdt, node);
    if (dev && IS_PCI_BRIDGE(dev)) {
        qemu_fdt_setprop_string(fdt, node, "device_type", "pci");
        qemu_fdt_setprop_cell(fdt, node, "#address-cells", 3);
        qemu_fdt_setprop_cell(fdt, node, "#size-cells", 2);
        qemu_fdt_setprop(fdt, node, "ranges", NULL, 0);
    }
    qemu_fdt_setprop_cells(fdt, node, "reg", devfn << 8, 0, 0, 0, 0);
    return node;
}

static void virt_describe_place(VirtMachineState *vms, PCIBus *bus, int devfn)
{
    g_autofree char *node = virt_function_node(vms, bus, devfn);

    if (node) {
        qemu_fdt_setprop(MACHINE(vms)->fdt, node, "dma-can-stall", NULL, 0);
    }
}

static void virt_describe_function(PCIDevice *dev, void *opaque)
{
    virt_describe_place(opaque, pci_get_bus(dev), dev->devfn);
}

/* A function that is plugged later cannot be added to the tree. */
static void virt_describe_slots(PCIBus *bus, PCIDevice *dev, void *opaque)
{
    PCIBus *below;

    if (!IS_PCI_BRIDGE(dev)) {
        return;
    }
    below = pci_bridge_get_sec_bus(PCI_BRIDGE(dev));
    if (object_dynamic_cast(OBJECT(dev), TYPE_PCIE_SLOT) &&
        PCIE_SLOT(dev)->hotplug && !below->devices[0]) {
        virt_describe_place(opaque, below, 0);
    }
    pci_for_each_device_under_bus(below, virt_describe_slots, opaque);
}

/* All functions of the command line have been created. */
static void virt_machine_done(Notifier *notifier, void *data)
{
    SvaSmmuState *s = container_of(notifier, SvaSmmuState, machine_done);
    VirtMachineState *vms = virt_machine();

    sva_pci_foreach_stalling(&s->device.fabric, virt_describe_function, vms);
    if (s->describe_slots && !vms->default_bus_bypass_iommu) {
        pci_for_each_device_under_bus(vms->bus, virt_describe_slots, vms);
    }
}

void sva_smmu_virt_connect(SvaSmmuState *s)
{
    VirtMachineState *vms = virt_machine();
    hwaddr base = vms->memmap[VIRT_SMMU].base;
    int irq = vms->irqmap[VIRT_SMMU];

    for (unsigned i = 0; i < SVA_SMMU_IRQ_COUNT; i++) {
        s->irq[i] = qdev_get_gpio_in(vms->gic, irq + i);
    }
    s->irq_bh = qemu_bh_new(virt_irq_later, s);
    sva_smmu_set_host(&s->smmu, &virt_host_ops, s);

    sva_iommu_device_connect(OBJECT(s), &s->smmu.iommu, vms->bus, base,
                             SVA_SMMU_MMIO_BYTES);

    vms->iommu = VIRT_IOMMU_SMMUV3;
#if SVA_HAVE_SMMU_PER_BUS
    vms->legacy_smmuv3_present = true;
#endif
    virt_add_node(s, vms, base, irq);
    virt_add_host_bridge(s, vms);
    if (s->describe_stall == ON_OFF_AUTO_ON) {
        s->machine_done.notify = virt_machine_done;
        qemu_add_machine_init_done_notifier(&s->machine_done);
    }
}
