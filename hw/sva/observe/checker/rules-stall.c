/*
 * Rules: stalled transactions of SMMUv3
 *
 * IHI 0070 G.b, 3.12.2 and 4.7: each record with Stall=1 is answered once, by
 * CMD_RESUME.  A stall that has no record yet has no STAG to be answered by.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "loop.h"
#include "query.h"
#include "rules-stall.h"
#include "waiting.h"

enum {
    UNANSWERED, UNKNOWN, TWICE, TERM_LIVE, LOOP, REUSE,
};

static const SvaCheckRule rules[] = {
    [UNANSWERED] = { "stall-unanswered",
        "Each stall record is answered by CMD_RESUME, after the end of a bond "
        "soon.",
        { NULL, "IHI 0070 G.b, 3.12.2" } },
    [UNKNOWN] = { "stall-resume-unknown",
        "CMD_RESUME names the STAG of a stall record and the StreamID in it.",
        { NULL, "IHI 0070 G.b, 4.7.1" } },
    [TWICE] = { "stall-resumed-twice",
        "A stall record is answered once: its STAG may stand for another "
        "transaction afterwards.",
        { NULL, "IHI 0070 G.b, 4.7.1" } },
    [TERM_LIVE] = { "stall-term-live",
        "CMD_STALL_TERM is for streams whose STE ends all transactions.",
        { NULL, "IHI 0070 G.b, 4.7.2" } },
    [LOOP] = { "stall-fault-loop",
        "A transaction that is to be tried again for a page that is there "
        "does not stall again.",
        { NULL, "IHI 0070 G.b, 3.12.2" } },
    [REUSE] = { "stall-reuse",
        "A SubstreamID gets other tables only after all stalls of the bond "
        "before were answered.",
        { NULL, "IHI 0070 G.b, 3.12.2" } },
};

/* So many times without a translation in between. */
#define LOOP_ANSWERS 16

#define NO_STAG UINT64_MAX

#define OP_RESUME     0x44
#define OP_STALL_TERM 0x45
#define RESP_RETRY    1

typedef struct StallState {
    SvaCheckWaitings stalls;
    SvaCheckLoops loops;
} StallState;

static uint64_t stall_key(uint16_t rid, uint16_t stag)
{
    return (uint64_t)rid << 16 | stag;
}

/* -- stalls -- */

static void take_stall(SvaChecker *c, StallState *s, const SvaEvent *e)
{
    SvaCheckCase facts = sva_check_case(&rules[LOOP], e->rid, e->pasid);
    SvaCheckWaiting *stall;
    unsigned answers;
    uint64_t key;

    if (e->stall.tag == NO_STAG) {
        return;
    }
    key = stall_key(e->rid, e->stall.tag);
    stall = sva_check_waiting_get(&s->stalls, key, e, e->stall.tag);
    if (stall && !stall->owed) {
        sva_check_waiting_ask(&s->stalls, c, stall, e);
    }
    answers = sva_check_loop_ask(&s->loops, e, key);
    facts.addr = e->addr;
    if (answers >= LOOP_ANSWERS &&
        !sva_check_owes_at(c, e->rid, e->pasid, e->addr)) {
        sva_check_violation(c, &facts, "Software has had it tried again %u "
            "times in a row for the page of 0x%" PRIx64 ", which is still not "
            "translated.", answers, e->addr);
    }
}

/* Not by CMD_RESUME, if an answer is still owed. */
static void take_stall_end(StallState *s, const SvaEvent *e)
{
    SvaCheckWaiting *stall;

    if (e->stall.tag == NO_STAG) {
        return;
    }
    stall = sva_check_waiting_find(&s->stalls,
                                   stall_key(e->rid, e->stall.tag));
    if (stall && stall->owed) {
        sva_check_waiting_answer(&s->stalls, stall);
        stall->excused = true;
    }
}

/* -- commands -- */

static void take_resume(SvaChecker *c, StallState *s, const SvaEvent *e)
{
    uint16_t rid = e->command.words[0] >> 32;
    uint16_t stag = e->command.words[1];
    SvaCheckWaiting *stall = sva_check_waiting_find(&s->stalls,
                                                    stall_key(rid, stag));
    SvaCheckCase facts;

    if (!stall || (!stall->owed && !stall->answered)) {
        facts = sva_check_case(&rules[UNKNOWN], rid, SVA_NO_PASID);
        if (!s->stalls.lossy) {
            sva_check_violation(c, &facts, "STAG 0x%x of stream 0x%04x is "
                "resumed, but no record has it.", stag, rid);
        }
        return;
    }
    if (!stall->owed) {
        facts = sva_check_case(&rules[TWICE], rid, stall->pasid);
        if (!stall->excused) {
            sva_check_violation(c, &facts, "STAG 0x%x of stream 0x%04x was "
                "resumed before.", stag, rid);
        }
        return;
    }
    sva_check_waiting_answer(&s->stalls, stall);
    if ((e->command.words[0] >> 12 & 3) == RESP_RETRY) {
        sva_check_loop_answer(&s->loops, rid, stall->pasid, stall->addr,
                              stall->key);
    }
}

/* V=1 and Config=0b1xx in memory: it lets transactions in. */
static void take_term(SvaChecker *c, const SvaEvent *e)
{
    uint16_t rid = e->command.words[0] >> 32;
    SvaCheckCase facts = sva_check_case(&rules[TERM_LIVE], rid, SVA_NO_PASID);
    uint64_t word;

    if (!sva_check_entry(c, SVA_ENTRY_SMMU_STE, rid, SVA_NO_PASID,
                         &facts.before, &facts.pa) ||
        !sva_env_read64(sva_check_env(c), facts.pa, &word)) {
        return;
    }
    facts.now = facts.before;
    facts.now.words[0] = word;
    if ((word & 0x9) == 0x9) {
        sva_check_violation(c, &facts, "Stalls of stream 0x%04x are "
            "terminated while its STE, 0x%" PRIx64 ", lets transactions in.",
            rid, word);
    }
}

static void take_command(SvaChecker *c, StallState *s, const SvaEvent *e)
{
    if (e->command.type == OP_RESUME) {
        take_resume(c, s, e);
    } else if (e->command.type == OP_STALL_TERM) {
        take_term(c, e);
    }
}

/* -- topic -- */

static void stall_event(SvaChecker *c, void *state, const SvaEvent *e)
{
    StallState *s = state;

    if (!sva_check_arch(c) || sva_check_arch_id(c) != SVA_REGS_SMMUV3) {
        return;
    }
    switch (e->kind) {
    case SVA_EV_STALL:
        take_stall(c, s, e);
        break;
    case SVA_EV_STALL_END:
        take_stall_end(s, e);
        break;
    case SVA_EV_COMMAND:
        take_command(c, s, e);
        break;
    case SVA_EV_XLATE:
        if (e->xlate.outcome == SVA_OK) {
            sva_check_loop_end(&s->loops, e, e->xlate.map.access);
        }
        break;
    default:
        break;
    }
}

static void stall_bond(SvaChecker *c, void *state, uint16_t rid,
                       SvaPasid pasid, const SvaCheckBond *old G_GNUC_UNUSED,
                       const SvaCheckBond *now)
{
    StallState *s = state;
    SvaCheckCase facts = sva_check_case(&rules[REUSE], rid, pasid);
    const SvaCheckWaiting *open = sva_check_waitings_bond(&s->stalls, rid,
                                                          pasid, now);

    if (open) {
        facts.addr = open->addr;
        facts.since = open->since;
        sva_check_violation(c, &facts, "It is bound to other tables, while "
            "STAG 0x%x of the bond before, at 0x%" PRIx64 ", is not resumed.",
            open->tag, open->addr);
    }
}

static void late(SvaChecker *c, const SvaCheckWaiting *stall)
{
    SvaCheckCase facts = sva_check_case(&rules[UNANSWERED], stall->rid,
                                        stall->pasid);

    facts.addr = stall->addr;
    facts.since = stall->since;
    facts.culprit = sva_check_culprit_of_late(c);
    facts.owed = "CMD_RESUME";
    sva_check_violation(c, &facts, "STAG 0x%x, which stalled at 0x%" PRIx64
        ", was not resumed.", stall->tag, stall->addr);
}

static void stall_tick(SvaChecker *c, void *state)
{
    StallState *s = state;

    sva_check_waitings_tick(&s->stalls, c, late);
}

static void stall_start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    StallState *s = state;

    sva_check_waitings_init(&s->stalls);
}

static void stall_stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    StallState *s = state;

    sva_check_waitings_free(&s->stalls);
}

const SvaCheckTopic sva_check_topic_stall = {
    .name = "stall", .rules = rules, .count = G_N_ELEMENTS(rules),
    .state_size = sizeof(StallState),
    .start = stall_start, .stop = stall_stop, .event = stall_event,
    .bond = stall_bond, .tick = stall_tick,
};
