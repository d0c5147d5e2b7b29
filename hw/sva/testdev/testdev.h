/*
 * sva-pci-testdev: the smallest device on the endpoint library
 *
 * One queue of descriptors in the memory of a process, and one operation: fill
 * a range with a byte.  docs/devel/adding-a-device.rst explains it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SVA_TESTDEV_TESTDEV_H
#define HW_SVA_TESTDEV_TESTDEV_H

#include "../endpoint/access.h"

/* Registers, 64 bits each */
#define SVA_TESTDEV_PASID 0x00  /* RW, of all requests */
#define SVA_TESTDEV_RING  0x08  /* RW, virtual address, 32-byte aligned */
#define SVA_TESTDEV_TAIL  0x10  /* RW, number of descriptors submitted */
#define SVA_TESTDEV_HEAD  0x18  /* RO, number of descriptors done */
#define SVA_TESTDEV_ERROR 0x20  /* RO, SvaAccessError; stops until a reset */
#define SVA_TESTDEV_REGS  0x28
#define SVA_TESTDEV_RING_SIZE 64

typedef struct SvaTestdev {
    SvaFunction fn;
    SvaMemAccess access;
    SvaTimer *timer;
    uint64_t reg[SVA_TESTDEV_REGS / 8];
    enum { TESTDEV_IDLE, TESTDEV_FETCH, TESTDEV_FILL } phase;
    struct { uint64_t addr, len, byte, reserved; } desc;    /* LE */
    uint64_t filled;            /* bytes of the range */
    uint8_t page[SVA_PAGE_SIZE];
} SvaTestdev;

SvaTestdev *sva_testdev_new(SvaEnv *env, const SvaFunctionConfig *config);
/* @testdev: a SvaTestdev, as QEMU hands it over. */
void sva_testdev_free(void *testdev);
uint64_t sva_testdev_read(void *testdev, uint64_t offset, unsigned size);
void sva_testdev_write(void *testdev, uint64_t offset, uint64_t value,
                       unsigned size);

#endif
