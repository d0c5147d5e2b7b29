/*
 * Who listens while requests are measured: nobody, or sva-checker
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_BENCH_LISTENER_H
#define TESTS_BENCH_LISTENER_H

#include "fake-env.h"
#include "hw/sva/observe/checker/checker.h"

typedef struct Listener {
    FakeEnv *f;
    SvaEventSink sink;
    SvaChecker *checker;
} Listener;

/* The argument of the program: report, paranoid or NULL. */
static inline const char *listen_option(int argc, char **argv)
{
    if (argc == 1) {
        return NULL;
    }
    if (argc == 2 && (!strcmp(argv[1], "report") ||
                      !strcmp(argv[1], "paranoid"))) {
        return argv[1];
    }
    fprintf(stderr, "usage: %s [report|paranoid] [count]\n", argv[0]);
    exit(2);
}

static inline void listen_event(void *opaque, const SvaEvent *event)
{
    sva_checker_event(opaque, event);
}

/* Instead of the fake environment's own record of events. */
static inline void listen(Listener *l, FakeEnv *f, const char *option)
{
    SvaCheckOptions options = {
        .limit = SVA_CHECK_LIMIT_DEFAULT,
        .history = SVA_CHECK_HISTORY_DEFAULT,
        .entries = SVA_CHECK_ENTRIES_DEFAULT,
        .paranoid = option && !strcmp(option, "paranoid"),
    };

    l->f = f;
    if (!option) {
        f->env.bus = NULL;
        return;
    }
    sva_event_bus_remove(&f->bus, &f->recorder);
    l->checker = sva_checker_new(&f->env, &options);
    l->sink = (SvaEventSink) {
        .fn = listen_event, .opaque = l->checker, .no_hits = !options.paranoid,
    };
    sva_event_bus_add(&f->bus, &l->sink);
}

/* It did not accuse the unit; software here stalls without end. */
static inline void listen_end(Listener *l)
{
    const SvaCheckReport *report;
    unsigned i;

    if (!l->checker) {
        return;
    }
    for (i = 0; (report = sva_checker_report(l->checker, i)); i++) {
        if (report->facts.culprit == SVA_CULPRIT_MODEL) {
            g_error("%s: %s", report->facts.rule->id, report->text);
        }
    }
    sva_event_bus_remove(&l->f->bus, &l->sink);
    sva_checker_free(l->checker);
    l->checker = NULL;
}

#endif
