/*
 * sva-events: what the models announce, as text on a character device
 *
 * The stream is read as any other program would: lines of JSON, looked at by
 * QEMU's own reader of JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/sockets.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "libsva-process.h"

#define PASID       0x25
#define STRAY       0x26            /* bound to nothing */
#define MAX_SYNCS   50000

static const SvaBoard *board(void)
{
    return g_str_equal(qtest_get_arch(), "aarch64") ? &sva_board_virt
                                                    : &sva_board_q35;
}

static void any_start(SvaTest *t)
{
    if (t->board == &sva_board_virt) {
        smmu_start(t);
    } else {
        vtd_start(t);
    }
}

static void any_sync(SvaTest *t)
{
    if (t->board == &sva_board_virt) {
        smmu_sync(t);
    } else {
        vtd_sync(t);
    }
}

static char *temporary(const char *name)
{
    g_autofree char *folder = g_dir_make_tmp("sva-events-XXXXXX", NULL);

    g_assert_nonnull(folder);
    return g_build_filename(folder, name, NULL);
}

static void temporary_remove(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    unlink(path);
    g_assert_cmpint(rmdir(folder), ==, 0);
}

static SvaTest *start(const char *chardev, const char *path, const char *more)
{
    g_autofree char *options =
        g_strdup_printf(" -chardev %s,id=ev,path=%s "
                        "-device sva-events,id=events,chardev=ev%s",
                        chardev, path, more);

    return sva_board_start(board(), "", options);
}

/* -- lines -- */

static QDict *parse_line(const char *line)
{
    return qobject_to(QDict, qobject_from_json(line, &error_abort));
}

static bool is_kind(const QDict *event, const char *kind)
{
    return g_str_equal(qdict_get_str(event, "kind"), kind);
}

/*
 * All lines of a whole stream.  The first one names the format, the others have
 * numbers that leave no gap but those that are owned up to.
 */
static GPtrArray *parse_stream(const char *text, uint64_t *missing)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *events = g_ptr_array_new();
    unsigned i, n = g_strv_length(lines);
    uint64_t seq = 0;

    g_assert_cmpuint(n, >, 1);
    g_assert_cmpstr(lines[0], ==,
                    "{\"kind\":\"FORMAT\",\"name\":\"sva-events\",\"v\":1}");
    g_assert_cmpstr(lines[n - 1], ==, "");
    *missing = 0;
    for (i = 1; i < n - 1; i++) {
        QDict *event = parse_line(lines[i]);

        g_assert_nonnull(event);
        g_ptr_array_add(events, event);
        if (is_kind(event, "LOST")) {
            seq += qdict_get_int(event, "count");
            *missing += qdict_get_int(event, "count");
        } else {
            g_assert_cmpuint(qdict_get_int(event, "seq"), ==, ++seq);
        }
    }
    return events;
}

static void events_free(GPtrArray *events)
{
    unsigned i;

    for (i = 0; i < events->len; i++) {
        qobject_unref((QDict *)events->pdata[i]);
    }
    g_ptr_array_free(events, true);
}

/* The first of this kind, and of this PASID unless it is negative. */
static const QDict *find(const GPtrArray *events, const char *kind,
                         int64_t pasid)
{
    unsigned i;

    for (i = 0; i < events->len; i++) {
        const QDict *event = events->pdata[i];

        if (is_kind(event, kind) &&
            (pasid < 0 || qdict_get_try_int(event, "pasid", -1) == pasid)) {
            return event;
        }
    }
    g_error("no event %s of PASID %" PRId64, kind, pasid);
}

static const char *read_file(const char *path, char **text)
{
    g_assert_true(g_file_get_contents(path, text, NULL, NULL));
    return *text;
}

/* -- tests -- */

/* A copy by translations, a fault, invalidations. */
static void provoke(SvaTest *t)
{
    AccContext stray;
    uint64_t data = 0;
    Process p;

    process_setup(t, &p, PASID, SVA_MODE_ATS);
    process_copy(t, &p, 0x1000);
    g_assert_cmphex(process_copy_done(t, &p).status, ==, 1);
    stray = p.ctx;
    stray.pasid = STRAY;
    g_assert_cmphex(acc_probe(t, &stray, SVA_PROBE_READ, SRC_VA, &data) & 0xff,
                    ==, SVA_PROBE_ABORTED);
    process_flush_atc(t, &p);
}

static void assert_provoked(const GPtrArray *events)
{
    const QDict *event = find(events, "ATS", PASID), *payload;

    g_assert_cmpint(qdict_get_int(event, "rid"), ==, SVA_TEST_RID);
    payload = qdict_get_qdict((QDict *)event, "ats");
    g_assert_cmpstr(qdict_get_str(payload, "status"), ==, "SUCCESS");

    event = find(events, "FAULT", STRAY);
    g_assert_cmpint(qdict_get_int(event, "rid"), ==, SVA_TEST_RID);
    g_assert_cmpstr(qdict_get_str(event, "addr"), ==, "0x7f1000100000");
    g_assert_cmpstr(qdict_get_str(event, "access"), ==, "r");
    g_assert_true(qdict_haskey(event, "fault"));

    event = find(events, "XLATE", STRAY);
    payload = qdict_get_qdict((QDict *)event, "xlate");
    g_assert_cmpstr(qdict_get_str(payload, "outcome"), ==, "ABORT");

    event = find(events, "FUNCTION", -1);
    g_assert_cmpint(qdict_get_int(event, "rid"), ==, SVA_TEST_RID);
    event = find(events, "JOB_START", PASID);
    g_assert_cmpint(qdict_get_int(event, "rid"), ==, SVA_TEST_RID);

    find(events, "RESET", -1);
    find(events, "REGS", -1);
    find(events, "DROP", -1);
    find(events, "ENTRY", PASID);
    find(events, "FILL", PASID);
    find(events, "ATC_HIT", PASID);
    find(events, "COMMAND", -1);
    find(events, "WAIT_DONE", -1);
    find(events, "CTX_STATE", PASID);
    find(events, "JOB_START", PASID);
    find(events, "JOB_DONE", PASID);
    find(events, "ATC_INV", PASID);
    find(events, "ATC_INV_DONE", -1);
}

static void test_json(void)
{
    g_autofree char *path = temporary("events.jsonl"), *text = NULL;
    SvaTest *t = start("file", path, "");
    GPtrArray *events;
    uint64_t missing;

    provoke(t);
    g_assert_cmpuint(sva_qom(t, "events", "lost"), ==, 0);
    sva_test_end(t);
    events = parse_stream(read_file(path, &text), &missing);
    g_assert_cmpuint(missing, ==, 0);
    assert_provoked(events);
    events_free(events);
    temporary_remove(path);
}

/* All but what a cache answered; the numbers have no gap. */
static void test_no_hits(void)
{
    g_autofree char *path = temporary("events.jsonl"), *text = NULL;
    SvaTest *t = start("file", path, ",hits=off");
    GPtrArray *events;
    uint64_t missing;
    unsigned i;

    provoke(t);
    sva_test_end(t);
    events = parse_stream(read_file(path, &text), &missing);
    find(events, "ATS", PASID);
    find(events, "JOB_DONE", PASID);
    for (i = 0; i < events->len; i++) {
        g_assert_false(is_kind(events->pdata[i], "ATC_HIT"));
    }
    events_free(events);
    temporary_remove(path);
}

/* The machine stops at the event, and goes on if it is told to. */
static void test_stops_at_an_event(void)
{
    SvaTest *t = sva_board_start(board(), "", " -chardev null,id=ev "
                                 "-device sva-events,chardev=ev,stop-at=40");
    QDict *status;

    provoke(t);
    qtest_qmp_eventwait(t->qts, "STOP");
    status = qtest_qmp(t->qts, "{ 'execute': 'query-status' }");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(status, "return"),
                                  "status"), ==, "debug");
    qobject_unref(status);
    qtest_qmp_assert_success(t->qts, "{ 'execute': 'cont' }");
    qtest_qmp_eventwait(t->qts, "RESUME");
    sva_test_end(t);
}

static void test_perfetto(void)
{
    g_autofree char *path = temporary("events.json"), *text = NULL;
    g_autofree char *array = NULL;
    SvaTest *t = start("file", path, ",format=perfetto");
    const QListEntry *entry;
    unsigned begins = 0, ends = 0, names = 0;
    QList *list;

    provoke(t);
    sva_test_end(t);
    array = g_strdup_printf("%s]", read_file(path, &text));
    list = qobject_to(QList, qobject_from_json(array, &error_abort));
    g_assert_nonnull(list);
    QLIST_FOREACH_ENTRY(list, entry) {
        const QDict *event = qobject_to(QDict, qlist_entry_obj(entry));
        const char *phase = qdict_get_str(event, "ph");

        begins += g_str_equal(phase, "B");
        ends += g_str_equal(phase, "E");
        names += g_str_equal(phase, "M");
        g_assert_true(qdict_haskey(event, "pid"));
        g_assert_true(g_str_equal(phase, "M") || qdict_haskey(event, "ts"));
    }
    g_assert_cmpuint(begins, ==, 1);
    g_assert_cmpuint(ends, ==, 1);
    g_assert_cmpuint(names, >, 4);
    qobject_unref(list);
    temporary_remove(path);
}

/* Both on one machine, and each has everything. */
static void test_two_at_once(void)
{
    g_autofree char *path = temporary("events.jsonl"), *text = NULL;
    g_autofree char *more =
        g_strdup_printf(" -chardev file,id=ev2,path=%s.2 "
                        "-device sva-events,chardev=ev2", path);
    g_autofree char *path2 = g_strconcat(path, ".2", NULL), *text2 = NULL;
    SvaTest *t = start("file", path, more);

    provoke(t);
    sva_test_end(t);
    g_assert_cmpstr(read_file(path, &text), ==, read_file(path2, &text2));
    unlink(path2);
    temporary_remove(path);
}

/* Until something is lost; the machine goes on. */
static void fill(SvaTest *t)
{
    unsigned i;

    for (i = 0; i < MAX_SYNCS && !sva_qom(t, "events", "lost"); i++) {
        any_sync(t);
    }
    g_assert_cmpuint(sva_qom(t, "events", "lost"), >, 0);
    any_sync(t);
    any_sync(t);
}

/* Read what comes until @end is there and the line is whole. */
static char *read_until(int fd, const char *end)
{
    GString *text = g_string_new("");
    char buf[4096];
    unsigned tries = 0;

    do {
        ssize_t n = read(fd, buf, sizeof(buf));

        if (n > 0) {
            g_string_append_len(text, buf, n);
        } else {
            g_assert_cmpuint(tries++, <, 10000);
            g_usleep(1000);
        }
    } while (!strstr(text->str, end) || !g_str_has_suffix(text->str, "\n"));
    return g_string_free(text, false);
}

static void assert_loss_was_told(SvaTest *t, int fd)
{
    g_autofree char *text = read_until(fd, "\"LOST\"");
    GPtrArray *events;
    uint64_t missing;

    events = parse_stream(text, &missing);
    g_assert_cmpuint(missing, ==, sva_qom(t, "events", "lost"));
    events_free(events);
}

/* A pipe takes some, then nothing. */
static void test_nobody_reads_a_pipe(void)
{
    g_autofree char *path = temporary("pipe");
    g_autofree char *in = g_strconcat(path, ".in", NULL);
    g_autofree char *out = g_strconcat(path, ".out", NULL);
    SvaTest *t;
    int fd;

    g_assert_cmpint(mkfifo(in, 0600), ==, 0);
    g_assert_cmpint(mkfifo(out, 0600), ==, 0);
    t = start("pipe", path, ",buffer=64K");
    any_start(t);
    fill(t);
    fd = open(out, O_RDONLY | O_NONBLOCK);
    g_assert_cmpint(fd, >=, 0);
    assert_loss_was_told(t, fd);
    sva_test_end(t);
    close(fd);
    unlink(in);
    unlink(out);
    temporary_remove(path);
}

static int connect_to(const char *path)
{
    int fd = unix_connect(path, &error_abort);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(fcntl(fd, F_SETFL, O_NONBLOCK), ==, 0);
    return fd;
}

/* What happens before a reader comes is kept, as far as the buffer goes. */
static void test_nobody_is_connected(void)
{
    g_autofree char *path = temporary("socket");
    SvaTest *t = start("socket,server=on,wait=off", path, ",buffer=64K");
    int fd;

    any_start(t);
    fill(t);
    fd = connect_to(path);
    assert_loss_was_told(t, fd);
    sva_test_end(t);
    close(fd);
    temporary_remove(path);
}

/* The second one does not begin in the middle of a line. */
static void test_one_reader_after_another(void)
{
    g_autofree char *path = temporary("socket");
    g_autofree char *first = NULL, *second = NULL;
    SvaTest *t = start("socket,server=on,wait=off", path, "");
    int fd = connect_to(path);

    any_start(t);
    any_sync(t);
    first = read_until(fd, "WAIT_DONE");
    close(fd);
    any_sync(t);
    fd = connect_to(path);
    any_sync(t);
    second = read_until(fd, "WAIT_DONE");
    g_assert_true(g_str_has_prefix(first, "{\"kind\":\"FORMAT\","));
    g_assert_true(g_str_has_prefix(second, "{\"kind\":\"FORMAT\","));
    sva_test_end(t);
    close(fd);
    temporary_remove(path);
}

/* QEMU ends, and says why. */
static void assert_refused(const char *options, const char *message)
{
    g_autofree char *line = g_strdup_printf(
        "%s -M none -display none -nodefaults -chardev null,id=ev "
        "-device sva-events,%s", g_getenv("QTEST_QEMU_BINARY"), options);
    g_autofree char *errors = NULL;
    g_autoptr(GError) err = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(line, NULL, &errors, &status,
                                            &err));
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    if (!strstr(errors, message)) {
        g_error("%s: %s", options, errors);
    }
}

static void test_wrong_properties(void)
{
    assert_refused("format=json", "sva-events: property chardev is missing");
    assert_refused("chardev=nowhere", "nowhere");
    assert_refused("chardev=ev,format=xml",
                   "sva-events: format is 'xml', must be json or perfetto");
    assert_refused("chardev=ev,buffer=65535", "sva-events: buffer is 65535, "
                   "must be from 64 KiB to 1 GiB");
    assert_refused("chardev=ev,buffer=1025M", "sva-events: buffer is "
                   "1074790400, must be from 64 KiB to 1 GiB");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("sva/events/json", test_json);
    qtest_add_func("sva/events/no-hits", test_no_hits);
    qtest_add_func("sva/events/stops-at-an-event", test_stops_at_an_event);
    qtest_add_func("sva/events/perfetto", test_perfetto);
    qtest_add_func("sva/events/two-at-once", test_two_at_once);
    qtest_add_func("sva/events/nobody-reads-a-pipe", test_nobody_reads_a_pipe);
    qtest_add_func("sva/events/nobody-is-connected", test_nobody_is_connected);
    qtest_add_func("sva/events/one-reader-after-another",
                   test_one_reader_after_another);
    qtest_add_func("sva/events/wrong-properties", test_wrong_properties);
    return g_test_run();
}
