/*
 * Rules: life cycle of a bond
 *
 * While a bond lasts the device may work.  When the mm goes away the entry
 * makes faults silent; before an unbind the device is stopped, and what it
 * sends later is reported.  Which entry the IOMMU went by is known from what it
 * has just read, so that caches and mixed words do not matter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/sva/accel-abi.h"
#include "rules-life.h"
#include "query.h"

enum {
    NOISE, SILENT, REUSE,
};

static const SvaCheckRule rules[] = {
    [NOISE] = { "bond-fault-noise",
        "Faults of a bond whose mm has gone are not reported, and a device "
        "is stopped before its bond ends.",
        { "VT-d rev 5.10, 9.6, 7.2.3", "IHI 0070 G.b, 5.5" } },
    [SILENT] = { "bond-late-silent",
        "DMA with a PASID that is not bound is reported.",
        { "VT-d rev 5.10, 9.5, 9.6", "IHI 0070 G.b, 7.3.11" } },
    [REUSE] = { "bond-access-reuse",
        "A PASID is bound to other tables only after the device has ended the "
        "work of the bond before.",
        { "VT-d rev 5.10, 7.11", "IHI 0070 G.b, 3.21.3" } },
};

#define MOST 65536

/* Tearing down takes a moment, in several steps. */
#define GRACE_DIVISOR 4

/*
 * A job that a context of an accelerator works at.
 *
 * @tables: of its PASID when it began (SvaCheckBond), 0: it was not bound
 * @gone:   when the entry became not present, 0: it has not; @clock: the same,
 *          of sva_check_clock()
 */
typedef struct Job {
    uint64_t key;
    uint64_t id;
    uint64_t seq;
    uint64_t tables;
    int64_t gone;
    int64_t clock;
    SvaPasid pasid;
    uint16_t rid;
} Job;

/* An entry of a PASID that the IOMMU has read and that does not translate. */
typedef struct Quiet {
    uint64_t key;
    SvaCheckEntry entry;
    SvaCheckBind state;
    uint64_t pa;
} Quiet;

/* @dir: last entry of a PASID directory that was read */
typedef struct LifeState {
    GHashTable *jobs;           /* by function and context */
    Job *spare;                 /* that has ended, for the next one */
    GHashTable *quiet;          /* by function and PASID */
    SvaEvent dir;
} LifeState;

static uint64_t key_of(uint16_t rid, uint32_t number)
{
    return (uint64_t)rid << 32 | number;
}

/* -- jobs -- */

static void job_start(SvaChecker *c, LifeState *s, const SvaEvent *e)
{
    SvaCheckBond bond = sva_check_bond(c, e->rid, e->pasid);
    Job *job;

    if (g_hash_table_size(s->jobs) >= MOST) {
        return;
    }
    job = s->spare ? s->spare : g_new(Job, 1);
    s->spare = NULL;
    *job = (Job) {
        .key = key_of(e->rid, e->job.context), .id = e->job.id,
        .seq = e->seq, .pasid = e->pasid, .rid = e->rid,
        .tables = bond.state == SVA_BIND_BOUND ? bond.tables : 0,
    };
    g_hash_table_replace(s->jobs, &job->key, job);
}

static void job_end(LifeState *s, uint16_t rid, uint32_t context)
{
    uint64_t key = key_of(rid, context);
    Job *job = g_hash_table_lookup(s->jobs, &key);

    if (job) {
        g_hash_table_steal(s->jobs, &key);
        g_free(s->spare);
        s->spare = job;
    }
}

static void context_state(LifeState *s, const SvaEvent *e)
{
    if (e->context.state == SVA_CTX_DISABLED ||
        e->context.state == SVA_CTX_HALTED) {
        job_end(s, e->rid, e->context.index);
    }
}

static gboolean is_of(gpointer key G_GNUC_UNUSED, gpointer value,
                      gpointer opaque)
{
    const Job *job = value;
    const SvaEvent *e = opaque;

    return job->rid == e->rid;
}

static void take_reset(LifeState *s, const SvaEvent *e)
{
    SvaEvent copy = *e;

    g_hash_table_foreach_remove(s->jobs, is_of, &copy);
}

/* One that lost its tables long enough ago. */
static const Job *job_gone(const SvaChecker *c, const LifeState *s,
                           const SvaEvent *e)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, s->jobs);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Job *job = value;

        if (job->rid == e->rid && sva_pasid_equal(job->pasid, e->pasid) &&
            job->gone && sva_check_clock(c) - job->clock >=
                         sva_check_limit(c) / GRACE_DIVISOR) {
            return job;
        }
    }
    return NULL;
}

/* -- entries -- */

static const Quiet *quiet_of(const LifeState *s, const SvaEvent *e)
{
    uint64_t key = key_of(e->rid, e->pasid.id);

    return e->pasid.valid ? g_hash_table_lookup(s->quiet, &key) : NULL;
}

static void take_entry(SvaChecker *c, LifeState *s, const SvaEvent *e)
{
    uint64_t key = key_of(e->rid, e->pasid.id);
    Quiet *quiet;
    SvaCheckBind state;
    SvaCheckEntry entry = {
        .type = e->entry.type, .count = MIN(e->entry.count, SVA_EVENT_WORDS),
    };

    if (e->entry.type == SVA_ENTRY_VTD_PASID_DIR) {
        s->dir = *e;
    }
    if (e->entry.type != SVA_ENTRY_VTD_PASID &&
        e->entry.type != SVA_ENTRY_SMMU_CD) {
        return;
    }
    memcpy(entry.words, e->entry.words, entry.count * sizeof(uint64_t));
    state = sva_check_arch(c)->bind(sva_check_regs(c), &entry);
    if (state != SVA_BIND_UNBOUND && state != SVA_BIND_QUIESCED) {
        g_hash_table_remove(s->quiet, &key);
    } else if (g_hash_table_size(s->quiet) < MOST) {
        quiet = g_new(Quiet, 1);
        *quiet = (Quiet) {
            .key = key, .entry = entry, .state = state, .pa = e->entry.pa,
        };
        g_hash_table_replace(s->quiet, &quiet->key, quiet);
    }
}

/* -- what is reported -- */

#define CD_R (1ull << 45)
#define CD_S (1ull << 44)

static void noise_quiesced(SvaChecker *c, const SvaEvent *e,
                           const Quiet *quiet)
{
    SvaCheckCase facts = sva_check_case(&rules[NOISE], e->rid, e->pasid);
    bool asked = quiet->entry.words[0] & (CD_R | CD_S);

    /* Of VT-d it is the fault of another entry: FPD is honoured. */
    if (quiet->entry.type != SVA_ENTRY_SMMU_CD || !asked) {
        return;
    }
    facts.addr = e->addr;
    facts.pa = quiet->pa;
    facts.now = quiet->entry;
    sva_check_violation(c, &facts, "The context descriptor translates nothing "
        "any more, but R or S of it are set, so that a fault at 0x%" PRIx64
        " is reported.", e->addr);
}

static void noise_unbound(SvaChecker *c, LifeState *s, const SvaEvent *e,
                          const Quiet *quiet)
{
    SvaCheckCase facts = sva_check_case(&rules[NOISE], e->rid, e->pasid);
    const Job *job = job_gone(c, s, e);

    if (!job) {
        return;                 /* late DMA is to be reported */
    }
    facts.addr = e->addr;
    facts.pa = quiet->pa;
    facts.now = quiet->entry;
    facts.since = job->gone;
    sva_check_violation(c, &facts, "The entry was made not present while the "
        "function worked at job 0x%" PRIx64 " of the bond, and a fault at 0x%"
        PRIx64 " is reported.", job->id, e->addr);
}

static void take_fault(SvaChecker *c, LifeState *s, const SvaEvent *e)
{
    const Quiet *quiet = quiet_of(s, e);

    if (!quiet) {
        return;
    }
    if (quiet->state == SVA_BIND_QUIESCED) {
        noise_quiesced(c, e, quiet);
    } else {
        noise_unbound(c, s, e, quiet);
    }
}

/* -- what is not -- */

#define VTD_FPD (1ull << 1)

/* An entry above that of the PASID, if it asks for silence. */
static bool asks_above(const SvaChecker *c, const LifeState *s,
                       const SvaEvent *e, SvaCheckCase *facts)
{
    if (sva_check_arch_id(c) != SVA_REGS_VTD) {
        return false;
    }
    if (s->dir.rid == e->rid && sva_pasid_equal(s->dir.pasid, e->pasid) &&
        s->dir.entry.words[0] & VTD_FPD) {
        facts->pa = s->dir.entry.pa;
        facts->now = (SvaCheckEntry) {
            .type = SVA_ENTRY_VTD_PASID_DIR, .count = 1,
            .words = { s->dir.entry.words[0] },
        };
        return true;
    }
    return sva_check_entry(c, SVA_ENTRY_VTD_CONTEXT, e->rid, SVA_NO_PASID,
                           &facts->now, &facts->pa) &&
           facts->now.words[0] & VTD_FPD;
}

static void take_silent_fault(SvaChecker *c, LifeState *s, const SvaEvent *e)
{
    const Quiet *quiet = quiet_of(s, e);
    SvaCheckCase facts = sva_check_case(&rules[SILENT], e->rid, e->pasid);

    if (!quiet || quiet->state != SVA_BIND_UNBOUND) {
        return;
    }
    facts.addr = e->addr;
    if (asks_above(c, s, e, &facts)) {
        sva_check_violation(c, &facts, "An entry above that of the PASID asks "
            "for silence, so that late DMA at 0x%" PRIx64 " is not reported.",
            e->addr);
        return;
    }
    facts.culprit = SVA_CULPRIT_MODEL;
    facts.pa = quiet->pa;
    facts.now = quiet->entry;
    sva_check_violation(c, &facts, "No entry asks for silence, but late DMA "
        "at 0x%" PRIx64 " is not reported.", e->addr);
}

/* -- topic -- */

static void life_event(SvaChecker *c, void *state, const SvaEvent *e)
{
    LifeState *s = state;

    if (!sva_check_arch(c)) {
        return;
    }
    switch (e->kind) {
    case SVA_EV_JOB_START:
        job_start(c, s, e);
        break;
    case SVA_EV_JOB_DONE:
        job_end(s, e->rid, e->job.context);
        break;
    case SVA_EV_CTX_STATE:
        context_state(s, e);
        break;
    case SVA_EV_RESET:
        take_reset(s, e);
        break;
    case SVA_EV_ENTRY:
        take_entry(c, s, e);
        break;
    case SVA_EV_FAULT:
    case SVA_EV_STALL:
        take_fault(c, s, e);
        break;
    case SVA_EV_FAULT_SILENT:
        take_silent_fault(c, s, e);
        break;
    default:
        break;
    }
}

static void job_bond(SvaChecker *c, Job *job, const SvaCheckBond *now)
{
    SvaCheckCase facts = sva_check_case(&rules[REUSE], job->rid, job->pasid);

    if (now->state == SVA_BIND_UNBOUND && !job->gone) {
        job->gone = MAX(now->time, 1);
        job->clock = now->clock;
    } else if (now->state == SVA_BIND_BOUND && job->tables != now->tables) {
        facts.since = job->gone;
        sva_check_violation(c, &facts, "The PASID is bound to other tables, "
            "while the function still works at job 0x%" PRIx64 " of the bond "
            "before.", job->id);
    } else if (now->state == SVA_BIND_BOUND) {
        job->gone = 0;
    }
}

static void life_bond(SvaChecker *c, void *state, uint16_t rid,
                      SvaPasid pasid, const SvaCheckBond *old G_GNUC_UNUSED,
                      const SvaCheckBond *now)
{
    const LifeState *s = state;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, s->jobs);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Job *job = value;

        if (job->rid == rid && sva_pasid_equal(job->pasid, pasid) &&
            job->tables && job->seq < now->since) {
            job_bond(c, job, now);
        }
    }
}

static void life_start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    LifeState *s = state;

    s->jobs = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    s->quiet = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
}

static void life_stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    LifeState *s = state;

    g_hash_table_destroy(s->jobs);
    g_free(s->spare);
    g_hash_table_destroy(s->quiet);
}

const SvaCheckTopic sva_check_topic_life = {
    .name = "life", .rules = rules, .count = G_N_ELEMENTS(rules),
    .state_size = sizeof(LifeState), .jobs = true,
    .start = life_start, .stop = life_stop, .event = life_event,
    .bond = life_bond,
};
