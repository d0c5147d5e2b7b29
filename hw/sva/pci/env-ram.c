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
#define WINDOWS      1024

/*
 * A window all of which is RAM of one region; @host is NULL if unused.
 *
 * @cache: keeps the region; what was written is told by it, as by QEMU's own
 *         accesses: dirty bitmaps, and the code that TCG has translated
 */
typedef struct RamWindow {
    uint64_t tag;
    uint8_t *host;
    MemoryRegionCache cache;
    bool writable;
} RamWindow;

static RamWindow windows[WINDOWS];

/* RAM only: a memory call of the environment must not run model code. */
static const MemTxAttrs ram_only = { .memory = 1 };

static void ram_window_drop(RamWindow *w)
{
    if (w->host) {
        w->host = NULL;
        address_space_cache_destroy(&w->cache);
    }
}

/* Is all of the window RAM of one region?  @writable: not ROM. */
static bool ram_window_possible(uint64_t tag, bool *writable)
{
    hwaddr xlat, len = WINDOW_SIZE;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, tag << WINDOW_SHIFT,
                                 &xlat, &len, false, ram_only);
    *writable = !mr->readonly && !mr->rom_device;
    return len >= WINDOW_SIZE && memory_region_is_ram(mr) &&
           !memory_region_is_ram_device(mr);
}

static RamWindow *ram_window_fill(uint64_t tag)
{
    RamWindow *w = &windows[tag % WINDOWS];
    MemoryRegionCache cache;
    bool writable;
    int64_t len;

    if (!ram_window_possible(tag, &writable)) {
        return NULL;
    }
    len = address_space_cache_init(&cache, &address_space_memory,
                                   tag << WINDOW_SHIFT, WINDOW_SIZE,
                                   writable);
    if (len < (int64_t)WINDOW_SIZE || !cache.ptr) {
        address_space_cache_destroy(&cache);
        return NULL;
    }
    ram_window_drop(w);
    *w = (RamWindow) {
        .tag = tag, .host = cache.ptr, .cache = cache, .writable = writable,
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
    for (unsigned i = 0; i < WINDOWS; i++) {
        ram_window_drop(&windows[i]);
    }
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

void *sva_env_ram_host(uint64_t pa, size_t len, bool write)
{
    size_t offset = pa & (WINDOW_SIZE - 1);
    RamWindow *w = ram_window(pa);

    if (unlikely(!w || len > WINDOW_SIZE - offset ||
                 (write && !w->writable))) {
        return NULL;
    }
    return w->host + offset;
}

void *sva_env_ram_window(uint64_t pa, uint32_t *len, bool write)
{
    *len = (uint32_t)sva_within(pa, WINDOW_SIZE - 1, *len);
    return sva_env_ram_host(pa, *len, write);
}

void sva_env_ram_written(uint64_t pa, size_t len)
{
    RamWindow *w = ram_window(pa);

    if (likely(w && w->writable)) {
        address_space_cache_invalidate(&w->cache, pa & (WINDOW_SIZE - 1),
                                       len);
    }
}

static bool ram_fast_read(uint64_t pa, void *buf, size_t len)
{
    const void *host = sva_env_ram_host(pa, len, false);

    if (unlikely(!host)) {
        return false;
    }
    memcpy(buf, host, len);
    return true;
}

bool sva_env_ram_fast_access(uint64_t pa, void *buf, size_t len, bool write)
{
    void *host;

    if (!write) {
        return ram_fast_read(pa, buf, len);
    }
    host = sva_env_ram_host(pa, len, true);
    if (unlikely(!host)) {
        return false;
    }
    memcpy(host, buf, len);
    sva_env_ram_written(pa, len);
    return true;
}

bool sva_env_ram_read(SvaEnv *env, uint64_t pa, void *buf, size_t len)
{
    return ram_fast_read(pa, buf, len) ||
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
    bool writable;
} RamPlace;

/*
 * Find the @bytes aligned bytes at @pa to read them, in windows that are RAM
 * only in part as well.  Call this, and use @out, in an RCU read section.
 * false: not RAM.
 */
static bool ram_at(uint64_t pa, size_t bytes, RamPlace *out)
{
    RamWindow *w = ram_window(pa);
    hwaddr xlat, len = bytes;
    MemoryRegion *mr;

    if (likely(w)) {
        *out = (RamPlace) {
            w->host + (pa & (WINDOW_SIZE - 1)), w->writable,
        };
        return true;
    }
    mr = address_space_translate(&address_space_memory, pa, &xlat, &len,
                                 false, ram_only);
    if (len < bytes || !memory_region_is_ram(mr) ||
        memory_region_is_ram_device(mr)) {
        return false;
    }
    out->host = (uint8_t *)memory_region_get_ram_ptr(mr) + xlat;
    out->writable = !mr->readonly && !mr->rom_device;
    return true;
}

bool sva_env_ram_read128(SvaEnv *env, uint64_t pa, uint64_t val[2])
{
    uint64_t raw[2];
    RamPlace ram;

    RCU_READ_LOCK_GUARD();
    if (likely(!(pa & 15) && ram_at(pa, sizeof(raw), &ram))) {
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

/* The word at @offset of @cache, which is RAM that can be written. */
static void cache_cmpxchg64(MemoryRegionCache *cache, hwaddr offset,
                            uint64_t *expect, uint64_t desired, bool *swapped)
{
    uint64_t *word = (uint64_t *)((uint8_t *)cache->ptr + offset);
    uint64_t old = le64_to_cpu(qatomic_cmpxchg__nocheck(
        word, cpu_to_le64(*expect), cpu_to_le64(desired)));

    *swapped = old == *expect;
    if (*swapped) {
        address_space_cache_invalidate(cache, offset, sizeof(*word));
    }
    *expect = old;
}

bool sva_env_ram_cmpxchg64(SvaEnv *env, uint64_t pa, uint64_t *expect,
                           uint64_t desired, bool *swapped)
{
    MemoryRegionCache cache;
    RamWindow *w;
    bool found;

    if (pa & 7) {
        return false;
    }
    w = ram_window(pa);
    if (likely(w)) {
        if (w->writable) {
            cache_cmpxchg64(&w->cache, pa & (WINDOW_SIZE - 1), expect,
                            desired, swapped);
        }
        return w->writable;
    }
    found = address_space_cache_init(&cache, &address_space_memory, pa,
                                     sizeof(*expect), true) >=
            (int64_t)sizeof(*expect) && cache.ptr;
    if (found) {
        cache_cmpxchg64(&cache, 0, expect, desired, swapped);
    }
    address_space_cache_destroy(&cache);
    return found;
}
