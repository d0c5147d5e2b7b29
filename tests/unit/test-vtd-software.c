/*
 * VT-d: software that does what it owes, and software that leaves a step out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "software.h"
#include "vtd-fixture.h"

enum {
    UNMAP_IOTLB = SOFTWARE_CORRECT + 1, /* a page is unmapped: none */
    FREE_IOTLB,                 /* a table is freed: no invalidation */
    FREE_IH,                    /* a table is freed: IH=1 */
    FREE_OTHER,                 /* a table is freed: the other one's range */
    BIG_AM,                     /* a large page is unmapped: AM=0 */
    UNBIND_PASID,               /* no invalidation of the PASID cache */
    UNBIND_IOTLB,               /* none of the IOTLB */
    UNBIND_ORDER,               /* the IOTLB before the PASID cache */
    UNBIND_DOMAIN,              /* of another domain */
    WAIT,                       /* goes on before the wait is complete */
};

static const char *const names[] = {
    [UNMAP_IOTLB]   = "unmap-iotlb",
    [FREE_IOTLB]    = "free-iotlb",
    [FREE_IH]       = "free-ih",
    [FREE_OTHER]    = "free-other",
    [BIG_AM]        = "big-am",
    [UNBIND_PASID]  = "unbind-pasid",
    [UNBIND_IOTLB]  = "unbind-iotlb",
    [UNBIND_ORDER]  = "unbind-order",
    [UNBIND_DOMAIN] = "unbind-domain",
    [WAIT]          = "wait",
};

/* -- tables -- */

static void start(Software *s, uint32_t seed)
{
    SvaVtdConfig c = sva_vtd_default_config;
    VtdFixture *f;

    c.adversary = seed;
    f = vtd_fixture_scalable(&c);
    s->f = f;
    s->env = f->env;
}

static void finish(Software *s)
{
    vtd_fixture_free(s->f);
}

static SvaTranslation translate(Software *s, unsigned p, uint64_t va)
{
    return vtd_translate(s->f, sva_pasid(p + 1), va, SVA_READ);
}

static uint64_t entry(Software *s, unsigned p, unsigned level, uint64_t va)
{
    return vtd_entry(s->f, s->root[p], 4, level, va);
}

static bool is_table(uint64_t e)
{
    return e & 1 && !(e & 0x80);
}

static uint64_t new_root(Software *s)
{
    VtdFixture *f = s->f;
    uint64_t root = f->next_table;

    f->next_table += 0x1000;
    return root;
}

/* -- descriptors -- */

/* DID and PASID. */
static uint64_t ids(unsigned p)
{
    return (uint64_t)(p + 1) << 16 | (uint64_t)(p + 1) << 32;
}

static bool done(Software *s)
{
    return vtd_status(s->f, 0) == 2;
}

static void flush(Software *s)
{
    fake_put64(s->env, VTD_STATUS, 0);
    vtd_put(s->f, 0x200000025ull, VTD_STATUS);
    vtd_kick(s->f);
    if (s->omitted != WAIT) {
        software_wait(s, done);
    }
}

static void put_iotlb(Software *s, unsigned p, uint64_t va)
{
    vtd_put(s->f, 0x36 | ids(p), va);
}

static void unmapped(Software *s, unsigned p, uint64_t va)
{
    if (s->omitted != UNMAP_IOTLB) {
        put_iotlb(s, p, va | 0x40);
    }
    flush(s);
}

static void big_unmapped(Software *s, unsigned p)
{
    put_iotlb(s, p, SOFTWARE_BIG | 0x40 | (s->omitted == BIG_AM ? 0 : 9));
    flush(s);
}

static void region_freed(Software *s, unsigned p, unsigned region)
{
    unsigned named = s->omitted == FREE_OTHER ? !region : region;

    if (s->omitted != FREE_IOTLB) {
        put_iotlb(s, p, software_va(named, 0) |
                        (s->omitted == FREE_IH ? 0x49 : 9));
    }
    flush(s);
}

static void bind(Software *s, unsigned p)
{
    vtd_pasid(s->f, p + 1, 0, 0x800000 | (p + 1), s->root[p]);
    fake_put64(s->env, VTD_PASIDS + (p + 1) * 64, VTD_FIRST0);
}

static void unbind(Software *s, unsigned p)
{
    uint64_t who = s->omitted == UNBIND_DOMAIN ? ids(p) ^ 0x80000 : ids(p);
    bool iotlb_first = s->omitted == UNBIND_ORDER;

    fake_put64(s->env, VTD_PASIDS + (p + 1) * 64, 0);
    if (iotlb_first) {
        vtd_put(s->f, 0x26 | who, 0);
    }
    if (s->omitted != UNBIND_PASID) {
        vtd_put(s->f, 0x17 | who, 0);
    }
    if (s->omitted != UNBIND_IOTLB && !iotlb_first) {
        vtd_put(s->f, 0x26 | who, 0);
    }
    flush(s);
}

static const SoftwareOps ops = {
    .arch = "vtd",
    .names = names,
    .names_count = G_N_ELEMENTS(names),
    .page = 0x7,
    .big = 0x87,
    .start = start,
    .finish = finish,
    .translate = translate,
    .entry = entry,
    .is_table = is_table,
    .new_root = new_root,
    .bind = bind,
    .unbind = unbind,
    .unmapped = unmapped,
    .big_unmapped = big_unmapped,
    .region_freed = region_freed,
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    software_add_tests(&ops);
    return g_test_run();
}
