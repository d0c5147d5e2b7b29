/*
 * What `sva bench` measures: machines that differ in their IOMMU alone
 *
 * Everything that depends on an architecture or an IOMMU is behind BenchUnit;
 * sva-bench.c runs the same work on each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QTEST_BENCH_UNIT_H
#define TESTS_QTEST_BENCH_UNIT_H

#include "libsva-accel.h"
#include "libsva-dsa.h"
#include "libsva-virtio.h"

/* Offsets from the start of RAM, which is aligned to 1 GiB. */
#define BENCH_RAM       "512M"
#define BENCH_PGD       0x02000000u     /* page tables */
#define BENCH_UNIT_RAM  0x04000000u     /* tables of the unit, up to the pool */
#define BENCH_POOL      0x10000000u     /* the rest */
#define BENCH_POOL_SIZE 0x10000000u

/* Addresses from here on have page tables, but all lead to one page. */
#define BENCH_ALIAS     0x80000000u
/* From here on it is the pool once more, in pages of 2 MiB. */
#define BENCH_HUGE      0xc0000000u

/* A disk whose queues take turns to have one of so many iothreads. */
#define BENCH_IOTHREADS 4
#define BENCH_QUEUES    32
#define BENCH_DISK_DEVFN 0x30
#define BENCH_DISK                                                      \
    " -object iothread,id=io0 -object iothread,id=io1"                  \
    " -object iothread,id=io2 -object iothread,id=io3"                  \
    " -blockdev null-co,node-name=n0,size=1048576,read-zeroes=off"      \
    " -device '{\"driver\":\"virtio-blk-pci\",\"drive\":\"n0\","        \
    "\"addr\":\"6\",\"iommu_platform\":true,\"disable-legacy\":\"on\"," \
    "\"num-queues\":32,\"queue-size\":1024,\"iothread-vq-mapping\":["    \
    "{\"iothread\":\"io0\"},{\"iothread\":\"io1\"},"                    \
    "{\"iothread\":\"io2\"},{\"iothread\":\"io3\"}]}'"

typedef struct Bench Bench;

/*
 * What works behind the IOMMU.
 *
 * @plug:  BARs and enables
 * @start: be ready for work, with the IOMMU enabled
 */
typedef struct BenchDevice {
    void (*plug)(Bench *b);
    void (*start)(Bench *b);
} BenchDevice;

/*
 * @config, @mode: what a row of the results is called
 * @board:      the machine
 * @device:     NULL: the accelerator
 * @iommu:      the IOMMU's device, or NULL for none
 * @accel_mode: enum sva_mode of the accelerator
 * @accel:      options of the accelerator, or NULL
 * @pasids:     requests have PASIDs
 * @table, @leaf, @huge: what entries of page tables have beside an address,
 *              those of pages of 4 KiB and 2 MiB; NULL @start: there are none
 * @start:      write the tables of the unit, for BENCH_PGD, and enable it
 * @bind:       let PASIDs 1 to @count lead to BENCH_PGD
 * @flush:      forget all translations, though not what leads to page tables
 */
typedef struct BenchUnit {
    const char *arch;
    const char *config;
    const char *mode;
    const SvaBoard *board;
    const BenchDevice *device;
    const char *iommu;
    const char *accel;
    uint32_t accel_mode;
    bool pasids;
    uint64_t table;
    uint64_t leaf;
    uint64_t huge;
    void (*start)(Bench *b);
    void (*bind)(Bench *b, uint32_t count);
    void (*flush)(Bench *b);
} BenchUnit;

/* One machine, running. */
struct Bench {
    const BenchUnit *unit;
    SvaTest *t;
    uint64_t ram;               /* start of RAM */
    uint64_t next_table;        /* free memory for the unit */
    uint32_t pasids;            /* live ones; 0: requests have none */
    const char *attached;       /* as results call it */
    const char *options;        /* of the accelerator, for that */
    AccContext ctx;
    Dsa dsa;
    uint64_t list;              /* of descriptors of sva-dsa */
    Virtio disk;
    unsigned pending[BENCH_QUEUES];         /* requests of each queue */
    uint64_t record;
    double overhead;            /* ns of a job that does nothing */
};

/* Processor time that QEMU has had. */
double bench_processor_ns(Bench *b);
double bench_wall_ns(void);

/* bench-tables.c */
#define BENCH_HUGE_PAGE 0x200000u
/* For BENCH_PGD; so many pages from BENCH_ALIAS on lead to one. */
void bench_make_tables(Bench *b, unsigned aliases);
/* Zeroed, page aligned. */
uint64_t bench_alloc(Bench *b, size_t bytes);
void bench_write(Bench *b, uint64_t addr, const uint64_t *words, size_t count);

/* bench-vtd-units.c, bench-smmu-units.c; the lists end with arch NULL */
extern const BenchUnit bench_vtd_units[];
extern const BenchUnit bench_smmu_units[];
extern const BenchUnit bench_dsa_units[];
extern const BenchUnit bench_vtd_disk_units[];
extern const BenchUnit bench_smmu_disk_units[];

/* bench-dsa.c */
extern const BenchDevice bench_dsa;
/*
 * Nanoseconds for each page of Memory Move of @pages pages, by descriptors of
 * @size bytes.
 */
double bench_dsa_move(Bench *b, uint64_t pages, uint32_t size);

/* bench-virtio.c */
extern const BenchDevice bench_disk;
/*
 * Nanoseconds for each of at least @reads, by so many threads at once.
 * BENCH_FAILED: the disk has given up, as it does where the IOMMU sends it to
 * wrong addresses; QEMU's own may do that to several threads.
 */
#define BENCH_FAILED -2.0
double bench_disk_reads(Bench *b, unsigned threads, uint64_t reads);

#endif
