/*
 * A vhost-user backend without a device: it keeps translations, asks for
 * them, and writes down what it is told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_VHOST_H
#define TESTS_QTEST_LIBSVA_VHOST_H

#include <glib.h>

typedef struct Vhost Vhost;

/* What it was told of a range, with the guest's physical address if known. */
typedef struct VhostTold {
    unsigned updates;
    unsigned invalidations;
    uint64_t iova;              /* of the last update */
    uint64_t pa;
    uint8_t rights;             /* 1 read, 2 write */
    unsigned watches;           /* see vhost_watch() */
    uint64_t watched;
} VhostTold;

/* Listens at a socket of its own; to be started before QEMU. */
Vhost *vhost_new(void);
void vhost_free(Vhost *v);
const char *vhost_path(const Vhost *v);
/* Has QEMU started it, as it does when the driver says that it is ready? */
bool vhost_started(Vhost *v);
/* Ask for the translation of @iova. */
void vhost_miss(Vhost *v, uint64_t iova, bool write);
/* With the next invalidation look at the word at physical address @pa. */
void vhost_watch(Vhost *v, uint64_t pa);
VhostTold vhost_told(Vhost *v);
/* Is @iova in a range that an invalidation named? */
bool vhost_forgot(Vhost *v, uint64_t iova);

#endif
