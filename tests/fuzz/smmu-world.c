/*
 * World of the SMMUv3 fuzz harness
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/smmuv3/state.h"
#include "smmu-world.h"

static bool fabric_invalidate(void *fabric, const SvaAtcInvalidation *inv)
{
    SmmuWorld *w = fabric;
    SvaSmmu *smmu = &w->f->smmu;
    SmmuInval t = {
        .itag = inv->itag, .rid = inv->rid,
        .deadline = w->f->env->now + smmu->config.inval_timeout * 1000000ll,
    };

    g_assert_cmpuint(inv->itag, !=, 0);
    g_assert_cmphex(inv->mask & (inv->mask + 1), ==, 0);
    g_assert_cmphex(inv->mask & 0xfff, ==, 0xfff);
    if (w->mode == SMMU_FABRIC_ABSENT) {
        return false;
    }
    if (w->mode == SMMU_FABRIC_HOLD) {
        g_array_append_val(w->invals, t);
        return true;
    }
    smmu->iommu.ops->inval_done(&smmu->iommu, inv->rid, inv->itag);
    if (w->mode == SMMU_FABRIC_TWICE) {
        smmu->iommu.ops->inval_done(&smmu->iommu, inv->rid, inv->itag);
    }
    return true;
}

static void fabric_response(void *fabric G_GNUC_UNUSED,
                            const SvaPageResponse *rsp)
{
    g_assert_cmpuint(rsp->prgi, <, SVA_PRGI_COUNT);
}

static bool fabric_stall_end(void *fabric, const SvaStallEnd *end)
{
    SmmuWorld *w = fabric;
    unsigned i;

    g_assert_false(w->in_request);
    if (w->loading) {
        return true;            /* a reset, of a unit that is to be another */
    }
    for (i = 0; i < w->stalled->len; i++) {
        if (g_array_index(w->stalled, uint32_t, i) == end->cookie) {
            g_array_remove_index_fast(w->stalled, i);
            /* Some of them have gone away in the meantime. */
            return end->cookie % 8 != 0;
        }
    }
    fuzz_fail("the end of a stall that there is not");
}

static void on_event(void *opaque, const SvaEvent *event)
{
    SmmuWorld *w = opaque;
    unsigned i;

    if (w->foreign) {
        return;
    }
    if (event->kind == SVA_EV_COMMAND && event->command.type == 0x46) {
        w->sync_addr = event->command.words[1] & ~3ull;
    }
    if (event->kind != SVA_EV_WAIT_DONE) {
        return;
    }
    /* No command behind it has begun: what is open was before it. */
    for (i = 0; i < w->invals->len; i++) {
        g_assert_cmpint(g_array_index(w->invals, SmmuInval, i).deadline,
                        <=, w->f->env->now);
    }
}

static bool in_queue(SmmuWorld *w, unsigned reg, unsigned most,
                     unsigned entry, uint64_t pa)
{
    uint64_t reg_base = smmu_read64(w->f, reg);
    unsigned log2 = MIN(reg_base & 0x1f, most) + entry;
    uint64_t base = reg_base & 0xfffffffffffe0ull;

    base = base >> MAX(log2, 5) << MAX(log2, 5);
    return pa >= base && pa - base < 1ull << log2;
}

/* Messages are writes, too. */
static bool may_write(SmmuWorld *w, uint64_t pa)
{
    const SvaSmmuConfig *c = &w->f->smmu.config;

    return in_queue(w, 0xa0, c->eventq_bits, 5, pa) ||
           (c->pri && in_queue(w, 0xc0, c->priq_bits, 4, pa)) ||
           (c->msi && (pa == w->sync_addr ||
                       pa == smmu_read64(w->f, 0x68) ||
                       pa == smmu_read64(w->f, 0xb0) ||
                       pa == smmu_read64(w->f, 0xd0)));
}

static void on_access(FakeEnv *f G_GNUC_UNUSED, FakeAccess kind, uint64_t pa,
                      void *opaque)
{
    SmmuWorld *w = opaque;

    if (kind == FAKE_WRITE && !w->foreign) {
        g_assert_true(may_write(w, pa));
    }
    w->exchanged |= kind == FAKE_CMPXCHG;
}

static SvaSmmuConfig make_config(uint8_t choice, FuzzInput *in)
{
    SvaSmmuConfig c = sva_smmu_default_config;

    c.adversary = choice & 0x40 ? 1u + fuzz_u16(in) : 0;
    c.iotlb_entries = 16;
    c.config_entries = 16;
    c.stall_max = 4;
    switch (choice & 7) {
    case 1:
        c.stage2 = false;
        c.oas = 44;
        c.asid_bits = 8;
        break;
    case 2:
        c.stage1 = false;
        c.ssid_bits = 0;
        c.ril = false;
        break;
    case 3:
        c.stall_model = SVA_SMMU_STALL_NONE;
        c.stall_max = 0;
        c.httu = 0;
        c.msi = false;
        break;
    case 4:
        c.stall_model = SVA_SMMU_STALL_FORCED;
        c.ats = c.pri = false;
        c.httu = 1;
        break;
    case 5:
        c.oas = 52;
        c.gran16k = false;
        c.eventq_bits = c.priq_bits = 1;
        c.cmdq_bits = 3;
        break;
    default:
        break;
    }
    return c;
}

SmmuWorld *smmu_world_new(FuzzInput *in)
{
    static const SvaFabricOps ops = {
        .atc_invalidate = fabric_invalidate,
        .page_response = fabric_response,
        .stall_end = fabric_stall_end,
    };
    SmmuWorld *w = g_new0(SmmuWorld, 1);
    uint8_t choice = fuzz_u8(in);
    SvaSmmuConfig config = make_config(choice, in);

    w->invals = g_array_new(FALSE, FALSE, sizeof(SmmuInval));
    w->stalled = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    w->f = choice & 8 ? smmu_fixture_new(&config) : smmu_tables_start(&config);
    w->f->next_table = SMMU_TABLES;
    w->f->smmu.iommu.fabric.ops = &ops;
    w->f->smmu.iommu.fabric.opaque = w;
    /* Its record of all events would grow without bound. */
    sva_event_bus_remove(&w->f->env->bus, &w->f->env->recorder);
    w->sink = (SvaEventSink) { .fn = on_event, .opaque = w };
    sva_event_bus_add(&w->f->env->bus, &w->sink);
    fake_env_set_hook(w->f->env, on_access, w);
    return w;
}

void smmu_world_complete(SmmuWorld *w, unsigned n)
{
    SvaIommu *iommu = &w->f->smmu.iommu;
    SmmuInval t;

    if (n < w->invals->len) {
        t = g_array_index(w->invals, SmmuInval, n);
        g_array_remove_index(w->invals, n);
        iommu->ops->inval_done(iommu, t.rid, t.itag);
    }
}

void smmu_world_advance(SmmuWorld *w, int64_t ns)
{
    unsigned i;

    fake_env_advance(w->f->env, ns);
    for (i = w->invals->len; i--;) {
        if (g_array_index(w->invals, SmmuInval, i).deadline <=
            w->f->env->now) {
            g_array_remove_index(w->invals, i);
        }
    }
}

void smmu_world_reset(SmmuWorld *w)
{
    sva_smmu_reset(&w->f->smmu);
    g_assert_cmpuint(w->stalled->len, ==, 0);
    g_array_set_size(w->invals, 0);
    w->f->prod = 0;
}

SvaTranslation smmu_world_translate(SmmuWorld *w, const SvaRequest *req,
                                    bool patient)
{
    SvaRequest copy = *req;
    SvaTranslation out;

    copy.may_stall = patient;
    copy.cookie = w->next_cookie++;
    w->in_request = true;
    w->f->smmu.iommu.ops->translate(&w->f->smmu.iommu, &copy, &out);
    w->in_request = false;
    if (out.outcome == SVA_STALL) {
        g_assert_true(patient);
        g_array_append_val(w->stalled, copy.cookie);
    }
    return out;
}

/* What an adversary has put off is done when a CMD_SYNC is complete. */
bool smmu_world_sync(SmmuWorld *w)
{
    if (w->f->smmu.adversary) {
        smmu_submit(w->f, 0x46, 0);
        smmu_world_advance(w, 1000000);     /* more than it may take */
    }
    return smmu_idle(w->f);
}

static bool is_valid(const SmmuWorld *w, uint64_t pa)
{
    return fake_get64(w->f->env, pa) & 1u << 31;
}

/* Not with other ASIDs either: translations may be global. */
static bool is_other_cd(const SmmuWorld *w, uint64_t own, uint64_t pa)
{
    uint64_t but_asid = UINT64_MAX >> 16;

    for (unsigned i = 0; i < 4; i++) {
        uint64_t differs = fake_get64(w->f->env, own + 8 * i) ^
                           fake_get64(w->f->env, pa + 8 * i);

        if (i ? differs : differs & but_asid) {
            return is_valid(w, pa);
        }
    }
    return false;
}

bool smmu_world_is_alone(const SmmuWorld *w, unsigned index)
{
    if (!w->f->smmu.adversary) {
        return true;
    }
    for (unsigned bit = 0; bit < 5; bit++) {
        if (fake_get64(w->f->env,
                       SMMU_STRTAB + (SMMU_RID ^ 1u << bit) * 64ull) & 1) {
            return false;
        }
    }
    for (unsigned i = 0; i < 256; i++) {
        if (is_other_cd(w, SMMU_CDS + index * 64, SMMU_CDS + i * 64)) {
            return false;
        }
    }
    return true;
}

/* As an operating system that does not trust what it found. */
bool smmu_world_flush(SmmuWorld *w)
{
    SmmuFixture *f = w->f;
    uint32_t cr0 = smmu_read32(f, 0x20);

    fake_env_fail_nth(f->env, 0);
    smmu_write32(f, 0x20, cr0 & ~0x8u);
    smmu_write64(f, 0x90, SMMU_CMDQ | SMMU_CMDQ_LOG2);
    smmu_write32(f, 0x98, 0);
    smmu_write32(f, 0x9c, 0);
    f->prod = 0;
    smmu_write32(f, 0x64, smmu_read32(f, 0x60));
    smmu_write32(f, 0x20, cr0 | 0x8);
    smmu_put(f, 0x04, 31);
    smmu_put(f, 0x30, 0);
    if (f->smmu.config.stage1 && f->smmu.config.stage2) {
        smmu_put(f, 0x20, 0);
    }
    smmu_kick(f);
    if (!smmu_world_sync(w)) {
        return false;
    }
    w->exchanged = false;
    return smmu_read32(f, 0x24) & 1;
}

/* -- saved state -- */

/* Change a member; truth values can only be true or false. */
static void mutate(SvaSmmuSaved *s, FuzzInput *in)
{
    uint8_t which = fuzz_u8(in);
    uint64_t value = fuzz_u64(in);

    switch (which % 8) {
    case 0:
        s->sync_waits = value & 1;
        s->sync_generation = value >> 1;
        break;
    case 1:
        s->sync[value & 1] = value >> 1;
        break;
    case 2:
        ((uint8_t *)&s->atc.table)[value % sizeof(s->atc.table)] ^=
            value >> 8;
        break;
    case 3:
        s->stalls.recorded_count ^= value;
        break;
    case 4:
        s->stalls.unrecorded_count ^= value;
        break;
    case 5:
        s->stalls.recorded[value & 7].stag = value >> 3;
        s->stalls.stags[value & 7] = value >> 19;
        break;
    default:
        s->regs[value % G_N_ELEMENTS(s->regs)] ^= value >> 16;
        break;
    }
}

/* A unit with a state that never was; it has to survive its use. */
static void use(SvaSmmu *smmu, FakeEnv *f, FuzzInput *in)
{
    SvaRequest req = {
        .rid = SMMU_RID, .addr = 0x1000, .access = SVA_READ, .may_stall = true,
    };
    SvaTranslation out;
    unsigned i;

    for (i = 0; i < 4; i++) {
        sva_smmu_mmio_write(smmu, fuzz_u8(in) & 0xfc, fuzz_u32(in), 4);
        smmu->iommu.ops->translate(&smmu->iommu, &req, &out);
        smmu->iommu.ops->inval_done(&smmu->iommu, SMMU_RID, fuzz_u8(in));
        req.pasid = sva_pasid(i);
    }
    fake_env_advance(f, 0);
}

void smmu_world_migrate(SmmuWorld *w, FuzzInput *in)
{
    SvaSmmuSaved *saved = g_new0(SvaSmmuSaved, 1);
    SvaSmmuSaved *again = g_new0(SvaSmmuSaved, 1);
    SvaSmmu *other = g_new0(SvaSmmu, 1);
    unsigned changes = fuzz_u8(in) % 4;

    /* To the same unit and back: nobody notices. */
    sva_smmu_save(&w->f->smmu, saved);
    w->loading = true;
    g_assert_cmpstr(sva_smmu_load(&w->f->smmu, saved), ==, NULL);
    w->loading = false;
    sva_smmu_save(&w->f->smmu, again);
    g_assert_cmpint(memcmp(saved, again, sizeof(*saved)), ==, 0);
    w->foreign = true;
    g_assert_true(sva_smmu_init(other, &w->f->env->env, &w->f->smmu.config));
    while (changes--) {
        mutate(saved, in);
    }
    sva_smmu_load(other, saved);
    use(other, w->f->env, in);
    sva_smmu_finalize(other);
    w->foreign = false;
    g_free(other);
    g_free(again);
    g_free(saved);
}

void smmu_world_free(SmmuWorld *w)
{
    /* What is still in the queue may run, but is to send no more of them. */
    w->mode = SMMU_FABRIC_ABSENT;
    while (w->invals->len) {
        smmu_world_complete(w, 0);
    }
    smmu_write32(w->f, 0x20, 0);
    g_assert_cmpuint(w->stalled->len, ==, 0);
    g_array_free(w->invals, TRUE);
    g_array_free(w->stalled, TRUE);
    sva_event_bus_remove(&w->f->env->bus, &w->sink);
    smmu_fixture_free(w->f);
    g_free(w);
}
