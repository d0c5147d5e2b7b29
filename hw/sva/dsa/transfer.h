/*
 * sva-dsa: memory transfers of a slot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_TRANSFER_H
#define HW_SVA_DSA_TRANSFER_H

#include "../endpoint/direct.h"
#include "model.h"

/*
 * Begin a transfer of @len bytes, at most what the buffer has from @offset
 * on; page requests only if the descriptor blocks on faults.
 */
void sva_dsa_read_mem(DsaSlot *slot, uint64_t addr, uint32_t offset,
                      uint32_t len, DsaOperand operand);
void sva_dsa_write_mem(DsaSlot *slot, uint64_t addr, uint32_t offset,
                       uint32_t len, DsaOperand operand);

/*
 * A piece in place (direct.h), instead of a transfer, if that is possible now
 * and the slice has requests left.
 */
bool sva_dsa_find_mem(DsaSlot *slot, uint64_t addr, uint32_t len,
                      DsaOperand operand, bool write, SvaDirect *out);
void sva_dsa_made_mem(DsaSlot *slot, const SvaDirect *direct);

/* The transfer that was begun always blocks on faults (8.1.3, bit 1). */
void sva_dsa_transfer_blocks(DsaSlot *slot);

/* What follows a transfer. */
typedef void DsaTransferEnd(DsaSlot *slot);

/*
 * One step of it, and what follows if that was the last one, or if it failed.
 * False: it waits.
 */
bool sva_dsa_transfer_step(DsaSlot *slot, DsaTransferEnd *done,
                           DsaTransferEnd *failed);

/* Start the access that was in flight anew, for restoring. */
void sva_dsa_transfer_restore(DsaSlot *slot);

/* Operation status of the access that failed. */
uint8_t sva_dsa_transfer_status(const DsaSlot *slot);

/* It was a page fault: where, of which operand, of which address space. */
void sva_dsa_transfer_fault(DsaSlot *slot);

/* May the slot send page requests at all (3.13.3)? */
bool sva_dsa_prs_on(const DsaSlot *slot);

#endif
