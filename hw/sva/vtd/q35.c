/*
 * sva-vtd on the q35 board
 *
 * Puts the unit in the place of the stock IOMMU, so that QEMU's own code builds
 * the DMAR table.  Interrupt requests go through the model.  The parent gets
 * the address of the table too, since its class method serves KVM's routes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/i386/pc.h"
#include "hw/i386/x86.h"
#include "hw/pci-host/q35.h"
#include "../pci/iommu-call.h"
#include "../pci/space.h"
#include "device.h"

#define MSI_BASE        SVA_VTD_INTR_FIRST
#define MSI_SIZE        (SVA_VTD_INTR_LAST - SVA_VTD_INTR_FIRST + 1)

/* Past remapping: remapped interrupts, and the events of the unit itself. */
static void q35_send(uint64_t addr, uint32_t data)
{
    MSIMessage msg = { .address = addr, .data = data };

    apic_get_class(NULL)->send_msi(&msg);
}

/*
 * A function or the I/O APIC writes to the interrupt window; the thread may be
 * one without the BQL.
 */
static bool q35_window_write(Object *owner, uint16_t rid, hwaddr addr,
                             uint32_t data)
{
    SvaVtdState *s = SVA_VTD(owner);
    SvaVtdMessage from = { .addr = addr, .data = data }, to;
    SvaEnv *env = s->vtd.iommu.env;
    bool deliver;

    sva_pci_lock(&s->device.fabric);
    deliver = sva_vtd_interrupt(&s->vtd, rid, &from, &to);
    sva_pci_unlock(&s->device.fabric);
    if (deliver) {
        env->ops->msi(env, to.addr, to.data);
    }
    return deliver;
}

const SvaPciMsiWindow sva_vtd_q35_window = {
    .base = MSI_BASE,
    .size = MSI_SIZE,
    .write = q35_window_write,
};

static void q35_intremap_changed(void *host, const SvaVtdIntremap *state)
{
    IntelIOMMUState *parent = host;

    parent->intr_root = state->root;
    parent->intr_size = state->entries;
    parent->intr_eime = state->eime;
    parent->intr_enabled = state->enabled;
    x86_iommu_iec_notify_all(X86_IOMMU_DEVICE(parent), true, 0, 0);
}

static void q35_iec_invalidate(void *host, bool global, uint32_t index,
                               uint32_t mask)
{
    x86_iommu_iec_notify_all(X86_IOMMU_DEVICE(host), global, index, mask);
}

static const SvaVtdHostOps q35_host_ops = {
    .intremap_changed = q35_intremap_changed,
    .iec_invalidate = q35_iec_invalidate,
};

const char *sva_vtd_q35_default(const char *property)
{
    const GPtrArray *props =
        MACHINE_GET_CLASS(qdev_get_machine())->compat_props;
    const char *value = NULL;
    unsigned i;

    for (i = 0; props && i < props->len; i++) {
        const GlobalProperty *prop = g_ptr_array_index(props, i);

        /* Those of older types come later and override. */
        if (!strcmp(prop->driver, TYPE_INTEL_IOMMU_DEVICE) &&
            !strcmp(prop->property, property)) {
            value = prop->value;
        }
    }
    return value;
}

bool sva_vtd_q35_check(Error **errp)
{
    PCMachineState *pcms = PC_MACHINE(qdev_get_machine());

    if (!pci_bus_is_express(pcms->pcibus)) {
        error_setg(errp, "sva-vtd needs a PCI Express root bus; "
                   "use -machine q35");
        return false;
    }
    return true;
}

void sva_vtd_q35_connect(SvaVtdState *s)
{
    PCMachineState *pcms = PC_MACHINE(qdev_get_machine());
    X86MachineState *x86ms = X86_MACHINE(pcms);

    sva_vtd_set_host(&s->vtd, &q35_host_ops, s);
    sva_env_machine_set_msi(q35_send);

    sva_iommu_device_connect(OBJECT(s), &s->vtd.iommu, pcms->pcibus,
                             Q35_HOST_BRIDGE_IOMMU_ADDR, SVA_VTD_REG_BYTES);
    /* The requester ID that the DMAR table gives to the I/O APIC. */
    x86ms->ioapic_as = sva_pci_platform_space(
        &s->device.fabric, PCI_BUILD_BDF(Q35_PSEUDO_BUS_PLATFORM,
                                  Q35_PSEUDO_DEVFN_IOAPIC));
}
