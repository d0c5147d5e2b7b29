/*
 * SvaEnv of the running machine: messages, timers, events and the log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "system/cpus.h"
#include "system/replay.h"
#include "system/runstate.h"
#include "hw/sva/compat.h"
#include "hw/sva/endpoint-pci.h"
#include "hw/sva/event.h"
#include "../core/due.h"
#include "env-qemu.h"
#include "env-ram.h"

struct SvaTimer {
    QEMUTimer timer;
    SvaTimerFn *fn;
    void *opaque;
    SvaEnvDevice *device;       /* whose it is */
    SvaDueWork due;
};

/* One for the machine. */
static SvaEventBus machine_bus;
static SvaEnvMsiFn *machine_msi;
static SvaDue machine_due;      /* timers; under the BQL */

typedef struct PendingMsi {
    uint64_t addr;
    uint32_t data;
} PendingMsi;

/* Only a guest that provokes it has more of them pending. */
#define PENDING_MSI_MAX 1024

static unsigned pending_msis;

static void pending_msi_send(void *opaque)
{
    g_autofree PendingMsi *msi = opaque;

    qatomic_dec(&pending_msis);
    if (machine_msi) {
        machine_msi(msi->addr, msi->data);
    } else {
        address_space_stl_le(&address_space_memory, msi->addr, msi->data,
                             MEMTXATTRS_UNSPECIFIED, NULL);
    }
}

static void msi_later(uint64_t addr, uint32_t data)
{
    PendingMsi *msi;

    if (qatomic_fetch_inc(&pending_msis) >= PENDING_MSI_MAX) {
        qatomic_dec(&pending_msis);
        qemu_log_mask(LOG_GUEST_ERROR, "sva: too many interrupts, the one "
                      "to 0x%" PRIx64 " is lost\n", addr);
        return;
    }
    msi = g_new(PendingMsi, 1);
    msi->addr = addr;
    msi->data = data;
    if (bql_locked()) {
        replay_bh_schedule_oneshot_event(qemu_get_aio_context(),
                                         pending_msi_send, msi);
    } else {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), pending_msi_send, msi);
    }
}

/* Who has no BQL is in an iothread, and cannot be recorded anyway. */
void sva_env_machine_bh(QEMUBH *bh)
{
    if (bql_locked()) {
        replay_bh_schedule_event(bh);
    } else {
        qemu_bh_schedule(bh);
    }
}

/*
 * The guest chooses the address of a message.  It may be a register of the very
 * model that sends it, or of a function that then sends a request.  So only
 * writes to RAM, such as completions in memory, are done at once.  Interrupts
 * need the BQL, which must not be waited for under the lock.
 */
static void env_msi(SvaEnv *env, uint64_t addr, uint32_t data)
{
    uint32_t raw = cpu_to_le32(data);

    if (unlikely(!bql_locked())) {
        msi_later(addr, data);
    } else if (machine_msi) {
        machine_msi(addr, data);
    } else if (!sva_env_ram_write(env, addr, &raw, sizeof(raw))) {
        msi_later(addr, data);
    }
}

static int64_t env_now(SvaEnv *env)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/*
 * The model may unplug its device, and QEMU poll for events until that is done.
 * The reference keeps the device until the timer function has returned.
 */
static void timer_fired(void *opaque)
{
    SvaTimer *t = opaque;
    SvaPciLock *lock = t->device->lock;
    Object *owner = object_ref(t->device->owner);

    if (lock) {
        sva_pci_lock_take(lock);
    }
    t->fn(t->opaque);
    if (lock) {
        sva_pci_lock_drop(lock);
    }
    if (t->device->fired) {
        t->device->fired(owner);
    }
    object_unref(owner);
}

static SvaTimer *env_timer_new(SvaEnv *env, SvaTimerFn *fn, void *opaque)
{
    SvaTimer *t = g_new0(SvaTimer, 1);

    t->fn = fn;
    t->opaque = opaque;
    t->device = container_of(env, SvaEnvDevice, env);
    timer_init_ns(&t->timer, QEMU_CLOCK_VIRTUAL, timer_fired, t);
    return t;
}

/*
 * A timer that is due at once, and was set within a call that takes work, fires
 * when the call ends.  The main loop would do it as well, but first its thread
 * has to wake up, and to get the BQL.  While the machine is stopped, nothing is
 * due.  A model with a lock sets timers without the BQL as well.
 */
static bool fires_in_call(SvaTimer *timer, int64_t ns)
{
    return !timer->device->lock && machine_due.takes &&
           ns <= qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) &&
           runstate_is_running() && sva_due_take(&machine_due, &timer->due);
}

static void env_timer_at(SvaTimer *timer, int64_t ns)
{
    if (fires_in_call(timer, ns)) {
        timer_del(&timer->timer);
    } else {
        sva_due_drop(&machine_due, &timer->due);
        timer_mod_ns(&timer->timer, ns);
    }
}

static void env_timer_cancel(SvaTimer *timer)
{
    sva_due_drop(&machine_due, &timer->due);
    timer_del(&timer->timer);
}

static void env_timer_free(SvaTimer *timer)
{
    if (timer) {
        env_timer_cancel(timer);
        g_free(timer);
    }
}

static void due_timer(SvaDueWork *work)
{
    timer_fired(container_of(work, SvaTimer, due));
}

void sva_env_machine_enter(bool takes)
{
    sva_due_enter(&machine_due, takes);
}

void sva_env_machine_leave(void)
{
    sva_due_leave(&machine_due, due_timer);
}

void sva_env_machine_stop(void)
{
    /* On its way back QEMU passes here; it is not there yet. */
    if (replay_running_debug()) {
        return;
    }
    if (qemu_in_vcpu_thread()) {
        vm_stop(RUN_STATE_DEBUG);
    } else {
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_DEBUG);
    }
}

bool sva_env_machine_replays(void *opaque)
{
    return replay_mode == REPLAY_MODE_PLAY;
}

static void G_GNUC_PRINTF(2, 0)
env_guest_error(SvaEnv *env, const char *fmt, va_list ap)
{
    if (qemu_loglevel_mask(LOG_GUEST_ERROR)) {
        g_autofree char *text = g_strdup_vprintf(fmt, ap);

        qemu_log("sva: %s\n", text);
    }
}

static const SvaEnvOps env_ops = {
    .read = sva_env_ram_read,
    .write = sva_env_ram_write,
    .read64 = sva_env_ram_read64,
    .read128 = sva_env_ram_read128,
    .cmpxchg64 = sva_env_ram_cmpxchg64,
    .msi = env_msi,
    .now = env_now,
    .timer_new = env_timer_new,
    .timer_at = env_timer_at,
    .timer_cancel = env_timer_cancel,
    .timer_free = env_timer_free,
    .guest_error = env_guest_error,
};

void sva_env_device_init(SvaEnvDevice *device, Object *owner,
                         SvaPciLock *lock)
{
    sva_env_ram_init();
    device->env.ops = &env_ops;
    device->env.bus = sva_env_machine_bus();
    device->owner = owner;
    device->lock = lock;
}

SvaEventBus *sva_env_machine_bus(void)
{
    return &machine_bus;
}

void sva_env_machine_set_msi(SvaEnvMsiFn *fn)
{
    machine_msi = fn;
}
