/*
 * Checker, SMMUv3: what a reader of single words may see of an update
 *
 * IHI 0070 G.b, 3.21.3 "Configuration structures and configuration invalidation
 * completion".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "smmu-locate.h"
#include "smmu-torn.h"

typedef struct Update {
    const SvaCheckSmmuUnit *u;
    const SvaCheckSmmuSte *ste;
    bool cd;
} Update;

static bool is_valid(const Update *up, const uint64_t *words)
{
    return up->cd ? sva_check_bits(words[0], 31, 1) : words[0] & 1;
}

static void used_of(const Update *up, const uint64_t *words, uint64_t *used)
{
    if (up->cd) {
        sva_check_smmu_cd_used(words, used);
    } else {
        sva_check_smmu_ste_used(up->u, words, used);
    }
}

static bool same(const Update *up, const uint64_t *a, const uint64_t *b)
{
    uint64_t ua[SVA_CHECK_SMMU_WORDS], ub[SVA_CHECK_SMMU_WORDS];

    used_of(up, a, ua);
    used_of(up, b, ub);
    return !memcmp(ua, ub, sizeof(ua));
}

static bool is_torn(const Update *up, const uint64_t *old,
                    const uint64_t *now, SvaCheckSmmuTorn *out)
{
    if (!is_valid(up, out->mix)) {
        return false;
    }
    if (same(up, out->mix, old) || same(up, out->mix, now)) {
        return false;
    }
    out->illegal = up->cd
        ? sva_check_smmu_cd_illegal(up->u, up->ste, out->mix)
        : sva_check_smmu_ste_illegal(up->u, out->mix);
    return true;
}

bool sva_check_smmu_torn(const SvaCheckSmmuUnit *u, bool cd,
                         const SvaCheckSmmuSte *ste, const uint64_t *old,
                         const uint64_t *now, SvaCheckSmmuTorn *out)
{
    Update up = { .u = u, .ste = ste, .cd = cd };
    unsigned mask, i;

    for (mask = 1; mask < (1u << SVA_CHECK_SMMU_READ) - 1; mask++) {
        for (i = 0; i < SVA_CHECK_SMMU_WORDS; i++) {
            out->mix[i] = mask >> i & 1 ? now[i] : old[i];
        }
        if (is_torn(&up, old, now, out)) {
            return true;
        }
    }
    return false;
}
