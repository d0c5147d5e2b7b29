/*
 * SvaPciFabric: the part of the root complex around one IOMMU
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fabric.h"
#include "iommu-call.h"
#include "ports.h"
#include "post.h"
#include "space.h"

/* Reads as zero, ignores writes: what SVA_RAZ_WI leads to. */
static uint64_t raz_wi_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void raz_wi_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
}

static const MemoryRegionOps raz_wi_ops = {
    .read = raz_wi_read,
    .write = raz_wi_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

SvaEnv *sva_pci_fabric_init(SvaPciFabric *fabric, Object *owner,
                            const SvaPciMsiWindow *window)
{
    fabric->owner = owner;
    fabric->window = window;
    sva_pci_spaces_init(fabric);
    sva_pci_post_init(fabric);
    sva_pci_lock_init(&fabric->lock);
    memory_region_init_io(&fabric->raz_wi_mr, owner, &raz_wi_ops, NULL,
                          "sva-raz-wi", UINT64_MAX);
    sva_region_without_bql(&fabric->raz_wi_mr);
    address_space_init(&fabric->raz_wi, &fabric->raz_wi_mr, "sva-raz-wi");
    sva_env_device_init(&fabric->env, owner, &fabric->lock);
    return &fabric->env.env;
}

void sva_pci_fabric_attach(SvaPciFabric *fabric, SvaIommu *iommu)
{
    fabric->iommu = iommu;
    iommu->fabric.opaque = fabric;
    iommu->fabric.ops = &sva_pci_fabric_ops;
}

static uint64_t fabric_reg_read(void *opaque, hwaddr addr, unsigned size)
{
    return sva_pci_iommu_read(opaque, addr, size);
}

/* Whoever is answered, by a page response or CMD_RESUME, goes on at its end. */
static void fabric_reg_write(void *opaque, hwaddr addr, uint64_t val,
                             unsigned size)
{
    SvaPciFabric *fabric = opaque;

    sva_env_machine_enter(true);
    sva_pci_lock(fabric);
    fabric->iommu->ops->mmio_write(fabric->iommu, addr, val, size);
    if (unlikely(fabric->iommu->fabric.copies)) {
        /* Any write may have changed translations, with or without a wait. */
        sva_pci_post_drop_copies(fabric, 0);
    }
    sva_pci_unlock(fabric);
    sva_env_machine_leave();
}

/* The model decides what accesses of a bad size or offset do. */
static const MemoryRegionOps fabric_reg_ops = {
    .read = fabric_reg_read,
    .write = fabric_reg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

void sva_pci_map_registers(SvaPciFabric *fabric, const char *name,
                           hwaddr base, uint64_t size)
{
    memory_region_init_io(&fabric->regs, fabric->owner, &fabric_reg_ops,
                          fabric, name, size);
    memory_region_add_subregion(get_system_memory(), base, &fabric->regs);
}
