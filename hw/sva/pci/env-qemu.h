/*
 * Board-specific parts of the machine's environment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_ENV_QEMU_H
#define HW_SVA_PCI_ENV_QEMU_H

#include "qom/object.h"
#include "hw/sva/env.h"
#include "lock.h"

typedef void SvaEnvMsiFn(uint64_t addr, uint32_t data);

/*
 * How SvaEnvOps.msi delivers messages on this board.  The default is a 32-bit
 * write to system memory.
 */
void sva_env_machine_set_msi(SvaEnvMsiFn *fn);

/*
 * Stop the machine, as at a breakpoint.  A processor gets no further than this;
 * the main loop, on its next turn.
 */
void sva_env_machine_stop(void);

/*
 * Does QEMU execute a record again?  VMStateDescription.needed of what is saved
 * for that alone.
 */
bool sva_env_machine_replays(void *opaque);

/*
 * Schedule a bottom half that the guest can see the effect of.  If QEMU records
 * the machine's execution, it runs at the same instruction in each replay.
 */
void sva_env_machine_bh(QEMUBH *bh);

/*
 * The environment of the model of one device.  @owner is kept while a timer of
 * the model runs.  If threads without the BQL may call the model, they do so
 * under @lock, and its timers take @lock too.  Messages are sent with the BQL,
 * later if need be.  @fired is called when a timer's function has returned, no
 * longer under @lock.
 */
typedef struct SvaEnvDevice {
    SvaEnv env;
    Object *owner;
    SvaPciLock *lock;           /* or NULL */
    void (*fired)(Object *owner);   /* or NULL */
} SvaEnvDevice;

void sva_env_device_init(SvaEnvDevice *device, Object *owner,
                         SvaPciLock *lock);

/*
 * A call, with the BQL.  @takes: timers of functions that become due at once in
 * it fire when it ends, under no lock but the BQL, see core/due.h.  It is false
 * for what a function does that may end anywhere, such as a DMA.
 */
void sva_env_machine_enter(bool takes);
void sva_env_machine_leave(void);

#endif
