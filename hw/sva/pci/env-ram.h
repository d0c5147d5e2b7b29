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
 * Where the host has the RAM at @pa, or NULL if there is not only RAM, if it
 * must not be written though @write, or without the BQL.  It is good as long
 * as the BQL is held and no memory is mapped; who has written there says so.
 */
void *sva_env_ram_host(uint64_t pa, size_t len, bool write);
/* The same for less than @len bytes, if there are not as many: @len follows. */
void *sva_env_ram_window(uint64_t pa, uint32_t *len, bool write);
void sva_env_ram_written(uint64_t pa, size_t len);

/*
 * Fast path to RAM.  false: use address_space_rw(), which handles registers,
 * ROM and unassigned memory as well.
 */
bool sva_env_ram_fast_access(uint64_t pa, void *buf, size_t len, bool write);

#endif
