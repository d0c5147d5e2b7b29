/*
 * Moving a test machine to another QEMU process
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "libsva-migrate.h"

#define TRIES 1000

/* Wait until "query-migrate" says that it has come to an end. */
static bool migration_completed(QTestState *qts)
{
    unsigned i;

    for (i = 0; i < TRIES; i++) {
        QDict *answer = qtest_qmp_assert_success_ref(
            qts, "{ 'execute': 'query-migrate' }");
        const char *status = qdict_get_try_str(answer, "status");
        bool done = !g_strcmp0(status, "completed");
        bool failed = !g_strcmp0(status, "failed");

        qobject_unref(answer);
        if (done || failed) {
            return done;
        }
        g_usleep(10000);
    }
    return false;
}

/* The machine is being saved to @uri: wait, and start another one with it. */
static bool move_to(SvaTest *t, const char *args, const char *uri)
{
    g_assert_true(migration_completed(t->qts));
    qtest_quit(t->qts);

    t->qts = qtest_initf("%s -incoming defer", args);
    /* So that a failure can be seen. */
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'migrate-incoming', "
                             "'arguments': { 'uri': %s, "
                             "'exit-on-error': false } }", uri);
    return migration_completed(t->qts);
}

/* Memory that takes long to save, after all that tests use. */
#define SLOW_ADDR  0xe000000u
#define SLOW_BYTES 0x800000u
/* What there is before, firmware included, is less. */
#define SLOW_BEGUN 0x200000u

static void set_bandwidth(QTestState *qts, uint64_t bytes)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-set-parameters', "
                             "'arguments': { 'max-bandwidth': %" PRId64
                             " } }", (int64_t)bytes);
}

static uint64_t migration_transferred(QTestState *qts)
{
    QDict *answer = qtest_qmp_assert_success_ref(
        qts, "{ 'execute': 'query-migrate' }");
    QDict *ram = qdict_get_qdict(answer, "ram");
    uint64_t bytes = ram ? qdict_get_int(ram, "transferred") : 0;

    qobject_unref(answer);
    return bytes;
}

/* Memory is saved from its beginning on. */
static void wait_for_slow_memory(QTestState *qts)
{
    unsigned i;

    for (i = 0; i < TRIES; i++) {
        if (migration_transferred(qts) > SLOW_BEGUN) {
            return;
        }
        g_usleep(10000);
    }
    g_assert_not_reached();
}

bool sva_test_move_at_work(SvaTest *t, const char *args,
                           void (*work)(SvaTest *t, void *opaque),
                           void *opaque)
{
    g_autofree char *path = NULL, *uri = NULL;
    int fd = g_file_open_tmp("sva-migrate-XXXXXX", &path, NULL);
    bool completed;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strconcat("file:", path, NULL);
    if (work) {
        qtest_memset(t->qts, SLOW_ADDR, 0xa5, SLOW_BYTES);
        set_bandwidth(t->qts, 2000000);
    }
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'migrate', "
                             "'arguments': { 'uri': %s } }", uri);
    if (work) {
        wait_for_slow_memory(t->qts);
        work(t, opaque);
        set_bandwidth(t->qts, 1ull << 32);
    }
    completed = move_to(t, args, uri);
    unlink(path);
    return completed;
}

bool sva_test_move(SvaTest *t, const char *args)
{
    return sva_test_move_at_work(t, args, NULL, NULL);
}
