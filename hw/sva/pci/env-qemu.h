/*
 * Board-specific parts of the machine's environment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_ENV_QEMU_H
#define HW_SVA_PCI_ENV_QEMU_H

#include "hw/sva/env.h"

typedef void SvaEnvMsiFn(uint64_t addr, uint32_t data);

/*
 * How SvaEnvOps.msi delivers on this board; without it the message is a
 * 32-bit write to system memory.
 */
void sva_env_machine_set_msi(SvaEnvMsiFn *fn);

#endif
