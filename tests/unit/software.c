/*
 * Software that maps, unmaps, frees tables and unbinds at random
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "software.h"

#define STEPS    60
#define SEEDS    200
#define FOREIGN  0x66000000ull
#define TABLE    0xfffffffff000ull

static unsigned below(Software *s, unsigned n)
{
    return (unsigned)g_rand_int_range(s->rand, 0, (int)n);
}

uint64_t software_va(unsigned region, unsigned page)
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
        fake_put64(s->env, pa + i * 8, FOREIGN | s->ops->page);
    }
    g_array_append_val(s->freed, pa);
}

static void check_freed(Software *s)
{
    unsigned i, k;

    for (i = 0; i < s->freed->len; i++) {
        uint64_t pa = g_array_index(s->freed, uint64_t, i);

        for (k = 0; k < 512; k++) {
            s->wrong |= fake_get64(s->env, pa + k * 8) !=
                        (FOREIGN | s->ops->page);
        }
    }
}

/* -- devices -- */

static void access_page(Software *s, unsigned p, uint64_t va,
                        uint64_t expected, bool sure)
{
    SvaTranslation t = s->ops->translate(s, p, va);
    uint64_t got = t.outcome == SVA_OK ? t.map.addr & SVA_PAGE_MASK : 0;

    s->wrong |= got == FOREIGN || (sure && got != expected);
}

static void access_one(Software *s, unsigned p, bool sure)
{
    unsigned region = below(s, SOFTWARE_REGIONS);
    unsigned page = below(s, SOFTWARE_PAGES);
    bool bound = s->bound[p];

    access_page(s, p, software_va(region, page),
                bound ? s->pa[p][region][page] : 0, sure);
    page = below(s, SOFTWARE_BIG_PAGES);
    access_page(s, p, SOFTWARE_BIG + page * 0x1000,
                bound && s->big[p] ? s->big[p] + page * 0x1000 : 0, sure);
}

/* @sure: nothing is being changed, so that there is one right answer. */
static void run_devices(Software *s, unsigned n, bool sure)
{
    while (n--) {
        access_one(s, below(s, SOFTWARE_SPACES), sure);
    }
}

void software_wait(Software *s, bool (*done)(Software *s))
{
    unsigned tries = 0;

    while (!done(s)) {
        run_devices(s, 2, false);
        fake_env_advance(s->env, 30000);
        g_assert_cmpuint(++tries, <, 100);
    }
}

/* -- what software does -- */

static void map_page(Software *s, unsigned p)
{
    unsigned region = below(s, SOFTWARE_REGIONS);
    unsigned page = below(s, SOFTWARE_PAGES);
    uint64_t *pa = &s->pa[p][region][page];

    if (!*pa) {
        *pa = new_page(s);
        fake_put64(s->env, s->ops->entry(s, p, 1, software_va(region, page)),
                   *pa | s->ops->page);
    }
}

static void unmap_page(Software *s, unsigned p)
{
    unsigned region = below(s, SOFTWARE_REGIONS);
    unsigned page = below(s, SOFTWARE_PAGES);
    uint64_t va = software_va(region, page);

    if (s->pa[p][region][page]) {
        s->pa[p][region][page] = 0;
        fake_put64(s->env, s->ops->entry(s, p, 1, va), 0);
        s->ops->unmapped(s, p, va);
    }
}

static void toggle_big(Software *s, unsigned p)
{
    uint64_t entry = s->ops->entry(s, p, 2, SOFTWARE_BIG);

    if (!s->big[p]) {
        s->big[p] = new_page(s);
        fake_put64(s->env, entry, s->big[p] | s->ops->big);
        return;
    }
    s->big[p] = 0;
    fake_put64(s->env, entry, 0);
    s->ops->big_unmapped(s, p);
}

/* All pages of a region go, and their table. */
static void free_region(Software *s, unsigned p)
{
    unsigned region = below(s, SOFTWARE_REGIONS);
    uint64_t entry = s->ops->entry(s, p, 2, software_va(region, 0));
    uint64_t table = fake_get64(s->env, entry) & TABLE;

    memset(s->pa[p][region], 0, sizeof(s->pa[p][region]));
    if (table) {
        fake_put64(s->env, entry, 0);
        s->ops->region_freed(s, p, region);
        free_table(s, table);
    }
}

static void bind(Software *s, unsigned p)
{
    s->root[p] = s->ops->new_root(s);
    memset(s->pa[p], 0, sizeof(s->pa[p]));
    s->big[p] = 0;
    s->ops->bind(s, p);
    s->bound[p] = true;
}

/* The table at @pa, whose entries are of @level, and those that hang off it. */
static void free_tables(Software *s, uint64_t pa, unsigned level)
{
    unsigned i;

    for (i = 0; level > 1 && i < 512; i++) {
        uint64_t entry = fake_get64(s->env, pa + i * 8);

        if (s->ops->is_table(entry)) {
            free_tables(s, entry & TABLE, level - 1);
        }
    }
    free_table(s, pa);
}

static void unbind(Software *s, unsigned p)
{
    s->bound[p] = false;
    s->ops->unbind(s, p);
    free_tables(s, s->root[p], 4);
}

static void step(Software *s)
{
    static void (*const steps[])(Software *s, unsigned p) = {
        unbind, unbind, free_region, free_region, toggle_big, toggle_big,
        unmap_page, unmap_page, unmap_page,
        map_page, map_page, map_page, map_page, map_page, map_page, map_page,
    };
    unsigned p = below(s, SOFTWARE_SPACES);

    if (s->bound[p]) {
        steps[below(s, G_N_ELEMENTS(steps))](s, p);
    } else {
        bind(s, p);
    }
}

/* Was there something wrong? */
static bool run(const SoftwareOps *ops, unsigned omitted, uint32_t seed)
{
    Software s = {
        .ops = ops, .omitted = omitted, .next_pa = 0x100000000ull,
    };
    unsigned i;

    ops->start(&s, seed);
    s.rand = g_rand_new_with_seed(seed);
    s.freed = g_array_new(false, false, sizeof(uint64_t));
    for (i = 0; i < STEPS && !s.wrong; i++) {
        step(&s);
        run_devices(&s, 6, true);
        fake_env_advance(s.env, below(&s, 200000));
        check_freed(&s);
    }
    g_array_free(s.freed, true);
    g_rand_free(s.rand);
    ops->finish(&s);
    return s.wrong;
}

/* -- tests -- */

typedef struct Omission {
    const SoftwareOps *ops;
    unsigned omitted;
} Omission;

static void test_correct(const void *opaque)
{
    uint32_t seed;

    for (seed = 0; seed <= SEEDS; seed++) {
        g_test_message("seed %u", seed);
        g_assert_false(run(opaque, SOFTWARE_CORRECT, seed));
    }
}

/* The first seed that shows it is enough. */
static void test_omitted(const void *opaque)
{
    const Omission *o = opaque;
    uint32_t seed = 1;

    while (seed <= SEEDS && !run(o->ops, o->omitted, seed)) {
        seed++;
    }
    g_test_message("seed %u", seed);
    g_assert_cmpuint(seed, <=, SEEDS);
}

void software_add_tests(const SoftwareOps *ops)
{
    g_autofree char *correct = g_strdup_printf("/%s/software/correct",
                                               ops->arch);
    unsigned i;

    g_test_add_data_func(correct, ops, test_correct);
    for (i = SOFTWARE_CORRECT + 1; i < ops->names_count; i++) {
        g_autofree char *path = g_strdup_printf("/%s/software/omits/%s",
                                                ops->arch, ops->names[i]);
        Omission *o = g_new(Omission, 1);

        *o = (Omission) { ops, i };
        g_test_add_data_func_full(path, o, test_omitted, g_free);
    }
}
