/*
 * Descriptors of sva-dsa: nearly right, so that the wrong part is looked at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_DEVICE_DSA_DESCRIPTOR_H
#define TESTS_FUZZ_DEVICE_DSA_DESCRIPTOR_H

#include "guest.h"

/* Where a PASID sees the pool; 0 stands for none. */
uint64_t dsa_base(unsigned pasid);
void dsa_descriptor(Guest *g, unsigned pasid, uint64_t words[8]);
/* Some in the page for lists. */
void dsa_list(Guest *g, unsigned pasid);
/* As many as there is room for, of those that take longest; the batch. */
void dsa_large_list(Guest *g, unsigned pasid);
void dsa_large_descriptor(Guest *g, unsigned pasid, uint64_t words[8]);

#endif
