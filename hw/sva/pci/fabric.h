/*
 * SvaPciFabric: the part of the root complex around one IOMMU
 *
 * A root complex passes requests of the functions below it to the IOMMU, and
 * the IOMMU's messages to the functions (SvaFabric).  The fabric has
 *
 *   space.h           the DMA address space of each function
 *   ports.h           the functions that use SvaPort
 *   listener.h        the functions that use QEMU's ATS and PRI calls instead,
 *   post.h            and messages on their way to those
 *   iommu-call.h      the lock under which the IOMMU is called
 *
 * Functions are known by bus object and devfn, since the guest assigns the bus
 * numbers; a requester ID is computed when it is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_FABRIC_H
#define HW_SVA_PCI_FABRIC_H

#include "hw/sva/compat.h"
#include "hw/sva/iommu.h"
#include "qemu/queue.h"
#include "env-qemu.h"
#include "hits.h"
#include "lock.h"

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

typedef struct SvaPciMessage SvaPciMessage;

/*
 * @lock: see iommu-call.h
 * @delivering: an invalidate request is on its way to a port; with the BQL
 * @iommu: NULL before sva_pci_fabric_attach()
 */
typedef struct SvaPciFabric {
    SvaPciLock lock;
    bool delivering;
    SvaEnvDevice env;               /* the environment of @iommu */
    SvaIommu *iommu;
    Object *owner;                  /* of all memory regions */
    const SvaPciMsiWindow *window;  /* NULL: none on this platform */
    GHashTable *spaces;             /* set of SvaPciSpace, a reference each */
    DeviceListener unplugs;
    QSIMPLEQ_HEAD(, SvaPciMessage) post;    /* see post.c */
    QEMUBH *post_bh;
    unsigned responses;             /* in @post */
    unsigned post_resets;
    bool drop_pending;              /* a MESSAGE_DROP_COPIES without ITag */
    MemoryRegion regs;
    AddressSpace raz_wi;            /* see SVA_RAZ_WI */
    MemoryRegion raz_wi_mr;
    SvaPciHits hits;                /* of any thread */
} SvaPciFabric;

/* First of all; the model is then created with the environment returned. */
SvaEnv *sva_pci_fabric_init(SvaPciFabric *fabric, Object *owner,
                            const SvaPciMsiWindow *window);
/* Make @fabric the fabric of @iommu. */
void sva_pci_fabric_attach(SvaPciFabric *fabric, SvaIommu *iommu);
/* Put the registers of the IOMMU, @size bytes, at @base. */
void sva_pci_map_registers(SvaPciFabric *fabric, const char *name,
                           hwaddr base, uint64_t size);

#endif
