/*
 * SvaEnv of the running machine
 *
 * The models read page tables one word at a time, so what a translation costs
 * is to find the host pointer of a physical address.  A small direct-mapped
 * cache of 2 MiB windows makes that cheap; a change of the memory map empties
 * it.  Only threads that hold the BQL use it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "hw/sva/compat.h"
#include "hw/sva/endpoint-pci.h"
#include "hw/sva/event.h"
#include "env-qemu.h"
#include "read128.h"

#define WINDOW_SHIFT 21
#define WINDOW_SIZE  (1ull << WINDOW_SHIFT)
#define WINDOWS      256

/* A window all of which is RAM of one region; @host is NULL if unused. */
typedef struct RamWindow {
    uint64_t tag;
    uint8_t *host;
    MemoryRegion *mr;
    hwaddr mr_addr;
    bool writable;
} RamWindow;

typedef struct SvaEnvQemu {
    SvaEventBus bus;
    SvaEnvMsiFn *msi;
    MemoryListener listener;
    RamWindow windows[WINDOWS];
} SvaEnvQemu;

struct SvaTimer {
    QEMUTimer timer;
    SvaTimerFn *fn;
    void *opaque;
    SvaEnvDevice *device;       /* whose it is */
};

/* RAM only: a memory call of the environment must not run model code. */
static const MemTxAttrs ram_only = { .memory = 1 };

static SvaEnvQemu *machine_env(void);

static RamWindow *ram_window_fill(SvaEnvQemu *e, uint64_t tag)
{
    RamWindow *w = &e->windows[tag % WINDOWS];
    hwaddr xlat, len = WINDOW_SIZE;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, tag << WINDOW_SHIFT,
                                 &xlat, &len, false, ram_only);
    if (len < WINDOW_SIZE || !memory_region_is_ram(mr) ||
        memory_region_is_ram_device(mr)) {
        return NULL;
    }
    *w = (RamWindow) {
        .tag = tag,
        .host = (uint8_t *)memory_region_get_ram_ptr(mr) + xlat,
        .mr = mr,
        .mr_addr = xlat,
        .writable = !mr->readonly && !mr->rom_device,
    };
    return w;
}

/* The window of @pa, or NULL if the cache cannot be used for it. */
static RamWindow *ram_window(uint64_t pa)
{
    SvaEnvQemu *e = machine_env();
    uint64_t tag = pa >> WINDOW_SHIFT;
    RamWindow *w = &e->windows[tag % WINDOWS];

    if (unlikely(!bql_locked())) {
        return NULL;
    }
    if (likely(w->host && w->tag == tag)) {
        return w;
    }
    return ram_window_fill(e, tag);
}

static void ram_windows_drop(MemoryListener *listener)
{
    SvaEnvQemu *e = container_of(listener, SvaEnvQemu, listener);

    memset(e->windows, 0, sizeof(e->windows));
}

bool sva_env_machine_read_ram(uint64_t pa, void *buf, size_t len)
{
    size_t offset = pa & (WINDOW_SIZE - 1);
    RamWindow *w = ram_window(pa);

    if (unlikely(!w || len > WINDOW_SIZE - offset)) {
        return false;
    }
    memcpy(buf, w->host + offset, len);
    return true;
}

static bool env_read(SvaEnv *env, uint64_t pa, void *buf, size_t len)
{
    return sva_env_machine_read_ram(pa, buf, len) ||
           address_space_read(&address_space_memory, pa, ram_only, buf,
                              len) == MEMTX_OK;
}

static bool env_write(SvaEnv *env, uint64_t pa, const void *buf, size_t len)
{
    return address_space_write(&address_space_memory, pa, ram_only, buf,
                               len) == MEMTX_OK;
}

static bool env_read64(SvaEnv *env, uint64_t pa, uint64_t *val)
{
    RamWindow *w;
    uint64_t raw;

    /* The guest's processors update these words while we read them. */
    if (likely(!(pa & 7))) {
        w = ram_window(pa);
        if (likely(w)) {
            raw = qatomic_read__nocheck(
                (uint64_t *)(w->host + (pa & (WINDOW_SIZE - 1))));
            *val = le64_to_cpu(raw);
            return true;
        }
    }
    if (!env_read(env, pa, &raw, sizeof(raw))) {
        return false;
    }
    *val = le64_to_cpu(raw);
    return true;
}

/* Guest RAM in memory of the host; see ram_at(). */
typedef struct RamPlace {
    void *host;
    MemoryRegion *mr;
    hwaddr mr_addr;
    bool writable;
} RamPlace;

/*
 * Find the @bytes aligned bytes at @pa, in windows that are RAM only in part as
 * well.  Call this, and use @out, in an RCU read section.  false: not RAM.  The
 * caller marks the region dirty.
 */
static bool ram_at(uint64_t pa, size_t bytes, bool write, RamPlace *out)
{
    RamWindow *w = ram_window(pa);
    hwaddr len = bytes;

    if (likely(w)) {
        *out = (RamPlace) {
            w->host + (pa & (WINDOW_SIZE - 1)), w->mr,
            w->mr_addr + (pa & (WINDOW_SIZE - 1)), w->writable,
        };
        return true;
    }
    out->mr = address_space_translate(&address_space_memory, pa,
                                      &out->mr_addr, &len, write, ram_only);
    if (len < bytes || !memory_region_is_ram(out->mr) ||
        memory_region_is_ram_device(out->mr)) {
        return false;
    }
    out->host = (uint8_t *)memory_region_get_ram_ptr(out->mr) + out->mr_addr;
    out->writable = !out->mr->readonly && !out->mr->rom_device;
    return true;
}

static bool env_read128(SvaEnv *env, uint64_t pa, uint64_t val[2])
{
    uint64_t raw[2];
    RamPlace ram;

    RCU_READ_LOCK_GUARD();
    if (likely(!(pa & 15) && ram_at(pa, sizeof(raw), false, &ram))) {
        sva_read128(ram.host, ram.writable, val);
        return true;
    }
    /* Not RAM, so no processor of the guest writes to it at the same time. */
    if (!env_read(env, pa, raw, sizeof(raw))) {
        return false;
    }
    val[0] = le64_to_cpu(raw[0]);
    val[1] = le64_to_cpu(raw[1]);
    return true;
}

static bool env_cmpxchg64(SvaEnv *env, uint64_t pa, uint64_t *expect,
                          uint64_t desired, bool *swapped)
{
    RamPlace ram;
    uint64_t old;

    if (pa & 7) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    if (!ram_at(pa, sizeof(old), true, &ram) || !ram.writable) {
        return false;
    }
    old = le64_to_cpu(qatomic_cmpxchg__nocheck((uint64_t *)ram.host,
                                               cpu_to_le64(*expect),
                                               cpu_to_le64(desired)));
    *swapped = old == *expect;
    if (*swapped) {
        memory_region_set_dirty(ram.mr, ram.mr_addr, sizeof(old));
    }
    *expect = old;
    return true;
}

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
    SvaEnvQemu *e = machine_env();

    qatomic_dec(&pending_msis);
    if (e->msi) {
        e->msi(msi->addr, msi->data);
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
    aio_bh_schedule_oneshot(qemu_get_aio_context(), pending_msi_send, msi);
}

/*
 * The guest chooses the address of a message.  It may be a register of the very
 * model that sends it, or of a function that then sends a request.  So only
 * writes to RAM, such as completions in memory, are done at once.  Interrupts
 * need the BQL, which must not be waited for under the lock.
 */
static void env_msi(SvaEnv *env, uint64_t addr, uint32_t data)
{
    SvaEnvQemu *e = machine_env();
    uint32_t raw = cpu_to_le32(data);

    if (unlikely(!bql_locked())) {
        msi_later(addr, data);
    } else if (e->msi) {
        e->msi(addr, data);
    } else if (!env_write(env, addr, &raw, sizeof(raw))) {
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
    QemuRecMutex *lock = t->device->lock;
    Object *owner = object_ref(t->device->owner);

    if (lock) {
        qemu_rec_mutex_lock(lock);
    }
    t->fn(t->opaque);
    if (lock) {
        qemu_rec_mutex_unlock(lock);
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

static void env_timer_at(SvaTimer *timer, int64_t ns)
{
    timer_mod_ns(&timer->timer, ns);
}

static void env_timer_cancel(SvaTimer *timer)
{
    timer_del(&timer->timer);
}

static void env_timer_free(SvaTimer *timer)
{
    if (timer) {
        timer_del(&timer->timer);
        g_free(timer);
    }
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
    .read = env_read,
    .write = env_write,
    .read64 = env_read64,
    .read128 = env_read128,
    .cmpxchg64 = env_cmpxchg64,
    .msi = env_msi,
    .now = env_now,
    .timer_new = env_timer_new,
    .timer_at = env_timer_at,
    .timer_cancel = env_timer_cancel,
    .timer_free = env_timer_free,
    .guest_error = env_guest_error,
};

void sva_env_device_init(SvaEnvDevice *device, Object *owner,
                         QemuRecMutex *lock)
{
    device->env.ops = &env_ops;
    device->env.bus = sva_env_machine_bus();
    device->owner = owner;
    device->lock = lock;
}

static SvaEnvQemu *machine_env(void)
{
    static SvaEnvQemu machine;

    if (!machine.listener.name) {
        machine.listener.name = "sva-env";
        machine.listener.commit = ram_windows_drop;
        memory_listener_register(&machine.listener, &address_space_memory);
    }
    return &machine;
}

SvaEventBus *sva_env_machine_bus(void)
{
    return &machine_env()->bus;
}

void sva_env_machine_set_msi(SvaEnvMsiFn *fn)
{
    machine_env()->msi = fn;
}
