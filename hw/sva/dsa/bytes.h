/*
 * Little endian numbers in memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_DSA_BYTES_H
#define HW_SVA_DSA_BYTES_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t dsa_get16(const uint8_t *from)
{
    uint16_t value;

    memcpy(&value, from, sizeof(value));
    return GUINT16_FROM_LE(value);
}

static inline uint32_t dsa_get32(const uint8_t *from)
{
    uint32_t value;

    memcpy(&value, from, sizeof(value));
    return GUINT32_FROM_LE(value);
}

static inline uint64_t dsa_get64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, sizeof(value));
    return GUINT64_FROM_LE(value);
}

static inline void dsa_put16(uint8_t *to, uint16_t value)
{
    value = GUINT16_TO_LE(value);
    memcpy(to, &value, sizeof(value));
}

static inline void dsa_put32(uint8_t *to, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    memcpy(to, &value, sizeof(value));
}

static inline void dsa_put64(uint8_t *to, uint64_t value)
{
    value = GUINT64_TO_LE(value);
    memcpy(to, &value, sizeof(value));
}

#endif
