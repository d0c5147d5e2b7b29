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
#include "qemu/main-loop.h"
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
typedef struct SvaPciMessage SvaPciMessage;

typedef struct SvaPciFabric {
    QemuRecMutex lock;
    SvaEnvDevice env;               /* the environment of @iommu */
    SvaEventBus *bus;
    SvaIommu *iommu;
    Object *owner;                  /* of all memory regions */
    const SvaPciMsiWindow *window;  /* NULL: none on this platform */
    GHashTable *spaces;             /* set of SvaPciSpace, a reference each */
    DeviceListener unplugs;
    QSIMPLEQ_HEAD(, SvaPciMessage) post;    /* see post.c */
    QEMUBH *post_bh;
    unsigned responses;             /* in @post */
    unsigned post_resets;
    bool forgets;                   /* one without ticket is in @post */
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

#define TYPE_SVA_PCI_SPACE "sva-pci-space"
OBJECT_DECLARE_SIMPLE_TYPE(SvaPciSpace, SVA_PCI_SPACE)

/*
 * One function; @bus is NULL for a device that is none, with a fixed @rid.
 *
 * @gone: the bus is unplugged; under the fabric's lock
 */
struct SvaPciSpace {
    Object parent_obj;

    SvaPciFabric *fabric;
    PCIBus *bus;
    int devfn;
    uint16_t rid;
    bool gone;
    AddressSpace as;
    MemoryRegion root;
    MemoryRegion window;
    IOMMUMemoryRegion dma;
    QLIST_HEAD(, SvaPciListener) listeners;
};

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

/* pci-iommu-ops.c */
extern const PCIIOMMUOps sva_pci_iommu_ops;   /* opaque: SvaPciFabric */

/* First of all; the model is then created with the environment returned. */
SvaEnv *sva_pci_fabric_init(SvaPciFabric *fabric, Object *owner,
                            const SvaPciMsiWindow *window);
/* Make @fabric the fabric of @iommu. */
void sva_pci_fabric_attach(SvaPciFabric *fabric, SvaIommu *iommu);
/* Put the registers of the IOMMU, @size bytes, at @base. */
void sva_pci_map_registers(SvaPciFabric *fabric, const char *name,
                           hwaddr base, uint64_t size);

static inline void sva_pci_lock(SvaPciFabric *fabric)
{
    qemu_rec_mutex_lock(&fabric->lock);
}

static inline void sva_pci_unlock(SvaPciFabric *fabric)
{
    qemu_rec_mutex_unlock(&fabric->lock);
}

/*
 * The same for callers that may be without the BQL.  They are not heard of:
 * listeners of events are not prepared for it.
 */
static inline void sva_pci_lock_any(SvaPciFabric *fabric)
{
    qemu_rec_mutex_lock(&fabric->lock);
    if (unlikely(!bql_locked())) {
        fabric->env.env.bus = NULL;
    }
}

static inline void sva_pci_unlock_any(SvaPciFabric *fabric)
{
    fabric->env.env.bus = fabric->bus;
    qemu_rec_mutex_unlock(&fabric->lock);
}

static inline SvaPasid sva_pasid_from_pci(uint32_t pasid)
{
    return pasid == PCI_NO_PASID ? SVA_NO_PASID : sva_pasid(pasid);
}

/* space.c */
void sva_pci_spaces_init(SvaPciFabric *fabric);
SvaPciSpace *sva_pci_space(SvaPciFabric *fabric, PCIBus *bus, int devfn);
/* DMA space of a platform device that the IOMMU knows as @rid. */
AddressSpace *sva_pci_platform_space(SvaPciFabric *fabric, uint16_t rid);
/* The space of function @rid if there is one in its place, or NULL. */
SvaPciSpace *sva_pci_space_find(const SvaPciFabric *fabric, uint16_t rid);
/* References to the spaces somebody keeps translations of, see post.c. */
GPtrArray *sva_pci_spaces_with_copies(const SvaPciFabric *fabric);
/* The fabric of the space that @obj is, or NULL. */
SvaPciFabric *sva_pci_space_fabric(Object *obj);
uint16_t sva_pci_space_rid(const SvaPciSpace *space);
/* An untranslated request without PASID. */
SvaRequest sva_pci_space_request(const SvaPciSpace *space, uint64_t addr,
                                 uint8_t access);
/* Rights as QEMU writes them down. */
IOMMUAccessFlags sva_pci_perm(uint8_t access);
void sva_pci_entry_set(IOMMUTLBEntry *entry, uint64_t iova, uint64_t pa,
                       uint64_t mask);

/* ports.c */
extern const SvaFabricOps sva_pci_fabric_ops;

void sva_pci_port_add(SvaPciPort *port);
void sva_pci_port_remove(SvaPciPort *port);
/* Functions that can wait for the end of a stall. */
void sva_pci_foreach_stalling(SvaPciFabric *fabric,
                              void (*fn)(PCIDevice *dev, void *opaque),
                              void *opaque);

/* listener.c */
/* Those of @event's kind of the DMA region itself, for [iova, iova + mask]. */
void sva_pci_listener_unmap(SvaPciSpace *space, IOMMUTLBEvent event);
void sva_pci_listen_iotlb(SvaPciSpace *space, uint32_t pasid,
                          IOMMUNotifier *n);
void sva_pci_unlisten_iotlb(SvaPciSpace *space, IOMMUNotifier *n);
void sva_pci_unlisten_all(SvaPciSpace *space);
#if SVA_HAVE_PCI_ATS
void sva_pci_listen_pri(SvaPciSpace *space, uint32_t pasid,
                        IOMMUPRINotifier *n);
#endif

void sva_pci_listener_invalidate(SvaPciSpace *space,
                                 const SvaAtcInvalidation *inv);
void sva_pci_listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp);

/* post.c */
void sva_pci_post_init(SvaPciFabric *fabric);
void sva_pci_post_reset(SvaPciFabric *fabric);
void sva_pci_post_invalidation(SvaPciFabric *fabric,
                               const SvaAtcInvalidation *inv);
void sva_pci_post_response(SvaPciFabric *fabric, const SvaPageResponse *rsp);
/* To all that keep copies; @ticket may be 0. */
void sva_pci_post_forget(SvaPciFabric *fabric, uint32_t ticket);

/* endpoint.c: the fabric that @port is part of, or NULL. */
SvaPciFabric *sva_pci_port_fabric(SvaPciPort *port);

#endif
