/*
 * sva-dsa: interrupts and their handles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_IRQ_H
#define HW_SVA_DSA_IRQ_H

#include "model.h"

/* Set @cause, a DSA_INT_* bit, and send message 0. */
void sva_dsa_irq_cause(SvaDsa *dsa, uint32_t cause);

/* Is @handle one that a descriptor of @slot may name (5.4)? */
bool sva_dsa_irq_handle_ok(const DsaSlot *slot, uint16_t handle);

/* Completion interrupt of a descriptor. */
void sva_dsa_irq_completion(SvaDsa *dsa, uint16_t handle);

/* Any other interrupt by a handle; nothing if there is no such handle. */
void sva_dsa_irq_handle(SvaDsa *dsa, uint16_t handle);

/* The handle is one of the table, whatever its permissions say. */
bool sva_dsa_irq_handle_valid(const SvaDsa *dsa, uint16_t handle);

/* Commands; the result is an error code of CMDSTS. */
uint8_t sva_dsa_handle_request(SvaDsa *dsa, uint32_t operand,
                               uint16_t *handle);
uint8_t sva_dsa_handle_release(SvaDsa *dsa, uint32_t operand);

#endif
