/*
 * SMMUv3: software that does what it owes, and software that leaves a step out
 *
 * As test-vtd-software.c: what has been freed is overwritten with descriptors
 * that lead to a page of somebody else.  Software is wrong when a device gets
 * there, gets to a page that was freed, is refused one that is mapped, or
 * changes freed memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"

#define SPACES   3              /* CDs 1 to 3 */
#define REGIONS  2              /* of 2 MiB, each with a table of pages */
#define PAGES    6              /* that are used of a region */
#define STEPS    60
#define SEEDS    200

#define FOREIGN  0x66000000ull
#define BIG      0x40000000ull  /* a block of 2 MiB */
#define BIG_PAGES 4             /* that are used of it */

typedef enum Omitted {
    NOTHING,
    UNMAP_TLBI,                 /* a page is unmapped: no TLBI */
    FREE_TLBI,                  /* a table is freed: no TLBI */
    FREE_LEAF,                  /* a table is freed: Leaf=1 */
    FREE_OTHER,                 /* a table is freed: the other one's address */
    BIND_FIRST_CFGI,            /* none before the CD becomes valid */
    BIND_CFGI,                  /* none at all */
    UNBIND_CFGI,
    UNBIND_TLBI,
    UNBIND_SYNC,                /* none between CFGI and TLBI */
    SYNC,                       /* goes on before it is complete */
    OMITTED
} Omitted;

static const char *const omitted_names[OMITTED] = {
    "nothing", "unmap-tlbi", "free-tlbi", "free-leaf", "free-other",
    "bind-first-cfgi", "bind-cfgi", "unbind-cfgi", "unbind-tlbi",
    "unbind-sync", "sync",
};

typedef struct Software {
    SmmuFixture *f;
    GRand *rand;
    Omitted omitted;
    bool bound[SPACES];
    uint64_t root[SPACES];
    uint64_t pa[SPACES][REGIONS][PAGES];        /* 0: not mapped */
    uint64_t big[SPACES];
    uint64_t next_pa;
    GArray *freed;                              /* tables */
    bool wrong;
} Software;

static unsigned below(Software *s, unsigned n)
{
    return (unsigned)g_rand_int_range(s->rand, 0, (int)n);
}

static uint64_t desc_pa(Software *s, unsigned p, unsigned level, uint64_t va)
{
    return smmu_desc(s->f, s->root[p], 0, level, va);
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

/* Table descriptors, pages and blocks: the next owner's data. */
static void free_table(Software *s, uint64_t pa)
{
    unsigned i;

    for (i = 0; i < 512; i++) {
        fake_put64(s->f->env, pa + i * 8, FOREIGN | SMMU_PTE);
    }
    g_array_append_val(s->freed, pa);
}

static void check_freed(Software *s)
{
    unsigned i, k;

    for (i = 0; i < s->freed->len; i++) {
        uint64_t pa = g_array_index(s->freed, uint64_t, i);

        for (k = 0; k < 512; k++) {
            s->wrong |= fake_get64(s->f->env, pa + k * 8) !=
                        (FOREIGN | SMMU_PTE);
        }
    }
}

/* -- devices -- */

static uint64_t translate(Software *s, unsigned p, uint64_t va)
{
    SvaTranslation t = smmu_translate(s->f, sva_pasid(p + 1), va, SVA_READ);

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
        access_one(s, below(s, SPACES), sure);
    }
}

/* -- commands -- */

static uint64_t asid(unsigned p)
{
    return 2ull << 32 | (0x20ull + p) << 48;
}

static void put_tlbi(Software *s, unsigned p, uint64_t va)
{
    smmu_put(s->f, 0x12 | asid(p), va);
}

static void put_cfgi(Software *s, unsigned p)
{
    smmu_put(s->f, 0x05 | (uint64_t)SMMU_RID << 32 | (uint64_t)(p + 1) << 12,
             1);
}

/* Submit what was put, and see what devices do until CMD_SYNC is complete. */
static void sync_queue(Software *s)
{
    unsigned tries = 0;

    smmu_put(s->f, 0x46, 0);
    smmu_kick(s->f);
    while (!smmu_idle(s->f) && s->omitted != SYNC) {
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
        fake_put64(s->f->env, desc_pa(s, p, 3, va_of(region, page)),
                   s->pa[p][region][page] | SMMU_PTE);
    }
}

static void unmap_page(Software *s, unsigned p)
{
    unsigned region = below(s, REGIONS), page = below(s, PAGES);

    if (s->pa[p][region][page]) {
        s->pa[p][region][page] = 0;
        fake_put64(s->f->env, desc_pa(s, p, 3, va_of(region, page)), 0);
        if (s->omitted != UNMAP_TLBI) {
            put_tlbi(s, p, va_of(region, page) | 1);
        }
        sync_queue(s);
    }
}

static void toggle_big(Software *s, unsigned p)
{
    uint64_t desc = desc_pa(s, p, 2, BIG);

    if (!s->big[p]) {
        s->big[p] = new_page(s);
        fake_put64(s->f->env, desc, s->big[p] | (SMMU_PTE & ~2ull));
        return;
    }
    s->big[p] = 0;
    fake_put64(s->f->env, desc, 0);
    put_tlbi(s, p, (BIG + 0x1000) | 1);
    sync_queue(s);
}

/* All pages of a region go, and their table. */
static void free_region(Software *s, unsigned p)
{
    unsigned region = below(s, REGIONS);
    uint64_t desc = desc_pa(s, p, 2, va_of(region, 0));
    uint64_t table = fake_get64(s->f->env, desc) & 0xfffffffff000ull;
    unsigned page;

    memset(s->pa[p][region], 0, sizeof(s->pa[p][region]));
    if (!table) {
        return;
    }
    fake_put64(s->f->env, desc, 0);
    for (page = 0; page < PAGES && s->omitted != FREE_TLBI; page++) {
        put_tlbi(s, p, va_of(s->omitted == FREE_OTHER ? !region : region,
                             page) | (s->omitted == FREE_LEAF));
    }
    sync_queue(s);
    free_table(s, table);
}

static void bind(Software *s, unsigned p)
{
    uint64_t pa = SMMU_CDS + (p + 1) * 64;

    s->root[p] = s->f->next_table;
    s->f->next_table += 0x1000;
    memset(s->pa[p], 0, sizeof(s->pa[p]));
    s->big[p] = 0;
    fake_put64(s->f->env, pa + 8, s->root[p]);
    if (s->omitted != BIND_FIRST_CFGI && s->omitted != BIND_CFGI) {
        put_cfgi(s, p);
        sync_queue(s);
    }
    fake_put64(s->f->env, pa, SMMU_CD0(0x20 + p));
    if (s->omitted != BIND_CFGI) {
        put_cfgi(s, p);
        sync_queue(s);
    }
    s->bound[p] = true;
}

/* Tables that hang off the one at @table of @level. */
static void free_tables(Software *s, uint64_t table, unsigned level)
{
    unsigned i;

    for (i = 0; level < 3 && i < 512; i++) {
        uint64_t d = fake_get64(s->f->env, table + i * 8);

        if ((d & 3) == 3) {
            free_tables(s, d & 0xfffffffff000ull, level + 1);
        }
    }
    free_table(s, table);
}

static void unbind(Software *s, unsigned p)
{
    s->bound[p] = false;
    fake_put64(s->f->env, SMMU_CDS + (p + 1) * 64, 0);
    if (s->omitted != UNBIND_CFGI) {
        put_cfgi(s, p);
    }
    if (s->omitted != UNBIND_SYNC) {
        sync_queue(s);
    }
    if (s->omitted != UNBIND_TLBI) {
        smmu_put(s->f, 0x11 | asid(p), 0);
    }
    sync_queue(s);
    free_tables(s, s->root[p], 0);
}

static void step(Software *s)
{
    unsigned p = below(s, SPACES);

    if (!s->bound[p]) {
        bind(s, p);
        return;
    }
    switch (below(s, 16)) {
    case 0:
    case 1:
        unbind(s, p);
        break;
    case 2:
    case 3:
        free_region(s, p);
        break;
    case 4:
    case 5:
        toggle_big(s, p);
        break;
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
    SvaSmmuConfig c = sva_smmu_default_config;
    Software s = { .omitted = omitted, .next_pa = 0x100000000ull };
    unsigned i;
    bool wrong;

    c.adversary = seed;
    s.f = smmu_tables_start(&c);
    smmu_ste(s.f, SMMU_RID, SMMU_STE0, SMMU_STE1, 2, 0);
    smmu_cd(s.f, 0, 0, 0, 0);
    smmu_cd(s.f, 1, 0, 0, 0);
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
    smmu_fixture_free(s.f);
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
    g_test_add_func("/smmu/software/correct", test_correct_software);
    for (i = NOTHING + 1; i < OMITTED; i++) {
        g_autofree char *path = g_strdup_printf("/smmu/software/omits/%s",
                                                omitted_names[i]);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_omitted);
    }
    return g_test_run();
}
