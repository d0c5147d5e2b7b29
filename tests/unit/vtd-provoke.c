/*
 * Ways to provoke the conditions of Table 30 (VT-d 5.10 section 7.1.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-provoke.h"

#define ADDR    0x1000
#define NOWHERE 0x700000000ull  /* hole for tables */
#define CTX     (VTD_DIR | 7 << 9)
#define HIGH    (1ull << 48)    /* HAW and MGAW are 48 */

static const uint64_t pasid_words[WORLDS][3] = {
    [FIRST] = { 0x41, 0x800001, VTD_FIRST | 1 },
    [SECOND] = { VTD_SECOND | 0x89, 0x800005, 1 },
    [SECOND_AD] = { VTD_SECOND | 0x289, 0x800005, 1 },
    [NESTED] = { VTD_SECOND | 0xc5, 0x800006, 0xa0000 | 1 },
    [NESTED_AD] = { VTD_SECOND | 0x2c5, 0x800006, 0xa0000 | 1 },
    [PASS] = { 0x109, 7, 1 },
};

static bool is_nested(const Scene *s)
{
    return s->world == NESTED || s->world == NESTED_AD;
}

/* -- steps -- */

static void context(Scene *s, uint64_t qw0, uint64_t qw1)
{
    uint64_t pa = VTD_CONTEXT + (VTD_RID & 0xff) *
                  (s->world <= LEGACY_PASS ? 16 : 32);

    fake_put64(s->f->env, pa, qw0 | s->fpd[0]);
    fake_put64(s->f->env, pa + 8, qw1);
}

static void directory(Scene *s, uint64_t entry, uint64_t unused)
{
    fake_put64(s->f->env, VTD_DIR, entry | s->fpd[1]);
    (void)unused;
}

static void put(Scene *s, uint64_t pa, uint64_t val)
{
    fake_put64(s->f->env, pa, val);
}

/* Word @n of the PASID entries; FPD stays. */
static void pasid_word(Scene *s, uint64_t n, uint64_t val)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        put(s, VTD_PASIDS + i * 64 + n * 8, val | (n ? 0 : s->fpd[2]));
    }
}

static void pasid_bits(Scene *s, uint64_t n, uint64_t bits)
{
    pasid_word(s, n, fake_get64(s->f->env, VTD_PASIDS + n * 8) | bits);
}

static void hole(Scene *s, uint64_t pa, uint64_t unused)
{
    fake_env_hole(s->f->env, pa, 0x1000);
    (void)unused;
}

static void read_only(Scene *s, uint64_t pa, uint64_t unused)
{
    fake_env_read_only(s->f->env, pa, 0x1000);
    (void)unused;
}

static void address(Scene *s, uint64_t addr, uint64_t unused)
{
    s->addr = addr;
    (void)unused;
}

static void pasid_number(Scene *s, uint64_t pasid, uint64_t unused)
{
    s->pasid = pasid;
    (void)unused;
}

static void table_mode(Scene *s, uint64_t ttm, uint64_t unused)
{
    vtd_write64(s->f, 0x20, VTD_ROOT | ttm << 10);
    vtd_command(s->f, 1u << 30);
    (void)unused;
}

static void first(Scene *s, uint64_t level, uint64_t entry)
{
    uint64_t root = is_nested(s) ? 0x60000 : VTD_FIRST;

    /* Guest physical tables of the nested world: one page each. */
    put(s, is_nested(s) ? root + (4 - level) * 0x1000 +
                          (s->addr >> (9 * level + 3) & 0x1ff) * 8
                        : vtd_entry(s->f, root, 4, level, s->addr),
        entry);
}

static void second_at(Scene *s, uint64_t addr, unsigned level, uint64_t entry)
{
    put(s, vtd_entry(s->f, VTD_SECOND, is_nested(s) ? 3 : 4, level,
                     addr), entry);
}

static void second(Scene *s, uint64_t level, uint64_t entry)
{
    second_at(s, is_nested(s) ? 0xd1000 : s->addr, level, entry);
}

/* Where the second stage puts a first-stage table. */
static void place(Scene *s, uint64_t gpa, uint64_t entry)
{
    second_at(s, gpa, 1, entry);
}

/* -- configurations -- */

static void no_device_iotlb(SvaVtdConfig *c)
{
    c->device_iotlb = c->pri = false;
}

static void no_pasid(SvaVtdConfig *c)
{
    c->pasid_bits = 0;
    c->pri = false;
}

static void short_pasid(SvaVtdConfig *c)
{
    c->pasid_bits = 8;
}

static void no_pri(SvaVtdConfig *c)
{
    c->pri = false;
}

static void no_pt(SvaVtdConfig *c)
{
    c->pt = false;
}

static void no_supervisor(SvaVtdConfig *c)
{
    c->supervisor = false;
}

static void no_second_ad(SvaVtdConfig *c)
{
    c->second_ad = false;
}

static void no_coherence(SvaVtdConfig *c)
{
    c->coherent_walks = false;
}

static void no_nesting(SvaVtdConfig *c)
{
    c->nested = false;
}

static void no_five_levels(SvaVtdConfig *c)
{
    c->first_level_5 = false;
}

static void legacy_only(SvaVtdConfig *c)
{
    c->scalable = c->pri = c->first_level_5 = c->nested = false;
    c->supervisor = c->second_ad = false;
    c->pasid_bits = 0;
}

/* -- worlds -- */

static void build_nested(Scene *s)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        place(s, 0xa0000 + i * 0x1000, (0x60000 + i * 0x1000) | 3);
    }
    put(s, 0x60000, 0xa1007);
    put(s, 0x61000, 0xa2007);
    put(s, 0x62000, 0xa3007);
    put(s, 0x63008, 0xd1007);
    place(s, 0xd1000, 0x7d1003);
}

void scene_build(Scene *s, World world, void (*config)(SvaVtdConfig *c),
                 unsigned position)
{
    SvaVtdConfig c = sva_vtd_default_config;
    unsigned i;

    *s = (Scene) { .world = world, .addr = ADDR, .pasid = 1 };
    if (position) {
        s->fpd[position - 1] = 2;
    }
    if (config) {
        config(&c);
    }
    if (world <= LEGACY_PASS) {
        s->f = vtd_fixture_legacy(&c, 0, 0);
        context(s, world == LEGACY ? VTD_SECOND | 5 : 9, 0x702);
    } else {
        s->f = vtd_fixture_scalable(&c);
        context(s, CTX | 0x1d, 0);
        directory(s, VTD_PASIDS | 1, 0);
        for (i = 0; i < 3; i++) {
            pasid_word(s, i, pasid_words[world][i]);
        }
    }
    if (is_nested(s)) {
        build_nested(s);
    } else if (world == FIRST) {
        first(s, 1, 0xa007);
    } else {
        second(s, 1, 0xa003);
    }
}

void scene_provoke(Scene *s, const Provocation *p)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(p->steps) && p->steps[i].fn; i++) {
        p->steps[i].fn(s, p->steps[i].a, p->steps[i].b);
    }
}

/* -- the list -- */

#define P(row, name, tables, fpds, ...) \
    { .code = row, .what = name, .world = tables, .seen = fpds, __VA_ARGS__ }

const Provocation provocations[] = {
#include "vtd-provocations.h"
};

const unsigned provocation_count = G_N_ELEMENTS(provocations);
