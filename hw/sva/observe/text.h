/*
 * Text put together in a buffer of the caller
 *
 * Nothing is allocated and nothing is cut short: what does not fit leaves
 * @full behind, and the text is then of no use.  There is no final NUL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_OBSERVE_TEXT_H
#define HW_SVA_OBSERVE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct SvaText {
    char *buf;
    size_t size;
    size_t len;
    bool full;
} SvaText;

static inline SvaText sva_text(char *buf, size_t size)
{
    return (SvaText) { .buf = buf, .size = size };
}

static inline void sva_text_add_bytes(SvaText *t, const char *bytes, size_t n)
{
    if (t->full || n > t->size - t->len) {
        t->full = true;
        return;
    }
    memcpy(t->buf + t->len, bytes, n);
    t->len += n;
}

/* Inline, since the length of nearly all is known to the compiler. */
static inline void sva_text_add(SvaText *t, const char *s)
{
    sva_text_add_bytes(t, s, strlen(s));
}

void sva_text_dec(SvaText *t, uint64_t value);
/* With at least @digits digits. */
void sva_text_dec_padded(SvaText *t, uint64_t value, unsigned digits);
/* Digits only, without 0x. */
void sva_text_hex(SvaText *t, uint64_t value, unsigned digits);

/* Bytes of the text, 0 if it did not fit. */
static inline size_t sva_text_len(const SvaText *t)
{
    return t->full ? 0 : t->len;
}

#endif
