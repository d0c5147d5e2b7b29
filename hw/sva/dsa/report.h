/*
 * sva-dsa: errors without a completion record: SWERR and the event log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_REPORT_H
#define HW_SVA_DSA_REPORT_H

#include "model.h"

/* Only ever in SWERR, whatever GENCFG says. */
void sva_dsa_report_full(SvaDsa *dsa, unsigned wq);
void sva_dsa_report_plain(SvaDsa *dsa, uint8_t code);

/* Of the descriptor of @slot, by DsaSlot.event: the words of an error. */
void sva_dsa_report_slot(DsaSlot *slot);

/*
 * The event log: is there room, and does nobody else write?  Then the entry
 * of @slot is put into its buffer.
 */
bool sva_dsa_event_begin(DsaSlot *slot);
void sva_dsa_event_written(DsaSlot *slot);

/* Guest physical or virtual address of the entry to be written. */
uint64_t sva_dsa_event_addr(const SvaDsa *dsa);

#endif
