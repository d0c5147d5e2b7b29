/*
 * An event as one JSON object (docs/specs/event-stream.rst)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_EVENT_JSON_H
#define HW_SVA_OBSERVE_EVENT_JSON_H

#include "hw/sva/event.h"
#include "text.h"

/* Grows when a reader of the version before would be misled. */
#define SVA_EVENT_JSON_VERSION 1

/* No object is longer. */
#define SVA_EVENT_JSON_MAX 1024

/* {"seq":...}, without a newline. */
void sva_event_json(SvaText *t, const SvaEvent *event);

/* The object that names the format, the first of a stream. */
void sva_event_json_format(SvaText *t);

/* The object that stands for @count events that were lost up to @time. */
void sva_event_json_lost(SvaText *t, int64_t time, uint64_t count);

#endif
