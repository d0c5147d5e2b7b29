/*
 * FakePort: an SvaPort for unit tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-port.h"

/* Far above any address a test uses, so that PA and VA are never mixed up. */
#define PA_OFFSET 0x1000000000ull

static uint64_t page_key(SvaPasid pasid, uint64_t va)
{
    uint64_t space = pasid.valid ? pasid.id + 1ull : 0;

    return space << 40 ^ va >> SVA_PAGE_SHIFT;
}

uint64_t fake_port_pa(SvaPasid pasid, uint64_t va)
{
    return va + PA_OFFSET + ((pasid.valid ? pasid.id + 1ull : 0) << 44);
}

static uint8_t rights_of(FakePort *p, SvaPasid pasid, uint64_t va)
{
    uint64_t key = page_key(pasid, va);

    return GPOINTER_TO_UINT(g_hash_table_lookup(p->pages, &key));
}

void fake_port_map(FakePort *p, SvaPasid pasid, uint64_t va, uint64_t len,
                   uint8_t access)
{
    uint64_t first = va >> SVA_PAGE_SHIFT;
    uint64_t last = (va + len - 1) >> SVA_PAGE_SHIFT;

    for (uint64_t page = first; page <= last; page++) {
        uint64_t key = page_key(pasid, page << SVA_PAGE_SHIFT);

        g_hash_table_insert(p->pages, g_memdup2(&key, sizeof(key)),
                            GUINT_TO_POINTER(access));
    }
}

static void G_GNUC_PRINTF(2, 3) tlp(FakePort *p, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (p->log->len) {
        g_string_append(p->log, "; ");
    }
    g_string_append(p->log, text);
    if (p->hook) {
        p->hook(p, text, p->hook_opaque);
    }
    g_free(text);
}

static char *space(SvaPasid pasid)
{
    return pasid.valid ? g_strdup_printf("%" PRIu32, pasid.id)
                       : g_strdup("-");
}

static const char *rights(uint8_t access)
{
    static const char *const names[] = { "-", "r", "w", "rw" };

    return names[access & (SVA_READ | SVA_WRITE)];
}

static bool move(FakePort *p, uint64_t pa, void *buf, size_t len, bool write)
{
    return write ? sva_env_write(&p->f->env, pa, buf, len)
                 : sva_env_read(&p->f->env, pa, buf, len);
}

static SvaDmaResult op_dma(SvaPort *port, const SvaDmaRequest *req,
                           void *buf, size_t len)
{
    FakePort *p = container_of(port, FakePort, port);
    SvaDmaResult result = { .outcome = SVA_OK };
    g_autofree char *as = space(req->pasid);
    uint8_t want = req->write ? SVA_WRITE : SVA_READ;

    tlp(p, "u%c %s:%" PRIx64 "+%zx", req->write ? 'w' : 'r', as, req->addr,
        len);
    while (result.done < len) {
        uint64_t va = req->addr + result.done;
        size_t n = MIN(len - result.done, SVA_PAGE_SIZE - va % SVA_PAGE_SIZE);

        if (!(rights_of(p, req->pasid, va) & want) && p->stall &&
            req->may_stall) {
            g_array_append_val(p->stalled, req->cookie);
            result.outcome = SVA_STALL;
            break;
        }
        if (!(rights_of(p, req->pasid, va) & want) ||
            !move(p, fake_port_pa(req->pasid, va),
                  (uint8_t *)buf + result.done, n, req->write)) {
            result.outcome = SVA_ABORT;
            break;
        }
        result.done += n;
    }
    return result;
}

static SvaDmaResult op_dma_translated(SvaPort *port, uint64_t pa, void *buf,
                                      size_t len, bool write)
{
    FakePort *p = container_of(port, FakePort, port);

    tlp(p, "t%c %" PRIx64 "+%zx", write ? 'w' : 'r', pa, len);
    if (p->abort_translated) {
        return (SvaDmaResult) { .done = p->partial, .outcome = SVA_ABORT };
    }
    if (!move(p, pa, buf, len, write)) {
        return (SvaDmaResult) { .done = 0, .outcome = SVA_ABORT };
    }
    return (SvaDmaResult) { .done = len, .outcome = SVA_OK };
}

static bool op_ram(SvaPort *port, const SvaRamRequest *req, SvaRam *out)
{
    FakePort *p = container_of(port, FakePort, port);
    uint8_t want = req->write ? SVA_WRITE : SVA_READ;
    uint64_t pa = req->translated ? req->addr
                                  : fake_port_pa(req->pasid, req->addr);

    if (!p->ram || p->abort_translated ||
        (!req->translated && !(rights_of(p, req->pasid, req->addr) & want))) {
        return false;
    }
    *out = (SvaRam) {
        .host = fake_host(p->f, pa), .pa = pa, .write = req->write,
        .len = (uint32_t)sva_within(pa, FAKE_BLOCK - 1, req->len),
    };
    return true;
}

static void op_ram_done(SvaPort *port, const SvaRam *ram)
{
    tlp(container_of(port, FakePort, port), "m%c %" PRIx64 "+%" PRIx32,
        ram->write ? 'w' : 'r', ram->pa, ram->len);
}

static SvaOutcome op_atomic(SvaPort *port, const SvaAtomicRequest *req,
                            uint64_t *old)
{
    FakePort *p = container_of(port, FakePort, port);
    g_autofree char *as = space(req->pasid);
    uint8_t rw = SVA_READ | SVA_WRITE;
    uint64_t pa = req->addr;

    g_assert_cmphex(req->addr % 8, ==, 0);
    if (req->translated) {
        tlp(p, "tx %" PRIx64 "+8", req->addr);
    } else {
        tlp(p, "ux %s:%" PRIx64 "+8", as, req->addr);
        pa = fake_port_pa(req->pasid, req->addr);
    }
    if (!req->translated && p->stall && req->may_stall &&
        rights_of(p, req->pasid, req->addr) != rw) {
        g_array_append_val(p->stalled, req->cookie);
        return SVA_STALL;
    }
    if ((req->translated && p->abort_translated) ||
        (!req->translated && rights_of(p, req->pasid, req->addr) != rw) ||
        !sva_env_atomic(&p->f->env, pa, req, old)) {
        *old = 0xa5a5a5a5a5a5a5a5;
        return SVA_ABORT;
    }
    return SVA_OK;
}

static void op_ats_request(SvaPort *port, SvaPasid pasid, uint64_t addr,
                           uint8_t access, bool final,
                           SvaAtsCompletion *out)
{
    FakePort *p = container_of(port, FakePort, port);
    g_autofree char *as = space(pasid);

    /* The answer is made before the hook, which may invalidate it. */
    *out = (SvaAtsCompletion) {
        .map.addr = fake_port_pa(pasid, addr & SVA_PAGE_MASK),
        .map.mask = p->ats_mask,
        .map.access = rights_of(p, pasid, addr),
        .untranslated_only = p->untranslated_only,
        .status = p->ats_status,
    };
    tlp(p, "at %s:%" PRIx64 " %s", as, addr, rights(access));
    p->final_requests += final;
}

static void answer_group(FakePort *p, const SvaPageRequest *last)
{
    unsigned code = p->prg_policy == FAKE_PRG_INVALID ? SVA_PRG_INVALID
                    : p->prg_policy == FAKE_PRG_FAILURE ? SVA_PRG_FAILURE
                    : SVA_PRG_SUCCESS;

    for (unsigned i = 0; i < p->group->len; i++) {
        SvaPageRequest *req = &g_array_index(p->group, SvaPageRequest, i);

        if (p->invalid_page && req->addr == p->invalid_page) {
            code = SVA_PRG_INVALID;
        }
    }
    for (unsigned i = 0; i < p->group->len; i++) {
        SvaPageRequest *req = &g_array_index(p->group, SvaPageRequest, i);

        if (p->prg_policy == FAKE_PRG_MAP && code == SVA_PRG_SUCCESS) {
            fake_port_map(p, req->pasid, req->addr, SVA_PAGE_SIZE,
                          req->access | SVA_READ);
        }
    }
    g_array_set_size(p->group, 0);
    if (p->prg_policy != FAKE_PRG_SILENT) {
        p->page_requests = 0;
        fake_port_respond(p, last->pasid, last->prgi, code);
    }
}

static void op_page_request(SvaPort *port, const SvaPageRequest *req)
{
    FakePort *p = container_of(port, FakePort, port);
    g_autofree char *as = space(req->pasid);

    tlp(p, "pr %s:%" PRIx64 " %s %u%s", as, req->addr, rights(req->access),
        req->prgi, req->last ? " L" : "");
    if (req->last && !(req->access & (SVA_READ | SVA_WRITE))) {
        return;                 /* Stop Marker: no response */
    }
    p->page_requests++;
    p->most_page_requests = MAX(p->most_page_requests, p->page_requests);
    g_array_append_vals(p->group, req, 1);
    if (req->last) {
        answer_group(p, req);
    }
}

static void op_inval_done(SvaPort *port, uint32_t itag)
{
    tlp(container_of(port, FakePort, port), "ic %" PRIu32, itag);
}

static void op_interrupt(SvaPort *port, unsigned vector)
{
    tlp(container_of(port, FakePort, port), "irq %u", vector);
}

void fake_port_respond(FakePort *p, SvaPasid pasid, unsigned prgi,
                       unsigned code)
{
    SvaPageResponse rsp = {
        .pasid = pasid, .prgi = prgi, .code = (SvaPrgCode)code,
    };

    p->port.client_ops->page_response(p->port.client, &rsp);
}

bool fake_port_resume(FakePort *p, SvaStallAction action)
{
    SvaStallEnd end = { .action = action };

    g_assert_cmpuint(p->stalled->len, >, 0);
    end.cookie = g_array_index(p->stalled, uint32_t, 0);
    g_array_remove_index(p->stalled, 0);
    return p->port.client_ops->stall_end(p->port.client, &end);
}

void fake_port_invalidate(FakePort *p, const SvaAtcInvalidation *inv)
{
    p->port.client_ops->invalidate(p->port.client, inv);
}

char *fake_port_take_log(FakePort *p)
{
    char *text = g_strdup(p->log->str);

    g_string_truncate(p->log, 0);
    return text;
}

static uint16_t op_rid(SvaPort *port G_GNUC_UNUSED)
{
    return FAKE_PORT_RID;
}

FakePort *fake_port_new(FakeEnv *f, const SvaPortClientOps *ops, void *client)
{
    static const SvaPortOps port_ops = {
        .dma = op_dma,
        .dma_translated = op_dma_translated,
    .ram = op_ram,
    .ram_done = op_ram_done,
        .atomic = op_atomic,
        .ats_request = op_ats_request,
        .page_request = op_page_request,
        .inval_done = op_inval_done,
        .interrupt = op_interrupt,
        .rid = op_rid,
    };
    FakePort *p = g_new0(FakePort, 1);

    p->port = (SvaPort) {
        .ops = &port_ops, .env = &f->env, .client_ops = ops, .client = client,
    };
    p->f = f;
    p->ats_mask = 0xfff;
    p->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                     NULL);
    p->group = g_array_new(false, false, sizeof(SvaPageRequest));
    p->stalled = g_array_new(false, false, sizeof(uint32_t));
    p->log = g_string_new("");
    return p;
}

void fake_port_free(FakePort *p)
{
    g_hash_table_destroy(p->pages);
    g_array_free(p->group, true);
    g_array_free(p->stalled, true);
    g_string_free(p->log, true);
    g_free(p);
}
