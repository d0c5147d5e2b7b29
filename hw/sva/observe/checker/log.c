/*
 * Commands that were issued and are not complete yet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "log.h"

/* PCIe r6, 10.3.1: a function has 1 minute, +50 %, to complete. */
#define WAIT_MAX (90 * 1000000000ll)

static void drop_first(SvaCheckLog *log)
{
    log->first = (log->first + 1) % SVA_CHECK_LOG_INVALS;
    log->count--;
}

bool sva_check_log_add(SvaCheckLog *log, const SvaCheckInval *inval,
                       const SvaEvent *event, SvaCheckIssued *oldest)
{
    bool full = log->count == SVA_CHECK_LOG_INVALS;
    unsigned at;

    if (full) {
        *oldest = log->invals[log->first];
        drop_first(log);
    }
    at = (log->first + log->count++) % SVA_CHECK_LOG_INVALS;
    log->invals[at] = (SvaCheckIssued) {
        .inval = *inval,
        .words = { event->command.words[0], event->command.words[1] },
        .order = event->seq,
        .seq = event->seq,
    };
    return full;
}

/* A command may be several invalidations. */
void sva_check_log_carried(SvaCheckLog *log, const SvaEvent *event)
{
    uint64_t order = 0;
    unsigned i;

    for (i = 0; i < log->count; i++) {
        SvaCheckIssued *issued =
            &log->invals[(log->first + i) % SVA_CHECK_LOG_INVALS];

        if (issued->words[0] == event->command.words[0] &&
            issued->words[1] == event->command.words[1] &&
            issued->seq == issued->order &&
            (!order || issued->order == order)) {
            order = issued->order;
            issued->seq = event->seq;
        }
    }
}

static SvaCheckWait *wait_at(SvaCheckLog *log, unsigned i)
{
    return &log->waits[(log->first_wait + i) % SVA_CHECK_LOG_WAITS];
}

/* An address is that of a status word; commands without one leave it 0. */
void sva_check_log_wait(SvaCheckLog *log, const SvaEvent *event, int64_t now)
{
    if (log->wait_count == SVA_CHECK_LOG_WAITS) {
        log->first_wait = (log->first_wait + 1) % SVA_CHECK_LOG_WAITS;
        log->wait_count--;
    }
    *wait_at(log, log->wait_count++) = (SvaCheckWait) {
        .word = event->command.words[0],
        .addr = event->command.words[1],
        .seq = event->seq,
        .time = now,
    };
}

bool sva_check_log_waiting(const SvaCheckLog *log, int64_t now)
{
    unsigned i;

    for (i = 0; i < log->wait_count; i++) {
        unsigned at = (log->first_wait + i) % SVA_CHECK_LOG_WAITS;

        if (log->waits[at].seq > log->done &&
            log->waits[at].time + WAIT_MAX > now) {
            return true;
        }
    }
    return false;
}

void sva_check_log_reset(SvaCheckLog *log)
{
    log->count = 0;
    log->wait_count = 0;
}

static bool wait_matches(const SvaCheckWait *wait, const SvaEvent *event,
                         bool addr)
{
    return wait->word == event->wait.word &&
           (!addr || (wait->addr ^ event->addr) < 4);
}

/* Index + 1, 0: not found. */
static unsigned wait_find(SvaCheckLog *log, const SvaEvent *event, bool addr)
{
    unsigned i = log->wait_count;

    while (i && !wait_matches(wait_at(log, i - 1), event, addr)) {
        i--;
    }
    return i;
}

/*
 * Of several that are alike the newest is taken: rather believe that too much
 * is complete than too little.  Waits before it may complete later.
 */
uint64_t sva_check_log_done(SvaCheckLog *log, const SvaEvent *event)
{
    unsigned i = wait_find(log, event, true);
    uint64_t seq;

    i = i ? i : wait_find(log, event, false);
    if (!i) {
        return event->seq;
    }
    seq = wait_at(log, i - 1)->seq;
    log->done = MAX(log->done, seq);
    for (; i < log->wait_count; i++) {
        *wait_at(log, i - 1) = *wait_at(log, i);
    }
    log->wait_count--;
    return seq;
}

bool sva_check_log_take(SvaCheckLog *log, uint64_t seq, SvaCheckIssued *issued)
{
    if (!log->count || log->invals[log->first].order >= seq) {
        return false;
    }
    *issued = log->invals[log->first];
    drop_first(log);
    return true;
}

const SvaCheckIssued *sva_check_log_pending(const SvaCheckLog *log, unsigned i)
{
    return i < log->count
           ? &log->invals[(log->first + i) % SVA_CHECK_LOG_INVALS] : NULL;
}
