/*
 * SMMUv3: configuration structures as the adversary has read them before
 *
 * IHI 0070 G.b, 3.21.3: a structure that can be reached may be read at any
 * time, 64 bits at a time, and kept whether it is valid or not, until a
 * CMD_CFGI_* names it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "adversary.h"

/* Of a key: kind 63:60, index 59:32, StreamID 31:0 */
#define KIND_SHIFT  60
#define INDEX_SHIFT 32

void sva_smmu_kept_read(SvaSmmu *smmu, SvaSmmuKept kind, uint32_t sid,
                        uint32_t index, uint64_t *words, unsigned count)
{
    SvaSmmuAdversary *adv = smmu->adversary;
    uint64_t key = (uint64_t)kind << KIND_SHIFT |
                   (uint64_t)index << INDEX_SHIFT | sid;

    sva_early_mix(adv->kept, &adv->core, key, words, count, 1);
}

/* More than is named where it is not known how a table is divided. */
static bool match(uint64_t key, const void *value G_GNUC_UNUSED, void *opaque)
{
    const SvaSmmuConfigScope *scope = opaque;
    uint32_t sid = (uint32_t)key;
    bool in_range = sid >= scope->sid && sid <= scope->sid_last;
    uint32_t index = key >> INDEX_SHIFT & SVA_PASID_MAX;

    switch ((SvaSmmuKept)(key >> KIND_SHIFT)) {
    case SVA_SMMU_KEPT_L1STD:
        return !scope->cd_only && !scope->leaf;
    case SVA_SMMU_KEPT_STE:
        return !scope->cd_only && in_range;
    case SVA_SMMU_KEPT_L1CD:
        return in_range && !(scope->one_cd && scope->leaf);
    default:
        return in_range && (!scope->one_cd || index == scope->ssid);
    }
}

void sva_smmu_kept_drop(SvaSmmu *smmu, const SvaSmmuConfigScope *scope)
{
    SvaConfigCache *kept = smmu->adversary->kept;
    SvaSmmuConfigScope copy = *scope;

    if (scope->all) {
        sva_config_cache_reset(kept);
    } else {
        sva_config_cache_drop(kept, match, &copy);
    }
}
