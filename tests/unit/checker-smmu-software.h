/*
 * What software does with an SMMUv3, for tests of the checker
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_CHECKER_SMMU_SOFTWARE_H
#define TESTS_UNIT_CHECKER_SMMU_SOFTWARE_H

#include "checker-smmu-fixture.h"
#include "smmu-tables.h"

#define P(n) sva_pasid(n)
#define NONE SVA_NO_PASID

#define SID    0x0000011000000000ull
#define VA     0x400000ull
#define IPA    0x10000ull
#define OTHER  0x3800000ull         /* tables of stage 1 */
#define OTHER2 0x4800000ull         /* tables of stage 2 */
#define VMID   7ull

typedef CheckSmmu World;

static inline World *world_new(uint32_t seed)
{
    SvaSmmuConfig config = sva_smmu_default_config;
    World *w = g_new0(World, 1);

    config.adversary = seed;
    check_smmu_init(w, smmu_tables_start(&config));
    return w;
}

static inline void world_free(World *w)
{
    check_smmu_finalize(w);
    g_free(w);
}

#define put(w, pa, word) fake_put64((w)->f->env, pa, word)

static inline void cfgi_ste(World *w)
{
    check_smmu_command(w, SID | 0x03, 1);
}

static inline void cfgi_cd(World *w, unsigned ssid)
{
    check_smmu_command(w, SID | ssid << 12 | 0x05, 1);
}

static inline void tlbi_asid(World *w, uint64_t asid)
{
    check_smmu_command(w, asid << 48 | 0x11, 0);
}

/* Pages of 4 KiB from @va on, by range. */
static inline void tlbi_va(World *w, uint64_t asid, uint64_t va,
                           unsigned pages, bool leaf)
{
    check_smmu_command(w, asid << 48 | (pages - 1) << 12 | 0x12,
            va | 1 << 10 | leaf | (leaf ? 3 << 8 : 0));
}

static inline void tlbi_ipa(World *w, uint64_t vmid, uint64_t ipa, bool leaf)
{
    check_smmu_command(w, vmid << 32 | 0x2a, ipa | leaf);
}

static inline void tlbi_nh_all(World *w, uint64_t vmid)
{
    check_smmu_command(w, vmid << 32 | 0x10, 0);
}

static inline void tlbi_vmall(World *w, uint64_t vmid)
{
    check_smmu_command(w, vmid << 32 | 0x28, 0);
}

static inline void atc_all(World *w, SvaPasid pasid)
{
    check_smmu_command(w, SID | (pasid.valid ? pasid.id << 12 | 0x800 : 0) |
                          0x40, 52);
}

static inline void use(World *w, SvaPasid pasid, uint64_t addr)
{
    smmu_translate(w->f, pasid, addr, SVA_READ);
    smmu_ats(w->f, pasid, addr, SVA_READ);
}

static inline uint64_t leaf_of(World *w, uint64_t va)
{
    return smmu_desc(w->f, SMMU_TTB, 0, 3, va);
}

static inline uint64_t ste(unsigned n)
{
    return SMMU_STRTAB + SMMU_RID * 64ull + n * 8;
}

static inline uint64_t cd(unsigned ssid, unsigned n)
{
    return SMMU_CDS + ssid * 64 + n * 8;
}

/*
 * As 3.21.3.1: what does not count yet, the word that counts, what does not
 * count any more, each waited for.
 */
static inline void write_ste(World *w, uint64_t qw0, uint64_t qw1,
                             uint64_t qw2, uint64_t qw3)
{
    put(w, ste(0), 0);
    cfgi_ste(w);
    put(w, ste(3), qw3);
    put(w, ste(2), qw2);
    put(w, ste(1), qw1);
    cfgi_ste(w);
    put(w, ste(0), qw0);
    cfgi_ste(w);
}

#endif
