/*
 * Checker, SMMUv3: each rule by a stream of events that breaks it, and by one
 * that just does not
 *
 * Nothing but the events and what is in memory is there; no model runs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-smmu.h"
#include "fake-env.h"
#include "../../hw/sva/observe/checker/checker.h"

#define STE_PA   0x1004400ull       /* of function 0x110 */
#define CD_PA    0x2000040ull       /* SubstreamID 1 */
#define OTHER_PA 0x2000080ull       /* SubstreamID 2 */
#define SID      0x0000011000000000ull
#define QUIET0   0x0010c205c0004000ull

typedef struct World {
    FakeEnv *env;
    SvaChecker *c;
    uint64_t seq;
} World;

/* -- events -- */

static void event(World *w, SvaEvent e)
{
    e.seq = ++w->seq;
    e.time = w->env->now;
    e.rid = e.rid ? e.rid : 0x110;
    sva_checker_event(w->c, &e);
}

static void command(World *w, uint64_t qw0, uint64_t qw1)
{
    event(w, (SvaEvent) {
        .kind = SVA_EV_COMMAND,
        .command = { .words = { qw0, qw1 }, .type = qw0 & 0xff },
    });
}

static void refused(World *w, uint64_t qw0, uint64_t qw1, unsigned code)
{
    event(w, (SvaEvent) {
        .kind = SVA_EV_COMMAND_ERROR,
        .command = { .words = { qw0, qw1 }, .type = qw0 & 0xff,
                     .code = code },
    });
}

static void sync_done(World *w)
{
    command(w, 0x46, 0);
    event(w, (SvaEvent) { .kind = SVA_EV_WAIT_DONE, .wait.word = 0x46 });
}

/* The unit reads what is in memory. */
static void read_entry(World *w, SvaEntryType type, uint64_t pa,
                       uint32_t ssid)
{
    SvaEvent e = {
        .kind = SVA_EV_ENTRY,
        .entry = { .pa = pa, .type = type,
                   .count = type == SVA_ENTRY_SMMU_CD ? 3 : 4 },
    };
    unsigned i;

    if (type == SVA_ENTRY_SMMU_CD) {
        e.pasid = sva_pasid(ssid);
    }
    for (i = 0; i < e.entry.count; i++) {
        e.entry.words[i] = fake_get64(w->env, pa + 8 * i);
    }
    event(w, e);
}

static void read_cd(World *w)
{
    read_entry(w, SVA_ENTRY_SMMU_CD, CD_PA, 1);
}

static void put(World *w, uint64_t pa, uint64_t w0, uint64_t w1, uint64_t w2,
                uint64_t w3)
{
    fake_put64(w->env, pa, w0);
    fake_put64(w->env, pa + 8, w1);
    fake_put64(w->env, pa + 16, w2);
    fake_put64(w->env, pa + 24, w3);
}

static void regs(World *w)
{
    static const uint64_t words[8] = CHECK_REGS;
    SvaEvent e = {
        .kind = SVA_EV_REGS, .regs.arch = SVA_REGS_SMMUV3, .regs.count = 7,
    };

    memcpy(e.regs.words, words, sizeof(words));
    event(w, e);
}

static World *world_new(void)
{
    static const SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 64,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
    };
    World *w = g_new0(World, 1);

    w->env = fake_env_new();
    w->c = sva_checker_new(&w->env->env, &options);
    regs(w);
    put(w, STE_PA, 0x400000000200000bull, 0x10000002, 0, 0);
    return w;
}

static void wait(World *w)
{
    unsigned i;

    for (i = 0; i < 20; i++) {
        fake_env_advance(w->env, 100000000);
    }
}

/* The first report is of @rule, about @culprit; NULL: there is none. */
static void world_end(World *w, const char *rule, SvaCheckCulprit culprit)
{
    const SvaCheckReport *r = sva_checker_report(w->c, 0);

    if (r) {
        g_test_message("%s: %s", r->facts.rule->id, r->text);
        g_assert_cmpstr(r->facts.rule->id, ==, rule);
        g_assert_cmpint(r->facts.culprit, ==, culprit);
    } else {
        g_assert_null(rule);
    }
    sva_checker_free(w->c);
    fake_env_free(w->env);
    g_free(w);
}

#define BROKEN(w, rule) world_end(w, rule, SVA_CULPRIT_KERNEL)
#define KEPT(w)         world_end(w, NULL, SVA_CULPRIT_KERNEL)

/* -- smmu-command-illegal -- */

#define ILLEGAL "smmu-command-illegal"

static void test_illegal(void)
{
    World *w = world_new();

    refused(w, 0x12, 0x1400, 1);        /* TG without NUM, SCALE, TTL */
    BROKEN(w, ILLEGAL);

    /* The unit is wrong. */
    w = world_new();
    refused(w, 0x12, 0x1000, 1);
    world_end(w, ILLEGAL, SVA_CULPRIT_MODEL);
    w = world_new();
    command(w, 0x12, 0x1400);
    world_end(w, ILLEGAL, SVA_CULPRIT_MODEL);
}

static void test_illegal_not(void)
{
    World *w = world_new();

    command(w, 0x1012, 0x1400);
    command(w, 0x01, 0);
    refused(w, 0, 0, 2);                /* no memory there */
    refused(w, 0x46, 0, 3);             /* a function does not answer */
    sync_done(w);
    wait(w);
    KEPT(w);
}

/* -- smmu-command-unsynced -- */

static void test_unsynced(void)
{
    World *w = world_new();

    sync_done(w);
    command(w, 0x30, 0);
    wait(w);
    BROKEN(w, "smmu-command-unsynced");
}

static void test_unsynced_not(void)
{
    World *w = world_new();

    command(w, 0x30, 0);
    fake_env_advance(w->env, 150000000);
    command(w, SID | 0x1005, 1);
    command(w, 0x46, 0);                /* its end may take long */
    wait(w);
    /* These need none. */
    event(w, (SvaEvent) { .kind = SVA_EV_STALL, .rid = SID >> 32 });
    command(w, SID | 0x44, 0);
    command(w, SID | 0x41, 0x2000);
    command(w, 0x01, 0);
    wait(w);
    command(w, 0x30, 0);
    event(w, (SvaEvent) { .kind = SVA_EV_RESET });
    wait(w);
    /* The host has no time for the machine. */
    command(w, 0x30, 0);
    w->env->now += 300000000;
    fake_env_advance(w->env, 1);
    command(w, 0x46, 0);
    wait(w);
    KEPT(w);
}

/* -- smmu-entry-torn -- */

#define TORN "smmu-entry-torn"

/* A new CD at once, in a place that the unit has read. */
static void test_torn_new(void)
{
    World *w = world_new();

    read_cd(w);
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    BROKEN(w, TORN);
}

static void test_torn_new_not(void)
{
    World *w = world_new();

    read_cd(w);
    put(w, CD_PA, 0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    read_cd(w);
    wait(w);
    KEPT(w);

    /* Not read and not named until now: it was not reachable. */
    w = world_new();
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    KEPT(w);
}

/* CMD_CFGI_CD without CMD_SYNC between the steps. */
static void test_torn_unsynced(void)
{
    World *w = world_new();

    read_cd(w);
    put(w, CD_PA, 0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    BROKEN(w, TORN);
}

/* V=1 first, the other words a step later. */
static void test_torn_valid_first(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0, 0, 0);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    BROKEN(w, TORN);
}

/* Two words of a CD in use; the unit reads it before it is invalidated. */
static void test_torn_read(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, QUIET0, 0, 0, 0xff);
    read_cd(w);
    BROKEN(w, TORN);
}

/* The same in two steps; the second word means nothing by then. */
static void test_torn_read_not(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, QUIET0, 0x3000000, 0, 0xff);
    read_cd(w);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    put(w, CD_PA, QUIET0, 0, 0, 0xff);
    read_cd(w);
    KEPT(w);
}

static void test_torn_ste(void)
{
    World *w = world_new();

    read_entry(w, SVA_ENTRY_SMMU_STE, STE_PA, 0);
    put(w, STE_PA, 0x400000000300000bull, 0x10000001, 0, 0);
    command(w, SID | 0x03, 1);
    BROKEN(w, TORN);
}

/* By way of V=0; and all copies go with CMD_CFGI_ALL. */
static void test_torn_ste_not(void)
{
    World *w = world_new();

    read_entry(w, SVA_ENTRY_SMMU_STE, STE_PA, 0);
    put(w, STE_PA, 0, 0x10000002, 0, 0);
    command(w, SID | 0x03, 1);
    sync_done(w);
    put(w, STE_PA, 0, 0x10000001, 0, 0);
    command(w, SID | 0x03, 1);
    sync_done(w);
    put(w, STE_PA, 0x400000000300000bull, 0x10000001, 0, 0);
    command(w, SID | 0x03, 1);
    sync_done(w);
    read_entry(w, SVA_ENTRY_SMMU_STE, STE_PA, 0);
    command(w, 0x04, 31);
    sync_done(w);
    put(w, STE_PA, 0x400000000200000bull, 0x10000002, 0, 0);
    read_entry(w, SVA_ENTRY_SMMU_STE, STE_PA, 0);
    wait(w);
    KEPT(w);
}

/* The table is given up, its memory used again: CMD_CFGI_STE does for CDs. */
static void test_torn_table_not(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, STE_PA, 0x9, 0, 0, 0);
    command(w, SID | 0x03, 1);
    sync_done(w);
    put(w, CD_PA, CHECK_CD0, 0x7000000, 0, 0x44);
    put(w, STE_PA, 0x9, 0x10000002, 0, 0);
    command(w, SID | 0x03, 1);
    sync_done(w);
    put(w, STE_PA, 0x400000000200000bull, 0x10000002, 0, 0);
    command(w, SID | 0x03, 1);
    sync_done(w);
    read_cd(w);
    KEPT(w);
}

/* -- smmu-entry-illegal -- */

static void test_entry_illegal(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0 | 0xc0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    BROKEN(w, "smmu-entry-illegal");

    w = world_new();
    put(w, STE_PA, 0x400000000200000bull, 0x40000002, 0, 0);
    read_entry(w, SVA_ENTRY_SMMU_STE, STE_PA, 0);
    BROKEN(w, "smmu-entry-illegal");

    /* Legal, were it not for its STE: S=1 with S1STALLD=1. */
    w = world_new();
    put(w, STE_PA, 0x400000000200000bull, 0x18000002, 0, 0);
    put(w, CD_PA, CHECK_CD0 | 1ull << 44, 0x3000000, 0, 0xff);
    read_cd(w);
    BROKEN(w, "smmu-entry-illegal");
}

static void test_entry_illegal_not(void)
{
    World *w = world_new();

    put(w, CD_PA, (CHECK_CD0 | 0xc0) & ~CHECK_CD_V, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    put(w, OTHER_PA, QUIET0 | 0xc0, ~0ull, 0, 0);
    command(w, SID | 0x2005, 1);
    sync_done(w);
    KEPT(w);
}

/* -- smmu-asid-shared -- */

static void read_both(World *w, uint64_t table, uint64_t other0)
{
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    put(w, OTHER_PA, other0, table, 0, 0xff);
    read_cd(w);
    read_entry(w, SVA_ENTRY_SMMU_CD, OTHER_PA, 2);
}

static void test_shared(void)
{
    World *w = world_new();

    read_both(w, 0x4000000, CHECK_CD0);
    BROKEN(w, "smmu-asid-shared");

    w = world_new();
    read_both(w, 0x3000000, CHECK_CD0 ^ 1);     /* T0SZ */
    BROKEN(w, "smmu-asid-shared");
}

static void test_shared_not(void)
{
    World *w = world_new();

    /* The same mm; S, R, A may differ, and one is quiesced before the other. */
    read_both(w, 0x3000000, CHECK_CD0 ^ CHECK_CD_R);
    put(w, OTHER_PA, QUIET0, 0x3000000, 0, 0xff);
    read_entry(w, SVA_ENTRY_SMMU_CD, OTHER_PA, 2);
    KEPT(w);

    w = world_new();
    read_both(w, 0x4000000, CHECK_CD0 ^ 1ull << 48);    /* another ASID */
    KEPT(w);
}

/* -- smmu-asid-reused -- */

static void test_reused(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, 0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    put(w, OTHER_PA, CHECK_CD0, 0x4000000, 0, 0xff);
    read_entry(w, SVA_ENTRY_SMMU_CD, OTHER_PA, 2);
    BROKEN(w, "smmu-asid-reused");
}

/* @tlbi: what is sent; @filled: a translation is made after its CMD_SYNC */
static World *reuse(uint64_t qw0, uint64_t qw1, bool filled)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, 0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    command(w, qw0, qw1);
    sync_done(w);
    if (filled) {
        event(w, (SvaEvent) {
            .kind = SVA_EV_FILL, .addr = 0x400000, .pasid = sva_pasid(1),
            .fill = { .map.mask = 0xfff, .asid = 0x10 },
        });
    }
    put(w, OTHER_PA, CHECK_CD0, 0x4000000, 0, 0xff);
    read_entry(w, SVA_ENTRY_SMMU_CD, OTHER_PA, 2);
    return w;
}

static void test_reused_tlbi(void)
{
    KEPT(reuse(0x0010000000000011ull, 0, false));       /* ASID 0x10 */
    KEPT(reuse(0x10, 0, false));
    KEPT(reuse(0x28, 0, false));
    KEPT(reuse(0x30, 0, false));
    BROKEN(reuse(0x0011000000000011ull, 0, false), "smmu-asid-reused");
    BROKEN(reuse(0x0010000000000012ull, 0x400000, false),
           "smmu-asid-reused");
    BROKEN(reuse(0x0010000100000011ull, 0, false), "smmu-asid-reused");
    BROKEN(reuse(0x0010000000000011ull, 0, true), "smmu-asid-reused");
}

/* The other CD is valid and has gone on to the same tables without TLBI. */
static void test_reused_follower(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, CHECK_CD0, 0x4000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    put(w, OTHER_PA, CHECK_CD0, 0x4000000, 0, 0xff);
    read_entry(w, SVA_ENTRY_SMMU_CD, OTHER_PA, 2);
    BROKEN(w, "smmu-asid-reused");
}

/* TLBI without CMD_SYNC; and a CD that is changed while it is valid. */
static void test_reused_order(void)
{
    World *w = world_new();

    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, 0, 0x3000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    command(w, 0x0010000000000011ull, 0);
    put(w, OTHER_PA, CHECK_CD0, 0x4000000, 0, 0xff);
    read_entry(w, SVA_ENTRY_SMMU_CD, OTHER_PA, 2);
    BROKEN(w, "smmu-asid-reused");

    w = world_new();
    put(w, CD_PA, CHECK_CD0, 0x3000000, 0, 0xff);
    read_cd(w);
    put(w, CD_PA, CHECK_CD0, 0x4000000, 0, 0xff);
    command(w, SID | 0x1005, 1);
    sync_done(w);
    read_cd(w);
    command(w, 0x0010000000000011ull, 0);
    sync_done(w);
    KEPT(w);
}

/* Before registers were announced nothing is judged. */
static void test_unknown(void)
{
    World *w = world_new();
    SvaChecker *c = w->c;
    static const SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT, .history = 64, .entries = 64,
    };

    w->c = sva_checker_new(&w->env->env, &options);
    refused(w, 0x12, 0x1400, 1);
    put(w, CD_PA, CHECK_CD0 | 0xc0, 0x3000000, 0, 0xff);
    read_cd(w);
    command(w, SID | 0x1005, 1);
    wait(w);
    sva_checker_free(c);
    KEPT(w);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        GTestFunc fn;
    } tests[] = {
        { "illegal", test_illegal },
        { "illegal-not", test_illegal_not },
        { "unsynced", test_unsynced },
        { "unsynced-not", test_unsynced_not },
        { "torn-new", test_torn_new },
        { "torn-new-not", test_torn_new_not },
        { "torn-unsynced", test_torn_unsynced },
        { "torn-valid-first", test_torn_valid_first },
        { "torn-read", test_torn_read },
        { "torn-read-not", test_torn_read_not },
        { "torn-ste", test_torn_ste },
        { "torn-ste-not", test_torn_ste_not },
        { "torn-table-not", test_torn_table_not },
        { "entry-illegal", test_entry_illegal },
        { "entry-illegal-not", test_entry_illegal_not },
        { "shared", test_shared },
        { "shared-not", test_shared_not },
        { "reused", test_reused },
        { "reused-tlbi", test_reused_tlbi },
        { "reused-follower", test_reused_follower },
        { "reused-order", test_reused_order },
        { "unknown", test_unknown },
    };
    unsigned i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/checker-smmu/rules/%s",
                                                tests[i].path);

        g_test_add_func(path, tests[i].fn);
    }
    return g_test_run();
}
