/*
 * Stand-in for QEMU's qemu/osdep.h in stand-alone builds
 *
 * Holds what an environment-free file may use of it, and no more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SHIM_QEMU_OSDEP_H
#define SHIM_QEMU_OSDEP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#define container_of(ptr, type, member) \
    ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#define ARRAY_SIZE(array) G_N_ELEMENTS(array)

#define QEMU_ALWAYS_INLINE __attribute__((__always_inline__))

#define QEMU_BUILD_BUG_ON(cond) \
    _Static_assert(!(cond), "not expecting: " #cond)

#endif
