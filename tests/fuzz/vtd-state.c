/*
 * VT-d fuzz harness: saved state, as it was or as an attacker would like it,
 * and interrupt requests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/vtd/state.h"
#include "vtd-world.h"

/* To the same unit and back: nobody notices. */
static void migrate(VtdWorld *w, SvaVtdSaved *saved)
{
    SvaVtdSaved *again = g_new0(SvaVtdSaved, 1);

    g_assert_cmpstr(sva_vtd_load(&w->f->vtd, saved), ==, NULL);
    sva_vtd_save(&w->f->vtd, again);
    g_assert_cmpint(memcmp(saved, again, sizeof(*saved)), ==, 0);
    g_free(again);
}

/* Change a member; truth values can only be true or false. */
static void mutate(SvaVtdSaved *s, FuzzInput *in)
{
    uint8_t which = fuzz_u8(in);
    uint64_t value = fuzz_u64(in);

    switch (which % 12) {
    case 0:
        s->root = value;
        break;
    case 1:
        s->irta = value;
        break;
    case 2:
        s->irta_entries = value;
        break;
    case 3:
        s->iq_base = value;
        break;
    case 4:
        s->iq_size_log2 = value;
        s->iq_entry_log2 = value >> 8;
        break;
    case 5:
        s->fault_next = value;
        break;
    case 6:
        s->wait_count = value;
        break;
    case 7:
        s->waits[value % 4].generation = value >> 8;
        break;
    case 8:
        ((uint8_t *)&s->atc.table)[value % sizeof(s->atc.table)] ^=
            value >> 8;
        break;
    case 9:
        s->iq_stopping = value & 1;
        break;
    default:
        s->regs[value % G_N_ELEMENTS(s->regs)] ^= value >> 16;
        break;
    }
}

/* A unit with a state that never was; it has to survive its use. */
static void use(SvaVtd *vtd, FakeEnv *f, FuzzInput *in)
{
    SvaRequest req = { .rid = VTD_RID, .addr = 0x1000, .access = SVA_READ };
    SvaPageRequest page = {
        .rid = VTD_RID, .pasid = sva_pasid(1), .addr = 0x1000,
        .access = SVA_READ, .last = true,
    };
    SvaTranslation out;

    for (unsigned i = 0; i < 4; i++) {
        sva_vtd_mmio_write(vtd, fuzz_u16(in) & 0xffc, fuzz_u32(in), 4);
        vtd->iommu.ops->translate(&vtd->iommu, &req, &out);
        vtd->iommu.ops->page_request(&vtd->iommu, &page);
        vtd->iommu.ops->inval_done(&vtd->iommu, VTD_RID, fuzz_u8(in));
        req.pasid = sva_pasid(i);
    }
    fake_env_advance(f, 0);
}

void vtd_world_migrate(VtdWorld *w, FuzzInput *in)
{
    SvaVtdSaved *saved = g_new0(SvaVtdSaved, 1);
    SvaVtd *other = g_new0(SvaVtd, 1);
    unsigned changes = fuzz_u8(in) % 4;

    sva_vtd_save(&w->f->vtd, saved);
    migrate(w, saved);
    w->foreign = true;
    g_assert_true(sva_vtd_init(other, &w->f->env->env, &w->f->vtd.config));
    while (changes--) {
        mutate(saved, in);
    }
    sva_vtd_load(other, saved);
    use(other, w->f->env, in);
    sva_vtd_finalize(other);
    w->foreign = false;
    g_free(other);
    g_free(saved);
}

void vtd_world_interrupt(VtdWorld *w, FuzzInput *in)
{
    uint8_t b = fuzz_u8(in);
    SvaVtdMessage message = {
        .addr = 0xfee00000 | (fuzz_u16(in) & 0xffff) << 2,
        .data = b & 0x10 ? fuzz_u32(in) : b & 0xf,
    }, out;

    if (sva_vtd_interrupt(&w->f->vtd, b & 0x80 ? 0x200 : VTD_RID, &message,
                          &out)) {
        /* Whatever the table says, it is an interrupt that comes out. */
        g_assert_cmphex(out.addr >> 20 & 0xfff, ==, 0xfee);
    }
}
