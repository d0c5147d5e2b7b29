/*
 * Invalidation tickets: ATS invalidations on their way to functions
 *
 * An invalidate request opens a ticket, the completion closes it.  A wait
 * descriptor (VT-d) or CMD_SYNC (SMMUv3) takes the epoch at the time it is
 * fetched and is complete once every ticket opened before that is closed.
 *
 *     epoch = sva_tickets_epoch(t);
 *     ... each time a ticket goes away: if (sva_tickets_done(t, epoch)) ...
 *
 * PCIe r6 10.3 "ATS Invalidation": a completion must match by ITag and by
 * function; VT-d 5.10 6.5.2.9 (wait), 6.5.2 (ICE, ITE).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_CORE_INVAL_TICKET_H
#define HW_SVA_CORE_INVAL_TICKET_H

#include "hw/sva/types.h"

/* Never the number of a ticket. */
#define SVA_NO_TICKET 0

typedef struct SvaTickets SvaTickets;

/* A table for at most @capacity tickets (1..65536) at a time. */
SvaTickets *sva_tickets_new(unsigned capacity);
void sva_tickets_free(SvaTickets *tickets);

/* Forget all; numbers given out before stay unknown. */
void sva_tickets_reset(SvaTickets *tickets);

/*
 * Open a ticket for function @rid that times out at @deadline (virtual ns).
 * Deadlines must not decrease from call to call.  Returns its number, or
 * SVA_NO_TICKET when the table is full.  A number is not given out again for
 * a long time (2^32 / capacity openings).
 */
uint32_t sva_ticket_open(SvaTickets *tickets, uint16_t rid, int64_t deadline);

/*
 * Close a ticket.  false: there is no such ticket or it belongs to another
 * function, nothing has changed (VT-d: Invalidation Completion Error).
 */
bool sva_ticket_close(SvaTickets *tickets, uint32_t ticket, uint16_t rid);

/* A mark after all tickets opened so far. */
uint64_t sva_tickets_epoch(const SvaTickets *tickets);

/* Are all tickets closed that were opened before @epoch was taken? */
bool sva_tickets_done(const SvaTickets *tickets, uint64_t epoch);

/* Deadline of the oldest open ticket, INT64_MAX if none is open. */
int64_t sva_tickets_deadline(const SvaTickets *tickets);

/*
 * Take out the oldest ticket if its deadline is not after @now.  Returns its
 * number and its function in @rid, or SVA_NO_TICKET.
 */
uint32_t sva_tickets_expire(SvaTickets *tickets, int64_t now, uint16_t *rid);

/* An open ticket, to be saved and restored. */
typedef struct SvaTicketState {
    uint64_t seq;
    int64_t deadline;
    uint32_t number;
    uint16_t rid;
} SvaTicketState;

/*
 * @next_seq:   epoch of the next ticket
 * @generation: such that no number below it is given out again
 * @count:      open tickets
 */
typedef struct SvaTicketsState {
    uint64_t next_seq;
    uint32_t generation;
    uint32_t count;
} SvaTicketsState;

/* Open tickets by age into @open, which has room for the capacity. */
void sva_tickets_save(const SvaTickets *tickets, SvaTicketsState *state,
                      SvaTicketState *open);
/*
 * The reverse, into a table of the same capacity.  false: this cannot have
 * been saved; no ticket is open then.
 */
bool sva_tickets_restore(SvaTickets *tickets, const SvaTicketsState *state,
                         const SvaTicketState *open);

/* Number of open tickets. */
unsigned sva_tickets_count(const SvaTickets *tickets);

#endif
