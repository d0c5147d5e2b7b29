/*
 * World of the VT-d fuzz harness
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-world.h"

#define GSTS_TES  (1u << 31)
#define GSTS_QIES (1u << 26)

/* ns; an adversary lets waits and invalidations wait for less. */
#define ADVERSARY_MOST 1000000

static bool is_on(const VtdWorld *w, uint32_t bit)
{
    return w->f->vtd.regs[0x1c / 4] & bit;
}

static bool fabric_invalidate(void *fabric, const SvaAtcInvalidation *inv)
{
    VtdWorld *w = fabric;
    SvaVtd *vtd = &w->f->vtd;
    OpenInval t = {
        .seq = w->inval_seq++, .itag = inv->itag, .rid = inv->rid,
        .deadline = w->f->env->now + vtd->config.inval_timeout * 1000000ll,
    };

    g_assert_cmpuint(inv->itag, !=, SVA_NO_ITAG);
    g_assert_cmphex(inv->mask & 0xfff, ==, 0xfff);
    if (w->mode == FABRIC_ABSENT) {
        return false;
    }
    if (w->mode == FABRIC_HOLD || !is_on(w, GSTS_TES)) {
        /* An answer would be lost. */
        g_array_append_val(w->invals, t);
    }
    if (w->mode == FABRIC_HOLD) {
        return true;
    }
    vtd->iommu.ops->inval_done(&vtd->iommu, inv->rid, inv->itag);
    if (w->mode == FABRIC_TWICE) {
        vtd->iommu.ops->inval_done(&vtd->iommu, inv->rid, inv->itag);
    }
    return true;
}

static void fabric_response(void *fabric, const SvaPageResponse *rsp)
{
    VtdWorld *w = fabric;

    g_assert_cmpuint(rsp->prgi, <, SVA_PRGI_COUNT);
    w->responses++;
}

static void wait_fetched(VtdWorld *w, const SvaEvent *event)
{
    OpenWait wait = {
        .raw = event->command.words[0],
        .addr = event->command.words[1] &
                ((1ull << w->f->vtd.config.haw_bits) - 4),
        .inval_seq = w->inval_seq,
    };

    g_array_append_val(w->waits, wait);
}

static void wait_done(VtdWorld *w, const SvaEvent *event)
{
    for (unsigned i = 0; i < w->waits->len; i++) {
        const OpenWait *wait = &g_array_index(w->waits, OpenWait, i);

        if (wait->raw != event->wait.word || wait->addr != event->addr) {
            continue;
        }
        for (unsigned t = 0; t < w->invals->len; t++) {
            g_assert_cmpuint(g_array_index(w->invals, OpenInval, t).seq, >=,
                             wait->inval_seq);
        }
        w->ending = *wait;
        g_array_remove_index(w->waits, i);
        return;
    }
    if (!event->wait.word && !is_on(w, GSTS_QIES)) {
        return;                 /* an invalidation by register */
    }
    fuzz_fail("a wait descriptor completed that is not pending");
}

static void on_event(void *opaque, const SvaEvent *event)
{
    VtdWorld *w = opaque;

    if (w->foreign) {
        return;
    }
    switch (event->kind) {
    case SVA_EV_COMMAND:
        if (event->command.type == 5) {
            wait_fetched(w, event);
        }
        break;
    case SVA_EV_WAIT_DONE:
        wait_done(w, event);
        break;
    case SVA_EV_PRQ:
        w->queued++;
        break;
    default:
        break;
    }
}

static bool may_write(VtdWorld *w, uint64_t pa)
{
    uint64_t pqa = w->f->vtd.regs[0xd0 / 4] |
                   (uint64_t)w->f->vtd.regs[0xd4 / 4] << 32;
    uint64_t base = pqa & ~0xfffull;

    if (w->f->vtd.config.pri && pa >= base &&
        pa - base < 0x1000ull << (pqa & 7)) {
        return true;
    }
    if (w->ending.addr == pa && w->ending.raw & 0x20) {
        w->ending = (OpenWait) { 0 };
        return true;
    }
    return false;
}

static void on_access(FakeEnv *f, FakeAccess kind, uint64_t pa, void *opaque)
{
    VtdWorld *w = opaque;

    if (kind == FAKE_WRITE && !w->foreign) {
        g_assert_true(may_write(w, pa));
    }
    w->exchanged |= kind == FAKE_CMPXCHG;
    if (w->race_in && --w->race_in == 0) {
        fake_put64(f, w->race_pa, fake_get64(f, w->race_pa) ^ w->race_bits);
    }
}

static SvaVtdConfig make_config(uint8_t choice, FuzzInput *in)
{
    SvaVtdConfig c = sva_vtd_default_config;

    c.adversary = choice & 0x40 ? 1u + fuzz_u16(in) : 0;
    c.iotlb_entries = 16;
    c.config_entries = 16;
    c.fault_records = 1 + (choice & 1);
    c.esrtps = choice & 2;
    c.caching_mode = choice & 2;
    switch (choice >> 2 & 3) {
    case 1:
        c.haw_bits = 39;
        c.pasid_bits = 6;
        c.aw_bits = 39;
        c.first_level_5 = false;
        c.supervisor = false;
        break;
    case 2:
        c.scalable = false;
        c.pri = false;
        c.pt = false;
        break;
    case 3:
        c.aw_bits = 57;
        c.second_ad = false;
        c.pri = false;
        c.device_iotlb = false;
        break;
    default:
        break;
    }
    return c;
}

static VtdFixture *start(uint8_t choice, FuzzInput *in)
{
    SvaVtdConfig config = make_config(choice, in);

    if (choice & 0x10) {
        return vtd_fixture_new(&config);
    }
    if (config.scalable && !(choice & 0x20)) {
        return vtd_fixture_scalable(&config);
    }
    return vtd_fixture_legacy(&config, VTD_SECOND |
                              (config.device_iotlb ? 5 : 1),
                              config.aw_bits == 39 ? 0x101 : 0x102);
}

VtdWorld *vtd_world_new(FuzzInput *in)
{
    static const SvaFabricOps ops = {
        .atc_invalidate = fabric_invalidate,
        .page_response = fabric_response,
    };
    VtdWorld *w = g_new0(VtdWorld, 1);
    uint8_t choice = fuzz_u8(in);

    w->invals = g_array_new(FALSE, FALSE, sizeof(OpenInval));
    w->waits = g_array_new(FALSE, FALSE, sizeof(OpenWait));
    w->f = start(choice, in);
    w->f->vtd.iommu.fabric.ops = &ops;
    w->f->vtd.iommu.fabric.opaque = w;
    /* Its record of all events would grow without bound. */
    sva_event_bus_remove(&w->f->env->bus, &w->f->env->recorder);
    w->sink = (SvaEventSink) { .fn = on_event, .opaque = w };
    sva_event_bus_add(&w->f->env->bus, &w->sink);
    fake_env_set_hook(w->f->env, on_access, w);
    return w;
}

void vtd_world_settle(VtdWorld *w)
{
    uint64_t aborted = vtd_count(w->f, SVA_VTD_CNT_WAITS_ABORTED);

    if (aborted != w->aborted_seen) {
        /* All that were pending then; none was fetched since. */
        g_assert_cmpuint(aborted - w->aborted_seen, ==, w->waits->len);
        g_array_set_size(w->waits, 0);
        w->aborted_seen = aborted;
    }
    g_assert_cmpuint(w->f->vtd.wait_count, ==, w->waits->len);
    g_assert_cmpuint(sva_outstanding_count(w->f->vtd.atc.table), ==,
                     w->invals->len);
    fake_env_clear(w->f->env);
}

void vtd_world_reset(VtdWorld *w)
{
    sva_vtd_reset(&w->f->vtd);
    g_array_set_size(w->invals, 0);
    g_array_set_size(w->waits, 0);
}

void vtd_world_advance(VtdWorld *w, int64_t ns)
{
    fake_env_advance(w->f->env, ns);
    for (unsigned i = w->invals->len; i--;) {
        if (g_array_index(w->invals, OpenInval, i).deadline <=
            w->f->env->now) {
            g_array_remove_index(w->invals, i);
        }
    }
}

void vtd_world_complete(VtdWorld *w, unsigned n)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    OpenInval t;

    if (n < w->invals->len) {
        t = g_array_index(w->invals, OpenInval, n);
        if (is_on(w, GSTS_TES)) {
            g_array_remove_index(w->invals, n);
        }
        iommu->ops->inval_done(iommu, t.rid, t.itag);
    }
}

void vtd_world_page_request(VtdWorld *w, const SvaPageRequest *req)
{
    SvaIommu *iommu = &w->f->vtd.iommu;
    bool stop = req->pasid.valid && req->last &&
                !(req->access & (SVA_READ | SVA_WRITE));
    uint32_t tail = vtd_read32(w->f, 0xc8);

    w->queued = 0;
    w->responses = 0;
    iommu->ops->page_request(iommu, req);
    g_assert_cmpuint(w->queued, <=, 1);
    g_assert_cmpint(tail != vtd_read32(w->f, 0xc8), ==, w->queued);
    if (w->queued || stop || !req->last) {
        g_assert_cmpuint(w->responses, ==, 0);
    } else {
        g_assert_cmpuint(w->responses, ==, 1);
    }
}

/* What an adversary has put off is done when a wait is complete. */
bool vtd_world_wait(VtdWorld *w)
{
    if (!w->f->vtd.adversary) {
        return true;
    }
    vtd_submit(w->f, 5, 0);
    vtd_world_advance(w, ADVERSARY_MOST);
    return !w->f->vtd.wait_count;
}

/* Words of a context entry of a function on bus 1, of either layout. */
static bool has_context(const VtdWorld *w, unsigned devfn)
{
    return fake_get64(w->f->env, VTD_CONTEXT + devfn % 128 * 32) & 1 ||
           fake_get64(w->f->env, VTD_CONTEXT_HI + devfn % 128 * 32) & 1 ||
           fake_get64(w->f->env, VTD_CONTEXT + devfn * 16) & 1;
}

static bool has_functions(const VtdWorld *w)
{
    for (unsigned bit = 0; bit < 5; bit++) {
        if (has_context(w, (VTD_RID ^ 1 << bit) & 0xff)) {
            return true;
        }
    }
    return fake_get64(w->f->env, VTD_CONTEXT) & 1;
}

/* PASIDs that share the domain ID with @pasid, or others than the table has */
static bool has_pasids(const VtdWorld *w, uint32_t pasid)
{
    uint64_t own = fake_get64(w->f->env, VTD_PASIDS + pasid * 64 + 8);

    for (unsigned i = 0; i < 64; i++) {
        uint64_t pa = VTD_PASIDS + i * 64;

        if (i != pasid && fake_get64(w->f->env, pa) & 1 &&
            (fake_get64(w->f->env, pa + 8) & 0xffff) == (own & 0xffff)) {
            return true;
        }
    }
    return pasid > 63 || fake_get64(w->f->env, VTD_DIR + 8) & 1 ||
           (fake_get64(w->f->env, VTD_DIR) & ~0xfffull) != VTD_PASIDS;
}

bool vtd_world_is_alone(const VtdWorld *w, SvaPasid pasid)
{
    uint64_t pa = VTD_CONTEXT + (VTD_RID & 0x7f) * 32;
    uint64_t context = fake_get64(w->f->env, pa);
    uint32_t id = pasid.valid ? pasid.id
                              : fake_get64(w->f->env, pa + 8) & SVA_PASID_MAX;

    if (!w->f->vtd.adversary) {
        return true;
    }
    if ((sva_vtd_rtaddr(&w->f->vtd) & ~0xfffull) != VTD_ROOT ||
        has_functions(w)) {
        return false;
    }
    return !(sva_vtd_rtaddr(&w->f->vtd) & 0x400) ||
           ((context & ~0xfffull) == VTD_DIR && !has_pasids(w, id));
}

/* As an operating system that does not trust what it found. */
bool vtd_world_flush(VtdWorld *w)
{
    VtdFixture *f = w->f;
    bool wide = f->vtd.config.scalable;

    if (wide && is_on(w, GSTS_TES)) {
        vtd_level(f, GSTS_TES, false);  /* legacy mode flushes no PASIDs */
        vtd_level(f, GSTS_TES, true);
    }
    vtd_level(f, GSTS_QIES, false);
    if (vtd_read32(f, 0x1c) & GSTS_QIES) {
        return false;           /* something is pending */
    }
    vtd_write32(f, 0x34, 0x71);
    f->entry = wide ? 32 : 16;
    f->tail = 0;
    vtd_write64(f, 0x88, 0);
    vtd_write64(f, 0x90, VTD_QUEUE | (wide ? 0x800 : 0));
    vtd_level(f, GSTS_QIES, true);
    vtd_put(f, 0x11, 0);
    vtd_put(f, 0x12, 0);
    vtd_kick(f);
    if (!vtd_world_wait(w)) {
        return false;
    }
    w->exchanged = false;
    return vtd_read64(f, 0x80) == f->tail && vtd_read32(f, 0x1c) & GSTS_TES;
}

void vtd_world_free(VtdWorld *w)
{
    vtd_world_settle(w);
    /* What is still in the queue may run, but is to send no more of them. */
    w->mode = FABRIC_ABSENT;
    vtd_level(w->f, GSTS_TES, true);
    while (w->invals->len) {
        vtd_world_complete(w, 0);
        vtd_world_settle(w);
    }
    vtd_world_advance(w, ADVERSARY_MOST);
    vtd_world_settle(w);
    g_assert_cmpuint(w->waits->len, ==, 0);
    g_array_free(w->invals, TRUE);
    g_array_free(w->waits, TRUE);
    sva_event_bus_remove(&w->f->env->bus, &w->sink);
    vtd_fixture_free(w->f);
    g_free(w);
}
