/*
 * Fuzz harnesses: input as a program of bytes
 *
 * A harness defines LLVMFuzzerTestOneInput() and fuzz_ops.  Its input is a
 * sequence of operations, a byte each, with their arguments; numbers are
 * mapped to things that exist, so that deep states are reached.  A broken
 * property is a failed g_assert.  The same source is linked with libFuzzer
 * and with replay.c, which runs the cases of corpus/NAME.txt.
 *
 * Operations may be added at the end of an enum only: cases refer to numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Operation numbers are below this; those not in use do nothing. */
#define FUZZ_OP_MASK 0x1f

/* Operations executed for one input, so that every input ends soon. */
#define FUZZ_MAX_OPS 400

typedef struct FuzzInput {
    const uint8_t *data;
    size_t left;
} FuzzInput;

/* Names of the operations by number, for cases; ends with NULL. */
extern const char *const fuzz_ops[];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes behind the end are 0. */
static inline uint8_t fuzz_u8(FuzzInput *in)
{
    if (!in->left) {
        return 0;
    }
    in->left--;
    return *in->data++;
}

static inline uint16_t fuzz_u16(FuzzInput *in)
{
    uint16_t low = fuzz_u8(in);

    return low | (uint16_t)fuzz_u8(in) << 8;
}

static inline uint32_t fuzz_u32(FuzzInput *in)
{
    uint32_t low = fuzz_u16(in);

    return low | (uint32_t)fuzz_u16(in) << 16;
}

static inline uint64_t fuzz_u64(FuzzInput *in)
{
    uint64_t low = fuzz_u32(in);

    return low | (uint64_t)fuzz_u32(in) << 32;
}

/* g_error() ends in a signal that libFuzzer does not take for a finding. */
static inline void G_GNUC_NORETURN fuzz_fail(const char *what)
{
    g_printerr("%s\n", what);
    abort();
}

/* One of the elements of an array. */
#define fuzz_pick(in, array) ((array)[fuzz_u8(in) % G_N_ELEMENTS(array)])

#endif
