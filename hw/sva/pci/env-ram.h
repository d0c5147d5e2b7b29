/*
 * Memory calls of the environment: RAM of the running machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_ENV_RAM_H
#define HW_SVA_PCI_ENV_RAM_H

#include "hw/sva/env.h"

/* Before the first of the other calls; may be repeated. */
void sva_env_ram_init(void);

/* As SvaEnvOps has them. */
bool sva_env_ram_read(SvaEnv *env, uint64_t pa, void *buf, size_t len);
bool sva_env_ram_write(SvaEnv *env, uint64_t pa, const void *buf, size_t len);
bool sva_env_ram_read64(SvaEnv *env, uint64_t pa, uint64_t *val);
bool sva_env_ram_read128(SvaEnv *env, uint64_t pa, uint64_t val[2]);
bool sva_env_ram_cmpxchg64(SvaEnv *env, uint64_t pa, uint64_t *expect,
                           uint64_t desired, bool *swapped);

/*
 * Fast path to read RAM.  false: use address_space_read(), which handles
 * registers, ROM and unassigned memory as well.
 */
bool sva_env_ram_fast_read(uint64_t pa, void *buf, size_t len);

#endif
