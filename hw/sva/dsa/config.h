/*
 * sva-dsa: configuration of groups and work queues, and its checks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_CONFIG_H
#define HW_SVA_DSA_CONFIG_H

#include "model.h"

/* 5.1 and 5.2: an error code of CMDSTS, or 0. */
uint8_t sva_dsa_config_check(const SvaDsa *dsa);
uint8_t sva_dsa_config_check_wq(const SvaDsa *dsa, unsigned wq);

/* Could the device be enabled with it, some configuration space provided? */
bool sva_dsa_config_possible(const SvaDsa *dsa);

/* By GRPCFG, which was checked: the groups of WQs and engines. */
void sva_dsa_config_assign(SvaDsa *dsa);

/* Initial values of Table 9-3. */
void sva_dsa_config_clear_group(SvaDsa *dsa, unsigned group);
void sva_dsa_config_clear_wq(SvaDsa *dsa, unsigned wq, bool keep_size);

/* Clear what Reset Device clears; no descriptor is left. */
void sva_dsa_clear_config(SvaDsa *dsa);

/* Word @word of WQCFG, and writes to bits @mask of it. */
uint64_t sva_dsa_config_read_wq(const SvaDsa *dsa, unsigned wq,
                                unsigned word);
void sva_dsa_config_write_wq(SvaDsa *dsa, unsigned wq, unsigned word,
                             uint64_t value, uint64_t mask);

/* Bits of word @word of GRPCFG that can be written. */
uint64_t sva_dsa_config_group_mask(unsigned word);

#endif
