/*
 * CRC-32C (Castagnoli), as RFC 3720 defines it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_CRC32C_H
#define HW_SVA_ACCEL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The sum of @buf behind data the sum of which is @crc; 0 is that of none. */
uint32_t sva_crc32c(uint32_t crc, const uint8_t *buf, size_t len);

#endif
