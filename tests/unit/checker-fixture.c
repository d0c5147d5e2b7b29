/*
 * A checker, and a unit that is small enough to forge its events
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-fixture.h"
#include "hw/sva/observe/checker/convict.h"

#define ADDR 0x000ffffffffff000ull

/* -- architecture -- */

static bool is_entry(const SvaCheckEntry *e)
{
    return e->type == SVA_ENTRY_VTD_PASID;
}

static bool unit_present(const uint64_t *regs G_GNUC_UNUSED,
                         const SvaCheckEntry *e)
{
    return e->words[0] & P;
}

static SvaCheckChange unit_compare(const uint64_t *regs G_GNUC_UNUSED,
                                   const SvaCheckEntry *old,
                                   const SvaCheckEntry *now)
{
    uint64_t diff = old->words[0] ^ now->words[0];

    if (is_entry(old)) {
        diff |= old->words[1] ^ now->words[1];
    } else {
        diff &= ~A;
    }
    if (!diff) {
        return SVA_CHANGE_NONE;
    }
    if (!(old->words[0] & P) ||
        (!is_entry(old) && diff == W && now->words[0] & W)) {
        return SVA_CHANGE_UPGRADE;
    }
    return SVA_CHANGE;
}

static bool unit_leaf(const uint64_t *regs G_GNUC_UNUSED,
                      const SvaCheckEntry *e)
{
    return e->shift == 12 || e->words[0] & PAGE;
}

static uint64_t unit_target(const uint64_t *regs G_GNUC_UNUSED,
                            const SvaCheckEntry *e)
{
    return e->words[0] & P ? e->words[0] & ADDR : UINT64_MAX;
}

static uint8_t unit_cached(const uint64_t *regs, const SvaCheckEntry *e)
{
    return !unit_present(regs, e) ? 0
           : is_entry(e) ? SVA_DROP_PASID
           : regs[1] & CHECK_NO_WALK_CACHE ? 0 : SVA_DROP_WALK;
}

static SvaCheckBind unit_bind(const uint64_t *regs G_GNUC_UNUSED,
                              const SvaCheckEntry *e)
{
    if (!is_entry(e)) {
        return SVA_BIND_UNKNOWN;
    }
    return e->words[0] & P ? SVA_BIND_BOUND
           : e->words[0] & QUIET ? SVA_BIND_QUIESCED : SVA_BIND_UNBOUND;
}

static int32_t unit_domain(const uint64_t *regs G_GNUC_UNUSED,
                           const SvaCheckEntry *e)
{
    return is_entry(e) ? (int32_t)(e->words[1] & 0xffff) : -1;
}

static unsigned unit_span(const uint64_t *regs G_GNUC_UNUSED,
                          SvaEntryType type G_GNUC_UNUSED,
                          const SvaCheckEntry *e G_GNUC_UNUSED)
{
    return 6;
}

static bool unit_enabled(const uint64_t *regs)
{
    return regs[0] & 1;
}

static unsigned unit_owed(const uint64_t *regs, const SvaCheckEntry *old,
                          const SvaCheckEntry *now G_GNUC_UNUSED,
                          SvaCheckOwed owed[SVA_CHECK_OWED])
{
    SvaCheckScope scope = is_entry(old) ? SVA_SCOPE_PASID : SVA_SCOPE_RANGE;
    unsigned n = 0;

    if (is_entry(old)) {
        owed[n++] = (SvaCheckOwed) { SVA_DROP_PASID, SVA_SCOPE_ENTRY, "entry" };
    }
    owed[n++] = (SvaCheckOwed) { SVA_DROP_TLB, scope, "tlb" };
    if (is_entry(old) || !unit_leaf(regs, old)) {
        owed[n++] = (SvaCheckOwed) { SVA_DROP_WALK, scope, "walk" };
    }
    owed[n++] = (SvaCheckOwed) { SVA_DROP_ATC, scope, "atc" };
    return n;
}

/* Words are the number of the command, to be told apart. */
static CheckFixture *current;

static void unit_command(const uint64_t *regs G_GNUC_UNUSED,
                         const SvaEvent *event G_GNUC_UNUSED,
                         SvaCheckCommand *command)
{
    *command = current->command;
}

static const SvaCheckArch unit = {
    .name = "unit",
    .compare = unit_compare,
    .present = unit_present,
    .leaf = unit_leaf,
    .target = unit_target,
    .cached = unit_cached,
    .bind = unit_bind,
    .domain = unit_domain,
    .span = unit_span,
    .enabled = unit_enabled,
    .owed = unit_owed,
    .command = unit_command,
};

static const SvaCheckArch *const archs[SVA_REGS_ARCHS] = { &unit, NULL };

static const SvaCheckTopic *const topics[] = { &sva_check_topic_inval, NULL };

/* -- life -- */

static void sink(void *opaque, const SvaEvent *event)
{
    CheckFixture *f = opaque;

    current = f;
    sva_checker_event(f->c, event);
}

CheckFixture *check_new_with(const SvaCheckOptions *options)
{
    CheckFixture *f = g_new0(CheckFixture, 1);

    f->env = fake_env_new();
    f->c = sva_checker_new(&f->env->env, options);
    sva_checker_set_parts(f->c, archs, topics);
    f->sink = (SvaEventSink) { .fn = sink, .opaque = f };
    sva_event_bus_add(f->env->env.bus, &f->sink);
    check_registers(f, 0);
    return f;
}

void check_registers(CheckFixture *f, uint64_t bits)
{
    check_emit(f, .kind = SVA_EV_REGS, .regs = {
        .arch = SVA_REGS_VTD, .words = { 1, bits }, .count = 4 });
}

CheckFixture *check_new(void)
{
    return check_new_with(&(SvaCheckOptions) {
        .limit = SVA_CHECK_LIMIT_DEFAULT,
        .history = 64,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
    });
}

void check_free(CheckFixture *f)
{
    sva_event_bus_remove(f->env->env.bus, &f->sink);
    sva_checker_free(f->c);
    fake_env_free(f->env);
    g_free(f);
}

void check_map(CheckFixture *f)
{
    unsigned i;

    fake_put64(f->env, check_entry_pa(PASID), TOP | P);
    fake_put64(f->env, check_entry_pa(PASID) + 8, DOMAIN);
    fake_put64(f->env, TOP + (VA >> 30 & 511) * 8, MIDDLE | P);
    fake_put64(f->env, MIDDLE + (VA >> 21 & 511) * 8, BOTTOM | P);
    for (i = 0; i < 16; i++) {
        fake_put64(f->env, check_pte_pa(i), (DATA + i * 0x1000) | P | W);
    }
}

/* -- requests -- */

static uint64_t read_entry(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                           uint64_t *domain)
{
    uint64_t pa = check_entry_pa(pasid);
    uint64_t word = fake_get64(f->env, pa);

    *domain = fake_get64(f->env, pa + 8);
    check_emit(f, .kind = SVA_EV_ENTRY, .rid = rid,
               .pasid = sva_pasid(pasid.valid ? pasid.id : 0), .entry = {
        .pa = pa, .words = { word, *domain }, .count = 2,
        .type = SVA_ENTRY_VTD_PASID });
    return word;
}

/* The page, 0: none. */
static uint64_t walk(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                     uint64_t addr, uint64_t word)
{
    unsigned level;

    for (level = 3; level && word & P; level--) {
        unsigned shift = 12 + 9 * (level - 1);
        uint64_t pa = (word & ADDR) + (addr >> shift & 511) * 8;

        word = fake_get64(f->env, pa);
        check_emit(f, .kind = SVA_EV_ENTRY, .rid = rid, .pasid = pasid,
                   .addr = addr, .entry = {
            .pa = pa, .words = { word }, .count = 1, .level = level,
            .shift = shift, .type = SVA_ENTRY_VTD_FIRST });
        if (word & PAGE) {
            break;
        }
    }
    return word & P ? word : 0;
}

static void fill(CheckFixture *f, uint16_t rid, SvaPasid pasid, uint64_t addr,
                 uint64_t word, uint64_t domain)
{
    check_emit(f, .kind = SVA_EV_FILL, .rid = rid, .pasid = pasid,
               .addr = addr, .fill = {
        .map = { .addr = word & ADDR, .mask = 0xfff, .access = SVA_RW },
        .asid = pasid.valid ? pasid.id : 0, .domain = domain });
}

static uint64_t lookup(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                       uint64_t addr)
{
    uint64_t domain;
    uint64_t word = read_entry(f, rid, pasid, &domain);

    word = word & P ? walk(f, rid, pasid, addr, word) : 0;
    if (word) {
        fill(f, rid, pasid, addr, word, domain);
    }
    return word;
}

void check_look_up(CheckFixture *f, uint16_t rid, SvaPasid pasid, uint64_t addr)
{
    lookup(f, rid, pasid, addr);
}

void check_look_up_tables(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                          uint64_t addr)
{
    uint64_t pa = check_entry_pa(pasid);
    uint64_t word = walk(f, rid, pasid, addr, fake_get64(f->env, pa));

    fill(f, rid, pasid, addr, word, fake_get64(f->env, pa + 8));
}

bool check_access(CheckFixture *f, uint16_t rid, SvaPasid pasid, uint64_t addr)
{
    uint64_t word = lookup(f, rid, pasid, addr);

    check_emit(f, .kind = SVA_EV_XLATE, .rid = rid, .pasid = pasid,
               .addr = addr, .access = SVA_READ, .xlate = {
        .outcome = word ? SVA_OK : SVA_ABORT,
        .map = { .addr = word & ADDR, .mask = 0xfff } });
    return word;
}

static void emit_ats(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                     uint64_t addr, bool granted, bool cached)
{
    check_emit(f, .kind = SVA_EV_ATS, .rid = rid, .pasid = pasid,
               .addr = addr, .access = SVA_READ, .ats = {
        .status = SVA_ATS_SUCCESS,
        .map = { .mask = 0xfff, .cached = cached,
                 .access = granted ? SVA_RW : SVA_NONE } });
}

bool check_ats(CheckFixture *f, uint16_t rid, SvaPasid pasid, uint64_t addr)
{
    uint64_t word = lookup(f, rid, pasid, addr);

    emit_ats(f, rid, pasid, addr, word, false);
    return word;
}

void check_ats_cached(CheckFixture *f, uint16_t rid, SvaPasid pasid,
                      uint64_t addr)
{
    emit_ats(f, rid, pasid, addr, true, true);
}

/* -- software -- */

CheckFixture *check_mapped(void)
{
    CheckFixture *f = check_new();

    check_map(f);
    return f;
}

void check_put_pte(CheckFixture *f, unsigned n, uint64_t word)
{
    fake_put64(f->env, check_pte_pa(n), word);
}

void check_put_entry(CheckFixture *f, uint64_t word)
{
    fake_put64(f->env, check_entry_pa(PASID), word);
}

void check_past_limit(CheckFixture *f)
{
    fake_env_advance(f->env, 300 * MS);
}

/* -- commands -- */

static void command(CheckFixture *f, SvaCheckCommand what)
{
    f->command = what;
    check_emit(f, .kind = SVA_EV_COMMAND,
               .command = { .words = { what.wait ? 0x77 : 1 } });
}

void check_inval(CheckFixture *f, SvaCheckInval inval)
{
    command(f, (SvaCheckCommand) { .invals = { inval }, .count = 1 });
}

void check_inval_entry(CheckFixture *f, SvaPasid pasid)
{
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_PASID, .by_domain = true, .domain = DOMAIN,
        .by_pasid = true, .pasid = pasid, .last = UINT64_MAX });
}

void check_inval_tlb(CheckFixture *f, SvaPasid pasid)
{
    check_inval_range(f, pasid, 0, UINT64_MAX, false);
}

void check_inval_range(CheckFixture *f, SvaPasid pasid, uint64_t addr,
                       uint64_t last, bool leaf)
{
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_TLB | (leaf ? 0 : SVA_DROP_WALK),
        .by_domain = true, .domain = DOMAIN, .by_asid = true,
        .asid = pasid.id, .addr = addr, .last = last, .leaf = leaf });
}

void check_inval_atc(CheckFixture *f, SvaPasid pasid, uint64_t addr,
                     uint64_t last)
{
    check_inval(f, (SvaCheckInval) {
        .caches = SVA_DROP_ATC, .by_rid = true, .rid = RID,
        .by_pasid = true, .pasid = pasid, .addr = addr, .last = last });
}

void check_wait_begin(CheckFixture *f)
{
    command(f, (SvaCheckCommand) { .wait = true });
}

void check_wait_end(CheckFixture *f)
{
    check_emit(f, .kind = SVA_EV_WAIT_DONE, .wait.word = 0x77);
}

void check_wait(CheckFixture *f)
{
    check_wait_begin(f);
    check_wait_end(f);
}

void check_inval_all(CheckFixture *f, SvaPasid pasid)
{
    check_inval_entry(f, pasid);
    check_inval_tlb(f, pasid);
    check_wait(f);
    check_inval_atc(f, pasid, 0, UINT64_MAX);
    check_wait(f);
}

/* -- results -- */

void check_reports(CheckFixture *f, const char *ids)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const SvaCheckReport *report;
    unsigned i;

    for (i = 0; (report = sva_checker_report(f->c, i)); i++) {
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               report->facts.rule->id);
    }
    g_assert_cmpstr(text->str, ==, ids);
}

const SvaCheckReport *check_report(CheckFixture *f)
{
    const SvaCheckReport *report = sva_checker_report(f->c, 0);

    g_assert_nonnull(report);
    return report;
}

SvaCheckCounts check_counts(CheckFixture *f)
{
    SvaCheckCounts counts;

    sva_checker_counts(f->c, &counts);
    return counts;
}
