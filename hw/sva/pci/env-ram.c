/*
 * Memory calls of the environment: RAM of the running machine
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
#include "qemu/main-loop.h"
#include "hw/sva/compat.h"
#include "env-ram.h"
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

static RamWindow windows[WINDOWS];

/* RAM only: a memory call of the environment must not run model code. */
static const MemTxAttrs ram_only = { .memory = 1 };

static RamWindow *ram_window_fill(uint64_t tag)
{
    RamWindow *w = &windows[tag % WINDOWS];
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
    uint64_t tag = pa >> WINDOW_SHIFT;
    RamWindow *w = &windows[tag % WINDOWS];

    if (unlikely(!bql_locked())) {
        return NULL;
    }
    if (likely(w->host && w->tag == tag)) {
        return w;
    }
    return ram_window_fill(tag);
}

static void ram_windows_drop(MemoryListener *listener)
{
    memset(windows, 0, sizeof(windows));
}

void sva_env_ram_init(void)
{
    static MemoryListener listener = {
        .name = "sva-env",
        .commit = ram_windows_drop,
    };

    if (!listener.address_space) {
        memory_listener_register(&listener, &address_space_memory);
    }
}

bool sva_env_ram_fast_read(uint64_t pa, void *buf, size_t len)
{
    size_t offset = pa & (WINDOW_SIZE - 1);
    RamWindow *w = ram_window(pa);

    if (unlikely(!w || len > WINDOW_SIZE - offset)) {
        return false;
    }
    memcpy(buf, w->host + offset, len);
    return true;
}

bool sva_env_ram_read(SvaEnv *env, uint64_t pa, void *buf, size_t len)
{
    return sva_env_ram_fast_read(pa, buf, len) ||
           address_space_read(&address_space_memory, pa, ram_only, buf,
                              len) == MEMTX_OK;
}

bool sva_env_ram_write(SvaEnv *env, uint64_t pa, const void *buf, size_t len)
{
    return address_space_write(&address_space_memory, pa, ram_only, buf,
                               len) == MEMTX_OK;
}

bool sva_env_ram_read64(SvaEnv *env, uint64_t pa, uint64_t *val)
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
    if (!sva_env_ram_read(env, pa, &raw, sizeof(raw))) {
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

bool sva_env_ram_read128(SvaEnv *env, uint64_t pa, uint64_t val[2])
{
    uint64_t raw[2];
    RamPlace ram;

    RCU_READ_LOCK_GUARD();
    if (likely(!(pa & 15) && ram_at(pa, sizeof(raw), false, &ram))) {
        sva_read128(ram.host, ram.writable, val);
        return true;
    }
    /* Not RAM, so no processor of the guest writes to it at the same time. */
    if (!sva_env_ram_read(env, pa, raw, sizeof(raw))) {
        return false;
    }
    val[0] = le64_to_cpu(raw[0]);
    val[1] = le64_to_cpu(raw[1]);
    return true;
}

bool sva_env_ram_cmpxchg64(SvaEnv *env, uint64_t pa, uint64_t *expect,
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
