/*
 * Checksums that devices compute over the memory of a process
 *
 * By half bytes: the tables are short, and speed is no concern here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "crc.h"

/* Remainders of the reflected polynomial 0x82f63b78. */
static const uint32_t table32[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
    0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
    0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

/* Remainders of the reflected polynomial 0x9a6c9329ac4bc9b5. */
static const uint64_t table64[16] = {
    0x0000000000000000ull, 0x78e0ff3b88be6f81ull,
    0xf1c1fe77117cdf02ull, 0x8921014c99c2b083ull,
    0xd75adabd7a6e2d6full, 0xafba2586f2d042eeull,
    0x269b24ca6b12f26dull, 0x5e7bdbf1e3ac9decull,
    0x9a6c9329ac4bc9b5ull, 0xe28c6c1224f5a634ull,
    0x6bad6d5ebd3716b7ull, 0x134d926535897936ull,
    0x4d364994d625e4daull, 0x35d6b6af5e9b8b5bull,
    0xbcf7b7e3c7593bd8ull, 0xc41748d84fe75459ull,
};

/* Remainders of the polynomial 0x8bb7. */
static const uint16_t table16[16] = {
    0x0000, 0x8bb7, 0x9cd9, 0x176e, 0xb205, 0x39b2, 0x2edc, 0xa56b,
    0xefbd, 0x640a, 0x7364, 0xf8d3, 0x5db8, 0xd60f, 0xc161, 0x4ad6,
};

uint32_t sva_crc32c_remainder(uint32_t rest, const uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        rest ^= buf[i];
        rest = table32[rest & 15] ^ rest >> 4;
        rest = table32[rest & 15] ^ rest >> 4;
    }
    return rest;
}

uint32_t sva_crc32c(uint32_t crc, const uint8_t *buf, size_t len)
{
    return ~sva_crc32c_remainder(~crc, buf, len);
}

uint64_t sva_crc64_remainder(uint64_t rest, const uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        rest ^= buf[i];
        rest = table64[rest & 15] ^ rest >> 4;
        rest = table64[rest & 15] ^ rest >> 4;
    }
    return rest;
}

uint16_t sva_crc16_t10(uint16_t crc, const uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint16_t)(buf[i] << 8);
        crc = (uint16_t)(table16[crc >> 12] ^ crc << 4);
        crc = (uint16_t)(table16[crc >> 12] ^ crc << 4);
    }
    return crc;
}
