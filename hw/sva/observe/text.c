/*
 * Text put together in a buffer of the caller
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <string.h>
#include "text.h"

/* A 64-bit number has at most 20 digits. */
#define DIGITS_MAX 20

static void add_digits(SvaText *t, const char *end, unsigned n,
                       unsigned digits)
{
    static const char zeros[DIGITS_MAX] = "00000000000000000000";

    digits = MIN(digits, DIGITS_MAX);
    if (n < digits) {
        sva_text_add_bytes(t, zeros, digits - n);
    }
    sva_text_add_bytes(t, end - n, n);
}

/* Most numbers have many digits, so two at a time. */
void sva_text_dec_padded(SvaText *t, uint64_t value, unsigned digits)
{
    static const char pairs[200] =
        "0001020304050607080910111213141516171819"
        "2021222324252627282930313233343536373839"
        "4041424344454647484950515253545556575859"
        "6061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";
    char text[DIGITS_MAX], *const end = text + DIGITS_MAX, *at = end;

    for (; value >= 10; value /= 100) {
        at -= 2;
        memcpy(at, &pairs[value % 100 * 2], 2);
    }
    if (value || at == end) {
        *--at = (char)('0' + value);
    }
    add_digits(t, end, end - at, digits);
}

void sva_text_dec(SvaText *t, uint64_t value)
{
    sva_text_dec_padded(t, value, 1);
}

void sva_text_hex(SvaText *t, uint64_t value, unsigned digits)
{
    char text[DIGITS_MAX], *const end = text + DIGITS_MAX, *at = end;

    do {
        *--at = "0123456789abcdef"[value & 0xf];
        value >>= 4;
    } while (value);
    add_digits(t, end, end - at, digits);
}
