/*
 * SvaPciSpace: the DMA address space of a function behind an IOMMU
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_SPACE_H
#define HW_SVA_PCI_SPACE_H

#include "hw/pci/pci.h"
#include "fabric.h"

#define TYPE_SVA_PCI_SPACE "sva-pci-space"
OBJECT_DECLARE_SIMPLE_TYPE(SvaPciSpace, SVA_PCI_SPACE)

typedef struct SvaPciListener SvaPciListener;

/*
 * One function, or with @bus NULL a platform device with a fixed @rid.
 *
 * @bus, @bridge, @bus_number: never change, and the space keeps the bridge, so
 *         that any thread may ask for the requester ID
 * @bridge: whose secondary bus @bus is; NULL: a root bus, which is @bus_number
 * @gone: the bus is unplugged; set under the fabric's lock
 * @ats, @pri: what was announced last
 */
struct SvaPciSpace {
    Object parent_obj;

    SvaPciFabric *fabric;
    PCIBus *bus;
    PCIDevice *bridge;
    uint8_t bus_number;
    int devfn;
    uint16_t rid;
    bool gone;
    bool ats;
    bool pri;
    AddressSpace as;
    MemoryRegion root;
    MemoryRegion window;
    IOMMUMemoryRegion dma;
    QLIST_HEAD(, SvaPciListener) listeners;
};

void sva_pci_spaces_init(SvaPciFabric *fabric);
SvaPciSpace *sva_pci_space(SvaPciFabric *fabric, PCIBus *bus, int devfn);
/* DMA space of a platform device that the IOMMU knows as @rid. */
AddressSpace *sva_pci_platform_space(SvaPciFabric *fabric, uint16_t rid);
/* The space of function @rid if there is one in its place, or NULL. */
SvaPciSpace *sva_pci_space_find(const SvaPciFabric *fabric, uint16_t rid);
/* References to the spaces of which somebody keeps translations, see post.c. */
GPtrArray *sva_pci_spaces_with_copies(const SvaPciFabric *fabric);
/* What configuration space says now. */
bool sva_pci_ats_enabled(PCIDevice *dev);
/*
 * Announce (SVA_EV_FUNCTION) what is enabled of the function of @space, if that
 * has changed.  QEMU tells nobody when configuration space is written, so this
 * is called at messages of and to functions that are not of our library; those
 * announce it themselves.  Under the fabric's lock.
 */
void sva_pci_space_announce(SvaPciSpace *space);
/* The fabric of the space that @obj is, or NULL. */
SvaPciFabric *sva_pci_space_fabric(Object *obj);

/* The guest may give a bus below a bridge another number. */
static inline uint16_t sva_pci_space_rid(const SvaPciSpace *space)
{
    uint8_t number = space->bridge
                     ? qatomic_read(&space->bridge->config[PCI_SECONDARY_BUS])
                     : space->bus_number;

    return space->bus ? PCI_BUILD_BDF(number, space->devfn) : space->rid;
}

/* Rights in QEMU's terms. */
static inline IOMMUAccessFlags sva_pci_perm(uint8_t access)
{
    return (access & SVA_READ ? IOMMU_RO : 0) |
           (access & SVA_WRITE ? IOMMU_WO : 0);
}

static inline void sva_pci_entry_set(IOMMUTLBEntry *entry, uint64_t iova,
                                     uint64_t pa, uint64_t mask)
{
    entry->iova = iova & ~mask;
    entry->translated_addr = pa & ~mask;
    entry->addr_mask = mask;
}

/* An untranslated request without PASID. */
static inline SvaRequest sva_pci_space_request(const SvaPciSpace *space,
                                               uint64_t addr, uint8_t access)
{
    return (SvaRequest) {
        .addr = addr,
        .pasid = SVA_NO_PASID,
        .rid = sva_pci_space_rid(space),
        .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };
}

#endif
