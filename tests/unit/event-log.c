/*
 * Events as short lines, for tests of their order and content
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "event-log.h"

static void add_access(GString *s, uint8_t access)
{
    g_string_append_printf(s, " %c%c%c%s", access & SVA_READ ? 'r' : '-',
                           access & SVA_WRITE ? 'w' : '-',
                           access & SVA_EXEC ? 'x' : '-',
                           access & SVA_PRIV ? "p" : "");
}

static void add_words(GString *s, const uint64_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        g_string_append_printf(s, " %" PRIx64, words[i]);
    }
}

static void add_requester(GString *s, const SvaEvent *e)
{
    g_string_append_printf(s, " %04x/", e->rid);
    if (e->pasid.valid) {
        g_string_append_printf(s, "%u", e->pasid.id);
    } else {
        g_string_append_c(s, '-');
    }
}

static void add_mapping(GString *s, const SvaEvent *e, const SvaMapping *map)
{
    g_string_append_printf(s, " %" PRIx64 " -> %" PRIx64 "/%" PRIx64, e->addr,
                           map->addr, map->mask);
    add_access(s, map->access);
}

static void add_entry(GString *s, const SvaEvent *e)
{
    g_string_append_printf(s, " %s", sva_event_entry_name(e->entry.type));
    add_requester(s, e);
    if (e->entry.shift) {
        g_string_append_printf(s, " %" PRIx64 " L%u S%u", e->addr,
                               e->entry.level, e->entry.shift);
    } else {
        g_assert_cmphex(e->addr, ==, 0);
        g_assert_cmpuint(e->entry.level, ==, 0);
    }
    g_string_append_printf(s, " @%" PRIx64 ":", e->entry.pa);
    add_words(s, e->entry.words, e->entry.count);
}

static void add_fill(GString *s, const SvaEvent *e)
{
    add_requester(s, e);
    add_mapping(s, e, &e->fill.map);
    g_string_append_printf(s, " asid %x domain %x kind %u priv %u",
                           e->fill.asid, e->fill.domain, e->fill.kind,
                           e->fill.priv);
}

static void add_answer(GString *s, const SvaEvent *e)
{
    add_requester(s, e);
    switch (e->kind) {
    case SVA_EV_XLATE:
        add_mapping(s, e, &e->xlate.map);
        break;
    case SVA_EV_ATS:
        add_mapping(s, e, &e->ats.map);
        break;
    case SVA_EV_ATC_HIT:
        g_string_append_printf(s, " %" PRIx64 " -> %" PRIx64, e->addr,
                               e->atc_hit.pa);
        add_access(s, e->access);
        g_string_append(s, e->atc_hit.stale ? " stale" : "");
        break;
    default:
        g_string_append_printf(s, " %" PRIx64, e->addr);
        break;
    }
}

static void add_message(GString *s, const SvaEvent *e)
{
    switch (e->kind) {
    case SVA_EV_COMMAND:
    case SVA_EV_INVALIDATED:
        add_words(s, e->command.words, 2);
        break;
    case SVA_EV_COMMAND_ERROR:
        add_words(s, e->command.words, 2);
        g_string_append_printf(s, " code %x", e->command.code);
        break;
    case SVA_EV_WAIT_DONE:
        g_string_append_printf(s, " %" PRIx64 " %" PRIx64, e->wait.word,
                               e->addr);
        break;
    case SVA_EV_ATC_INV:
        add_requester(s, e);
        g_string_append_printf(s, " %" PRIx64 "/%" PRIx64 "%s", e->addr,
                               e->atc_inv.mask,
                               e->atc_inv.global ? " global" : "");
        break;
    case SVA_EV_DROP:
        g_string_append_printf(s, " %x", e->drop.caches);
        if (e->drop.caches & SVA_DROP_ATC) {
            g_string_append_printf(s, " %04x", e->rid);
        }
        break;
    case SVA_EV_REGS:
        g_string_append_printf(s, " %u:", e->regs.arch);
        add_words(s, e->regs.words, e->regs.count);
        break;
    case SVA_EV_FUNCTION:
        g_string_append_printf(s, " %04x ats %u pri %u", e->rid,
                               e->function.ats, e->function.pri);
        break;
    default:
        break;
    }
}

static void add_event(GString *s, const SvaEvent *e)
{
    g_string_append(s, sva_event_kind_name(e->kind));
    switch (e->kind) {
    case SVA_EV_ENTRY:
        add_entry(s, e);
        break;
    case SVA_EV_FILL:
        add_fill(s, e);
        break;
    case SVA_EV_XLATE:
    case SVA_EV_ATS:
    case SVA_EV_FAULT:
    case SVA_EV_FAULT_SILENT:
    case SVA_EV_PRQ:
    case SVA_EV_PRQ_AUTO:
    case SVA_EV_STALL:
    case SVA_EV_ATC_HIT:
        add_answer(s, e);
        break;
    default:
        add_message(s, e);
        break;
    }
    g_string_append_c(s, '\n');
}

void event_log_expect(FakeEnv *f, const char *lines)
{
    GString *s = g_string_new("");

    for (unsigned i = 0; i < f->events->len; i++) {
        add_event(s, &g_array_index(f->events, SvaEvent, i));
    }
    g_assert_cmpstr(s->str, ==, lines);
    g_string_free(s, true);
    g_array_set_size(f->events, 0);
}
