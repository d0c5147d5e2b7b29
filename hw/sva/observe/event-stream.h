/*
 * Events as text in a ring of fixed size
 *
 * An event is put whole or not at all; the reader learns how many are missing
 * when there is room again.  Callers see to it that one call runs at a time.
 * What sva_event_stream_peek() points to stays until it is taken, also while
 * events are put.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_EVENT_STREAM_H
#define HW_SVA_OBSERVE_EVENT_STREAM_H

#include "hw/sva/event.h"
#include "event-perfetto.h"

/* Least room that an event needs to be put, and that the ring must have. */
#define SVA_EVENT_LINE_MAX 1536
#define SVA_EVENT_STREAM_MIN (16 * SVA_EVENT_LINE_MAX)

typedef enum SvaEventFormat {
    SVA_EVENT_FORMAT_JSON,
    SVA_EVENT_FORMAT_PERFETTO,
} SvaEventFormat;

/*
 * @lost:    events that were not put
 * @unsaid:  of these, how many the reader was not told of yet
 * @last:    time of the last event, lost or not
 * @started: something was taken since the stream began
 */
typedef struct SvaEventStream {
    SvaEventFormat format;
    char *buf;
    size_t size;
    size_t first;
    size_t used;
    uint64_t lost;
    uint64_t unsaid;
    int64_t last;
    bool started;
    SvaPerfetto perfetto;
} SvaEventStream;

/* @buf is the caller's, at least SVA_EVENT_STREAM_MIN. */
void sva_event_stream_init(SvaEventStream *s, SvaEventFormat format,
                           char *buf, size_t size);

void sva_event_stream_put(SvaEventStream *s, const SvaEvent *event);

/* What can be written at once: its length, 0 if there is nothing. */
size_t sva_event_stream_peek(const SvaEventStream *s, const char **at);

/* That many bytes, at most those peeked at, were written. */
void sva_event_stream_take(SvaEventStream *s, size_t bytes);

/*
 * Another reader has come.  It gets a stream of its own; what the one before
 * has not read is lost.
 */
void sva_event_stream_restart(SvaEventStream *s);

#endif
