/*
 * Reports of what was owed and not done
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "config.h"
#include "convict.h"
#include "node.h"
#include "obligation.h"

enum {
    ENTRY_MISSING, TLB_MISSING, WALK_MISSING, ATC_MISSING, RANGE_MISSED,
    LEAF_ONLY, WRONG_ORDER, NOT_WAITED, REUSED, TAG_REUSED, ATS_SWITCHED,
};

static const SvaCheckRule rules[] = {
    [ENTRY_MISSING] = { "inval-entry-missing",
        "A changed configuration entry is invalidated in the caches of "
        "configuration.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 3.21.3" } },
    [TLB_MISSING] = { "inval-tlb-missing",
        "Translations that a changed entry no longer gives are invalidated in "
        "the TLB.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 3.21.1" } },
    [WALK_MISSING] = { "inval-walk-missing",
        "A changed entry that leads to a table is invalidated in the "
        "paging-structure caches.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 3.21.1" } },
    [ATC_MISSING] = { "inval-atc-missing",
        "Translations that a changed entry no longer gives are invalidated in "
        "the ATC of each function that was given them.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 3.9.1" } },
    [RANGE_MISSED] = { "inval-range-missed",
        "An invalidation covers all addresses whose translation has changed.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 4.4.1.1" } },
    [LEAF_ONLY] = { "inval-leaf-only",
        "Where an entry that leads to a table has changed, not only the last "
        "level is invalidated.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 4.4.1" } },
    [WRONG_ORDER] = { "inval-wrong-order",
        "A cache is invalidated after what it is filled from: entries, then "
        "the TLB, then ATCs.",
        { "VT-d rev 5.10, 6.5.2.12", "IHI 0070 G.b, 3.9.1" } },
    [NOT_WAITED] = { "inval-not-waited",
        "An invalidation is followed by a wait descriptor or CMD_SYNC.",
        { "VT-d rev 5.10, 6.5.2.9", "IHI 0070 G.b, 4.7.3" } },
    [REUSED] = { "inval-reused-early",
        "An entry or address that was taken away is used for something else "
        "only after its invalidations are complete.",
        { "VT-d rev 5.10, 6.5.3.3", "IHI 0070 G.b, 3.21.1" } },
    [TAG_REUSED] = { "inval-tag-reused",
        "A tag of the TLB stands for other tables only after its "
        "translations were invalidated.",
        { "VT-d rev 5.10, 6.2.1", "IHI 0070 G.b, 3.17" } },
    [ATS_SWITCHED] = { "inval-ats-switched",
        "ATS of a function is not switched while an invalidation of its ATC "
        "is owed.",
        { "PCIe r6, 10.5.1.3", "IHI 0070 G.b, 3.9.2" } },
};

const SvaCheckTopic sva_check_topic_inval = {
    .name = "inval", .rules = rules, .count = G_N_ELEMENTS(rules),
};

/* -- which of them it is -- */

static unsigned missing(uint8_t cache)
{
    switch (cache) {
    case SVA_DROP_TLB:
        return TLB_MISSING;
    case SVA_DROP_WALK:
        return WALK_MISSING;
    case SVA_DROP_ATC:
        return ATC_MISSING;
    default:
        return ENTRY_MISSING;
    }
}

static const SvaCheckSpace *space_of(const SvaCheckDebt *debt)
{
    const SvaCheckUser *user;

    if (debt->node) {
        return debt->node->space;
    }
    user = debt->slot->users;
    return user ? user->space : NULL;
}

static bool tag_matches(const SvaCheckInval *inval, const SvaCheckSpace *space)
{
    return (!inval->by_domain || inval->domain == space->domain) &&
           (!inval->by_asid || inval->asid == space->asid);
}

static bool rid_matches(const SvaCheckInval *inval, uint16_t rid,
                        SvaPasid pasid)
{
    return (!inval->by_rid || !((inval->rid ^ rid) & ~inval->rid_mask)) &&
           (!inval->by_pasid || !inval->pasid.valid ||
            inval->pasid.id == pasid.id);
}

/* Issued and, as nobody waited, not known to be complete. */
static bool is_pending(const SvaChecker *c, const SvaCheckDebt *debt,
                       const SvaCheckOpen *open)
{
    const SvaCheckSpace *space = space_of(debt);
    uint16_t rid = debt->node ? debt->node->space->rid
                              : debt->slot->function->rid;
    SvaPasid pasid = debt->node ? debt->node->space->pasid
                                : debt->slot->pasid;
    const SvaCheckIssued *issued;
    unsigned i;

    for (i = 0; (issued = sva_check_log_pending(&c->log, i)); i++) {
        const SvaCheckInval *inval = &issued->inval;

        if (!(inval->caches & open->owed.cache)) {
            continue;
        }
        if (open->owed.cache & (SVA_DROP_TLB | SVA_DROP_WALK)
            ? space && tag_matches(inval, space) && inval->addr <= open->last &&
              inval->last >= open->addr
            : rid_matches(inval, rid, pasid)) {
            return true;
        }
    }
    return false;
}

static uint64_t distance(const SvaCheckRange *range, const SvaCheckOpen *open)
{
    if (range->last < open->addr) {
        return open->addr - range->last;
    }
    return range->addr > open->last ? range->addr - open->last : 0;
}

/* When what is left was made. */
static uint64_t made(const SvaCheckNode *node, uint8_t cache)
{
    if (cache == SVA_DROP_TLB) {
        return node->tlb;
    }
    return cache == SVA_DROP_WALK ? node->walk
           : node->holds ? node->holds->seq : 0;
}

/* The invalidation that comes closest, NULL if none can have been meant. */
static const SvaCheckRange *closest(const SvaCheckNode *node,
                                    const SvaCheckOpen *open, uint8_t cache)
{
    const SvaCheckRange *best = NULL;
    unsigned i;

    for (i = 0; i < SVA_CHECK_RANGES; i++) {
        const SvaCheckRange *range = &node->space->ranges[i];

        if (range->issued > made(node, open->owed.cache) &&
            range->caches & cache &&
            distance(range, open) <= 1ull << node->shift &&
            (!best || distance(range, open) < distance(best, open))) {
            best = range;
        }
    }
    return best;
}

static unsigned judge(const SvaChecker *c, const SvaCheckDebt *debt,
                      const SvaCheckOpen *open, const SvaCheckRange **got)
{
    const SvaCheckNode *node = debt->node;

    *got = NULL;
    if (is_pending(c, debt, open)) {
        return NOT_WAITED;
    }
    if (debt->misordered & open->owed.cache ||
        (node && node->misordered && open->owed.cache == SVA_DROP_ATC)) {
        return WRONG_ORDER;
    }
    if (!node) {
        return missing(open->owed.cache);
    }
    *got = closest(node, open, open->owed.cache);
    if (*got && (*got)->addr <= open->addr && (*got)->last >= open->last) {
        /* It was in vain, of what hangs below the entry. */
        *got = NULL;
        return WRONG_ORDER;
    }
    if (*got) {
        return RANGE_MISSED;
    }
    if (open->owed.cache == SVA_DROP_WALK) {
        *got = closest(node, open, SVA_DROP_TLB | SVA_CHECK_LEAVES);
    }
    return *got ? LEAF_ONLY : missing(open->owed.cache);
}

/* -- words -- */

static const char *cache_name(uint8_t cache)
{
    switch (cache) {
    case SVA_DROP_CONFIG:
        return "the cache of configuration";
    case SVA_DROP_PASID:
        return "the cache of PASID entries or context descriptors";
    case SVA_DROP_TLB:
        return "the TLB";
    case SVA_DROP_WALK:
        return "the paging-structure caches";
    default:
        return "the ATC of the function";
    }
}

static SvaCheckCase facts_of(const SvaCheckDebt *debt,
                             const SvaCheckOpen *open, unsigned rule,
                             const SvaCheckEntry *now)
{
    const SvaCheckNode *node = debt->node;

    return (SvaCheckCase) {
        .rule = &rules[rule],
        .culprit = SVA_CULPRIT_KERNEL,
        .has_rid = true,
        .rid = node ? node->space->rid : debt->slot->function->rid,
        .pasid = node ? node->space->pasid : debt->slot->pasid,
        .addr = open->addr,
        .last = open->last,
        .pa = debt->pa,
        .before = debt->old,
        .now = now ? *now : debt->now,
        .owed = open->owed.what,
        .obligation = sva_check_obligation_id(debt),
        .since = debt->time,
    };
}

static void report(SvaChecker *c, const SvaCheckCase *facts,
                   const SvaCheckDebt *debt, const SvaCheckOpen *open,
                   const SvaCheckRange *got, const char *what)
{
    const char *name = sva_event_entry_name(debt->old.type);
    const char *cache = cache_name(open->owed.cache);

    if (got) {
        sva_check_violation(c, facts, "The %s entry at 0x%" PRIx64 " has "
            "changed%s; %s may still translate 0x%" PRIx64 "-0x%" PRIx64
            ", invalidated was 0x%" PRIx64 "-0x%" PRIx64 ".", name, debt->pa,
            what, cache, open->addr, open->last, got->addr, got->last);
    } else {
        sva_check_violation(c, facts, "The %s entry at 0x%" PRIx64 " has "
            "changed%s; %s may still have what was made of it.", name,
            debt->pa, what, cache);
    }
}

void sva_check_convict_late(SvaChecker *c, const SvaCheckDebt *debt,
                            const SvaCheckOpen *open)
{
    const SvaCheckRange *got;
    unsigned rule = judge(c, debt, open, &got);
    SvaCheckCase facts = facts_of(debt, open, rule, NULL);
    const char *what = rule == NOT_WAITED
                       ? " and nobody waited for its invalidation"
                       : rule == WRONG_ORDER
                       ? " and its caches were invalidated in the wrong order"
                       : " and the limit has passed";

    facts.culprit = sva_check_culprit_of_late(c);
    report(c, &facts, debt, open, got, what);
}

void sva_check_convict_reuse(SvaChecker *c, const SvaCheckDebt *debt,
                             const SvaCheckOpen *open,
                             const SvaCheckEntry *now)
{
    SvaCheckCase facts = facts_of(debt, open, REUSED, now);

    report(c, &facts, debt, open, NULL, " and is in use again");
}

void sva_check_convict_ats(SvaChecker *c, const SvaCheckDebt *debt,
                           const SvaCheckOpen *open)
{
    SvaCheckCase facts = facts_of(debt, open, ATS_SWITCHED, NULL);

    report(c, &facts, debt, open, NULL, " and ATS was switched");
}

void sva_check_convict_tag(SvaChecker *c, const SvaCheckUser *user,
                           const SvaCheckSpace *space,
                           const SvaCheckNode *node, uint64_t target)
{
    SvaCheckCase facts = {
        .rule = &rules[TAG_REUSED],
        .culprit = SVA_CULPRIT_KERNEL,
        .has_rid = true,
        .rid = user->function->rid,
        .pasid = user->pasid,
        .addr = node->base,
        .last = sva_check_node_last(node),
        .pa = node->pa,
        .before = sva_check_node_entry(node),
        .owed = "invalidate the TLB by this domain and address space",
    };

    sva_check_violation(c, &facts, "Domain 0x%x and address space 0x%x stood "
        "for the table at 0x%" PRIx64 " and now stand for that at 0x%" PRIx64
        ", while the TLB may still translate 0x%" PRIx64 "-0x%" PRIx64
        " by the old one.", space->domain, space->asid, space->target, target,
        node->base, sva_check_node_last(node));
}
