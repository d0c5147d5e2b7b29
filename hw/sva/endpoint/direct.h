/*
 * Memory requests that a function makes itself, where the host has the bytes
 *
 * An access (access.h) moves bytes between memory and a buffer of the device.
 * Where it would go straight through, to RAM, its bytes can be used in place:
 *
 *     if (sva_direct_find(fn, owner, &from, &src) &&
 *         sva_direct_find(fn, owner, &to, &dst)) {
 *         sva_direct_pair(&src, &dst);
 *         memmove(dst.ram.host, src.ram.host, dst.ram.len);
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
 * anybody, and does it lead to RAM?  SvaMemRequest.buf has no meaning.
 * SvaMemRequest.len, which is not 0, may be of more than a page: then it is
 * several accesses, one for each page, and SvaRam.len says how many of the
 * bytes were found, as many as one translation is for, and one window of RAM.
 * Nothing has happened yet, whatever the answer is.  Good until anything is
 * sent.
 */
bool sva_direct_find(SvaFunction *fn, void *owner, const SvaMemRequest *req,
                     SvaDirect *out);

/* Do pages of both ranges end at the same bytes? */
static inline bool sva_direct_alike(uint64_t src, uint64_t dst)
{
    return !((src ^ dst) & ~SVA_PAGE_MASK);
}

/* Bytes of both that @requests, from @src to @dst, are about enough for. */
static inline uint64_t sva_direct_most(unsigned requests, uint64_t src,
                                       uint64_t dst)
{
    return (requests >> (sva_direct_alike(src, dst) ? 1 : 2)) *
           SVA_PAGE_SIZE;
}

/*
 * What one has goes to the other: both get the length of the shorter one, and
 * count as the requests of pieces that are in one page of each.
 */
void sva_direct_pair(SvaDirect *src, SvaDirect *dst);

/* SvaRam.len bytes, or as many as it was made less, were read or written. */
void sva_direct_done(SvaFunction *fn, void *owner, const SvaDirect *direct);

#endif
