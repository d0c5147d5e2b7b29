/*
 * Memory requests that a function makes itself, where the host has the bytes
 *
 * An access (access.h) moves bytes between memory and a buffer of the device.
 * Where it would go straight through, to RAM, its bytes can be used in place:
 *
 *     if (sva_direct_find(fn, owner, &from, &src) &&
 *         sva_direct_find(fn, owner, &to, &dst)) {
 *         memmove(dst.ram.host, src.ram.host, len);
 *         sva_direct_done(fn, owner, &src);
 *         sva_direct_done(fn, owner, &dst);
 *     }
 *
 * Guest processors may write the same bytes at any time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ENDPOINT_DIRECT_H
#define HW_SVA_ENDPOINT_DIRECT_H

#include "access.h"

/*
 * @hit: translation that it goes by, NULL: untranslated
 */
typedef struct SvaDirect {
    SvaRam ram;
    const SvaAtcEntry *hit;
    uint64_t addr;
    uint8_t rights;
} SvaDirect;

/*
 * Could an access with @req be made now, without waiting, asking or telling
 * anybody, and does it lead to RAM?  SvaMemRequest.buf has no meaning.  Nothing
 * has happened yet, whatever the answer is.  Good until anything is sent.
 */
bool sva_direct_find(SvaFunction *fn, void *owner, const SvaMemRequest *req,
                     SvaDirect *out);

/* The bytes were read or written: count and announce it. */
void sva_direct_done(SvaFunction *fn, void *owner, const SvaDirect *direct);

#endif
