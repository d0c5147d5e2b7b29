/*
 * Checker, VT-d: what software owes after a change
 *
 * VT-d rev 5.10, 6.5.3.3 and Table 28.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vtd-layout.h"
#include "vtd-owed.h"

#define CMD(type, gran) \
    { SVA_CHECK_VTD_CMD_##type, SVA_CHECK_VTD_GRAN_##gran }

/*
 * "Global Device-TLB invalidation" is a device-TLB invalidation of all
 * addresses.  For the entry of RID_PASID that also takes the place of a
 * PASID-based one; who uses the entry without a PASID is told by the caches.
 */
const SvaCheckVtdStep
sva_check_vtd_duties[SVA_CHECK_VTD_DUTIES][SVA_CHECK_VTD_STEPS] = {
    [SVA_CHECK_VTD_DUTY_ROOT_LEGACY] = {
        CMD(CONTEXT, GLOBAL), CMD(IOTLB, GLOBAL), CMD(DEVTLB, PAGE),
    },
    [SVA_CHECK_VTD_DUTY_CONTEXT_LEGACY] = {
        CMD(CONTEXT, DEVICE), CMD(IOTLB, DOMAIN), CMD(DEVTLB, PAGE),
    },
    [SVA_CHECK_VTD_DUTY_ROOT] = {
        CMD(CONTEXT, GLOBAL), CMD(PASID, GLOBAL), CMD(IOTLB, GLOBAL),
        CMD(DEVTLB, PAGE),
    },
    [SVA_CHECK_VTD_DUTY_CONTEXT] = {
        CMD(CONTEXT, DEVICE), CMD(PASID, DOMAIN), CMD(IOTLB, DOMAIN),
        CMD(DEVTLB, PAGE),
    },
    /* Not a line: PRE and FPD are in no PASID entry and no translation. */
    [SVA_CHECK_VTD_DUTY_CONTEXT_OWN] = {
        CMD(CONTEXT, DEVICE),
    },
    [SVA_CHECK_VTD_DUTY_PASID_DIR] = {
        CMD(PASID, PASID), CMD(IOTLB, DOMAIN), CMD(DEVTLB, PAGE),
    },
    [SVA_CHECK_VTD_DUTY_GONE_SECOND] = {
        CMD(PASID, PASID), CMD(IOTLB, DOMAIN), CMD(P_DEVTLB, PASID_PAGE),
    },
    [SVA_CHECK_VTD_DUTY_GONE_FIRST] = {
        CMD(PASID, PASID), CMD(P_IOTLB, PASID), CMD(P_DEVTLB, PASID_PAGE),
    },
    [SVA_CHECK_VTD_DUTY_FIELDS] = {
        CMD(PASID, PASID), CMD(P_IOTLB, PASID), CMD(P_DEVTLB, PASID_PAGE),
    },
    [SVA_CHECK_VTD_DUTY_FIRST_TABLE] = {
        CMD(P_IOTLB, PASID_PAGE), CMD(P_DEVTLB, PASID_PAGE),
    },
    [SVA_CHECK_VTD_DUTY_SECOND_TABLE] = {
        CMD(IOTLB, PAGE), CMD(P_DEVTLB, PASID_PAGE),
    },
};

/* -- which line -- */

static bool only_own_fields(const SvaCheckEntry *old, const SvaCheckEntry *now)
{
    uint64_t own = CHECK_VTD_FPD | R_CHECK_SCTX0_PRE_MASK;

    return !((old->words[0] ^ now->words[0]) & ~own) &&
           !memcmp(old->words + 1, now->words + 1, 3 * 8);
}

static SvaCheckVtdDuty context_duty(const SvaCheckVtdUnit *unit,
                                    const SvaCheckEntry *old,
                                    const SvaCheckEntry *now)
{
    if (unit->mode == SVA_CHECK_VTD_LEGACY) {
        return SVA_CHECK_VTD_DUTY_CONTEXT_LEGACY;
    }
    return only_own_fields(old, now) ? SVA_CHECK_VTD_DUTY_CONTEXT_OWN
                                     : SVA_CHECK_VTD_DUTY_CONTEXT;
}

static SvaCheckVtdDuty pasid_duty(const SvaCheckVtdUnit *unit,
                                  const SvaCheckEntry *old,
                                  const SvaCheckEntry *now)
{
    unsigned pgtt = FIELD_EX64(old->words[0], CHECK_PASID0, PGTT);
    SvaCheckEntry plain = *now;

    if (!(now->words[0] & CHECK_VTD_P)) {
        return sva_check_vtd_has_second(pgtt) ? SVA_CHECK_VTD_DUTY_GONE_SECOND
                                              : SVA_CHECK_VTD_DUTY_GONE_FIRST;
    }
    /* SSADE 0->1 and nothing else */
    plain.words[0] &= ~R_CHECK_PASID0_SSADE_MASK;
    if (sva_check_vtd_has_second(pgtt) &&
        sva_check_vtd_compare(unit, old->type, old->level, old->words,
                              plain.words) == SVA_CHANGE_NONE) {
        return SVA_CHECK_VTD_DUTY_GONE_SECOND;
    }
    return SVA_CHECK_VTD_DUTY_FIELDS;
}

SvaCheckVtdDuty sva_check_vtd_duty(const SvaCheckVtdUnit *unit,
                                   const SvaCheckEntry *old,
                                   const SvaCheckEntry *now)
{
    switch (old->type) {
    case SVA_ENTRY_VTD_ROOT:
        return unit->mode == SVA_CHECK_VTD_LEGACY
               ? SVA_CHECK_VTD_DUTY_ROOT_LEGACY : SVA_CHECK_VTD_DUTY_ROOT;
    case SVA_ENTRY_VTD_CONTEXT:
        return context_duty(unit, old, now);
    case SVA_ENTRY_VTD_PASID_DIR:
        return SVA_CHECK_VTD_DUTY_PASID_DIR;
    case SVA_ENTRY_VTD_PASID:
        return pasid_duty(unit, old, now);
    case SVA_ENTRY_VTD_SECOND:
        return SVA_CHECK_VTD_DUTY_SECOND_TABLE;
    default:
        return SVA_CHECK_VTD_DUTY_FIRST_TABLE;
    }
}

/* -- what that is in the checker's terms -- */

/*
 * @walk: it also drops what paging-structure caches hold of the first, of the
 *        second stage
 */
static const struct {
    const char *what;
    uint8_t cache;
    bool walk_first;
    bool walk_second;
} steps[SVA_CHECK_VTD_CMDS][SVA_CHECK_VTD_GRAN_PASID_PAGE + 1] = {
    [SVA_CHECK_VTD_CMD_CONTEXT] = {
        [SVA_CHECK_VTD_GRAN_GLOBAL] = {
            "context-cache invalidation, global", SVA_DROP_CONFIG, 0, 0,
        },
        [SVA_CHECK_VTD_GRAN_DEVICE] = {
            "context-cache invalidation of the device", SVA_DROP_CONFIG, 0, 0,
        },
    },
    [SVA_CHECK_VTD_CMD_PASID] = {
        [SVA_CHECK_VTD_GRAN_GLOBAL] = {
            "PASID-cache invalidation, global", SVA_DROP_PASID, 0, 0,
        },
        [SVA_CHECK_VTD_GRAN_DOMAIN] = {
            "PASID-cache invalidation of the domains", SVA_DROP_PASID, 0, 0,
        },
        [SVA_CHECK_VTD_GRAN_PASID] = {
            "PASID-cache invalidation of the PASID", SVA_DROP_PASID, 0, 0,
        },
    },
    [SVA_CHECK_VTD_CMD_IOTLB] = {
        [SVA_CHECK_VTD_GRAN_GLOBAL] = {
            "IOTLB invalidation, global", SVA_DROP_TLB, true, true,
        },
        [SVA_CHECK_VTD_GRAN_DOMAIN] = {
            "IOTLB invalidation of the domains", SVA_DROP_TLB, true, true,
        },
        [SVA_CHECK_VTD_GRAN_PAGE] = {
            "IOTLB invalidation of the pages", SVA_DROP_TLB, true, true,
        },
    },
    [SVA_CHECK_VTD_CMD_P_IOTLB] = {
        [SVA_CHECK_VTD_GRAN_PASID] = {
            "PASID-based IOTLB invalidation of the PASID", SVA_DROP_TLB, true,
            false,
        },
        [SVA_CHECK_VTD_GRAN_PASID_PAGE] = {
            "PASID-based IOTLB invalidation of the pages", SVA_DROP_TLB, true,
            false,
        },
    },
    [SVA_CHECK_VTD_CMD_DEVTLB] = {
        [SVA_CHECK_VTD_GRAN_PAGE] = {
            "device-TLB invalidation of all addresses", SVA_DROP_ATC, 0, 0,
        },
    },
    [SVA_CHECK_VTD_CMD_P_DEVTLB] = {
        [SVA_CHECK_VTD_GRAN_PASID_PAGE] = {
            "PASID-based device-TLB invalidation (of RID_PASID: device-TLB "
            "invalidation)", SVA_DROP_ATC, 0, 0,
        },
    },
};

/* How far the change of an entry of this type reaches, beyond the entry. */
static SvaCheckScope reach(SvaEntryType type)
{
    switch (type) {
    case SVA_ENTRY_VTD_FIRST:
    case SVA_ENTRY_VTD_SECOND:
        return SVA_SCOPE_RANGE;
    case SVA_ENTRY_VTD_PASID_DIR:
    case SVA_ENTRY_VTD_PASID:
        return SVA_SCOPE_PASID;
    default:
        return SVA_SCOPE_FUNCTION;
    }
}

/* Whether paging-structure caches may hold something that is to be dropped. */
static bool owes_walk(const SvaCheckVtdUnit *unit, const SvaCheckEntry *old,
                      bool first, bool second)
{
    switch (old->type) {
    case SVA_ENTRY_VTD_FIRST:
    case SVA_ENTRY_VTD_SECOND:
        return !sva_check_vtd_leaf(old->level, old->words[0]);
    case SVA_ENTRY_VTD_PASID:
        return sva_check_vtd_has_first(
                   FIELD_EX64(old->words[0], CHECK_PASID0, PGTT))
               ? first : second;
    default:
        return first || (second && unit->second);
    }
}

static bool owns_cache(const SvaCheckEntry *old, uint8_t cache)
{
    return cache == SVA_DROP_CONFIG
           ? old->type == SVA_ENTRY_VTD_ROOT ||
             old->type == SVA_ENTRY_VTD_CONTEXT
           : cache == SVA_DROP_PASID && old->type == SVA_ENTRY_VTD_PASID;
}

unsigned sva_check_vtd_owed(const SvaCheckVtdUnit *unit,
                            const SvaCheckEntry *old,
                            const SvaCheckEntry *now,
                            SvaCheckOwed out[SVA_CHECK_OWED])
{
    const SvaCheckVtdStep *step =
        sva_check_vtd_duties[sva_check_vtd_duty(unit, old, now)];
    unsigned i, n = 0;

    for (i = 0; i < SVA_CHECK_VTD_STEPS && step[i].type; i++) {
        typeof(&steps[0][0]) row = &steps[step[i].type][step[i].gran];
        SvaCheckScope scope = owns_cache(old, row->cache) ? SVA_SCOPE_ENTRY
                                                          : reach(old->type);

        if (row->cache == SVA_DROP_TLB &&
            owes_walk(unit, old, row->walk_first, row->walk_second)) {
            out[n++] = (SvaCheckOwed) { SVA_DROP_WALK, scope, row->what };
        }
        out[n++] = (SvaCheckOwed) { row->cache, scope, row->what };
    }
    return n;
}
