/*
 * sva-accel: the accelerator behind its registers and its port
 *
 * Environment-free.  device.c drives it in QEMU, tests/unit in unit tests.
 * The programming interface is in docs/specs/sva-accel.rst.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_ACCEL_ACCEL_H
#define HW_SVA_ACCEL_ACCEL_H

#include "../endpoint/function.h"
#include "hw/sva/accel-abi.h"

#define SVA_ACCEL_CONTEXTS_MAX 1024

typedef struct SvaAccel SvaAccel;

/* All within the limits that the specification gives for the properties. */
typedef struct SvaAccelConfig {
    unsigned contexts;
    unsigned pasid_bits;
    unsigned atc_entries;
    uint64_t atc_largest;
    unsigned pri_capacity;
    uint32_t adversary;
} SvaAccelConfig;

/*
 * The port is attached to the function afterwards, since a port wants to know
 * its client; nothing else may be called before.
 */
SvaAccel *sva_accel_new(SvaEnv *env, const SvaAccelConfig *config);
void sva_accel_free(SvaAccel *accel);

/* Its function, for configuration space and for the port. */
SvaFunction *sva_accel_function(SvaAccel *accel);

/* Conventional reset and FLR. */
void sva_accel_reset(SvaAccel *accel);

/* BAR accesses of any size; @offset may be anything. */
uint64_t sva_accel_read(SvaAccel *accel, uint64_t offset, unsigned size);
void sva_accel_write(SvaAccel *accel, uint64_t offset, uint64_t value,
                     unsigned size);
uint64_t sva_accel_doorbell_read(SvaAccel *accel, uint64_t offset,
                                 unsigned size);
void sva_accel_doorbell_write(SvaAccel *accel, uint64_t offset,
                              uint64_t value, unsigned size);

/* Counters of the whole function; the name as in the specification. */
uint64_t sva_accel_counter(const SvaAccel *accel, enum sva_counter which);
const char *sva_accel_counter_name(enum sva_counter which);

#endif
