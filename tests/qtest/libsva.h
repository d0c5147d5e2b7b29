/*
 * Test machine: q35 with sva-vtd, or virt with sva-smmuv3, and sva-accel; no
 * firmware, no processor
 *
 * Everything a helper programs it reads back, so that a test cannot pass
 * because nothing was set up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_LIBSVA_H
#define TESTS_QTEST_LIBSVA_H

#include "libqtest.h"

#define SVA_TEST_DEVFN  0x20                /* device 4, function 0 */
#define SVA_TEST_RID    0x0020              /* on bus 0 */

/*
 * A machine type; @iommu and @accel are the devices with their ids.
 *
 * @ram:    guest RAM that nobody else uses, @ram_end: its end
 * @ecam:   configuration space of bus 0
 */
typedef struct SvaBoard {
    const char *machine;
    const char *iommu;
    const char *accel;
    uint64_t ram;
    uint64_t ram_end;
    uint64_t ecam;
    bool ecam_off;                          /* at reset */
} SvaBoard;

extern const SvaBoard sva_board_q35;
extern const SvaBoard sva_board_virt;

typedef struct SvaTest {
    QTestState *qts;
    const SvaBoard *board;
    uint64_t next_page;                     /* bump allocator of guest RAM */
    bool runs;                              /* its clock goes by itself */

    /* libsva-vtd */
    uint64_t iq;
    uint32_t iq_tail;
    uint64_t wait_status;
    uint32_t wait_value;
    uint64_t root;
    uint64_t context_table;
    uint64_t pasid_dir;
    uint64_t prq;

    /* libsva-smmu */
    uint64_t cmdq;
    uint64_t eventq;
    uint64_t priq;
    uint64_t strtab;
    uint64_t cd_table;
    uint32_t cmdq_prod;

    /* libsva-accel */
    uint16_t cap_ats;
    uint16_t cap_pri;
    uint16_t cap_pasid;
    uint16_t cap_msix;
} SvaTest;

/*
 * @iommu, @accel: further options of the devices, each with a leading comma;
 * sva_test_...: on q35.
 */
SvaTest *sva_board_start(const SvaBoard *board, const char *iommu,
                         const char *accel);
SvaTest *sva_test_start(const char *iommu, const char *accel);
/* With @iommu for an IOMMU, or NULL for none, and @memory, as of -m. */
SvaTest *sva_board_start_with(const SvaBoard *board, const char *iommu,
                              const char *accel, const char *memory);
/* Command line of such a machine, to be freed by the caller. */
char *sva_board_args(const SvaBoard *board, const char *iommu,
                     const char *accel);
char *sva_test_args(const char *iommu, const char *accel);
void sva_test_end(SvaTest *t);

/* Options for sva-events that writes to the file @path. */
char *sva_events_options(const char *path);
/* Reset the machine; guest memory stays. */
void sva_test_reset(SvaTest *t);

/* Zeroed guest memory, page aligned; never freed. */
uint64_t sva_alloc(SvaTest *t, size_t bytes);
void sva_put64(SvaTest *t, uint64_t addr, uint64_t val);
uint64_t sva_get64(SvaTest *t, uint64_t addr);
/* Different in each 8-byte word, and from seed to seed. */
void sva_fill(SvaTest *t, uint64_t addr, size_t bytes, uint64_t seed);
void sva_assert_filled(SvaTest *t, uint64_t addr, size_t bytes, uint64_t seed);
void sva_assert_zero(SvaTest *t, uint64_t addr, size_t bytes);

/* Property of the device with this id, as a number. */
uint64_t sva_qom(SvaTest *t, const char *id, const char *property);

/* Configuration space of a function on bus 0, extended registers too. */
uint32_t sva_cfg_read(SvaTest *t, unsigned devfn, unsigned off, unsigned size);
void sva_cfg_write(SvaTest *t, unsigned devfn, unsigned off, unsigned size,
                   uint32_t val);
/* Offset of a capability, 0 if there is none. */
unsigned sva_cfg_cap(SvaTest *t, unsigned devfn, uint8_t id);
unsigned sva_cfg_ext_cap(SvaTest *t, unsigned devfn, uint16_t id);

/*
 * Wait until @cond holds; work of the device goes on in the meantime.  It
 * leaves the processors a little virtual time now and then, which passes only
 * if the test says so.
 */
#define sva_wait_until(t, cond)                                         \
    do {                                                                \
        int tries_;                                                     \
        for (tries_ = 0; !(cond) && tries_ < 5000; tries_++) {         \
            if (!(t)->runs) {                                           \
                qtest_clock_step((t)->qts, 20000);                      \
            }                                                           \
            g_usleep(tries_ < 100 ? 10 : 500);                          \
        }                                                               \
        if (!(cond)) {                                                  \
            g_error("%s:%d: never came true: %s", __FILE__, __LINE__,   \
                    #cond);                                             \
        }                                                               \
    } while (0)

#endif
