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

#include "hw/sva/accel-abi.h"
#include "hw/sva/endpoint.h"

#define SVA_ACCEL_CONTEXTS_MAX 1024
#define SVA_ACCEL_ATC_MIN 4
#define SVA_ACCEL_ATC_MAX (1u << 20)
#define SVA_ACCEL_PRI_MAX SVA_PRGI_COUNT

typedef struct SvaAccel SvaAccel;

/* All within the limits that the specification gives for the properties. */
typedef struct SvaAccelConfig {
    unsigned contexts;
    unsigned pasid_bits;
    unsigned atc_entries;
    unsigned pri_capacity;
} SvaAccelConfig;

/* What configuration space says about page requests. */
typedef struct SvaPriControl {
    bool enable;
    bool reset;
    uint32_t allocation;
} SvaPriControl;

/* Status bits of the PRI capability that the function drives. */
#define SVA_PRI_RF      (1u << 0)
#define SVA_PRI_UPRGI   (1u << 1)
#define SVA_PRI_STOPPED (1u << 8)

/*
 * The port is attached afterwards, since a port wants to know its client;
 * nothing else may be called before.
 */
SvaAccel *sva_accel_new(SvaEnv *env, const SvaAccelConfig *config);
void sva_accel_attach(SvaAccel *accel, SvaPort *port);
void sva_accel_free(SvaAccel *accel);

/* What the port calls with the SvaAccel as client. */
extern const SvaPortClientOps sva_accel_client_ops;

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

/* Configuration space as the function sees it; repeating it is harmless. */
void sva_accel_set_bus_master(SvaAccel *accel, bool enable);
void sva_accel_set_pasid(SvaAccel *accel, bool enable);
void sva_accel_set_ats(SvaAccel *accel, bool enable);
void sva_accel_set_pri(SvaAccel *accel, const SvaPriControl *control);
void sva_accel_clear_pri_status(SvaAccel *accel, uint16_t bits);
uint16_t sva_accel_pri_status(const SvaAccel *accel);

/* Counters of the whole function; the name as in the specification. */
uint64_t sva_accel_counter(const SvaAccel *accel, enum sva_counter which);
const char *sva_accel_counter_name(enum sva_counter which);

/* Its translations, for statistics; see atc.h. */
const struct SvaAtc *sva_accel_atc(const SvaAccel *accel);

#endif
