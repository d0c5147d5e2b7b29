/*
 * Checker: rules about ASIDs of an SMMUv3
 *
 * Translations are found by VMID and ASID, whatever the stream: all CDs that
 * have both in common must lead to the same tables in the same way, and an ASID
 * may be given to other tables only when no translation has it any more (IHI
 * 0070 G.b 3.17, 5.4.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "query.h"
#include "rules-smmu.h"
#include "smmu-command.h"
#include "smmu-locate.h"
#include "smmu-sync.h"
#include "violation.h"

enum {
    SHARED,
    REUSED,
};

static const SvaCheckRule rules[] = {
    [SHARED] = {
        "smmu-asid-shared",
        "CDs with the same ASID and VMID agree in what translations are cached "
        "with.",
        { [SVA_REGS_SMMUV3] = "IHI 0070 G.b, 3.17, 5.4.1" },
    },
    [REUSED] = {
        "smmu-asid-reused",
        "An ASID is given to other tables after CMD_TLBI_NH_ASID and "
        "CMD_SYNC.",
        { [SVA_REGS_SMMUV3] = "IHI 0070 G.b, 3.17, 3.21.1" },
    },
};

#define ASIDS_MAX 65536
#define GONE_MAX  65536

/*
 * The CD that the unit has read last for an ASID.
 *
 * @read:  the event
 * @after: a command later than this one has dropped what was made of it
 * @tlbi:  commands that drop all of the ASID
 */
typedef struct User {
    uint64_t key;
    uint64_t words[SVA_CHECK_SMMU_WORDS];
    uint64_t pa;
    uint64_t read;
    uint64_t after;
    SvaCheckSmmuMark tlbi;
    uint32_t ssid;
    uint16_t rid;
} User;

/*
 * @vmids: VMID -> Mark of commands that drop all of it
 * @gone:  StreamID, SubstreamID -> event at which the CD was seen with V=0
 */
typedef struct State {
    GHashTable *users;
    GHashTable *vmids;
    GHashTable *gone;
    SvaCheckSmmuMark el1;
    SvaCheckSmmuMark el2;
    SvaCheckSmmuSync sync;
} State;

/* As keys and values of a table. */
typedef struct Gone {
    uint64_t key;
    uint64_t seq;
} Gone;

#define KEY_HYP (1ull << 32)

static void start(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    s->users = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                     g_free);
    s->vmids = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                     g_free);
    s->gone = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
                                    g_free);
}

static void stop(SvaChecker *c G_GNUC_UNUSED, void *state)
{
    State *s = state;

    g_hash_table_destroy(s->users);
    g_hash_table_destroy(s->vmids);
    g_hash_table_destroy(s->gone);
}

static uint64_t key_of(bool hyp, uint16_t vmid, uint16_t asid)
{
    return (hyp ? KEY_HYP : (uint64_t)vmid << 16) | asid;
}

static uint64_t key_of_cd(const SvaCheckSmmuSte *ste, uint64_t word)
{
    return key_of(ste->world == SVA_CHECK_SMMU_E2H, ste->vmid,
                  sva_check_bits(word, 48, 16));
}

/* -- commands -- */

static SvaCheckSmmuMark *vmid_mark(State *s, uint16_t vmid)
{
    gpointer key = GUINT_TO_POINTER(vmid);
    SvaCheckSmmuMark *mark = g_hash_table_lookup(s->vmids, key);

    if (!mark) {
        mark = g_new0(SvaCheckSmmuMark, 1);     /* at most 65536 */
        g_hash_table_insert(s->vmids, key, mark);
    }
    return mark;
}

static SvaCheckSmmuMark *mark_of(State *s, const SvaCheckSmmuCommand *cmd)
{
    uint64_t key;
    User *user;

    if (cmd->by_asid) {
        key = key_of(cmd->hyp, cmd->by_vmid ? cmd->vmid : 0, cmd->asid);
        user = g_hash_table_lookup(s->users, &key);
        return user ? &user->tlbi : NULL;
    }
    if (cmd->hyp) {
        return &s->el2;
    }
    return cmd->by_vmid ? vmid_mark(s, cmd->vmid) : &s->el1;
}

/* Those by address leave others of the ASID. */
static void take_command(SvaChecker *c, State *s, const SvaEvent *event)
{
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuCommand cmd;
    SvaCheckSmmuMark *mark;

    sva_check_smmu_unit(sva_check_regs(c), &unit);
    if (sva_check_smmu_command(&unit, event->command.words, &cmd) ||
        cmd.kind != SVA_CHECK_SMMU_TLBI || cmd.by_addr || !cmd.stage1) {
        return;
    }
    mark = mark_of(s, &cmd);
    if (mark) {
        sva_check_smmu_mark(mark, &s->sync, event->seq);
    }
}

/* Has a command, done by now, dropped all that was made of @user's CD? */
static bool is_clean(const State *s, const User *user)
{
    bool hyp = user->key & KEY_HYP;
    uint64_t last = sva_check_smmu_covered(&user->tlbi, &s->sync);
    const SvaCheckSmmuMark *vmid;

    if (hyp) {
        return MAX(last, sva_check_smmu_covered(&s->el2, &s->sync)) >
               user->after;
    }
    vmid = g_hash_table_lookup(s->vmids, GUINT_TO_POINTER(user->key >> 16));
    last = MAX(last, sva_check_smmu_covered(&s->el1, &s->sync));
    if (vmid) {
        last = MAX(last, sva_check_smmu_covered(vmid, &s->sync));
    }
    return last > user->after;
}

/* -- CDs -- */

static void use(const State *s, User *user, const SvaEvent *event,
                const uint64_t *words)
{
    user->read = event->seq;
    user->after = s->sync.done;
    user->rid = event->rid;
    user->ssid = event->pasid.id;
    user->pa = event->entry.pa;
    memcpy(user->words, words, sizeof(user->words));
}

static void add(State *s, uint64_t key, const SvaEvent *event,
                const uint64_t *words)
{
    User *user = g_new0(User, 1);

    if (g_hash_table_size(s->users) >= ASIDS_MAX) {
        g_hash_table_remove_all(s->users);
    }
    user->key = key;
    use(s, user, event, words);
    g_hash_table_replace(s->users, &user->key, user);
}

/* Does the unit still reach the CD of @user, and is it as it was? */
static bool is_live(SvaEnv *env, const SvaCheckSmmuUnit *u, const User *user)
{
    uint64_t words[SVA_CHECK_SMMU_WORDS], pa;
    SvaCheckSmmuSte ste;

    return sva_check_smmu_read_ste(env, u, user->rid, &ste) &&
           sva_check_smmu_locate_cd(env, u, &ste, user->ssid, &pa) &&
           pa == user->pa && sva_check_smmu_read(env, pa, words) &&
           sva_check_bits(words[0], 31, 1) &&
           key_of_cd(&ste, words[0]) == user->key &&
           !sva_check_smmu_cd_clash(words, user->words);
}

static SvaCheckCase facts_of(unsigned rule, const User *user,
                             const SvaEvent *event, const uint64_t *words)
{
    SvaCheckCase facts = {
        .rule = &rules[rule],
        .culprit = SVA_CULPRIT_KERNEL,
        .has_rid = true,
        .rid = event->rid,
        .pasid = event->pasid,
        .pa = event->entry.pa,
        .before = { .type = SVA_ENTRY_SMMU_CD, .count = SVA_CHECK_SMMU_READ },
        .now = { .type = SVA_ENTRY_SMMU_CD, .count = SVA_CHECK_SMMU_READ },
    };

    memcpy(facts.before.words, user->words, sizeof(user->words));
    memcpy(facts.now.words, words, sizeof(user->words));
    return facts;
}

static void report_shared(SvaChecker *c, const User *user,
                          const SvaEvent *event, const uint64_t *words,
                          const char *field)
{
    SvaCheckCase facts = facts_of(SHARED, user, event, words);

    sva_check_violation(c, &facts, "The CD has ASID 0x%x with another %s than "
                        "that of function 0x%04x, SubstreamID 0x%x, which is "
                        "valid: either may be served with the translations of "
                        "the other.", (unsigned)(user->key & 0xffff), field,
                        user->rid, user->ssid);
}

static void report_reused(SvaChecker *c, const User *user,
                          const SvaEvent *event, const uint64_t *words,
                          const char *field)
{
    SvaCheckCase facts = facts_of(REUSED, user, event, words);

    facts.owed = "CMD_TLBI_NH_ASID, CMD_SYNC";
    sva_check_violation(c, &facts, "The CD has ASID 0x%x with another %s than "
                        "that of function 0x%04x, SubstreamID 0x%x had, and no "
                        "TLBI of this ASID is complete since: translations of "
                        "the old tables may be used.",
                        (unsigned)(user->key & 0xffff), field, user->rid,
                        user->ssid);
}

static uint64_t place_key(uint16_t rid, uint32_t ssid)
{
    return (uint64_t)rid << 32 | ssid;
}

/* Was it valid all the time?  Then TLBI follows, and does not come before. */
static bool in_place(const State *s, const User *user, const SvaEvent *event)
{
    uint64_t key = place_key(user->rid, user->ssid);
    const Gone *gone = g_hash_table_lookup(s->gone, &key);

    return user->pa == event->entry.pa && !(gone && gone->seq > user->read);
}

static void check(SvaChecker *c, const State *s, const SvaCheckSmmuUnit *u,
                  const User *user, const SvaEvent *event,
                  const uint64_t *words)
{
    const SvaCheckSmmuField *f = sva_check_smmu_cd_clash(user->words, words);

    if (!f || in_place(s, user, event)) {
        return;
    }
    if (user->pa != event->entry.pa && is_live(sva_check_env(c), u, user)) {
        report_shared(c, user, event, words, f->name);
    } else if (!is_clean(s, user)) {
        report_reused(c, user, event, words, f->name);
    }
}

static void take_cd(SvaChecker *c, State *s, const SvaEvent *event)
{
    SvaEnv *env = sva_check_env(c);
    uint64_t words[SVA_CHECK_SMMU_WORDS], key;
    SvaCheckSmmuUnit unit;
    SvaCheckSmmuSte ste;
    User *user;

    sva_check_smmu_unit(sva_check_regs(c), &unit);
    if (!sva_check_bits(event->entry.words[0], 31, 1) ||
        !sva_check_smmu_read(env, event->entry.pa, words) ||
        !sva_check_smmu_read_ste(env, &unit, event->rid, &ste) ||
        ste.world == SVA_CHECK_SMMU_EL2) {
        return;                 /* none, or one without ASID */
    }
    memcpy(words, event->entry.words, sizeof(*words) *
           MIN(event->entry.count, SVA_CHECK_SMMU_READ));
    key = key_of_cd(&ste, words[0]);
    user = g_hash_table_lookup(s->users, &key);
    if (!user) {
        add(s, key, event, words);
        return;
    }
    check(c, s, &unit, user, event, words);
    use(s, user, event, words);
}

/* What is filled now is dropped by no command that is done already. */
static void take_fill(State *s, const SvaEvent *event)
{
    uint64_t key = key_of(event->fill.kind == SVA_FILL_SMMU_HYP,
                          event->fill.domain, event->fill.asid);
    User *user;

    if (event->fill.asid <= 0xffff) {
        user = g_hash_table_lookup(s->users, &key);
        if (user) {
            user->after = s->sync.done;
        }
    }
}

/* -- hooks -- */

static void forget(State *s)
{
    g_hash_table_remove_all(s->users);
    g_hash_table_remove_all(s->vmids);
    g_hash_table_remove_all(s->gone);
    s->el1 = s->el2 = (SvaCheckSmmuMark) { 0 };
    s->sync = (SvaCheckSmmuSync) { 0 };
}

static void on_event(SvaChecker *c, void *state, const SvaEvent *event)
{
    State *s = state;

    if (sva_check_arch_id(c) != SVA_REGS_SMMUV3) {
        return;
    }
    sva_check_smmu_sync_event(&s->sync, event);
    if (event->kind == SVA_EV_FILL) {
        take_fill(s, event);
    } else if (event->kind == SVA_EV_COMMAND) {
        take_command(c, s, event);
    } else if (event->kind == SVA_EV_ENTRY &&
               event->entry.type == SVA_ENTRY_SMMU_CD && event->entry.count) {
        take_cd(c, s, event);
    } else if (event->kind == SVA_EV_RESET) {
        forget(s);
    }
}

static void on_bond(SvaChecker *c, void *state, uint16_t rid, SvaPasid pasid,
                    const SvaCheckBond *old G_GNUC_UNUSED,
                    const SvaCheckBond *now)
{
    State *s = state;
    Gone *gone;

    if (sva_check_arch_id(c) != SVA_REGS_SMMUV3 ||
        now->state != SVA_BIND_UNBOUND) {
        return;
    }
    if (g_hash_table_size(s->gone) >= GONE_MAX) {
        g_hash_table_remove_all(s->gone);
    }
    gone = g_new0(Gone, 1);
    gone->key = place_key(rid, pasid.id);
    gone->seq = sva_check_seq(c);
    g_hash_table_replace(s->gone, &gone->key, gone);
}

const SvaCheckTopic sva_check_topic_smmu_asid = {
    .name = "smmu-asid",
    .rules = rules,
    .count = G_N_ELEMENTS(rules),
    .state_size = sizeof(State),
    .start = start,
    .stop = stop,
    .event = on_event,
    .bond = on_bond,
};
