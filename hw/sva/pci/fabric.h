/*
 * SvaPciFabric: the PCI side of one IOMMU
 *
 * Holds the DMA address space of every function behind the IOMMU and carries
 * the IOMMU's messages to functions: to a SvaPort, or to a device model that
 * uses QEMU's public ATS/PRI calls.  Functions are known by bus object and
 * devfn, since bus numbers are the guest's to assign; a requester ID is
 * worked out when it is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_FABRIC_H
#define HW_SVA_PCI_FABRIC_H

#include "hw/sva/compat.h"
#include "hw/sva/endpoint.h"
#include "hw/sva/iommu.h"
#include "qemu/queue.h"
#include "qemu/thread.h"
#include "env-qemu.h"

/*
 * Address range in which writes without PASID are interrupt requests.
 *
 * @write: a 32-bit write; false if it is refused
 */
typedef struct SvaPciMsiWindow {
    hwaddr base;
    hwaddr size;
    bool (*write)(Object *owner, uint16_t rid, hwaddr addr, uint32_t data);
} SvaPciMsiWindow;

/*
 * @lock is held by whoever calls the model.  The BQL would do, but for
 * devices that run in an iothread: QEMU waits for them with the BQL held, so
 * that they must never wait for it.  Order: BQL, then @lock; nobody waits for
 * another thread below @lock.
 */
typedef struct SvaPciFabric {
    QemuRecMutex lock;
    SvaEnvDevice env;               /* the environment of @iommu */
    SvaIommu *iommu;
    Object *owner;                  /* of all memory regions */
    const SvaPciMsiWindow *window;  /* NULL: none on this platform */
    GHashTable *spaces;             /* set of SvaPciSpace */
    MemoryRegion regs;
    AddressSpace nowhere;           /* SVA_RAZ_WI */
    MemoryRegion nowhere_mr;
} SvaPciFabric;

/* What listens for the messages of one PASID of a function. */
typedef struct SvaPciListener {
    uint32_t pasid;                 /* or PCI_NO_PASID */
    QLIST_HEAD(, IOMMUNotifier) iotlb;
#if SVA_HAVE_PCI_ATS
    IOMMUPRINotifier *pri;
#endif
    QLIST_ENTRY(SvaPciListener) next;
} SvaPciListener;

/* One function; @bus is NULL for a device that is none, with a fixed @rid. */
typedef struct SvaPciSpace {
    SvaPciFabric *fabric;
    PCIBus *bus;
    int devfn;
    uint16_t rid;
    AddressSpace as;
    MemoryRegion root;
    MemoryRegion window;
    IOMMUMemoryRegion dma;
    QLIST_HEAD(, SvaPciListener) listeners;
} SvaPciSpace;

/*
 * A SvaPort of a PCIDevice; @fabric is valid if @resolved, @gone: unplugged.
 * It goes with the device object, and so when no request is in progress.
 */
typedef struct SvaPciPort {
    SvaPort port;
    SvaEnvDevice env;
    PCIDevice *dev;
    SvaPciFabric *fabric;           /* NULL: there is no IOMMU of ours */
    bool resolved;
    bool gone;
    QLIST_ENTRY(SvaPciPort) next;
} SvaPciPort;

/* iommu-pci.c */
extern const PCIIOMMUOps sva_pci_iommu_ops;   /* opaque: SvaPciFabric */

/* First of all; the model is then created with the environment returned. */
SvaEnv *sva_pci_fabric_init(SvaPciFabric *fabric, Object *owner,
                            const SvaPciMsiWindow *window);
/* Make @fabric the fabric of @iommu. */
void sva_pci_fabric_attach(SvaPciFabric *fabric, SvaIommu *iommu);
/* Put the registers of the IOMMU, @size bytes, at @base. */
void sva_pci_map_registers(SvaPciFabric *fabric, const char *name,
                           hwaddr base, uint64_t size);
SvaPciSpace *sva_pci_space(SvaPciFabric *fabric, PCIBus *bus, int devfn);
/* DMA space of a platform device that the IOMMU knows as @rid. */
AddressSpace *sva_pci_platform_space(SvaPciFabric *fabric, uint16_t rid);
uint16_t sva_pci_space_rid(const SvaPciSpace *space);

static inline void sva_pci_lock(SvaPciFabric *fabric)
{
    qemu_rec_mutex_lock(&fabric->lock);
}

static inline void sva_pci_unlock(SvaPciFabric *fabric)
{
    qemu_rec_mutex_unlock(&fabric->lock);
}

static inline SvaPasid sva_pasid_from_pci(uint32_t pasid)
{
    return pasid == PCI_NO_PASID ? SVA_NO_PASID : sva_pasid(pasid);
}

/* endpoint-registry.c */
extern const SvaFabricOps sva_pci_fabric_ops;

void sva_pci_port_add(SvaPciPort *port);
void sva_pci_port_remove(SvaPciPort *port);
/* Functions that can wait for the end of a stall. */
void sva_pci_foreach_stalling(SvaPciFabric *fabric,
                              void (*fn)(PCIDevice *dev, void *opaque),
                              void *opaque);
void sva_pci_listen_iotlb(SvaPciSpace *space, uint32_t pasid,
                          IOMMUNotifier *n);
void sva_pci_unlisten_iotlb(SvaPciSpace *space, IOMMUNotifier *n);
#if SVA_HAVE_PCI_ATS
void sva_pci_listen_pri(SvaPciSpace *space, uint32_t pasid,
                        IOMMUPRINotifier *n);
#endif

/* endpoint.c: the fabric that @port is part of, or NULL. */
SvaPciFabric *sva_pci_port_fabric(SvaPciPort *port);

#endif
