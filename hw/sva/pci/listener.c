/*
 * Listeners: device models that receive invalidations and page responses by
 * QEMU's public calls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "listener.h"

/* What listens for the messages of one PASID of a function. */
struct SvaPciListener {
    uint32_t pasid;                 /* or PCI_NO_PASID */
    QLIST_HEAD(, IOMMUNotifier) iotlb;
#if SVA_HAVE_PCI_ATS
    IOMMUPRINotifier *pri;
#endif
    QLIST_ENTRY(SvaPciListener) next;
};

static SvaPciListener *listener_find(SvaPciSpace *space, uint32_t pasid)
{
    SvaPciListener *l;

    QLIST_FOREACH(l, &space->listeners, next) {
        if (l->pasid == pasid) {
            return l;
        }
    }
    return NULL;
}

/* The host decides how many: one per PASID that a model listens to. */
static SvaPciListener *listener_get(SvaPciSpace *space, uint32_t pasid)
{
    SvaPciListener *l = listener_find(space, pasid);

    if (!l) {
        l = g_new0(SvaPciListener, 1);
        l->pasid = pasid;
        QLIST_INIT(&l->iotlb);
        QLIST_INSERT_HEAD(&space->listeners, l, next);
    }
    return l;
}

static void listener_put(SvaPciListener *l)
{
    bool used = !QLIST_EMPTY(&l->iotlb);

#if SVA_HAVE_PCI_ATS
    used |= l->pri != NULL;
#endif
    if (!used) {
        QLIST_REMOVE(l, next);
        g_free(l);
    }
}

/* The one with notifier @n, or NULL: @n is not registered. */
static SvaPciListener *listener_with(const SvaPciSpace *space,
                                     const IOMMUNotifier *n)
{
    SvaPciListener *l;
    IOMMUNotifier *at;

    QLIST_FOREACH(l, &space->listeners, next) {
        QLIST_FOREACH(at, &l->iotlb, node) {
            if (at == n) {
                return l;
            }
        }
    }
    return NULL;
}

void sva_pci_unlisten_iotlb(SvaPciSpace *space, IOMMUNotifier *n)
{
    SvaPciListener *l = listener_with(space, n);

    if (l) {
        QLIST_REMOVE(n, node);
        listener_put(l);
    }
}

void sva_pci_unlisten_all(SvaPciSpace *space)
{
    SvaPciListener *l;
    IOMMUNotifier *n;

    while ((l = QLIST_FIRST(&space->listeners))) {
        while ((n = QLIST_FIRST(&l->iotlb))) {
            QLIST_REMOVE(n, node);
        }
        QLIST_REMOVE(l, next);
        g_free(l);
    }
}

/*
 * QEMU refuses to unregister the notifier of a PASID while the function's PASID
 * enable is off, so the notifier may still be registered.
 */
void sva_pci_listen_iotlb(SvaPciSpace *space, uint32_t pasid,
                          IOMMUNotifier *n)
{
    sva_pci_unlisten_iotlb(space, n);
    QLIST_INSERT_HEAD(&listener_get(space, pasid)->iotlb, n, node);
}

#if SVA_HAVE_PCI_ATS
void sva_pci_listen_pri(SvaPciSpace *space, uint32_t pasid,
                        IOMMUPRINotifier *n)
{
    SvaPciListener *l = listener_get(space, pasid);

    l->pri = n;
    listener_put(l);
}

void sva_pci_listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp)
{
    static const IOMMUPRIResponseCode codes[] = {
        [SVA_PRG_SUCCESS] = IOMMU_PRI_RESP_SUCCESS,
        [SVA_PRG_INVALID] = IOMMU_PRI_RESP_INVALID_REQUEST,
        [SVA_PRG_FAILURE] = IOMMU_PRI_RESP_FAILURE,
    };
    SvaPciListener *l = listener_find(space, rsp->pasid.valid
                                             ? rsp->pasid.id : PCI_NO_PASID);
    IOMMUPRIResponse response = {
        .response_code = codes[sva_prg_code(rsp->code)],
        .prgi = rsp->prgi,
    };

    if (l && l->pri) {
        l->pri->notify(l->pri, &response);
    }
}
#else
void sva_pci_listener_respond(SvaPciSpace *space, const SvaPageResponse *rsp)
{
}
#endif

static bool listener_wants(const SvaPciListener *l,
                           const SvaAtcInvalidation *inv)
{
    if (l->pasid == PCI_NO_PASID) {
        return !inv->pasid.valid;
    }
    return inv->pasid.valid && (inv->global || l->pasid == inv->pasid.id);
}

static void collect(const SvaPciSpace *space, const SvaAtcInvalidation *inv,
                    GPtrArray *out)
{
    SvaPciListener *l;
    IOMMUNotifier *n;

    QLIST_FOREACH(l, &space->listeners, next) {
        if (listener_wants(l, inv)) {
            QLIST_FOREACH(n, &l->iotlb, node) {
                g_ptr_array_add(out, n);
            }
        }
    }
}

/*
 * Notify each of the part of the range that it watches: some watch only one
 * side of the interrupt window, and QEMU 10.0 aborts if they are notified of
 * more.
 */
static void notify_parts(SvaPciSpace *space, const IOMMUTLBEvent *event)
{
    hwaddr first = event->entry.iova, last = first + event->entry.addr_mask;
    IOMMUNotifier *n;

    IOMMU_NOTIFIER_FOREACH(n, &space->dma) {
        IOMMUTLBEvent part = *event;

        if (n->start > last || n->end < first) {
            continue;
        }
        part.entry.iova = MAX(first, n->start);
        part.entry.addr_mask = MIN(last, n->end) - part.entry.iova;
        memory_region_notify_iommu_one(n, &part);
    }
}

/*
 * Notifiers compute the length of a range, the mask plus one, in 64 bits.  The
 * whole address space would overflow, so send it as two halves.
 */
void sva_pci_listener_unmap(SvaPciSpace *space, IOMMUTLBEvent event)
{
    if (event.entry.addr_mask == HWADDR_MAX) {
        event.entry.addr_mask >>= 1;
        notify_parts(space, &event);
        event.entry.iova = event.entry.addr_mask + 1;
    }
    notify_parts(space, &event);
}

/* A notifier that is called may unregister another one. */
void sva_pci_listener_invalidate(SvaPciSpace *space,
                                 const SvaAtcInvalidation *inv)
{
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_DEVIOTLB_UNMAP,
        .entry = {
            .target_as = &address_space_memory,
            .iova = inv->addr & ~inv->mask,
            .addr_mask = inv->mask,
            .perm = IOMMU_NONE,
        },
    };

#if SVA_HAVE_PCI_ATS
    event.entry.pasid = inv->pasid.valid ? inv->pasid.id : PCI_NO_PASID;
#endif
    collect(space, inv, wanted);
    for (guint i = 0; i < wanted->len; i++) {
        if (listener_with(space, wanted->pdata[i])) {
            memory_region_notify_iommu_one(wanted->pdata[i], &event);
        }
    }
    if (!inv->pasid.valid) {
        sva_pci_listener_unmap(space, event);
    }
}
