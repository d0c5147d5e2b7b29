/*
 * Events in the trace event format that the Perfetto UI opens
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_EVENT_PERFETTO_H
#define HW_SVA_OBSERVE_EVENT_PERFETTO_H

#include "hw/sva/event.h"
#include "text.h"

/* What an event adds, the names of its tracks included, is not longer. */
#define SVA_EVENT_PERFETTO_MAX 1536

#define SVA_PERFETTO_TRACKS 512
#define SVA_PERFETTO_GROUPS 1024

/*
 * What the trace has said already.  Both tables forget an entry for another:
 * then a track is named again, or a group begins twice.  Of fixed size, for the
 * guest chooses PASIDs and page request group indices.
 */
typedef struct SvaPerfetto {
    uint64_t tracks[SVA_PERFETTO_TRACKS];       /* that have a name */
    uint32_t groups[SVA_PERFETTO_GROUPS];       /* that are open */
} SvaPerfetto;

/* Begin an array.  It is never ended: the format does without. */
void sva_event_perfetto_format(SvaPerfetto *p, SvaText *t);

/* Forget what was said: the reader may not have it. */
void sva_event_perfetto_forget(SvaPerfetto *p);

/* The comma after the line before, then a line of trace events. */
void sva_event_perfetto(SvaPerfetto *p, SvaText *t, const SvaEvent *event);
void sva_event_perfetto_lost(SvaText *t, int64_t time, uint64_t count);

#endif
