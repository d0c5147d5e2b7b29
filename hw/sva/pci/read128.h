/*
 * 16 bytes of memory of the host as one access
 *
 * The guest's processors may replace them by one store (CMPXCHG16B) while we
 * read, and must not be seen half done.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_PCI_READ128_H
#define HW_SVA_PCI_READ128_H

#include "qemu/atomic128.h"
#include "qemu/bswap.h"

/*
 * Little-endian words at @host, 16-byte aligned, to @val.  @writable: the
 * host may write there, which hosts need that have no plain load of 16 bytes.
 * One that can do neither reads each word by itself, the first one first.
 */
static inline void sva_read128(void *host, bool writable, uint64_t val[2])
{
    uint64_t raw[2];
    Int128 both;

    if (HAVE_ATOMIC128_RO) {
        both = atomic16_read_ro(host);
        memcpy(raw, &both, sizeof(raw));
    } else if (HAVE_ATOMIC128_RW && writable) {
        both = atomic16_read_rw(host);
        memcpy(raw, &both, sizeof(raw));
    } else {
        raw[0] = qatomic_read__nocheck((uint64_t *)host);
        smp_rmb();
        raw[1] = qatomic_read__nocheck((uint64_t *)host + 1);
    }
    val[0] = le64_to_cpu(raw[0]);
    val[1] = le64_to_cpu(raw[1]);
}

#endif
