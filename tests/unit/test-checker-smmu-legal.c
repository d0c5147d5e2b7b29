/*
 * Checker, SMMUv3: what kernels do, and may do, on the real model
 *
 * Nobody is accused, whatever liberties the unit takes; with one step left out
 * the right rule is named.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu-software.h"
#include "seeds.h"

/* -- stages -- */

static void start_nested(World *w)
{
    smmu_map_s2_identity(w->f, SMMU_CDS, 0x1000);
    smmu_map_s2_identity(w->f, SMMU_TTB, 0x1000);
    smmu_map_s2_identity(w->f, SMMU_TABLES, 0x40000);
    smmu_map(w->f, VA, IPA, SMMU_PTE);
    smmu_map_s2(w->f, IPA, 0xabc000, SMMU_S2PTE);
    write_ste(w, SMMU_STE0_BOTH, SMMU_STE1, SMMU_STE2 | VMID, SMMU_STE3);
    use(w, P(1), VA);
}

static uint64_t s2_leaf(World *w)
{
    return smmu_desc(w->f, SMMU_S2TTB, 1, 3, IPA);
}

static void nested(World *w)
{
    start_nested(w);
    put(w, s2_leaf(w), 0);
    tlbi_ipa(w, VMID, IPA, true);
    tlbi_nh_all(w, VMID);
    atc_all(w, P(1));
    put(w, s2_leaf(w), 0xdef000 | SMMU_S2PTE);
    use(w, P(1), VA);
    put(w, s2_leaf(w), 0);
    tlbi_vmall(w, VMID);
    atc_all(w, P(1));
    /* The guest's own. */
    put(w, s2_leaf(w), 0xabc000 | SMMU_S2PTE);
    use(w, P(1), VA);
    put(w, leaf_of(w, VA), 0);
    check_smmu_command(w, 0x11ull << 48 | VMID << 32 | 0x12, VA | 1);
    atc_all(w, P(1));
}

/* Stage 2 entries alone: combined ones go on (4.4.3). */
static void nested_ipa(World *w)
{
    start_nested(w);
    put(w, s2_leaf(w), 0);
    tlbi_ipa(w, VMID, IPA, true);
    atc_all(w, P(1));
}

/* Combined ones alone, when a table of stage 2 has gone. */
static void nested_table(World *w)
{
    start_nested(w);
    put(w, smmu_desc(w->f, SMMU_S2TTB, 1, 2, IPA), 0);
    tlbi_nh_all(w, VMID);
    atc_all(w, P(1));
}

/* The function had it by an address of its own. */
static void nested_atc_va(World *w)
{
    start_nested(w);
    put(w, s2_leaf(w), 0);
    tlbi_vmall(w, VMID);
    check_smmu_command(w, SID | 1 << 12 | 0x840, VA);
}

static void nested_no_atc(World *w)
{
    start_nested(w);
    put(w, s2_leaf(w), 0);
    tlbi_vmall(w, VMID);
}

/* CD 1 changes hands where the checker cannot find it. */
static void rebind_nested(World *w, bool all)
{
    start_nested(w);
    smmu_map_s2_identity(w->f, OTHER, 0x1000);
    put(w, smmu_desc(w->f, OTHER, 0, 3, VA), IPA | SMMU_PTE);
    put(w, cd(1, 0), 0);
    cfgi_cd(w, 1);
    atc_all(w, P(1));
    tlbi_nh_all(w, VMID);
    put(w, cd(1, 1), OTHER);
    if (all) {
        cfgi_cd(w, 1);
    }
    put(w, cd(1, 0), SMMU_CD0(0x11));
    cfgi_cd(w, 1);
    use(w, P(1), VA);
}

static void nested_cd(World *w)
{
    rebind_nested(w, true);
}

static void nested_cd_torn(World *w)
{
    rebind_nested(w, false);
}

/* There is nothing that is combined. */
static void stage2(World *w)
{
    write_ste(w, SMMU_STE0_S2, SMMU_STE1, SMMU_STE2 | VMID, SMMU_STE3);
    smmu_map_s2(w->f, IPA, 0xabc000, SMMU_S2PTE);
    use(w, NONE, IPA);
    put(w, s2_leaf(w), 0);
    tlbi_ipa(w, VMID, IPA, true);
    atc_all(w, NONE);
    put(w, s2_leaf(w), 0xdef000 | SMMU_S2PTE);
    use(w, NONE, IPA);
    /* Its table goes, too. */
    put(w, s2_leaf(w), 0);
    put(w, smmu_desc(w->f, SMMU_S2TTB, 1, 2, IPA), 0);
    tlbi_ipa(w, VMID, IPA, false);
    atc_all(w, NONE);
}

/* Bypass, abort, stage 1, and stage 2 with a VMID that is used again. */
static void lives_of_ste(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE);
    use(w, P(1), VA);
    write_ste(w, SMMU_STE0_NONE, 0x10000000000ull, 0, 0);
    atc_all(w, P(1));
    tlbi_nh_all(w, 0);
    use(w, NONE, VA);
    put(w, ste(0), 1);                          /* abort */
    cfgi_ste(w);
    use(w, NONE, VA);
    smmu_map_s2(w->f, IPA, 0xabc000, SMMU_S2PTE);
    write_ste(w, SMMU_STE0_S2, SMMU_STE1, SMMU_STE2 | VMID, SMMU_STE3);
    use(w, NONE, IPA);
    write_ste(w, 1, 0, 0, 0);
    atc_all(w, NONE);
    tlbi_vmall(w, VMID);
    put(w, smmu_desc(w->f, OTHER2, 1, 3, IPA), 0xdef000 | SMMU_S2PTE);
    write_ste(w, SMMU_STE0_S2, SMMU_STE1, SMMU_STE2 | VMID, OTHER2);
    use(w, NONE, IPA);
    write_ste(w, SMMU_STE0, SMMU_STE1, 0, 0);
    atc_all(w, NONE);
    use(w, P(1), VA);
}

/* -- page tables -- */

/* Hardware and processor set AF and dirty state, the kernel takes them away. */
static void flags(World *w)
{
    uint64_t pa = leaf_of(w, VA), dbm = 1ull << 51;

    smmu_map(w->f, VA, 0x123000, (SMMU_PTE_RO & ~0x400ull) | dbm);
    smmu_translate(w->f, P(1), VA, SVA_READ);
    put(w, pa, 0x123000 | SMMU_PTE_RO | dbm);   /* AF */
    use(w, P(1), VA);
    put(w, pa, 0x123000 | SMMU_PTE | dbm);      /* written */
    smmu_translate(w->f, P(1), VA, SVA_RW);
    put(w, pa, 0x123000 | (SMMU_PTE & ~0x400ull) | dbm);  /* aged */
    use(w, P(1), VA);
    put(w, pa, 0x123000 | SMMU_PTE_RO | dbm);   /* clean, to be written back */
    tlbi_va(w, 0x11, VA, 1, true);
    atc_all(w, P(1));
    use(w, P(1), VA);
}

#define CONT (1ull << 52)

/* BBML=2: the Contiguous bit comes and goes, a block becomes a table. */
static void sizes(World *w)
{
    uint64_t block = smmu_desc(w->f, SMMU_TTB, 0, 2, VA), table;
    unsigned i;

    for (i = 0; i < 16; i++) {
        smmu_map(w->f, VA + i * 0x1000, 0x1230000 + i * 0x1000, SMMU_PTE);
        use(w, P(1), VA + i * 0x1000);
    }
    for (i = 0; i < 16; i++) {
        put(w, leaf_of(w, VA + i * 0x1000),
            (0x1230000 + i * 0x1000) | SMMU_PTE | CONT);
    }
    use(w, P(1), VA + 0x3000);
    for (i = 0; i < 16; i++) {
        put(w, leaf_of(w, VA + i * 0x1000),
            (0x1230000 + i * 0x1000) | SMMU_PTE);
    }
    use(w, P(1), VA + 0x5000);
    /* All of them make a block; then it is split. */
    table = fake_get64(w->f->env, block);
    put(w, block, 0);
    tlbi_va(w, 0x11, VA, 16, false);
    atc_all(w, P(1));
    put(w, block, 0x1200000 | (SMMU_PTE & ~2ull));
    use(w, P(1), VA + 0x5000);
    for (i = 0; i < 512; i++) {
        put(w, (table & 0xfffffffff000) + i * 8,
            (0x1200000 + i * 0x1000) | SMMU_PTE);
    }
    put(w, block, table);
    use(w, P(1), VA + 0x6000);
    tlbi_va(w, 0x11, VA, 16, false);
    check_smmu_command(w, 0x11ull << 48 | 0x12, VA);
    atc_all(w, P(1));
}

/* Lazily: ASID and addresses are used again after the flush. */
static void lazy(World *w)
{
    unsigned round, i;

    for (round = 0; round < 3; round++) {
        for (i = 0; i < 8; i++) {
            smmu_map(w->f, VA + i * 0x1000,
                     0x1230000 + (round * 8 + i) * 0x1000, SMMU_PTE);
            use(w, NONE, VA + i * 0x1000);
        }
        for (i = 0; i < 8; i++) {
            put(w, leaf_of(w, VA + i * 0x1000), 0);
            fake_env_advance(w->f->env, 1000000);
        }
        fake_env_advance(w->f->env, 10000000);
        tlbi_asid(w, 0x10);
        tlbi_asid(w, 0x11);                     /* has the same tables */
        atc_all(w, NONE);
    }
}

/* -- CDs -- */

/* Two PASIDs of one process are one ASID; then it is another process's. */
static void asids(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE);
    put(w, cd(2, 1), SMMU_TTB);
    cfgi_cd(w, 2);
    put(w, cd(2, 0), SMMU_CD0(0x11));
    cfgi_cd(w, 2);
    use(w, P(1), VA);
    use(w, P(2), VA);
    put(w, cd(1, 0), 0);
    cfgi_cd(w, 1);
    atc_all(w, P(1));
    use(w, P(2), VA);
    put(w, cd(2, 0), 0);
    cfgi_cd(w, 2);
    atc_all(w, P(2));
    tlbi_asid(w, 0x11);
    put(w, smmu_desc(w->f, OTHER, 0, 3, VA), 0x456000 | SMMU_PTE);
    put(w, cd(1, 1), OTHER);
    cfgi_cd(w, 1);
    put(w, cd(1, 0), SMMU_CD0(0x11));
    cfgi_cd(w, 1);
    use(w, P(1), VA);
}

/* Function level reset: the ATC is empty without a command. */
static void reset(World *w)
{
    sva_emit(&w->f->env->env, .kind = SVA_EV_FUNCTION, .rid = SMMU_RID,
             .function = { .ats = true });
    smmu_map(w->f, VA, 0x123000, SMMU_PTE);
    use(w, P(1), VA);
    sva_emit(&w->f->env->env, .kind = SVA_EV_DROP, .rid = SMMU_RID,
             .drop.caches = SVA_DROP_ATC);
    sva_emit(&w->f->env->env, .kind = SVA_EV_FUNCTION, .rid = SMMU_RID);
    sva_emit(&w->f->env->env, .kind = SVA_EV_RESET, .rid = SMMU_RID);
    put(w, leaf_of(w, VA), 0);
    tlbi_va(w, 0x11, VA, 1, true);
    put(w, cd(1, 0), 0);
    cfgi_cd(w, 1);
    tlbi_asid(w, 0x11);
}

/* nG=0 and nG=1 in one space, and what names each. */
static void globals(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE & ~0x800ull);
    smmu_map(w->f, VA + 0x1000, 0x124000, SMMU_PTE);
    use(w, P(1), VA);
    use(w, P(1), VA + 0x1000);
    use(w, P(1), VA);
    put(w, leaf_of(w, VA), 0);
    tlbi_va(w, 0x11, VA, 1, true);
    atc_all(w, P(1));
    put(w, leaf_of(w, VA + 0x1000), 0);
    tlbi_va(w, 0x11, VA + 0x1000, 1, true);
    atc_all(w, P(1));
}

/* The function has a page of each kind, and is told of each by itself. */
static void globals_by_page(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE & ~0x800ull);
    smmu_map(w->f, VA + 0x1000, 0x124000, SMMU_PTE);
    use(w, P(1), VA);
    use(w, P(1), VA + 0x1000);
    put(w, leaf_of(w, VA), 0);
    tlbi_va(w, 0x11, VA, 1, true);
    check_smmu_command(w, SID | 1 << 12 | 0x840, VA);
    put(w, leaf_of(w, VA + 0x1000), 0);
    tlbi_va(w, 0x11, VA + 0x1000, 1, true);
    check_smmu_command(w, SID | 1 << 12 | 0x840, VA + 0x1000);
}

/* A global page is gone, used last by way of another one, which is not. */
static void globals_atc(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE & ~0x800ull);
    smmu_map(w->f, VA + 0x1000, 0x124000, SMMU_PTE);
    use(w, P(1), VA);
    use(w, P(1), VA + 0x1000);
    put(w, leaf_of(w, VA), 0);
    tlbi_va(w, 0x11, VA, 1, true);
}

/* Its ATC asks when the last that was read is of the other kind. */
static void globals_grant(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE & ~0x800ull);
    smmu_map(w->f, VA + 0x1000, 0x124000, SMMU_PTE);
    smmu_translate(w->f, P(1), VA, SVA_READ);
    smmu_translate(w->f, P(1), VA + 0x1000, SVA_READ);
    smmu_ats(w->f, P(1), VA, SVA_READ);
    put(w, leaf_of(w, VA), 0);
    tlbi_va(w, 0x11, VA, 1, true);
}

/* PASID 1 goes from the tables of PASID 2 to those of PASID 3. */
static void start_moved(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE);
    put(w, smmu_desc(w->f, OTHER, 0, 3, VA), 0x456000 | SMMU_PTE);
    smmu_cd(w->f, 2, SMMU_CD0(0x11), SMMU_TTB, 0);
    cfgi_cd(w, 2);
    smmu_cd(w->f, 3, SMMU_CD0(0x12), OTHER, 0);
    cfgi_cd(w, 3);
    use(w, P(1), VA);
    use(w, P(2), VA);
    use(w, P(3), VA);
    put(w, cd(1, 0), 0);
    cfgi_cd(w, 1);
    atc_all(w, P(1));
    put(w, cd(1, 1), OTHER);
    cfgi_cd(w, 1);
    put(w, cd(1, 0), SMMU_CD0(0x12));
    cfgi_cd(w, 1);
    use(w, P(1), VA);
}

/* What it had before is no matter. */
static void moved(World *w)
{
    start_moved(w);
    put(w, leaf_of(w, VA), 0);
    tlbi_va(w, 0x11, VA, 1, true);
    atc_all(w, P(2));
}

/* What it has is, though the TLB has it from PASID 3. */
static void moved_atc(World *w)
{
    start_moved(w);
    put(w, smmu_desc(w->f, OTHER, 0, 3, VA), 0);
    tlbi_va(w, 0x12, VA, 1, true);
    atc_all(w, P(3));
}

/* EPD0, and a step is left out. */
static void quiet_no_tlbi(World *w, unsigned ssid, uint64_t cd0)
{
    put(w, cd(ssid, 0), cd0 | 0x4000);
    cfgi_cd(w, ssid);
    atc_all(w, ssid ? P(ssid) : NONE);
}

/* The CD is for other tables, and what is left is not global. */
static void globals_cd(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE & ~0x800ull);
    smmu_map(w->f, VA + 0x1000, 0x124000, SMMU_PTE);
    use(w, P(1), VA + 0x1000);
    use(w, P(1), VA);
    quiet_no_tlbi(w, 1, SMMU_CD0(0x11));
}

/* The unit reads a CD of its own accord. */
static void emit_cd(World *w, unsigned ssid, uint64_t qw0, uint64_t qw1)
{
    sva_emit(&w->f->env->env, .kind = SVA_EV_ENTRY, .rid = SMMU_RID,
             .pasid = P(ssid), .entry = {
        .type = SVA_ENTRY_SMMU_CD, .pa = cd(ssid, 0), .count = 3,
        .words = { qw0, qw1 } });
}

static void start_two(World *w)
{
    smmu_map(w->f, VA, 0x123000, SMMU_PTE);
    smmu_cd(w->f, 0, SMMU_CD0(0x10), OTHER, 0);
    cfgi_cd(w, 0);
    put(w, smmu_desc(w->f, OTHER, 0, 3, VA), 0x124000 | SMMU_PTE);
    put(w, smmu_desc(w->f, OTHER, 0, 3, VA + 0x1000), 0x125000 | SMMU_PTE);
    use(w, P(1), VA);
    use(w, NONE, VA);
}

/* Then comes a transaction without SSID. */
static void start_ahead(World *w, uint64_t va)
{
    start_two(w);
    emit_cd(w, 1, SMMU_CD0(0x11), SMMU_TTB);
    use(w, NONE, va);
}

static void read_ahead(World *w)
{
    start_ahead(w, VA + 0x1000);
}

/* ... that reads nothing. */
static void read_ahead_cached(World *w)
{
    start_ahead(w, VA);
    use(w, NONE, VA + 0x1000);
}

/* ... and whose CD changes hands, while translations are left. */
static void read_ahead_cd(World *w)
{
    start_ahead(w, VA);
    quiet_no_tlbi(w, 0, SMMU_CD0(0x10));
}

/* ... the STE alone. */
static void read_ahead_ste(World *w)
{
    start_two(w);
    sva_emit(&w->f->env->env, .kind = SVA_EV_ENTRY, .rid = SMMU_RID, .entry = {
        .type = SVA_ENTRY_SMMU_STE, .pa = ste(0), .count = 4,
        .words = { SMMU_STE0, SMMU_STE1 } });
    use(w, P(1), VA);
    quiet_no_tlbi(w, 1, SMMU_CD0(0x11));
}

/* S1DSS=0b01: stage 2 alone, whatever CD 0 says. */
static void read_ahead_bypass(World *w)
{
    unsigned i;

    start_nested(w);
    for (i = 0; i < 3; i++) {
        smmu_map_s2(w->f, IPA + i * 0x1000, 0xabc000, SMMU_S2PTE);
    }
    write_ste(w, SMMU_STE0_BOTH, (SMMU_STE1 & ~3ull) | 1, SMMU_STE2 | VMID,
              SMMU_STE3);
    use(w, NONE, IPA);
    emit_cd(w, 0, SMMU_CD0(0x10), SMMU_TTB);
    use(w, NONE, IPA);
    use(w, NONE, IPA + 0x1000);
    put(w, cd(0, 0), 0);
    cfgi_cd(w, 0);
    put(w, cd(0, 1), OTHER);
    cfgi_cd(w, 0);
    put(w, cd(0, 0), SMMU_CD0(0x12));
    cfgi_cd(w, 0);
    emit_cd(w, 0, SMMU_CD0(0x12), OTHER);
    use(w, NONE, IPA);
    use(w, NONE, IPA + 0x2000);
}

#define LEGAL(name) { #name, name, "" }

static const struct Case {
    const char *name;
    void (*run)(World *w);
    const char *rules;
} cases[] = {
    LEGAL(nested), LEGAL(nested_atc_va), LEGAL(nested_cd), LEGAL(stage2),
    LEGAL(lives_of_ste), LEGAL(flags), LEGAL(sizes), LEGAL(lazy), LEGAL(asids),
    LEGAL(reset), LEGAL(globals), LEGAL(globals_by_page), LEGAL(read_ahead),
    LEGAL(read_ahead_cached), LEGAL(read_ahead_bypass), LEGAL(moved),
    { "read_ahead_cd", read_ahead_cd, "inval-tlb-missing" },
    { "read_ahead_ste", read_ahead_ste, "inval-tlb-missing" },
    { "nested_cd_torn", nested_cd_torn, "smmu-entry-torn" },
    { "nested_ipa", nested_ipa, "inval-tlb-missing" },
    { "nested_table", nested_table, "inval-walk-missing" },
    { "nested_no_atc", nested_no_atc, "inval-atc-missing" },
    { "globals_atc", globals_atc, "inval-atc-missing" },
    { "globals_grant", globals_grant, "inval-atc-missing" },
    { "moved_atc", moved_atc, "inval-atc-missing" },
    { "globals_cd", globals_cd, "inval-tlb-missing" },
};

/* Seed 0: no liberties.  What is broken is so for certain with them only. */
static void test_case(gconstpointer data)
{
    const struct Case *it = data;
    uint32_t seed, last = *it->rules ? 0 : seeds_of_tier();

    for (seed = 0; seed <= last; seed++) {
        World *w = world_new(seed);
        g_autofree char *ids = NULL;

        g_test_message("seed %u", seed);
        it->run(w);
        check_smmu_past_limit(w);
        ids = check_smmu_broken(w);
        g_assert_cmpstr(ids, ==, it->rules);
        world_free(w);
    }
}

/* The unit is not accused, while all that is gone is used as long as it may. */
static void test_traffic(gconstpointer data)
{
    const struct Case *it = data;
    uint32_t seed, last = seeds_of_tier();

    for (seed = 0; seed <= last; seed++) {
        World *w = world_new(seed);

        g_test_message("seed %u", seed);
        check_smmu_traffic(w);
        it->run(w);
        traffic_expect(w->c);
        world_free(w);
    }
}

int main(int argc, char **argv)
{
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/legal-model/%s",
                                                cases[i].name);
        g_autofree char *traffic = g_strconcat(path, "/traffic", NULL);

        g_test_add_data_func(path, &cases[i], test_case);
        g_test_add_data_func(traffic, &cases[i], test_traffic);
    }
    return g_test_run();
}
