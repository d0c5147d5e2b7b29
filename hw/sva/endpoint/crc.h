/*
 * Checksums that devices compute over the memory of a process
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_CRC_H
#define HW_SVA_ENDPOINT_CRC_H

#include <stddef.h>
#include <stdint.h>

/*
 * CRC-32C (Castagnoli), as RFC 3720 defines it: the sum of @buf behind data
 * the sum of which is @crc; 0 is that of none.
 */
uint32_t sva_crc32c(uint32_t crc, const uint8_t *buf, size_t len);

/*
 * The same, and the 64-bit CRC of NVM Express, as remainders: without the
 * inversions before and after.  Bit 0 of a byte is its most significant one.
 */
uint32_t sva_crc32c_remainder(uint32_t rest, const uint8_t *buf, size_t len);
uint64_t sva_crc64_remainder(uint64_t rest, const uint8_t *buf, size_t len);

/* CRC-16 of T10 DIF; bit 7 of a byte is its most significant one. */
uint16_t sva_crc16_t10(uint16_t crc, const uint8_t *buf, size_t len);

#endif
