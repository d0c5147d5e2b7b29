/*
 * World of the sva-accel fuzz harness
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "accel-port.h"

#define RW (SVA_READ | SVA_WRITE)

SvaPasid accel_pasid(unsigned space)
{
    return space ? sva_pasid(space) : SVA_NO_PASID;
}

uint64_t accel_page_va(unsigned index)
{
    static const uint64_t ends[] = {
        0, 0xffffffffffffe000, 0xfffffffffffff000,
    };

    return index < 13 ? ACCEL_BASE + index * 0x1000ull : ends[index - 13];
}

static int page_index(uint64_t va)
{
    for (int i = 0; i < ACCEL_PAGES; i++) {
        if (accel_page_va(i) == (va & SVA_PAGE_MASK)) {
            return i;
        }
    }
    return -1;
}

static unsigned space_of(SvaPasid pasid)
{
    return pasid.valid ? pasid.id : 0;
}

static bool is_space(SvaPasid pasid)
{
    return !pasid.valid || (pasid.id > 0 && pasid.id < ACCEL_SPACES);
}

uint64_t accel_pa(SvaPasid pasid, uint64_t va)
{
    int index = page_index(va);

    return index < 0 || !is_space(pasid) ? 0
           : (space_of(pasid) + 1) * 0x1000000ull + index * 0x1000ull +
             va % 0x1000;
}

static unsigned outstanding(const AccelWorld *w)
{
    unsigned n = 0;

    for (unsigned i = 0; i < SVA_PRGI_COUNT; i++) {
        n += w->groups[i].count;
    }
    return n;
}

static bool may_send(const AccelWorld *w, SvaPasid pasid)
{
    return w->master && (!pasid.valid || w->pasid);
}

static void close_all(AccelWorld *w)
{
    memset(w->groups, 0, sizeof(w->groups));
}

/* Groups that will never get their last request are no groups any more. */
static void close_partial(AccelWorld *w)
{
    for (unsigned i = 0; i < SVA_PRGI_COUNT; i++) {
        PortGroup *g = &w->groups[i];

        if (g->open && !g->complete &&
            (!w->pri || !may_send(w, g->pasid))) {
            *g = (PortGroup) { .open = false };
        }
    }
}

void accel_revoke_all(AccelWorld *w)
{
    memset(w->granted, 0, sizeof(w->granted));
}

void accel_set_enables(AccelWorld *w, bool master, bool pasid, bool ats)
{
    if (w->pasid != pasid || w->ats != ats) {
        accel_revoke_all(w);
    }
    w->master = master;
    w->pasid = pasid;
    w->ats = ats;
    close_partial(w);
    sva_function_set_bus_master(w->fn, master);
    sva_function_set_pasid(w->fn, pasid);
    sva_function_set_ats(w->fn, ats);
}

void accel_set_pri(AccelWorld *w, const SvaPriControl *control)
{
    if (!control->enable || !w->pri) {
        w->allocation = MIN(control->allocation, ACCEL_CAPACITY);
    }
    w->pri = control->enable;
    close_partial(w);
    if (!control->enable && control->reset) {
        close_all(w);
    }
    sva_function_set_pri(w->fn, control);
}

static bool *itag_open(AccelWorld *w, uint32_t itag)
{
    g_assert_cmpuint(itag, <, w->itags->len);
    return &g_array_index(w->itags, bool, itag);
}

void accel_flr(AccelWorld *w)
{
    w->master = w->pasid = w->ats = w->pri = w->rf = false;
    close_all(w);
    accel_revoke_all(w);
    /* Completions that it owes it forgets. */
    for (unsigned i = 0; i < w->itags->len; i++) {
        *itag_open(w, i) = false;
    }
    sva_accel_reset(w->a);
}

void accel_respond(AccelWorld *w, SvaPasid pasid, unsigned prgi,
                   unsigned code)
{
    SvaPageResponse rsp = {
        .pasid = pasid, .prgi = prgi, .code = (SvaPrgCode)code,
    };
    PortGroup *g = &w->groups[prgi % SVA_PRGI_COUNT];

    if (!w->rf && (w->pri || outstanding(w))) {
        if (sva_prg_code(code) == SVA_PRG_FAILURE) {
            w->rf = true;
            close_all(w);
        } else if (prgi < SVA_PRGI_COUNT && g->open &&
                   sva_pasid_equal(g->pasid, pasid)) {
            *g = (PortGroup) { .open = false };
        }
    }
    w->port.client_ops->page_response(w->a, &rsp);
}

static void revoke(AccelWorld *w, const SvaAtcInvalidation *inv)
{
    for (unsigned s = 0; s < ACCEL_SPACES; s++) {
        for (unsigned i = 0; i < ACCEL_PAGES; i++) {
            uint64_t page = accel_page_va(i);

            if ((inv->global ? s > 0
                             : sva_pasid_equal(inv->pasid, accel_pasid(s))) &&
                !((page ^ inv->addr) & ~(inv->mask | 0xfff))) {
                w->granted[s][i] = SVA_NONE;
            }
        }
    }
}

void accel_invalidate(AccelWorld *w, const SvaAtcInvalidation *inv)
{
    uint32_t late = SVA_GINJECT_LATE_INVAL | SVA_GINJECT_KEEP_INVAL;
    SvaAtcInvalidation copy = *inv;
    bool open = true;

    if (!(w->inject & SVA_GINJECT_STALE_ATC)) {
        revoke(w, inv);
    }
    copy.itag = w->itags->len;
    g_array_append_val(w->itags, open);
    w->port.client_ops->invalidate(w->a, &copy);
    /* It does not wait for page responses, nor for anything else. */
    g_assert_true(w->inject & late || !*itag_open(w, copy.itag));
}

void accel_set_inject(AccelWorld *w, uint32_t inject)
{
    if (w->inject & ~inject & SVA_GINJECT_STALE_ATC) {
        accel_revoke_all(w);
    }
    w->inject = inject;
}

int accel_waiting_group(AccelWorld *w, unsigned n)
{
    for (unsigned i = 0; i < SVA_PRGI_COUNT; i++) {
        if (w->groups[i].open && n-- == 0) {
            return i;
        }
    }
    return -1;
}

static void hook_registers(AccelWorld *w)
{
    /* Its own registers are out of reach while it sends. */
    sva_accel_write(w->a, SVA_REG_CTRL, SVA_CTRL_RESET, 4);
    sva_accel_doorbell_write(w->a, 0, 1, 4);
    g_assert_cmphex(sva_accel_read(w->a, SVA_REG_MAGIC, 4), ==, 0);
}

static void run_hook(AccelWorld *w)
{
    PortHook hook = w->hook;
    int prgi;

    if (!w->hook_in || --w->hook_in) {
        return;
    }
    switch (hook) {
    case HOOK_INVALIDATE:
        for (unsigned s = 0; s < ACCEL_SPACES; s++) {
            accel_invalidate(w, &(SvaAtcInvalidation) {
                .mask = UINT64_MAX, .pasid = accel_pasid(s),
            });
        }
        break;
    case HOOK_RESPOND:
        prgi = accel_waiting_group(w, 0);
        if (prgi >= 0) {
            accel_respond(w, w->groups[prgi].pasid, prgi, SVA_PRG_SUCCESS);
        }
        break;
    case HOOK_FLR:
        accel_flr(w);
        break;
    case HOOK_REGISTERS:
        hook_registers(w);
        break;
    case HOOK_ATS_OFF:
    case HOOK_MASTER_OFF:
    case HOOK_PASID_OFF:
        accel_set_enables(w, w->master && hook != HOOK_MASTER_OFF,
                          w->pasid && hook != HOOK_PASID_OFF,
                          w->ats && hook != HOOK_ATS_OFF);
        break;
    case HOOK_PRI_OFF:
        accel_set_pri(w, &(SvaPriControl) { .allocation = w->allocation });
        break;
    case HOOK_UNMAP:
        memset(w->rights, 0, sizeof(w->rights));
        break;
    default:
        break;
    }
}

static AccelWorld *world_of(SvaPort *port)
{
    return container_of(port, AccelWorld, port);
}

static void check_may_send(const AccelWorld *w, SvaPasid pasid)
{
    g_assert_true(may_send(w, pasid));
    g_assert_cmpuint(pasid.id >> ACCEL_PASID_BITS, ==, 0);
}

static void move(AccelWorld *w, uint64_t pa, void *buf, size_t len,
                 bool write)
{
    if (write) {
        fake_put(w->f, pa, buf, len);
    } else {
        fake_get(w->f, pa, buf, len);
    }
}

static SvaDmaResult op_dma(SvaPort *port, const SvaDmaRequest *req,
                           void *buf, size_t len)
{
    AccelWorld *w = world_of(port);
    SvaDmaResult result = { .outcome = SVA_OK };
    SvaPasid pasid = req->pasid;
    uint8_t want = req->write ? SVA_WRITE : SVA_READ;

    check_may_send(w, pasid);
    accel_check_access(w, pasid, req->addr, buf, len, req->write);
    run_hook(w);
    while (result.done < len) {
        uint64_t va = req->addr + result.done;
        size_t n = MIN(len - result.done, 0x1000 - va % 0x1000);
        uint64_t pa = accel_pa(pasid, va);

        if (!pa || !(w->rights[space_of(pasid)][page_index(va)] & want)) {
            result.outcome = SVA_ABORT;
            break;
        }
        move(w, pa, (uint8_t *)buf + result.done, n, req->write);
        result.done += n;
    }
    return result;
}

/* Where a translated address belongs, if the function may use it for that. */
static SvaPasid check_translated(AccelWorld *w, uint64_t pa, uint8_t want,
                                 uint64_t *va)
{
    unsigned space = pa / 0x1000000 - 1, index = pa / 0x1000 % 0x1000;

    check_may_send(w, SVA_NO_PASID);
    g_assert_true(w->ats);
    g_assert_cmpuint(space, <, ACCEL_SPACES);
    g_assert_cmpuint(index, <, ACCEL_PAGES);
    g_assert_cmphex(want & ~w->granted[space][index], ==, 0);
    *va = accel_page_va(index) | (pa & 0xfff);
    return accel_pasid(space);
}

static SvaOutcome op_atomic(SvaPort *port, const SvaAtomicRequest *req,
                            uint64_t *old)
{
    AccelWorld *w = world_of(port);
    uint64_t va = req->addr, pa = req->addr;
    SvaPasid pasid = req->pasid;

    if (req->translated) {
        pasid = check_translated(w, pa, RW, &va);
    } else {
        check_may_send(w, pasid);
        pa = accel_pa(pasid, va);
    }
    accel_check_atomic(w, pasid, va, req);
    run_hook(w);
    if (req->translated ? w->abort_translated
        : !pa || w->rights[space_of(pasid)][page_index(va)] != RW) {
        return SVA_ABORT;
    }
    *old = fake_get64(w->f, pa);
    if (req->kind == SVA_ATOMIC_FETCH_ADD) {
        fake_put64(w->f, pa, *old + req->operand);
    } else if (*old == req->expect) {
        fake_put64(w->f, pa, req->operand);
    }
    return SVA_OK;
}

static SvaDmaResult op_dma_translated(SvaPort *port, uint64_t pa, void *buf,
                                      size_t len, bool write)
{
    AccelWorld *w = world_of(port);
    uint64_t va;
    SvaPasid pasid = check_translated(w, pa, write ? SVA_WRITE : SVA_READ,
                                      &va);

    accel_check_access(w, pasid, va, buf, len, write);
    run_hook(w);
    if (w->abort_translated) {
        return (SvaDmaResult) { .done = 0, .outcome = SVA_ABORT };
    }
    move(w, pa, buf, len, write);
    return (SvaDmaResult) { .done = len, .outcome = SVA_OK };
}

static void op_ats_request(SvaPort *port, SvaPasid pasid, uint64_t addr,
                           uint8_t access, bool final G_GNUC_UNUSED,
                           SvaAtsCompletion *out)
{
    AccelWorld *w = world_of(port);
    uint64_t pa = accel_pa(pasid, addr);

    check_may_send(w, pasid);
    g_assert_true(w->ats);
    g_assert_cmphex(access & SVA_READ, !=, 0);
    *out = (SvaAtsCompletion) {
        .map.mask = 0xfff, .status = w->ats_status,
    };
    if (pa && out->status == SVA_ATS_SUCCESS) {
        uint8_t *granted = &w->granted[space_of(pasid)][page_index(addr)];

        out->map.addr = pa;
        out->map.access = w->rights[space_of(pasid)][page_index(addr)] & RW;
        out->untranslated_only = w->untranslated_only;
        *granted |= w->untranslated_only ? SVA_NONE : out->map.access;
    }
    run_hook(w);
}

static void answer(AccelWorld *w, const SvaPageRequest *req)
{
    static const uint8_t codes[PORT_POLICIES] = {
        [PORT_INVALID] = SVA_PRG_INVALID, [PORT_FAILURE] = 0x7,
    };

    if (w->policy != PORT_SILENT) {
        accel_respond(w, req->pasid, req->prgi, codes[w->policy]);
    }
}

static void op_page_request(SvaPort *port, const SvaPageRequest *req)
{
    AccelWorld *w = world_of(port);
    PortGroup *g = &w->groups[req->prgi % SVA_PRGI_COUNT];

    check_may_send(w, req->pasid);
    g_assert_true(w->pri && !w->rf);
    g_assert_cmpuint(req->prgi, <, SVA_PRGI_COUNT);
    g_assert_cmphex(req->addr & 0xfff, ==, 0);
    /* Never a stop marker: the function announces none. */
    g_assert_cmphex(req->access & RW, !=, 0);
    if (g->open) {
        g_assert_false(g->complete);
        g_assert_true(sva_pasid_equal(g->pasid, req->pasid));
    }
    g->open = true;
    g->pasid = req->pasid;
    g->complete = req->last;
    g->count++;
    g_assert_cmpuint(outstanding(w), <=, w->allocation);
    if (w->policy == PORT_MAP && page_index(req->addr) >= 0 &&
        is_space(req->pasid)) {
        w->rights[space_of(req->pasid)][page_index(req->addr)] =
            SVA_READ | req->access;
    }
    run_hook(w);
    if (req->last && g->open) {
        answer(w, req);
    }
}

static void op_inval_done(SvaPort *port, uint32_t itag)
{
    AccelWorld *w = world_of(port);

    g_assert_true(*itag_open(w, itag));
    *itag_open(w, itag) = false;
}

static void op_interrupt(SvaPort *port, unsigned vector)
{
    (void)port;
    g_assert_cmpuint(vector, <, 0x800);
}

static uint16_t op_rid(SvaPort *port G_GNUC_UNUSED)
{
    return 0x0110;
}

AccelWorld *accel_world_new(unsigned atc_entries)
{
    static const SvaPortOps ops = {
        .dma = op_dma, .dma_translated = op_dma_translated,
        .atomic = op_atomic,
        .ats_request = op_ats_request, .page_request = op_page_request,
        .inval_done = op_inval_done, .interrupt = op_interrupt,
        .rid = op_rid,
    };
    SvaAccelConfig config = {
        .contexts = ACCEL_CONTEXTS, .pasid_bits = ACCEL_PASID_BITS,
        .atc_entries = atc_entries, .pri_capacity = ACCEL_CAPACITY,
    };
    AccelWorld *w = g_new0(AccelWorld, 1);

    w->itags = g_array_new(FALSE, FALSE, sizeof(bool));
    w->f = fake_env_new();
    w->a = sva_accel_new(&w->f->env, &config);
    w->fn = sva_accel_function(w->a);
    w->port = (SvaPort) {
        .ops = &ops, .env = &w->f->env,
        .client_ops = &sva_function_client_ops, .client = w->fn,
    };
    sva_function_attach(sva_accel_function(w->a), &w->port);
    sva_event_bus_remove(&w->f->bus, &w->f->recorder);
    w->sink = (SvaEventSink) { .fn = accel_job_event, .opaque = w };
    sva_event_bus_add(&w->f->bus, &w->sink);
    accel_set_enables(w, true, true, true);
    accel_set_pri(w, &(SvaPriControl) { .allocation = 4 });
    accel_set_pri(w, &(SvaPriControl) { .enable = true, .allocation = 4 });
    return w;
}

static bool is_running(AccelWorld *w)
{
    bool running = false;

    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        running |= sva_accel_read(w->a, SVA_CTX(i, SVA_CTX_RUNNING), 4) ||
                   sva_accel_read(w->a, SVA_CTX(i, SVA_CTX_STATE), 4);
    }
    return running;
}

static void stop_all(AccelWorld *w)
{
    int prgi;

    w->hook_in = 0;
    w->policy = PORT_SILENT;
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        sva_accel_write(w->a, SVA_CTX(i, SVA_CTX_INJECT), 0, 4);
        if (sva_accel_read(w->a, SVA_CTX(i, SVA_CTX_STATE), 4)) {
            sva_accel_write(w->a, SVA_CTX(i, SVA_CTX_CMD), SVA_CMD_ABORT, 4);
        }
    }
    for (unsigned n = 0; n < 8 && is_running(w); n++) {
        fake_env_advance(w->f, 100000);
        while ((prgi = accel_waiting_group(w, 0)) >= 0) {
            accel_respond(w, w->groups[prgi].pasid, prgi, SVA_PRG_SUCCESS);
        }
    }
    g_assert_false(is_running(w));
}

void accel_world_free(AccelWorld *w)
{
    int prgi;

    stop_all(w);
    sva_accel_write(w->a, SVA_REG_INJECT, 0, 4);
    for (unsigned i = 0; i < w->itags->len; i++) {
        g_assert_false(*itag_open(w, i));
    }
    for (unsigned i = 0; i < ACCEL_CONTEXTS; i++) {
        g_assert_false(w->jobs[i].active);
    }
    while ((prgi = accel_waiting_group(w, 0)) >= 0) {
        g_assert_true(w->groups[prgi].complete);
        accel_respond(w, w->groups[prgi].pasid, prgi, SVA_PRG_SUCCESS);
    }
    accel_set_pri(w, &(SvaPriControl) { .enable = false });
    g_assert_cmphex(sva_function_pri_status(w->fn) & SVA_PRI_STOPPED, !=, 0);
    sva_event_bus_remove(&w->f->bus, &w->sink);
    sva_accel_free(w->a);
    fake_env_free(w->f);
    g_array_free(w->itags, TRUE);
    g_free(w);
}
