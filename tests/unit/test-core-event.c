/*
 * Tests of event distribution
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "fake-env.h"

typedef struct Listener {
    SvaEventSink sink;
    SvaEventBus *bus;
    SvaEnv *env;
    GString *log;
    char name;
    bool leaves;
} Listener;

static void listen(void *opaque, const SvaEvent *event)
{
    Listener *l = opaque;

    g_string_append_printf(l->log, "%c%u ", l->name, event->command.type);
    if (l->leaves) {
        sva_event_bus_remove(l->bus, &l->sink);
    }
}

static Listener listener(FakeEnv *f, GString *log, char name)
{
    return (Listener) {
        .bus = &f->bus, .env = &f->env, .log = log, .name = name,
    };
}

static void test_whole_event_reaches_the_sink(void)
{
    FakeEnv *f = fake_env_new();
    const SvaEvent *ev;

    fake_env_advance(f, 1234);
    sva_emit(&f->env, .kind = SVA_EV_RESET);
    sva_emit(&f->env, .kind = SVA_EV_FAULT, .addr = 0x7000,
             .pasid = sva_pasid(5), .rid = 0x18, .access = SVA_WRITE,
             .fault = { .record = { 1, 2 }, .reason = 0x71 });
    ev = fake_env_event(f, SVA_EV_FAULT, 0);
    g_assert_cmpuint(ev->seq, ==, 2);
    g_assert_cmpint(ev->time, ==, 1234);
    g_assert_cmphex(ev->addr, ==, 0x7000);
    g_assert_cmphex(ev->fault.record[0], ==, 1);
    g_assert_cmphex(ev->fault.record[1], ==, 2);
    g_assert_true(ev->pasid.valid);
    g_assert_cmpuint(ev->pasid.id, ==, 5);
    g_assert_cmphex(ev->fault.reason, ==, 0x71);
    g_assert_cmphex(ev->rid, ==, 0x18);
    g_assert_cmphex(ev->access, ==, 2);
    fake_env_free(f);
}

/* It emits another event, which all hear of as well. */
static void answer(void *opaque)
{
    Listener *l = opaque;

    g_string_append_printf(l->log, "%c! ", l->name);
    sva_emit(l->env, .kind = SVA_EV_RESET, .command.type = 7);
}

static void test_sink_may_emit_after_an_event(void)
{
    g_autoptr(GString) log = g_string_new("");
    FakeEnv *f = fake_env_new();
    Listener a = listener(f, log, 'a'), b = listener(f, log, 'b');

    a.sink = (SvaEventSink) {
        .fn = listen, .after = answer, .opaque = &a, .no_hits = true,
    };
    b.sink = (SvaEventSink) { .fn = listen, .opaque = &b };
    sva_event_bus_add(&f->bus, &a.sink);
    sva_event_bus_add(&f->bus, &b.sink);
    sva_emit(&f->env, .kind = SVA_EV_RESET, .command.type = 1);
    g_assert_cmpstr(log->str, ==, "a1 b1 a! a7 b7 ");
    g_string_truncate(log, 0);
    sva_emit_request(&f->env, true, .kind = SVA_EV_XLATE, .command.type = 2);
    g_assert_cmpstr(log->str, ==, "b2 ");
    g_string_truncate(log, 0);
    sva_event_bus_after(&f->bus);
    g_assert_cmpstr(log->str, ==, "a! a7 b7 ");
    fake_env_free(f);
}

static void emit_hits(FakeEnv *f)
{
    sva_emit_request(&f->env, true, .kind = SVA_EV_XLATE, .command.type = 1);
    sva_emit_request(&f->env, false, .kind = SVA_EV_XLATE, .command.type = 2);
    sva_emit_request(&f->env, true, .kind = SVA_EV_XLATE, .command.type = 3);
}

/* And where nobody hears of hits there is none, nor a number for it. */
static void test_who_hears_of_no_hits(void)
{
    FakeEnv *f = fake_env_new();
    GString *log = g_string_new("");
    Listener a = listener(f, log, 'a'), b = listener(f, log, 'b');

    sva_event_bus_remove(&f->bus, &f->recorder);
    a.sink = (SvaEventSink) { .fn = listen, .opaque = &a, .no_hits = true };
    b.sink = (SvaEventSink) { .fn = listen, .opaque = &b };
    sva_event_bus_add(&f->bus, &a.sink);
    emit_hits(f);
    g_assert_cmpstr(log->str, ==, "a2 ");
    g_assert_cmpuint(f->bus.seq, ==, 1);
    sva_event_bus_add(&f->bus, &b.sink);
    emit_hits(f);
    g_assert_cmpstr(log->str, ==, "a2 b1 a2 b2 b3 ");
    sva_event_bus_remove(&f->bus, &b.sink);
    emit_hits(f);
    g_assert_cmpstr(log->str, ==, "a2 b1 a2 b2 b3 a2 ");
    sva_event_bus_remove(&f->bus, &a.sink);
    sva_event_bus_add(&f->bus, &f->recorder);
    g_string_free(log, true);
    fake_env_free(f);
}

static void test_sinks_are_called_in_order_of_adding(void)
{
    FakeEnv *f = fake_env_new();
    GString *log = g_string_new("");
    Listener a = listener(f, log, 'a'), b = listener(f, log, 'b');

    /* What @next holds before does not matter. */
    a.sink = (SvaEventSink) { .fn = listen, .opaque = &a, .next = &a.sink };
    b.sink = (SvaEventSink) { .fn = listen, .opaque = &b, .next = &a.sink };
    sva_event_bus_add(&f->bus, &a.sink);
    sva_event_bus_add(&f->bus, &b.sink);
    sva_emit(&f->env, .command.type = 1);
    sva_event_bus_remove(&f->bus, &a.sink);
    sva_event_bus_remove(&f->bus, &a.sink);
    sva_emit(&f->env, .command.type = 2);
    g_assert_cmpstr(log->str, ==, "a1 b1 b2 ");
    g_string_free(log, true);
    fake_env_free(f);
}

static void test_sink_may_remove_itself(void)
{
    FakeEnv *f = fake_env_new();
    GString *log = g_string_new("");
    Listener a = listener(f, log, 'a'), b = listener(f, log, 'b');

    a.sink = (SvaEventSink) { .fn = listen, .opaque = &a };
    b.sink = (SvaEventSink) { .fn = listen, .opaque = &b };
    a.leaves = true;
    sva_event_bus_add(&f->bus, &a.sink);
    sva_event_bus_add(&f->bus, &b.sink);
    sva_emit(&f->env, .command.type = 1);
    sva_emit(&f->env, .command.type = 2);
    g_assert_cmpstr(log->str, ==, "a1 b1 b2 ");
    g_string_free(log, true);
    fake_env_free(f);
}

static unsigned evaluate(unsigned *count)
{
    return ++*count;
}

static void test_nothing_is_evaluated_without_listener(void)
{
    FakeEnv *f = fake_env_new();
    unsigned count = 0;

    sva_event_bus_remove(&f->bus, &f->recorder);
    sva_emit(&f->env, .command.type = evaluate(&count));
    f->env.bus = NULL;
    sva_emit(&f->env, .command.type = evaluate(&count));
    sva_event_send(&f->env, (SvaEvent) { .command.type = 1 });
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpuint(f->bus.seq, ==, 0);
    fake_env_free(f);
}

static void test_every_kind_has_a_name_of_its_own(void)
{
    unsigned i, j;

    for (i = 0; i < SVA_EV_KINDS; i++) {
        g_assert_cmpstr(sva_event_kind_name(i), !=, "UNKNOWN");
        for (j = 0; j < i; j++) {
            g_assert_cmpstr(sva_event_kind_name(i), !=,
                            sva_event_kind_name(j));
        }
    }
    g_assert_cmpstr(sva_event_kind_name(SVA_EV_ATC_INV_DONE), ==,
                    "ATC_INV_DONE");
    g_assert_cmpstr(sva_event_kind_name(SVA_EV_KINDS), ==, "UNKNOWN");
}

static void test_every_entry_type_has_a_name_of_its_own(void)
{
    unsigned i, j;

    for (i = 0; i < SVA_ENTRY_TYPES; i++) {
        g_assert_cmpstr(sva_event_entry_name(i), !=, "UNKNOWN");
        for (j = 0; j < i; j++) {
            g_assert_cmpstr(sva_event_entry_name(i), !=,
                            sva_event_entry_name(j));
        }
    }
    g_assert_cmpstr(sva_event_entry_name(SVA_ENTRY_SMMU_CD), ==, "SMMU_CD");
    g_assert_cmpstr(sva_event_entry_name(SVA_ENTRY_TYPES), ==, "UNKNOWN");
}

#define THREADS 4
#define EVENTS  20000

/* Hears from all threads; nobody else is in it at the same time. */
typedef struct Ear {
    SvaEventSink sink;
    uint64_t last;
    uint64_t heard;
    int inside;
} Ear;

static void hear(void *opaque, const SvaEvent *event)
{
    Ear *ear = opaque;

    g_assert_cmpint(g_atomic_int_add(&ear->inside, 1), ==, 0);
    g_assert_cmpuint(event->seq, >, ear->last);
    ear->last = event->seq;
    ear->heard++;
    g_atomic_int_add(&ear->inside, -1);
}

static gpointer emit_many(gpointer opaque)
{
    FakeEnv *f = opaque;

    for (unsigned i = 0; i < EVENTS; i++) {
        sva_emit(&f->env, .kind = SVA_EV_RESET);
    }
    return NULL;
}

/* As iothreads do, while the main thread starts and stops to listen. */
static void test_any_thread_may_emit(void)
{
    FakeEnv *f = fake_env_new();
    Ear ears[2] = { { .inside = 0 }, { .inside = 0 } };
    GThread *threads[THREADS];
    unsigned i;

    sva_event_bus_remove(&f->bus, &f->recorder);
    for (i = 0; i < 2; i++) {
        ears[i].sink = (SvaEventSink) { .fn = hear, .opaque = &ears[i] };
        sva_event_bus_add(&f->bus, &ears[i].sink);
    }
    for (i = 0; i < THREADS; i++) {
        threads[i] = g_thread_new("emit", emit_many, f);
    }
    for (i = 0; i < 1000; i++) {
        sva_event_bus_remove(&f->bus, &ears[0].sink);
        g_assert_cmpint(g_atomic_int_get(&ears[0].inside), ==, 0);
        sva_event_bus_add(&f->bus, &ears[0].sink);
    }
    for (i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
    }
    g_assert_cmpuint(f->bus.seq, ==, THREADS * EVENTS);
    g_assert_cmpuint(ears[1].heard, ==, THREADS * EVENTS);
    fake_env_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/event/whole-event-reaches-the-sink",
                    test_whole_event_reaches_the_sink);
    g_test_add_func("/event/sinks-are-called-in-order-of-adding",
                    test_sinks_are_called_in_order_of_adding);
    g_test_add_func("/event/who-hears-of-no-hits", test_who_hears_of_no_hits);
    g_test_add_func("/event/sink-may-emit-after-an-event",
                    test_sink_may_emit_after_an_event);
    g_test_add_func("/event/sink-may-remove-itself",
                    test_sink_may_remove_itself);
    g_test_add_func("/event/nothing-is-evaluated-without-listener",
                    test_nothing_is_evaluated_without_listener);
    g_test_add_func("/event/any-thread-may-emit", test_any_thread_may_emit);
    g_test_add_func("/event/every-kind-has-a-name-of-its-own",
                    test_every_kind_has_a_name_of_its_own);
    g_test_add_func("/event/every-entry-type-has-a-name-of-its-own",
                    test_every_entry_type_has_a_name_of_its_own);
    return g_test_run();
}
