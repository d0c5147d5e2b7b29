/*
 * sva-dsa: administrative commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_COMMAND_H
#define HW_SVA_DSA_COMMAND_H

#include "model.h"

/* CMD is written. */
void sva_dsa_command(SvaDsa *dsa, uint32_t value);

/* CMDCAP */
uint64_t sva_dsa_cmdcap(const SvaDsa *dsa);

/* Begin a command that was written, or end it if nothing is left to do. */
void sva_dsa_command_step(SvaDsa *dsa);

/* Enter the Halt state (5.7); @code: for SWERR. */
void sva_dsa_halt(SvaDsa *dsa, uint8_t code);

#endif
