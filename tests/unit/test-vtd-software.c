/*
 * VT-d: software that does what it owes, and software that leaves a step out
 *
 * Software maps, unmaps, frees tables and unbinds at random, while devices
 * access what they should and what they should not.  A unit with any seed must
 * not let correct software see a difference; and for each step that is left out
 * there must be seeds that do.
 *
 * What has been freed is overwritten: a table with entries that lead to a page
 * of somebody else.  Software is wrong when a device gets there, gets to a page
 * that was freed, is refused one that is mapped, or changes freed memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-fixture.h"

#define PASIDS   3
#define REGIONS  2              /* of 2 MiB, each with a table of pages */
#define PAGES    6              /* that are used of a region */
#define STEPS    60
#define SEEDS    200

#define FOREIGN  0x66000000ull
#define BIG      0x40000000ull  /* a page of 2 MiB */
#define BIG_PAGES 4             /* that are used of it */

typedef enum Omitted {
    NOTHING,
    UNMAP_IOTLB,                /* a page is unmapped: no invalidation */
    FREE_IOTLB,                 /* a table is freed: no invalidation */
    FREE_IH,                    /* a table is freed: IH=1 */
    FREE_OTHER,                 /* a table is freed: the other one's range */
    BIG_AM,                     /* a large page is unmapped: AM=0 */
    UNBIND_PASID,               /* no invalidation of the PASID cache */
    UNBIND_IOTLB,               /* none of the IOTLB */
    UNBIND_ORDER,               /* the IOTLB before the PASID cache */
    UNBIND_DOMAIN,              /* of another domain */
    WAIT,                       /* goes on before the wait is complete */
    OMITTED
} Omitted;

static const char *const omitted_names[OMITTED] = {
    "nothing", "unmap-iotlb", "free-iotlb", "free-ih", "free-other",
    "big-am", "unbind-pasid", "unbind-iotlb", "unbind-order",
    "unbind-domain", "wait",
};

typedef struct Software {
    VtdFixture *f;
    GRand *rand;
    Omitted omitted;
    bool bound[PASIDS];
    uint64_t root[PASIDS];
    uint64_t pa[PASIDS][REGIONS][PAGES];        /* 0: not mapped */
    uint64_t big[PASIDS];
    uint64_t next_pa;
    GArray *freed;                              /* tables */
    bool wrong;
} Software;

static unsigned below(Software *s, unsigned n)
{
    return (unsigned)g_rand_int_range(s->rand, 0, (int)n);
}

static uint64_t entry_pa(Software *s, unsigned p, unsigned level, uint64_t va)
{
    return vtd_entry(s->f, s->root[p], 4, level, va);
}

static uint64_t va_of(unsigned region, unsigned page)
{
    return ((uint64_t)region << 21) + ((uint64_t)page << 12);
}

static uint64_t new_page(Software *s)
{
    return s->next_pa += 0x200000;
}

/* -- freed memory -- */

/* The next owner writes what happens to look like entries. */
static void free_table(Software *s, uint64_t pa)
{
    unsigned i;

    for (i = 0; i < 512; i++) {
        fake_put64(s->f->env, pa + i * 8, FOREIGN | 0x7);
    }
    g_array_append_val(s->freed, pa);
}

static void check_freed(Software *s)
{
    unsigned i, k;

    for (i = 0; i < s->freed->len; i++) {
        uint64_t pa = g_array_index(s->freed, uint64_t, i);

        for (k = 0; k < 512; k++) {
            s->wrong |= fake_get64(s->f->env, pa + k * 8) != (FOREIGN | 0x7);
        }
    }
}

/* -- devices -- */

static uint64_t translate(Software *s, unsigned p, uint64_t va)
{
    SvaTranslation t = vtd_translate(s->f, sva_pasid(p + 1), va, SVA_READ);

    return t.outcome == SVA_OK ? t.map.addr & SVA_PAGE_MASK : 0;
}

static void access_one(Software *s, unsigned p, bool sure)
{
    unsigned region = below(s, REGIONS), page = below(s, PAGES);
    uint64_t got = translate(s, p, va_of(region, page));
    uint64_t expected = s->bound[p] ? s->pa[p][region][page] : 0;

    s->wrong |= got == FOREIGN || (sure && got != expected);
    page = below(s, BIG_PAGES);
    got = translate(s, p, BIG + page * 0x1000);
    expected = s->bound[p] && s->big[p] ? s->big[p] + page * 0x1000 : 0;
    s->wrong |= got == FOREIGN || (sure && got != expected);
}

/* @sure: nothing is being changed, so that there is one right answer. */
static void run_devices(Software *s, unsigned n, bool sure)
{
    while (n--) {
        access_one(s, below(s, PASIDS), sure);
    }
}

/* -- commands -- */

static uint64_t name(unsigned p)
{
    return (uint64_t)(p + 1) << 16 | (uint64_t)(p + 1) << 32;
}

static void put_iotlb(Software *s, unsigned p, uint64_t va)
{
    vtd_put(s->f, 0x36 | name(p), va);
}

/* Submit what was put, wait, and see what devices do in the meantime. */
static void flush(Software *s)
{
    unsigned tries = 0;

    fake_put64(s->f->env, VTD_STATUS, 0);
    vtd_put(s->f, 0x200000025ull, VTD_STATUS);
    vtd_kick(s->f);
    if (s->omitted == WAIT) {
        return;
    }
    while (vtd_status(s->f, 0) != 2) {
        run_devices(s, 2, false);
        fake_env_advance(s->f->env, 30000);
        g_assert_cmpuint(++tries, <, 100);
    }
}

/* -- what software does -- */

static void map_page(Software *s, unsigned p)
{
    unsigned region = below(s, REGIONS), page = below(s, PAGES);

    if (!s->pa[p][region][page]) {
        s->pa[p][region][page] = new_page(s);
        fake_put64(s->f->env, entry_pa(s, p, 1, va_of(region, page)),
                   s->pa[p][region][page] | 0x7);
    }
}

static void unmap_page(Software *s, unsigned p)
{
    unsigned region = below(s, REGIONS), page = below(s, PAGES);

    if (s->pa[p][region][page]) {
        s->pa[p][region][page] = 0;
        fake_put64(s->f->env, entry_pa(s, p, 1, va_of(region, page)), 0);
        if (s->omitted != UNMAP_IOTLB) {
            put_iotlb(s, p, va_of(region, page) | 0x40);
        }
        flush(s);
    }
}

static void toggle_big(Software *s, unsigned p)
{
    uint64_t pde = entry_pa(s, p, 2, BIG);

    if (!s->big[p]) {
        s->big[p] = new_page(s);
        fake_put64(s->f->env, pde, s->big[p] | 0x87);
        return;
    }
    s->big[p] = 0;
    fake_put64(s->f->env, pde, 0);
    put_iotlb(s, p, BIG | 0x40 | (s->omitted == BIG_AM ? 0 : 9));
    flush(s);
}

/* All pages of a region go, and their table. */
static void free_region(Software *s, unsigned p)
{
    unsigned region = below(s, REGIONS);
    uint64_t pde = entry_pa(s, p, 2, va_of(region, 0));
    uint64_t table = fake_get64(s->f->env, pde) & 0xffffffffff000ull;

    memset(s->pa[p][region], 0, sizeof(s->pa[p][region]));
    if (!table) {
        return;
    }
    fake_put64(s->f->env, pde, 0);
    if (s->omitted != FREE_IOTLB) {
        put_iotlb(s, p, va_of(s->omitted == FREE_OTHER ? !region : region, 0) |
                        (s->omitted == FREE_IH ? 0x49 : 9));
    }
    flush(s);
    free_table(s, table);
}

static void bind(Software *s, unsigned p)
{
    s->root[p] = s->f->next_table;
    s->f->next_table += 0x1000;
    memset(s->pa[p], 0, sizeof(s->pa[p]));
    s->big[p] = 0;
    s->bound[p] = true;
    vtd_pasid(s->f, p + 1, 0, 0x800000 | (p + 1), s->root[p]);
    fake_put64(s->f->env, VTD_PASIDS + (p + 1) * 64, VTD_FIRST0);
}

/* Tables of all levels that hang off the entry at @pa of @level. */
static void free_tables(Software *s, uint64_t table, unsigned level)
{
    unsigned i;

    for (i = 0; level > 1 && i < 512; i++) {
        uint64_t e = fake_get64(s->f->env, table + i * 8);

        if (e & 1 && !(e & 0x80)) {
            free_tables(s, e & 0xffffffffff000ull, level - 1);
        }
    }
    free_table(s, table);
}

static void unbind(Software *s, unsigned p)
{
    uint64_t who = s->omitted == UNBIND_DOMAIN ? name(p) ^ 0x80000 : name(p);
    bool iotlb_first = s->omitted == UNBIND_ORDER;

    s->bound[p] = false;
    fake_put64(s->f->env, VTD_PASIDS + (p + 1) * 64, 0);
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
    free_tables(s, s->root[p], 4);
}

static void step(Software *s)
{
    unsigned p = below(s, PASIDS);

    if (!s->bound[p]) {
        bind(s, p);
        return;
    }
    switch (below(s, 16)) {
    case 0:
        unbind(s, p);
        break;
    case 1:
    case 2:
        free_region(s, p);
        break;
    case 3:
    case 4:
        toggle_big(s, p);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
        unmap_page(s, p);
        break;
    default:
        map_page(s, p);
        break;
    }
}

/* Was there something wrong? */
static bool run(Omitted omitted, uint32_t seed)
{
    SvaVtdConfig c = sva_vtd_default_config;
    Software s = { .omitted = omitted, .next_pa = 0x100000000ull };
    unsigned i;
    bool wrong;

    c.adversary = seed;
    s.f = vtd_fixture_scalable(&c);
    s.rand = g_rand_new_with_seed(seed);
    s.freed = g_array_new(false, false, sizeof(uint64_t));
    for (i = 0; i < STEPS && !s.wrong; i++) {
        step(&s);
        run_devices(&s, 6, true);
        fake_env_advance(s.f->env, below(&s, 200000));
        check_freed(&s);
    }
    wrong = s.wrong;
    g_array_free(s.freed, true);
    g_rand_free(s.rand);
    vtd_fixture_free(s.f);
    return wrong;
}

static void test_correct_software(void)
{
    uint32_t seed;

    g_assert_false(run(NOTHING, 0));
    for (seed = 1; seed <= SEEDS; seed++) {
        g_test_message("seed %u", seed);
        g_assert_false(run(NOTHING, seed));
    }
}

/* The first seed that shows it is enough. */
static void test_omitted(const void *opaque)
{
    Omitted omitted = GPOINTER_TO_UINT(opaque);
    uint32_t seed = 1;

    while (seed <= SEEDS && !run(omitted, seed)) {
        seed++;
    }
    g_test_message("seed %u", seed);
    g_assert_cmpuint(seed, <=, SEEDS);
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vtd/software/correct", test_correct_software);
    for (i = NOTHING + 1; i < OMITTED; i++) {
        g_autofree char *path = g_strdup_printf("/vtd/software/omits/%s",
                                                omitted_names[i]);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_omitted);
    }
    return g_test_run();
}
