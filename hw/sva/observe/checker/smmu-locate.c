/*
 * Checker, SMMUv3: where the tables in guest memory have an STE or a CD
 *
 * IHI 0070 G.b, 3.3.1 "Stream table lookup", 3.3.2, 5.1, 5.3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-locate.h"

#define ENTRY_LOG2 6            /* STEs and CDs have 64 bytes */

/* Address bits below the size of a table, or 64 bytes, are not used. */
static uint64_t aligned(uint64_t addr, unsigned log2)
{
    log2 = MAX(log2, 6u);
    return addr >> log2 << log2;
}

bool sva_check_smmu_locate_ste(SvaEnv *env, const SvaCheckSmmuUnit *u,
                               uint32_t sid, uint64_t *pa)
{
    unsigned split = u->strtab_split, bits = MIN(u->strtab_log2, 32);
    unsigned span;
    uint64_t l1;

    if ((uint64_t)sid >> bits) {
        return false;
    }
    if (!split) {
        *pa = aligned(u->strtab, bits + ENTRY_LOG2) +
              ((uint64_t)sid << ENTRY_LOG2);
        return true;
    }
    if (!sva_env_read64(env, aligned(u->strtab,
                                     bits > split ? bits - split + 3 : 3) +
                        8 * (uint64_t)(sid >> split), &l1)) {
        return false;
    }
    span = sva_check_bits(l1, 0, 5);
    sid &= (1u << split) - 1;
    if (!span || span > split + 1 || sid >> (span - 1)) {
        return false;
    }
    *pa = aligned(l1 & 0x000fffffffffffc0ull, span - 1 + ENTRY_LOG2) +
          ((uint64_t)sid << ENTRY_LOG2);
    return true;
}

bool sva_check_smmu_locate_cd(SvaEnv *env, const SvaCheckSmmuUnit *u,
                              const SvaCheckSmmuSte *ste, uint32_t ssid,
                              uint64_t *pa)
{
    unsigned leaf = ste->s1fmt == 1 ? 6 : ste->s1fmt == 2 ? 10 : 0;
    unsigned bits = ste->cd_bits;
    uint64_t l1, base = ste->context;

    if (!ste->stage1 || ste->stage2 || ssid >> MIN(bits, 31u)) {
        return false;
    }
    if (bits && leaf) {
        if (!sva_env_read64(env, aligned(base, bits > leaf ? bits - leaf + 3
                                                           : 3) +
                            8 * (uint64_t)(ssid >> leaf), &l1) ||
            !(l1 & 1) || (l1 & 0x000ffffffffff000ull) >> u->oas) {
            return false;
        }
        base = l1 & 0x000ffffffffff000ull;
        ssid &= (1u << leaf) - 1;
        bits = leaf;
    }
    *pa = aligned(base, bits + ENTRY_LOG2) + ((uint64_t)ssid << ENTRY_LOG2);
    return true;
}

bool sva_check_smmu_read(SvaEnv *env, uint64_t pa,
                         uint64_t words[SVA_CHECK_SMMU_WORDS])
{
    unsigned i;

    memset(words, 0, SVA_CHECK_SMMU_WORDS * sizeof(*words));
    if (pa & 7 || pa >> 52) {
        return false;           /* no entry is there */
    }
    for (i = 0; i < SVA_CHECK_SMMU_READ; i++) {
        if (!sva_env_read64(env, pa + 8 * i, &words[i])) {
            return false;
        }
    }
    return true;
}

bool sva_check_smmu_read_ste(SvaEnv *env, const SvaCheckSmmuUnit *u,
                             uint32_t sid, SvaCheckSmmuSte *out)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS], pa;

    if (!sva_check_smmu_locate_ste(env, u, sid, &pa) ||
        !sva_check_smmu_read(env, pa, words)) {
        return false;
    }
    sva_check_smmu_ste(u, words, out);
    return true;
}
