/*
 * Driving sva-accel by hand
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_ACCEL_H
#define TESTS_QTEST_LIBSVA_ACCEL_H

#include "libsva.h"
#include "hw/sva/accel-abi.h"

/* In the window for PCI memory of either board. */
#define ACC_BAR0        0x20000000u
#define ACC_BAR2        0x20100000u
#define ACC_BAR4        0x20800000u

/* BARs, memory and bus master enable; then PASID, ATS and PRI. */
void acc_start(SvaTest *t);
void acc_map_bars(SvaTest *t);
void acc_enable_caps(SvaTest *t, uint32_t prg_allocation);

uint32_t acc_read32(SvaTest *t, unsigned off);
uint64_t acc_read64(SvaTest *t, unsigned off);
void acc_write32(SvaTest *t, unsigned off, uint32_t val);
void acc_write64(SvaTest *t, unsigned off, uint64_t val);
/* Write, and see that it reads back. */
void acc_set32(SvaTest *t, unsigned off, uint32_t val);
void acc_set64(SvaTest *t, unsigned off, uint64_t val);

/*
 * A context as a process sees it: its ring at virtual address @ring, which
 * the test reaches at physical address @ring_pa.
 */
typedef struct AccContext {
    unsigned n;
    uint32_t pasid;
    bool pasid_en;
    uint32_t mode;
    uint64_t ring;
    uint64_t ring_pa;
    uint32_t tail;
} AccContext;

/* 64 descriptors; the command must end with OK. */
void acc_enable(SvaTest *t, AccContext *c);
/* Write a command, return its result once it is not BUSY. */
uint32_t acc_command(SvaTest *t, const AccContext *c, uint32_t cmd);
void acc_submit(SvaTest *t, AccContext *c, const struct sva_desc *desc);
/* Wait for the record at physical address @pa. */
struct sva_completion acc_completion(SvaTest *t, uint64_t pa);

/* Send a probe, return PROBE_STATUS; @data is in and out, may be NULL. */
uint32_t acc_probe(SvaTest *t, const AccContext *c, uint32_t kind,
                   uint64_t addr, uint64_t *data);

#endif
