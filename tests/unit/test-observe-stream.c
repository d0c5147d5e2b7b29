/*
 * The ring of the event stream: whole lines, loss, another reader
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "hw/sva/observe/event-stream.h"
#include "observe-samples.h"

/* Not a power of two */
#define RING (SVA_EVENT_STREAM_MIN + 123)

typedef struct Reader {
    SvaEventStream stream;
    char ring[RING];
    GString *text;
    uint64_t seq;
} Reader;

static Reader *reader_new(SvaEventFormat format)
{
    Reader *r = g_new(Reader, 1);

    sva_event_stream_init(&r->stream, format, r->ring, RING);
    r->text = g_string_new("");
    r->seq = 0;
    return r;
}

static void reader_free(Reader *r)
{
    g_string_free(r->text, true);
    g_free(r);
}

static void put(Reader *r, unsigned events)
{
    SvaEvent e = { .kind = SVA_EV_COMMAND };

    while (events--) {
        e.seq = ++r->seq;
        e.time = 100 * r->seq;
        sva_event_stream_put(&r->stream, &e);
    }
}

/* Read at most @bytes. */
static size_t get(Reader *r, size_t bytes)
{
    const char *at;
    size_t len = MIN(sva_event_stream_peek(&r->stream, &at), bytes);

    g_string_append_len(r->text, at, len);
    sva_event_stream_take(&r->stream, len);
    return len;
}

static void get_all(Reader *r)
{
    while (get(r, SIZE_MAX)) {
        /* The ring's end, then its beginning. */
    }
}

#define FORMAT_LINE "{\"kind\":\"FORMAT\",\"name\":\"sva-events\",\"v\":1}\n"

static void test_order(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_JSON);

    put(r, 2);
    get_all(r);
    g_assert_cmpstr(r->text->str, ==,
        FORMAT_LINE
        "{\"seq\":1,\"time\":100,\"kind\":\"COMMAND\",\"command\":"
        "{\"words\":[\"0x0\",\"0x0\"],\"type\":0}}\n"
        "{\"seq\":2,\"time\":200,\"kind\":\"COMMAND\",\"command\":"
        "{\"words\":[\"0x0\",\"0x0\"],\"type\":0}}\n");
    g_assert_cmpuint(r->stream.lost, ==, 0);
    reader_free(r);
}

/* The number after @member in @line. */
static uint64_t number(const char *line, const char *member)
{
    const char *at = strstr(line, member);

    g_assert_nonnull(at);
    return g_ascii_strtoull(at + strlen(member), NULL, 10);
}

/*
 * Each line parses, events are in order, and each that is missing is counted
 * at its place; returns how many lines say so.
 */
static unsigned assert_complete(const Reader *r, uint64_t until)
{
    g_auto(GStrv) lines = g_strsplit(r->text->str, "\n", -1);
    unsigned i, notes = 0, n = g_strv_length(lines);
    uint64_t seq = 0;

    g_assert_cmpstr(lines[n - 1], ==, "");
    for (i = 1; i < n - 1; i++) {
        g_assert_true(observe_is_json(lines[i], strlen(lines[i])));
        if (strstr(lines[i], "\"LOST\"")) {
            seq += number(lines[i], "\"count\":");
            g_assert_cmpuint(number(lines[i], "\"time\":"), ==, 100 * seq);
            notes++;
        } else {
            g_assert_cmpuint(number(lines[i], "\"seq\":"), ==, ++seq);
        }
    }
    g_assert_cmpuint(seq, ==, until);
    return notes;
}

/* Reads of all sizes, so that lines go round the end of the ring anywhere. */
static void test_round_the_end(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_JSON);
    unsigned i;

    for (i = 0; i < 3000; i++) {
        put(r, 1);
        get(r, i % 211);
    }
    get_all(r);
    g_assert_cmpuint(r->text->len, >, 8 * RING);
    g_assert_cmpuint(r->stream.lost, ==, 0);
    g_assert_cmpuint(assert_complete(r, 3000), ==, 0);
    reader_free(r);
}

static void test_loss(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_JSON);
    uint64_t lost;

    put(r, 1000);
    lost = r->stream.lost;
    g_assert_cmpuint(lost, >, 500);
    g_assert_cmpuint(lost, <, 1000);
    /* The reader learns of it without another event. */
    get_all(r);
    g_assert_cmpuint(assert_complete(r, 1000), ==, 1);
    put(r, 10);
    get_all(r);
    g_assert_cmpuint(assert_complete(r, 1010), ==, 1);
    g_assert_cmpuint(r->stream.lost, ==, lost);
    reader_free(r);
}

/* A reader that is too slow for ever. */
static void test_loss_again_and_again(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_JSON);
    unsigned i;

    for (i = 0; i < 5000; i++) {
        put(r, 3);
        get(r, 100);
    }
    get_all(r);
    g_assert_cmpuint(r->stream.lost, >, 5000);
    g_assert_cmpuint(assert_complete(r, 15000), >, 10);
    reader_free(r);
}

/* What was peeked at stays where it is while more is put. */
static void test_put_while_it_is_written(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_JSON);
    g_autofree char *copy = NULL;
    const char *at;
    size_t len;

    put(r, 50);
    len = sva_event_stream_peek(&r->stream, &at);
    copy = g_strndup(at, len);
    put(r, 1000);
    g_assert_cmpint(memcmp(copy, at, len), ==, 0);
    reader_free(r);
}

static void test_another_reader(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_JSON);

    /* The first one gets what was before it. */
    put(r, 3);
    sva_event_stream_restart(&r->stream);
    get(r, strlen(FORMAT_LINE) + 10);
    g_assert_true(g_str_has_prefix(r->text->str, FORMAT_LINE "{\"seq\":1"));
    put(r, 1);
    /* Half of event 1 was read: lost, as the three after it. */
    sva_event_stream_restart(&r->stream);
    g_assert_cmpuint(r->stream.lost, ==, 4);
    put(r, 1);
    g_string_truncate(r->text, 0);
    get_all(r);
    g_assert_true(g_str_has_prefix(r->text->str, FORMAT_LINE
                                   "{\"kind\":\"LOST\",\"time\":400,"
                                   "\"count\":4}\n{\"seq\":5,"));
    reader_free(r);
}

static void test_perfetto(void)
{
    Reader *r = reader_new(SVA_EVENT_FORMAT_PERFETTO);
    const char *lost;
    unsigned i;

    for (i = 0; i < 20; i++) {
        put(r, 200);
        get_all(r);
    }
    g_assert_cmpuint(r->stream.lost, >, 0);
    lost = strstr(r->text->str, "\"name\":\"LOST\"");
    g_assert_nonnull(lost);
    /* A name may be among what is missing. */
    g_assert_nonnull(strstr(lost, "thread_name"));
    g_string_append_c(r->text, ']');
    g_assert_true(observe_is_json(r->text->str, r->text->len));
    /* A stream for another reader begins with the array again. */
    put(r, 5);
    sva_event_stream_restart(&r->stream);
    put(r, 1);
    g_string_truncate(r->text, 0);
    get_all(r);
    g_assert_true(g_str_has_prefix(r->text->str, "[{"));
    g_assert_nonnull(strstr(r->text->str, "\"count\":5"));
    g_assert_nonnull(strstr(r->text->str, "thread_name"));
    g_string_append_c(r->text, ']');
    g_assert_true(observe_is_json(r->text->str, r->text->len));
    reader_free(r);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/observe/stream/order", test_order);
    g_test_add_func("/observe/stream/round-the-end", test_round_the_end);
    g_test_add_func("/observe/stream/loss", test_loss);
    g_test_add_func("/observe/stream/loss-again-and-again",
                    test_loss_again_and_again);
    g_test_add_func("/observe/stream/put-while-it-is-written",
                    test_put_while_it_is_written);
    g_test_add_func("/observe/stream/another-reader", test_another_reader);
    g_test_add_func("/observe/stream/perfetto", test_perfetto);
    return g_test_run();
}
