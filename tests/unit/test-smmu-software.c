/*
 * SMMUv3: software that does what it owes, and software that leaves a step out
 *
 * Address spaces are those of CDs 1 to 3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-tables.h"
#include "software.h"

enum {
    UNMAP_TLBI = SOFTWARE_CORRECT + 1,  /* a page is unmapped: no TLBI */
    FREE_TLBI,                  /* a table is freed: no TLBI */
    FREE_LEAF,                  /* a table is freed: Leaf=1 */
    FREE_OTHER,                 /* a table is freed: the other one's address */
    BIND_FIRST_CFGI,            /* none before the CD becomes valid */
    BIND_CFGI,                  /* none at all */
    UNBIND_CFGI,
    UNBIND_TLBI,
    UNBIND_SYNC,                /* none between CFGI and TLBI */
    SYNC,                       /* goes on before it is complete */
};

static const char *const names[] = {
    [UNMAP_TLBI]      = "unmap-tlbi",
    [FREE_TLBI]       = "free-tlbi",
    [FREE_LEAF]       = "free-leaf",
    [FREE_OTHER]      = "free-other",
    [BIND_FIRST_CFGI] = "bind-first-cfgi",
    [BIND_CFGI]       = "bind-cfgi",
    [UNBIND_CFGI]     = "unbind-cfgi",
    [UNBIND_TLBI]     = "unbind-tlbi",
    [UNBIND_SYNC]     = "unbind-sync",
    [SYNC]            = "sync",
};

/* -- tables -- */

static void start(Software *s, uint32_t seed)
{
    SvaSmmuConfig c = sva_smmu_default_config;
    SmmuFixture *f;

    c.adversary = seed;
    f = smmu_tables_start(&c);
    smmu_ste(f, SMMU_RID, SMMU_STE0, SMMU_STE1, 2, 0);
    smmu_cd(f, 0, 0, 0, 0);
    smmu_cd(f, 1, 0, 0, 0);
    s->f = f;
    s->env = f->env;
}

static void finish(Software *s)
{
    smmu_fixture_free(s->f);
}

static SvaTranslation translate(Software *s, unsigned p, uint64_t va)
{
    return smmu_translate(s->f, sva_pasid(p + 1), va, SVA_READ);
}

/* The architecture counts levels from the root, 0 to 3. */
static uint64_t entry(Software *s, unsigned p, unsigned level, uint64_t va)
{
    return smmu_desc(s->f, s->root[p], 0, 4 - level, va);
}

static bool is_table(uint64_t desc)
{
    return (desc & 3) == 3;
}

static uint64_t new_root(Software *s)
{
    SmmuFixture *f = s->f;
    uint64_t root = f->next_table;

    f->next_table += 0x1000;
    return root;
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

static bool done(Software *s)
{
    return smmu_idle(s->f);
}

static void sync_queue(Software *s)
{
    smmu_put(s->f, 0x46, 0);
    smmu_kick(s->f);
    if (s->omitted != SYNC) {
        software_wait(s, done);
    }
}

static void unmapped(Software *s, unsigned p, uint64_t va)
{
    if (s->omitted != UNMAP_TLBI) {
        put_tlbi(s, p, va | 1);
    }
    sync_queue(s);
}

/* Any address of the block will do. */
static void big_unmapped(Software *s, unsigned p)
{
    put_tlbi(s, p, (SOFTWARE_BIG + 0x1000) | 1);
    sync_queue(s);
}

static void region_freed(Software *s, unsigned p, unsigned region)
{
    unsigned named = s->omitted == FREE_OTHER ? !region : region, page;

    for (page = 0; page < SOFTWARE_PAGES && s->omitted != FREE_TLBI; page++) {
        put_tlbi(s, p, software_va(named, page) | (s->omitted == FREE_LEAF));
    }
    sync_queue(s);
}

static void bind(Software *s, unsigned p)
{
    uint64_t pa = SMMU_CDS + (p + 1) * 64;

    fake_put64(s->env, pa + 8, s->root[p]);
    if (s->omitted != BIND_FIRST_CFGI && s->omitted != BIND_CFGI) {
        put_cfgi(s, p);
        sync_queue(s);
    }
    fake_put64(s->env, pa, SMMU_CD0(0x20 + p));
    if (s->omitted != BIND_CFGI) {
        put_cfgi(s, p);
        sync_queue(s);
    }
}

static void unbind(Software *s, unsigned p)
{
    fake_put64(s->env, SMMU_CDS + (p + 1) * 64, 0);
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
}

static const SoftwareOps ops = {
    .arch = "smmu",
    .names = names,
    .names_count = G_N_ELEMENTS(names),
    .page = SMMU_PTE,
    .big = SMMU_PTE & ~2ull,
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
