/*
 * A checker with one topic, and forged events of a real architecture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "checker-rules.h"
#include "hw/sva/observe/checker/topics.h"

static void sink(void *opaque, const SvaEvent *event)
{
    RulesFixture *f = opaque;

    sva_checker_event(f->c, event);
}

static int64_t ran(void *opaque, int64_t elapsed)
{
    RulesFixture *f = opaque;

    return f->slow ? elapsed / f->slow : elapsed;
}

static void start_unit(RulesFixture *f)
{
    if (f->arch == SVA_REGS_VTD) {
        rules_emit(f, .kind = SVA_EV_REGS, .regs = {
            .arch = SVA_REGS_VTD, .count = SVA_REGS_VTD_WORDS,
            .words = { 0x400, 0x11d2078c606f0606, 0x3ed9ea4f050df,
                       0xc4000000, 48 } });
    } else {
        rules_emit(f, .kind = SVA_EV_REGS, .regs = {
            .arch = SVA_REGS_SMMUV3, .count = SVA_REGS_SMMU_WORDS,
            .words = { 0x1000000, 16, 0x15401000804deffull,
                       0x1000001000000075ull, 0x1f, 0x2, 0x1000 } });
    }
}

RulesFixture *rules_new(SvaRegsArch arch, const SvaCheckTopic *topic)
{
    RulesFixture *f = g_new0(RulesFixture, 1);

    f->env = fake_env_new();
    f->arch = arch;
    f->topics[0] = topic;
    f->c = sva_checker_new(&f->env->env, &(SvaCheckOptions) {
        .limit = LIMIT, .history = 64, .entries = SVA_CHECK_ENTRIES_DEFAULT,
        .ran = ran, .ran_opaque = f,
    });
    sva_checker_set_parts(f->c, sva_check_archs, f->topics);
    f->sink = (SvaEventSink) { .fn = sink, .opaque = f };
    sva_event_bus_add(f->env->env.bus, &f->sink);
    start_unit(f);
    return f;
}

void rules_free(RulesFixture *f)
{
    sva_event_bus_remove(f->env->env.bus, &f->sink);
    sva_checker_free(f->c);
    fake_env_free(f->env);
    g_free(f);
}

static uint64_t entry_pa(SvaPasid pasid)
{
    return RULES_TABLE + pasid.id * 64;
}

void rules_write(RulesFixture *f, SvaPasid pasid, uint64_t word,
                 uint64_t tables)
{
    uint64_t pa = entry_pa(pasid);

    fake_put64(f->env, pa, word);
    fake_put64(f->env, pa + 8, f->arch == SVA_REGS_VTD ? 0x800001 : tables);
    fake_put64(f->env, pa + 16, f->arch == SVA_REGS_VTD ? tables : 0);
}

void rules_read(RulesFixture *f, SvaPasid pasid)
{
    uint64_t pa = entry_pa(pasid);
    SvaEvent e = { .rid = RULES_RID, .pasid = pasid };

    e.kind = SVA_EV_ENTRY;
    e.entry.pa = pa;
    e.entry.type = f->arch == SVA_REGS_VTD ? SVA_ENTRY_VTD_PASID
                                           : SVA_ENTRY_SMMU_CD;
    e.entry.count = f->arch == SVA_REGS_VTD ? 8 : 3;
    for (unsigned i = 0; i < e.entry.count; i++) {
        e.entry.words[i] = fake_get64(f->env, pa + 8 * i);
    }
    sva_event_send(&f->env->env, e);
    rules_emit(f, .kind = SVA_EV_XLATE, .rid = RULES_RID, .pasid = pasid,
               .addr = 0x1000, .xlate.outcome = SVA_ABORT);
}

void rules_bind(RulesFixture *f, SvaPasid pasid, uint64_t tables)
{
    rules_write(f, pasid, f->arch == SVA_REGS_VTD ? VTD_BOUND : CD_BOUND,
                tables);
    rules_read(f, pasid);
}

void rules_unbind(RulesFixture *f, SvaPasid pasid)
{
    rules_write(f, pasid, 0, 0);
    rules_read(f, pasid);
}

void rules_ask(RulesFixture *f, SvaPasid pasid, uint64_t addr, uint16_t prgi,
               bool last)
{
    uint64_t vtd[2] = { 1, 0x3 | (last ? 0x4 : 0) };
    uint64_t smmu[2] = { last ? 1ull << 62 : 0, addr };
    const uint64_t *words = f->arch == SVA_REGS_VTD ? vtd : smmu;

    rules_emit(f, .kind = SVA_EV_PRQ, .rid = RULES_RID, .pasid = pasid,
               .addr = addr, .access = SVA_RW,
               .prq = { .entry = { words[0], words[1] }, .prgi = prgi });
}

void rules_answer(RulesFixture *f, SvaPasid pasid, uint16_t prgi,
                  SvaPrgCode code)
{
    rules_emit(f, .kind = SVA_EV_PRG_RESPONSE, .rid = RULES_RID,
               .pasid = pasid, .response = { .code = code, .prgi = prgi });
}

static bool is_of_topic(const RulesFixture *f, const SvaCheckRule *rule)
{
    return rule >= f->topics[0]->rules &&
           rule < f->topics[0]->rules + f->topics[0]->count;
}

void rules_reports(RulesFixture *f, const char *ids)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const SvaCheckReport *report;

    for (unsigned i = 0; (report = sva_checker_report(f->c, i)); i++) {
        if (is_of_topic(f, report->facts.rule)) {
            g_string_append_printf(text, "%s%s", text->len ? " " : "",
                                   report->facts.rule->id);
        }
    }
    g_assert_cmpstr(text->str, ==, ids);
}

const SvaCheckReport *rules_last(RulesFixture *f)
{
    const SvaCheckReport *report, *last = NULL;

    for (unsigned i = 0; (report = sva_checker_report(f->c, i)); i++) {
        last = is_of_topic(f, report->facts.rule) ? report : last;
    }
    g_assert_nonnull(last);
    return last;
}
