/*
 * SvaPort of a PCIDevice
 *
 * Requests with PASID go to the IOMMU model directly and then to memory: an
 * address space per PASID would cost a flat view each, and QEMU's memory
 * attributes have no room for a PASID.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/sva/endpoint-pci.h"
#include "env-qemu.h"
#include "env-ram.h"
#include "iommu-call.h"
#include "ports.h"

static SvaPciPort *pci_port(SvaPort *port)
{
    return container_of(port, SvaPciPort, port);
}

/*
 * Checked before each access of a request: the one before may have written to
 * the registers of the slot, and so have unplugged the function.
 */
static bool may_send(const SvaPciPort *p)
{
    return !p->gone && sva_pci_is_master(p->dev);
}

static SvaRequest port_request(SvaPciPort *p, SvaPasid pasid, uint64_t addr,
                               uint8_t access)
{
    return (SvaRequest) {
        .addr = addr,
        .pasid = pasid,
        .rid = sva_pci_port_rid(p),
        .access = access,
        .at = SVA_AT_UNTRANSLATED,
    };
}

/*
 * Access physical memory, RAM or registers, but not the function's own: a write
 * to those could send the next request from within this one, without end.
 */
static SvaOutcome memory_access(SvaPciPort *p, const SvaRequest *req,
                                uint64_t pa, void *buf, size_t len)
{
    MemReentrancyGuard *guard = &p->dev->qdev.mem_reentrancy_guard;
    bool engaged = guard->engaged_in_io;
    MemTxAttrs attrs = { .requester_id = req->rid };
    MemTxResult result;

    if (sva_env_ram_fast_access(pa, buf, len, req->access & SVA_WRITE)) {
        return SVA_OK;
    }
    guard->engaged_in_io = true;
    sva_env_machine_enter(false);
    result = address_space_rw(&address_space_memory, pa, attrs, buf, len,
                              req->access & SVA_WRITE);
    sva_env_machine_leave();
    guard->engaged_in_io = engaged;
    return result == MEMTX_OK ? SVA_OK : SVA_ABORT;
}

/* An access that the IOMMU did not let pass. */
static SvaOutcome no_access(SvaOutcome outcome, const SvaRequest *req,
                            void *buf, size_t len)
{
    if (outcome != SVA_RAZ_WI) {
        return outcome;
    }
    if (!(req->access & SVA_WRITE)) {
        memset(buf, 0, len);
    }
    return SVA_OK;
}

/* QEMU's own path works behind any IOMMU, and knows the interrupt window. */
static SvaOutcome access_plain(SvaPciPort *p, const SvaRequest *req,
                               void *buf, size_t len)
{
    MemTxAttrs attrs = { .requester_id = req->rid };
    MemTxResult result;

    sva_env_machine_enter(false);
    result = pci_dma_rw(p->dev, req->addr, buf, len,
                        req->access & SVA_WRITE ? DMA_DIRECTION_FROM_DEVICE
                                                : DMA_DIRECTION_TO_DEVICE,
                        attrs);
    sva_env_machine_leave();
    return result == MEMTX_OK ? SVA_OK : SVA_ABORT;
}

static bool in_interrupt_window(const SvaPciPort *p, const SvaRequest *req)
{
    const SvaPciMsiWindow *window = p->fabric->window;

    return !req->pasid.valid && window &&
           req->addr - window->base < window->size;
}

/* The IOMMU refuses all other accesses to the window. */
static bool is_interrupt(const SvaPciPort *p, const SvaRequest *req,
                         size_t len)
{
    return in_interrupt_window(p, req) && req->access & SVA_WRITE &&
           len == sizeof(uint32_t) && !(req->addr & 3);
}

typedef SvaOutcome SvaPortAccessFn(SvaPciPort *p, const SvaRequest *req,
                                   void *buf, size_t len);

/*
 * What the IOMMU says to a request, then the access itself; see iommu-call.h
 * for why the lock need not be held in between.  QEMU's own path would
 * translate an aborted request again for each of its words, and so make many
 * faults out of one.
 */
static SvaOutcome access_iommu(SvaPciPort *p, const SvaRequest *req,
                               void *buf, size_t len)
{
    SvaRequest missed;
    SvaTranslation t;
    SvaHit hit;

    if (likely(sva_pci_iommu_peek(p->fabric, req, &hit))) {
        sva_pci_iommu_hit(p->fabric, hit.kind, 1);
        return memory_access(p, req, hit.addr, buf, len);
    }
    missed = *req;
    missed.peeked = p->fabric->iommu->ops->peek;
    sva_pci_iommu_request(p->fabric, &missed, &t);
    return t.outcome == SVA_OK ? memory_access(p, req, t.map.addr, buf, len)
                               : no_access(t.outcome, req, buf, len);
}

static SvaOutcome access_untranslated(SvaPciPort *p, const SvaRequest *req,
                                      void *buf, size_t len)
{
    return unlikely(is_interrupt(p, req, len)) ? access_plain(p, req, buf, len)
                                               : access_iommu(p, req, buf, len);
}

/*
 * Split @req, whose address is that of the first byte and goes on, at page
 * boundaries.
 */
static SvaDmaResult access_pages(SvaPciPort *p, SvaRequest *req, void *buf,
                                 size_t len, SvaPortAccessFn *access)
{
    SvaDmaResult result = { .done = 0, .outcome = SVA_ABORT };

    while (result.done < len) {
        size_t chunk = MIN(len - result.done,
                           SVA_PAGE_SIZE - (req->addr & ~SVA_PAGE_MASK));

        if (!may_send(p) || (result.done && !req->addr)) {
            result.outcome = SVA_ABORT;
            return result;      /* may not send, or address wrapped to 0 */
        }
        result.outcome = access(p, req, (uint8_t *)buf + result.done, chunk);
        if (result.outcome != SVA_OK) {
            return result;
        }
        result.done += chunk;
        req->addr += chunk;
    }
    result.outcome = SVA_OK;
    return result;
}

static SvaDmaResult port_dma(SvaPort *port, const SvaDmaRequest *dma,
                             void *buf, size_t len)
{
    SvaPciPort *p = pci_port(port);
    SvaRequest req = port_request(p, dma->pasid, dma->addr,
                                  dma->write ? SVA_WRITE : SVA_READ);

    req.may_stall = dma->may_stall;
    req.cookie = dma->cookie;
    if (sva_pci_port_fabric(p)) {
        return access_pages(p, &req, buf, len, access_untranslated);
    }
    if (dma->pasid.valid) {
        return (SvaDmaResult) { .outcome = SVA_ABORT };
    }
    return access_pages(p, &req, buf, len, access_plain);
}

static SvaDmaResult port_dma_translated(SvaPort *port, uint64_t pa, void *buf,
                                        size_t len, bool write)
{
    SvaPciPort *p = pci_port(port);
    SvaRequest req = port_request(p, SVA_NO_PASID, pa,
                                  write ? SVA_WRITE : SVA_READ);

    req.at = SVA_AT_TRANSLATED;
    if (!sva_pci_port_fabric(p)) {
        return (SvaDmaResult) { .outcome = SVA_ABORT };
    }
    return access_pages(p, &req, buf, len, access_iommu);
}

/* It may stall, as may what is sent: after a stall it can be its end. */
static bool port_ram(SvaPort *port, const SvaRamRequest *wanted, SvaRam *out)
{
    SvaPciPort *p = pci_port(port);
    SvaPciFabric *fabric = sva_pci_port_fabric(p);
    SvaRequest req = port_request(p, wanted->translated ? SVA_NO_PASID
                                                        : wanted->pasid,
                                  wanted->addr,
                                  wanted->write ? SVA_WRITE : SVA_READ);
    SvaHit hit;

    req.may_stall = true;
    if (wanted->translated) {
        req.at = SVA_AT_TRANSLATED;
    }
    if (!fabric || !may_send(p) || !sva_pci_iommu_peek(fabric, &req, &hit)) {
        return false;
    }
    *out = (SvaRam) {
        .pa = hit.addr, .note = hit.kind, .write = wanted->write,
        .len = (uint32_t)sva_within(wanted->addr, hit.mask, wanted->len),
    };
    out->host = sva_env_ram_window(hit.addr, &out->len, wanted->write);
    return out->host;
}

static void port_ram_done(SvaPort *port, const SvaRam *ram)
{
    sva_pci_iommu_hit(pci_port(port)->fabric, ram->note, ram->requests);
    if (ram->write) {
        sva_env_ram_written(ram->pa, ram->len);
    }
}

/* May an atomic request pass?  If so @pa is its physical address. */
static SvaOutcome atomic_address(SvaPciPort *p, const SvaAtomicRequest *a,
                                 uint64_t *pa)
{
    SvaRequest req = port_request(p, a->pasid, a->addr,
                                  SVA_READ | SVA_WRITE);
    SvaPciFabric *fabric = sva_pci_port_fabric(p);
    SvaTranslation t = { .map.addr = a->addr };

    if (!fabric) {
        /* Without an IOMMU; behind one that is not ours there is no atomic. */
        *pa = a->addr;
        return !a->translated && !a->pasid.valid &&
               pci_device_iommu_address_space(p->dev) ==
               &address_space_memory ? SVA_OK : SVA_ABORT;
    }
    req.may_stall = a->may_stall;
    req.cookie = a->cookie;
    if (a->translated) {
        req.at = SVA_AT_TRANSLATED;
    }
    sva_pci_iommu_request(fabric, &req, &t);
    *pa = t.map.addr;
    return t.outcome;
}

static SvaOutcome port_atomic(SvaPort *port, const SvaAtomicRequest *req,
                              uint64_t *old)
{
    SvaPciPort *p = pci_port(port);
    SvaOutcome outcome = SVA_ABORT;
    uint64_t pa;

    if (may_send(p)) {
        outcome = atomic_address(p, req, &pa);
    }
    if (outcome == SVA_RAZ_WI) {
        *old = 0;
        return SVA_OK;
    }
    if (outcome == SVA_OK && !sva_env_atomic(port->env, pa, req, old)) {
        return SVA_ABORT;
    }
    return outcome;
}

static void port_ats_request(SvaPort *port, SvaPasid pasid, uint64_t addr,
                             uint8_t access, bool final,
                             SvaAtsCompletion *out)
{
    SvaPciPort *p = pci_port(port);
    SvaPciFabric *fabric = sva_pci_port_fabric(p);
    SvaRequest req = port_request(p, pasid, addr & SVA_PAGE_MASK, access);

    req.at = SVA_AT_TRANSLATION;
    req.final = final;
    if (!fabric || !may_send(p)) {
        *out = (SvaAtsCompletion) { .status = SVA_ATS_UR };
        return;
    }
    sva_pci_iommu_ats_request(fabric, &req, out);
}

static void port_page_request(SvaPort *port, const SvaPageRequest *req)
{
    SvaPciPort *p = pci_port(port);
    SvaPciFabric *fabric = sva_pci_port_fabric(p);
    SvaPageRequest message = *req;

    if (fabric && !p->gone) {
        message.rid = sva_pci_port_rid(p);
        sva_pci_iommu_page_request(fabric, &message);
    }
}

static void port_inval_done(SvaPort *port, uint32_t itag)
{
    SvaPciPort *p = pci_port(port);
    SvaPciFabric *fabric = sva_pci_port_fabric(p);

    if (fabric && !p->gone) {
        sva_pci_iommu_inval_done(fabric, sva_pci_port_rid(p), itag);
    }
}

static void port_interrupt(SvaPort *port, unsigned vector)
{
    SvaPciPort *p = pci_port(port);
    PCIDevice *dev = p->dev;

    if (!p->gone && msix_enabled(dev) && vector < dev->msix_entries_nr) {
        sva_env_machine_enter(false);
        msix_notify(dev, vector);
        sva_env_machine_leave();
    }
}

static uint16_t port_rid(SvaPort *port)
{
    return sva_pci_port_rid(pci_port(port));
}

static const SvaPortOps port_ops = {
    .dma = port_dma,
    .dma_translated = port_dma_translated,
    .ram = port_ram,
    .ram_done = port_ram_done,
    .atomic = port_atomic,
    .ats_request = port_ats_request,
    .page_request = port_page_request,
    .inval_done = port_inval_done,
    .interrupt = port_interrupt,
    .rid = port_rid,
};

SvaPort *sva_port_pci_new(PCIDevice *dev)
{
    SvaPciPort *p = g_new0(SvaPciPort, 1);

    sva_env_device_init(&p->env, OBJECT(dev), NULL);
    p->port.ops = &port_ops;
    p->port.env = &p->env.env;
    p->dev = dev;
    sva_pci_port_find_rid(p);
    return &p->port;
}

void sva_port_pci_attach(SvaPort *port, const SvaPortClientOps *ops,
                         void *client)
{
    port->client_ops = ops;
    port->client = client;
    sva_pci_port_add(pci_port(port));
}

void sva_port_pci_detach(SvaPort *port)
{
    SvaPciPort *p = pci_port(port);

    p->gone = true;
    sva_pci_port_remove(p);
}

void sva_port_pci_free(SvaPort *port)
{
    if (port) {
        g_free(pci_port(port));
    }
}

void sva_port_pci_reset(SvaPort *port)
{
    pci_port(port)->resolved = false;
}
