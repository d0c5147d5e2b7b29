/*
 * Events as text in a ring of fixed size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "event-json.h"
#include "event-stream.h"

/* JSON lines end with a newline, those of the other form begin with one. */
G_STATIC_ASSERT(SVA_EVENT_JSON_MAX + 1 <= SVA_EVENT_LINE_MAX);
G_STATIC_ASSERT(SVA_EVENT_PERFETTO_MAX <= SVA_EVENT_LINE_MAX);

static size_t room(const SvaEventStream *s)
{
    return s->size - s->used;
}

/* There is room for it. */
static void put_text(SvaEventStream *s, const SvaText *t)
{
    size_t len = sva_text_len(t);
    size_t at = (s->first + s->used) % s->size;
    size_t before_end = MIN(len, s->size - at);

    memcpy(s->buf + at, t->buf, before_end);
    memcpy(s->buf, t->buf + before_end, len - before_end);
    s->used += len;
}

static void put_format(SvaEventStream *s)
{
    char buf[SVA_EVENT_LINE_MAX];
    SvaText t = sva_text(buf, sizeof(buf));

    if (s->format == SVA_EVENT_FORMAT_PERFETTO) {
        sva_event_perfetto_format(&s->perfetto, &t);
    } else {
        sva_event_json_format(&t);
        sva_text_add(&t, "\n");
    }
    put_text(s, &t);
}

static void put_lost(SvaEventStream *s)
{
    char buf[SVA_EVENT_LINE_MAX];
    SvaText t = sva_text(buf, sizeof(buf));

    if (s->format == SVA_EVENT_FORMAT_PERFETTO) {
        /* Names and begins may be among what is missing. */
        sva_event_perfetto_forget(&s->perfetto);
        sva_event_perfetto_lost(&t, s->last, s->unsaid);
    } else {
        sva_event_json_lost(&t, s->last, s->unsaid);
        sva_text_add(&t, "\n");
    }
    put_text(s, &t);
    s->unsaid = 0;
}

/* Say what is missing, if that has to be said and there is room for it. */
static void settle(SvaEventStream *s)
{
    if (s->unsaid && room(s) >= 2 * SVA_EVENT_LINE_MAX) {
        put_lost(s);
    }
}

static void lose(SvaEventStream *s, uint64_t events)
{
    s->lost += events;
    s->unsaid += events;
}

void sva_event_stream_init(SvaEventStream *s, SvaEventFormat format,
                           char *buf, size_t size)
{
    memset(s, 0, sizeof(*s));
    s->format = format;
    s->buf = buf;
    s->size = size;
    put_format(s);
}

void sva_event_stream_put(SvaEventStream *s, const SvaEvent *event)
{
    char buf[SVA_EVENT_LINE_MAX];
    SvaText t = sva_text(buf, sizeof(buf));

    settle(s);
    s->last = event->time;
    if (s->unsaid || room(s) < SVA_EVENT_LINE_MAX) {
        lose(s, 1);
        return;
    }
    if (s->format == SVA_EVENT_FORMAT_PERFETTO) {
        sva_event_perfetto(&s->perfetto, &t, event);
    } else {
        sva_event_json(&t, event);
        sva_text_add(&t, "\n");
    }
    put_text(s, &t);
}

size_t sva_event_stream_peek(const SvaEventStream *s, const char **at)
{
    *at = s->buf + s->first;
    return MIN(s->used, s->size - s->first);
}

void sva_event_stream_take(SvaEventStream *s, size_t bytes)
{
    s->first = (s->first + bytes) % s->size;
    s->used -= bytes;
    s->started |= bytes > 0;
    settle(s);
}

/* Each event has one newline, and so has each note of a loss. */
static uint64_t count_lines(const char *at, size_t len)
{
    uint64_t lines = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        lines += at[i] == '\n';
    }
    return lines;
}

void sva_event_stream_restart(SvaEventStream *s)
{
    size_t before_end = MIN(s->used, s->size - s->first);

    if (!s->started) {
        return;
    }
    lose(s, count_lines(s->buf + s->first, before_end) +
            count_lines(s->buf, s->used - before_end));
    s->first = s->used = 0;
    s->started = false;
    put_format(s);
}
