/*
 * Board-specific parts of the machine's environment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_ENV_QEMU_H
#define HW_SVA_PCI_ENV_QEMU_H

#include "qemu/thread.h"
#include "hw/sva/env.h"

typedef void SvaEnvMsiFn(uint64_t addr, uint32_t data);

/*
 * How SvaEnvOps.msi delivers on this board; without it the message is a
 * 32-bit write to system memory.
 */
void sva_env_machine_set_msi(SvaEnvMsiFn *fn);

/*
 * Like sva_env_machine(), for a model that threads without the BQL may call
 * under a lock of its own.  Its timers take @lock; its messages are sent
 * under the BQL, if need be later.  @env is the caller's.
 */
typedef struct SvaEnvShared {
    SvaEnv env;
    QemuRecMutex *lock;
} SvaEnvShared;

void sva_env_shared_init(SvaEnvShared *shared, QemuRecMutex *lock);

/*
 * The short way to read RAM.  false: take the long way, which also knows
 * registers, ROM and memory that is not there.
 */
bool sva_env_machine_read_ram(uint64_t pa, void *buf, size_t len);

#endif
