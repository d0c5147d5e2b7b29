/*
 * SvaEnv: everything the models need from the world around them
 *
 * The environment-free files (all of hw/sva but pci/ and the QOM files of the
 * models) reach guest memory, interrupts and time through this table only.  In
 * QEMU hw/sva/pci/env-qemu.c fills it, in unit tests tests/unit/fake-env.c.
 *
 * A model runs in one thread at a time (in QEMU under the BQL, an IOMMU under
 * the lock of hw/sva/pci/iommu-call.h), but for SvaIommuOps.peek().  None of
 * the calls may run model code before it returns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENV_H
#define HW_SVA_ENV_H

#include <glib.h>
#include "hw/sva/types.h"

typedef struct SvaEnv SvaEnv;
typedef struct SvaTimer SvaTimer;
typedef struct SvaEventBus SvaEventBus;
typedef void SvaTimerFn(void *opaque);

/*
 * Memory calls return false when any byte is outside of guest memory; what
 * was read is then unspecified.  Words are little endian in guest memory and
 * host order in the arguments.
 */
typedef struct SvaEnvOps {
    bool (*read)(SvaEnv *env, uint64_t pa, void *buf, size_t len);
    bool (*write)(SvaEnv *env, uint64_t pa, const void *buf, size_t len);
    bool (*read64)(SvaEnv *env, uint64_t pa, uint64_t *val);
    /*
     * Two words as one access: if a processor of the guest replaces both by
     * one store, both are old or both are new.  @pa is 16-byte aligned.
     */
    bool (*read128)(SvaEnv *env, uint64_t pa, uint64_t val[2]);
    /*
     * Atomic against the guest's processors: if the word at @pa is @*expect
     * replace it by @desired, else store what is there to @*expect.  Sets
     * @*swapped.  @pa is 8-byte aligned.
     */
    bool (*cmpxchg64)(SvaEnv *env, uint64_t pa, uint64_t *expect,
                      uint64_t desired, bool *swapped);
    /* Message signalled interrupt of the IOMMU itself, never remapped. */
    void (*msi)(SvaEnv *env, uint64_t addr, uint32_t data);
    /* Virtual clock in nanoseconds. */
    int64_t (*now)(SvaEnv *env);
    /*
     * A timer fires once per sva_timer_at(), never from within that call,
     * also when the time has passed already.
     */
    SvaTimer *(*timer_new)(SvaEnv *env, SvaTimerFn *fn, void *opaque);
    void (*timer_at)(SvaTimer *timer, int64_t ns);
    void (*timer_cancel)(SvaTimer *timer);
    void (*timer_free)(SvaTimer *timer);
    /*
     * Log what the guest did and must not do, as one line; the newline is
     * added by the environment.
     */
    void (*guest_error)(SvaEnv *env, const char *fmt, va_list ap)
        G_GNUC_PRINTF(2, 0);
} SvaEnvOps;

struct SvaEnv {
    const SvaEnvOps *ops;
    SvaEventBus *bus;           /* may be NULL: nobody listens */
};

static inline bool G_GNUC_WARN_UNUSED_RESULT
sva_env_read(SvaEnv *env, uint64_t pa, void *buf, size_t len)
{
    return env->ops->read(env, pa, buf, len);
}

static inline bool G_GNUC_WARN_UNUSED_RESULT
sva_env_write(SvaEnv *env, uint64_t pa, const void *buf, size_t len)
{
    return env->ops->write(env, pa, buf, len);
}

static inline bool G_GNUC_WARN_UNUSED_RESULT
sva_env_read64(SvaEnv *env, uint64_t pa, uint64_t *val)
{
    return env->ops->read64(env, pa, val);
}

static inline bool G_GNUC_WARN_UNUSED_RESULT
sva_env_read128(SvaEnv *env, uint64_t pa, uint64_t val[2])
{
    return env->ops->read128(env, pa, val);
}

/*
 * Log a mistake of the guest.  What is legal but not supported is a mistake as
 * well: the capability registers announce none of it.
 */
static inline void G_GNUC_PRINTF(2, 3)
sva_guest_error(SvaEnv *env, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    env->ops->guest_error(env, fmt, ap);
    va_end(ap);
}

#endif
