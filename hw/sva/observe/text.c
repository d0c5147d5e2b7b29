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

static void add_bytes(SvaText *t, const char *bytes, size_t n)
{
    if (t->full || n > t->size - t->len) {
        t->full = true;
        return;
    }
    memcpy(t->buf + t->len, bytes, n);
    t->len += n;
}

void sva_text_add(SvaText *t, const char *s)
{
    add_bytes(t, s, strlen(s));
}

static void add_number(SvaText *t, uint64_t value, unsigned base,
                       unsigned digits)
{
    char reversed[DIGITS_MAX];
    unsigned at = DIGITS_MAX;

    do {
        reversed[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (at && (value || DIGITS_MAX - at < digits));
    add_bytes(t, reversed + at, DIGITS_MAX - at);
}

void sva_text_dec(SvaText *t, uint64_t value)
{
    add_number(t, value, 10, 1);
}

void sva_text_dec_padded(SvaText *t, uint64_t value, unsigned digits)
{
    add_number(t, value, 10, digits);
}

void sva_text_hex(SvaText *t, uint64_t value, unsigned digits)
{
    add_number(t, value, 16, digits);
}
