/*
 * sva-dsa: other address spaces, by the Inter-Domain Permissions Table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_DOMAIN_H
#define HW_SVA_DSA_DOMAIN_H

#include "model.h"

/*
 * 5.6: may the descriptor of @slot use the entries that it names?  0, and
 * DsaSlot.domain is what they say, or a status, and DsaSlot.fault_handle.
 */
uint8_t sva_dsa_domain_check(DsaSlot *slot);

/* Does the descriptor of @slot use entry @handle? */
bool sva_dsa_domain_used(const DsaSlot *slot, uint16_t handle);

/* Bits @mask of word @word of entry @index are written (Table 9-10). */
void sva_dsa_domain_write(SvaDsa *dsa, unsigned index, unsigned word,
                          uint64_t value, uint64_t mask);

#endif
