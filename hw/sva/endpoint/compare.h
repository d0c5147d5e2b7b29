/*
 * Comparing memory of a process, as devices do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_COMPARE_H
#define HW_SVA_ENDPOINT_COMPARE_H

#include <stdint.h>
#include <string.h>

/* First of @len bytes that differs, or @len; they may change meanwhile. */
static inline uint32_t sva_first_difference(const uint8_t *a, const uint8_t *b,
                                            uint32_t len)
{
    uint32_t i = 0;

    if (!memcmp(a, b, len)) {
        return len;
    }
    while (i < len && a[i] == b[i]) {
        i++;
    }
    return i;
}

#endif
