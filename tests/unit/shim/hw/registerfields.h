/*
 * Stand-in for QEMU's hw/registerfields.h in stand-alone builds
 *
 * Names fields of registers, and of words in memory, by the same macros; those
 * that the models use, and no more.
 *
 * FIELD(reg, field, shift, length) gives R_reg_field_SHIFT, _LENGTH and _MASK.
 * The mask is an enumerator as in QEMU, so that its type is the same: with
 * 64-bit words clear a field by FIELD_DP64(), not by inverting the mask, which
 * has 32 bits if its highest bit is bit 31.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SHIM_HW_REGISTERFIELDS_H
#define SHIM_HW_REGISTERFIELDS_H

#include <stdint.h>

#define SHIM_ONES(length) (UINT64_MAX >> (64 - (length)))

/* Byte offset A_reg, and index R_reg of an array of such registers. */
#define REG32(reg, addr) enum { A_##reg = (addr), R_##reg = (addr) / 4 };
#define REG64(reg, addr) enum { A_##reg = (addr), R_##reg = (addr) / 8 };

#define FIELD(reg, field, shift, length)                                \
    enum {                                                              \
        R_##reg##_##field##_SHIFT = (shift),                            \
        R_##reg##_##field##_LENGTH = (length),                          \
    };                                                                  \
    enum { R_##reg##_##field##_MASK = SHIM_ONES(length) << (shift) };

static inline uint64_t shim_extract(uint64_t word, unsigned shift,
                                    unsigned length)
{
    return word >> shift & SHIM_ONES(length);
}

static inline uint64_t shim_deposit(uint64_t word, unsigned shift,
                                    unsigned length, uint64_t val)
{
    uint64_t mask = SHIM_ONES(length) << shift;

    return (word & ~mask) | (val << shift & mask);
}

/* The value of a field. */
#define FIELD_EX32(storage, reg, field)                                 \
    ((uint32_t)shim_extract((uint32_t)(storage),                        \
                            R_##reg##_##field##_SHIFT,                  \
                            R_##reg##_##field##_LENGTH))
#define FIELD_EX64(storage, reg, field)                                 \
    shim_extract(storage, R_##reg##_##field##_SHIFT,                    \
                 R_##reg##_##field##_LENGTH)

/* @storage with another value in the field. */
#define FIELD_DP32(storage, reg, field, val)                            \
    ((uint32_t)shim_deposit((uint32_t)(storage),                        \
                            R_##reg##_##field##_SHIFT,                  \
                            R_##reg##_##field##_LENGTH, val))
#define FIELD_DP64(storage, reg, field, val)                            \
    shim_deposit(storage, R_##reg##_##field##_SHIFT,                    \
                 R_##reg##_##field##_LENGTH, val)

#endif
