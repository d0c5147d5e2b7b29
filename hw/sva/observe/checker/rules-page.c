/*
 * Rules: page requests
 *
 * A group is open from its last request to its answer (PCIe r6 10.4).  Answers
 * of the IOMMU itself are none of software's business.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "loop.h"
#include "query.h"
#include "rules-page.h"
#include "waiting.h"

enum {
    UNKNOWN, TWICE, EARLY, PASID, FUNCTION, UNANSWERED, LIES, LOOP, FAILURE,
    REUSE, DRAIN,
    OVERFLOW,
};

static const SvaCheckRule rules[] = {
    [UNKNOWN] = { "page-response-unknown",
        "A page response answers a group of page requests.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 4.6.1" } },
    [TWICE] = { "page-response-twice",
        "A group of page requests is answered once.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 4.6.1" } },
    [EARLY] = { "page-response-early",
        "A group of page requests is answered after its last request.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 8.1" } },
    [PASID] = { "page-response-pasid",
        "A page response has the PASID of the group's requests.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 4.6.1" } },
    [FUNCTION] = { "page-response-function",
        "A page response goes to the function that asked.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 4.6.1" } },
    [UNANSWERED] = { "page-request-unanswered",
        "Each group of page requests is answered, after the end of a bond "
        "soon.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 8.1" } },
    [LIES] = { "page-success-ended",
        "Page requests of a PASID whose bond has ended are not answered "
        "Success.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 4.6.1" } },
    [LOOP] = { "page-fault-loop",
        "A page that software says is there is translated when the function "
        "asks for it again.",
        { "VT-d rev 5.10, 7.6", "IHI 0070 G.b, 4.6.1" } },
    [FAILURE] = { "page-response-failure",
        "A request that cannot be served is answered Invalid Request; "
        "Response Failure would end page requests of the whole function.",
        { "VT-d rev 5.10, 7.6, PCIe r6, 10.4.2.1", NULL } },
    [REUSE] = { "page-request-reuse",
        "A PASID is bound to other tables only after all page requests of "
        "the bond before were answered.",
        { "VT-d rev 5.10, 7.11", "IHI 0070 G.b, 8.1" } },
    [DRAIN] = { "page-drain-missing",
        "After a bond with page requests a wait descriptor with the page "
        "drain bit completes.",
        { "VT-d rev 5.10, 7.10, 7.11", NULL } },
    [OVERFLOW] = { "page-overflow-cleared",
        "The overflow of the page request queue is cleared when no request "
        "is left in it.",
        { "VT-d rev 5.10, 7.4.1, 7.10 (d)", NULL } },
};

/* So many times without a translation in between. */
#define LOOP_ANSWERS 12

/*
 * Who was about to answer when the bond ended may do so, late as well: it may
 * be the one that gave the last reference of the mm back.  A kernel has a
 * thread for each page that is being waited for, and any of them may lose its
 * processor there; three have been seen with two processors.
 */
#define LIES_EXCUSED 16

#define BONDS_MAX (1u << 18)
#define DRAINS_MAX 64

/*
 * A PASID of a function that asked for pages.
 *
 * @over:   event at which it was seen that it translates nothing any more
 * @gone:   ... that it is not present any more; 0: neither
 * @time:   of that; @clock: the same, of sva_check_clock()
 * @tables: its tables (SvaCheckBond)
 * @lies:   Success since it is over
 */
typedef struct Bond {
    uint64_t key;
    uint64_t tables;
    uint64_t over;
    uint64_t gone;
    int64_t time;
    int64_t clock;
    uint16_t rid;
    SvaPasid pasid;
    uint32_t lies;
    bool queued;
    GList link;
} Bond;

/* A wait descriptor with the page drain bit that was fetched. */
typedef struct Drain {
    uint64_t word;
    uint64_t addr;
    uint64_t seq;
} Drain;

/*
 * @ended:   bonds that are gone, in this order
 * @drained: a drain that began there is complete
 */
typedef struct PageState {
    SvaCheckWaitings groups;
    SvaCheckLoops loops;
    GHashTable *bonds;
    GQueue ended;
    Drain drains[DRAINS_MAX];
    unsigned drain_count;
    uint64_t drained;
} PageState;

static uint64_t group_key(uint16_t rid, SvaPasid pasid, uint16_t prgi)
{
    return (uint64_t)rid << 32 | (uint64_t)(prgi & 0x1ff) << 21 |
           (uint64_t)pasid.valid << 20 | (pasid.id & SVA_PASID_MAX);
}

static uint64_t bond_key(uint16_t rid, SvaPasid pasid)
{
    return group_key(rid, pasid, 0);
}

static Bond *bond_find(const PageState *s, uint16_t rid, SvaPasid pasid)
{
    uint64_t key = bond_key(rid, pasid);

    return g_hash_table_lookup(s->bonds, &key);
}

/* Does the rule exist in this architecture? */
static bool applies(const SvaChecker *c, unsigned rule)
{
    return sva_check_arch(c) && rules[rule].source[sva_check_arch_id(c)];
}

/* -- requests -- */

static void bond_note(const SvaChecker *c, PageState *s, uint16_t rid,
                      SvaPasid pasid)
{
    SvaCheckBond now = sva_check_bond(c, rid, pasid);
    Bond *bond;

    if (now.state != SVA_BIND_BOUND || bond_find(s, rid, pasid) ||
        g_hash_table_size(s->bonds) >= BONDS_MAX) {
        return;
    }
    bond = g_new0(Bond, 1);
    bond->key = bond_key(rid, pasid);
    bond->rid = rid;
    bond->pasid = pasid;
    bond->tables = now.tables;
    bond->link.data = bond;
    g_hash_table_insert(s->bonds, &bond->key, bond);
}

static bool is_stop_marker(const SvaEvent *e)
{
    return e->pasid.valid && !(e->access & (SVA_READ | SVA_WRITE));
}

/* Last request in group: VT-d rev 5.10, 7.4.1; IHI 0070 G.b, 8.1. */
static bool is_last(const SvaChecker *c, const SvaEvent *e)
{
    return sva_check_arch_id(c) == SVA_REGS_VTD ? e->prq.entry[1] >> 2 & 1
                                                : e->prq.entry[0] >> 62 & 1;
}

static void check_loop(SvaChecker *c, PageState *s, const SvaEvent *e,
                       uint64_t key)
{
    SvaCheckCase facts = sva_check_case(&rules[LOOP], e->rid, e->pasid);
    unsigned answers = sva_check_loop_ask(&s->loops, e, key);

    facts.addr = e->addr;
    if (answers >= LOOP_ANSWERS &&
        !sva_check_owes_at(c, e->rid, e->pasid, e->addr)) {
        sva_check_violation(c, &facts, "Software has answered Success %u "
            "times in a row for the page 0x%" PRIx64 ", which is still not "
            "translated with the rights asked for.", answers, e->addr);
    }
}

static void take_request(SvaChecker *c, PageState *s, const SvaEvent *e)
{
    uint64_t key = group_key(e->rid, e->pasid, e->prq.prgi);
    SvaCheckWaiting *group;

    if (is_stop_marker(e)) {
        return;
    }
    bond_note(c, s, e->rid, e->pasid);
    group = sva_check_waiting_get(&s->groups, key, e, e->prq.prgi);
    if (!group) {
        return;
    }
    group->partial = !is_last(c, e);
    if (!group->partial) {
        check_loop(c, s, e, key);
        sva_check_waiting_ask(&s->groups, c, group, e);
    }
}

/* The IOMMU has answered, and software holds what came before. */
static void take_auto(PageState *s, const SvaEvent *e)
{
    SvaCheckWaiting *group = sva_check_waiting_find(
        &s->groups, group_key(e->rid, e->pasid, e->response.prgi));

    if (group) {
        group->partial = false;
    }
}

/* -- responses -- */

/* A group that may have been meant, if only one of its names is wrong. */
static const SvaCheckWaiting *meant(const PageState *s, const SvaEvent *e,
                                    bool function)
{
    GList *link = s->groups.open.head;
    unsigned n;

    for (n = 0; link && n < 512; link = link->next, n++) {
        const SvaCheckWaiting *item = link->data;

        if (item->tag == e->response.prgi &&
            (function ? item->rid != e->rid &&
                        sva_pasid_equal(item->pasid, e->pasid)
                      : item->rid == e->rid)) {
            return item;
        }
    }
    return NULL;
}

static void respond_unknown(SvaChecker *c, PageState *s, const SvaEvent *e)
{
    const SvaCheckWaiting *other = meant(s, e, false);
    SvaCheckCase facts;

    if (s->groups.lossy) {
        return;                 /* it may be one that was not followed */
    }
    if (other) {
        facts = sva_check_case(&rules[PASID], other->rid, other->pasid);
        sva_check_violation(c, &facts, "Group 0x%x was asked for with PASID "
            "0x%x and is answered with PASID 0x%x.", e->response.prgi,
            other->pasid.id, e->pasid.id);
        return;
    }
    other = meant(s, e, true);
    if (other) {
        facts = sva_check_case(&rules[FUNCTION], e->rid, e->pasid);
        sva_check_violation(c, &facts, "Group 0x%x is one of function 0x%04x "
            "and is answered to another one.", e->response.prgi, other->rid);
        return;
    }
    facts = sva_check_case(&rules[UNKNOWN], e->rid, e->pasid);
    sva_check_violation(c, &facts, "Group 0x%x is answered, but has no "
        "request.", e->response.prgi);
}

static void respond_wrongly(SvaChecker *c, const SvaCheckWaiting *group)
{
    unsigned rule = group->partial ? EARLY : TWICE;
    SvaCheckCase facts = sva_check_case(&rules[rule], group->rid, group->pasid);

    if (!group->excused) {
        sva_check_violation(c, &facts, rule == EARLY
            ? "Group 0x%x is answered before its last request."
            : "Group 0x%x has been answered before.", group->tag);
    }
}

static void check_success(SvaChecker *c, PageState *s, const SvaEvent *e,
                          const SvaCheckWaiting *group)
{
    SvaCheckCase facts = sva_check_case(&rules[LIES], e->rid, e->pasid);
    Bond *bond = bond_find(s, e->rid, e->pasid);

    sva_check_loop_answer(&s->loops, e->rid, e->pasid, group->addr,
                          group->key);
    if (!bond || !bond->over) {
        return;
    }
    bond->lies++;
    facts.addr = group->addr;
    facts.since = bond->time;
    if (bond->lies > LIES_EXCUSED || group->seq > bond->over) {
        sva_check_violation(c, &facts, "The bond of this PASID has ended, and "
            "the page 0x%" PRIx64 " is said to be there.", group->addr);
    }
}

static void check_failure(SvaChecker *c, PageState *s, const SvaEvent *e)
{
    SvaCheckCase facts = sva_check_case(&rules[FAILURE], e->rid, e->pasid);

    /* The function drops all that it has asked for. */
    sva_check_waitings_excuse(&s->groups, e->rid);
    if (applies(c, FAILURE)) {
        sva_check_violation(c, &facts, "Group 0x%x is answered Response "
            "Failure.", e->response.prgi);
    }
}

static void take_response(SvaChecker *c, PageState *s, const SvaEvent *e)
{
    SvaCheckWaiting *group = sva_check_waiting_find(
        &s->groups, group_key(e->rid, e->pasid, e->response.prgi));

    if (!group || (!group->owed && !group->partial && !group->answered)) {
        respond_unknown(c, s, e);
        return;
    }
    if (!group->owed) {
        respond_wrongly(c, group);
        return;
    }
    sva_check_waiting_answer(&s->groups, group);
    if (e->response.code == SVA_PRG_SUCCESS) {
        check_success(c, s, e, group);
    } else if (e->response.code == SVA_PRG_FAILURE) {
        check_failure(c, s, e);
    }
}

/* -- drains: VT-d rev 5.10, 7.10 -- */

#define WAIT_TYPE 5
#define WAIT_PD   (1ull << 7)

static void take_command(PageState *s, const SvaEvent *e)
{
    if (e->command.type != WAIT_TYPE || !(e->command.words[0] & WAIT_PD)) {
        return;
    }
    if (s->drain_count == DRAINS_MAX) {
        s->drain_count--;
        memmove(&s->drains[0], &s->drains[1],
                s->drain_count * sizeof(s->drains[0]));
    }
    s->drains[s->drain_count++] = (Drain) {
        .word = e->command.words[0], .addr = e->command.words[1] & ~3ull,
        .seq = e->seq,
    };
}

/* Status addresses may be cut to the width of the unit: words tell them. */
static void take_wait_done(PageState *s, const SvaEvent *e)
{
    unsigned i;

    for (i = 0; i < s->drain_count; i++) {
        if (s->drains[i].word == e->wait.word) {
            s->drained = MAX(s->drained, s->drains[i].seq);
            s->drain_count--;
            memmove(&s->drains[i], &s->drains[i + 1],
                    (s->drain_count - i) * sizeof(s->drains[0]));
            return;
        }
    }
}

static void check_drain(SvaChecker *c, const PageState *s, const Bond *bond)
{
    SvaCheckCase facts = sva_check_case(&rules[DRAIN], bond->rid, bond->pasid);

    facts.since = bond->time;
    facts.owed = "a wait descriptor with the page drain bit";
    if (applies(c, DRAIN) && bond->gone && s->drained < bond->gone) {
        sva_check_violation(c, &facts, "The function has asked for pages with "
            "this PASID, and nothing was drained since the bond ended.");
    }
}

/*
 * What is left in the queue may be of groups whose last request was lost and
 * that the unit has answered.  And who drains looks at the overflow to know
 * whether to repeat it.
 */
static void take_cleared(SvaChecker *c, const SvaEvent *e)
{
    SvaCheckCase facts = { .rule = &rules[OVERFLOW] };

    facts.owed = "take all requests from the queue first";
    if (applies(c, OVERFLOW) && e->queue.head != e->queue.tail) {
        sva_check_violation(c, &facts, "PRS.PRO was cleared with the queue's "
            "head at 0x%x and its tail at 0x%x.", e->queue.head,
            e->queue.tail);
    }
}

/* -- bonds -- */

static void bond_forget(PageState *s, Bond *bond)
{
    if (bond->queued) {
        g_queue_unlink(&s->ended, &bond->link);
    }
    g_hash_table_remove(s->bonds, &bond->key);
}

static void check_reuse(SvaChecker *c, uint16_t rid, SvaPasid pasid,
                        const SvaCheckWaiting *open)
{
    SvaCheckCase facts = sva_check_case(&rules[REUSE], rid, pasid);

    facts.addr = open->addr;
    facts.since = open->since;
    sva_check_violation(c, &facts, "The PASID is bound to other tables, while "
        "group 0x%x of the bond before, for the page 0x%" PRIx64 ", is not "
        "answered.", open->tag, open->addr);
}

static void bond_ends(PageState *s, Bond *bond, const SvaCheckBond *now)
{
    if (!bond->over) {
        bond->over = now->since;
        bond->time = now->time;
    }
    if (now->state == SVA_BIND_UNBOUND && !bond->queued) {
        bond->gone = now->since;
        bond->time = now->time;
        bond->clock = now->clock;
        bond->queued = true;
        g_queue_push_tail_link(&s->ended, &bond->link);
    }
}

static void page_bond(SvaChecker *c, void *state, uint16_t rid,
                      SvaPasid pasid, const SvaCheckBond *old G_GNUC_UNUSED,
                      const SvaCheckBond *now)
{
    PageState *s = state;
    Bond *bond = bond_find(s, rid, pasid);
    const SvaCheckWaiting *open = sva_check_waitings_bond(&s->groups, rid,
                                                          pasid, now);

    if (open) {
        check_reuse(c, rid, pasid, open);
    }
    if (!bond) {
        return;                 /* it has not asked for anything */
    }
    if (now->state == SVA_BIND_BOUND) {
        if (bond->tables != now->tables) {
            check_drain(c, s, bond);
        }
        bond_forget(s, bond);
    } else {
        bond_ends(s, bond, now);
    }
}

/* -- time -- */

static void late(SvaChecker *c, const SvaCheckWaiting *group)
{
    SvaCheckCase facts = sva_check_case(&rules[UNANSWERED], group->rid,
                                        group->pasid);

    facts.addr = group->addr;
    facts.since = group->since;
    facts.culprit = sva_check_culprit_of_late(c);
    facts.owed = "a page group response";
    sva_check_violation(c, &facts, "Group 0x%x, for the page 0x%" PRIx64
        ", was not answered%s.", group->tag, group->addr,
        group->ended ? " although the bond has ended" : "");
}

static void page_tick(SvaChecker *c, void *state)
{
    PageState *s = state;
    Bond *bond;

    sva_check_waitings_tick(&s->groups, c, late);
    while (!sva_check_waits(c) && (bond = g_queue_peek_head(&s->ended)) &&
           sva_check_clock(c) - bond->clock >
           SVA_CHECK_ANSWER_LIMITS_ENDED * sva_check_limit(c)) {
        check_drain(c, s, bond);
        bond_forget(s, bond);
    }
}

/* -- topic -- */

static void page_event(SvaChecker *c, void *state, const SvaEvent *e)
{
    PageState *s = state;

    switch (e->kind) {
    case SVA_EV_PRQ:
        take_request(c, s, e);
        break;
    case SVA_EV_PRQ_AUTO:
        take_auto(s, e);
        break;
    case SVA_EV_PRG_RESPONSE:
        take_response(c, s, e);
        break;
    case SVA_EV_ATS:
        sva_check_loop_end(&s->loops, e, e->ats.map.access);
        break;
    case SVA_EV_COMMAND:
        take_command(s, e);
        break;
    case SVA_EV_WAIT_DONE:
        take_wait_done(s, e);
        break;
    case SVA_EV_PRQ_CLEARED:
        take_cleared(c, e);
        break;
    case SVA_EV_FUNCTION:
        if (!e->function.pri) {
            sva_check_waitings_excuse(&s->groups, e->rid);
        }
        break;
    default:
        break;
    }
}

static void page_start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    PageState *s = state;

    sva_check_waitings_init(&s->groups);
    g_queue_init(&s->ended);
    s->bonds = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
}

static void page_stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    PageState *s = state;

    sva_check_waitings_free(&s->groups);
    g_hash_table_destroy(s->bonds);
}

const SvaCheckTopic sva_check_topic_page = {
    .name = "page", .rules = rules, .count = G_N_ELEMENTS(rules),
    .state_size = sizeof(PageState),
    .start = page_start, .stop = page_stop, .event = page_event,
    .bond = page_bond, .tick = page_tick,
};
