/*
 * sva-accel: registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_REGS_H
#define HW_SVA_ACCEL_REGS_H

#include <stdbool.h>
#include <stdint.h>

/* Could software have left such values behind? */
bool sva_ctx_regs_possible(const uint32_t *reg);

#endif
