/*
 * Board-specific parts of the machine's environment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_ENV_QEMU_H
#define HW_SVA_PCI_ENV_QEMU_H

#include "qemu/thread.h"
#include "qom/object.h"
#include "hw/sva/env.h"

typedef void SvaEnvMsiFn(uint64_t addr, uint32_t data);

/*
 * How SvaEnvOps.msi delivers on this board; without it the message is a
 * 32-bit write to system memory.
 */
void sva_env_machine_set_msi(SvaEnvMsiFn *fn);

/*
 * The environment of the model of one device.  @owner lives as long as a timer
 * of the model is at work.  If threads without the BQL may call the model,
 * under a lock of its own, its timers take @lock; messages are sent under the
 * BQL, if need be later.  @env and @owner are the caller's.
 */
typedef struct SvaEnvDevice {
    SvaEnv env;
    Object *owner;
    QemuRecMutex *lock;         /* or NULL */
} SvaEnvDevice;

void sva_env_device_init(SvaEnvDevice *device, Object *owner,
                         QemuRecMutex *lock);

/*
 * The short way to read RAM.  false: take the long way, which also knows
 * registers, ROM and memory that is not there.
 */
bool sva_env_machine_read_ram(uint64_t pa, void *buf, size_t len);

#endif
